"""`evolve`: what a day looks like after an event.  Pure, free of configuration, and never refuses.

An event that the transition table does not allow in this state is a bug in `decide` or an altered journal, and is
raised as `ImpossibleEvent`, so it can never reach the journal.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from immutables import Map

from queue_server.domain import events as e
from queue_server.domain.day import (
    NO_TIME,
    Announcement,
    Day,
    Desk,
    Entry,
    Incident,
    Overtaken,
    Pace,
    Phase,
    Place,
    Slip,
    Ticket,
    Transaction,
    add_phase,
    elapsed_ms,
)
from queue_server.domain.transitions import (
    COUNTER_TRANSITIONS,
    TICKET_TRANSITIONS,
    CounterState,
    TicketState,
)

RECENT_CALLS = 12
HEAD_MS = 0
"""Tickets put back to the head count from the beginning of time: before every waiting one, and by sequence."""

AnyEvent = TypeVar("AnyEvent", bound=e.Event)
_MEMORY: dict[type[e.Event], Callable[[Day, Any], Day]] = {}


class ImpossibleEvent(Exception):
    """An event that cannot happen in this state: a bug, never a refusal."""


def evolve(day: Day, event: e.Event) -> Day:
    """The day after `event`.  Raises ImpossibleEvent when the transition table does not know the way."""
    return _MEMORY[type(event)](day, event)


def _remembers(
    kind: type[AnyEvent],
) -> Callable[[Callable[[Day, AnyEvent], Day]], Callable[[Day, AnyEvent], Day]]:
    def register(remember: Callable[[Day, AnyEvent], Day]) -> Callable[[Day, AnyEvent], Day]:
        _MEMORY[kind] = remember
        return remember

    return register


# --- queues and phases ---------------------------------------------------------------------------------------------


def _enter(queues: Map[str, tuple[Entry, ...]], service: str, entry: Entry) -> Map[str, tuple[Entry, ...]]:
    old = queues.get(service, ())
    if not old or old[-1] < entry:
        return queues.set(service, (*old, entry))
    entries = list(old)
    insort(entries, entry)
    return queues.set(service, tuple(entries))


def _leave(queues: Map[str, tuple[Entry, ...]], service: str, entry: Entry) -> Map[str, tuple[Entry, ...]]:
    entries = queues[service]
    if entries[0] == entry:
        return queues.set(service, entries[1:])
    at = bisect_left(entries, entry)
    if at == len(entries) or entries[at] != entry:
        raise ImpossibleEvent(f"ticket {entry[1]} does not wait for {service}")
    return queues.set(service, entries[:at] + entries[at + 1 :])


def _ticket(day: Day, number: str, event: e.Event, to: TicketState) -> Ticket:
    ticket: Ticket | None = day.tickets.get(number)
    if ticket is None:
        raise ImpossibleEvent(f"{type(event).__name__}: there is no ticket {number}")
    targets = TICKET_TRANSITIONS[type(event)].get(ticket.state)
    if targets is None or to not in targets:
        raise ImpossibleEvent(f"{type(event).__name__}: ticket {number} is {ticket.state}")
    return ticket


def _desk_state(desk: Desk, event: e.Event) -> CounterState:
    state = COUNTER_TRANSITIONS[type(event)].get(desk.state)
    if state is None:
        raise ImpossibleEvent(f"{type(event).__name__}: counter {desk.counter} is {desk.state}")
    return state


def _turn(ticket: Ticket, phase: Phase, at: datetime, **changes: Any) -> Ticket:
    """The ticket with the running phase added up and another one begun."""
    return replace(
        ticket,
        times=add_phase(ticket.times, ticket.phase, elapsed_ms(ticket.phase_since, at)),
        phase=phase,
        phase_since=at,
        **changes,
    )


def _pause_clock(transactions: tuple[Transaction, ...], at: datetime) -> tuple[Transaction, ...]:
    """The transactions with the running one stopped but not finished."""
    if not transactions or transactions[-1].finished_at is not None:
        return transactions
    running = transactions[-1]
    return (*transactions[:-1], replace(running, spent_ms=running.spent_at(at), since=None))


def _finish_transaction(
    transactions: tuple[Transaction, ...], paces: Map[str, Pace], at: datetime
) -> tuple[tuple[Transaction, ...], Map[str, Pace]]:
    """The transactions with the running one finished, and the pace of its service."""
    if not transactions or transactions[-1].finished_at is not None:
        return transactions, paces
    running = transactions[-1]
    finished = replace(running, spent_ms=running.spent_at(at), since=None, finished_at=at)
    pace = paces.get(running.service, Pace())
    paces = paces.set(running.service, Pace(pace.count + 1, pace.total_ms + finished.spent_ms))
    return (*transactions[:-1], finished), paces


def _put_back(day: Day, ticket: Ticket, event: e.Event, desk: Desk | None, **more: Any) -> Day:
    """Back into the queue of its service, and the counter (if any) free."""
    desks = day.desks
    if desk is not None:
        desks = desks.set(
            desk.counter, replace(desk, state=_desk_state(desk, event), since=event.at, number=None)
        )
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(ticket.number, ticket),
        queues=_enter(day.queues, ticket.service, (ticket.place, ticket.number)),
        desks=desks,
        **more,
    )


def _close(day: Day, ticket: Ticket, event: e.Event, state: TicketState, reason: str | None) -> Day:
    """The ticket has an outcome; it leaves queue, hold or counter."""
    transactions, paces = _finish_transaction(ticket.transactions, day.paces, event.at)
    closed = _turn(
        ticket,
        ticket.phase,
        event.at,
        state=state,
        transactions=transactions,
        closed_at=event.at,
        reason=reason,
        counter=None,
    )
    queues, held, desks = day.queues, day.held, day.desks
    if ticket.state is TicketState.WAITING:
        queues = _leave(queues, ticket.service, (ticket.place, ticket.number))
    elif ticket.state is TicketState.ON_HOLD:
        held = held - {ticket.number}
    elif ticket.counter is not None:
        desk = desks[ticket.counter]
        desks = desks.set(
            desk.counter, replace(desk, state=_desk_state(desk, event), since=event.at, number=None)
        )
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(ticket.number, closed),
        queues=queues,
        held=held,
        desks=desks,
        paces=paces,
        outcomes=day.outcomes.set(state.value, day.outcomes.get(state.value, 0) + 1),
    )


def _overtake(
    tickets: Map[str, Ticket], passed_over: tuple[e.PassedOver, ...], by: str, at: datetime
) -> Map[str, Ticket]:
    for passed in passed_over:
        ticket = tickets[passed.number]
        tickets = tickets.set(
            passed.number, replace(ticket, overtaken=(*ticket.overtaken, Overtaken(by, at, passed.reason)))
        )
    return tickets


# --- the day -------------------------------------------------------------------------------------------------------


@_remembers(e.DayOpened)
def _day_opened(day: Day, event: e.DayOpened) -> Day:
    # Devices and notices outlive the night; incidents that are open will be carried with their register.
    return Day(
        position=day.position + 1,
        at=event.at,
        date=event.date,
        is_open=True,
        devices=day.devices,
        device_incidents=day.device_incidents,
        notices=day.notices,
        notice_count=day.notice_count,
        incidents=Map(
            {
                incident_id: day.incidents[incident_id]
                for incident_id in day.device_incidents.values()
                if incident_id in day.incidents
            }
        ),
    )


@_remembers(e.DayClosed)
def _day_closed(day: Day, event: e.DayClosed) -> Day:
    return replace(day, position=day.position + 1, at=event.at, is_open=False)


# --- the ticket ----------------------------------------------------------------------------------------------------


@_remembers(e.TicketIssued)
def _ticket_issued(day: Day, event: e.TicketIssued) -> Day:
    number = event.number
    if number in day.tickets:
        raise ImpossibleEvent(f"ticket {number} exists")
    place: Place = (int(event.at.timestamp() * 1000) - event.head_start_s * 1000, event.sequence, 0)
    slips: tuple[Slip, ...] = ()
    more: dict[str, Any] = {}
    if event.job_id is not None and event.kiosk is not None:
        slips = (Slip(event.job_id, event.kiosk, event.at, is_reprint=False),)
        more["slips"] = day.slips.set(event.job_id, number)
        more["pending_slips"] = day.pending_slips | {event.job_id}
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
        tickets = tickets.set(event.requeue_of, replace(tickets[event.requeue_of], requeued_as=number))
    series = number.rstrip("0123456789")
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=tickets,
        queues=_enter(day.queues, event.service, (place, number)),
        series=day.series.set(series, int(number[len(series) :])),
        issued=day.issued.set(event.service, day.issued.get(event.service, 0) + 1),
        links=day.links.set(event.link, number),
        issued_count=event.sequence,
        **more,
    )


@_remembers(e.CustomerDiverted)
def _customer_diverted(day: Day, event: e.CustomerDiverted) -> Day:
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        outcomes=day.outcomes.set("diverted", day.outcomes.get("diverted", 0) + 1),
    )


@_remembers(e.PrintReported)
def _print_reported(day: Day, event: e.PrintReported) -> Day:
    ticket = day.tickets[event.number]
    slips = tuple(
        replace(slip, state=event.state, cause=event.cause) if slip.job_id == event.job_id else slip
        for slip in ticket.slips
    )
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(event.number, replace(ticket, slips=slips)),
        pending_slips=day.pending_slips - {event.job_id},
    )


@_remembers(e.ReprintRequested)
def _reprint_requested(day: Day, event: e.ReprintRequested) -> Day:
    ticket = day.tickets[event.number]
    slip = Slip(event.job_id, event.kiosk, event.at, is_reprint=True)
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(event.number, replace(ticket, slips=(*ticket.slips, slip))),
        slips=day.slips.set(event.job_id, event.number),
        pending_slips=day.pending_slips | {event.job_id},
    )


@_remembers(e.TicketCalled)
def _ticket_called(day: Day, event: e.TicketCalled) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.CALLED)
    desk = day.desk(event.counter)
    state = _desk_state(desk, event)
    position = day.position + 1
    at = event.at
    queues, held = day.queues, day.held
    if ticket.state is TicketState.WAITING:
        queues = _leave(queues, ticket.service, (ticket.place, ticket.number))
    else:
        held = held - {ticket.number}
    called = replace(
        ticket,
        times=add_phase(ticket.times, ticket.phase, elapsed_ms(ticket.phase_since, at)),
        phase=Phase.WAY,
        phase_since=at,
        state=TicketState.CALLED,
        counter=event.counter,
        called_at=at,
        first_called_at=ticket.first_called_at or at,
        announcements=(*ticket.announcements, Announcement(position, at, event.counter)),
    )
    tickets = day.tickets.set(event.number, called)
    if event.passed_over:
        tickets = _overtake(tickets, event.passed_over, event.number, at)
    return replace(
        day,
        position=position,
        at=at,
        tickets=tickets,
        queues=queues,
        held=held,
        desks=day.desks.set(
            event.counter, replace(desk, state=state, since=at, number=event.number, teller=event.teller)
        ),
        calls=day.calls.set(position, event.number),
        recent_calls=(position, *day.recent_calls[: RECENT_CALLS - 1]),
    )


@_remembers(e.TicketRecalled)
def _ticket_recalled(day: Day, event: e.TicketRecalled) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.CALLED)
    position = day.position + 1
    announced = (*ticket.announcements, Announcement(position, event.at, event.counter))
    return replace(
        day,
        position=position,
        at=event.at,
        tickets=day.tickets.set(event.number, replace(ticket, announcements=announced)),
        calls=day.calls.set(position, event.number),
        recent_calls=(position, *day.recent_calls[: RECENT_CALLS - 1]),
    )


@_remembers(e.CallWithdrawn)
def _call_withdrawn(day: Day, event: e.CallWithdrawn) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WAITING)
    back = _turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        counter=None,
        transactions=_pause_clock(ticket.transactions, event.at),
    )
    return _put_back(day, back, event, day.desk(event.counter))


@_remembers(e.ServiceStarted)
def _service_started(day: Day, event: e.ServiceStarted) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVING)
    desk = day.desk(event.counter)
    state = _desk_state(desk, event)
    at = event.at
    queues = day.queues
    if ticket.state is TicketState.WAITING:
        queues = _leave(queues, ticket.service, (ticket.place, ticket.number))
    transactions = ticket.transactions
    running = ticket.transaction
    if running is not None and running.service == event.service and running.counter == event.counter:
        # Resumed at the same counter for the same service: the same transaction goes on (test 8).
        transactions = (*transactions[:-1], replace(running, since=at))
    else:
        paces = day.paces
        transactions, paces = _finish_transaction(transactions, paces, at)
        transactions = (
            *transactions,
            Transaction(
                service=event.service,
                amount_band=event.amount_band,
                counter=event.counter,
                teller=event.teller,
                started_at=at,
                limit_s=event.limit_s,
                standard_version=event.standard_version,
                since=at,
            ),
        )
        day = replace(day, paces=paces) if paces is not day.paces else day
    serving = replace(
        ticket,
        times=add_phase(ticket.times, ticket.phase, elapsed_ms(ticket.phase_since, at)),
        phase=Phase.SERVICE,
        phase_since=at,
        state=TicketState.SERVING,
        counter=event.counter,
        reserved_counter=None,
        standing=None,
        started_at=ticket.started_at or at,
        transactions=transactions,
        held_reason=None,
    )
    tickets = day.tickets.set(event.number, serving)
    if event.passed_over:
        tickets = _overtake(tickets, event.passed_over, event.number, at)
    return replace(
        day,
        position=day.position + 1,
        at=at,
        tickets=tickets,
        queues=queues,
        desks=day.desks.set(
            event.counter, replace(desk, state=state, since=at, number=event.number, teller=event.teller)
        ),
    )


def _serving(day: Day, event: e.Event, number: str, ticket: Ticket, **more: Any) -> Day:
    return replace(
        day, position=day.position + 1, at=event.at, tickets=day.tickets.set(number, ticket), **more
    )


@_remembers(e.TransactionSet)
def _transaction_set(day: Day, event: e.TransactionSet) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVING)
    running = ticket.transactions[-1]
    changed = replace(
        running,
        service=event.service,
        amount_band=event.amount_band,
        limit_s=event.limit_s,
        standard_version=event.standard_version,
        # Another limit: levels are judged afresh, and one already behind us is reached (and told) again.
        level=running.level if running.limit_s == event.limit_s else 0,
    )
    return _serving(
        day, event, event.number, replace(ticket, transactions=(*ticket.transactions[:-1], changed))
    )


@_remembers(e.TransactionStarted)
def _transaction_started(day: Day, event: e.TransactionStarted) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVING)
    transactions, paces = _finish_transaction(ticket.transactions, day.paces, event.at)
    desk = day.desk(event.counter)
    started = Transaction(
        service=event.service,
        amount_band=event.amount_band,
        counter=event.counter,
        teller=desk.teller or "",
        started_at=event.at,
        limit_s=event.limit_s,
        standard_version=event.standard_version,
        since=event.at,
    )
    going_on = _turn(ticket, Phase.SERVICE, event.at, transactions=(*transactions, started), away_device=None)
    return _serving(day, event, event.number, going_on, paces=paces)


@_remembers(e.SeatLeft)
def _seat_left(day: Day, event: e.SeatLeft) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVING)
    return _serving(
        day, event, event.number, _turn(ticket, Phase.SEAT_AWAY, event.at, away_device=event.device)
    )


@_remembers(e.SeatTaken)
def _seat_taken(day: Day, event: e.SeatTaken) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVING)
    running = ticket.transactions[-1]
    away_ms = elapsed_ms(ticket.phase_since, event.at)
    counted = replace(running, seat_away_ms=running.seat_away_ms + away_ms)
    back = _turn(
        ticket,
        Phase.SERVICE,
        event.at,
        away_device=None,
        transactions=(*ticket.transactions[:-1], counted),
    )
    return _serving(day, event, event.number, back)


@_remembers(e.WrapUpStarted)
def _wrap_up_started(day: Day, event: e.WrapUpStarted) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVING)
    transactions, paces = _finish_transaction(ticket.transactions, day.paces, event.at)
    wrapping = _turn(ticket, Phase.WRAP_UP, event.at, transactions=transactions, away_device=None)
    return _serving(day, event, event.number, wrapping, paces=paces)


@_remembers(e.ServiceFinished)
def _service_finished(day: Day, event: e.ServiceFinished) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.SERVED)
    return _close(day, ticket, event, TicketState.SERVED, None)


@_remembers(e.TicketHeld)
def _ticket_held(day: Day, event: e.TicketHeld) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.ON_HOLD)
    desk = day.desk(event.counter)
    held = _turn(
        ticket,
        Phase.HOLD,
        event.at,
        state=TicketState.ON_HOLD,
        counter=None,
        reserved_counter=event.counter,
        held_reason=event.reason,
        away_device=None,
        transactions=_pause_clock(ticket.transactions, event.at),
    )
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(event.number, held),
        held=day.held | {event.number},
        desks=day.desks.set(
            event.counter, replace(desk, state=_desk_state(desk, event), since=event.at, number=None)
        ),
    )


@_remembers(e.TicketResumed)
def _ticket_resumed(day: Day, event: e.TicketResumed) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WAITING)
    ready = _turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        standing="resumed",
        place=(HEAD_MS, ticket.issued.sequence, 0),
        reserved_counter=event.counter,
    )
    return _put_back(replace(day, held=day.held - {event.number}), ready, event, None)


@_remembers(e.TicketTransferred)
def _ticket_transferred(day: Day, event: e.TicketTransferred) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WAITING)
    transactions, paces = _finish_transaction(ticket.transactions, day.paces, event.at)
    moved = _turn(
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
    return _put_back(day, moved, event, day.desk(event.counter), paces=paces)


# --- missed numbers ------------------------------------------------------------------------------------------------


@_remembers(e.TicketMissed)
def _ticket_missed(day: Day, event: e.TicketMissed) -> Day:
    waits = event.outcome in ("postponed", "to_tail", "returned_to_head")
    ticket = _ticket(day, event.number, event, TicketState.WAITING if waits else TicketState.NO_SHOW)
    misses = event.misses
    if not waits:
        return _close(
            day, replace(ticket, misses=misses, last_miss=event), event, TicketState.NO_SHOW, event.outcome
        )
    sequence = ticket.issued.sequence
    place = ticket.place
    standing: str | None = "postponed"
    queued_at = event.at
    if event.outcome == "returned_to_head":
        place, standing, queued_at = (HEAD_MS, sequence, 0), "returned", ticket.queued_at
    elif event.behind is not None:
        ahead = day.tickets[event.behind].place
        place = (ahead[0], ahead[1], ahead[2] + 1)
    else:
        place = _tail(day, ticket.service, event, sequence)
    back = _turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        counter=None,
        place=place,
        standing=standing,
        queued_at=queued_at,
        misses=misses,
        last_miss=event,
        is_device_affected=ticket.is_device_affected or event.attribution == "device",
    )
    return _put_back(day, back, event, day.desk(event.counter))


def _tail(day: Day, service: str, event: e.Event, sequence: int) -> Place:
    """Behind everybody who waits for the service now, whatever head start they have."""
    now_ms = int(event.at.timestamp() * 1000)
    entries = day.queue(service)
    if entries:
        last = entries[-1][0]
        if last[0] >= now_ms:
            return (last[0], last[1], last[2] + 1)
    return (now_ms, sequence, 0)


def _to_head(day: Day, ticket: Ticket, event: e.Event, standing: str, **changes: Any) -> Day:
    """To the head of its queue, whether it waits (postponed) or had been given up (no-show)."""
    place: Place = (HEAD_MS, ticket.issued.sequence, 0)
    if ticket.state is TicketState.WAITING:
        day = replace(day, queues=_leave(day.queues, ticket.service, (ticket.place, ticket.number)))
        back = replace(ticket, place=place, standing=standing, **changes)
    else:
        # The time between the miss and the return was spent waiting: it belongs to the stay.
        gap = elapsed_ms(ticket.phase_since, event.at)
        back = replace(
            ticket,
            times=add_phase(ticket.times, Phase.WAIT, gap),
            phase=Phase.WAIT,
            phase_since=event.at,
            state=TicketState.WAITING,
            place=place,
            standing=standing,
            closed_at=None,
            reason=None,
            **changes,
        )
        outcome = TicketState.NO_SHOW.value
        day = replace(day, outcomes=day.outcomes.set(outcome, day.outcomes[outcome] - 1))
    return _put_back(day, back, event, None)


@_remembers(e.TicketReinstated)
def _ticket_reinstated(day: Day, event: e.TicketReinstated) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WAITING)
    return _to_head(day, ticket, event, "reinstated")


@_remembers(e.NoShowUndone)
def _no_show_undone(day: Day, event: e.NoShowUndone) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WAITING)
    return _to_head(day, ticket, event, "reinstated", misses=max(0, ticket.misses - 1), last_miss=None)


@_remembers(e.TicketMoved)
def _ticket_moved(day: Day, event: e.TicketMoved) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WAITING)
    day = replace(day, tickets=_overtake(day.tickets, event.passed_over, event.number, event.at))
    return _to_head(day, ticket, event, "moved")


# --- other ends ----------------------------------------------------------------------------------------------------


@_remembers(e.TicketCancelled)
def _ticket_cancelled(day: Day, event: e.TicketCancelled) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.CANCELLED)
    return _close(day, ticket, event, TicketState.CANCELLED, event.reason)


@_remembers(e.TicketWalkedOut)
def _ticket_walked_out(day: Day, event: e.TicketWalkedOut) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.WALKED_OUT)
    return _close(day, ticket, event, TicketState.WALKED_OUT, None)


@_remembers(e.TicketExpired)
def _ticket_expired(day: Day, event: e.TicketExpired) -> Day:
    ticket = _ticket(day, event.number, event, TicketState.EXPIRED)
    return _close(day, ticket, event, TicketState.EXPIRED, event.reason)


@_remembers(e.TransactionCorrected)
def _transaction_corrected(day: Day, event: e.TransactionCorrected) -> Day:
    ticket = day.tickets[event.number]
    corrected = replace(
        ticket.transactions[event.index],
        service=event.service,
        amount_band=event.amount_band,
        limit_s=event.limit_s,
        standard_version=event.standard_version,
    )
    transactions = (
        *ticket.transactions[: event.index],
        corrected,
        *ticket.transactions[event.index + 1 :],
    )
    return _serving(day, event, event.number, replace(ticket, transactions=transactions))


# --- the counter ---------------------------------------------------------------------------------------------------


def _desk(day: Day, event: e.Event, counter: str, **changes: Any) -> Day:
    desk = day.desk(counter)
    changed = replace(desk, state=_desk_state(desk, event), **changes)
    return replace(day, position=day.position + 1, at=event.at, desks=day.desks.set(counter, changed))


@_remembers(e.CounterOpened)
def _counter_opened(day: Day, event: e.CounterOpened) -> Day:
    return _desk(day, event, event.counter, since=event.at, teller=event.teller, reason=None)


@_remembers(e.PauseRequested)
def _pause_requested(day: Day, event: e.PauseRequested) -> Day:
    return _desk(day, event, event.counter, pause_requested=event)


@_remembers(e.PauseDeclined)
def _pause_declined(day: Day, event: e.PauseDeclined) -> Day:
    return _desk(day, event, event.counter, pause_requested=None)


@_remembers(e.CounterPaused)
def _counter_paused(day: Day, event: e.CounterPaused) -> Day:
    return _desk(day, event, event.counter, since=event.at, reason=event.reason, pause_requested=None)


@_remembers(e.CounterResumed)
def _counter_resumed(day: Day, event: e.CounterResumed) -> Day:
    return _desk(day, event, event.counter, since=event.at, reason=None)


@_remembers(e.CounterClosed)
def _counter_closed(day: Day, event: e.CounterClosed) -> Day:
    return _desk(day, event, event.counter, since=event.at, teller=None, reason=None, pause_requested=None)


@_remembers(e.NoTicketServiceStarted)
def _no_ticket_service_started(day: Day, event: e.NoTicketServiceStarted) -> Day:
    return _desk(
        day, event, event.counter, since=event.at, no_ticket_service=event.service, reason=event.reason
    )


@_remembers(e.NoTicketServiceFinished)
def _no_ticket_service_finished(day: Day, event: e.NoTicketServiceFinished) -> Day:
    return _desk(day, event, event.counter, since=event.at, no_ticket_service=None, reason=None)


# --- the hall ------------------------------------------------------------------------------------------------------


def _announced(day: Day, event: e.Event, announcement_id: int, number: str, **changes: Any) -> Day:
    ticket = day.tickets[number]
    announcements = tuple(
        replace(a, **changes) if a.announcement_id == announcement_id else a for a in ticket.announcements
    )
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        tickets=day.tickets.set(number, replace(ticket, announcements=announcements)),
    )


@_remembers(e.AnnouncementShown)
def _announcement_shown(day: Day, event: e.AnnouncementShown) -> Day:
    known = _announcement(day, event.number, event.announcement_id)
    shown_at = event.shown_at if known.shown_at is None else min(known.shown_at, event.shown_at)
    day = _announced(day, event, event.announcement_id, event.number, shown_at=shown_at)
    desk = day.desk(known.counter)
    if desk.unheard_streak and not known.is_unheard:
        day = replace(day, desks=day.desks.set(known.counter, replace(desk, unheard_streak=0)))
    return day


@_remembers(e.AnnouncementSpoken)
def _announcement_spoken(day: Day, event: e.AnnouncementSpoken) -> Day:
    known = _announcement(day, event.number, event.announcement_id)
    spoken_at = event.spoken_at if known.spoken_at is None else min(known.spoken_at, event.spoken_at)
    return _announced(day, event, event.announcement_id, event.number, spoken_at=spoken_at)


@_remembers(e.CallUnheard)
def _call_unheard(day: Day, event: e.CallUnheard) -> Day:
    day = _announced(day, event, event.announcement_id, event.number, is_unheard=True)
    ticket = replace(day.tickets[event.number], is_device_affected=True)
    desk = day.desk(event.counter)
    return replace(
        day,
        tickets=day.tickets.set(event.number, ticket),
        desks=day.desks.set(event.counter, replace(desk, unheard_streak=desk.unheard_streak + 1)),
    )


def _announcement(day: Day, number: str, announcement_id: int) -> Announcement:
    for announcement in day.tickets[number].announcements:
        if announcement.announcement_id == announcement_id:
            return announcement
    raise ImpossibleEvent(f"ticket {number} has no announcement {announcement_id}")


@_remembers(e.DeviceReported)
def _device_reported(day: Day, event: e.DeviceReported) -> Day:
    incidents = day.device_incidents
    if event.state == "online" and event.device in incidents:
        incidents = incidents.delete(event.device)
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        devices=day.devices.set(event.device, event),
        device_incidents=incidents,
    )


def _reach_level(day: Day, event: e.StandardNeared | e.StandardExceeded) -> Day:
    ticket = day.tickets[event.number]
    reached = replace(ticket.transactions[-1], level=event.percent)
    return _serving(
        day, event, event.number, replace(ticket, transactions=(*ticket.transactions[:-1], reached))
    )


@_remembers(e.StandardNeared)
def _standard_neared(day: Day, event: e.StandardNeared) -> Day:
    return _reach_level(day, event)


@_remembers(e.StandardExceeded)
def _standard_exceeded(day: Day, event: e.StandardExceeded) -> Day:
    return _reach_level(day, event)


@_remembers(e.WaitLimitReached)
def _wait_limit_reached(day: Day, event: e.WaitLimitReached) -> Day:
    ticket = day.tickets[event.number]
    return _serving(day, event, event.number, replace(ticket, wait_level_min=event.minutes))


@_remembers(e.QuoteExceeded)
def _quote_exceeded(day: Day, event: e.QuoteExceeded) -> Day:
    ticket = day.tickets[event.number]
    return _serving(day, event, event.number, replace(ticket, is_beyond_quote=True))


@_remembers(e.OvertakenAlerted)
def _overtaken_alerted(day: Day, event: e.OvertakenAlerted) -> Day:
    return replace(day, position=day.position + 1, at=event.at)


@_remembers(e.NoticePosted)
def _notice_posted(day: Day, event: e.NoticePosted) -> Day:
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        notices=day.notices.set(event.notice_id, event),
        notice_count=day.notice_count + 1,
    )


@_remembers(e.NoticeWithdrawn)
def _notice_withdrawn(day: Day, event: e.NoticeWithdrawn) -> Day:
    return replace(day, position=day.position + 1, at=event.at, notices=day.notices.delete(event.notice_id))


@_remembers(e.IncidentOpened)
def _incident_opened(day: Day, event: e.IncidentOpened) -> Day:
    devices = day.device_incidents
    if event.kind == "device_fault":
        device = dict(event.facts)["device"]
        devices = devices.set(device, event.incident_id)
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        incidents=day.incidents.set(event.incident_id, Incident(event)),
        opened_by_kind=day.opened_by_kind.set(event.kind, day.opened_by_kind.get(event.kind, 0) + 1),
        device_incidents=devices,
    )


@_remembers(e.IncidentAmended)
def _incident_amended(day: Day, event: e.IncidentAmended) -> Day:
    incident = day.incidents[event.incident_id]
    amended = replace(incident, amendments=(*incident.amendments, event.note))
    return replace(
        day,
        position=day.position + 1,
        at=event.at,
        incidents=day.incidents.set(event.incident_id, amended),
    )
