"""Remembering how a visit pauses, moves on and ends (C4, B2)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    Phase,
)
from queue_server.domain.memory.steps import (
    HEAD_MS,
    after,
    close,
    finish_transaction,
    pause_clock,
    put_back,
    remembers,
    ticket_of,
    turn,
    vacated,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import frozen


@remembers(e.TicketHeld)
def _ticket_held(day: Day, event: e.TicketHeld) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.ON_HOLD)
    held = turn(ticket, Phase.HOLD, event.at)
    held.state = TicketState.ON_HOLD
    held.counter = None
    held.reserved_counter = event.counter
    held.held_reason = event.reason
    held.away_device = None
    held.transactions = pause_clock(ticket.transactions, event.at)
    later = after(day, event)
    later.tickets = day.tickets.set(event.number, frozen(held))
    later.held = day.held | {event.number}
    later.desks = day.desks.set(event.counter, vacated(day.desk(event.counter), event))
    return frozen(later)


@remembers(e.TicketResumed)
def _ticket_resumed(day: Day, event: e.TicketResumed) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    ready = turn(ticket, Phase.WAIT, event.at)
    ready.state = TicketState.WAITING
    ready.standing = "resumed"
    ready.place = (HEAD_MS, ticket.issued.sequence, 0)
    ready.reserved_counter = event.counter
    later = after(day, event)
    later.held = day.held - {event.number}
    return put_back(later, frozen(ready), event, None)


@remembers(e.TicketTransferred)
def _ticket_transferred(day: Day, event: e.TicketTransferred) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    later = after(day, event)
    moved = turn(ticket, Phase.WAIT, event.at)
    moved.transactions, later.paces = finish_transaction(ticket.transactions, day.paces, event.at)
    moved.state = TicketState.WAITING
    moved.service = event.to_service
    moved.counter = None
    moved.reserved_counter = event.to_counter
    moved.standing = "reserved" if event.to_counter is not None else ticket.standing
    moved.away_device = None
    return put_back(later, frozen(moved), event, day.desk(event.counter))


@remembers(e.TicketCancelled)
def _ticket_cancelled(day: Day, event: e.TicketCancelled) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.CANCELLED)
    return close(day, ticket, event, TicketState.CANCELLED, event.reason)


@remembers(e.TicketWalkedOut)
def _ticket_walked_out(day: Day, event: e.TicketWalkedOut) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WALKED_OUT)
    return close(day, ticket, event, TicketState.WALKED_OUT, None)


@remembers(e.TicketExpired)
def _ticket_expired(day: Day, event: e.TicketExpired) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.EXPIRED)
    return close(day, ticket, event, TicketState.EXPIRED, event.reason)
