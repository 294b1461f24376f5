"""A device is online while its socket lives (H1).  A blink is not a fault: offline is reported after a grace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
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

KINDS = frozenset({"kiosk", "lobby_display"})
"""Devices with a socket of their own; what hangs on them they report themselves."""


class Presence:
    """Counts the sockets of each device and reports the first and the last."""

    def __init__(self, service: BranchService, grace_s: float = GRACE_S, return_s: float = RETURN_S) -> None:
        self._service = service
        self._grace_s = grace_s
        self._return_s = return_s
        self._sockets: Counter[str] = Counter()
        self._is_stopped = False
        self._greenlets: set[gevent.Greenlet[..., None]] = set()

    def start(self) -> None:
        """Devices that do not come back after a restart of the server are offline."""
        for report in self._service.day.devices.values():
            if report.kind in KINDS and report.state == "online":
                self._later(self._return_s, report.device, report.kind)

    def stop(self) -> None:
        """The server goes, not the devices: report nothing more."""
        self._is_stopped = True
        for greenlet in list(self._greenlets):
            greenlet.kill()

    def came(self, device: str, kind: str) -> None:
        """A socket of the device was accepted."""
        self._sockets[device] += 1
        self._spawn(0.0, self._report_online, device, kind)

    def went(self, device: str, kind: str) -> None:
        """A socket of the device is gone."""
        self._sockets[device] -= 1
        if not self._is_stopped and self._sockets[device] <= 0:
            self._later(self._grace_s, device, kind)

    def _later(self, delay_s: float, device: str, kind: str) -> None:
        self._spawn(delay_s, self._report_offline, device, kind)

    def _spawn(self, delay_s: float, function: Callable[[str, str], None], device: str, kind: str) -> None:
        greenlet = gevent.spawn_later(delay_s, function, device, kind)
        self._greenlets.add(greenlet)
        greenlet.link(self._greenlets.discard)

    def _report_online(self, device: str, kind: str) -> None:
        known = self._service.day.devices.get(device)
        # A fault the device told of itself is not over because its socket came back.
        if self._sockets[device] > 0 and (known is None or known.state == "offline"):
            self._dispatch(ReportDevice(device, kind, "online"))

    def _report_offline(self, device: str, kind: str) -> None:
        known = self._service.day.devices.get(device)
        if self._sockets[device] <= 0 and (known is None or known.state != "offline"):
            self._dispatch(ReportDevice(device, kind, "offline", "no_connection"))

    def _dispatch(self, command: ReportDevice) -> None:
        try:
            self._service.dispatch(command, f"presence:{uuid4().hex}", SYSTEM)
        except (Refusal, Fault) as no:
            log.error("device not reported", device=command.device, state=command.state, code=no.code)
