"""Tells the server how line and devices stand, when it changes, and every 2 s which of them answer (H1).

Only the newest word about a device is told, and again after each reconnection.  One thread; nobody waits for it.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from queue_server.feed.client import Answered, Client, NoAnswer, Refusal
from queue_server.wire.devices import DeviceReport, HeardReport

HEARD_EVERY_S = 2.0
"""A line is missed after 5 s: two beats may be lost."""

FIRST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 5.0

log = structlog.get_logger("pads.reports")


class Reports:
    """`new_id` makes a command id nobody used; `answering` names line and devices that are there now."""

    def __init__(
        self, client: Client, new_id: Callable[[], str], answering: Callable[[], Sequence[str]]
    ) -> None:
        self._client = client
        self._new_id = new_id
        self._answering = answering
        self._changed = threading.Condition()
        self._standing: dict[str, DeviceReport] = {}
        self._untold: dict[str, DeviceReport] = {}
        self._unknown: set[str] = set()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="pads reports", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def tell(self, report: DeviceReport) -> None:
        """Tell how a device stands, if that is news; takes the place of a word not told yet."""
        with self._changed:
            before = self._standing.get(report.device)
            if before is not None and _facts(before) == _facts(report):
                return
            self._standing[report.device] = self._untold[report.device] = report
            self._changed.notify()

    def reconnected(self) -> None:
        """The server can be reached (again), perhaps another one: tell it how everything stands."""
        with self._changed:
            self._unknown.clear()
            # Under new ids: a repeat of the old ones would tell the server nothing.
            self._untold = {
                device: report.model_copy(update={"command_id": self._new_id()})
                for device, report in self._standing.items()
            }
            self._changed.notify()

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()

    def _run(self) -> None:
        beat_s, pause_s = time.monotonic(), FIRST_PAUSE_S
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._is_stopped or bool(self._untold), max(0.0, beat_s - time.monotonic())
                )
                if self._is_stopped:
                    break
            is_through = self._tell_all()
            if time.monotonic() >= beat_s:
                is_through = self._beat() and is_through
                beat_s = time.monotonic() + HEARD_EVERY_S
            if is_through:
                pause_s = FIRST_PAUSE_S
                continue
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopped, pause_s * random.uniform(0.5, 1.5))
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
        self._client.close()

    def _tell_all(self) -> bool:
        """Tell what there is to tell; False when nobody answered."""
        while True:
            with self._changed:
                report = next(iter(self._untold.values()), None)
            if report is None:
                return True
            match self._client.post("devices/state", report.model_dump_json()):
                case NoAnswer(cause):
                    log.debug("report waits", device=report.device, cause=cause)
                    return False
                case Refusal(status, code):
                    log.error("report refused", device=report.device, status=status, code=code)
            with self._changed:
                if self._untold.get(report.device) is report:
                    del self._untold[report.device]

    def _beat(self) -> bool:
        heard = [device for device in self._answering() if device not in self._unknown]
        match self._client.post("devices/heard", HeardReport(devices=heard).model_dump_json()):
            case Answered():
                return True
            case Refusal(code=code, details=details):
                log.error("heartbeat refused", code=code, details=details)
                # A server with an older branch file refuses the whole list for a device it does not know.
                if code == "unknown_device" and details.get("device") in heard:
                    self._unknown.add(str(details["device"]))
                    return self._beat()
                return True
            case NoAnswer():
                return False


def _facts(report: DeviceReport) -> DeviceReport:
    return report.model_copy(update={"command_id": ""})
