"""What others got wrong, at the real door: threads, the SQL journal on disk, group commit.

1 fifty counters and one waiting ticket · 3 double press and retry · 4 ten thousand concurrent issues, midnight.
(10, every report equals its rebuild, is `test_records_rebuild.py`.)
"""

from __future__ import annotations

import threading
from collections import Counter as Count
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.branch import Branch, Counter
from queue_server.errors import Fault, NoTicketWaiting, Refusal, SeriesExhausted, TicketElsewhere
from queue_server.journal.verify import verify
from queue_server.records.project import project
from queue_server.service import BranchService, Outcome, open_journal
from tests.hall import KIOSK, LOBBY, MORNING, small_branch, teller, text

FIFTY = [str(number) for number in range(1, 51)]
ALL_SERVICES = frozenset({"cash", "account", "company", "fx"})


@pytest.fixture
def fifty_counters() -> Branch:
    """A branch of fifty counters that all serve everything, with numbers enough for a very long day."""
    branch = small_branch(counters=tuple(Counter(code, text(code), ALL_SERVICES) for code in FIFTY))
    return replace(branch, rules=replace(branch.rules, number_digits=5))


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MORNING)


@pytest.fixture
def service(fifty_counters: Branch, clock: SetClock, tmp_path: Path) -> Iterator[BranchService]:
    journal = open_journal(fifty_counters, tmp_path)
    yield BranchService(fifty_counters, journal, clock, project=partial(project, fifty_counters))
    # Whatever a test did, the journal must stand up to a check.
    assert verify(journal.place, fifty_counters.code).events == journal.head().position
    journal.close()


def all_at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """What each returned, or the refusal it raised; every one in a thread of its own, let go together."""
    results: list[Any] = [None] * len(works)
    together = threading.Barrier(len(works))

    def run(index: int) -> None:
        together.wait(30)
        try:
            results[index] = works[index]()
        except (Refusal, Fault) as said:
            results[index] = said

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def open_all(service: BranchService) -> None:
    for code in FIFTY:
        service.dispatch(c.OpenCounter(code, f"teller-{code}"), f"open-{code}", teller(code))


def test_01_fifty_counters_press_next_on_one_waiting_ticket_and_one_wins(service: BranchService) -> None:
    open_all(service)
    for turn in range(5):
        service.dispatch(c.IssueTicket("cash", f"link-{turn}"), f"issue-{turn}", LOBBY)
        pressed = all_at_once(
            [
                partial(service.dispatch, c.CallNext(code), f"next-{turn}-{code}", teller(code))
                for code in FIFTY
            ]
        )
        won = [outcome for outcome in pressed if isinstance(outcome, Outcome)]
        lost = [said for said in pressed if not isinstance(said, Outcome)]
        assert len(won) == 1
        assert {type(said) for said in lost} == {NoTicketWaiting}
        called = won[0].events[0]
        assert isinstance(called, e.TicketCalled)
        assert service.day.tickets[called.number].counter == called.counter
        # The losers who ask for that number are told who has it.
        other = next(
            code for code in FIFTY if code != called.counter and service.day.desk(code).number is None
        )
        with pytest.raises(TicketElsewhere) as told:
            service.dispatch(c.CallTicket(other, called.number, "mine"), f"mine-{turn}", teller(other))
        assert told.value.details["counter"] == called.counter
        assert told.value.details["teller"] == f"teller-{called.counter}"
        service.dispatch(c.StartService(called.counter), f"start-{turn}", teller(called.counter))
        service.dispatch(c.FinishService(called.counter), f"finish-{turn}", teller(called.counter))
    assert service.day.outcomes["served"] == 5


def test_01_fifty_counters_and_twenty_tickets_give_twenty_pairs(service: BranchService) -> None:
    open_all(service)
    for number in range(20):
        service.dispatch(c.IssueTicket("cash", f"link-{number}"), f"issue-{number}", LOBBY)
    pressed = all_at_once(
        [partial(service.dispatch, c.CallNext(code), f"next-{code}", teller(code)) for code in FIFTY]
    )
    happened = [outcome.events[0] for outcome in pressed if isinstance(outcome, Outcome)]
    called = [event for event in happened if isinstance(event, e.TicketCalled)]
    assert len({event.number for event in called}) == len({event.counter for event in called}) == 20


def test_03_a_double_press_a_bounce_and_a_retry_are_one_event(service: BranchService) -> None:
    open_all(service)
    for number in range(3):
        service.dispatch(c.IssueTicket("cash", f"link-{number}"), f"issue-{number}", LOBBY)
    press = partial(service.dispatch, c.CallNext("7"), "key-7-0001", teller("7"))
    outcomes = all_at_once([press] * 24)
    assert [outcome.is_repeat for outcome in outcomes].count(False) == 1
    assert len({(outcome.position, outcome.events) for outcome in outcomes}) == 1
    # A press that comes late, when everything has moved on, still gets its first answer.
    service.dispatch(c.StartService("7"), "start", teller("7"))
    service.dispatch(c.FinishService("7"), "finish", teller("7"))
    assert press().events == outcomes[0].events
    assert service.day.outcomes["served"] == 1
    assert service.day.waiting_count == 2


def test_04_ten_thousand_concurrent_issues_have_ten_thousand_numbers(service: BranchService) -> None:
    services = sorted(ALL_SERVICES - {"fx"})

    def customer(thread: int) -> list[str]:
        numbers = []
        for turn in range(625):
            command = c.IssueTicket(services[turn % 3], f"link-{thread}-{turn}")
            outcome = service.dispatch(command, f"issue-{thread}-{turn}", KIOSK)
            numbers += [event.number for event in outcome.events if isinstance(event, e.TicketIssued)]
        return numbers

    issued = [
        number
        for numbers in all_at_once([partial(customer, thread) for thread in range(16)])
        for number in numbers
    ]
    assert len(issued) == len(set(issued)) == 10_000
    in_series = Count(number[0] for number in issued)
    for series, count in in_series.items():
        assert {f"{series}{number:05d}" for number in range(1, count + 1)} <= set(issued)
    recorded = [one.event for one in service.journal.read() if isinstance(one.event, e.TicketIssued)]
    assert [event.sequence for event in recorded] == list(range(1, 10_001))


def test_04_numbers_begin_again_at_the_branchs_own_midnight_and_never_before(
    service: BranchService, clock: SetClock
) -> None:
    def issue_at(moment: datetime) -> e.TicketIssued:
        clock.set(moment)
        outcome = service.dispatch(c.IssueTicket("cash", f"link-{moment}"), f"issue-{moment}", LOBBY)
        return next(event for event in outcome.events if isinstance(event, e.TicketIssued))

    # Shanghai is eight hours ahead: its day turns at 16:00 UTC, and nothing happens there at UTC's own midnight.
    always = tuple(
        replace(one, opens=one.opens.min, closes=one.closes.max) for one in service.branch.services
    )
    service.branch = replace(service.branch, services=always)
    assert issue_at(datetime(2026, 11, 23, 15, 59, 59, 998_000, tzinfo=UTC)).number == "A00001"
    assert issue_at(datetime(2026, 11, 23, 15, 59, 59, 999_000, tzinfo=UTC)).number == "A00002"
    assert service.day.date == date(2026, 11, 23)
    assert issue_at(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)).number == "A00001"
    assert service.day.date == date(2026, 11, 24)
    assert issue_at(datetime(2026, 11, 23, 23, 59, 59, 999_000, tzinfo=UTC)).number == "A00002"
    assert issue_at(datetime(2026, 11, 24, 0, 0, 1, tzinfo=UTC)).number == "A00003"
    # The clock is set back over midnight: the day does not come again, and no number does.
    assert issue_at(datetime(2026, 11, 23, 15, 0, tzinfo=UTC)).number == "A00004"


def test_04_numbers_do_not_wrap_and_a_cancelled_one_is_not_given_again(
    fifty_counters: Branch, clock: SetClock, tmp_path: Path
) -> None:
    branch = replace(fifty_counters, rules=replace(fifty_counters.rules, number_digits=1))
    journal = open_journal(branch, tmp_path)
    service = BranchService(branch, journal, clock, project=partial(project, branch))
    for number in range(9):
        service.dispatch(c.IssueTicket("cash", f"l{number}"), f"i{number}", LOBBY)
        service.dispatch(c.CancelTicket(f"A{number + 1}", "changed my mind"), f"x{number}", LOBBY)
    with pytest.raises(SeriesExhausted):
        service.dispatch(c.IssueTicket("cash", "l9"), "i9", LOBBY)
    assert sorted(service.day.tickets) == [f"A{number}" for number in range(1, 10)]
    journal.close()
