"""Missed numbers: when they may be marked, what becomes of them, whose doing it was (N1–N4, C7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import MissedKind, MissedPolicy
from queue_server.domain.transitions import TicketState
from queue_server.errors import (
    NotReinstatable,
    TooFewAnnouncements,
    TooSoonForNoShow,
    WrongTicketState,
)
from tests.hall import DISPLAY, LOBBY, Hall, incidents, of, small_branch, teller


def missed(happened: list[e.Event]) -> e.TicketMissed:
    found = of(e.TicketMissed, happened)
    assert len(found) == 1
    assert isinstance(found[0], e.TicketMissed)
    return found[0]


def test_a_no_show_needs_a_call_and_two_recalls() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    hall.after(60)
    with pytest.raises(TooFewAnnouncements) as refusal:
        hall.at("1", c.MarkNoShow)
    assert refusal.value.details["announced"] == 1
    assert refusal.value.details["required"] == 3


def test_recalls_in_a_row_count_as_one_announcement() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    for _ in range(5):
        hall.after(2)
        hall.at("1", c.Recall)
    hall.after(60)
    with pytest.raises(TooFewAnnouncements) as refusal:
        hall.at("1", c.MarkNoShow)
    assert refusal.value.details["announced"] == 1


def test_an_earlier_try_is_refused_with_the_time_left() -> None:
    hall = Hall(small_branch(rules=replace(small_branch().rules, no_show_after_s=60))).open("1")
    hall.issue()
    hall.call("1")
    hall.shown()
    for _ in range(2):
        hall.after(15)
        hall.at("1", c.Recall)
        hall.shown()
    hall.after(10)
    with pytest.raises(TooSoonForNoShow) as refusal:
        hall.at("1", c.MarkNoShow)
    assert refusal.value.details["wait_s"] == 20
    hall.after(20)
    assert missed(hall.at("1", c.MarkNoShow)).outcome == "postponed"


def test_a_postponed_ticket_lets_three_pass_twice_and_is_void_the_third_time() -> None:
    hall = Hall().open("1")
    late = hall.issue()
    others = [hall.issue() for _ in range(8)]
    assert hall.call("1") == late
    first = missed(hall.miss("1"))
    assert (first.outcome, first.behind, first.misses) == ("postponed", others[2], 1)
    for other in others[:3]:
        assert hall.call("1") == other
        hall.at("1", c.StartService)
        hall.at("1", c.FinishService)
    assert hall.call("1") == late
    second = missed(hall.miss("1"))
    assert (second.behind, second.misses) == (others[5], 2)
    for other in others[3:6]:
        assert hall.call("1") == other
        hall.at("1", c.StartService)
        hall.at("1", c.FinishService)
    assert hall.call("1") == late
    third = missed(hall.miss("1"))
    assert (third.outcome, third.attribution, third.misses) == ("void", "customer", 3)
    assert hall.ticket(late).state is TicketState.NO_SHOW


def test_with_fewer_than_three_waiting_a_postponed_ticket_goes_behind_them_all() -> None:
    hall = Hall().open("1")
    late, other = hall.issue(), hall.issue()
    hall.call("1")
    assert missed(hall.miss("1")).behind is None
    assert hall.call("1") == other
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    newcomer = hall.after(1).issue()
    assert hall.call("1") == late
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    assert hall.call("1") == newcomer


def test_the_stricter_rule_of_a_crowded_hall_is_the_rules_doing() -> None:
    strict = MissedPolicy(crowded_waiting=2, crowded=MissedPolicy(MissedKind.VOID))
    services = tuple(replace(s, missed=strict) if s.code == "cash" else s for s in small_branch().services)
    hall = Hall(small_branch(services=services)).open("1")
    for _ in range(3):
        hall.issue()
    hall.call("1")
    assert missed(hall.miss("1")).outcome == "void"
    assert incidents(hall.events)[-1] == ("missed_number", "void", "rule")


def test_a_held_number_can_be_reinstated_until_its_time_is_up() -> None:
    hall = Hall().open("1")
    late = hall.issue("account")
    hall.call("1")
    event = missed(hall.miss("1"))
    assert (event.outcome, event.held_until) == ("held", hall.now + timedelta(minutes=20))
    hall.issue("account")
    hall.after(minutes=19)
    hall.do(c.ReinstateTicket(late), teller("1"))
    assert hall.call("1") == late
    hall.miss("1")
    hall.after(minutes=21)
    with pytest.raises(NotReinstatable):
        hall.do(c.ReinstateTicket(late), teller("1"))


def test_a_tailed_number_waits_behind_everybody() -> None:
    hall = Hall().open("1")
    late = hall.issue("fx")
    other = hall.issue("fx")
    hall.call("1")
    assert missed(hall.miss("1")).outcome == "to_tail"
    assert hall.call("1") == other
    assert hall.ticket(late).state is TicketState.WAITING


def test_a_number_to_requeue_becomes_a_new_marked_ticket_once() -> None:
    hall = Hall().open("3")
    old = hall.issue("company")
    hall.call("3")
    assert missed(hall.miss("3")).outcome == "to_requeue"
    issued = of(e.TicketIssued, hall.do(c.ReissueTicket(old, "newlink", "kiosk-1"), LOBBY))
    assert isinstance(issued[0], e.TicketIssued)
    assert (issued[0].number, issued[0].requeue_of) == ("C002", old)
    with pytest.raises(NotReinstatable):
        hall.do(c.ReissueTicket(old, "again", "kiosk-1"), LOBBY)
    with pytest.raises(NotReinstatable):
        hall.do(c.ReinstateTicket(old), LOBBY)


def test_a_miss_nobody_was_shown_is_the_devices_and_the_ticket_goes_back_to_the_head() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.issue()
    hall.call("1")
    for _ in range(2):
        hall.after(15)
        hall.check()
        hall.at("1", c.Recall)
    hall.after(15)
    assert len(of(e.CallUnheard, hall.check())) == 1
    happened = hall.at("1", c.MarkNoShow)
    event = missed(happened)
    assert (event.outcome, event.attribution, event.misses) == ("returned_to_head", "device", 0)
    assert incidents(happened) == [("missed_number", "returned_to_head", "device")]
    opened = of(e.IncidentOpened, happened)[0]
    assert isinstance(opened, e.IncidentOpened)
    assert [a.is_unheard for a in opened.announcements] == [True, True, True]
    assert opened.severity == 3
    assert hall.ticket(number).is_device_affected
    assert hall.call("1") == number


def test_a_mark_right_after_the_last_announcement_is_the_tellers_haste() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    hall.shown()
    for _ in range(2):
        hall.after(20)
        hall.at("1", c.Recall)
        hall.shown()
    hall.after(3)
    happened = hall.at("1", c.MarkNoShow)
    assert incidents(happened) == [("missed_number", "postponed", "teller")]


def test_the_evidence_says_when_each_announcement_was_shown_and_spoken() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.call("1")
    opened = of(e.IncidentOpened, hall.miss("1"))[0]
    assert isinstance(opened, e.IncidentOpened)
    assert len(opened.announcements) == 3
    assert all(a.shown_at is not None for a in opened.announcements)
    facts = dict(opened.facts)
    assert facts["gaps_ms"] == "15000 15000"
    assert facts["way_ms"] == "45000"
    assert opened.number == number
    assert (opened.counter, opened.teller) == ("1", "teller-1")


def test_a_no_show_undone_goes_to_the_head_and_does_not_count() -> None:
    hall = Hall().open("1")
    late = hall.issue()
    for _ in range(5):
        hall.issue()
    hall.call("1")
    hall.miss("1")
    happened = hall.do(c.UndoNoShow(late, "按错"), teller("1"))
    assert [type(x).__name__ for x in happened] == ["NoShowUndone", "IncidentAmended"]
    assert hall.ticket(late).misses == 0
    assert hall.call("1") == late


def test_only_a_called_ticket_can_be_missed() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    with pytest.raises(WrongTicketState):
        hall.at("1", c.MarkNoShow)


def test_a_miss_while_the_voice_was_down_is_the_devices() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.do(c.ReportDevice("lobby-1-speaker", "speaker", "fault", "no_sound_device"), DISPLAY)
    hall.call("1")
    assert missed(hall.miss("1")).attribution == "device"
    hall.do(c.ReportDevice("lobby-1-speaker", "speaker", "online"), DISPLAY)
    hall.call("1")
    assert missed(hall.miss("1")).attribution == "customer"
