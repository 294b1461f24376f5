"""One RS-485 line: a thread that owns its serial port, for ever, whatever becomes of the adapter.

It says what it hears by calling `heard` on its own thread, which must not block, and takes faces, verdicts and
configuration blocks from any thread.  What goes over the wire when is the session's business; this opens and reopens the port.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, cast, get_args

from firmware_config.pad_profile import Baud
from firmware_config.printer_profile import SerialLine
from printer.transport import PortLost, PortStalled, SerialPort
from queue_server.pads import jobs
from queue_server.pads.drivers import driver_of
from queue_server.pads.exchange import Driver
from queue_server.pads.faces import Face
from queue_server.pads.heard import Heard, Installed, LineSeen, PadFault, Verdict
from queue_server.pads.jobs import Job
from queue_server.pads.session import Session

_LOOK_S: Final = 0.5
"""How long the session may go on before the line looks at its speed."""

_REOPEN_S: Final = (0.25, 0.5, 1.0, 2.0)
_TRY_SPEED_S: Final = 1.0
_TRIED_DEVICES: Final = 3
_BAUDS: Final = cast("tuple[int, ...]", get_args(Baud))


class Line:
    """The devices on one port.  `start` once, `stop` once; everything else from any thread, before, between and after.

    A press is told at once and once; `settle` says what became of it.  `show` gives a device its whole face: the
    newest wins, and it is shown again after the device or the adapter was away.
    """

    def __init__(
        self,
        port: str,
        serial: SerialLine,
        devices: Sequence[Installed],
        heard: Callable[[Heard], None],
        day: Callable[[], str] = lambda: date.today().strftime("%Y%m%d"),
    ) -> None:
        self._name = port
        self._serial = serial
        self._devices = tuple(devices)
        self._heard = heard
        self._day = day
        self._port = SerialPort(port, serial)
        self._start, self._presses = secrets.token_hex(4), count(1)
        self._drivers = {device.id: self._driver(device) for device in devices}
        self._session = Session(self._port, serial, tuple(self._drivers.values()), heard)
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._thread = Thread(target=self._run, name=f"pad line {port}", daemon=True)
        self._is_stopping = False
        self._is_open = False
        self._seen: LineSeen | None = None
        self._tried_at = 0.0
        self._untried: list[int] = []
        self._found_baud: int | None = None

    # --- for everybody ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; the port need not be there yet."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the wire and the port."""
        self._is_stopping = True
        self._port.wake()
        self._thread.join()
        self._port.discard()

    def show(self, device: str, face: Face) -> None:
        """What `device` is to show.  Raises KeyError for a device that is not on this line."""
        driver = self._drivers[device]
        self._post(lambda: driver.show(face))

    def settle(self, press_id: str, verdict: Verdict) -> None:
        """What became of a press: the device is told, and takes the next.  Unknown ids are ignored."""
        self._post(lambda: self._settle(press_id, verdict))

    def configure(self, device: str, block: bytes) -> Future[int]:
        """Have `device` run the 126 bytes of `block`; gives their checksum as the device tells it afterwards.

        The future raises `jobs.NoAnswer` or `jobs.NotTaken`.  Raises ValueError for a device that cannot be configured.
        """
        return self._job(device, jobs.configure(self._address(device), block))

    def read_config(self, device: str) -> Future[bytes]:
        """The 126 bytes `device` runs; faults as with `configure`."""
        return self._job(device, jobs.read_config(self._address(device)))

    def answering(self) -> tuple[str, ...]:
        """The devices that are there: they answered when they were last asked."""
        return tuple(name for name, driver in self._drivers.items() if driver.is_there and self._is_open)

    def asked(self, device: str) -> int:
        """How often `device` has been asked or told anything: on a quiet line the pace of the polls."""
        return self._session.asked[device]

    # --- on the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        failed = 0
        while not self._is_stopping:
            try:
                self._port.open()
                failed, self._is_open = 0, True
                self._tell_line("online")
                self._serve()
            except (PortLost, PortStalled) as fault:
                self._lose(fault)
                self._port.pause(_REOPEN_S[min(failed, len(_REOPEN_S) - 1)])
                self._drain()
                failed += 1
        self._is_open = False
        self._port.close()
        self._fail_jobs("the line was stopped")

    def _serve(self) -> None:
        look_at = time.monotonic() + _LOOK_S
        while not self._is_stopping:
            self._drain()
            now = time.monotonic()
            if now >= look_at:
                look_at = now + _LOOK_S
                self._mind_speed(now)
            self._session.turn(look_at)

    def _lose(self, fault: PortLost | PortStalled) -> None:
        self._is_open = False
        self._port.close()
        self._session.relieve()
        for driver in self._drivers.values():
            driver.lost()
        self._fail_jobs(str(fault))
        self._tell_line("offline", "unplugged", str(fault))

    def _drain(self) -> None:
        try:
            while True:
                self._inbox.get_nowait()()
        except Empty:
            return

    def _post(self, action: Callable[[], None]) -> None:
        self._inbox.put(action)
        self._port.wake()

    def _settle(self, press_id: str, verdict: Verdict) -> None:
        for driver in self._drivers.values():
            driver.settle(press_id, verdict)

    def _job(self, device: str, steps: jobs.Steps) -> Future[Any]:
        job = Job(device, steps)
        self._post(lambda: self._begin(job))
        return job.future

    def _begin(self, job: Job) -> None:
        if not self._is_open:
            job.fail(jobs.NoAnswer(f"{self._name} is not open"))
            return
        self._session.jobs.append(job)
        # The session begins each of the others when the one before it is done.
        if len(self._session.jobs) == 1:
            job.begin()

    def _fail_jobs(self, words: str) -> None:
        while self._session.jobs:
            self._session.jobs.popleft().fail(jobs.NoAnswer(words))

    def _address(self, device: str) -> int:
        installed = self._drivers[device].installed
        if not installed.profile.has_config:
            raise ValueError(f"{device} ({installed.profile.name}) holds no configuration")
        return installed.address

    def _driver(self, installed: Installed) -> Driver:
        return driver_of(installed, self._day, lambda: f"{self._start}.{next(self._presses)}")

    def _tell_line(self, state: str, fault: PadFault | None = None, detail: str = "") -> None:
        seen = LineSeen(state, fault, detail)  # type: ignore[arg-type]
        # Other words for the same are no news: an adapter that stays away is tried again and again.
        if self._seen is None or (self._seen.state, self._seen.fault) != (seen.state, seen.fault):
            self._seen = seen
            self._heard(seen)

    # --- another speed ----------------------------------------------------------------------------------------------

    def _mind_speed(self, now: float) -> None:
        """With nobody answering, ask at other speeds: devices set to one say nothing at ours."""
        speed = self._session.speed
        if speed.is_sound:
            self._found_baud, self._untried = None, []
            self._tell_line("online")
            return
        if not (speed.is_silent or speed.is_garbage):
            return
        if self._found_baud is None and now - self._tried_at >= _TRY_SPEED_S:
            self._found_baud = self._try_next_speed()
            self._tried_at = time.monotonic()
        if self._found_baud is not None:
            words = f"devices answer at {self._found_baud} baud; the line is set to {self._serial.baud}"
            self._tell_line("fault", "wrong_speed", words)
        elif speed.is_garbage:
            self._tell_line("fault", "wrong_speed", f"only garbage comes at {self._serial.baud} baud")

    def _try_next_speed(self) -> int | None:
        """One other speed, a few devices: a moment in which nobody could be heard anyway."""
        if not self._untried:
            self._untried = [baud for baud in _BAUDS if baud != self._serial.baud]
        baud = self._untried.pop()
        serial = self._serial.model_copy(update={"baud": baud})
        drivers = [self._driver(device) for device in self._devices[:_TRIED_DEVICES]]
        self._port.close()
        port = SerialPort(self._name, serial)
        try:
            port.open()
            session = Session(port, serial, drivers, lambda _: None)
            for _ in drivers:
                session.turn(time.monotonic())
            return baud if session.speed.is_sound else None
        finally:
            port.discard()
            self._port.open()
