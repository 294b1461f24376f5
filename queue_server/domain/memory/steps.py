"""The steps that many events have in common: queues, phases, transactions, outcomes; and the table of memories."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from immutables import Map

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    Desk,
    Entry,
    Overtaken,
    Pace,
    Phase,
    Ticket,
    Transaction,
    add_phase,
    elapsed_ms,
)
from queue_server.domain.transitions import COUNTER_TRANSITIONS, TICKET_TRANSITIONS, CounterState, TicketState
from queue_server.domain.values import changed

RECENT_CALLS = 12
HEAD_MS = 0
"""Tickets put back to the head count from the beginning of time: before every waiting one, and by sequence."""

Queues = Map[str, tuple[Entry, ...]]
AnyEvent = TypeVar("AnyEvent", bound=e.Event)
MEMORY: dict[type[e.Event], Callable[[Day, Any], Day]] = {}


class ImpossibleEvent(Exception):
    """An event that cannot happen in this state: a bug, never a refusal."""


def remembers(
    kind: type[AnyEvent],
) -> Callable[[Callable[[Day, AnyEvent], Day]], Callable[[Day, AnyEvent], Day]]:
    def register(remember: Callable[[Day, AnyEvent], Day]) -> Callable[[Day, AnyEvent], Day]:
        MEMORY[kind] = remember
        return remember

    return register


def enter(queues: Queues, service: str, entry: Entry) -> Queues:
    old = queues.get(service, ())
    if not old or old[-1] < entry:
        return queues.set(service, (*old, entry))
    entries = list(old)
    insort(entries, entry)
    return queues.set(service, tuple(entries))


def leave(day: Day, ticket: Ticket) -> tuple[Queues, frozenset[str]]:
    """The queues, and the numbers that wait by a reservation, without the ticket."""
    entries = day.queues[ticket.service]
    entry = (ticket.place, ticket.issued.number)
    at = bisect_left(entries, entry)
    if at == len(entries) or entries[at] != entry:
        raise ImpossibleEvent(f"ticket {ticket.number} does not wait for {ticket.service}")
    reserved = day.reserved
    if ticket.reserved_counter is not None:
        reserved -= {ticket.number}
    return day.queues.set(ticket.service, entries[:at] + entries[at + 1 :]), reserved


def ticket_of(day: Day, number: str, event: e.Event, to: TicketState) -> Ticket:
    ticket: Ticket | None = day.tickets.get(number)
    if ticket is None:
        raise ImpossibleEvent(f"{type(event).__name__}: there is no ticket {number}")
    targets = TICKET_TRANSITIONS[type(event)].get(ticket.state)
    if targets is None or to not in targets:
        raise ImpossibleEvent(f"{type(event).__name__}: ticket {number} is {ticket.state}")
    return ticket


def desk_state(desk: Desk, event: e.Event) -> CounterState:
    state = COUNTER_TRANSITIONS[type(event)].get(desk.state)
    if state is None:
        raise ImpossibleEvent(f"{type(event).__name__}: counter {desk.counter} is {desk.state}")
    return state


def turn(ticket: Ticket, phase: Phase, at: datetime, **changes: Any) -> Ticket:
    """The ticket with the running phase added up and another one begun."""
    return changed(
        ticket,
        times=add_phase(ticket.times, ticket.phase, elapsed_ms(ticket.phase_since, at)),
        phase=phase,
        phase_since=at,
        **changes,
    )


def pause_clock(transactions: tuple[Transaction, ...], at: datetime) -> tuple[Transaction, ...]:
    """The transactions with the running one stopped but not finished."""
    if not transactions or transactions[-1].finished_at is not None:
        return transactions
    running = transactions[-1]
    return (*transactions[:-1], changed(running, spent_ms=running.spent_at(at), since=None))


def finish_transaction(
    transactions: tuple[Transaction, ...], paces: Map[str, Pace], at: datetime
) -> tuple[tuple[Transaction, ...], Map[str, Pace]]:
    """The transactions with the running one finished, and the pace of its service."""
    if not transactions or transactions[-1].finished_at is not None:
        return transactions, paces
    running = transactions[-1]
    finished = changed(running, spent_ms=running.spent_at(at), since=None, finished_at=at)
    pace = paces.get(running.service, Pace())
    paces = paces.set(running.service, Pace(pace.count + 1, pace.total_ms + finished.spent_ms))
    return (*transactions[:-1], finished), paces


def put_back(day: Day, ticket: Ticket, event: e.Event, desk: Desk | None, **more: Any) -> Day:
    """Back into the queue of its service, and the counter (if any) free."""
    desks = day.desks
    if desk is not None:
        desks = desks.set(
            desk.counter, changed(desk, state=desk_state(desk, event), since=event.at, number=None)
        )
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(ticket.number, ticket),
        queues=enter(day.queues, ticket.service, (ticket.place, ticket.number)),
        reserved=day.reserved | {ticket.number} if ticket.reserved_counter is not None else day.reserved,
        desks=desks,
        **more,
    )


def close(day: Day, ticket: Ticket, event: e.Event, state: TicketState, reason: str | None) -> Day:
    """The ticket has an outcome; it leaves queue, hold or counter."""
    transactions, paces = finish_transaction(ticket.transactions, day.paces, event.at)
    closed = turn(
        ticket,
        ticket.phase,
        event.at,
        state=state,
        transactions=transactions,
        closed_at=event.at,
        reason=reason,
        counter=None,
    )
    queues, reserved, held, desks = day.queues, day.reserved, day.held, day.desks
    if ticket.state is TicketState.WAITING:
        queues, reserved = leave(day, ticket)
    elif ticket.state is TicketState.ON_HOLD:
        held = held - {ticket.number}
    elif ticket.counter is not None:
        desk = desks[ticket.counter]
        desks = desks.set(
            desk.counter, changed(desk, state=desk_state(desk, event), since=event.at, number=None)
        )
    return changed(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(ticket.number, closed),
        queues=queues,
        reserved=reserved,
        held=held,
        desks=desks,
        paces=paces,
        outcomes=day.outcomes.set(state.value, day.outcomes.get(state.value, 0) + 1),
    )


def overtake(
    tickets: Map[str, Ticket], passed_over: tuple[e.PassedOver, ...], by: str, at: datetime
) -> Map[str, Ticket]:
    for passed in passed_over:
        ticket = tickets[passed.number]
        tickets = tickets.set(
            passed.number, changed(ticket, overtaken=(*ticket.overtaken, Overtaken(by, at, passed.reason)))
        )
    return tickets


def with_ticket(day: Day, event: e.Event, number: str, ticket: Ticket, **more: Any) -> Day:
    return changed(
        day, position=day.position + 1, at=event.at, tickets=day.tickets.set(number, ticket), **more
    )
