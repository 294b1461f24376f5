"""The memory a Modbus device keeps its presses in: one latched until it is acknowledged, eight waiting behind it.

It outlives a power cut and the simulator itself.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from queue_server.pads.simulator.buttons import Press
from queue_server.pads.simulator.flash import Notebook

_WAITING_KEYS = 8
_LAST_SEQUENCE = 65535
_NO_DIGITS = (0xFFFF, 0xFFFF)


class Latch:
    """Registers 4 to 7 and what stands behind them; `serial` is the device's number, should it be new."""

    def __init__(self, device: str, file: Path | None, serial: int) -> None:
        self._notebook = Notebook(file)
        kept = self._notebook.read()
        self.serial: int = kept.get("serial", serial)
        self.pressed: int = kept.get("pressed", 0)
        """Presses the device had ever."""
        self.sequence: int = kept.get("sequence", 0)
        self.acknowledged: int = kept.get("acknowledged", 0)
        self.key: int = kept.get("key", 0)
        self.argument: list[int] = kept.get("argument", list(_NO_DIGITS))
        presses = deque(
            Press(name, device, key, code, argument, "latched")
            for name, key, code, argument in kept.get("presses", [])
        )
        is_latched = self.sequence != self.acknowledged and bool(presses)
        self.latched: Press | None = presses.popleft() if is_latched else None
        self._waiting = presses

    @property
    def is_full(self) -> bool:
        """Whether one more press would have no place."""
        return len(self._waiting) >= _WAITING_KEYS

    @property
    def waiting(self) -> int:
        """Presses behind the latched one."""
        return len(self._waiting)

    def take(self, press: Press, pressed: int) -> None:
        """A press; the device's `pressed`-th."""
        self.pressed = pressed
        self._waiting.append(press)
        self._next()

    def acknowledge(self, sequence: int) -> Press | None:
        """The press this frees, if it is its sequence."""
        if sequence != self.sequence or sequence == self.acknowledged:
            return None
        self.acknowledged = sequence
        press, self.latched = self.latched, None
        self._next()
        return press

    def keep(self) -> None:
        """Write everything down."""
        presses = [*([self.latched] if self.latched else []), *self._waiting]
        values: dict[str, Any] = {
            "serial": self.serial,
            "pressed": self.pressed,
            "sequence": self.sequence,
            "acknowledged": self.acknowledged,
            "key": self.key,
            "argument": self.argument,
            "presses": [[press.id, press.key, press.code, press.argument] for press in presses],
        }
        self._notebook.write(values)

    def _next(self) -> None:
        if self.sequence == self.acknowledged and self._waiting:
            self.latched = self._waiting.popleft()
            typed = self.latched.argument.rjust(8, "f")
            self.sequence = self.sequence % _LAST_SEQUENCE + 1
            self.key = self.latched.code
            self.argument = [int(typed[:4], 16), int(typed[4:], 16)]
        self.keep()
