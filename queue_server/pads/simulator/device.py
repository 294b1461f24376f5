"""What every simulated device can do, whatever it speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from queue_server.pads.heard import Installed
from queue_server.pads.simulator.buttons import Press

Quiet = Callable[[], float]
"""Since when no other has been heard; asked only by who wants to talk."""

Tell = Callable[[dict[str, Any]], None]
"""Takes what a device tells besides bytes: `{"event": "press" | "beep", …}`."""


class Device(Protocol):
    """Firmware in a box: bytes in, bytes out, keys, and what it shows.  Times are monotonic seconds."""

    @property
    def installed(self) -> Installed:
        """Which device of the branch it is."""

    is_changed: bool
    """Whether what it shows may have changed; whoever looks puts it back to False."""

    @property
    def is_on(self) -> bool:
        """Whether it has power."""

    def power_up(self, now: float) -> None:
        """Begin anew with what it keeps over a power cut."""

    def power_down(self) -> None:
        """Forget everything else."""

    def hear(self, data: bytes, ends_at: float) -> None:
        """Bytes from the line, the last of them over at `ends_at`."""

    def due_at(self, quiet_since: Quiet) -> float | None:
        """When `step` has something to do, unless it hears more."""

    def step(self, now: float, quiet_since: Quiet) -> list[bytes]:
        """What it says now.  Raises PowerCut."""

    def press(self, key: str | None, argument: str, now: float) -> Press:
        """A key, down and up.  Raises ValueError for one it has not."""

    def hold(self, key: str | None, now: float) -> Press:
        """A key held for a long time.  Raises ValueError likewise."""

    def double(self, key: str | None, now: float) -> Press:
        """A key pressed twice at once; the second press.  Raises ValueError likewise."""

    def rate(self, score: int, now: float) -> Press:
        """A customer's key.  Raises ValueError for a score it has not."""

    def switch(self, fault: str, is_on: bool, amount: float | None, now: float) -> None:
        """A fault of the device itself.  Raises ValueError for one it cannot have."""

    def faults(self) -> list[str]:
        """Its own faults that are on."""

    def shown(self, now: float) -> dict[str, Any]:
        """What a person standing in front of it sees, and what its registers tell."""
