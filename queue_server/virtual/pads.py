"""The simulated line's side door: what every pad, window screen and evaluator shows, and the fingers on their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_config import models
from firmware_config.pad_profile import PadProfile, load_pad_profile
from queue_server.virtual.control import ControlSocket

FAULTS: Mapping[str, tuple[str, str | None]] = {
    "line_unplug": ("unplug", None),
    "line_noise": ("noise", None),
    "pad_silent": ("silent", "call_pad"),
    "pad_stuck": ("stuck_key", "call_pad"),
    "pad_duplicate": ("duplicate", "window_screen"),
}
"""Switch of the page → fault of the simulator, and the role of the device it befalls (the first counter's), or None for the line."""


@dataclass(frozen=True, slots=True)
class CounterDevice:
    """A device of one counter, with what the page must know of its model."""

    id: str
    role: str
    counter: str
    profile: PadProfile


def devices_of(file: models.BranchFile, line: str) -> tuple[CounterDevice, ...]:
    """Everything on `line`, in the order of the file."""
    return tuple(
        CounterDevice(one.id, profile.role, one.counter, profile)
        for one in file.devices.on_lines
        if one.line == line
        for profile in (load_pad_profile(one.profile),)
    )


class PadDesk:
    """What hangs on the control socket of the line's simulator.

    `on_event(kind, facts)` is told: `pad` {device, what it shows}, `pad_line` {is_there}.
    """

    def __init__(
        self,
        control: Path,
        devices: tuple[CounterDevice, ...],
        on_event: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self.devices = devices
        self.is_there = False
        self.shown: dict[str, dict[str, Any]] = {}
        self.faults: set[str] = set()
        self._on_event = on_event
        self._control = ControlSocket(control, self._take, self._is_gone)

    def press(self, device: str, key: str, argument: str) -> bool:
        """Press a key of a pad, with the digits typed before it; False when no simulator is there to feel it."""
        return self._control.send({"cmd": "press", "device": device, "key": key, "argument": argument})

    def rate(self, device: str, rating: str) -> bool:
        """Press a score of an evaluator; False when no simulator is there to feel it."""
        return self._control.send({"cmd": "rate", "device": device, "rating": rating})

    def fault(self, name: str, is_on: bool) -> bool:
        """Switch one of FAULTS; False when no simulator is there to feel it.  Raises KeyError for another name."""
        fault, role = FAULTS[name]
        order: dict[str, Any] = {"cmd": "fault", "name": fault, "on": is_on}
        if role is not None:
            order["device"] = next(one.id for one in self.devices if one.role == role)
        if not self._control.send(order):
            return False
        (self.faults.add if is_on else self.faults.discard)(name)
        return True

    def close(self) -> None:
        """Hang up."""
        self._control.close()

    def _is_gone(self) -> None:
        # A new simulator has no faults: its switches went with the old one.
        self.is_there = False
        self.faults.clear()
        self._on_event("pad_line", {"is_there": False})

    def _take(self, message: dict[str, Any]) -> None:
        if not self.is_there:
            self.is_there = True
            self._on_event("pad_line", {"is_there": True})
        if message.get("event") == "shows":
            facts = {key: value for key, value in message.items() if key != "event"}
            self.shown[str(facts["device"])] = facts
            self._on_event("pad", facts)
