"""Remembering how a visit pauses, moves on and ends (C4, B2)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    Phase,
)
from queue_server.domain.memory.steps import (
    HEAD_MS,
    close,
    desk_state,
    finish_transaction,
    pause_clock,
    put_back,
    remembers,
    ticket_of,
    turn,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import changed


@remembers(e.TicketHeld)
def _ticket_held(day: Day, event: e.TicketHeld) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.ON_HOLD)
    desk = day.desk(event.counter)
    held = turn(
        ticket,
        Phase.HOLD,
        event.at,
        state=TicketState.ON_HOLD,
        counter=None,
        reserved_counter=event.counter,
        held_reason=event.reason,
        away_device=None,
        transactions=pause_clock(ticket.transactions, event.at),
    )
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(event.number, held),
        held=day.held | {event.number},
        desks=day.desks.set(
            event.counter, changed(desk, state=desk_state(desk, event), since=event.at, number=None)
        ),
    )


@remembers(e.TicketResumed)
def _ticket_resumed(day: Day, event: e.TicketResumed) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    ready = turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        standing="resumed",
        place=(HEAD_MS, ticket.issued.sequence, 0),
        reserved_counter=event.counter,
    )
    return put_back(changed(day, held=day.held - {event.number}), ready, event, None)


@remembers(e.TicketTransferred)
def _ticket_transferred(day: Day, event: e.TicketTransferred) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    transactions, paces = finish_transaction(ticket.transactions, day.paces, event.at)
    moved = turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        service=event.to_service,
        counter=None,
        reserved_counter=event.to_counter,
        standing="reserved" if event.to_counter is not None else ticket.standing,
        away_device=None,
        transactions=transactions,
    )
    return put_back(day, moved, event, day.desk(event.counter), paces=paces)


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
