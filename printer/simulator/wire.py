"""The serial cable as a pseudo-terminal with a name, at true speed: ten bits a byte, and back-pressure.

The name is a symlink, as under /dev/serial/by-id; pulling the plug removes it and closes the terminal under whoever
has it open.  What travels is not looked at.
"""

from __future__ import annotations

import os
import select
import termios
import tty
from dataclasses import dataclass
from pathlib import Path

_SPEEDS = {
    getattr(termios, f"B{speed}"): speed for speed in (2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
}
_TICK_S = 0.004
_LATE_S = 0.001


@dataclass(slots=True)
class Span:
    """A stretch of bytes that followed each other on the wire without a gap."""

    started_at: float
    ended_at: float
    size: int


class PtyWire:
    """One end of the cable; `link` is the other, for a program to open.  Times are monotonic seconds."""

    def __init__(self, link: Path, byte_s: float, baud: int) -> None:
        self._link = link
        self._byte_s = byte_s
        self._baud = baud
        self._far = self._near = -1
        self._free_at = 0.0
        self._has_more = False
        self.spans: list[Span] = []

    @property
    def is_plugged(self) -> bool:
        """Whether the other end can be opened."""
        return self._near >= 0

    @property
    def near(self) -> int:
        """The descriptor on our side."""
        return self._near

    def plug(self) -> None:
        """Make a new terminal and publish its name."""
        if self.is_plugged:
            return
        # The far end stays open here: without it our reads fail whenever no program has the port.
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self._link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._far))
        fresh.replace(self._link)

    def unplug(self) -> None:
        """Take the name away and close the terminal; bytes still on the way are lost."""
        if not self.is_plugged:
            return
        self._link.unlink(missing_ok=True)
        os.close(self._near)
        os.close(self._far)
        self._near = self._far = -1

    def read_at(self, now: float) -> float:
        """When the next bytes may be taken: not before those read last have travelled."""
        return max(now, self._free_at)

    def read(self, room: int, now: float) -> tuple[bytes, float]:
        """Bytes that travel next, and when the last of them arrives; a wrong speed at the far end arrives as none."""
        size = min(room, max(1, int(_TICK_S / self._byte_s)))
        try:
            data = os.read(self._near, size)
        except (BlockingIOError, OSError):
            return b"", now
        # Bytes that were waiting already follow without a gap, however late we come to fetch them.
        started_at = self._free_at if self._has_more or now - self._free_at < _LATE_S else now
        self._has_more = bool(select.select([self._near], [], [], 0)[0])
        self._free_at = started_at + len(data) * self._byte_s
        self._note(started_at, len(data))
        if _SPEEDS.get(termios.tcgetattr(self._far)[5]) != self._baud:
            return b"", self._free_at
        return data, self._free_at

    def write(self, data: bytes) -> None:
        """Send bytes to the far end; nobody reading loses them, as on a real wire."""
        if self.is_plugged:
            try:
                os.write(self._near, data)
            except BlockingIOError:
                return

    def _note(self, started_at: float, size: int) -> None:
        if not self.spans or started_at > self.spans[-1].ended_at:
            self.spans = [*self.spans[-299:], Span(started_at, started_at, 0)]
        self.spans[-1].ended_at = self._free_at
        self.spans[-1].size += size
