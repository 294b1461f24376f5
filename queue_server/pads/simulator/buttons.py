"""What a person does with the keys of a pad, and what becomes of each press.

Pure: the time comes in with the call.  How a press travels is the device's business; this tells short, long and
double presses of a single button apart, and keeps the books.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from queue_server.pads.heard import Installed

PressFate = Literal[
    "pressed",
    "latched",
    "sent",
    "told",
    "acknowledged",
    "accepted",
    "rejected",
    "unanswered",
    "refused",
    "lost",
]
"""`latched` in a Modbus pad, `sent` by an FF 68 pad · `told`: the master has read it · `acknowledged`: the master took
it · `accepted`, `rejected`: by beep or echo · `unanswered`: nobody echoed it · `refused`: by the device itself ·
`lost`: with the power."""

RATED = "rated"
"""The key of an evaluator's press; its argument is the score."""


@dataclass(slots=True)
class Press:
    """One press, from finger to verdict."""

    id: str
    device: str
    key: str
    code: int
    argument: str
    fate: PressFate = "pressed"

    def told(self) -> dict[str, Any]:
        """For a reader."""
        return {
            "press": self.id,
            "device": self.device,
            "key": self.key,
            "argument": self.argument,
            "fate": self.fate,
        }


class Buttons:
    """The keys of one device.  `emit` takes a press that is complete, `tell` every change of a press's fate."""

    def __init__(
        self, installed: Installed, emit: Callable[[Press, float], None], tell: Callable[[Press], None]
    ) -> None:
        self._installed = installed
        self._emit = emit
        self._tell = tell
        self._codes: dict[str, int] = {key: code for code, key in installed.profile.keys.items()}
        self._open: tuple[Press, float] | None = None
        timing = installed.profile.one_button
        self.long_s = timing.long_s if timing else 0.0
        self.double_s = timing.double_s if timing else 0.0
        self.pressed = 0
        """Presses so far; the next one's id goes on from it."""

    @property
    def due_at(self) -> float | None:
        """When a press turns out to be what it is."""
        return self._open[1] if self._open else None

    def settle(self, press: Press, fate: PressFate) -> None:
        """Its fate from now on."""
        if press.fate != fate:
            press.fate = fate
            self._tell(press)

    def press(self, key: str | None, argument: str, now: float) -> Press:
        """Down and up again.  Raises ValueError for a key this device has not, or an argument nobody can type."""
        if self._installed.profile.one_button is None:
            press = self._new(self._name(key), argument)
            self._emit(press, now)
            return press
        if key not in (None, "press"):
            return self.hold(now) if key == "long" else self.double(now)
        if self._open is not None:
            first, self._open = self._open[0], None
            return self._emitted(first, "double", now)
        press = self._new("press", argument)
        self._open = (press, now + self.double_s)
        return press

    def hold(self, now: float) -> Press:
        """The single button held long.  Raises ValueError on a pad with more buttons."""
        self._needs_one_button()
        press = self._new("press", "")
        press.key, press.code = "long", self._codes["long"]
        self._open = (press, now + self.long_s)
        return press

    def double(self, now: float) -> Press:
        """The single button pressed twice.  Raises ValueError on a pad with more buttons."""
        self._needs_one_button()
        return self._emitted(self._new("press", ""), "double", now)

    def rate(self, score: int, code: int, now: float) -> Press:
        """A customer's score.  Raises ValueError for a score this device has not."""
        if score not in self._installed.profile.scores:
            raise ValueError(f"{self._installed.id} has no score {score}")
        press = self._counted(RATED, code, str(score))
        self._emit(press, now)
        return press

    def step(self, now: float) -> None:
        """Let a press that nothing was added to be what it is."""
        if self._open is not None and now >= self._open[1]:
            press, self._open = self._open[0], None
            self._emit(press, now)

    def forget(self) -> None:
        """The power is gone."""
        if self._open is not None:
            press, self._open = self._open[0], None
            self.settle(press, "lost")

    def _needs_one_button(self) -> None:
        if self._installed.profile.one_button is None:
            raise ValueError(f"{self._installed.id} has more than one button")

    def _emitted(self, press: Press, key: str, now: float) -> Press:
        press.key, press.code = key, self._codes[key]
        self._emit(press, now)
        return press

    def _name(self, key: str | None) -> str:
        if key is None or key not in self._codes:
            raise ValueError(
                f"{self._installed.id} has no key {key!r}; it has {', '.join(self._codes) or 'none'}"
            )
        return key

    def _new(self, key: str, argument: str) -> Press:
        if not (argument == "" or (argument.isascii() and argument.isdigit() and len(argument) <= 8)):
            raise ValueError(f"{argument!r} cannot be typed: at most eight digits")
        return self._counted(key, self._codes[key], argument)

    def _counted(self, key: str, code: int, argument: str) -> Press:
        self.pressed += 1
        return Press(f"{self._installed.id}:{self.pressed}", self._installed.id, key, code, argument)
