"""Entities of a day as rows of `tables`, column by column.  A row depends on its entity alone, never on how it came."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from queue_server.clock import at_ms
from queue_server.domain import events as e
from queue_server.domain.branch import Branch
from queue_server.domain.day import (
    Announcement,
    Incident,
    Overtaken,
    Slip,
    SupervisorCall,
    Ticket,
    Transaction,
    VisitRating,
    elapsed_ms,
)

Row = tuple[Any, ...]


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else at_ms(moment)


def _list(codes: tuple[str, ...]) -> str:
    # Most are empty, and every press of a key waits for this.
    return json.dumps(codes, ensure_ascii=False) if codes else "[]"


def ticket(branch: str, day: str, one: Ticket) -> Row:
    """The row of a ticket."""
    issued = one.issued
    first_called_at = one.first_called_at
    last = one.transactions[-1] if one.transactions else None
    announcements = one.announcements
    return (
        branch,
        day,
        issued.number,
        issued.sequence,
        issued.service,
        one.service,
        issued.customer_class.value,
        issued.kiosk,
        issued.requeue_of,
        at_ms(issued.at),
        issued.ahead,
        issued.quote_lo_min,
        issued.quote_hi_min,
        one.state.value,
        one.reason,
        _ms(first_called_at),
        _ms(one.started_at),
        _ms(one.closed_at),
        None if last is None else last.counter,
        None if last is None else last.teller,
        None if first_called_at is None else elapsed_ms(issued.at, first_called_at),
        *one.times,
        len(announcements),
        sum([announced.is_unheard for announced in announcements]) if announcements else 0,
        one.misses,
        len(one.overtaken),
        one.is_device_affected,
        _list(one.devices),
    )


def transaction(branch: str, day: str, number: str, index: int, one: Transaction) -> Row:
    """The row of a visit's transaction; over the standard once it is finished and took longer than its limit."""
    is_over = one.finished_at is not None and one.limit_s is not None and one.spent_ms > one.limit_s * 1000
    return (
        branch,
        day,
        number,
        index,
        one.service,
        one.amount_band,
        one.counter,
        one.teller,
        at_ms(one.started_at),
        _ms(one.finished_at),
        one.spent_ms,
        one.seat_away_ms,
        one.limit_s,
        one.standard_version,
        is_over,
        one.is_assumed,
        _list(one.devices),
    )


def retracted(branch: str, day: str, ticket: Ticket) -> Row:
    """The row in the place of a transaction that was taken back: it has no beginning."""
    place = (branch, day, ticket.number, len(ticket.transactions))
    return (*place, ticket.service, None, "", "", None, None, 0, 0, None, None, False, True, _list(()))


def rating(branch: str, day: str, number: str, one: VisitRating) -> Row:
    """The row of what the customer of a visit was asked, and said."""
    return (
        branch,
        day,
        number,
        one.counter,
        one.teller,
        at_ms(one.asked_at),
        None if one.rating is None else one.rating.value,
        one.evaluator,
        _ms(one.rated_at),
        one.is_expired,
    )


def supervisor_call(branch: str, day: str, position: int, one: SupervisorCall) -> Row:
    """The row of a teller's call for the lobby manager."""
    return (
        branch,
        day,
        position,
        one.counter,
        one.teller,
        one.number,
        at_ms(one.called_at),
        _ms(one.answered_at),
        one.answered_by,
        None if one.answered_at is None else elapsed_ms(one.called_at, one.answered_at),
        _ms(one.escalated_at),
    )


def announcement(branch: str, day: str, number: str, index: int, one: Announcement) -> Row:
    """The row of a call or recall as it was announced."""
    return (
        branch,
        day,
        one.announcement_id,
        number,
        one.counter,
        at_ms(one.at),
        _ms(one.shown_at),
        _ms(one.spoken_at),
        one.is_unheard,
    )


def overtaking(branch: str, day: str, number: str, index: int, one: Overtaken) -> Row:
    """The row of one time a ticket was passed over."""
    return (branch, day, number, index, one.by, at_ms(one.at), one.reason)


def slip(branch: str, day: str, number: str, index: int, one: Slip) -> Row:
    """The row of a slip."""
    return (
        branch,
        day,
        one.job_id,
        number,
        one.kiosk,
        at_ms(one.asked_at),
        one.is_reprint,
        one.state,
        one.cause,
    )


def incident(branch: Branch, one: Incident) -> Row:
    """The row of an incident.  Its date is that of its opening, also when a later day amends it."""
    opened = one.opened
    return (
        branch.code,
        opened.incident_id,
        opened.at.astimezone(branch.timezone).date().isoformat(),
        opened.kind,
        opened.cause,
        opened.attribution,
        opened.severity,
        _list(opened.severity_reasons),
        at_ms(opened.at),
        opened.number,
        opened.counter,
        opened.teller,
        opened.note,
        _list(one.amendments),
        _ms(one.closed_at),
        None if one.closed_at is None else elapsed_ms(opened.at, one.closed_at),
        _list(one.numbers),
    )


def call(branch: str, day: str, position: int, event: e.TicketCalled) -> Row:
    """The row of a call: by which policy, and past how many."""
    return (
        branch,
        day,
        position,
        event.number,
        event.counter,
        event.teller,
        at_ms(event.at),
        event.policy,
        event.reason,
        event.is_out_of_order,
        len(event.passed_over),
    )


def counter_change(branch: str, day: str, position: int, change: str, event: Any) -> Row:
    """The row of a counter that opened, closed, paused, or served without a ticket."""
    return (
        branch,
        day,
        position,
        event.counter,
        at_ms(event.at),
        change,
        getattr(event, "teller", None),
        getattr(event, "reason", None),
    )


def diversion(branch: str, day: str, position: int, event: e.CustomerDiverted) -> Row:
    """The row of a customer who took a device instead of a number."""
    return (branch, day, position, at_ms(event.at), event.service, event.device)
