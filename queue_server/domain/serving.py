"""The verbs of a counter: call, recall, start, finish and what lies between (C1–C7, T1, T5, J1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from queue_server.domain import calling, missed
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import Branch, HallRules
from queue_server.domain.day import Day, Desk, Phase, Ticket
from queue_server.domain.question import Question, answers, require_reason
from queue_server.domain.timing import limit_of
from queue_server.domain.transitions import TicketState
from queue_server.errors import (
    InvalidRequest,
    NoTicketWaiting,
    SeatAway,
    SeatNotLeft,
    WrongTicketState,
)

WITHDRAW_REASONS = ("called_by_mistake", "not_here_yet", "given_back")


@answers(c.CallNext)
def call_next(q: Question, command: c.CallNext) -> list[e.Event]:
    """Whom the policy puts first."""
    desk = q.free_desk(command.counter)
    counter = q.counter(command.counter)
    found = calling.next_call(q.branch, q.day, counter, q.now)
    if found is None:
        raise NoTicketWaiting(counter=command.counter)
    ticket, passed_over = found
    label = q.branch.policy.label
    return [
        e.TicketCalled(q.now, ticket.number, counter.code, desk.teller or "", label, passed_over=passed_over)
    ]


@answers(c.CallTicket)
def call_ticket(q: Question, command: c.CallTicket) -> list[e.Event]:
    """One number, with a reason.

    It is out of order unless the policy would call it now; a customer this counter has on hold is called back in
    order, for the place was kept.
    """
    reason = require_reason(command.reason)
    desk = q.free_desk(command.counter)
    counter = q.counter(command.counter)
    ticket = q.ticket(command.number, TicketState.WAITING, TicketState.ON_HOLD)
    if ticket.state is TicketState.ON_HOLD:
        is_out_of_order = ticket.reserved_counter != counter.code
    else:
        first = calling.next_ticket(q.branch, q.day, counter, q.now)
        is_out_of_order = first is None or first.number != ticket.number
    passed_over = calling.passed_over(
        q.branch, q.day, counter, ticket, q.now, is_out_of_order=is_out_of_order
    )
    label = q.branch.policy.label
    return [
        e.TicketCalled(
            q.now, ticket.number, counter.code, desk.teller or "", label, reason, passed_over, is_out_of_order
        )
    ]


@answers(c.Recall)
def recall(q: Question, command: c.Recall) -> list[e.Event]:
    """Announce again."""
    retracted, ticket, teller = _called(q, command.counter)
    return [*retracted, e.TicketRecalled(q.now, ticket.number, command.counter, teller)]


@answers(c.WithdrawCall)
def withdraw_call(q: Question, command: c.WithdrawCall) -> list[e.Event]:
    """Undo the call by its name."""
    if command.reason not in WITHDRAW_REASONS:
        raise InvalidRequest(where="reason", expected=f"one of {', '.join(WITHDRAW_REASONS)}")
    _, ticket, teller = q.at_counter(command.counter, TicketState.CALLED)
    return [e.CallWithdrawn(q.now, ticket.number, command.counter, teller, command.reason)]


@answers(c.StartService)
def start_service(q: Question, command: c.StartService) -> list[e.Event]:
    """The customer is here: the called one, or a waiting one this counter never called (J1)."""
    desk = q.desk(command.counter)
    if command.number is None or command.number == desk.number:
        desk, ticket, teller = q.at_counter(command.counter, TicketState.CALLED)
        service, band, limit_s, version = _transaction_of(q.branch, q.date, ticket)
        return [
            e.ServiceStarted(
                q.now, ticket.number, desk.counter, teller, service, band, limit_s, version, was_called=True
            )
        ]
    desk = q.free_desk(command.counter)
    ticket = q.ticket(command.number, TicketState.WAITING)
    service, band, limit_s, version = _transaction_of(q.branch, q.date, ticket)
    return [
        e.ServiceStarted(
            q.now,
            ticket.number,
            desk.counter,
            desk.teller or "",
            service,
            band,
            limit_s,
            version,
            was_called=False,
            passed_over=calling.passed_over(
                q.branch, q.day, q.counter(command.counter), ticket, q.now, is_out_of_order=True
            ),
        )
    ]


def _transaction_of(
    branch: Branch, day: date, ticket: Ticket
) -> tuple[str, str | None, int | None, str | None]:
    """(service, band, limit, version) of what starts: the transaction a hold stopped, or the ticket's service."""
    stopped = ticket.transaction
    service = stopped.service if stopped is not None else ticket.service
    band = stopped.amount_band if stopped is not None else None
    limit_s, version = limit_of(branch, day, service, band, ticket.customer_class)
    return service, band, limit_s, version


@answers(c.SetTransaction)
def set_transaction(q: Question, command: c.SetTransaction) -> list[e.Event]:
    """What the running transaction really is."""
    service, band = q.service(command.service), q.amount_band(command.amount_band)
    _, ticket, _ = q.at_counter(command.counter, TicketState.SERVING)
    running = ticket.transaction
    if running is None:
        raise WrongTicketState(number=ticket.number, state=Phase.WRAP_UP.name.lower())
    if (running.service, running.amount_band) == (service, band):
        return []
    limit_s, version = limit_of(q.branch, q.date, service, band, ticket.customer_class)
    return [e.TransactionSet(q.now, ticket.number, command.counter, service, band, limit_s, version)]


@answers(c.NextTransaction)
def next_transaction(q: Question, command: c.NextTransaction) -> list[e.Event]:
    """Another transaction of the same visit; also after wrap-up began, when the customer came back."""
    service, band = q.service(command.service), q.amount_band(command.amount_band)
    _, ticket, _ = q.at_counter(command.counter, TicketState.SERVING)
    _require_seat(ticket, command.counter)
    limit_s, version = limit_of(q.branch, q.date, service, band, ticket.customer_class)
    return [e.TransactionStarted(q.now, ticket.number, command.counter, service, band, limit_s, version)]


def _require_seat(ticket: Ticket, counter: str) -> None:
    if ticket.away_device is not None:
        raise SeatAway(counter=counter)


def _require_transaction(ticket: Ticket) -> None:
    if ticket.transaction is None:
        raise WrongTicketState(number=ticket.number, state=Phase.WRAP_UP.name.lower())


@answers(c.LeaveSeat)
def leave_seat(q: Question, command: c.LeaveSeat) -> list[e.Event]:
    """To a device, for this transaction."""
    _, ticket, _ = q.at_counter(command.counter, TicketState.SERVING)
    _require_seat(ticket, command.counter)
    _require_transaction(ticket)
    return [e.SeatLeft(q.now, ticket.number, command.counter, require_reason(command.device))]


@answers(c.ReturnToSeat)
def return_to_seat(q: Question, command: c.ReturnToSeat) -> list[e.Event]:
    """Back from the device."""
    _, ticket, _ = q.at_counter(command.counter, TicketState.SERVING)
    if ticket.away_device is None:
        raise SeatNotLeft(counter=command.counter)
    return [e.SeatTaken(q.now, ticket.number, command.counter)]


def _seat_taken_first(q: Question, ticket: Ticket, counter: str) -> list[e.Event]:
    """A teller who ends something has come back, whether the key was pressed or not."""
    return [e.SeatTaken(q.now, ticket.number, counter)] if ticket.away_device is not None else []


@answers(c.StartWrapUp)
def start_wrap_up(q: Question, command: c.StartWrapUp) -> list[e.Event]:
    """The customer has gone, the work has not."""
    _, ticket, _ = q.at_counter(command.counter, TicketState.SERVING)
    _require_transaction(ticket)
    return [
        *_seat_taken_first(q, ticket, command.counter),
        e.WrapUpStarted(q.now, ticket.number, command.counter),
    ]


@answers(c.FinishService)
def finish_service(q: Question, command: c.FinishService) -> list[e.Event]:
    """The visit is over."""
    _, ticket, teller = q.at_counter(command.counter, TicketState.SERVING)
    return [
        *_seat_taken_first(q, ticket, command.counter),
        e.ServiceFinished(q.now, ticket.number, command.counter, teller),
    ]


@answers(c.MarkNoShow)
def mark_no_show(q: Question, command: c.MarkNoShow) -> list[e.Event]:
    """Nobody came: only after enough announcements, and then as the service's policy says."""
    retracted, ticket, teller = _called(q, command.counter)
    missed.require_enough_calls(q.branch.rules, ticket, q.now)
    return [*retracted, missed.miss(q.branch, q.day, ticket, teller, q.now)]


def _called(q: Question, counter: str) -> tuple[list[e.Event], Ticket, str]:
    """(the retraction of a start that was only assumed, the called ticket, its teller)."""
    desk = q.desk(counter)
    if desk.number is not None and is_retractable(q.branch.rules, q.day.tickets[desk.number], q.now):
        ticket = q.day.tickets[desk.number]
        return [e.StartRetracted(q.now, ticket.number, counter, desk.teller or "")], ticket, desk.teller or ""
    _, ticket, teller = q.at_counter(counter, TicketState.CALLED)
    return [], ticket, teller


def is_retractable(rules: HallRules, ticket: Ticket, now: datetime) -> bool:
    """Whether the customer's arrival was only assumed, and so lately that the teller may know better.

    Not when anything was done for the customer since.
    """
    running = ticket.transaction
    return (
        running is not None
        and running.is_assumed
        and running.since == ticket.phase_since
        and ticket.phase is Phase.SERVICE
        and now - ticket.phase_since < timedelta(seconds=rules.assumed_arrival_s)
    )


def arrival_assumed_at(rules: HallRules, ticket: Ticket) -> datetime:
    """From when on a called customer counts as arrived where no key says so: a while after the last announcement."""
    return ticket.announcements[-1].at + timedelta(seconds=rules.assumed_arrival_s)


def assumed_start(branch: Branch, day: Day, desk: Desk) -> tuple[Any, ...]:
    """The fields, all but `at`, of the ServiceStarted of a called customer nobody said has arrived."""
    assert desk.number is not None
    assert day.date is not None
    ticket = day.tickets[desk.number]
    fields = _transaction_of(branch, day.date, ticket)
    return (ticket.number, desk.counter, desk.teller or "", *fields, True, (), True)


@answers(c.HoldTicket)
def hold_ticket(q: Question, command: c.HoldTicket) -> list[e.Event]:
    """The customer steps aside; the place is kept."""
    _, ticket, teller = q.at_counter(command.counter, TicketState.CALLED, TicketState.SERVING)
    return [
        *_seat_taken_first(q, ticket, command.counter),
        e.TicketHeld(q.now, ticket.number, command.counter, teller, require_reason(command.reason)),
    ]


@answers(c.TransferTicket)
def transfer_ticket(q: Question, command: c.TransferTicket) -> list[e.Event]:
    """To another service or counter, with the waiting time kept."""
    if command.to_service is None and command.to_counter is None:
        raise InvalidRequest(where="to_service, to_counter", expected="at least one of them")
    _, ticket, teller = q.at_counter(command.counter, TicketState.CALLED, TicketState.SERVING)
    to_service = q.service(command.to_service) if command.to_service is not None else ticket.service
    to_counter = q.counter(command.to_counter).code if command.to_counter is not None else None
    if to_counter == command.counter:
        raise InvalidRequest(where="to_counter", expected="another counter")
    if to_counter is None and to_service == ticket.service:
        raise InvalidRequest(where="to_service", expected="another service")
    return [
        *_seat_taken_first(q, ticket, command.counter),
        e.TicketTransferred(q.now, ticket.number, command.counter, teller, to_service, to_counter),
    ]
