"""An `FF 68` call pad, window screen or evaluator in a box: the frames of `queue_server/pads/README.md`.

It speaks unasked, after listening for a pause; what nobody echoes it says again, three times.  It keeps nothing.
"""

from __future__ import annotations

from random import Random
from typing import Any

from queue_server.pads.heard import Installed
from queue_server.pads.simulator.buttons import RATED, Buttons, Press, PressFate
from queue_server.pads.simulator.device import Quiet, Tell
from queue_server.pads.simulator.ff68_frames import ASK, BLANK_DIGIT, KEYS, Frame, FrameFinder
from queue_server.pads.simulator.ff68_frames import RATED as RATED_FUNCTION
from queue_server.pads.simulator.uart import byte_s

FAULTS = ("stuck_key",)
"""Faults of the device itself; it has no way to tell any other."""

REPEATS = 3
REPEAT_S = 0.15

_QUIET_BYTES, _QUIET_S = 5, 0.0045
"""So long a pad listens before it talks, whichever is longer: longer than a Modbus device takes to answer, and than
the silence between two frames, which at high speeds does not shrink with the bytes."""

_QUIET_SPREAD_BYTES = 4
"""And so much longer at most, by chance, so that two pads do not go on colliding."""

_PATIENCE_S = 0.15
"""Who finds no pause within this talks anyway."""

_BROKEN_OFF_BYTES = 20


class Ff68Device:
    """`late`: a twin answers by chance later."""

    def __init__(
        self, installed: Installed, baud: int, tell: Tell, chance: Random, late: Random | None = None
    ) -> None:
        self.installed = installed
        self.is_on = False
        self._tell = tell
        self._chance = chance
        self._late = late
        self._byte_s = byte_s(baud)
        self._buttons = Buttons(
            installed, self._pressed, lambda press: tell({"event": "press", **press.told()})
        )
        self._finder = FrameFinder()
        self._heard_at = 0.0
        self._stuck: Press | None = None
        self._echo: tuple[float, bytes] | None = None
        self._pending: Press | None = None
        self.is_changed = True
        self._blank()

    def power_up(self, now: float) -> None:
        """Begin anew, dark."""
        self._blank()
        self._on_at = now
        if self._stuck is not None:
            self._frame, self._wanted_at = self._frame_of(self._stuck), now
        self.is_on = self.is_changed = True

    def power_down(self) -> None:
        """Forget everything, also a press nobody echoed."""
        self.is_on = False
        self._buttons.forget()
        self._finder.clear()
        self._settle("lost")
        self._echo = None
        self.is_changed = True

    def _blank(self) -> None:
        self._on_at = 0.0
        self._digits = bytes([BLANK_DIGIT] * 6)
        self._asks_rating = False
        self._beep, self._beeps = "none", 0
        self._echo = None
        self._pending = None
        self._frame = b""
        self._said = 0
        self._wanted_at = 0.0
        self._spread_s = 0.0

    # --- the line ---------------------------------------------------------------------------------------------------

    def hear(self, data: bytes, ends_at: float) -> None:
        """Act on the frames addressed to this device."""
        if ends_at - len(data) * self._byte_s - self._heard_at > _BROKEN_OFF_BYTES * self._byte_s:
            self._finder.clear()
        self._heard_at = ends_at
        for frame in self._finder.take(data):
            if frame.address == self.installed.address:
                self._act(frame, ends_at)

    def _act(self, frame: Frame, at: float) -> None:
        self.is_changed = True
        if self._pending is not None and frame.encoded() == self._frame:
            self._settle("accepted")
            return
        match frame.function, tuple(frame.data):
            case 0x02, digits if len(digits) == 6 and all(digit <= BLANK_DIGIT for digit in digits):
                if self.installed.profile.display.kind != "none":
                    self._digits = frame.data
                # Also without a display: the echo is how a host learns that it is there.
                self._reply(frame, at)
            case 0x03, ():
                self._sound()
                self._reply(frame, at)
            case 0x01, (value,) if self.installed.profile.role == "evaluator":
                self._told_evaluator(value)

    def _reply(self, frame: Frame, at: float) -> None:
        late = self._late.uniform(0, 4) * self._byte_s if self._late else 0.0
        self._echo = (at + 3.5 * self._byte_s + late, frame.encoded())

    def _told_evaluator(self, value: int) -> None:
        if value == ASK:
            # Who has just answered and waits for the thanks is not asked again.
            self._asks_rating = self._asks_rating or self._pending is None
        elif self._pending is not None and self._pending.argument == str(value):
            self._settle("accepted")

    def _sound(self) -> None:
        # One frame beeps for good and bad; a press that was not echoed is what tells them apart.
        self._beep, self._beeps = "rejected" if self._pending else "accepted", self._beeps + 1
        self._tell({"event": "beep", "device": self.installed.id, "beep": self._beep})
        self._settle("rejected")

    def due_at(self, quiet_since: Quiet) -> float | None:
        """When an echo, a press or its repeat is due."""
        times = [self._buttons.due_at, self._echo[0] if self._echo else None]
        if self._has_to_talk:
            times.append(self._talks_at(quiet_since()))
        return min((at for at in times if at is not None), default=None)

    @property
    def _has_to_talk(self) -> bool:
        return bool(self._frame) and (self._pending is not None or self._stuck is not None)

    def _talks_at(self, quiet_since: float) -> float:
        quiet = quiet_since + max(_QUIET_S, _QUIET_BYTES * self._byte_s) + self._spread_s
        if self._said > REPEATS and self._stuck is None:
            return self._wanted_at
        return min(max(self._wanted_at, quiet), self._wanted_at + _PATIENCE_S)

    def step(self, now: float, quiet_since: Quiet) -> list[bytes]:
        """An echo, or a press."""
        self._buttons.step(now)
        said: list[bytes] = []
        if self._echo is not None and now >= self._echo[0]:
            said.append(self._echo[1])
            self._echo = None
        if not self._has_to_talk or now < self._talks_at(quiet_since()):
            return said
        if self._said > REPEATS and self._stuck is None:
            self._settle("unanswered")
            return said
        said.append(self._frame)
        self._said += 1
        self._wanted_at = now + len(self._frame) * self._byte_s + REPEAT_S
        self._spread_s = self._chance.uniform(0, _QUIET_SPREAD_BYTES) * self._byte_s
        if self._pending is not None:
            self._buttons.settle(self._pending, "sent")
        return said

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
        return self._buttons.rate(score, score, now)

    def _pressed(self, press: Press, now: float) -> None:
        is_idle_evaluator = self.installed.profile.role == "evaluator" and not self._asks_rating
        is_busy = self._pending is not None or (self._stuck is not None and press is not self._stuck)
        if not self.is_on or is_idle_evaluator or is_busy:
            self._buttons.settle(press, "refused")
            return
        self._pending, self._frame, self._said = press, self._frame_of(press), 0
        self._wanted_at = now
        self._spread_s = self._chance.uniform(0, _QUIET_SPREAD_BYTES) * self._byte_s
        self._asks_rating = False
        self.is_changed = True

    def _frame_of(self, press: Press) -> bytes:
        if press.key == RATED:
            return Frame(self.installed.address, RATED_FUNCTION, bytes([press.code])).encoded()
        typed = bytes(int(digit) for digit in press.argument)
        key = press.code.to_bytes(2 if press.code > 0xFF else 1, "big")
        if press.code == 0x0F:
            key = b"\x00\x0f"
        return Frame(self.installed.address, KEYS, typed + key).encoded()

    def _settle(self, fate: PressFate) -> None:
        press, self._pending = self._pending, None
        if press is not None:
            self._buttons.settle(press, fate)
            self.is_changed = True
            if fate == "unanswered" and press.key == RATED:
                # The customer sees the keys lit again.
                self._asks_rating = True

    # --- faults and looks -------------------------------------------------------------------------------------------

    def switch(self, fault: str, is_on: bool, amount: float | None, now: float) -> None:
        """`stuck_key`: it says the same press for ever.  Raises ValueError for a fault it cannot have."""
        if fault not in FAULTS or not self.installed.profile.keys:
            possible = ", ".join(FAULTS) if self.installed.profile.keys else "none of its own"
            raise ValueError(f"a {self.installed.profile.name} cannot have {fault!r}; it can have {possible}")
        self.is_changed = True
        if not is_on:
            self._stuck = None
        elif self._stuck is None:
            key = next(iter(self.installed.profile.keys.values()))
            self._stuck = self._pending or self.hold(key, now)

    def faults(self) -> list[str]:
        """Its own faults that are on."""
        return ["stuck_key"] if self._stuck is not None else []

    def shown(self, now: float) -> dict[str, Any]:
        """What it shows and sounds."""
        signs = "".join(" " if digit == BLANK_DIGIT else str(digit) for digit in self._digits)
        waiting, number = signs[:3].strip(), signs[3:].strip()
        return {
            "number": number,
            "waiting": int(waiting) if waiting else None,
            "code": "",
            "lines": [],
            "lamp": "off",
            "beep": self._beep,
            "beeps": self._beeps,
            "asks_rating": self._asks_rating,
            "uptime_s": int(now - self._on_at) if self.is_on else None,
            "firmware": None,
            "config_crc": None,
            "serial": None,
            "address": self.installed.address,
            "sequence": None,
            "latched": self._pending.told() if self._pending else None,
            "queued": 0,
        }
