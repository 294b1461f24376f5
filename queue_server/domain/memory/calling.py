"""Remembering calls, recalls and services begun (C1, C2, J2)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import (
    Announcement,
    Day,
    Phase,
)
from queue_server.domain.memory import outages
from queue_server.domain.memory.steps import (
    RECENT_CALLS,
    after,
    begun,
    finish_transaction,
    leave,
    occupied,
    overtake,
    pause_clock,
    put_back,
    remembers,
    ticket_of,
    turn,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import Draft, changed, draft, frozen


@remembers(e.TicketCalled)
def _ticket_called(day: Day, event: e.TicketCalled) -> Day:
    number, counter, at = event.number, event.counter, event.at
    ticket = ticket_of(day, number, event, TicketState.CALLED)
    later = after(day, event)
    if ticket.state is TicketState.WAITING:
        later.queues, later.reserved = leave(day, ticket)
    else:
        later.held = day.held - {number}
    called = turn(ticket, Phase.WAY, at)
    called.state = TicketState.CALLED
    called.counter = counter
    called.called_at = at
    called.first_called_at = ticket.first_called_at or at
    called.announcements = (*ticket.announcements, Announcement(later.position, at, counter))
    if day.outages:
        later.outages = outages.called(day.outages, called)
    later.tickets = day.tickets.set(number, frozen(called))
    if event.passed_over:
        later.tickets = overtake(later.tickets, event.passed_over, number, at)
    later.desks = day.desks.set(counter, occupied(day.desk(counter), event, number, event.teller))
    _announce(later, number)
    return frozen(later)


def _announce(later: Draft[Day], number: str) -> None:
    """The position of the call or recall is what the announcement is known by."""
    later.calls = later.calls.set(later.position, number)
    later.recent_calls = (later.position, *later.recent_calls[: RECENT_CALLS - 1])


@remembers(e.TicketRecalled)
def _ticket_recalled(day: Day, event: e.TicketRecalled) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.CALLED)
    later = after(day, event)
    again = draft(ticket)
    again.announcements = (*ticket.announcements, Announcement(later.position, event.at, event.counter))
    if day.outages:
        later.outages = outages.called(day.outages, again)
    later.tickets = day.tickets.set(event.number, frozen(again))
    _announce(later, event.number)
    return frozen(later)


@remembers(e.CallWithdrawn)
def _call_withdrawn(day: Day, event: e.CallWithdrawn) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    back = turn(ticket, Phase.WAIT, event.at)
    back.state = TicketState.WAITING
    back.counter = None
    back.transactions = pause_clock(ticket.transactions, event.at)
    if event.reason == "called_by_mistake" and ticket.first_called_at == ticket.called_at:
        # It was never meant: the customer has not been called yet.
        back.first_called_at = None
    return put_back(after(day, event), frozen(back), event, day.desk(event.counter))


@remembers(e.ServiceStarted)
def _service_started(day: Day, event: e.ServiceStarted) -> Day:
    number, counter, at = event.number, event.counter, event.at
    ticket = ticket_of(day, number, event, TicketState.SERVING)
    later = after(day, event)
    if ticket.state is TicketState.WAITING:
        later.queues, later.reserved = leave(day, ticket)
    serving = turn(ticket, Phase.SERVICE, at)
    serving.state = TicketState.SERVING
    serving.counter = counter
    serving.reserved_counter = None
    serving.standing = None
    serving.started_at = ticket.started_at or at
    serving.held_reason = None
    serving.is_start_retracted = False
    running = ticket.transaction
    if running is not None and running.service == event.service and running.counter == counter:
        # Resumed at the same counter for the same service: the same transaction goes on (test 8).
        running = changed(running, since=at, is_assumed=event.is_assumed)
        serving.transactions = (*ticket.transactions[:-1], running)
    else:
        finished, later.paces = finish_transaction(ticket.transactions, day.paces, at)
        serving.transactions = (*finished, begun(event, event.teller))
    if day.outages:
        later.outages, running = outages.served(day.outages, counter, number, serving.transactions[-1])
        serving.transactions = (*serving.transactions[:-1], running)
    later.tickets = day.tickets.set(number, frozen(serving))
    if event.passed_over:
        later.tickets = overtake(later.tickets, event.passed_over, number, at)
    later.desks = day.desks.set(counter, occupied(day.desk(counter), event, number, event.teller))
    return frozen(later)


@remembers(e.StartRetracted)
def _start_retracted(day: Day, event: e.StartRetracted) -> Day:
    number, counter = event.number, event.counter
    ticket = ticket_of(day, number, event, TicketState.CALLED)
    later = after(day, event)
    assumed_at = ticket.phase_since
    # What was taken for service since then was still the way.
    called = turn(changed(ticket, phase=Phase.WAY), Phase.WAY, event.at)
    called.state = TicketState.CALLED
    if ticket.started_at == assumed_at:
        called.started_at = None
    running = ticket.transactions[-1]
    if running.started_at == assumed_at:
        called.transactions = ticket.transactions[:-1]
        called.is_start_retracted = True
    else:
        called.transactions = (*ticket.transactions[:-1], changed(running, since=None, is_assumed=False))
    later.tickets = day.tickets.set(number, frozen(called))
    later.desks = day.desks.set(counter, occupied(day.desk(counter), event, number, event.teller))
    return frozen(later)
