"""Remembering tickets and slips that come into the world (K2, K3, P2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from queue_server.domain import events as e
from queue_server.domain.day import (
    NO_TIME,
    Day,
    Phase,
    Place,
    Slip,
    Ticket,
    instant_ms,
)
from queue_server.domain.memory.steps import (
    ImpossibleEvent,
    enter,
    remembers,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import changed


@remembers(e.TicketIssued)
def _ticket_issued(day: Day, event: e.TicketIssued) -> Day:
    number = event.number
    if number in day.tickets:
        raise ImpossibleEvent(f"ticket {number} exists")
    place: Place = (instant_ms(event.at) - event.head_start_s * 1000, event.sequence, 0)
    slips: tuple[Slip, ...] = ()
    more: dict[str, Any] = {}
    if event.job_id is not None and event.kiosk is not None:
        slips = (Slip(event.job_id, event.kiosk, event.at, is_reprint=False),)
        more["slips"] = day.slips.set(event.job_id, number)
        more["pending_slips"] = day.pending_slips.set(event.job_id, number)
    if event.customer is not None:
        more["customers"] = day.customers.set(
            event.customer, (*day.customers.get(event.customer, ()), number)
        )
    ticket = Ticket(
        issued=event,
        state=TicketState.WAITING,
        service=event.service,
        place=place,
        queued_at=event.at,
        phase=Phase.WAIT,
        phase_since=event.at,
        times=NO_TIME,
        slips=slips,
    )
    tickets = day.tickets.set(number, ticket)
    if event.requeue_of is not None:
        tickets = tickets.set(event.requeue_of, changed(tickets[event.requeue_of], requeued_as=number))
    series = number.rstrip("0123456789")
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=tickets,
        queues=enter(day.queues, event.service, (place, number)),
        series=day.series.set(series, int(number[len(series) :])),
        issued=day.issued.set(event.service, day.issued.get(event.service, 0) + 1),
        links=day.links.set(event.link, number),
        issued_count=event.sequence,
        **more,
    )


@remembers(e.CustomerDiverted)
def _customer_diverted(day: Day, event: e.CustomerDiverted) -> Day:
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        outcomes=day.outcomes.set("diverted", day.outcomes.get("diverted", 0) + 1),
    )


@remembers(e.PrintReported)
def _print_reported(day: Day, event: e.PrintReported) -> Day:
    ticket = day.tickets[event.number]
    slips = tuple(
        replace(slip, state=event.state, cause=event.cause) if slip.job_id == event.job_id else slip
        for slip in ticket.slips
    )
    pending = day.pending_slips
    if event.job_id in pending:
        pending = pending.delete(event.job_id)
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(event.number, changed(ticket, slips=slips)),
        pending_slips=pending,
    )


@remembers(e.ReprintRequested)
def _reprint_requested(day: Day, event: e.ReprintRequested) -> Day:
    ticket = day.tickets[event.number]
    slip = Slip(event.job_id, event.kiosk, event.at, is_reprint=True)
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(event.number, changed(ticket, slips=(*ticket.slips, slip))),
        slips=day.slips.set(event.job_id, event.number),
        pending_slips=day.pending_slips.set(event.job_id, event.number),
    )
