"""A Modbus call pad, window screen or evaluator: the register map of `queue_server/pads/README.md` in a box.

The numbers are copied from that table, not imported, so that driver and simulator do not share their mistakes.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from queue_server.pads.heard import Installed
from queue_server.pads.simulator import modbus_frames as frames
from queue_server.pads.simulator.buttons import Buttons, Press
from queue_server.pads.simulator.device import Quiet, Tell
from queue_server.pads.simulator.flash import Flash, PowerCut
from queue_server.pads.simulator.latch import Latch
from queue_server.pads.simulator.modbus_frames import BAD_ADDRESS, BAD_VALUE, Exceptional, FrameEnd, crc16
from queue_server.pads.simulator.settings_block import PadSettings, factory_block, in_block
from queue_server.pads.simulator.uart import byte_s

FAULTS = ("stuck_key", "tamper", "low_voltage", "power_cut")
"""Faults of the device itself."""

FIRMWARE = 0x0103

_SEQUENCE, _INPUTS = 4, 11
_LAST_OF_FACE, _TEXT, _CONFIG, _COMMIT = 6, range(16, 48), 256, 319
_RATED_KEY = 11
_BLANK = 0xFFFF
_LAMPS = ("off", "on", "blink")
_BEEPS = ("none", "accepted", "rejected")


class ModbusDevice:
    """`state_dir`: where it keeps what survives a power cut; None = in memory.  `late`: a twin answers by chance later.

    `serial`: its number, should it be new.
    """

    def __init__(
        self,
        installed: Installed,
        baud: int,
        tell: Tell,
        serial: int,
        state_dir: Path | None = None,
        late: Random | None = None,
    ) -> None:
        self.installed = installed
        self.is_on = False
        self._tell = tell
        self._byte_s = byte_s(baud)
        self._late = late
        self._buttons = Buttons(
            installed, self._pressed, lambda press: tell({"event": "press", **press.told()})
        )
        self._in = FrameEnd(self._byte_s)
        self._frame: bytes | None = None
        self._answer_at = 0.0
        self.latch = Latch(installed.id, state_dir / f"{installed.id}.json" if state_dir else None, serial)
        self._buttons.pressed = self.latch.pressed
        self._flash = Flash(
            state_dir / f"{installed.id}.flash" if state_dir else None,
            factory_block(installed),
            self._write,
        )
        self._faults: dict[str, float] = {}
        self._cut_in: int | None = None
        self.writes = 0
        """Words of configuration written so far, in memory that forgets or memory that keeps."""
        self._is_stuck = False
        self._now = 0.0
        self.is_changed = True
        self._blank()
        self._obey()
        self._address = self._settings.address

    # --- power ------------------------------------------------------------------------------------------------------

    def power_up(self, now: float) -> None:
        """Begin anew: registers blank, the latch as it was."""
        self._blank()
        self._on_at = now
        self._obey()
        self._address = self._settings.address
        self.is_on = self.is_changed = True

    def power_down(self) -> None:
        """Forget what is shown and what was being written."""
        self.is_on = False
        self._in.clear()
        self._frame = None
        self._buttons.forget()
        self.is_changed = True

    def _blank(self) -> None:
        self._on_at = 0.0
        self._face = [0, 0, 0, 0, _BLANK, _BLANK, 0]
        self._text = [0] * len(_TEXT)
        self._staged = bytearray(self._flash.active)
        self._beep, self._beeps = "none", 0
        self._unjudged: Press | None = None

    def _obey(self) -> None:
        """Behave as the block in force says; a block this firmware cannot read is as good as none."""
        of_factory = in_block(factory_block(self.installed))
        assert of_factory is not None
        self._settings: PadSettings = in_block(self._flash.active) or of_factory
        self._buttons.long_s, self._buttons.double_s = self._settings.long_s, self._settings.double_s

    # --- the line ---------------------------------------------------------------------------------------------------

    def hear(self, data: bytes, ends_at: float) -> None:
        """Collect bytes; a frame is what silence ends."""
        self._in.take(data, ends_at)

    def due_at(self, quiet_since: Quiet) -> float | None:
        """When a frame is over, an answer is due, or a press is known."""
        times = [self._in.due_at, self._buttons.due_at, self._answer_at if self._frame else None]
        if "stuck_key" in self._faults and not self._is_stuck:
            times.append(self._faults["stuck_key"])
        return min((at for at in times if at is not None), default=None)

    def step(self, now: float, quiet_since: Quiet) -> list[bytes]:
        """The answer that is due, if any."""
        self._buttons.step(now)
        if "stuck_key" in self._faults and not self._is_stuck and now >= self._faults["stuck_key"]:
            self._is_stuck = self.is_changed = True
        frame = self._in.frame(now)
        if frame is not None:
            self._frame = frame
            self._answer_at = now + (self._late.uniform(0, 4) * self._byte_s if self._late else 0.0)
        if self._frame is None or now < self._answer_at:
            return []
        frame, self._frame = self._frame, None
        self._now = now
        self.is_changed = True
        before = self.writes
        said = frames.answer(frame, self._address, self)
        if self.writes != before:
            # The last moment at which the power can go: all is written, nobody has been told.
            self._write()
        # An address that was committed counts from the next request on: the master hears the answer from the old one.
        self._address = self._settings.address
        return [said] if said else []

    def read_input(self, first: int, count: int) -> list[int]:
        """Input registers 0–10."""
        if first + count > _INPUTS:
            raise Exceptional(BAD_ADDRESS)
        latch = self.latch
        status = ("tamper" in self._faults) | ("low_voltage" in self._faults) << 1 | self._is_stuck << 2
        uptime = int(self._now - self._on_at) % 65536
        crc = self._flash.active_crc
        serial = [latch.serial >> 16, latch.serial & 0xFFFF]
        values = [1, FIRMWARE, crc, status, latch.sequence, latch.key, *latch.argument, uptime, *serial]
        if latch.latched and first <= _SEQUENCE < first + count:
            self._buttons.settle(latch.latched, "told")
        return values[first : first + count]

    def read_holding(self, first: int, count: int) -> list[int]:
        """Holding registers of the table."""
        return [self._holding(place) for place in range(first, first + count)]

    def _holding(self, place: int) -> int:
        if place == 0:
            return self.latch.acknowledged
        if place <= _LAST_OF_FACE:
            return 0 if place == 2 else self._face[place]
        if place in _TEXT:
            return self._text[place - _TEXT.start]
        if _CONFIG <= place < _COMMIT:
            at = 2 * (place - _CONFIG)
            return int.from_bytes(self._staged[at : at + 2], "big")
        if place == _COMMIT:
            return self._flash.active_crc
        raise Exceptional(BAD_ADDRESS)

    def write_holding(self, first: int, values: list[int]) -> None:
        """All of them, or none and an exception."""
        places = range(first, first + len(values))
        staged = bytearray(self._staged)
        for place, value in zip(places, values, strict=True):
            self._check(place, value, staged)
        for place, value in zip(places, values, strict=True):
            self._write_one(place, value)

    def _check(self, place: int, value: int, staged: bytearray) -> None:
        """Raises Exceptional where `value` cannot stand at `place`."""
        self._holding(place)
        if _CONFIG <= place < _COMMIT:
            at = 2 * (place - _CONFIG)
            staged[at : at + 2] = value.to_bytes(2, "big")
        is_wrong = (
            (place in (1, 2) and value > 2)
            or (place == 3 and value > 1)
            or (place == 4 and value > 999 and value != _BLANK)
            or (place == 6 and value and not all(0x20 <= sign <= 0x7E for sign in value.to_bytes(2, "big")))
            or (place == _COMMIT and value != crc16(bytes(staged)))
        )
        if is_wrong:
            raise Exceptional(BAD_VALUE)

    def _write_one(self, place: int, value: int) -> None:
        if place == 0:
            self._acknowledge(value)
        elif place == 2:
            self._sound(value)
        elif place <= _LAST_OF_FACE:
            self._face[place] = value
        elif place in _TEXT:
            self._text[place - _TEXT.start] = value
        elif place == _COMMIT:
            self._flash.commit(bytes(self._staged))
            self._obey()
        else:
            self._write()
            at = 2 * (place - _CONFIG)
            self._staged[at : at + 2] = value.to_bytes(2, "big")

    def _write(self) -> None:
        if self._cut_in is not None:
            self._cut_in -= 1
            if self._cut_in <= 0:
                self._cut_in = None
                raise PowerCut
        self.writes += 1

    def _sound(self, value: int) -> None:
        if not value:
            return
        is_heard = self._settings.beeps_accepted if value == 1 else self._settings.beeps_rejected
        if is_heard:
            self._beep, self._beeps = _BEEPS[value], self._beeps + 1
            self._tell({"event": "beep", "device": self.installed.id, "beep": self._beep})
        if self._unjudged is not None:
            self._buttons.settle(self._unjudged, "accepted" if value == 1 else "rejected")
            self._unjudged = None

    # --- the keys ---------------------------------------------------------------------------------------------------

    def press(self, key: str | None, argument: str, now: float) -> Press:
        """A key, down and up."""
        return self._buttons.press(key, argument, now)

    def hold(self, key: str | None, now: float) -> Press:
        """A key held: on a pad of one button the long press, on others a press like any."""
        if self.installed.profile.one_button:
            return self._buttons.hold(now)
        return self._buttons.press(key, "", now)

    def double(self, key: str | None, now: float) -> Press:
        """Twice at once: on a pad of one button the double press, on others two presses."""
        if self.installed.profile.one_button:
            return self._buttons.double(now)
        self._buttons.press(key, "", now)
        return self._buttons.press(key, "", now)

    def rate(self, score: int, now: float) -> Press:
        """A customer's key; refused by the device while nobody is asked."""
        return self._buttons.rate(score, _RATED_KEY, now)

    def _pressed(self, press: Press, now: float) -> None:
        self.is_changed = True
        is_idle_evaluator = self.installed.profile.role == "evaluator" and not self._face[3]
        if not self.is_on or is_idle_evaluator or self.latch.is_full:
            self._buttons.settle(press, "refused")
            return
        if press.key == "rated":
            self._face[3] = 0
        self.latch.take(press, self._buttons.pressed)
        self._buttons.settle(press, "latched")

    def _acknowledge(self, sequence: int) -> None:
        press = self.latch.acknowledge(sequence)
        if press is not None:
            self._buttons.settle(press, "acknowledged")
            self._unjudged = press

    # --- faults and looks -------------------------------------------------------------------------------------------

    def switch(self, fault: str, is_on: bool, amount: float | None, now: float) -> None:
        """`stuck_key`: pressed and never let go, noticed after `amount` s (else as configured).  `power_cut`: at the `amount`-th write."""
        if fault not in FAULTS:
            raise ValueError(
                f"a {self.installed.profile.name} cannot have {fault!r}; it can have {', '.join(FAULTS)}"
            )
        if fault == "stuck_key" and not self.installed.profile.keys:
            raise ValueError(f"a {self.installed.profile.name} has no key that could be stuck")
        self.is_changed = True
        if fault == "power_cut":
            self._cut_in = int(amount or 1) if is_on else None
            return
        if not is_on:
            self._faults.pop(fault, None)
            self._is_stuck = self._is_stuck and fault != "stuck_key"
        elif fault not in self._faults:
            self._faults[fault] = now
            if fault == "stuck_key":
                self._faults[fault] = now + (self._settings.stuck_after_s if amount is None else amount)
                self.hold(next(iter(self.installed.profile.keys.values())), now)

    def faults(self) -> list[str]:
        """Its own faults that are on."""
        return sorted(self._faults) + ["power_cut"] * (self._cut_in is not None)

    def shown(self, now: float) -> dict[str, Any]:
        """What it shows, sounds and tells."""
        text = b"".join(word.to_bytes(2, "big") for word in self._text)
        number = f"{self._face[5]:04X}".lstrip("F").replace("F", " ")
        return {
            "number": number,
            "waiting": None if self._face[4] == _BLANK else self._face[4],
            "code": self._face[6].to_bytes(2, "big").decode("ascii", "replace").strip()
            if self._face[6]
            else "",
            "lines": [line.split(b"\0")[0].decode("gb18030", "replace") for line in (text[:32], text[32:])],
            "lamp": _LAMPS[self._face[1]],
            "beep": self._beep,
            "beeps": self._beeps,
            "asks_rating": bool(self._face[3]),
            "uptime_s": int(now - self._on_at) if self.is_on else None,
            "firmware": f"{FIRMWARE >> 8}.{FIRMWARE & 0xFF}",
            "config_crc": f"{self._flash.active_crc:04X}",
            "serial": f"{self.latch.serial:08X}",
            "address": self._address,
            "sequence": self.latch.sequence,
            "latched": self.latch.latched.told() if self.latch.latched else None,
            "queued": self.latch.waiting,
        }
