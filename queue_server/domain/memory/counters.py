"""Remembering counters (C1, C5), and the day's own turn."""

from __future__ import annotations

from typing import Any

from immutables import Map

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    changed,
)
from queue_server.domain.memory.steps import (
    desk_state,
    remembers,
)


@remembers(e.DayOpened)
def _day_opened(day: Day, event: e.DayOpened) -> Day:
    # Devices and notices outlive the night; incidents that are open will be carried with their register.
    return Day(
        position=day.position + 1,
        at=event.at,
        date=event.date,
        is_open=True,
        devices=day.devices,
        device_incidents=day.device_incidents,
        notices=day.notices,
        notice_count=day.notice_count,
        incidents=Map(
            {
                incident_id: day.incidents[incident_id]
                for incident_id in day.device_incidents.values()
                if incident_id in day.incidents
            }
        ),
    )


@remembers(e.DayClosed)
def _day_closed(day: Day, event: e.DayClosed) -> Day:
    return changed(day, position=day.position + 1, at=event.at, is_open=False)


def _desk(day: Day, event: e.Event, counter: str, **changes: Any) -> Day:
    desk = day.desk(counter)
    moved = changed(desk, state=desk_state(desk, event), **changes)
    return changed(day, position=day.position + 1, at=event.at, desks=day.desks.set(counter, moved))


@remembers(e.CounterOpened)
def _counter_opened(day: Day, event: e.CounterOpened) -> Day:
    return _desk(day, event, event.counter, since=event.at, teller=event.teller, reason=None)


@remembers(e.PauseRequested)
def _pause_requested(day: Day, event: e.PauseRequested) -> Day:
    return _desk(day, event, event.counter, pause_requested=event)


@remembers(e.PauseDeclined)
def _pause_declined(day: Day, event: e.PauseDeclined) -> Day:
    return _desk(day, event, event.counter, pause_requested=None)


@remembers(e.CounterPaused)
def _counter_paused(day: Day, event: e.CounterPaused) -> Day:
    return _desk(day, event, event.counter, since=event.at, reason=event.reason, pause_requested=None)


@remembers(e.CounterResumed)
def _counter_resumed(day: Day, event: e.CounterResumed) -> Day:
    return _desk(day, event, event.counter, since=event.at, reason=None)


@remembers(e.CounterClosed)
def _counter_closed(day: Day, event: e.CounterClosed) -> Day:
    return _desk(day, event, event.counter, since=event.at, teller=None, reason=None, pause_requested=None)


@remembers(e.NoTicketServiceStarted)
def _no_ticket_service_started(day: Day, event: e.NoTicketServiceStarted) -> Day:
    return _desk(
        day, event, event.counter, since=event.at, no_ticket_service=event.service, reason=event.reason
    )


@remembers(e.NoTicketServiceFinished)
def _no_ticket_service_finished(day: Day, event: e.NoTicketServiceFinished) -> Day:
    return _desk(day, event, event.counter, since=event.at, no_ticket_service=None, reason=None)
