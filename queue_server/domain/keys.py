"""The keys of call pads: what each of them means by what the counter is doing (C1, C5, C6, C8).

A key becomes ordinary commands, answered by the same rules and refused with the same words as on the teller page; what
it leads to is one batch.  `KEYS.md` shows all of it, made from what really happens.

Pads with an implied start have no keys for arriving and finishing.  *Next* there finishes whom the counter has and
calls the next one.  Pressed soon after a call it says that nobody came; later than that the customer counts as served.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import reduce

from queue_server.domain import calling, serving
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.day import Desk, Ticket
from queue_server.domain.memory import evolve
from queue_server.domain.question import RULES, Question, answers
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.domain.values import changed, value
from queue_server.errors import (
    AmbiguousNumber,
    CounterNotOpen,
    InvalidRequest,
    NobodyOnHold,
    NoTicketWaiting,
    NotPermitted,
    NotServedHere,
    NoUsualTeller,
    UnknownCounter,
    UnknownService,
    UnknownTicket,
    WrongKeyArgument,
)

FIRST_SERVICE = 100
"""Typed digits from here on are services, below they are counters."""

HOLD_REASON = "form_filling"
CALL_REASON = "typed_number"


class PadKey(StrEnum):
    """Every key a pad may have; `press`, `long` and `double` are what a pad of one button can say."""

    OPEN = "open"
    CLOSE = "close"
    CALL_NEXT = "call_next"
    RECALL = "recall"
    START = "start"
    FINISH = "finish"
    NO_SHOW = "no_show"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    PAUSE = "pause"
    ASK_RATING = "ask_rating"
    LEAVE_SEAT = "leave_seat"
    CALL_SUPERVISOR = "call_supervisor"
    CALL_NUMBER = "call_number"
    PRESS = "press"
    LONG = "long"
    DOUBLE = "double"


PAD_KEYS = tuple(PadKey)

Happened = list[e.Event]


@value
class Press:
    """A key at a counter, with what it may need to be understood; `is_implied`: the pad has no start key."""

    q: Question
    desk: Desk
    argument: str
    is_implied: bool

    @property
    def counter(self) -> str:
        """The counter's code."""
        return self.desk.counter

    @property
    def ticket(self) -> Ticket | None:
        """The ticket at the counter."""
        return None if self.desk.number is None else self.q.day.tickets[self.desk.number]

    def ask(self, command: c.Command) -> Happened:
        """What the rule of an ordinary command says."""
        return list(RULES[type(command)](self.q, command))

    def after(self, happened: Happened) -> Press:
        """The same key at the counter as it is then."""
        day = reduce(evolve, happened, self.q.day)
        return changed(self, q=changed(self.q, day=day), desk=day.desk(self.counter))


@answers(c.PressKey)
def press_key(q: Question, command: c.PressKey) -> Happened:
    """What the key means now, and what follows from that."""
    if command.key not in PAD_KEYS:
        raise InvalidRequest(where="key", expected=f"one of {', '.join(PAD_KEYS)}")
    if command.argument and not (command.argument.isascii() and command.argument.isdigit()):
        raise WrongKeyArgument(key=command.key, argument=command.argument, expected="digits")
    pad = q.device(command.pad, "call_pad")
    if pad.counter != command.counter:
        raise NotPermitted(role=f"{q.actor.role} {pad.code}", command=f"PressKey({command.counter})")
    is_implied = pad.implied_start or command.key == PadKey.PRESS
    return _MEANINGS[PadKey(command.key)](Press(q, q.desk(command.counter), command.argument, is_implied))


# --- the counter ---------------------------------------------------------------------------------------------------


def _open(p: Press) -> Happened:
    match p.desk.state:
        case CounterState.CLOSED:
            teller = p.q.counter(p.counter).usual_teller
            if teller is None:
                raise NoUsualTeller(counter=p.counter)
            return p.ask(c.OpenCounter(p.counter, teller))
        case CounterState.PAUSED:
            return p.ask(c.ResumeCounter(p.counter))
        case _:
            return []


def _close(p: Press) -> Happened:
    return p.ask(c.CloseCounter(p.counter))


def _pause(p: Press) -> Happened:
    if p.desk.state in calling.AWAY:
        return _open(p)
    return p.ask(c.PauseCounter(p.counter, _chosen(p, p.q.branch.rules.pause_reasons, PadKey.PAUSE)))


def _leave_seat(p: Press) -> Happened:
    if p.ticket is not None and p.ticket.away_device is not None:
        return p.ask(c.ReturnToSeat(p.counter))
    return p.ask(c.LeaveSeat(p.counter, _chosen(p, p.q.branch.rules.seat_devices, PadKey.LEAVE_SEAT)))


def _chosen(p: Press, codes: tuple[str, ...], key: PadKey) -> str:
    """The code that was typed, counted from 1; the first when nothing was."""
    index = int(p.argument or 1)
    if not 1 <= index <= len(codes):
        raise WrongKeyArgument(key=key.value, argument=p.argument, expected=f"1–{len(codes)}")
    return codes[index - 1]


def _call_supervisor(p: Press) -> Happened:
    return p.ask(c.CallSupervisor(p.counter))


# --- calling -------------------------------------------------------------------------------------------------------


def _call_next(p: Press) -> Happened:
    ended = _ended(p) if p.is_implied else None
    if ended is None:
        return p.ask(c.CallNext(p.counter))
    return [*ended, *_called_after(p.after(ended), p.desk.number)]


def _press(p: Press) -> Happened:
    """The one button: sit down, or go on."""
    return _open(p) if p.desk.state in calling.AWAY else _call_next(p)


def _ended(p: Press) -> Happened | None:
    """The end of what the counter does now, or None when it does nothing."""
    ticket = p.ticket
    if p.desk.state is CounterState.NO_TICKET:
        return p.ask(c.FinishNoTicketService(p.counter))
    if ticket is None:
        return None
    if ticket.state is TicketState.SERVING:
        return p.ask(c.FinishService(p.counter))
    if p.q.now < serving.arrival_assumed_at(p.q.branch.rules, ticket):
        return p.ask(c.MarkNoShow(p.counter))
    return _arrived_and_finished(p)


def _arrived_and_finished(p: Press) -> Happened:
    """The timer was about to say that the customer has arrived."""
    started: Happened = [e.ServiceStarted(p.q.now, *serving.assumed_start(p.q.branch, p.q.day, p.desk))]
    return [*started, *p.after(started).ask(c.FinishService(p.counter))]


def _called_after(p: Press, number: str | None) -> Happened:
    """The next one, if there is one; who did not come just now is not called again by the same key."""
    try:
        happened = p.ask(c.CallNext(p.counter))
    except NoTicketWaiting:
        return []
    is_the_same = any(isinstance(event, e.TicketCalled) and event.number == number for event in happened)
    return [] if is_the_same else happened


def _recall(p: Press) -> Happened:
    return p.ask(c.Recall(p.counter))


def _no_show(p: Press) -> Happened:
    return p.ask(c.MarkNoShow(p.counter))


def _call_number(p: Press) -> Happened:
    """A number by its digits alone, for the letter cannot be typed."""
    if not p.argument:
        raise WrongKeyArgument(
            key=PadKey.CALL_NUMBER.value, argument="", expected="a number of one of the waiting tickets"
        )
    day, counter = p.q.day, p.q.counter(p.counter)
    here = calling.callable_tickets(day, counter)
    here += [day.tickets[n] for n in sorted(day.held) if day.tickets[n].reserved_counter == counter.code]
    found = sorted(ticket.number for ticket in here if _is_typed(p.argument, ticket.number))
    if not found:
        _refuse_number(p)
    if len(found) > 1:
        raise AmbiguousNumber(argument=p.argument, numbers=", ".join(found))
    return p.ask(c.CallTicket(p.counter, found[0], CALL_REASON))


def _refuse_number(p: Press) -> None:
    """Say who has the ticket that was meant, or why it cannot be called here."""
    meant = sorted(number for number in p.q.day.tickets if _is_typed(p.argument, number))
    if len(meant) != 1:
        raise UnknownTicket(number=p.argument)
    p.q.ticket(meant[0], TicketState.WAITING)
    raise NotServedHere(counter=p.counter, number=meant[0])


def _is_typed(argument: str, number: str) -> bool:
    series = number.rstrip("0123456789")
    return int(number[len(series) :]) == int(argument)


# --- serving -------------------------------------------------------------------------------------------------------


def _start(p: Press) -> Happened:
    # Arrive and start are one thing: the second of the two keys, or the same one again, is no news.
    if p.ticket is not None and p.ticket.state is TicketState.SERVING:
        return []
    return p.ask(c.StartService(p.counter))


def _finish(p: Press) -> Happened:
    if p.desk.state is CounterState.NO_TICKET:
        return p.ask(c.FinishNoTicketService(p.counter))
    ticket = p.ticket
    if (
        p.is_implied
        and ticket is not None
        and ticket.state is TicketState.CALLED
        and p.q.now >= serving.arrival_assumed_at(p.q.branch.rules, ticket)
    ):
        return _arrived_and_finished(p)
    return p.ask(c.FinishService(p.counter))


def _hold(p: Press) -> Happened:
    return p.ask(c.HoldTicket(p.counter, HOLD_REASON))


def _resume(p: Press) -> Happened:
    """Back to work after a pause; else whoever this counter has on hold, or the one that was typed, is ready again."""
    if p.desk.state is CounterState.PAUSED:
        return p.ask(c.ResumeCounter(p.counter))
    if p.desk.state is CounterState.CLOSED:
        raise CounterNotOpen(counter=p.counter, state=p.desk.state.value)
    tickets = (p.q.day.tickets[number] for number in sorted(p.q.day.held))
    held = [
        ticket
        for ticket in tickets
        if ticket.reserved_counter == p.counter and (not p.argument or _is_typed(p.argument, ticket.number))
    ]
    if not held:
        raise NobodyOnHold(counter=p.counter)
    longest = min(held, key=lambda ticket: (ticket.phase_since, ticket.number))
    return p.ask(c.ResumeTicket(longest.number))


def _transfer(p: Press) -> Happened:
    """1 to 99 are counters, 100 and up are services."""
    typed = int(p.argument or 0)
    if typed == 0:
        raise WrongKeyArgument(
            key=PadKey.TRANSFER.value,
            argument=p.argument,
            expected="a counter (1 to 99) or a service (100 and up)",
        )
    branch = p.q.branch
    if typed >= FIRST_SERVICE:
        service = branch.service_by_pad_code.get(typed)
        if service is None:
            raise UnknownService(service=p.argument)
        return p.ask(c.TransferTicket(p.counter, to_service=service.code))
    counters = [one.code for one in branch.counters if one.code.isdecimal() and int(one.code) == typed]
    if not counters:
        raise UnknownCounter(counter=p.argument)
    return p.ask(c.TransferTicket(p.counter, to_counter=counters[0]))


def _ask_rating(p: Press) -> Happened:
    return p.ask(c.AskRating(p.counter))


_MEANINGS: dict[PadKey, Callable[[Press], Happened]] = {
    PadKey.OPEN: _open,
    PadKey.CLOSE: _close,
    PadKey.CALL_NEXT: _call_next,
    PadKey.RECALL: _recall,
    PadKey.START: _start,
    PadKey.FINISH: _finish,
    PadKey.NO_SHOW: _no_show,
    PadKey.HOLD: _hold,
    PadKey.RESUME: _resume,
    PadKey.TRANSFER: _transfer,
    PadKey.PAUSE: _pause,
    PadKey.ASK_RATING: _ask_rating,
    PadKey.LEAVE_SEAT: _leave_seat,
    PadKey.CALL_SUPERVISOR: _call_supervisor,
    PadKey.CALL_NUMBER: _call_number,
    PadKey.PRESS: _press,
    PadKey.LONG: _recall,
    PadKey.DOUBLE: _no_show,
}
