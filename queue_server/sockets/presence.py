"""A device is online while its socket lives, and while it is heard of (H1).  A blink is not a fault.

Two signs of life are watched, and each loss is reported once, whichever of the two is missed first:

* the **socket** of a kiosk, a display or a pad line: offline is reported a grace after the last one went;
* **heartbeats** (`heard`), once a device has begun to send them: a pad line is offline after 5 s without one, any
  other device after 30 s.  What hangs on a line that is gone is not reported as well: the line's fault is theirs.

A line tells by itself, within 5 s, which of its pads do not answer; the heartbeats of pads are only the net below
that, for a line's program that lives and has forgotten a pad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from uuid import uuid4

import gevent
import structlog

from queue_server.domain.actors import SYSTEM
from queue_server.domain.commands import ReportDevice
from queue_server.errors import Fault, Refusal
from queue_server.service import BranchService

log = structlog.get_logger("queue_server.sockets")

GRACE_S = 5.0
"""With pings every 10 s and 10 s to answer, a device that was unplugged is offline within 25 s."""

RETURN_S = 30.0
"""After a start: how long devices that were online have to come back."""

SILENT_LINE_S = 5.0
SILENT_S = 30.0
"""H1: so long after its last heartbeat a pad line, and any other device, is offline."""

LOOK_S = 0.5
"""How often the heartbeats are looked at."""

KINDS = frozenset({"kiosk", "lobby_display", "pad_line"})
"""Devices with a socket of their own; what hangs on them they report themselves."""


@dataclass(slots=True)
class _Beat:
    """The last heartbeat of a device: when by a clock nobody sets, and when by the branch's."""

    heard: float
    at: datetime
    is_overdue: bool = False


class Presence:
    """Counts the sockets of each device, remembers its heartbeats, and reports the first sign of life and the last."""

    def __init__(
        self,
        service: BranchService,
        grace_s: float = GRACE_S,
        return_s: float = RETURN_S,
        silent_line_s: float = SILENT_LINE_S,
        silent_s: float = SILENT_S,
    ) -> None:
        self._service = service
        self._grace_s = grace_s
        self._return_s = return_s
        self._silent_line_s = silent_line_s
        self._silent_s = silent_s
        self._sockets: Counter[str] = Counter()
        self._beats: dict[str, _Beat] = {}
        self._last_signs: dict[str, datetime] = {}
        self._is_stopped = False
        self._greenlets: set[gevent.Greenlet[..., None]] = set()

    def start(self) -> None:
        """Devices that do not come back after a restart of the server are offline; heartbeats are watched."""
        for report in self._service.day.devices.values():
            if report.kind in KINDS and report.state == "online":
                self._later(self._return_s, report.device, report.kind)
        self._keep(gevent.spawn(self._watch))

    def stop(self) -> None:
        """The server goes, not the devices: report nothing more."""
        self._is_stopped = True
        for greenlet in list(self._greenlets):
            greenlet.kill()

    # --- signs of life ---------------------------------------------------------------------------------------------

    def came(self, device: str, kind: str) -> None:
        """A socket of the device was accepted."""
        self._sockets[device] += 1
        self._last_signs[device] = self._service.now()
        self._spawn(0.0, self._report_online, device, kind)

    def went(self, device: str, kind: str) -> None:
        """A socket of the device is gone."""
        self._sockets[device] -= 1
        self._last_signs[device] = self._service.now()
        if not self._is_stopped and self._sockets[device] <= 0:
            self._later(self._grace_s, device, kind)

    def heard(self, devices: Iterable[str]) -> datetime:
        """Heartbeats of devices the branch has; returns the branch's time they were heard at."""
        at, now = self._service.now(), monotonic()
        for device in devices:
            beat = self._beats.get(device)
            if beat is None:
                self._beats[device] = _Beat(now, at)
                continue
            was_overdue = beat.is_overdue
            beat.heard, beat.at, beat.is_overdue = now, at, False
            if was_overdue:
                self._spawn(0.0, self._report_heard, device, self._kind_of(device) or "")
        return at

    def reported(self, device: str) -> None:
        """Somebody told of the device just now: a sign of life that starts no watch."""
        self._last_signs[device] = self._service.now()
        beat = self._beats.get(device)
        if beat is not None:
            beat.heard, beat.at = monotonic(), self._last_signs[device]

    def last_heard(self, device: str) -> datetime | None:
        """The last sign of life since the start: the last heartbeat or report, or now while a socket lives.

        Where there are heartbeats they count: a program whose screen stands still keeps its socket.
        """
        beat, sign = self._beats.get(device), self._last_signs.get(device)
        if beat is None and self._sockets[device] > 0:
            return self._service.now()
        if beat is None or (sign is not None and sign > beat.at):
            return sign
        return beat.at

    def forget(self, devices: Iterable[str]) -> None:
        """These devices are no longer the branch's."""
        for device in devices:
            self._beats.pop(device, None)
            self._last_signs.pop(device, None)

    # --- heartbeats ------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        looked = monotonic()
        while True:
            gevent.sleep(LOOK_S)
            now = monotonic()
            if now - looked > 2 * LOOK_S:
                # This process was held up itself: heartbeats may lie in its sockets, unread.  Look at them first.
                looked = now
                continue
            looked = now
            try:
                self._look(now)
            except Exception:
                log.exception("heartbeats not looked at")

    def _look(self, now: float) -> None:
        for device, beat in list(self._beats.items()):
            kind = self._kind_of(device)
            limit_s = self._silent_line_s if kind == "pad_line" else self._silent_s
            if kind is None or beat.is_overdue or now - beat.heard <= limit_s:
                continue
            if self._is_covered(device):
                # Nobody could hear it: it has its whole time again once that one is back.
                beat.heard = now
                continue
            beat.is_overdue = True
            self._report_silent(device, kind)

    def _is_covered(self, device: str) -> bool:
        """It hangs on something that is offline itself: that one's fault says it all."""
        configured = self._service.branch.device_by_code[device]
        holder = None if configured.part_of is None else self._service.day.devices.get(configured.part_of)
        beat = self._beats.get(configured.part_of or "")
        return (holder is not None and holder.state == "offline") or (beat is not None and beat.is_overdue)

    def _kind_of(self, device: str) -> str | None:
        configured = self._service.branch.device_by_code.get(device)
        return None if configured is None else configured.kind

    # --- reports ---------------------------------------------------------------------------------------------------

    def _later(self, delay_s: float, device: str, kind: str) -> None:
        self._spawn(delay_s, self._report_offline, device, kind)

    def _spawn(self, delay_s: float, function: Callable[[str, str], None], device: str, kind: str) -> None:
        self._keep(gevent.spawn_later(delay_s, function, device, kind))

    def _keep(self, greenlet: gevent.Greenlet[..., None]) -> None:
        self._greenlets.add(greenlet)
        greenlet.link(self._greenlets.discard)

    def _report_online(self, device: str, kind: str) -> None:
        known = self._service.day.devices.get(device)
        beat = self._beats.get(device)
        if beat is not None and beat.is_overdue:
            # Its program is connected and stands still: only a heartbeat says that it is well.
            return
        # A fault the device told of itself is not over because its socket came back.
        if self._sockets[device] > 0 and (known is None or known.state == "offline"):
            self._dispatch(ReportDevice(device, kind, "online"))

    def _report_offline(self, device: str, kind: str) -> None:
        known = self._service.day.devices.get(device)
        if self._sockets[device] <= 0 and (known is None or known.state != "offline"):
            self._dispatch(ReportDevice(device, kind, "offline", "no_connection"))

    def _report_silent(self, device: str, kind: str) -> None:
        known = self._service.day.devices.get(device)
        if known is None or known.state != "offline":
            self._dispatch(ReportDevice(device, kind, "offline", "not_heard"))

    def _report_heard(self, device: str, kind: str) -> None:
        # Only what this watch said is taken back: a pad that its line calls silent is the line's to call back.
        known = self._service.day.devices.get(device)
        if known is not None and (known.state, known.fault) == ("offline", "not_heard"):
            self._dispatch(ReportDevice(device, kind, "online"))

    def _dispatch(self, command: ReportDevice) -> None:
        if command.device not in self._service.branch.device_by_code:
            return
        try:
            self._service.dispatch(command, f"presence:{uuid4().hex}", SYSTEM)
        except (Refusal, Fault) as no:
            log.error("device not reported", device=command.device, state=command.state, code=no.code)
