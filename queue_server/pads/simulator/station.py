"""A device where it hangs on the line: its transceiver, its power, and everything that can be wrong with the two.

Pure but for the device inside.  What is wrong with the firmware's own sensors and keys is the device's business.
"""

from __future__ import annotations

from random import Random
from typing import Any

from queue_server.pads.simulator.bus import Bus, Sound, Talk, hit
from queue_server.pads.simulator.device import Device
from queue_server.pads.simulator.flash import PowerCut
from queue_server.pads.simulator.uart import byte_s, misread

AMOUNTS = {
    "noise": 0.02,
    "loss": 0.2,
    "delay": 0.2,
    "silence": 1.0,
    "reboot": 0.5,
    "repeated": 1.0,
    "half": 0.5,
    "wrong_baud": 0.0,
}
"""Every fault of a station and how much of it unless told otherwise: `noise` probability that a byte is hit · `loss`,
`half` probability for each talk · `delay` seconds · `repeated` how many times more · `reboot` after which part of its
next talk · `wrong_baud` the speed it talks at, 0 for the half of the line's."""

BOOT_S = 0.8
_GAP_BYTES = 5.0


class Station:
    """One device on the bus; `boot_s`: how long it is away when its power comes back."""

    def __init__(self, name: str, device: Device, bus: Bus, baud: int, chance: Random, boot_s: float) -> None:
        self.name = name
        self.device = device
        self._bus = bus
        self._line_baud = baud
        self._chance = chance
        self._boot_s = boot_s
        self._faults: dict[str, float] = {}
        self._to_say: list[tuple[float, bytes]] = []
        self._off_at: float | None = None
        self._on_at: float | None = None

    @property
    def baud(self) -> int:
        """The speed it listens and talks at."""
        if "wrong_baud" in self._faults:
            return int(self._faults["wrong_baud"]) or self._line_baud // 2
        return self._line_baud

    def switch(self, fault: str, is_on: bool, amount: float | None, now: float) -> None:
        """Switch a fault.  Raises ValueError for one that this device cannot have."""
        if fault not in AMOUNTS:
            self.device.switch(fault, is_on, amount, now)
        elif is_on:
            self.device.is_changed = True
            self._faults[fault] = AMOUNTS[fault] if amount is None else amount
        else:
            self.device.is_changed = True
            self._faults.pop(fault, None)

    def faults(self) -> list[str]:
        """What is wrong, sorted."""
        return sorted([*self._faults, *self.device.faults()])

    def reboot(self, now: float) -> None:
        """The power goes and comes back."""
        self._lose_power(now)

    def replace(self, device: Device, now: float) -> None:
        """Another device of the same model in its place."""
        self._lose_power(now)
        self.device = device

    def hear(self, sound: Sound) -> None:
        """Bytes of others, as far as they get through."""
        talk = sound.talk
        is_own = talk.talker == self.name or self.name in sound.deaf
        if is_own or not self.device.is_on or "silence" in self._faults or self._misses(talk):
            return
        data = misread(sound.data, talk.baud, self.baud)
        if "noise" in self._faults:
            data = hit(data, self._faults["noise"], self._chance)
        if data:
            self.device.hear(data, sound.ends_at)

    def due_at(self, now: float) -> float | None:
        """When `step` has something to do."""
        times = [self._off_at, self._on_at, *(at for at, _ in self._to_say)]
        if self.device.is_on:
            times.append(self.device.due_at(lambda: self._bus.quiet_since(self.name, now)))
        return min((at for at in times if at is not None), default=None)

    def step(self, now: float) -> None:
        """Let the device act at `now`, when it was due; put on the wire what it says."""
        if self._off_at is not None and now >= self._off_at:
            self._lose_power(now)
        if self._on_at is not None and now >= self._on_at:
            self._on_at = None
            self.device.power_up(now)
        if self.device.is_on:
            try:
                for data in self.device.step(now, lambda: self._bus.quiet_since(self.name, now)):
                    self._utter(data, now)
            except PowerCut:
                self._lose_power(now)
        self._say_what_is_due(now)

    def shown(self, now: float) -> dict[str, Any]:
        """What a person sees, with the faults."""
        installed = self.device.installed
        return {
            "device": installed.id,
            "profile": installed.profile.name,
            "role": installed.profile.role,
            "is_on": self.device.is_on,
            **self.device.shown(now),
            "faults": self.faults(),
        }

    def _misses(self, talk: Talk) -> bool:
        if "loss" not in self._faults:
            return False
        if self.name not in talk.rolled_for:
            talk.rolled_for.add(self.name)
            if self._chance.random() < self._faults["loss"]:
                talk.unheard_by.add(self.name)
        return self.name in talk.unheard_by

    def _utter(self, data: bytes, now: float) -> None:
        at = now + self._faults.get("delay", 0.0)
        if "loss" in self._faults and self._chance.random() < self._faults["loss"]:
            return
        if "half" in self._faults and self._chance.random() < self._faults["half"]:
            data = data[: max(1, len(data) // 2)]
        if "noise" in self._faults:
            data = hit(data, self._faults["noise"], self._chance)
        for time in range(1 + int(self._faults.get("repeated", 0))):
            self._to_say.append((at + time * (len(data) + _GAP_BYTES) * byte_s(self.baud), data))

    def _say_what_is_due(self, now: float) -> None:
        due = [(at, data) for at, data in self._to_say if at <= now]
        self._to_say = [(at, data) for at, data in self._to_say if at > now]
        for _, data in due:
            if "silence" in self._faults or not self.device.is_on:
                continue
            if "reboot" in self._faults:
                part = self._faults.pop("reboot")
                self.device.is_changed = True
                data = data[: max(1, int(len(data) * part))]
                self._off_at = self._bus.say(self.name, data, self.baud, now).ends_at
                return
            self._bus.say(self.name, data, self.baud, now)

    def _lose_power(self, now: float) -> None:
        self._bus.cut(self.name, now)
        self._to_say.clear()
        self._off_at = None
        self.device.power_down()
        self._on_at = now + self._boot_s
