"""The adapter's end of the cable: a pseudo-terminal with a name, and the speed the program set on it.

The name is a symlink, as under /dev/serial/by-id; pulling the plug removes it and closes the terminal under whoever
has it open.  It carries bytes; when they travel is the bus's business.
"""

from __future__ import annotations

import contextlib
import os
import termios
import tty
from pathlib import Path

_SPEEDS = {
    getattr(termios, f"B{speed}"): speed
    for speed in (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400)
}
_READ_BYTES = 4096


class Terminal:
    """`link` is what a program opens as its serial port."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._far = self._near = -1

    @property
    def is_plugged(self) -> bool:
        """Whether the other end can be opened."""
        return self._near >= 0

    @property
    def near(self) -> int:
        """The descriptor on our side, for `select`."""
        return self._near

    @property
    def baud(self) -> int:
        """The speed the program set; 0 for one no pad knows.  A pty shows speed, but neither parity nor stop bits."""
        try:
            return _SPEEDS.get(termios.tcgetattr(self._far)[5], 0)
        except termios.error:
            return 0

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
        """Take the name away and close the terminal; bytes still in it are lost."""
        if not self.is_plugged:
            return
        self._link.unlink(missing_ok=True)
        os.close(self._near)
        os.close(self._far)
        self._near = self._far = -1

    def read(self) -> bytes:
        """What the program wrote since; empty for nothing."""
        try:
            return os.read(self._near, _READ_BYTES)
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        """Give bytes to the program; nobody reading loses them, as on a real wire."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._near, data)
