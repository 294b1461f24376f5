"""Tells the server how a program's devices stand, when that changes, and every few seconds which of them are there (H1).

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

HEARD_EVERY_S = 5.0
"""A device is missed after 30 s: five beats may be lost."""

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0

# A token that was mistyped or not enrolled yet will be put right; the report must still be there then.
_KEPT_WHEN_REFUSED = frozenset({401, 403})

log = structlog.get_logger("feed.devices")


class DeviceReports:
    """`new_id` makes a command id nobody used; `there` names the devices that are there now, and may take its time.

    `there` is called on the thread of this object, which is started by `start`.
    """

    def __init__(
        self,
        client: Client,
        new_id: Callable[[], str],
        there: Callable[[], Sequence[str]],
        heard_every_s: float = HEARD_EVERY_S,
    ) -> None:
        self._client = client
        self._new_id = new_id
        self._there = there
        self._heard_every_s = heard_every_s
        self._changed = threading.Condition()
        self._standing: dict[str, DeviceReport] = {}
        self._untold: dict[str, DeviceReport] = {}
        self._not_ours: set[str] = set()
        self._is_urged = False
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="device reports", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def tell(self, report: DeviceReport) -> None:
        """Tell how a device stands; takes the place of a word not told yet, and is not told when it is no news."""
        with self._changed:
            before = self._standing.get(report.device)
            if before is not None and _facts(before) == _facts(report):
                return
            self._standing[report.device] = self._untold[report.device] = report
            self._changed.notify()

    def reconnected(self) -> None:
        """The server can be reached (again), perhaps one that was restored from a backup: tell it everything."""
        with self._changed:
            self._not_ours.clear()
            # Under new ids: the server's memory of an earlier word must not answer for this one.
            self._untold = {
                device: report.model_copy(update={"command_id": self._new_id()})
                for device, report in self._standing.items()
            }
            self._is_urged = True
            self._changed.notify()

    def stop(self) -> None:
        """End the thread, soon; what the server did not take by now is not sent."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()

    def _run(self) -> None:
        beat_at, pause_s = time.monotonic(), FIRST_PAUSE_S
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._is_stopped or bool(self._untold), max(0.0, beat_at - time.monotonic())
                )
                if self._is_stopped:
                    break
                self._is_urged = False
            is_through = self._tell_all()
            if time.monotonic() >= beat_at:
                is_through = self._beat() and is_through
                beat_at = time.monotonic() + self._heard_every_s
            if is_through:
                pause_s = FIRST_PAUSE_S
                continue
            with self._changed:
                self._changed.wait_for(
                    lambda: self._is_stopped or self._is_urged, pause_s * random.uniform(0.5, 1.0)
                )
            # Never so long that a server that is back misses the devices.
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
        self._client.close()

    def _tell_all(self) -> bool:
        """Tell what there is to tell; False when something must be told again later."""
        with self._changed:
            reports = list(self._untold.values())
        is_through = True
        for report in reports:
            match self._client.post("devices/state", report.model_dump_json()):
                case NoAnswer(cause):
                    log.debug("report waits", device=report.device, cause=cause)
                    return False
                case Refusal(status, code):
                    log.error("report refused", device=report.device, status=status, code=code)
                    if status in _KEPT_WHEN_REFUSED:
                        is_through = False
                        continue
                case Answered():
                    log.info("reported", device=report.device, state=report.state, fault=report.fault)
            with self._changed:
                if self._untold.get(report.device) is report:
                    del self._untold[report.device]
        return is_through

    def _beat(self) -> bool:
        """Say which devices are there; False when nobody heard it."""
        there = [device for device in self._there() if device not in self._not_ours]
        answer = self._heard(there)
        if not isinstance(answer, Refusal):
            return isinstance(answer, Answered)
        # One the server does not let us speak for takes the whole list with it: find out which.
        for device in there:
            if isinstance(refusal := self._heard([device]), Refusal):
                log.error("heartbeat refused", device=device, status=refusal.status, code=refusal.code)
                self._not_ours.add(device)
        return True

    def _heard(self, devices: Sequence[str]) -> Answered | Refusal | NoAnswer:
        if self._is_stopped or not devices:
            return Answered("")
        return self._client.post("devices/heard", HeardReport(devices=list(devices)).model_dump_json())


def _facts(report: DeviceReport) -> DeviceReport:
    return report.model_copy(update={"command_id": ""})
