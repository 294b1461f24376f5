"""Remembering announcements, devices, limits and notices (D3, I1, T3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from queue_server.domain import events as e
from queue_server.domain.day import (
    Announcement,
    Day,
    Incident,
)
from queue_server.domain.memory.steps import (
    ImpossibleEvent,
    remembers,
    with_ticket,
)
from queue_server.domain.values import changed


def _announced(day: Day, event: e.Event, announcement_id: int, number: str, **changes: Any) -> Day:
    ticket = day.tickets[number]
    announcements = tuple(
        replace(a, **changes) if a.announcement_id == announcement_id else a for a in ticket.announcements
    )
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(number, changed(ticket, announcements=announcements)),
    )


@remembers(e.AnnouncementShown)
def _announcement_shown(day: Day, event: e.AnnouncementShown) -> Day:
    known = _announcement(day, event.number, event.announcement_id)
    shown_at = event.shown_at if known.shown_at is None else min(known.shown_at, event.shown_at)
    day = _announced(day, event, event.announcement_id, event.number, shown_at=shown_at)
    desk = day.desk(known.counter)
    if desk.unheard_streak and not known.is_unheard:
        day = changed(
            day, desks=day.desks.set(known.counter, changed(desk, unheard_streak=0, is_stuck_told=False))
        )
    return day


@remembers(e.AnnouncementSpoken)
def _announcement_spoken(day: Day, event: e.AnnouncementSpoken) -> Day:
    known = _announcement(day, event.number, event.announcement_id)
    spoken_at = event.spoken_at if known.spoken_at is None else min(known.spoken_at, event.spoken_at)
    return _announced(day, event, event.announcement_id, event.number, spoken_at=spoken_at)


@remembers(e.CallUnheard)
def _call_unheard(day: Day, event: e.CallUnheard) -> Day:
    day = _announced(day, event, event.announcement_id, event.number, is_unheard=True)
    ticket = changed(day.tickets[event.number], is_device_affected=True)
    desk = day.desk(event.counter)
    return changed(
        day,
        tickets=day.tickets.set(event.number, ticket),
        desks=day.desks.set(event.counter, changed(desk, unheard_streak=desk.unheard_streak + 1)),
    )


def _announcement(day: Day, number: str, announcement_id: int) -> Announcement:
    for announcement in day.tickets[number].announcements:
        if announcement.announcement_id == announcement_id:
            return announcement
    raise ImpossibleEvent(f"ticket {number} has no announcement {announcement_id}")


def _reach_level(day: Day, event: e.StandardNeared | e.StandardExceeded) -> Day:
    ticket = day.tickets[event.number]
    reached = changed(ticket.transactions[-1], level=event.percent)
    return with_ticket(day, event, changed(ticket, transactions=(*ticket.transactions[:-1], reached)))


@remembers(e.StandardNeared)
def _standard_neared(day: Day, event: e.StandardNeared) -> Day:
    return _reach_level(day, event)


@remembers(e.StandardExceeded)
def _standard_exceeded(day: Day, event: e.StandardExceeded) -> Day:
    return _reach_level(day, event)


@remembers(e.WaitLimitReached)
def _wait_limit_reached(day: Day, event: e.WaitLimitReached) -> Day:
    ticket = day.tickets[event.number]
    return with_ticket(day, event, changed(ticket, wait_level_min=event.minutes))


@remembers(e.QuoteExceeded)
def _quote_exceeded(day: Day, event: e.QuoteExceeded) -> Day:
    ticket = day.tickets[event.number]
    return with_ticket(day, event, changed(ticket, is_beyond_quote=True))


@remembers(e.OvertakenAlerted)
def _overtaken_alerted(day: Day, event: e.OvertakenAlerted) -> Day:
    return changed(day, position=day.position + 1, at=event.at)


@remembers(e.NoticePosted)
def _notice_posted(day: Day, event: e.NoticePosted) -> Day:
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        notices=day.notices.set(event.notice_id, event),
        notice_count=day.notice_count + 1,
    )


@remembers(e.NoticeWithdrawn)
def _notice_withdrawn(day: Day, event: e.NoticeWithdrawn) -> Day:
    return changed(day, position=day.position + 1, at=event.at, notices=day.notices.delete(event.notice_id))


@remembers(e.IncidentOpened)
def _incident_opened(day: Day, event: e.IncidentOpened) -> Day:
    devices = day.device_incidents
    if event.kind == "device_fault":
        device = dict(event.facts)["device"]
        devices = devices.set(device, event.incident_id)
    desks = day.desks
    if event.cause == "display_stuck" and event.counter is not None:
        desks = desks.set(event.counter, changed(day.desk(event.counter), is_stuck_told=True))
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        incidents=day.incidents.set(event.incident_id, Incident(event)),
        opened_by_kind=day.opened_by_kind.set(event.kind, day.opened_by_kind.get(event.kind, 0) + 1),
        device_incidents=devices,
        desks=desks,
    )


@remembers(e.IncidentAmended)
def _incident_amended(day: Day, event: e.IncidentAmended) -> Day:
    incident = day.incidents[event.incident_id]
    amended = changed(incident, amendments=(*incident.amendments, event.note))
    if event.note == "device_back":
        # How journals before there were pads say that it was over.
        amended = changed(amended, closed_at=event.at)
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        incidents=day.incidents.set(event.incident_id, amended),
    )


@remembers(e.IncidentClosed)
def _incident_closed(day: Day, event: e.IncidentClosed) -> Day:
    incident = day.incidents[event.incident_id]
    closed = changed(
        incident,
        amendments=(*incident.amendments, event.note),
        closed_at=event.at,
        numbers=event.numbers,
    )
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        incidents=day.incidents.set(event.incident_id, closed),
    )
