"""What the reports mean (B2): each definition on a day small enough to count by hand."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain.actors import SYSTEM, Actor, Role
from queue_server.domain.branch import Branch, HallRules, Rating
from queue_server.records.project import project
from queue_server.records.reports import (
    DeskFigures,
    Durations,
    RatingFigures,
    Report,
    ServiceFigures,
    SupervisorFigures,
    durations,
    report,
)
from queue_server.service import BranchService, open_journal
from tests.hall import DISPLAY, KIOSK, LINE, LOBBY, MORNING, pad_branch, small_branch, teller

BRANCH = small_branch(rules=HallRules(announcements_required=1, announcement_gap_s=0, no_show_after_s=0))
WITH_PADS = pad_branch(rules=BRANCH.rules)
DAY = date(2026, 11, 23)
MINUTE = 60_000


class Book:
    """A day at the door, command by command, and its report."""

    def __init__(self, folder: Path, branch: Branch = BRANCH) -> None:
        self.journal = open_journal(branch, folder)
        self.clock = SetClock(MORNING)
        self.service = BranchService(branch, self.journal, self.clock, project=partial(project, branch))
        self.count = 0
        for counter in ("1", "2"):
            self.do(c.OpenCounter(counter, f"teller-{counter}"), teller(counter))

    def do(self, command: c.Command, actor: Actor, after_min: float = 0) -> None:
        self.clock.pass_s(after_min * 60)
        self.count += 1
        self.service.dispatch(command, f"c{self.count}", actor)

    def issue(self, service: str = "cash") -> None:
        self.do(c.IssueTicket(service, f"link-{self.count}"), LOBBY)

    def key(self, counter: str, kind: type[c.Command], after_min: float = 0, **more: str) -> None:
        self.do(kind(counter=counter, **more), teller(counter), after_min)  # type: ignore[call-arg]

    def serve(self, counter: str, wait_min: float, service_min: float) -> None:
        """Somebody comes, waits, takes a minute to the counter, is served."""
        self.issue()
        self.key(counter, c.CallNext, wait_min)
        self.key(counter, c.StartService, 1)
        self.key(counter, c.FinishService, service_min)

    def report(self) -> Report:
        with self.journal.place.reader() as connection:
            return report(connection, BRANCH, DAY, DAY)

    def of(self, service: str) -> ServiceFigures:
        return next(figures for figures in self.report().services if figures.service == service)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_a_day_without_a_customer_has_no_rates_and_no_times(book: Book) -> None:
    total = book.report().total
    assert (total.issued, total.no_show_rate, total.over_standard_rate) == (0, None, None)
    assert total.wait == total.service_time == Durations()


def test_08_the_wait_ends_with_the_first_call_and_no_recall_changes_it(book: Book) -> None:
    book.issue()
    book.key("1", c.CallNext, after_min=7)
    book.key("1", c.Recall, after_min=2)
    book.key("1", c.WithdrawCall, reason="not_here_yet")
    book.key("1", c.CallNext, after_min=3)
    book.key("1", c.StartService, after_min=1)
    assert book.of("cash").wait == Durations(1, 7 * MINUTE, 7 * MINUTE, 7 * MINUTE, 7 * MINUTE, 7 * MINUTE)


def test_service_time_is_arrival_to_finish_less_hold_and_wrap_up_with_the_seat_away_in_it(book: Book) -> None:
    book.issue()
    book.key("1", c.CallNext, 1)
    book.key("1", c.StartService, 1)
    book.key("1", c.LeaveSeat, 2, device="copier")
    book.key("1", c.ReturnToSeat, 3)
    book.key("1", c.HoldTicket, 1, reason="form-filling")
    book.do(c.ResumeTicket("A001"), LOBBY, 20)
    book.key("1", c.CallNext)
    book.key("1", c.StartService)
    book.key("1", c.StartWrapUp, 4)
    book.key("1", c.FinishService, 5)
    assert book.of("cash").service_time.longest_ms == (2 + 3 + 1 + 4) * MINUTE
    assert book.report().counters[0].seat_away_ms == 3 * MINUTE


def test_over_standard_is_of_finished_transactions(book: Book) -> None:
    for service_min in (4, 5, 6):
        book.serve("1", 1, service_min)
    book.issue()
    book.key("1", c.CallNext)
    book.key("1", c.StartService)
    book.do(c.CheckLimits(), SYSTEM, 30)
    figures = book.of("cash")
    assert (figures.transactions, figures.over_standard, figures.over_standard_rate) == (3, 1, 0.3333)
    assert figures.open == 1


def test_every_outcome_is_its_own_and_none_is_counted_as_served(book: Book) -> None:
    book.serve("1", 1, 1)
    for _ in range(5):
        book.issue("account")
    book.do(c.DivertCustomer("cash", "atm"), KIOSK)
    book.do(c.CancelTicket("B001", "no time"), LOBBY)
    book.do(c.MarkWalkedOut("B002"), LOBBY)
    book.key("1", c.CallNext)
    book.key("1", c.MarkNoShow, 2)
    book.do(c.CloseDay(), LOBBY, 60)
    figures = book.of("account")
    assert (figures.issued, figures.served, figures.no_show, figures.walked_out) == (5, 0, 1, 1)
    assert (figures.cancelled, figures.expired, figures.open) == (1, 2, 0)
    assert (figures.diverted, book.of("cash").diverted) == (0, 1)
    assert (figures.missed, figures.no_show_rate) == (1, 0.2)
    assert book.report().total.served == 1


def test_09_a_ticket_that_expired_at_the_days_end_is_in_no_average(book: Book) -> None:
    book.serve("1", 2, 2)
    book.issue()
    book.key("1", c.CallNext, after_min=100)
    book.key("1", c.StartService)
    book.do(c.CloseDay(), LOBBY, 100)
    assert (book.of("cash").transactions, book.of("cash").over_standard) == (1, 0)
    figures = book.of("cash")
    assert (figures.served, figures.expired) == (1, 1)
    assert figures.wait.count == figures.service_time.count == 1
    assert figures.wait.longest_ms == 2 * MINUTE


def test_11_a_wait_of_75_minutes_is_75_minutes(book: Book) -> None:
    book.serve("1", 75, 1)
    assert book.of("cash").wait.average_ms == 75 * MINUTE


def test_tellers_and_counters_have_what_was_done_there(book: Book) -> None:
    book.serve("1", 1, 2)
    book.serve("2", 1, 7)
    book.serve("2", 1, 3)
    one, two = book.report().tellers
    assert one == DeskFigures("teller-1", 1, 1, 0, 1, 0, 0.0, 0, durations([2 * MINUTE]))
    assert two == DeskFigures("teller-2", 2, 2, 0, 2, 1, 0.5, 0, durations([7 * MINUTE, 3 * MINUTE]))
    assert [(desk.code, desk.served) for desk in book.report().counters] == [("1", 1), ("2", 2)]


def test_arrivals_are_by_half_hour_of_branch_time(book: Book) -> None:
    book.issue()
    book.clock.pass_s(29 * 60 + 59)
    book.issue()
    book.clock.pass_s(1)
    book.issue()
    assert book.report().arrivals == (("10:00", 2), ("10:30", 1))


def test_incidents_unheard_calls_and_overtakings_are_counted(book: Book) -> None:
    book.issue()
    book.issue()
    book.key("1", c.CallTicket, number="A002", reason="a friend")
    book.do(c.CheckLimits(), SYSTEM, 1)
    told = book.report()
    assert dict(told.incidents) == {"queue_jump": 1, "unheard_call": 1}
    assert (told.unheard_calls, told.overtakings) == (1, 1)


@pytest.fixture
def pads(tmp_path: Path) -> Book:
    """A branch with evaluators at its counters."""
    return Book(tmp_path, WITH_PADS)


def rate(book: Book, counter: str, rating: Rating) -> None:
    """A customer at the evaluator."""
    actor = Actor(f"evaluator-{counter}", Role.PAD_LINE, counter)
    book.do(c.RateVisit(counter, actor.id, rating), actor)


def test_ratings_and_those_not_given_are_counted_apart_and_where_they_were_asked_for(pads: Book) -> None:
    for counter, rating in (
        ("1", Rating.VERY_SATISFIED),
        ("1", None),
        ("2", Rating.DISSATISFIED),
        ("2", None),
    ):
        pads.serve(counter, 1, 1)
        if rating is not None:
            rate(pads, counter, rating)
    pads.do(c.CheckLimits(), SYSTEM, 2)
    pads.serve("1", 1, 1)
    total = pads.report().total.ratings
    assert total == RatingFigures(asked=5, very_satisfied=1, dissatisfied=1, not_rated=2)
    one, two = pads.report().tellers
    assert one.ratings == RatingFigures(asked=3, very_satisfied=1, not_rated=1)
    assert two.ratings == RatingFigures(asked=2, dissatisfied=1, not_rated=1)
    assert pads.report().counters[1].ratings == two.ratings
    assert dict(pads.report().incidents)["low_rating"] == 1


def test_where_nobody_asks_nobody_has_not_rated(book: Book) -> None:
    book.serve("1", 1, 1)
    book.do(c.CheckLimits(), SYSTEM, 5)
    assert book.report().total.ratings == RatingFigures()


def test_tickets_and_transactions_that_a_failed_device_touched_are_counted_apart(pads: Book) -> None:
    pads.serve("1", 1, 1)
    pads.do(c.ReportDevice("lobby-1", "lobby_display", "offline"), DISPLAY)
    pads.serve("1", 1, 1)
    pads.do(c.ReportDevice("lobby-1", "lobby_display", "online"), DISPLAY)
    pads.do(c.ReportDevice("pad-2", "call_pad", "offline"), LINE)
    pads.serve("2", 1, 1)
    total = pads.report().total
    assert (total.issued, total.device_affected) == (3, 1)
    assert (total.transactions, total.transactions_device_affected) == (3, 1)
    assert [desk.transactions_device_affected for desk in pads.report().counters] == [0, 1]


def test_supervisor_calls_are_counted_with_the_time_to_respond(pads: Book) -> None:
    pads.key("1", c.CallSupervisor)
    pads.do(c.AnswerSupervisor("1"), LOBBY, 1)
    pads.key("1", c.CallSupervisor)
    pads.do(c.CheckLimits(), SYSTEM, 2)
    pads.do(c.AnswerSupervisor("1"), LOBBY, 1)
    pads.key("2", c.CallSupervisor)
    assert pads.report().supervisor == SupervisorFigures(
        calls=3, escalated=1, unanswered=1, response=durations([MINUTE, 3 * MINUTE])
    )


def test_another_day_is_another_report(book: Book) -> None:
    book.serve("1", 1, 1)
    with book.journal.place.reader() as connection:
        other = report(connection, BRANCH, date(2026, 11, 22), date(2026, 11, 22))
    assert other.total.issued == 0


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=200))
def test_percentiles_are_times_somebody_had_and_in_order(times: list[int]) -> None:
    found = durations(times)
    assert found.p50_ms is not None
    assert found.p90_ms is not None
    assert found.p95_ms is not None
    assert {found.p50_ms, found.p90_ms, found.p95_ms, found.longest_ms} <= set(times)
    assert found.p50_ms <= found.p90_ms <= found.p95_ms <= (found.longest_ms or 0)
    # Nearest rank: so many percent of the times are not longer.
    for percent, value in ((50, found.p50_ms), (90, found.p90_ms), (95, found.p95_ms)):
        assert sum(time <= value for time in times) * 100 >= percent * len(times)
        assert sum(time < value for time in times) * 100 < percent * len(times)
