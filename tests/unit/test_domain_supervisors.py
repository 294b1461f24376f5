"""Calling the supervisor: measured, escalated when nobody answers, once at a time (C8)."""

from __future__ import annotations

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import HallRules
from queue_server.domain.decide import next_deadline
from queue_server.errors import CounterNotOpen, NotPermitted, SupervisorAlreadyCalled, SupervisorNotCalled
from tests.hall import LOBBY, Hall, names, pad_branch, teller

HEAD = Actor("liu", Role.BRANCH_HEAD)


@pytest.fixture
def hall() -> Hall:
    """Counter 1 is open."""
    return Hall(pad_branch()).open("1")


def test_the_time_to_respond_is_measured_from_the_key(hall: Hall) -> None:
    number = hall.issue()
    hall.call("1")
    assert hall.press("1", "call_supervisor") == [e.SupervisorCalled(hall.now, "1", "teller-1", number)]
    answered = hall.after(42.5).do(c.AnswerSupervisor("1"), LOBBY)
    assert answered == [e.SupervisorAnswered(hall.now, "1", "wang", 42_500, number)]
    assert hall.after(500).check() == [] or "SupervisorEscalated" not in names(hall.events)


def test_a_repeated_press_is_refused_until_somebody_has_answered(hall: Hall) -> None:
    hall.press("1", "call_supervisor")
    with pytest.raises(SupervisorAlreadyCalled):
        hall.at("1", c.CallSupervisor)
    hall.do(c.AnswerSupervisor("1"), HEAD)
    assert names(hall.press("1", "call_supervisor")) == ["SupervisorCalled"]
    assert len(hall.day.supervisor_calls) == 2


def test_an_unanswered_call_goes_to_the_branch_head_once_and_can_still_be_answered(hall: Hall) -> None:
    hall.press("1", "call_supervisor")
    called_at = hall.now
    due = next_deadline(hall.branch, hall.day)
    assert due is not None
    assert (due - called_at).total_seconds() == 120
    assert hall.after(119.999).check() == []
    assert hall.after(0.001).check() == [e.SupervisorEscalated(hall.now, "1", 120)]
    assert hall.after(300).check() == []
    answered = hall.do(c.AnswerSupervisor("1"), HEAD)
    assert answered == [e.SupervisorAnswered(hall.now, "1", "liu", 420_000)]


def test_how_long_before_it_escalates_is_a_setting() -> None:
    hall = Hall(pad_branch(rules=HallRules(supervisor_escalates_s=30))).open("1")
    hall.press("1", "call_supervisor")
    assert names(hall.after(30).check()) == ["SupervisorEscalated"]


def test_only_a_lobby_manager_or_branch_head_answers_and_only_what_was_asked(hall: Hall) -> None:
    with pytest.raises(SupervisorNotCalled):
        hall.do(c.AnswerSupervisor("1"), LOBBY)
    hall.press("1", "call_supervisor")
    with pytest.raises(NotPermitted):
        hall.do(c.AnswerSupervisor("1"), teller("1"))
    hall.do(c.AnswerSupervisor("1"), LOBBY)
    with pytest.raises(SupervisorNotCalled):
        hall.do(c.AnswerSupervisor("1"), LOBBY)


def test_an_answer_stays_on_the_pad_until_the_customer_leaves(hall: Hall) -> None:
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.press("1", "call_supervisor")
    hall.do(c.AnswerSupervisor("1"), LOBBY)
    assert hall.day.desk("1").is_supervisor_coming
    hall.at("1", c.FinishService)
    assert (hall.day.desk("1").supervisor, hall.day.desk("1").is_supervisor_coming) == (None, False)


def test_a_closed_counter_calls_nobody_and_waits_for_nobody(hall: Hall) -> None:
    with pytest.raises(CounterNotOpen):
        hall.at("2", c.CallSupervisor)
    hall.press("1", "call_supervisor")
    hall.at("1", c.CloseCounter)
    assert hall.after(200).check() == []
    with pytest.raises(SupervisorNotCalled):
        hall.do(c.AnswerSupervisor("1"), LOBBY)
