"""What others got wrong, at the real door: threads, the SQL journal on disk, group commit.

1 fifty counters and one waiting ticket · 2 every pair of verbs on one ticket at the same moment · 3 double press and
retry · 4 ten thousand concurrent issues, midnight · 5 a slip that failed and the queue.
(10, every report equals its rebuild, is `test_records_rebuild.py`.)
"""

from __future__ import annotations

import itertools
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
from queue_server.domain.actors import Actor
from queue_server.domain.branch import Branch, Counter, HallRules
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.transitions import TicketState
from queue_server.errors import Fault, NoTicketWaiting, Refusal, SeriesExhausted, TicketElsewhere
from queue_server.journal.verify import verify
from queue_server.records.project import project
from queue_server.service import BranchService, Outcome, load_day, open_journal
from tests.branch_server import DISPLAY, BranchServer, Feed
from tests.branch_server import KIOSK as KIOSK_TOKEN
from tests.branch_server import LOBBY as LOBBY_TOKEN
from tests.hall import KIOSK, LOBBY, MORNING, small_branch, teller, text
from tests.waiting import until

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


VERBS: dict[str, Callable[[str], tuple[c.Command, Actor]]] = {
    "call next": lambda number: (c.CallNext("2"), teller("2")),
    "call it": lambda number: (c.CallTicket("3", number, "an old man"), teller("3")),
    "start": lambda number: (c.StartService("1"), teller("1")),
    "start uncalled": lambda number: (c.StartService("4", number), teller("4")),
    "hold": lambda number: (c.HoldTicket("1", "a form"), teller("1")),
    "transfer": lambda number: (c.TransferTicket("1", to_counter="5"), teller("1")),
    "finish": lambda number: (c.FinishService("1"), teller("1")),
    "no-show": lambda number: (c.MarkNoShow("1"), teller("1")),
    "cancel": lambda number: (c.CancelTicket(number, "left"), LOBBY),
}
"""What can be done with one ticket; counter 1 is the one that called it."""
TO_REACH: dict[str, list[c.Command]] = {
    "waiting": [],
    "called": [c.CallNext("1")],
    "serving": [c.CallNext("1"), c.StartService("1")],
    "on hold": [c.CallNext("1"), c.HoldTicket("1", "a form")],
}


def happened_in_turn(
    branch: Branch, day: Day, now: datetime, turns: list[tuple[c.Command, Actor]]
) -> tuple[list[Any], Day]:
    """What each is answered when they come one after the other, and the day after the last."""
    said: list[Any] = []
    for command, actor in turns:
        try:
            events, day = decide(branch, day, command, now, actor)
            said.append(tuple(events))
        except Refusal as no:
            said.append(type(no))
    return said, day


@pytest.mark.parametrize("state", TO_REACH)
def test_02_every_pair_of_verbs_at_one_moment_is_one_after_the_other(
    fifty_counters: Branch, clock: SetClock, tmp_path: Path, state: str
) -> None:
    quick = HallRules(announcements_required=1, announcement_gap_s=0, no_show_after_s=0, number_digits=5)
    branch = replace(fifty_counters, rules=quick)
    journal = open_journal(branch, tmp_path)
    service = BranchService(branch, journal, clock, project=partial(project, branch))
    ids = itertools.count()

    def do(command: c.Command, actor: Actor) -> Outcome:
        return service.dispatch(command, f"{state}-{next(ids)}", actor)

    for code in ("1", "2", "3", "4", "5"):
        do(c.OpenCounter(code, f"teller-{code}"), teller(code))
    for first, second in itertools.product(VERBS, repeat=2):
        issued = do(c.IssueTicket("cash", f"link-{first}-{second}"), LOBBY).events
        number = next(event.number for event in issued if isinstance(event, e.TicketIssued))
        for command in TO_REACH[state]:
            do(command, teller("1"))
        before, pair = service.day, [VERBS[first](number), VERBS[second](number)]
        said = all_at_once([partial(do, *one) for one in pair])
        seen = [one.events if isinstance(one, Outcome) else type(one) for one in said]
        ab, after_ab = happened_in_turn(branch, before, service.now(), pair)
        ba, after_ba = happened_in_turn(branch, before, service.now(), pair[::-1])
        allowed = [(ab, after_ab), (ba[::-1], after_ba)]
        assert (seen, service.day) in allowed, f"{first} and {second} on a ticket that is {state}"
        holders = [code for code, desk in service.day.desks.items() if desk.number == number]
        assert holders == ([service.day.tickets[number].counter] if holders else [])
        leave_nobody(service, do, number)
    assert load_day(journal) == service.day, "the journal tells the same day"
    assert verify(journal.place, branch.code).events == journal.head().position
    journal.close()


def leave_nobody(service: BranchService, do: Callable[[c.Command, Actor], Outcome], number: str) -> None:
    """Bring the ticket to an end, from wherever a pair of verbs left it."""
    ticket = service.day.tickets[number]
    if ticket.state is TicketState.CALLED:
        do(c.StartService(str(ticket.counter)), teller(str(ticket.counter)))
    if ticket.state in (TicketState.CALLED, TicketState.SERVING):
        do(c.FinishService(str(ticket.counter)), teller(str(ticket.counter)))
    elif ticket.is_open:
        do(c.CancelTicket(number, "the next pair"), LOBBY)


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


@pytest.mark.parametrize(("state", "cause"), [("failed", "paper_out"), ("unknown", "unplugged")])
def test_05_after_a_slip_that_failed_the_queue_counts_those_who_wait_and_no_others(
    tmp_path: Path, state: str, cause: str
) -> None:
    server = BranchServer(tmp_path / "data", tmp_path / "server.log")
    lobby = Feed(server.url, "/lobby", {"token": LOBBY_TOKEN, "have": None}).connect()
    display = Feed(server.url, "/display", {"token": DISPLAY, "have": None}).connect()

    def waiting() -> int:
        return sum(int(group["waiting"]) for group in display.sections["waiting"])

    def newest_call() -> str:
        calls = display.sections["calls"]
        return str(calls[0]["number"]) if calls else ""

    def issue_without_paper() -> str:
        order = server.post("/tickets", KIOSK_TOKEN, service="cash").body["order"]
        report = server.post("/prints", KIOSK_TOKEN, job_id=order["job_id"], state=state, cause=cause)
        assert report.status == 200, report
        return str(order["face"]["number"])

    # No paper, but the number was read off the kiosk: it stays valid, counts once, and the lobby manager is told.
    number = issue_without_paper()
    until(lambda: waiting() == 1, what="one who waits")
    until(lambda: number in lobby.sections["unprinted"], what="the lobby manager told of the slip")
    # Another customer left when no paper came: taken out by name, and nobody waits for a number nobody holds.
    nobodys = issue_without_paper()
    until(lambda: waiting() == 2, what="two who wait")
    assert (
        server.post(f"/tickets/{nobodys}/cancel", LOBBY_TOKEN, reason="left without a number").status == 200
    )
    until(lambda: waiting() == 1, what="one who waits again")
    last = server.issue()
    assert len({number, nobodys, last}) == 3
    server.key("open")
    called: list[str] = []
    for _ in range(2):
        assert server.key("call-next").status == 200
        until(lambda: newest_call() not in ("", *called), what="the next call on the board")
        called.append(newest_call())
        server.key("start")
        server.key("finish")
    assert called == [number, last]
    assert server.key("call-next").code == "no_ticket_waiting"
    until(lambda: waiting() == 0, what="an empty queue")
    lobby.close()
    display.close()
    server.stop()
