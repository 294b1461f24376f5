"""The program of one pad line: what comes over the wire goes to the server, what the server says is shown on the wire.

One thread decides and holds everything that changes; line, feed, requests, reports and control have threads of their
own and leave their news in its inbox.  The domain decides what a key means; nothing here does.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, assert_never

import structlog
from pydantic import ValidationError

from firmware_config.problems import BranchFileRefused
from queue_server.pads import asking
from queue_server.pads.alive import AliveMark
from queue_server.pads.asking import Done, Outcome, Question
from queue_server.pads.faces import Face, Refused
from queue_server.pads.health import Health, Standing
from queue_server.pads.heard import (
    Accepted,
    Heard,
    LineSeen,
    Pressed,
    Rated,
    Rejected,
    Seen,
)
from queue_server.pads.line import Line
from queue_server.pads.presses import Lives
from queue_server.pads.questions import question_of
from queue_server.pads.refusals import NO_SERVER, TOO_LATE, digits, words
from queue_server.pads.server_side import ServerSide, Told
from queue_server.pads.setup import LineSetup, NoSuchLine, Source
from queue_server.pads.showing import Showing
from queue_server.pads.waiting import Absences
from queue_server.pads.words import say_in
from queue_server.wire.devices import DeviceReport
from queue_server.wire.pads import PadSections

log = structlog.get_logger("pads.program")


class Program:
    """One line's program, until `stop`.  `state_dir` holds what must survive a kill."""

    def __init__(self, source: Source, setup: LineSetup, server: str, state_dir: Path) -> None:
        self._source = source
        self.setup = setup
        self._server = server
        self._say = say_in(source.language)
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lives = Lives(state_dir / f"{setup.id}.presses.json")
        self._alive = AliveMark(state_dir / f"{setup.id}.alive")
        self._absences = Absences()
        self.health = Health(setup)
        self._showing = Showing(setup.stands, self._say, time.monotonic())
        self._shown: dict[str, Face] = {}
        self.is_connected = False
        self.has_failed = False
        self.server_version: str | None = None
        self._tried_version: str | None = setup.version
        self._is_reading = False
        self._questions: dict[str, Question] = {}
        self.line = self._new_line()
        self._side = self._new_side()

    # --- from other threads -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve the line until `stop`."""
        self._mind_absence()
        self.line.start()
        self._side.start()
        try:
            while True:
                try:
                    action = self._inbox.get(timeout=self._idle_s())
                except queue.Empty:
                    action = _nothing
                if action is None:
                    return
                self._do(action)
        finally:
            self._end()

    def stop(self) -> None:
        """End `run`; for any thread."""
        self._inbox.put(None)

    def thread_died(self, what: threading.ExceptHookArgs) -> None:
        """A bug ended a thread: end the whole program, for whoever watches it to start anew; pads tell again."""
        cause = what.exc_value
        log.error("a thread died", thread=getattr(what.thread, "name", ""), exc_info=cause)
        self.has_failed = True
        self.stop()

    @property
    def unanswered(self) -> int:
        """How many presses are on their way."""
        return len(self._questions)

    @property
    def in_doubt(self) -> int:
        """How many presses were given up whose fate is not known yet."""
        return self._side.in_doubt

    def configured(self, device: str, crc: int) -> None:
        """A device was given another configuration a moment ago."""
        self._post(lambda: self._tell(self.health.configured(device, f"{crc:04X}")))

    def _post(self, action: Callable[[], None]) -> None:
        self._inbox.put(action)

    # --- the loop ---------------------------------------------------------------------------------------------------

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
            self._show()
            self._alive.note(time.monotonic())
        except Exception:
            # A bug must not take the other pads of the hall with it.
            log.exception("something went wrong", action=str(action))

    def _idle_s(self) -> float:
        now = time.monotonic()
        at_s = self._showing.next_change_s(now)
        due_s = self._alive.due_s if at_s is None else min(at_s, self._alive.due_s)
        return max(0.0, due_s - now)

    def _show(self) -> None:
        for device, face in self._showing.faces(time.monotonic()).items():
            if self._shown.get(device) != face:
                self._shown[device] = face
                self.line.show(device, face)

    def _mind_absence(self) -> None:
        """Keys may have waited in the pads for as long as this program was not there."""
        absent_s, now = self._alive.absent_s(), time.monotonic()
        for device in self.setup.stands if absent_s is not None else ():
            self._absences.gone(device, now - (absent_s or 0.0))

    # --- what the line hears ----------------------------------------------------------------------------------------

    def _heard(self, heard: Heard) -> None:
        now = time.monotonic()
        match heard:
            case Pressed() | Rated():
                self._ask(heard, now)
            case Seen():
                if heard.state == "offline":
                    self._absences.gone(heard.device, now)
                else:
                    self._absences.back(heard.device, now)
                self._tell(self.health.saw(heard))
            case LineSeen():
                # Each device is back when it is heard itself, which on a full line takes seconds.
                for device in self.setup.stands if heard.state == "offline" else ():
                    self._absences.gone(device, now)
                self._tell(self.health.saw_line(heard))
            case _:
                assert_never(heard)

    def _ask(self, heard: Pressed | Rated, now: float) -> None:
        question = question_of(heard, self._lives, now)
        if heard.sequence is not None and self._absences.is_stale(heard.device, now):
            log.warning("pressed too long ago", device=heard.device)
            self._settle(question, asking.Refused(TOO_LATE))
            return
        self._questions[question.press_id] = question
        self._side.ask(question)

    def _settle(self, question: Question, outcome: Outcome) -> None:
        now, device = time.monotonic(), question.device
        self._questions.pop(question.press_id, None)
        match outcome:
            case Done():
                self.line.settle(question.press_id, Accepted())
                self._showing.accept(device, now)
            case asking.Refused(code, details, in_doubt):
                shown = digits(code)
                self.line.settle(question.press_id, Rejected(shown))
                self._showing.refuse(device, Refused(shown, words(code, details, self._say)), now)
                if in_doubt is not None and question.path.startswith("pads/"):
                    self._side.doubt(device, in_doubt)
            case _:
                assert_never(outcome)
        # Settling wrote a code or took one away: what stands there is not what was shown last.
        self._shown.pop(device, None)

    def _fate_known(self, device: str, is_done: bool) -> None:
        if is_done:
            self._showing.accept_late(device, time.monotonic())

    # --- what the server says ---------------------------------------------------------------------------------------

    def _sections(self, sections: Mapping[str, Any]) -> None:
        try:
            told = PadSections.model_validate(sections)
        except ValidationError as fault:
            # A newer server: what was shown before is shown until it says something readable.
            log.error("sections unreadable", cause=str(fault.errors()[0]))
            return
        self._showing.tell({view.counter: view for view in told.counters})
        if not self.is_connected or told.configuration.version != self.server_version:
            # Another branch file: it may know devices now of which it would not hear before.
            self.is_connected = True
            self._side.reconnected()
        self.server_version = told.configuration.version
        if self.server_version not in (self.setup.version, self._tried_version):
            self._tried_version, self._is_reading = self.server_version, True
            threading.Thread(target=self._reread, name="pads setup", daemon=True).start()
        self._compare()

    def _lost(self) -> None:
        if self.is_connected:
            log.warning("server lost", server=self._server)
        self.is_connected = False
        self._showing.lose(time.monotonic())

    # --- another branch file ----------------------------------------------------------------------------------------

    def _compare(self) -> None:
        """Whether line and server run the same branch file; while it is being read nobody can say."""
        if self.server_version is not None and not self._is_reading:
            self._tell(self.health.serves(self.server_version))

    def _reread(self) -> None:
        """On a thread of its own: reading and checking takes a moment in which keys are pressed."""
        try:
            setup = self._source.load()
        except BranchFileRefused as fault:
            problem = str(fault).splitlines()[0]
        except (NoSuchLine, OSError) as fault:
            problem = str(fault)
        else:
            self._post(lambda: self._use(setup))
            return
        log.error("branch file refused, the old one stays", cause=problem)
        self._post(lambda: self._keep(problem))

    def _keep(self, problem: str) -> None:
        self._is_reading = False
        self._tell(self.health.refused(problem))
        self._compare()

    def _use(self, setup: LineSetup) -> None:
        before, self.setup = self.setup, setup
        self._is_reading = False
        log.info("branch file", version=setup.version, before=before.version)
        self._showing.install(setup.stands)
        if setup.wire != before.wire:
            # A press not settled on the old line is told again by the new one, with the id it has.
            self.line.stop()
            self.line = self._new_line()
            self._shown.clear()
            self.line.start()
        if setup.token != before.token:
            asked = tuple(self._questions.values())
            self._side.stop()
            self.is_connected = False
            self._side = self._new_side()
            self._side.start()
            # Behind the answers that came in the last moment.
            self._post(lambda: self._give_up(asked))
        self._tell(self.health.install(setup))
        self._compare()

    def _give_up(self, questions: Sequence[Question]) -> None:
        """Nobody asks these any more; a pad that waits for a word takes no other key until it comes."""
        for question in questions:
            if self._questions.get(question.press_id) is question:
                self._settle(question, asking.Refused(NO_SERVER))

    # --- making and ending ------------------------------------------------------------------------------------------

    def _new_line(self) -> Line:
        wire = self.setup.wire
        return Line(
            wire.port, wire.serial, wire.devices, lambda heard: self._post(lambda: self._heard(heard))
        )

    def _new_side(self) -> ServerSide:
        told = Told(
            sections=lambda sections: self._post(lambda: self._sections(sections)),
            lost=lambda: self._post(self._lost),
            settled=lambda question, outcome: self._post(lambda: self._settle(question, outcome)),
            fate_known=lambda device, is_done: self._post(lambda: self._fate_known(device, is_done)),
        )
        return ServerSide(self._server, self.setup.token, told, self._new_id, self._answering)

    def _end(self) -> None:
        self._side.stop()
        # What was answered in the last moment is still told to its pad.
        while not self._inbox.empty():
            action = self._inbox.get()
            if action is not None:
                self._do(action)
        self._alive.note(time.monotonic(), is_last=True)
        self.line.stop()

    def _answering(self) -> Sequence[str]:
        return (self.setup.id, *self.line.answering())

    def _tell(self, standings: Sequence[Standing]) -> None:
        for one in standings:
            self._side.tell(DeviceReport(command_id=self._new_id(), **asdict(one)))

    def _new_id(self) -> str:
        return f"{self.setup.id}-{secrets.token_hex(12)}"


def _nothing() -> None:
    """Time has passed."""
