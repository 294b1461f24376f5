"""The simulated line's side door: what every pad, window screen and evaluator shows, and the fingers on their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from firmware_config import models
from firmware_config.pad_profile import PadProfile, load_pad_profile
from queue_server.virtual.control import ControlSocket

log = structlog.get_logger("queue_server.virtual")

FAULTS: Mapping[str, tuple[str, str | None]] = {
    "line_unplug": ("unplug", None),
    "line_noise": ("noise", None),
    "pad_silent": ("silence", "call_pad"),
    "pad_stuck": ("stuck_key", "call_pad"),
    "pad_duplicate": ("duplicate_address", "window_screen"),
}
"""Switch of the page → fault of the simulator, and the role of the device it befalls, or None for the whole line.  Of
that role it is the first counter's."""

ONE_BUTTON = {"press": "press", "long": "hold", "double": "double"}
"""What a finger does with a pad's one button → the simulator's word for it."""


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
        self._of_line: set[str] = set()
        self._of_device: dict[str, set[str]] = {}
        self._on_event = on_event
        self._control = ControlSocket(control, self._take, self._is_gone)

    def press(self, device: str, key: str, argument: str) -> bool:
        """Press a key of a pad, with the digits typed before it; False when no simulator is there to feel it.

        Raises KeyError for a device that is none of this line, or has no such key.
        """
        model = self._device(device).profile
        if model.one_button is not None:
            return self._control.send({"cmd": ONE_BUTTON[key], "device": device})
        if key not in model.keys.values():
            raise KeyError(key)
        return self._control.send({"cmd": "press", "device": device, "key": key, "argument": argument})

    def rate(self, device: str, rating: str) -> bool:
        """Press a score of an evaluator; False when no simulator is there to feel it.  Raises KeyError likewise."""
        scores: dict[str, int] = {name: score for score, name in self._device(device).profile.scores.items()}
        return self._control.send({"cmd": "rate", "device": device, "score": scores[rating]})

    def fault(self, name: str, is_on: bool) -> bool:
        """Switch one of FAULTS; False when no simulator is there to feel it.  Raises KeyError for another name."""
        fault, role = FAULTS[name]
        order: dict[str, Any] = {"cmd": "fault", "name": fault, "on": is_on}
        if role is not None:
            order["device"] = next(one.id for one in self.devices if one.role == role)
        return self._control.send(order)

    @property
    def faults(self) -> set[str]:
        """The switches of the page that are on."""
        on_devices = {
            (fault, one.role) for one in self.devices for fault in self._of_device.get(one.id, set())
        }
        return {
            name
            for name, (fault, role) in FAULTS.items()
            if (fault in self._of_line if role is None else (fault, role) in on_devices)
        }

    def close(self) -> None:
        """Hang up."""
        self._control.close()

    def _device(self, device: str) -> CounterDevice:
        found = {one.id: one for one in self.devices}
        return found[device]

    def _is_gone(self) -> None:
        # A new simulator has no faults: its switches went with the old one.
        self.is_there = False
        self._of_line, self._of_device = set(), {}
        self._on_event("pad_line", {"is_there": False})

    def _take(self, message: dict[str, Any]) -> None:
        if not message.get("ok", True):
            log.warning("order not taken", **message)
            return
        if "line_faults" in message:
            self._of_line = set(message["line_faults"])
        for shown in message.get("devices", [message] if message.get("event") == "device" else []):
            facts = {key: value for key, value in shown.items() if key != "event"}
            self.shown[str(facts["device"])] = facts
            self._of_device[str(facts["device"])] = set(facts["faults"])
            self._on_event("pad", facts)
        if not self.is_there or "line_faults" in message or "devices" in message:
            self.is_there = True
            self._on_event("pad_line", {"is_there": True})
