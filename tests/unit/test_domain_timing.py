"""Durations, the standard, and what becomes due by itself (T1–T3, T6, I1, D3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import CustomerClass, Limit, TimeStandard
from queue_server.domain.day import Phase, elapsed_ms
from queue_server.domain.decide import next_deadline
from queue_server.domain.timing import limit_of
from queue_server.domain.transitions import TicketState
from queue_server.errors import InvalidRequest, SeatAway, SeatNotLeft
from tests.hall import KIOSK, LOBBY, MORNING, Hall, incidents, of, small_branch, text


def test_the_parts_of_a_stay_add_up_to_it() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.after(minutes=7)
    hall.call("1")
    hall.after(20)
    hall.at("1", c.StartService)
    hall.after(100)
    hall.at("1", c.LeaveSeat, device="copier")
    hall.after(30)
    hall.at("1", c.ReturnToSeat)
    hall.after(10)
    hall.at("1", c.HoldTicket, reason="填单")
    hall.after(200)
    hall.do(c.ResumeTicket(number), LOBBY)
    hall.after(5)
    hall.call("1")
    hall.after(4)
    hall.at("1", c.StartService)
    hall.after(50)
    hall.at("1", c.StartWrapUp)
    hall.after(12)
    hall.at("1", c.FinishService)
    ticket = hall.ticket(number)
    assert [ticket.times[phase] // 1000 for phase in Phase] == [425, 24, 160, 200, 30, 12]
    assert ticket.closed_at is not None
    assert sum(ticket.times) == elapsed_ms(ticket.issued.at, ticket.closed_at)
    # The transaction that was stopped by the hold went on: it is one, and the seat-away counts in it.
    (only,) = ticket.transactions
    assert (only.spent_ms, only.seat_away_ms) == (190_000, 30_000)


def test_08_a_recall_never_changes_the_wait_to_the_first_call() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.after(minutes=3)
    hall.call("1")
    first = hall.ticket(number).first_called_at
    hall.after(20)
    hall.at("1", c.Recall)
    hall.at("1", c.WithdrawCall, reason="not_here_yet")
    hall.after(30)
    hall.call("1")
    assert hall.ticket(number).first_called_at == first == MORNING + timedelta(minutes=3)


def test_08_an_act_on_one_ticket_leaves_the_times_of_another_alone() -> None:
    hall = Hall().open("1", "2")
    one, two = hall.issue(), hall.issue()
    hall.after(60)
    hall.call("1")
    before = hall.ticket(two)
    hall.after(10)
    hall.at("1", c.Recall)
    hall.at("1", c.StartService)
    hall.after(10)
    hall.at("1", c.FinishService)
    assert hall.ticket(one).state is TicketState.SERVED
    assert hall.ticket(two) == before


def test_11_a_wait_of_75_minutes_is_75_minutes() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.after(minutes=75)
    hall.call("1")
    assert hall.ticket(number).times[Phase.WAIT] == 75 * 60_000


def test_two_transactions_of_a_visit_are_timed_apart() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(100)
    hall.at("1", c.NextTransaction, service="account", amount_band=None)
    hall.after(300)
    hall.at("1", c.FinishService)
    spent = [(t.service, t.spent_ms, t.limit_s) for t in hall.ticket(number).transactions]
    assert spent == [("cash", 100_000, 300), ("account", 300_000, 1200)]


@pytest.mark.parametrize(
    ("service", "band", "customer_class", "limit_s"),
    [
        ("cash", None, CustomerClass.ORDINARY, 300),
        ("cash", "small", CustomerClass.ORDINARY, 300),
        ("cash", "large", CustomerClass.ORDINARY, 600),
        ("cash", None, CustomerClass.PRIORITY, 480),
        ("cash", "large", CustomerClass.PRIORITY, 600),
        ("fx", None, CustomerClass.ORDINARY, None),
    ],
)
def test_the_row_that_says_most_about_a_transaction_holds(
    service: str, band: str | None, customer_class: CustomerClass, limit_s: int | None
) -> None:
    day = date(2026, 11, 23)
    assert limit_of(small_branch(), day, service, band, customer_class) == (limit_s, "2026-1")


def test_a_transaction_remembers_the_version_in_force_on_its_day() -> None:
    newer = TimeStandard("2027-1", date(2026, 11, 24), text("新"), (Limit("cash", 120),))
    branch = small_branch(standards=(*small_branch().standards, newer))
    for days, expected in ((0, (300, "2026-1")), (1, (120, "2027-1"))):
        hall = Hall(branch, now=MORNING + timedelta(days=days)).open("1")
        number = hall.issue()
        hall.call("1")
        hall.at("1", c.StartService)
        (transaction,) = hall.ticket(number).transactions
        assert (transaction.limit_s, transaction.standard_version) == expected


def test_each_level_of_the_standard_is_told_exactly_once() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    hall.shown()
    hall.at("1", c.StartService)
    told: list[tuple[int, int]] = []
    for second in range(0, 700, 10):
        hall.now = hall.now if second == 0 else hall.now + timedelta(seconds=10)
        told += [
            (second, x.percent) for x in hall.check() if isinstance(x, e.StandardNeared | e.StandardExceeded)
        ]
    assert told == [(240, 80), (300, 100), (450, 150), (600, 200)]
    opened = [x for x in hall.events if isinstance(x, e.IncidentOpened) and x.kind == "service_over_standard"]
    assert len(opened) == 1
    assert dict(opened[0].facts)["standard_version"] == "2026-1"


def test_another_band_is_judged_by_its_own_limit() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(290)
    hall.check()
    hall.at("1", c.SetTransaction, service="cash", amount_band="large")
    hall.after(20)
    assert of(e.StandardExceeded, hall.check()) == []
    hall.after(290)
    assert len(of(e.StandardExceeded, hall.check())) == 1


def test_a_hold_stops_the_clock_of_the_transaction() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(200)
    hall.at("1", c.HoldTicket, reason="填单")
    hall.after(minutes=30)
    assert of(e.StandardExceeded, hall.check()) == []
    hall.do(c.ResumeTicket(number), LOBBY)
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(99)
    assert of(e.StandardExceeded, hall.check()) == []
    hall.after(1)
    assert len(of(e.StandardExceeded, hall.check())) == 1


def test_long_waits_are_told_level_by_level_and_become_an_incident() -> None:
    hall = Hall()
    hall.issue()
    told = []
    for _ in range(35):
        hall.after(minutes=1)
        told += [x.minutes for x in hall.check() if isinstance(x, e.WaitLimitReached)]
    assert told == [10, 15, 20, 30]
    assert incidents(hall.events)[-1] == ("wait_over_limit", "waiting", "branch")


def test_a_promise_that_is_broken_is_an_incident_once() -> None:
    hall = Hall().open("1")
    hall.issue()
    for _ in range(20):
        hall.after(minutes=1).check()
    assert [i[0] for i in incidents(hall.events)].count("wait_beyond_quote") == 1


def test_an_unshown_call_is_unheard_after_two_seconds_and_not_before() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    assert next_deadline(hall.branch, hall.day) == hall.now + timedelta(seconds=2)
    hall.after(1.999)
    assert hall.check() == []
    hall.after(0.001)
    assert incidents(hall.check()) == [("unheard_call", "not_shown", "device")]
    assert hall.check() == []


def test_a_slip_nobody_reports_is_unknown_and_an_incident() -> None:
    hall = Hall()
    hall.issue()
    hall.after(60)
    happened = hall.check()
    assert incidents(happened) == [("ticket_not_printed", "no_report", "device")]


def test_a_display_standing_still_while_people_are_served_is_told_once() -> None:
    hall = Hall().open("1")
    for _ in range(4):
        hall.issue()
    for _ in range(4):
        hall.call("1")
        hall.after(3).check()
        hall.at("1", c.StartService)
        hall.at("1", c.FinishService)
    stuck = [i for i in incidents(hall.events) if i[1] == "display_stuck"]
    assert stuck == [("queue_jump", "display_stuck", "device")]


def test_a_correction_changes_what_it_was_and_never_how_long_it_took() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    hall.after(400)
    hall.at("1", c.FinishService)
    hall.do(c.CorrectTransaction(number, 0, "cash", "large", "金额带选错"), LOBBY)
    (transaction,) = hall.ticket(number).transactions
    assert (transaction.amount_band, transaction.limit_s, transaction.spent_ms) == ("large", 600, 400_000)
    with pytest.raises(InvalidRequest):
        hall.do(c.CorrectTransaction(number, 1, "cash", None, "x"), LOBBY)


def test_the_seat_is_left_once_and_taken_once() -> None:
    hall = Hall().open("1")
    hall.issue()
    hall.call("1")
    hall.at("1", c.StartService)
    with pytest.raises(SeatNotLeft):
        hall.at("1", c.ReturnToSeat)
    hall.at("1", c.LeaveSeat, device="copier")
    with pytest.raises(SeatAway):
        hall.at("1", c.LeaveSeat, device="copier")
    assert [type(x).__name__ for x in hall.at("1", c.FinishService)] == ["SeatTaken", "ServiceFinished"]


def test_the_next_deadline_is_the_first_of_all_of_them() -> None:
    hall = Hall(replace(small_branch()))
    assert next_deadline(hall.branch, hall.day) is None
    hall.issue()
    assert next_deadline(hall.branch, hall.day) == hall.now + timedelta(seconds=60)
    hall.do(c.ReportPrint("20261123-A001-1", "printed"), KIOSK)
    assert next_deadline(hall.branch, hall.day) == hall.now + timedelta(minutes=10)


def test_a_call_undone_does_not_silence_the_wait() -> None:
    hall = Hall().open("1")
    number = hall.issue()
    hall.after(minutes=5)
    hall.call("1")
    hall.at("1", c.WithdrawCall, reason="called_by_mistake")
    assert hall.ticket(number).first_called_at is None
    told = []
    for _ in range(30):
        hall.after(minutes=1)
        told += [x.minutes for x in hall.check() if isinstance(x, e.WaitLimitReached)]
    assert told == [10, 15, 20, 30]
    assert ("wait_beyond_quote", "waiting", "branch") in incidents(hall.events)
    hall.do(c.MarkWalkedOut(number), LOBBY)
