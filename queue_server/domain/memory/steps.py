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
from queue_server.domain.values import Draft, changed, draft, frozen

RECENT_CALLS = 12
HEAD_MS = 0
"""Tickets put back to the head count from the beginning of time: before every waiting one, and by sequence."""

NO_PACE = Pace()

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


def leave(day: Day | Draft[Day], ticket: Ticket) -> tuple[Queues, frozenset[str]]:
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


def after(day: Day, event: e.Event) -> Draft[Day]:
    """A draft of the day after the event: one position on, at its time."""
    later = draft(day)
    later.position = day.position + 1
    later.at = event.at
    return later


def turn(ticket: Ticket, phase: Phase, at: datetime) -> Draft[Ticket]:
    """A draft of the ticket with the running phase added up and another one begun."""
    later = draft(ticket)
    later.times = add_phase(ticket.times, ticket.phase, elapsed_ms(ticket.phase_since, at))
    later.phase = phase
    later.phase_since = at
    return later


def occupied(desk: Desk, event: e.Event, number: str, teller: str) -> Desk:
    """The desk with a ticket: called or served there by the teller."""
    later = draft(desk)
    later.state = desk_state(desk, event)
    later.since = event.at
    later.number = number
    later.teller = teller
    return frozen(later)


def vacated(desk: Desk, event: e.Event) -> Desk:
    """The desk without its ticket."""
    later = draft(desk)
    later.state = desk_state(desk, event)
    later.since = event.at
    later.number = None
    if type(event) is e.ServiceFinished:
        later.last_visit = desk.number
    if desk.is_supervisor_coming:
        later.supervisor, later.is_supervisor_coming = None, False
    return frozen(later)


def begun(event: e.ServiceStarted | e.TransactionStarted, teller: str) -> Transaction:
    """The transaction that starts to run with the event."""
    at = event.at
    limit_s, version = event.limit_s, event.standard_version
    begun = Transaction(event.service, event.amount_band, event.counter, teller, at, limit_s, version, at)
    if type(event) is e.ServiceStarted and event.is_assumed:
        begun = changed(begun, is_assumed=True)
    return begun


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
    spent_ms = running.spent_at(at)
    finished = draft(running)
    finished.spent_ms = spent_ms
    finished.since = None
    finished.finished_at = at
    pace = paces.get(running.service, NO_PACE)
    paces = paces.set(running.service, Pace(pace.count + 1, pace.total_ms + spent_ms))
    return (*transactions[:-1], frozen(finished)), paces


def put_back(later: Draft[Day], ticket: Ticket, event: e.Event, desk: Desk | None) -> Day:
    """Back into the queue of its service, and the counter (if any) free."""
    if desk is not None:
        later.desks = later.desks.set(desk.counter, vacated(desk, event))
    later.tickets = later.tickets.set(ticket.number, ticket)
    later.queues = enter(later.queues, ticket.service, (ticket.place, ticket.number))
    if ticket.reserved_counter is not None:
        later.reserved = later.reserved | {ticket.number}
    return frozen(later)


def close(day: Day, ticket: Ticket, event: e.Event, state: TicketState, reason: str | None) -> Day:
    """The ticket has an outcome; it leaves queue, hold or counter."""
    at = event.at
    number = ticket.issued.number
    later = after(day, event)
    closed = turn(ticket, ticket.phase, at)
    if state is TicketState.EXPIRED:
        # Cut off by the end of the day: it was not finished, and counts in no average (test 9).
        closed.transactions = pause_clock(ticket.transactions, at)
    else:
        closed.transactions, later.paces = finish_transaction(ticket.transactions, day.paces, at)
    closed.state = state
    closed.closed_at = at
    closed.reason = reason
    closed.counter = None
    later.tickets = day.tickets.set(number, frozen(closed))
    if ticket.state is TicketState.WAITING:
        later.queues, later.reserved = leave(day, ticket)
    elif ticket.state is TicketState.ON_HOLD:
        later.held = day.held - {number}
    elif ticket.counter is not None:
        later.desks = day.desks.set(ticket.counter, vacated(day.desks[ticket.counter], event))
    outcome = state.value
    later.outcomes = day.outcomes.set(outcome, day.outcomes.get(outcome, 0) + 1)
    return frozen(later)


def overtake(
    tickets: Map[str, Ticket], passed_over: tuple[e.PassedOver, ...], by: str, at: datetime
) -> Map[str, Ticket]:
    """The tickets, those that were passed over with a note of it."""
    for passed in passed_over:
        ticket = tickets[passed.number]
        tickets = tickets.set(
            passed.number, changed(ticket, overtaken=(*ticket.overtaken, Overtaken(by, at, passed.reason)))
        )
    return tickets


def with_ticket(day: Day, event: e.Event, ticket: Ticket) -> Day:
    """The day after an event that changed one ticket and nothing else."""
    later = after(day, event)
    later.tickets = day.tickets.set(ticket.issued.number, ticket)
    return frozen(later)
