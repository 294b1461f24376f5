"""Remembering tickets and slips that come into the world (K2, K3, P2)."""

from __future__ import annotations

from dataclasses import replace

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    Phase,
    Place,
    Slip,
    Ticket,
    instant_ms,
)
from queue_server.domain.memory import outages
from queue_server.domain.memory.steps import (
    ImpossibleEvent,
    after,
    enter,
    remembers,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import changed, draft, frozen


@remembers(e.TicketIssued)
def _ticket_issued(day: Day, event: e.TicketIssued) -> Day:
    number = event.number
    if number in day.tickets:
        raise ImpossibleEvent(f"ticket {number} exists")
    at, service = event.at, event.service
    later = after(day, event)
    slips: tuple[Slip, ...] = ()
    if event.job_id is not None and event.kiosk is not None:
        slips = (Slip(event.job_id, event.kiosk, at, is_reprint=False),)
        later.slips = day.slips.set(event.job_id, number)
        later.pending_slips = day.pending_slips.set(event.job_id, number)
    if event.customer is not None:
        held = day.customers.get(event.customer, ())
        later.customers = day.customers.set(event.customer, (*held, number))
    place: Place = (instant_ms(at) - event.head_start_s * 1000, event.sequence, 0)
    ticket = Ticket(event, TicketState.WAITING, service, place, at, Phase.WAIT, at, slips=slips)
    if day.outages:
        marked = draft(ticket)
        later.outages = outages.issued(day.outages, marked, event.kiosk)
        ticket = frozen(marked)
    later.tickets = day.tickets.set(number, ticket)
    if event.requeue_of is not None:
        old = day.tickets[event.requeue_of]
        later.tickets = later.tickets.set(event.requeue_of, changed(old, requeued_as=number))
    later.queues = enter(day.queues, service, (place, number))
    series = number.rstrip("0123456789")
    later.series = day.series.set(series, int(number[len(series) :]))
    later.issued = day.issued.set(service, day.issued.get(service, 0) + 1)
    later.links = day.links.set(event.link, number)
    later.issued_count = event.sequence
    return frozen(later)


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
