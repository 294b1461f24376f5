"""Remembering calls, recalls and services begun (C1, C2, J2)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import (
    Announcement,
    Day,
    Phase,
    Transaction,
    add_phase,
    elapsed_ms,
)
from queue_server.domain.memory.steps import (
    RECENT_CALLS,
    desk_state,
    finish_transaction,
    leave,
    overtake,
    pause_clock,
    put_back,
    remembers,
    ticket_of,
    turn,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import changed


@remembers(e.TicketCalled)
def _ticket_called(day: Day, event: e.TicketCalled) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.CALLED)
    desk = day.desk(event.counter)
    state = desk_state(desk, event)
    position = day.position + 1
    at = event.at
    queues, reserved, held = day.queues, day.reserved, day.held
    if ticket.state is TicketState.WAITING:
        queues, reserved = leave(day, ticket)
    else:
        held = held - {ticket.number}
    called = changed(
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
        tickets = overtake(tickets, event.passed_over, event.number, at)
    return changed(
        day,
        position=position,
        at=at,
        tickets=tickets,
        queues=queues,
        reserved=reserved,
        held=held,
        desks=day.desks.set(
            event.counter, changed(desk, state=state, since=at, number=event.number, teller=event.teller)
        ),
        calls=day.calls.set(position, event.number),
        recent_calls=(position, *day.recent_calls[: RECENT_CALLS - 1]),
    )


@remembers(e.TicketRecalled)
def _ticket_recalled(day: Day, event: e.TicketRecalled) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.CALLED)
    position = day.position + 1
    announced = (*ticket.announcements, Announcement(position, event.at, event.counter))
    return changed(
        day,
        position=position,
        at=event.at,
        tickets=day.tickets.set(event.number, changed(ticket, announcements=announced)),
        calls=day.calls.set(position, event.number),
        recent_calls=(position, *day.recent_calls[: RECENT_CALLS - 1]),
    )


@remembers(e.CallWithdrawn)
def _call_withdrawn(day: Day, event: e.CallWithdrawn) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.WAITING)
    back = turn(
        ticket,
        Phase.WAIT,
        event.at,
        state=TicketState.WAITING,
        counter=None,
        transactions=pause_clock(ticket.transactions, event.at),
    )
    return put_back(day, back, event, day.desk(event.counter))


@remembers(e.ServiceStarted)
def _service_started(day: Day, event: e.ServiceStarted) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVING)
    desk = day.desk(event.counter)
    state = desk_state(desk, event)
    at = event.at
    queues, reserved = day.queues, day.reserved
    if ticket.state is TicketState.WAITING:
        queues, reserved = leave(day, ticket)
    transactions = ticket.transactions
    running = ticket.transaction
    if running is not None and running.service == event.service and running.counter == event.counter:
        # Resumed at the same counter for the same service: the same transaction goes on (test 8).
        transactions = (*transactions[:-1], changed(running, since=at))
    else:
        paces = day.paces
        transactions, paces = finish_transaction(transactions, paces, at)
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
        day = changed(day, paces=paces) if paces is not day.paces else day
    serving = changed(
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
        tickets = overtake(tickets, event.passed_over, event.number, at)
    return changed(
        day,
        position=day.position + 1,
        at=at,
        tickets=tickets,
        queues=queues,
        reserved=reserved,
        desks=day.desks.set(
            event.counter, changed(desk, state=state, since=at, number=event.number, teller=event.teller)
        ),
    )
