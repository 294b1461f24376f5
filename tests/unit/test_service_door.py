"""The one door: idempotent by command id, group commit, faults that take back everything, and listeners in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.actors import SYSTEM, Actor, Role
from queue_server.domain.branch import Branch
from queue_server.errors import (
    CommandIdReused,
    JournalNotWritable,
    NotPermitted,
    TooBusy,
    UnknownService,
)
from queue_server.journal.memory import MemoryJournal
from queue_server.journal.port import Recorded, direct_call
from queue_server.service import WAITING_LIMIT, BranchService, Change, Outcome, load_day
from tests.waiting import until

T = TypeVar("T")
NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
LOBBY = Actor("wang", Role.LOBBY_MANAGER)
KIOSK = Actor("k1", Role.KIOSK)


class Gate:
    """A `run_blocking` whose commits wait until the test lets them through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.arrived = threading.Semaphore(0)

    def __call__(self, function: Callable[[], T]) -> T:
        self.arrived.release()
        assert self.open.wait(10)
        return function()


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal("b1")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def service(virtual_branch: Branch, journal: MemoryJournal, clock: SetClock) -> BranchService:
    return BranchService(virtual_branch, journal, clock)


def notice(words: str) -> c.PostNotice:
    return c.PostNotice(words, words)


def ticket(branch: Branch, link: str = "x") -> c.IssueTicket:
    return c.IssueTicket(branch.services[0].code, link, kiosk="k1")


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(0..count-1)` returned or raised, each in a thread of its own."""
    results: list[Any] = [None] * count

    def run(index: int) -> None:
        try:
            results[index] = work(index)
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_a_command_is_recorded_and_answered_with_its_events(
    service: BranchService, journal: MemoryJournal
) -> None:
    outcome = service.dispatch(notice("欢迎"), "c1", LOBBY)
    assert [type(event) for event in outcome.events] == [e.DayOpened, e.NoticePosted]
    assert (outcome.first_position, outcome.position, outcome.is_repeat) == (1, 2, False)
    assert [recorded.event for recorded in journal.events] == list(outcome.events)
    assert {(r.by_id, r.by_role, r.command_id) for r in journal.events} == {("wang", "lobby_manager", "c1")}
    assert service.day.position == 2


def test_a_repeat_is_answered_as_before_and_recorded_once(
    service: BranchService, journal: MemoryJournal
) -> None:
    first = service.dispatch(notice("欢迎"), "c1", LOBBY)
    again = service.dispatch(notice("欢迎"), "c1", LOBBY)
    assert again == Outcome(first.position, first.events, first.first_position, is_repeat=True)
    assert journal.appends == 1


def test_a_repeat_after_a_restart_is_answered_from_the_journal(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    first = BranchService(virtual_branch, journal, clock).dispatch(ticket(virtual_branch, "one"), "c1", KIOSK)
    restarted = BranchService(virtual_branch, journal, clock)
    # The border made another link for the same request: it is the same request.
    again = restarted.dispatch(ticket(virtual_branch, "two"), "c1", KIOSK)
    assert again == Outcome(first.position, first.events, first.first_position, is_repeat=True)


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize(("words", "actor"), [("other", LOBBY), ("欢迎", Actor("zhao", Role.LOBBY_MANAGER))])
def test_a_command_id_with_other_content_or_another_actor_is_refused(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock, words: str, actor: Actor, restart: bool
) -> None:
    service = BranchService(virtual_branch, journal, clock)
    service.dispatch(notice("欢迎"), "c1", LOBBY)
    if restart:
        service = BranchService(virtual_branch, journal, clock)
    with pytest.raises(CommandIdReused):
        service.dispatch(notice(words), "c1", actor)
    assert journal.appends == 1


def test_a_refused_command_records_nothing_and_its_id_stays_free(
    service: BranchService, virtual_branch: Branch, journal: MemoryJournal
) -> None:
    with pytest.raises(UnknownService):
        service.dispatch(c.IssueTicket("nonsense", "x", kiosk="k1"), "c1", KIOSK)
    with pytest.raises(NotPermitted):
        service.dispatch(notice("欢迎"), "c1", KIOSK)
    assert journal.events == []
    service.dispatch(ticket(virtual_branch), "c1", KIOSK)


def test_a_command_that_changes_nothing_has_no_events(service: BranchService, journal: MemoryJournal) -> None:
    service.dispatch(notice("欢迎"), "c1", LOBBY)
    assert service.dispatch(c.CheckLimits(), "c2", SYSTEM) == Outcome(2, (), 2)
    assert journal.appends == 1


def test_waiting_commands_share_one_commit_and_a_refused_one_disturbs_nobody(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    gate = Gate()
    service = BranchService(virtual_branch, journal, clock, gate)

    def work(index: int) -> Any:
        if index == 3:
            return service.dispatch(c.WithdrawNotice("nonsense"), "c3", LOBBY)
        return service.dispatch(notice(str(index)), f"c{index}", LOBBY)

    first = threading.Thread(target=work, args=(99,))
    first.start()
    assert gate.arrived.acquire(timeout=10)
    results: list[Any] = []
    others = threading.Thread(target=lambda: results.extend(in_threads(8, work)))
    others.start()
    until(lambda: len(service._queue) == 8, what="eight waiting commands")
    gate.open.set()
    first.join(10)
    others.join(10)
    assert journal.appends == 2
    assert results[3].code == "unknown_notice"
    assert sorted(r.position for i, r in enumerate(results) if i != 3) == list(range(3, 10))


def test_two_of_one_id_in_one_batch_act_once(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    service = BranchService(virtual_branch, journal, clock)
    outcomes = in_threads(20, lambda _: service.dispatch(notice("欢迎"), "same", LOBBY))
    assert len(journal.commands) == 1
    assert len(journal.events) == 2
    assert sum(not outcome.is_repeat for outcome in outcomes) == 1
    assert {outcome.events for outcome in outcomes} == {outcomes[0].events}


def test_nobody_sees_a_day_that_is_not_committed(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    gate = Gate()
    service = BranchService(virtual_branch, journal, clock, gate)
    thread = threading.Thread(target=service.dispatch, args=(notice("欢迎"), "c1", LOBBY))
    thread.start()
    assert gate.arrived.acquire(timeout=10)
    assert service.day.position == 0
    gate.open.set()
    thread.join(10)
    assert service.day.position == 2


def test_a_failed_commit_refuses_them_all_and_leaves_the_day_as_it_was(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    service = BranchService(virtual_branch, journal, clock)
    service.dispatch(notice("欢迎"), "c0", LOBBY)
    day = service.day
    journal.fault = JournalNotWritable(cause="disk full")
    faults = in_threads(5, lambda index: service.dispatch(notice(str(index)), f"c{index + 1}", LOBBY))
    assert {type(fault) for fault in faults} == {JournalNotWritable}
    assert service.day is day
    journal.fault = None
    assert service.dispatch(notice("again"), "c1", LOBBY).position == 3


def test_a_commit_that_reached_the_disk_before_its_fault_is_not_done_twice(
    virtual_branch: Branch, clock: SetClock
) -> None:
    class Torn(MemoryJournal):
        def append(self, *arguments: Any) -> list[Recorded]:
            super().append(*arguments)
            if len(self.commands) == 2:
                raise JournalNotWritable(cause="the line to the disk broke after the commit")
            return []

    journal = Torn("b1")
    service = BranchService(virtual_branch, journal, clock)
    service.dispatch(notice("one"), "c1", LOBBY)
    with pytest.raises(JournalNotWritable):
        service.dispatch(notice("two"), "c2", LOBBY)
    assert service.dispatch(notice("two"), "c2", LOBBY).is_repeat
    assert len(journal.commands) == 2
    assert service.day.position == len(journal.events)


def test_a_leader_that_is_stopped_in_its_commit_leaves_the_others_a_fault_and_the_door_open(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    class Stopped(BaseException):
        """As gevent's GreenletExit."""

    def stop(function: Callable[[], T]) -> T:
        raise Stopped

    service = BranchService(virtual_branch, journal, clock, stop)
    with pytest.raises(Stopped):
        service.dispatch(notice("one"), "c1", LOBBY)
    service._run_blocking = direct_call
    assert service.dispatch(notice("one"), "c1", LOBBY).position == 2


def test_one_poisonous_command_takes_nobody_with_it(virtual_branch: Branch, clock: SetClock) -> None:
    journal = MemoryJournal("b1")
    gate = Gate()
    service = BranchService(virtual_branch, journal, clock, gate)
    first = threading.Thread(target=service.dispatch, args=(notice("first"), "c99", LOBBY))
    first.start()
    assert gate.arrived.acquire(timeout=10)
    results: list[Any] = []
    words = ["good", "\ud800", "fine"]
    others = threading.Thread(
        target=lambda: results.extend(
            in_threads(3, lambda index: service.dispatch(notice(words[index]), f"c{index}", LOBBY))
        )
    )
    others.start()
    until(lambda: len(service._queue) == 3, what="three waiting commands")
    gate.open.set()
    first.join(10)
    others.join(10)
    assert isinstance(results[1], UnicodeEncodeError)
    assert {type(results[0]), type(results[2])} == {Outcome}


def test_two_processes_on_one_journal_decide_on_what_the_other_did(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    one, other = (BranchService(virtual_branch, journal, clock) for _ in range(2))
    outcomes = [
        service.dispatch(ticket(virtual_branch, str(index)), f"c{index}", KIOSK)
        for index, service in enumerate([one, other, other, one, other])
    ]
    numbers = [
        event.number for outcome in outcomes for event in outcome.events if isinstance(event, e.TicketIssued)
    ]
    assert len(set(numbers)) == len(numbers) == 5
    one.catch_up()
    assert one.day == other.day == load_day(journal)
    assert one.dispatch(ticket(virtual_branch, "?"), "c2", KIOSK).is_repeat


def test_listeners_hear_everything_once_in_order_also_what_others_recorded(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    one, other = (BranchService(virtual_branch, journal, clock) for _ in range(2))
    heard: list[int] = []

    def listen(recorded: Sequence[Recorded]) -> None:
        assert one.day.position == recorded[-1].position
        heard.extend(r.position for r in recorded)

    stop = one.subscribe(listen)
    one.dispatch(notice("1"), "c1", LOBBY)
    other.dispatch(notice("2"), "c2", LOBBY)
    assert one.catch_up() == 3
    in_threads(10, lambda index: one.dispatch(notice(str(index)), f"d{index}", LOBBY))
    assert heard == list(range(1, 14))
    stop()
    one.dispatch(notice("3"), "c3", LOBBY)
    assert heard[-1] == 13


def test_a_listener_that_fails_does_not_take_back_what_is_recorded(service: BranchService) -> None:
    def fail(recorded: Sequence[Recorded]) -> None:
        raise RuntimeError("a bug in a page")

    service.subscribe(fail)
    assert service.dispatch(notice("1"), "c1", LOBBY).position == 2


def test_waiting_for_a_position_ends_when_it_is_reached(service: BranchService) -> None:
    reached: list[bool] = []
    onlooker = threading.Thread(target=lambda: reached.append(service.wait_for(2, 10)))
    onlooker.start()
    until(lambda: service._onlookers == 1, what="an onlooker")
    service.dispatch(notice("1"), "c1", LOBBY)
    onlooker.join(10)
    assert reached == [True]
    assert service.wait_for(1)
    assert not service.wait_for(99, within_s=0)


def test_too_many_waiting_commands_are_told_so_at_once(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    gate = Gate()
    service = BranchService(virtual_branch, journal, clock, gate)
    first = threading.Thread(target=service.dispatch, args=(notice("1"), "c1", LOBBY))
    first.start()
    assert gate.arrived.acquire(timeout=10)
    service._queue.extend([None] * WAITING_LIMIT)  # type: ignore[list-item]
    with pytest.raises(TooBusy):
        service.dispatch(notice("2"), "c2", LOBBY)
    service._queue.clear()
    gate.open.set()
    first.join(10)
    assert service.dispatch(notice("2"), "c2", LOBBY).position == 3


def test_a_clock_set_back_an_hour_moves_no_event_back(service: BranchService, clock: SetClock) -> None:
    service.dispatch(notice("1"), "c1", LOBBY)
    clock.set(NOW - timedelta(hours=1))
    outcome = service.dispatch(notice("2"), "c2", LOBBY)
    assert outcome.events[0].at == NOW
    assert service.now() == NOW


def changed_to(service: BranchService, branch: Branch, effects: list[str], name: str) -> Change:
    """A change that notes when it takes effect, and on which branch."""

    def take_effect() -> None:
        assert service.branch is branch
        effects.append(name)

    return Change(branch, lambda day: None, take_effect)


def test_a_changed_branch_takes_effect_between_two_batches_and_nobody_is_lost(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    gate = Gate()
    service = BranchService(virtual_branch, journal, clock, gate)
    fewer = replace(virtual_branch, services=virtual_branch.services[1:])
    gone, effects = virtual_branch.services[0].code, list[str]()
    answers: dict[str, Any] = {}

    def ask(name: str, work: Callable[[], Any]) -> threading.Thread:
        def run() -> None:
            try:
                answers[name] = work()
            except Exception as error:
                answers[name] = error

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = [ask("first", lambda: service.dispatch(notice("一"), "c1", LOBBY))]
    assert gate.arrived.acquire(timeout=10)
    # While the first commit is under way these come to the door, in this order.
    for waiting, (name, work) in enumerate(
        {
            "old": lambda: service.dispatch(c.IssueTicket(gone, "a", kiosk="k1"), "c2", KIOSK),
            "change": lambda: service.reconfigure(
                notice("新"), "c3", LOBBY, changed_to(service, fewer, effects, "fewer")
            ),
            "new": lambda: service.dispatch(c.IssueTicket(gone, "b", kiosk="k1"), "c4", KIOSK),
        }.items(),
        start=1,
    ):
        threads.append(ask(name, work))
        until(lambda waiting=waiting: len(service._queue) == waiting, within_s=10, what=f"{name} at the door")  # type: ignore[misc]
    gate.open.set()
    for thread in threads:
        thread.join(10)
    assert isinstance(answers["old"], Outcome)
    assert isinstance(answers["change"], Outcome)
    assert isinstance(answers["new"], UnknownService)
    assert answers["old"].position < answers["change"].first_position
    assert effects == ["fewer"]
    assert service.branch is fewer


def test_a_change_the_day_does_not_allow_changes_nothing(service: BranchService) -> None:
    before, effects = service.branch, list[str]()

    def look(day: object) -> None:
        raise TooBusy()

    with pytest.raises(TooBusy):
        service.reconfigure(
            notice("新"), "c1", LOBBY, Change(replace(before), look, lambda: effects.append("took effect"))
        )
    assert service.branch is before
    assert effects == []


def test_a_change_whose_commit_fails_does_not_take_effect(
    virtual_branch: Branch, journal: MemoryJournal, clock: SetClock
) -> None:
    def full(function: Callable[[], T]) -> T:
        raise JournalNotWritable(cause="disk full")

    service = BranchService(virtual_branch, journal, clock, full)
    effects = list[str]()
    change = changed_to(service, replace(virtual_branch, hotline="1"), effects, "x")
    with pytest.raises(JournalNotWritable):
        service.reconfigure(notice("新"), "c1", LOBBY, change)
    assert service.branch is virtual_branch
    assert effects == []


def test_a_change_with_nothing_to_record_takes_effect_all_the_same_and_a_repeat_does_not(
    service: BranchService, virtual_branch: Branch, journal: MemoryJournal
) -> None:
    effects = list[str]()
    service.dispatch(notice("欢迎"), "c0", LOBBY)
    one = replace(virtual_branch, hotline="1")
    service.reconfigure(c.CheckLimits(), "c1", SYSTEM, changed_to(service, one, effects, "one"))
    assert (service.branch, journal.appends) == (one, 1)
    two = replace(virtual_branch, hotline="2")
    service.reconfigure(notice("新"), "c2", LOBBY, changed_to(service, two, effects, "two"))
    again = service.reconfigure(notice("新"), "c2", LOBBY, changed_to(service, one, effects, "again"))
    assert again.is_repeat
    assert (service.branch, effects) == (two, ["one", "two"])
