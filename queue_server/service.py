"""The one door: every change of a branch, from a page, a pad, a timer or a kiosk, goes through `dispatch`.

Knows no rule and no SQL.  It decides one command after another, records what they lead to in one transaction, and
tells those who listen.  What a caller was told is on the disk; what is not on the disk nobody was told.

Group commit without a delay: the first thread that finds the door empty leads.  It takes every waiting command,
decides them on a tentative day nobody else sees, commits them together, wakes everybody, and passes the lead to the
first of those who came meanwhile.  One writer pays one fsync; sixteen share it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from queue_server.clock import BranchClock, Clock
from queue_server.domain.actors import Actor
from queue_server.domain.branch import Branch
from queue_server.domain.commands import Command
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.events import Event
from queue_server.errors import CommandIdReused, Fault, JournalNotWritable, TooBusy
from queue_server.journal.port import (
    Entry,
    Journal,
    JournalMoved,
    Recorded,
    RecordRows,
    RunBlocking,
    direct_call,
)
from queue_server.opening import fold, load_day, open_journal, open_place, rebuild_records
from queue_server.records.project import project

__all__ = [
    "BATCH_LIMIT",
    "WAITING_LIMIT",
    "BranchService",
    "Change",
    "Outcome",
    "Step",
    "digest_of",
    "direct_call",
    "fold",
    "load_day",
    "open_journal",
    "open_place",
    "open_service",
    "rebuild_records",
]

log = logging.getLogger(__name__)

WAITING_LIMIT = 1000
"""So many commands may wait; the next one is told that the server is too busy."""

BATCH_LIMIT = 256
"""So many commands share one transaction at most: a bound on how long the first of them waits."""

REMEMBERED_COMMANDS = 4096
"""So many outcomes are answered from memory when a command is repeated; older ones from the journal."""

RETRY_LIMIT = 100

MADE_BY_BORDER = frozenset({"link", "shown_ms_ago", "spoken_ms_ago", "changed"})
"""Fields a border makes afresh for a repeated request: they do not make it another command."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to.

    `position` is that of its last event, `first_position` of its first (the announcement id of a call); a command
    that changed nothing has no events and the position of the day it was decided on.
    """

    position: int
    events: tuple[Event, ...]
    first_position: int
    is_repeat: bool = False


Listener = Callable[[Sequence[Recorded]], None]
Project = Callable[[Sequence["Step"]], RecordRows]


class Step(NamedTuple):
    """One command's part of a batch: the day before, what happened, the day after."""

    before: Day
    events: Sequence[Event]
    after: Day


@dataclass(frozen=True, slots=True)
class Change:
    """Another configuration for the branch, as it passes the door.

    `look(day)` raises a Refusal when the day does not allow it.  `take_effect` is called in the very moment between
    two batches in which the branch is another one: it must not block, must not dispatch and must not fail.
    """

    branch: Branch
    look: Callable[[Day], None]
    take_effect: Callable[[], None]


class _Waiting:
    """A command at the door.  Its latch opens when it is answered, or when it is its turn to lead."""

    __slots__ = ("actor", "answer", "change", "command", "command_id", "digest", "latch", "leads")

    def __init__(
        self,
        command: Command | None,
        command_id: str,
        actor: Actor | None,
        digest: bytes,
        change: Change | None = None,
    ) -> None:
        self.command = command
        self.command_id = command_id
        self.actor = actor
        self.digest = digest
        self.change = change
        self.answer: Outcome | BaseException | None = None
        self.leads = False
        # Made for those who wait only: a leader never does.
        self.latch: threading.Lock | None = None

    def will_wait(self) -> None:
        """Make the latch, shut."""
        self.latch = threading.Lock()
        self.latch.acquire()

    def wait(self) -> None:
        """Wait until it is opened."""
        if self.latch is not None:
            self.latch.acquire()

    def wake(self) -> None:
        """Open it."""
        if self.latch is not None:
            self.latch.release()


class BranchService:
    """The door of one branch.  Thread-safe, and the same under gevent: it uses `threading` only.

    `run_blocking` runs each commit; a server on gevent passes its thread pool.  `project` folds the record rows that
    go into the same transaction.  The constructor reads the journal's current business day, and raises its faults.
    """

    def __init__(
        self,
        branch: Branch,
        journal: Journal,
        clock: Clock,
        run_blocking: RunBlocking = direct_call,
        project: Project = lambda steps: {},
    ) -> None:
        self.branch = branch
        self.journal = journal
        self._clock = clock
        self._run_blocking = run_blocking
        self._project = project
        self._queue: deque[_Waiting] = deque()
        self._is_led = False
        self._is_shared = False
        self._door = threading.Lock()
        self._moved = threading.Condition(threading.Lock())
        self._onlookers = 0
        self._listeners: tuple[Listener, ...] = ()
        self._recent: OrderedDict[str, tuple[bytes, Outcome]] = OrderedDict()
        self._must_catch_up = False
        self._day = load_day(journal)

    # --- for everybody ---------------------------------------------------------------------------------------------

    @property
    def day(self) -> Day:
        """The latest committed day.  A value that never changes: read it once, then ask it, without a lock."""
        return self._day

    def now(self) -> datetime:
        """The branch's time, never earlier than the last event."""
        now, last = self._clock.now(), self._day.at
        return now if last is None or now >= last else last

    def dispatch(self, command: Command, command_id: str, actor: Actor) -> Outcome:
        """Do what is asked, once, however often it is asked with this id.

        Returns when it is on the disk.  Raises a Refusal (nothing happened; CommandIdReused when the id stood for
        something else), or a Fault: JournalNotWritable, or TooBusy before anything was tried.
        """
        waiting = _Waiting(command, command_id, actor, digest_of(command, actor))
        answer = self._recent.get(command_id)
        if answer is not None:
            waiting.answer = _repeated(waiting, *answer)
            return _told(waiting)
        return self._pass_door(waiting)

    def reconfigure(self, command: Command, command_id: str, actor: Actor, change: Change) -> Outcome:
        """Do `command` on the changed branch and let the change take effect with its commit, or not at all.

        Every other command is decided before it, on the branch as it was, or after it, on the changed one.  A command
        without events changes the branch all the same; a repeat does not change it again.  Raises what `dispatch`
        raises, and what `change.look` raises.
        """
        return self._pass_door(_Waiting(command, command_id, actor, digest_of(command, actor), change))

    def catch_up(self) -> int:
        """Read what other processes recorded, tell the listeners, and return the position reached."""
        self._must_catch_up = True
        return self._pass_door(_Waiting(None, "", None, b"")).position

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the recorded events after each commit, in order; returns how to stop.

        It runs in the thread that leads, while others wait: it must not block, and must not dispatch.
        """
        with self._door:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._door:
                self._listeners = tuple(other for other in self._listeners if other is not listener)

        return unsubscribe

    def wait_for(self, position: int, within_s: float | None = None) -> bool:
        """Wait until the day has reached `position`; False when it has not `within_s` seconds later."""
        if self._day.position >= position:
            return True
        with self._moved:
            self._onlookers += 1
            try:
                return self._moved.wait_for(lambda: self._day.position >= position, within_s)
            finally:
                self._onlookers -= 1

    # --- the door --------------------------------------------------------------------------------------------------

    def _pass_door(self, waiting: _Waiting) -> Outcome:
        with self._door:
            if len(self._queue) >= WAITING_LIMIT:
                raise TooBusy()
            leads = not self._is_led
            self._is_led = True
            if not leads:
                waiting.will_wait()
            self._queue.append(waiting)
        if not leads:
            waiting.wait()
            leads = waiting.leads
        if leads:
            self._lead()
        return _told(waiting)

    def _lead(self) -> None:
        """Serve one batch, which holds the leader's own command, then pass the lead on."""
        batch: list[_Waiting] = []
        if self._is_shared:
            # Those the last commit woke are ready with their next command: let them in first.  No delay: under gevent
            # this runs what is runnable, among threads it is an offer.
            time.sleep(0)
        try:
            with self._door:
                while self._queue and len(batch) < BATCH_LIMIT:
                    if batch and (self._queue[0].change is not None or batch[-1].change is not None):
                        # A change of the branch is a batch of its own.
                        break
                    batch.append(self._queue.popleft())
            self._is_shared = len(batch) > 1
            self._serve(batch)
        except BaseException:
            # Somebody stopped this thread.  Whether its commit reached the disk, the journal will tell.
            self._must_catch_up = True
            for waiting in batch:
                if waiting.answer is None:
                    waiting.answer = JournalNotWritable(cause="the commit was interrupted")
            raise
        finally:
            for waiting in batch:
                if not waiting.leads:
                    waiting.wake()
            with self._door:
                if self._queue:
                    self._queue[0].leads = True
                    successor: _Waiting | None = self._queue[0]
                else:
                    self._is_led = False
                    successor = None
            if successor is not None:
                successor.wake()

    def _serve(self, batch: list[_Waiting]) -> None:
        try:
            self._commit(batch)
        except Fault as fault:
            # The commit may have reached the disk all the same: look before the next one.
            self._must_catch_up = True
            for waiting in batch:
                if waiting.answer is None:
                    # One each: an exception that several threads raise collects all their tracebacks.
                    waiting.answer = type(fault)(**fault.details)
        except Exception as bug:
            self._must_catch_up = True
            unanswered = [waiting for waiting in batch if waiting.answer is None]
            if len(unanswered) == 1:
                unanswered[0].answer = bug
                return
            # One of them is poison: each alone, so that it takes nobody with it.
            for waiting in unanswered:
                self._serve([waiting])

    def _commit(self, batch: list[_Waiting]) -> None:
        # A fresh command id is not looked up: the journal takes an id once, and says so.
        look_up = False
        for _ in range(RETRY_LIMIT):
            if self._must_catch_up:
                self._read_on()
            try:
                self._decide_and_append(batch, look_up)
                return
            except JournalMoved:
                before = self._day.position
                self._read_on()
                if look_up and self._day.position == before:
                    raise
                look_up = True
        raise TooBusy()

    def _decide_and_append(self, batch: list[_Waiting], look_up: bool) -> None:
        """Decide all on a tentative day, commit once, then answer.  Raises JournalMoved with nothing answered."""
        tentative = self._day
        now = self.now()
        answers: list[tuple[_Waiting, Outcome | BaseException]] = []
        entries: list[Entry] = []
        steps: list[Step] = []
        decided: dict[str, tuple[bytes, Outcome]] = {}
        branch, change = self.branch, None
        for waiting in batch:
            if waiting.answer is not None:
                continue
            command, actor = waiting.command, waiting.actor
            if command is None or actor is None:
                answers.append((waiting, Outcome(self._day.position, (), self._day.position)))
                continue
            known = decided.get(waiting.command_id) or self._recent.get(waiting.command_id)
            if known is None and look_up:
                known = self._find(waiting.command_id)
            if known is not None:
                answers.append((waiting, _repeated(waiting, *known)))
                continue
            try:
                if waiting.change is not None:
                    waiting.change.look(tentative)
                    branch = waiting.change.branch
                events, after = decide(branch, tentative, command, now, actor)
            except Exception as no:
                # A refusal, or a bug that only this command meets: the others in the batch go on.
                answers.append((waiting, self._recorded_before(waiting) or no))
                continue
            if not events:
                nothing = Outcome(tentative.position, (), tentative.position)
                before = self._recorded_before(waiting)
                change = waiting.change if before is None else None
                answers.append((waiting, before or nothing))
                continue
            change = waiting.change
            happened = tuple(events)
            outcome = Outcome(after.position, happened, tentative.position + 1)
            entries.append(Entry(waiting.command_id, waiting.digest, actor, happened))
            steps.append(Step(tentative, happened, after))
            decided[waiting.command_id] = (waiting.digest, outcome)
            answers.append((waiting, outcome))
            tentative = after
        if entries:
            rows = self._project(steps)
            recorded = self.journal.append(self._day.position, entries, rows, self._run_blocking)
            self._adopt(change)
            self._publish(tentative, recorded, decided)
        else:
            self._adopt(change)
        for waiting, answer in answers:
            waiting.answer = answer

    def _adopt(self, change: Change | None) -> None:
        """From here on the branch is another one: for the next batch, and for whoever is told of this one."""
        if change is not None:
            self.branch = change.branch
            change.take_effect()

    def _recorded_before(self, waiting: _Waiting) -> Outcome | CommandIdReused | None:
        """The answer to a command the journal already has: what it asked for happened, so the rules say no now."""
        known = self._find(waiting.command_id)
        return None if known is None else _repeated(waiting, *known)

    def _find(self, command_id: str) -> tuple[bytes, Outcome] | None:
        """What the command of this id led to before, from the journal."""
        found = self.journal.find(command_id)
        if found is None:
            return None
        first, last = found.first_position, found.last_position
        events = tuple(recorded.event for recorded in self.journal.read(first - 1, last))
        return found.digest, Outcome(last, events, first)

    def _read_on(self) -> None:
        """Fold what others recorded, or what a commit with an unknown end did record."""

        def attempt() -> list[Recorded] | Exception:
            # An error crosses the thread as a value: not every pool hands one over without printing it.
            try:
                return list(self.journal.read(self._day.position))
            except Exception as error:
                return error

        # Before reading: whoever asks for it from now on is read for again.
        self._must_catch_up = False
        recorded = self._run_blocking(attempt)
        if isinstance(recorded, Exception):
            self._must_catch_up = True
            raise recorded
        if recorded:
            self._publish(fold(self._day, (one.event for one in recorded)), recorded, {})

    def _publish(
        self, day: Day, recorded: Sequence[Recorded], decided: dict[str, tuple[bytes, Outcome]]
    ) -> None:
        self._day = day
        for command_id, known in decided.items():
            self._recent[command_id] = known
        while len(self._recent) > REMEMBERED_COMMANDS:
            self._recent.popitem(last=False)
        for listener in self._listeners:
            try:
                listener(recorded)
            except Exception:
                # It is on the disk: a listener's bug is no reason to tell the caller otherwise.
                log.exception("listener failed position=%s", recorded[-1].position)
        if self._onlookers:
            with self._moved:
                self._moved.notify_all()


def open_service(branch: Branch, data: Path | str, run_blocking: RunBlocking = direct_call) -> BranchService:
    """The door of a branch as a server opens it: SQL journal, records, and a clock not behind the last event."""
    journal = open_journal(branch, data)
    clock = BranchClock(not_before=journal.head().at)
    return BranchService(branch, journal, clock, run_blocking, partial(project, branch))


def _told(waiting: _Waiting) -> Outcome:
    answer = waiting.answer
    if isinstance(answer, BaseException):
        raise answer
    assert answer is not None, "the leader answers everybody in its batch, itself included"
    return answer


def _repeated(waiting: _Waiting, digest: bytes, outcome: Outcome) -> Outcome | CommandIdReused:
    if digest != waiting.digest:
        return CommandIdReused(command_id=waiting.command_id)
    return Outcome(outcome.position, outcome.events, outcome.first_position, is_repeat=True)


def digest_of(command: Command, actor: Actor) -> bytes:
    """What tells a command from another with the same id: what is asked and by whom.

    A field at its default is left out, so that a field added later changes no digest.
    """
    kind = type(command)
    named = _FIELDS.get(kind)
    if named is None:
        named = _FIELDS[kind] = [
            (field.name, field.default) for field in fields(command) if field.name not in MADE_BY_BORDER
        ]
    said = [kind.__name__, actor.id]
    for name, default in named:
        value = getattr(command, name)
        if value is not default and value != default:
            said.append(f"{name}={value!r}")
    return sha256("\0".join(said).encode(errors="surrogatepass")).digest()


_FIELDS: dict[type[Command], list[tuple[str, Any]]] = {}
