"""Remembering what happens during a visit: transactions, seat-away, wrap-up, corrections (T1, T5, T6)."""

from __future__ import annotations

from queue_server.domain import events as e
from queue_server.domain.day import (
    Day,
    Phase,
    elapsed_ms,
)
from queue_server.domain.memory import outages
from queue_server.domain.memory.steps import (
    after,
    begun,
    close,
    finish_transaction,
    remembers,
    ticket_of,
    turn,
    with_ticket,
)
from queue_server.domain.transitions import TicketState
from queue_server.domain.values import changed, frozen


@remembers(e.TransactionSet)
def _transaction_set(day: Day, event: e.TransactionSet) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVING)
    running = ticket.transactions[-1]
    judged = changed(
        running,
        service=event.service,
        amount_band=event.amount_band,
        limit_s=event.limit_s,
        standard_version=event.standard_version,
        # Another limit: levels are judged afresh, and one already behind us is reached (and told) again.
        level=running.level if running.limit_s == event.limit_s else 0,
        is_assumed=False,
    )
    return with_ticket(day, event, changed(ticket, transactions=(*ticket.transactions[:-1], judged)))


@remembers(e.TransactionStarted)
def _transaction_started(day: Day, event: e.TransactionStarted) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVING)
    later = after(day, event)
    finished, later.paces = finish_transaction(ticket.transactions, day.paces, event.at)
    going_on = turn(ticket, Phase.SERVICE, event.at)
    running = begun(event, day.desk(event.counter).teller or "")
    if day.outages:
        later.outages, running = outages.served(day.outages, event.counter, event.number, running)
    going_on.transactions = (*finished, running)
    going_on.away_device = None
    later.tickets = day.tickets.set(event.number, frozen(going_on))
    return frozen(later)


@remembers(e.SeatLeft)
def _seat_left(day: Day, event: e.SeatLeft) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVING)
    away = turn(ticket, Phase.SEAT_AWAY, event.at)
    away.away_device = event.device
    return with_ticket(day, event, frozen(away))


@remembers(e.SeatTaken)
def _seat_taken(day: Day, event: e.SeatTaken) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVING)
    running = ticket.transactions[-1]
    away_ms = elapsed_ms(ticket.phase_since, event.at)
    counted = changed(running, seat_away_ms=running.seat_away_ms + away_ms)
    back = turn(ticket, Phase.SERVICE, event.at)
    back.away_device = None
    back.transactions = (*ticket.transactions[:-1], counted)
    return with_ticket(day, event, frozen(back))


@remembers(e.WrapUpStarted)
def _wrap_up_started(day: Day, event: e.WrapUpStarted) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVING)
    later = after(day, event)
    wrapping = turn(ticket, Phase.WRAP_UP, event.at)
    wrapping.transactions, later.paces = finish_transaction(ticket.transactions, day.paces, event.at)
    wrapping.away_device = None
    later.tickets = day.tickets.set(event.number, frozen(wrapping))
    return frozen(later)


@remembers(e.ServiceFinished)
def _service_finished(day: Day, event: e.ServiceFinished) -> Day:
    ticket = ticket_of(day, event.number, event, TicketState.SERVED)
    return close(day, ticket, event, TicketState.SERVED, None)


@remembers(e.TransactionCorrected)
def _transaction_corrected(day: Day, event: e.TransactionCorrected) -> Day:
    ticket = day.tickets[event.number]
    corrected = changed(
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
    return with_ticket(day, event, changed(ticket, transactions=transactions))
