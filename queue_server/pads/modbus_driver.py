"""A Modbus call pad, window screen or evaluator: asked in turn, acknowledged, shown.

It decides what to ask and write next and what answers mean; when its turn comes is the line's business.  A press stays
latched in the device until its verdict has been written, so nothing is lost with an answer, a port or this program.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from queue_server.pads import modbus, panel
from queue_server.pads.condition import Condition
from queue_server.pads.exchange import Exchange, Outcome, Purpose, asking
from queue_server.pads.faces import Face
from queue_server.pads.ff68 import Frame
from queue_server.pads.heard import Accepted, Heard, Installed, Pressed, Rated, Verdict
from queue_server.pads.link import Latch
from queue_server.pads.modbus import Answer
from queue_server.pads.presence import Presence
from queue_server.pads.registers import (
    IDENTITY,
    POLL,
    RATED_KEY,
    Beep,
    Holding,
    Input,
    Status,
    argument_digits,
)

_EVERY_S: Final = {"call_pad": 0.05, "evaluator": 0.4, "window_screen": 2.0}
"""How soon a device may be polled again; on a full line the wire decides."""

_IDENTITY_EVERY_S: Final = 5.0
_GOLDEN: Final = 0.618034
"""Addresses times this, without the whole, lie evenly between 0 and 1."""

_AWAITED_S: Final = 2.0
_BOOT_SLACK_S: Final = 2.5
_WITHOUT_SERIAL: Final = 9
_DEVICES: Final = 4
"""Serial numbers remembered: the device, its spare, and two more."""

_RETURNS: Final = 2
_RETURNS_WITHIN_S: Final = 30.0
"""A spare pad changes the serial number once, perhaps back again; two pads on one address change it all the time."""


class ModbusDriver:
    """One device.  `day` names the day, for ids of presses that a restart of this program does not change."""

    def __init__(self, installed: Installed, day: Callable[[], str]) -> None:
        self.installed = installed
        self._day = day
        self._presence = Presence()
        self._condition = Condition(installed.id)
        # One for each serial number: a spare counts its presses from where it was made, not from where the old pad was.
        self._latches: OrderedDict[int, Latch] = OrderedDict()
        self._latch = Latch()
        self._pending: dict[str, tuple[Latch, int]] = {}
        self._wanted: Face | None = None
        self._painted: tuple[Face | None, dict[int, int]] = (None, {})
        self._known: dict[int, int] = {}
        self._actions: dict[int, int] = {}
        self._written: tuple[Exchange, int, list[int]] | None = None
        address = installed.address
        self._short = asking("poll", modbus.read_input(address, *POLL))
        self._long = asking("poll", modbus.read_input(address, *IDENTITY))
        self._acknowledged = asking("poll", modbus.read_holding(address, Holding.ACKNOWLEDGE, 1))
        self._has_keys = installed.profile.role != "window_screen"
        self._polled_at = float("-inf")
        self._identified_at = float("-inf")
        self._identify_at = float("-inf")
        self._asked_long = False
        self._is_doubtful = False
        self._is_hurried = False
        self._latched: tuple[int, ...] | None = None
        self._pressed_at = float("-inf")
        self._booted_at: float | None = None
        self._uptime_s: int | None = None
        self._serial = 0
        self._serials: deque[float] = deque(maxlen=_RETURNS + 1)

    # --- what the line asks ---------------------------------------------------------------------------------------

    @property
    def is_offline(self) -> bool:
        """Whether it has stopped answering."""
        return self._presence.is_offline

    @property
    def is_there(self) -> bool:
        """Whether it answered when it was last asked."""
        return self._presence.is_known and not self._presence.is_offline

    @property
    def is_dark(self) -> bool:
        """Whether it has never been shown something of what it should show."""
        return self._wanted is not None and not self._painted_now().keys() <= self._known.keys()

    def is_awaited(self, now: float) -> bool:
        """Whether somebody just pressed a key and looks at it."""
        return now - self._pressed_at <= _AWAITED_S

    def due_at(self, now: float) -> float:
        """When it wants to be polled next."""
        if self._presence.is_offline:
            return self._presence.asked_again_at
        if self._is_hurried:
            return float("-inf")
        if self._presence.has_missed:
            return max(self._polled_at, self._presence.asked_again_at)
        return self._polled_at + _EVERY_S[self.installed.profile.role]

    def poll(self, now: float) -> Exchange:
        """The press that is latched; now and then who it is; once, how far it has been acknowledged."""
        self._polled_at, self._is_hurried = now, False
        is_due = now >= self._identify_at or self._is_doubtful or not self._has_keys
        # Not twice running: with two devices on one address only the short answer may come through.
        if is_due and not self._asked_long:
            self._asked_long = True
            return self._long
        self._asked_long = False
        return self._acknowledged if self._latch.acknowledged is None else self._short

    def settling(self, now: float) -> Exchange | None:
        """The acknowledgement that is due, with its beep and whatever stands beside it."""
        if Holding.ACKNOWLEDGE not in self._actions or not self._may_write(now):
            return None
        return self._write("settle")

    def showing(self, now: float) -> Exchange | None:
        """What it does not show yet."""
        return self._write("show") if self._may_write(now) else None

    def _may_write(self, now: float) -> bool:
        """Whether it is there; one that just kept silent is polled before anything is written again."""
        presence = self._presence
        return (
            presence.is_known
            and not presence.is_offline
            and (not presence.has_missed or now >= presence.asked_again_at)
        )

    def _write(self, purpose: Purpose) -> Exchange | None:
        wanted = self._painted_now()
        first, values = panel.span(wanted, self._known, self._actions)
        if not values:
            return None
        exchange = asking(purpose, modbus.write(self.installed.address, first, values))
        self._written = (exchange, first, values)
        return exchange

    def _painted_now(self) -> dict[int, int]:
        """The face as registers; asked at every turn of the line, and a face stays for many of them."""
        if self._painted[0] is not self._wanted:
            self._painted = (self._wanted, panel.registers(self._wanted or Face(), self.installed.profile))
        return self._painted[1]

    # --- what it is told --------------------------------------------------------------------------------------------

    def show(self, face: Face) -> None:
        """What it is to show from now on; a beep sounds when it is another than the last."""
        before = self._wanted.beep if self._wanted else "none"
        if face.beep not in ("none", before):
            self._beep(panel.beep(face.beep))
        self._wanted = face

    def settle(self, press_id: str, verdict: Verdict) -> None:
        """What became of a press that is pending here."""
        latch, sequence = self._pending.pop(press_id, (None, 0))
        if latch is None:
            return
        latch.settle(sequence)
        if latch is not self._latch:
            return
        self._actions[Holding.ACKNOWLEDGE] = sequence
        is_good = isinstance(verdict, Accepted)
        self._beep(Beep.ACCEPTED if is_good else Beep.REJECTED)
        # The face that follows says the same; its beep has been heard then, and its code stands already.
        code = "" if isinstance(verdict, Accepted) else verdict.code
        self._wanted = replace(self._wanted or Face(), code=code, beep="accepted" if is_good else "rejected")

    def _beep(self, value: int) -> None:
        if self.installed.profile.has_beeper:
            self._actions[Holding.BEEP] = value

    def suspect(self, fault: Literal["duplicate_address"] | None, detail: str) -> list[Heard]:
        """What the line thinks of the address; serial numbers that come back in turn say the same."""
        if len(self._serials) > _RETURNS:
            fault, detail = "duplicate_address", "devices with different serial numbers answer in turn"
        self._condition.mark("duplicate_address", fault is not None, detail)
        return [*self._condition.seen()] if self._condition.firmware is not None else []

    def lost(self) -> None:
        """The port went away: the device may be another one when it is back."""
        self._presence.forget()
        self._condition.forget()
        self._forget()

    def passed(self, now: float) -> list[Heard]:
        """Nothing here happens by time alone."""
        return []

    def heard(self, frame: Frame, now: float) -> list[Heard]:
        """It speaks Modbus only."""
        return []

    # --- what came of it --------------------------------------------------------------------------------------------

    def happened(
        self, exchange: Exchange, outcome: Outcome, answers: tuple[Answer, ...], now: float
    ) -> list[Heard]:
        """An answer, or none."""
        if not answers:
            # Once more at once after garbage: the device is there, and somebody may be waiting for the answer.
            is_silent = outcome == "silent"
            if is_silent:
                # Perhaps it was without power for a moment: its clock will tell.
                self._is_doubtful = True
            self._is_hurried = not is_silent and not self._presence.has_missed
            if not self._presence.missed(now, is_silent):
                return []
            words = {
                "silent": "it does not answer",
                "garbled": "its answers are garbage",
                "collided": "its answers are garbled",
            }
            self._condition.mark("no_answer", True, words[outcome])
            self._forget()
            return [*self._condition.seen()]
        self._presence.answered(now)
        self._condition.mark("no_answer", False)
        heard: list[Heard] = []
        for answer in answers:
            heard += self._answered(exchange, answer, now)
        if self._identified_at > float("-inf"):
            heard += self._condition.seen()
        return heard

    def _answered(self, exchange: Exchange, answer: Answer, now: float) -> list[Heard]:
        if self._written is not None and exchange is self._written[0]:
            _, first, values = self._written
            self._took(first, values, is_refused=answer.refused is not None)
            return []
        if exchange is self._long:
            if answer.refused is not None:
                # An older device without a serial number; it has the other registers.
                self._long = asking("poll", modbus.read_input(self.installed.address, 0, _WITHOUT_SERIAL))
                self._is_hurried = True
                return []
            return self._identified(answer.registers, now)
        if answer.refused is not None:
            return []
        if exchange is self._acknowledged:
            self._latch.acknowledge(answer.registers[0])
            latched, self._latched = self._latched, None
            return self._look(latched, now) if latched is not None else []
        if exchange is self._short:
            return self._look(answer.registers, now)
        return []

    def _took(self, first: int, values: list[int], is_refused: bool) -> None:
        """What was written stands; a device that refuses a register will not take it the next time either.

        Not so the acknowledgement: refused, the press is still latched, and it is written again when the poll says so.
        """
        for place, value in enumerate(values, first):
            self._known[place] = value
            if self._actions.get(place) == value:
                del self._actions[place]
            if place == Holding.ACKNOWLEDGE and not is_refused:
                self._latch.acknowledge(value)

    def _identified(self, registers: tuple[int, ...], now: float) -> list[Heard]:
        serial = 0
        if len(registers) > Input.SERIAL_LOW:
            serial = registers[Input.SERIAL] << 16 | registers[Input.SERIAL_LOW]
        booted_at = now - registers[Input.UPTIME]
        is_restarted = self._booted_at is not None and booted_at - self._booted_at > _BOOT_SLACK_S
        while self._serials and now - self._serials[0] > _RETURNS_WITHIN_S:
            self._serials.popleft()
        if serial != self._serial and self._serial:
            self._serials.append(now)
        if is_restarted or serial != self._serial or not self._latches:
            self._forget()
            self._meet(serial)
        self._serial, self._booted_at, self._uptime_s = serial, booted_at, registers[Input.UPTIME]
        if self._identified_at == float("-inf"):
            # Each at a moment of its own: all at once they would make one round of the line half as long again.
            self._identify_at = now + _IDENTITY_EVERY_S * (self.installed.address * _GOLDEN % 1.0)
        while self._identify_at <= now:
            self._identify_at += _IDENTITY_EVERY_S
        self._identified_at, self._is_doubtful = now, False
        condition, status = self._condition, Status(registers[Input.STATUS] & 0b111)
        condition.firmware = f"{registers[Input.FIRMWARE] >> 8}.{registers[Input.FIRMWARE] & 0xFF}"
        if self.installed.profile.has_config:
            condition.config = f"{registers[Input.CONFIG_CRC]:04x}"
        condition.mark("tamper", Status.TAMPER in status, "its housing is open")
        condition.mark("low_voltage", Status.LOW_VOLTAGE in status, "its supply is low")
        condition.mark("stuck_key", Status.STUCK_KEY in status, "a key is stuck")
        return self._look(registers[Input.SEQUENCE : Input.ARGUMENT_LOW + 1], now)

    def _meet(self, serial: int) -> None:
        """The device with this serial number answers from now on."""
        self._latch = self._latches.setdefault(serial, Latch())
        self._latch.forget()
        self._latches.move_to_end(serial)
        while len(self._latches) > _DEVICES:
            self._latches.popitem(last=False)
        self._actions.pop(Holding.ACKNOWLEDGE, None)

    def _forget(self) -> None:
        """What it shows and how far it has been acknowledged is not known any more."""
        self._known.clear()
        self._latched = None
        self._latch.forget(was_away=True)
        self._actions.pop(Holding.BEEP, None)
        self._identified_at = self._identify_at = float("-inf")
        self._booted_at = None

    def _look(self, registers: tuple[int, ...], now: float) -> list[Heard]:
        """Tell the press that is latched, if it is a new one."""
        if not self._has_keys:
            return []
        if self._latch.acknowledged is None:
            # What is latched stays so; whether it is new is known as soon as the next answer is there.
            self._latched, self._is_hurried = registers, True
            return []
        sequence, key, high, low = registers
        match self._latch.look(sequence):
            case "settled":
                self._actions[Holding.ACKNOWLEDGE] = sequence
            case "strange":
                self._latch.forget()
            case "new":
                return self._pressed(sequence, key, high, low, now)
        return []

    def _pressed(self, sequence: int, key: int, high: int, low: int, now: float) -> list[Heard]:
        device, profile = self.installed.id, self.installed.profile
        press_id = f"{device}.{self._serial:x}.{self._day()}.{sequence}"
        self._pressed_at = now
        heard: list[Heard] = []
        try:
            argument = argument_digits(high, low)
        except ValueError:
            argument = "?"
        if profile.role == "evaluator":
            rating = profile.scores.get(int(argument)) if argument.isdecimal() and key == RATED_KEY else None
            if rating is not None:
                heard.append(Rated(device, press_id, rating, sequence, self._uptime_s, self._serial or None))
                # The rating ended the asking, whatever the face still says.
                self._known[Holding.ASK_RATING] = 0
                self._wanted = replace(self._wanted or Face(), ask_rating=False)
        elif (name := profile.keys.get(key)) is not None and argument != "?":
            heard.append(
                Pressed(device, press_id, name, argument, sequence, self._uptime_s, self._serial or None)
            )
        if not heard:
            # A key its profile does not know must not stay latched for ever.
            self._latch.settle(sequence)
            self._actions[Holding.ACKNOWLEDGE] = sequence
            self._beep(Beep.REJECTED)
            return []
        self._pending[press_id] = (self._latch, sequence)
        return heard
