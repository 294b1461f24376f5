"""One open port and the devices behind it, one exchange after the other.

Who speaks next: an answer to a press; what a device shows whose key was just pressed; then polls, whose turn has been
due longest, with at most one display or one piece of a job between two of them.  So a full line is polled at the speed
of the wire, a press is answered within one exchange, and nobody is forgotten.  Screens and evaluators are shown what is
theirs before the pads of others are told how many wait.

It opens no port and starts no thread; a lost port ends it with `PortLost`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from firmware_config.printer_profile import SerialLine
from printer.transport import BytePort
from queue_server.pads.exchange import Driver, Exchange, Outcome, asking
from queue_server.pads.ff68 import Frame
from queue_server.pads.heard import Heard
from queue_server.pads.jobs import Job
from queue_server.pads.modbus import Answer
from queue_server.pads.sifter import Sifter
from queue_server.pads.watch import AddressWatch, SpeedWatch

Clock = Callable[[], float]

_SILENCE: Final = 3.5
"""Bytes of silence that end a Modbus frame; fixed at 1.75 ms above 19200 baud (Modbus over serial line 1.02, 2.5.1.1)."""

_SHORTEST_SILENCE_S: Final = 0.00175
_MIDWAY_S: Final = 0.03
"""Between two bytes of one frame; a USB adapter hands them over every 16 ms."""

_LONGEST_CHATTER_S: Final = 0.5
"""No frame is that long: something on the wire never stops, and it is spoken into, so that it comes to light."""

_LISTENS: Final = 5.0
_LISTENS_S: Final = 0.0045
_SPREAD: Final = 5.0
_ADAPTER_S: Final = 0.006
_PAUSE_EVERY_S: Final = 0.12
"""An FF 68 pad listens before it talks, five bytes or 4.5 ms and a few bytes more by chance: longer than a Modbus
device takes to answer.  On a line that is never silent it would have to talk into somebody's frame, so now and then the
line is silent for that long, and for the time an adapter takes to tell that somebody began."""

_PATIENCE: Final = 2.0
_PATIENCE_S: Final = 0.25
_PATIENT_AFTER: Final = 2
"""A device that missed twice is given twice the time at the next question, up to this; one that answers late keeps
what it needs, half as much again."""

_JOB_EVERY: Final = 2
_PADS_EVERY: Final = 10
"""Polls between two pieces of a job, and between two pads that are told something nobody asked for: a call changes
how many wait on every pad of the line, and no press must wait for that.  So those counts take a tenth of the line; a
pad that is dark comes first."""


class Session:
    """Talks to `drivers` through `port`; `tell` hears of presses and states."""

    def __init__(
        self,
        port: BytePort,
        serial: SerialLine,
        drivers: Sequence[Driver],
        tell: Callable[[Heard], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self._port = port
        self._byte_s = serial.byte_s
        self._gap_s = max(_SILENCE * serial.byte_s, _SHORTEST_SILENCE_S)
        self._drivers = tuple(drivers)
        self._at: dict[int, Driver] = {driver.installed.address: driver for driver in drivers}
        self._by_id = {driver.installed.id: driver for driver in drivers}
        self._tell = tell
        self._clock = clock
        self._sifter = Sifter()
        self._watches = {driver.installed.id: AddressWatch() for driver in drivers}
        self.speed = SpeedWatch()
        self.jobs: deque[Job] = deque()
        self._within_s = {
            driver.installed.id: driver.installed.profile.answer_within_ms / 1000 for driver in drivers
        }
        self._missed = dict.fromkeys(self._within_s, 0)
        self._quiet_at = 0.0
        self._heard_at = 0.0
        self._spoke_at = 0.0
        self._paused_at = 0.0
        self._pause_s = self._pause(serial.byte_s)
        self._last_shown = 0
        self._is_polls_turn = True
        self._polls_since_job = 0
        self._polls_since_pad = 0
        self.asked = dict.fromkeys(self._by_id, 0)
        """How often each device has been asked or told anything."""

    def turn(self, until: float) -> None:
        """One exchange, or listening until somebody is due, at the latest until `until`.  Raises PortLost, PortStalled."""
        now = self._clock()
        self._pass(now)
        driver, exchange = self._next(now)
        if exchange is not None:
            self._exchange(driver, exchange)
            return
        due_at = min((driver.due_at(now) for driver in self._drivers), default=until)
        self._listen(max(0.0, min(due_at, until) - now))

    def relieve(self) -> None:
        """The port is gone: forget what was midway."""
        self._sifter.expect(None)
        self._sifter.quiet()
        for watch in self._watches.values():
            watch.forget()

    # --- who is next ------------------------------------------------------------------------------------------------

    def _next(self, now: float) -> tuple[Driver | None, Exchange | None]:
        for driver in self._drivers:
            if (exchange := driver.settling(now)) is not None:
                return driver, exchange
        for driver in self._drivers:
            if driver.is_awaited(now) and (exchange := driver.showing(now)) is not None:
                return driver, exchange
        due = min(self._drivers, key=lambda driver: driver.due_at(now), default=None)
        is_due = due is not None and due.due_at(now) <= now
        if not is_due or not self._is_polls_turn:
            self._is_polls_turn = True
            if (shown := self._show(now, not is_due or self._polls_since_pad >= _PADS_EVERY)) is not None:
                return shown
            if (not is_due or self._polls_since_job >= _JOB_EVERY) and (job := self._job()) is not None:
                return job
        if due is None or not is_due:
            return None, None
        self._is_polls_turn = False
        self._polls_since_job += 1
        self._polls_since_pad += 1
        return due, due.poll(now)

    def _show(self, now: float, with_pads: bool) -> tuple[Driver, Exchange] | None:
        count = len(self._drivers)
        turns = [self._drivers[(self._last_shown + step) % count] for step in range(1, count + 1)]
        for driver in sorted(turns, key=lambda driver: driver.installed.profile.role == "call_pad"):
            is_pad = driver.installed.profile.role == "call_pad"
            if is_pad and not with_pads and not driver.is_dark:
                continue
            if (exchange := driver.showing(now)) is not None:
                self._last_shown = self._drivers.index(driver)
                self._polls_since_pad = 0 if is_pad else self._polls_since_pad
                return driver, exchange
        return None

    def _job(self) -> tuple[Driver | None, Exchange] | None:
        while self.jobs:
            question = self.jobs[0].question
            if question is None:
                self.jobs.popleft()
                if self.jobs:
                    self.jobs[0].begin()
                continue
            self._polls_since_job = 0
            return None, asking("job", question)
        return None

    # --- one exchange -----------------------------------------------------------------------------------------------

    def _exchange(self, driver: Driver | None, exchange: Exchange) -> None:
        self._settle_down()
        self._tell_all(self._sifter.expect(exchange.question))
        self._port.write(exchange.data)
        if driver is not None:
            self.asked[driver.installed.id] += 1
        free_at = self._spoke_at = self._port.wire_free_at
        answers: list[Answer] = []
        heard_bytes = b""
        is_echoed = False
        if exchange.question is None and exchange.echo is None:
            self._quiet_at = free_at + self._gap_s
        else:
            device = driver.installed.id if driver is not None else self.jobs[0].device
            deadline = free_at + self._within_s[device]
            while not answers and not is_echoed and (left := deadline - self._clock()) > 0:
                data = self._port.read(left)
                if not data:
                    continue
                now = self._heard(data)
                heard_bytes += data
                rest = max(0, exchange.answer_bytes - len(heard_bytes))
                deadline = max(deadline, now + rest * self._byte_s + _MIDWAY_S) if rest else deadline
                answers, is_echoed = self._sort(data, exchange)
            self._learn(
                device, bool(answers) or is_echoed, self._heard_at - free_at - len(heard_bytes) * self._byte_s
            )
            # Listen through the silence after a frame: a second answer would come now.
            answers += self._after(exchange, bool(answers))
        outcome = self._outcome(exchange, answers, is_echoed, heard_bytes)
        self._happened(driver, exchange, outcome, answers)

    def _learn(self, device: str, is_answered: bool, took_s: float) -> None:
        """How long this device may take the next time."""
        least_s = self._by_id[device].installed.profile.answer_within_ms / 1000
        self._missed[device] = 0 if is_answered else self._missed[device] + 1
        if is_answered:
            wanted_s = max(least_s, 1.5 * took_s)
        else:
            wanted_s = self._within_s[device] * (_PATIENCE if self._missed[device] >= _PATIENT_AFTER else 1.0)
        self._within_s[device] = min(wanted_s, max(_PATIENCE_S, least_s))

    def _pause(self, byte_s: float) -> float:
        """How long a silence lets FF 68 pads speak; 0 on a line without any."""
        if not any(driver.installed.profile.protocol == "ff68" for driver in self._drivers):
            return 0.0
        return max(_LISTENS * byte_s, _LISTENS_S) + _SPREAD * byte_s + _ADAPTER_S

    def _settle_down(self) -> None:
        """Let the wire be silent for as long as ends a frame, now and then longer, and let whoever speaks finish."""
        patience = self._clock() + _LONGEST_CHATTER_S
        while (now := self._clock()) < patience:
            silent_since = max(self._heard_at, self._spoke_at)
            if now - silent_since >= self._pause_s:
                self._paused_at = now
            is_pause_due = now - self._paused_at >= _PAUSE_EVERY_S
            if self._sifter.is_midway:
                if now - self._heard_at >= _MIDWAY_S:
                    self._sifter.quiet()
                    continue
                self._listen(self._heard_at + _MIDWAY_S - now)
            elif now < self._quiet_at:
                self._listen(self._quiet_at - now)
            elif is_pause_due and self._pause_s:
                self._listen(silent_since + self._pause_s - now)
            else:
                return

    def _listen(self, within_s: float) -> None:
        data = self._port.read(within_s)
        if data:
            self._heard(data)
            before = self._sifter.noise
            self._tell_all(self._sifter.feed(data))
            self.speed.strayed(self._sifter.noise - before)

    def _heard(self, data: bytes) -> float:
        now = self._clock()
        self._heard_at = now
        self._quiet_at = now + self._gap_s
        return now

    def _sort(self, data: bytes, exchange: Exchange) -> tuple[list[Answer], bool]:
        """Answers and the echo go to who asked, everything else to its driver."""
        answers, is_echoed = [], False
        for message in self._sifter.feed(data):
            if isinstance(message, Answer):
                answers.append(message)
            elif message == exchange.echo and not is_echoed:
                is_echoed = True
            else:
                self._frame(message)
        return answers, is_echoed

    def _after(self, exchange: Exchange, is_answered: bool) -> list[Answer]:
        answers: list[Answer] = []
        if is_answered:
            patience = self._clock() + _LONGEST_CHATTER_S
            while (left := min(self._quiet_at, patience) - self._clock()) > 0:
                data = self._port.read(left)
                if data:
                    self._heard(data)
                    answers += self._sort(data, exchange)[0]
        self._tell_all(self._sifter.expect(None))
        return answers

    def _outcome(self, exchange: Exchange, answers: list[Answer], is_echoed: bool, data: bytes) -> Outcome:
        if answers or is_echoed or (exchange.question is None and exchange.echo is None):
            return "answered"
        if not data:
            return "silent"
        begins = exchange.question.begins[:2] if exchange.question is not None else exchange.data[:2]
        return "collided" if begins in data else "garbled"

    # --- what came of it --------------------------------------------------------------------------------------------

    def _happened(
        self, driver: Driver | None, exchange: Exchange, outcome: Outcome, answers: list[Answer]
    ) -> None:
        if driver is None:
            job = self.jobs[0]
            if answers:
                job.answered(answers[0])
            else:
                job.missed()
            return
        if exchange.question is not None or exchange.echo is not None:
            self.speed.saw(outcome, driver.installed.id)
            self._watch(driver, exchange, outcome, len(answers))
        for heard in driver.happened(exchange, outcome, tuple(answers[:1]), self._clock()):
            self._tell(heard)

    def _watch(self, driver: Driver, exchange: Exchange, outcome: Outcome, answers: int) -> None:
        watch = self._watches[driver.installed.id]
        watch.saw(outcome, answers, exchange.answer_bytes)
        others = [
            self._watches[other.installed.id]
            for other in self._drivers
            if other is not driver and not other.is_offline
        ]
        words = watch.verdict(others)
        for heard in driver.suspect("duplicate_address" if words else None, words):
            self._tell(heard)

    def _tell_all(self, messages: Sequence[Frame | Answer]) -> None:
        for message in messages:
            if isinstance(message, Frame):
                self._frame(message)

    def _frame(self, frame: Frame) -> None:
        driver = self._at.get(frame.address)
        if driver is None or driver.installed.profile.protocol != "ff68":
            return
        self.speed.saw("answered")
        for heard in driver.heard(frame, self._clock()):
            self._tell(heard)

    def _pass(self, now: float) -> None:
        for driver in self._drivers:
            for heard in driver.passed(now):
                self._tell(heard)
