"""The one transition table: every pair of verb and state, and the table the documents show (C1, test 2)."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import PERMISSIONS, Role
from queue_server.domain.branch import CustomerClass
from queue_server.domain.memory.steps import MEMORY
from queue_server.domain.question import RULES
from queue_server.domain.transitions import (
    COUNTER_TRANSITIONS,
    TICKET_TRANSITIONS,
    CounterState,
    TicketState,
    document,
)
from queue_server.errors import Refusal
from tests.hall import LOBBY, Hall, teller


def classes(module: object, base: type) -> set[type]:
    """The public value classes of a module."""
    return {
        kind
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, base) and kind is not base
    }


def test_every_command_has_a_rule_and_somebody_who_may_ask_it() -> None:
    assert set(RULES) == classes(c, c.Command)
    assert set().union(*PERMISSIONS.values()) == classes(c, c.Command)


def test_every_role_has_a_row() -> None:
    assert set(PERMISSIONS) == set(Role)


def test_every_event_is_remembered() -> None:
    assert set(MEMORY) == classes(e, e.Event)


def test_the_document_names_every_transition() -> None:
    page = document()
    for kind in (*TICKET_TRANSITIONS, *COUNTER_TRANSITIONS):
        assert kind.__name__ in page


def waiting(hall: Hall) -> str:
    return hall.issue()


def called(hall: Hall) -> str:
    number = hall.issue()
    assert hall.call("1") == number
    return number


def serving(hall: Hall) -> str:
    number = called(hall)
    hall.at("1", c.StartService)
    return number


def on_hold(hall: Hall) -> str:
    number = called(hall)
    hall.at("1", c.HoldTicket, reason="填单")
    return number


def served(hall: Hall) -> str:
    number = serving(hall)
    hall.at("1", c.FinishService)
    return number


def no_show(hall: Hall) -> str:
    number = hall.issue("account")
    hall.call("1")
    hall.miss("1")
    return number


def walked_out(hall: Hall) -> str:
    number = hall.issue()
    hall.do(c.MarkWalkedOut(number), LOBBY)
    return number


def cancelled(hall: Hall) -> str:
    number = hall.issue()
    hall.do(c.CancelTicket(number, "离开"), LOBBY)
    return number


STATES: dict[TicketState, Callable[[Hall], str]] = {
    TicketState.WAITING: waiting,
    TicketState.CALLED: called,
    TicketState.SERVING: serving,
    TicketState.ON_HOLD: on_hold,
    TicketState.SERVED: served,
    TicketState.NO_SHOW: no_show,
    TicketState.WALKED_OUT: walked_out,
    TicketState.CANCELLED: cancelled,
}

W, K, S, H, N = (
    TicketState.WAITING,
    TicketState.CALLED,
    TicketState.SERVING,
    TicketState.ON_HOLD,
    TicketState.NO_SHOW,
)

# Verb → the states it is for.  "1" is the counter that has the ticket when one has it.
VERBS: dict[str, tuple[Callable[[Hall, str], object], set[TicketState]]] = {
    "call next": (lambda h, n: h.at("1", c.CallNext), {W}),
    "call ticket": (lambda h, n: h.at("1", c.CallTicket, number=n, reason="x"), {W, H}),
    "call elsewhere": (lambda h, n: h.at("2", c.CallTicket, number=n, reason="x"), {W, H}),
    "recall": (lambda h, n: h.at("1", c.Recall), {K}),
    "withdraw": (lambda h, n: h.at("1", c.WithdrawCall, reason="given_back"), {K}),
    "start": (lambda h, n: h.at("1", c.StartService), {K}),
    "serve uncalled": (lambda h, n: h.at("2", c.StartService, number=n), {W}),
    "set transaction": (lambda h, n: h.at("1", c.SetTransaction, service="fx"), {S}),
    "next transaction": (lambda h, n: h.at("1", c.NextTransaction, service="fx"), {S}),
    "leave seat": (lambda h, n: h.at("1", c.LeaveSeat, device="copier"), {S}),
    "wrap up": (lambda h, n: h.at("1", c.StartWrapUp), {S}),
    "finish": (lambda h, n: h.at("1", c.FinishService), {S}),
    "no-show": (lambda h, n: h.miss("1"), {K}),
    "hold": (lambda h, n: h.at("1", c.HoldTicket, reason="填单"), {K, S}),
    "transfer": (lambda h, n: h.at("1", c.TransferTicket, to_counter="2"), {K, S}),
    "resume": (lambda h, n: h.do(c.ResumeTicket(n), LOBBY), {H}),
    "reinstate": (lambda h, n: h.do(c.ReinstateTicket(n), LOBBY), {N}),
    "undo no-show": (lambda h, n: h.do(c.UndoNoShow(n, "按错"), LOBBY), {N}),
    "move": (
        lambda h, n: (h.issue(customer_class=CustomerClass.VIP), h.do(c.MoveTicket(n, "急"), LOBBY)),
        {W},
    ),
    "cancel": (lambda h, n: h.do(c.CancelTicket(n, "走"), LOBBY), {W, K, H}),
    "walk out": (lambda h, n: h.do(c.MarkWalkedOut(n), LOBBY), {W}),
    "reprint": (lambda h, n: h.do(c.RequestReprint(n, "kiosk-1"), LOBBY), {W, K, S, H}),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_02_every_verb_in_every_state_acts_or_is_refused_and_nothing_between(
    verb: str, state: TicketState
) -> None:
    hall = Hall().open("1", "2")
    number = STATES[state](hall)
    assert hall.ticket(number).state is state
    act, allowed = VERBS[verb]
    before = hall.day
    if state in allowed:
        act(hall, number)
        assert hall.day.position > before.position
    else:
        with pytest.raises(Refusal):
            act(hall, number)
        assert hall.ticket(number).state is state
        assert hall.day.desk("1").number == before.desk("1").number


def test_a_paused_or_closed_counter_calls_nobody() -> None:
    hall = Hall()
    hall.issue()
    for prepare in ((), (c.OpenCounter("1", "teller-1"), c.PauseCounter("1", "午餐"))):
        for command in prepare:
            hall.do(command, teller("1"))
        with pytest.raises(Refusal):
            hall.call("1")
    assert hall.day.desk("1").state is CounterState.PAUSED
