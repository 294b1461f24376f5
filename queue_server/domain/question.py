"""What a rule is given to answer a command: the branch, the day, the moment and who asks; and the table of rules.

A rule is a function `(question, command) -> events`, registered for its command with `@answers`.  It raises a
Refusal or returns what happens; it never changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor
from queue_server.domain.branch import Branch, Counter, Device
from queue_server.domain.day import Day, Desk, Ticket
from queue_server.domain.transitions import CounterState, TicketState
from queue_server.domain.values import value
from queue_server.errors import (
    CounterBusy,
    CounterNotOpen,
    CounterWithoutTicket,
    ReasonNeeded,
    TicketElsewhere,
    UnknownAmountBand,
    UnknownCounter,
    UnknownDevice,
    UnknownService,
    UnknownTicket,
    WrongTicketState,
)

AnyCommand = TypeVar("AnyCommand", bound=c.Command)
Rule = Callable[["Question", AnyCommand], Sequence[e.Event]]
RULES: dict[type[c.Command], Callable[[Question, Any], Sequence[e.Event]]] = {}


def answers(kind: type[AnyCommand]) -> Callable[[Rule[AnyCommand]], Rule[AnyCommand]]:
    """Register a rule as the answer to a command."""

    def register(rule: Rule[AnyCommand]) -> Rule[AnyCommand]:
        RULES[kind] = rule
        return rule

    return register


@value
class Question:
    """Everything a rule may look at."""

    branch: Branch
    day: Day
    now: datetime
    actor: Actor

    @property
    def date(self) -> date:
        """The open business day; rules are asked only while one is open."""
        assert self.day.date is not None
        return self.day.date

    def service(self, code: str) -> str:
        """The code of a configured service, or UnknownService."""
        if code not in self.branch.service_by_code:
            raise UnknownService(service=code)
        return code

    def amount_band(self, code: str | None) -> str | None:
        """The code of a configured amount band, or None, or UnknownAmountBand."""
        if code is not None and all(code != band.code for band in self.branch.amount_bands):
            raise UnknownAmountBand(amount_band=code)
        return code

    def device(self, code: str, kind: str | None = None) -> Device:
        """The configured device, of that kind if one is asked for, or UnknownDevice."""
        device = self.branch.device_by_code.get(code)
        if device is None or kind not in (None, device.kind):
            raise UnknownDevice(device=code)
        return device

    def counter(self, code: str) -> Counter:
        """The configured counter, or UnknownCounter."""
        counter = self.branch.counter_by_code.get(code)
        if counter is None:
            raise UnknownCounter(counter=code)
        return counter

    def desk(self, code: str) -> Desk:
        """The counter's desk, whatever its state.

        UnknownCounter when the branch has no such counter; one it had when somebody sat down there is left in peace.
        """
        desk = self.day.desk(code)
        if code not in self.branch.counter_by_code and desk.state is CounterState.CLOSED:
            raise UnknownCounter(counter=code)
        return desk

    def free_desk(self, code: str) -> Desk:
        """The desk of a counter that is open and has nobody, or the refusal that says why not."""
        desk = self.desk(code)
        if desk.number is not None:
            raise CounterBusy(counter=code, number=desk.number)
        if desk.state is not CounterState.FREE:
            raise CounterNotOpen(counter=code, state=desk.state.value)
        return desk

    def at_counter(self, code: str, *states: TicketState) -> tuple[Desk, Ticket, str]:
        """(desk, its ticket in one of `states`, its teller), or the refusal that says why not."""
        desk = self.desk(code)
        if desk.number is None:
            raise CounterWithoutTicket(counter=code)
        ticket = self.day.tickets[desk.number]
        if ticket.state not in states:
            raise WrongTicketState(number=ticket.number, state=ticket.state.value)
        return desk, ticket, desk.teller or ""

    def ticket(self, number: str, *states: TicketState) -> Ticket:
        """Today's ticket in one of `states` (any when none is given), or the refusal that says who has it."""
        ticket: Ticket | None = self.day.tickets.get(number)
        if ticket is None:
            raise UnknownTicket(number=number)
        if states and ticket.state not in states:
            if ticket.counter is not None:
                teller = self.day.desk(ticket.counter).teller
                raise TicketElsewhere(number=number, counter=ticket.counter, teller=teller)
            raise WrongTicketState(number=number, state=ticket.state.value)
        return ticket


def require_reason(reason: str) -> str:
    """The reason without its margins, or ReasonNeeded when there is none."""
    if not reason.strip():
        raise ReasonNeeded()
    return reason.strip()
