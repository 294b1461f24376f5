"""Remembering counters (C1, C5), and the day's own turn."""

from __future__ import annotations

from typing import Any

from immutables import Map

from queue_server.domain import events as e
from queue_server.domain.day import Configuration, Day, Incident
from queue_server.domain.memory.devices import taken_over
from queue_server.domain.memory.steps import (
    desk_state,
    remembers,
)
from queue_server.domain.values import changed


@remembers(e.DayOpened)
def _day_opened(day: Day, event: e.DayOpened) -> Day:
    # Nothing of the day before but what the event says: a start reads this day alone and must find the same.
    devices, outages, covered = taken_over(event)
    return Day(
        position=day.position + 1,
        at=event.at,
        date=event.date,
        is_open=True,
        devices=devices,
        notices=Map({notice.notice_id: notice for notice in event.notices}),
        incidents=Map(
            {one.opened.incident_id: Incident(one.opened, one.amendments) for one in event.incidents}
        ),
        device_incidents=Map({one.device: one.opened.incident_id for one in event.incidents}),
        outages=outages,
        covered=covered,
        configuration=None if event.configuration is None else Configuration(event.configuration),
    )


@remembers(e.DayClosed)
def _day_closed(day: Day, event: e.DayClosed) -> Day:
    return changed(day, position=day.position + 1, at=event.at, is_open=False)


@remembers(e.DayReopened)
def _day_reopened(day: Day, event: e.DayReopened) -> Day:
    return changed(day, position=day.position + 1, at=event.at, is_open=True)


def _desk(day: Day, event: e.Event, counter: str, **changes: Any) -> Day:
    desk = day.desk(counter)
    moved = changed(desk, state=desk_state(desk, event), **changes)
    return changed(day, position=day.position + 1, at=event.at, desks=day.desks.set(counter, moved))


@remembers(e.CounterOpened)
def _counter_opened(day: Day, event: e.CounterOpened) -> Day:
    return _desk(day, event, event.counter, since=event.at, teller=event.teller, reason=None, last_visit=None)


@remembers(e.PauseRequested)
def _pause_requested(day: Day, event: e.PauseRequested) -> Day:
    return _desk(day, event, event.counter, pause_requested=event)


@remembers(e.PauseDeclined)
def _pause_declined(day: Day, event: e.PauseDeclined) -> Day:
    return _desk(day, event, event.counter, pause_requested=None)


@remembers(e.PauseRequestWithdrawn)
def _pause_request_withdrawn(day: Day, event: e.PauseRequestWithdrawn) -> Day:
    return _desk(day, event, event.counter, pause_requested=None)


@remembers(e.CounterPaused)
def _counter_paused(day: Day, event: e.CounterPaused) -> Day:
    return _desk(day, event, event.counter, since=event.at, reason=event.reason, pause_requested=None)


@remembers(e.CounterResumed)
def _counter_resumed(day: Day, event: e.CounterResumed) -> Day:
    return _desk(day, event, event.counter, since=event.at, reason=None)


@remembers(e.CounterClosed)
def _counter_closed(day: Day, event: e.CounterClosed) -> Day:
    return _desk(
        day,
        event,
        event.counter,
        since=event.at,
        teller=None,
        reason=None,
        pause_requested=None,
        supervisor=None,
        is_supervisor_coming=False,
    )


@remembers(e.NoTicketServiceStarted)
def _no_ticket_service_started(day: Day, event: e.NoTicketServiceStarted) -> Day:
    return _desk(
        day, event, event.counter, since=event.at, no_ticket_service=event.service, reason=event.reason
    )


@remembers(e.NoTicketServiceFinished)
def _no_ticket_service_finished(day: Day, event: e.NoTicketServiceFinished) -> Day:
    return _desk(day, event, event.counter, since=event.at, no_ticket_service=None, reason=None)
