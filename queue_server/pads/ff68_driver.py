"""A common Chinese pad, window screen or evaluator: it speaks unasked, and what it is told it echoes.

There is nothing to poll: the six digits it shows are sent again now and then, and the echo says that it is there.  A
pad that is heard pressing and never echoes is taken to be there, because nothing better can be known of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from firmware_config.pad_profile import PadKey
from queue_server.pads import ff68
from queue_server.pads.condition import Condition
from queue_server.pads.exchange import Exchange, Outcome, Purpose
from queue_server.pads.faces import Face
from queue_server.pads.ff68 import Frame
from queue_server.pads.heard import Accepted, Heard, Installed, Pressed, Rated, Verdict
from queue_server.pads.link import Repeats
from queue_server.pads.modbus import Answer
from queue_server.pads.one_button import Button, passed, touched
from queue_server.pads.presence import Presence

_PROBE_EVERY_S: Final = 2.0
_AWAITED_S: Final = 2.0
_FUNCTION_KEY: Final = 0x0F
_ASK_RATING: Final = 0x0B
_ASKS: Final = 3
_ASK_AGAIN_S: Final = 1.0
_BLANK_DIGIT: Final = 0x0A
_MOST_WAITING: Final = 999


class Ff68Driver:
    """One device.  `new_id` makes ids of presses, for the frames carry none."""

    def __init__(self, installed: Installed, new_id: Callable[[], str]) -> None:
        self.installed = installed
        self._new_id = new_id
        profile = installed.profile
        self._presence = Presence()
        self._condition = Condition(installed.id)
        self._repeats = Repeats(profile.repeats_within_ms / 1000, profile.stuck_after_s)
        self._button: Button | None = None
        if profile.one_button is not None and not {"long", "double"} & set(profile.keys.values()):
            self._button = Button(profile.one_button.long_s, profile.one_button.double_s)
        self._pending: dict[str, tuple[int, str, Frame]] = {}
        self._replies: list[Frame] = []
        self._accepted: dict[tuple[int, str], Frame] = {}
        self._wanted: Face | None = None
        self._shown: Frame | None = None
        self._asks = 0
        self._ask_again_at = float("-inf")
        self._beeps: bool = False
        self._touch: Frame | None = None
        self._probed_at = float("-inf")
        self._pressed_at = float("-inf")
        self._has_echoed = False

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
        """Whether it shows nothing of what it should."""
        return self._wanted is not None and self._shown is None

    def is_awaited(self, now: float) -> bool:
        """Whether somebody just pressed a key and looks at it."""
        return now - self._pressed_at <= _AWAITED_S

    def due_at(self, now: float) -> float:
        """When it wants to be polled next."""
        if self._presence.is_offline or self._presence.has_missed:
            return self._presence.asked_again_at
        return self._probed_at + _PROBE_EVERY_S

    def poll(self, now: float) -> Exchange:
        """What it shows, once more."""
        self._probed_at = now
        return self._sent("poll", self._digits())

    def settling(self, now: float) -> Exchange | None:
        """The answer to a press."""
        if not self._replies:
            return None
        reply = self._replies.pop(0)
        # An accepted press is echoed, and nobody echoes an echo; a beep is echoed like any command.
        return (
            self._sent("settle", reply)
            if reply.function == ff68.BEEP
            else Exchange("settle", ff68.encode(reply))
        )

    def showing(self, now: float) -> Exchange | None:
        """What it does not show yet: the digits, a beep, the request for a rating."""
        if self._presence.is_offline or (self._presence.has_missed and now < self._presence.asked_again_at):
            return None
        face, address = self._wanted, self.installed.address
        if face is None:
            return None
        if self.installed.profile.display.kind != "none" and self._digits() != self._shown:
            return self._sent("show", self._digits())
        if self._beeps:
            self._beeps = False
            return self._sent("show", Frame(address, ff68.BEEP))
        is_asking = self.installed.profile.role == "evaluator" and face.ask_rating
        if is_asking and self._asks < _ASKS and now >= self._ask_again_at:
            # Nothing echoes this frame: one that is lost must not make a customer who was not asked.
            self._asks, self._ask_again_at = self._asks + 1, now + _ASK_AGAIN_S
            return Exchange("show", ff68.encode(Frame(address, ff68.KEY, bytes((_ASK_RATING,)))))
        return None

    def _sent(self, purpose: Purpose, frame: Frame) -> Exchange:
        return Exchange(purpose, ff68.encode(frame), echo=frame)

    def _digits(self) -> Frame:
        """Three digits of waiting, three of the number or of the code."""
        face = self._wanted or Face()
        waiting = "" if face.waiting is None else str(min(face.waiting, _MOST_WAITING))
        number = face.code or "".join(sign for sign in face.number if sign in "0123456789")[-3:]
        shown = waiting.rjust(3) + number[:3].rjust(3)
        data = bytes(_BLANK_DIGIT if sign == " " else int(sign) for sign in shown)
        return Frame(self.installed.address, ff68.DISPLAY, data)

    # --- what it is told --------------------------------------------------------------------------------------------

    def show(self, face: Face) -> None:
        """What it is to show from now on; a beep sounds when it is another than the last."""
        before = self._wanted.beep if self._wanted else "none"
        if face.beep not in ("none", before) and self.installed.profile.has_beeper:
            self._beeps = True
        self._wanted = face
        if not face.ask_rating:
            self._asks, self._ask_again_at = 0, float("-inf")

    def settle(self, press_id: str, verdict: Verdict) -> None:
        """What became of a press: its echo, or a beep and the code."""
        pressed = self._pending.pop(press_id, None)
        if pressed is None:
            return
        key, argument, frame = pressed
        self._repeats.settle(key, argument)
        address, wanted = self.installed.address, self._wanted or Face()
        if isinstance(verdict, Accepted):
            # A rating is thanked with its score as a key, which is what the sum less 0x10 of the manual comes to.
            is_rating = frame.function == ff68.RATED
            echo = Frame(address, ff68.KEY, frame.data[:1]) if is_rating else frame
            self._replies.append(echo)
            self._accepted[key, argument] = echo
            self._wanted = replace(wanted, code="", beep="accepted")
        else:
            self._replies.append(Frame(address, ff68.BEEP))
            self._wanted = replace(wanted, code=verdict.code, beep="rejected")

    def suspect(self, fault: Literal["duplicate_address"] | None, detail: str) -> list[Heard]:
        """What the line thinks of the address."""
        self._condition.mark("duplicate_address", fault is not None, detail)
        return [*self._condition.seen()] if self._presence.is_known else []

    def lost(self) -> None:
        """The port went away."""
        self._presence.forget()
        self._shown, self._asks = None, 0
        self._replies.clear()

    # --- what came of it --------------------------------------------------------------------------------------------

    def happened(
        self, exchange: Exchange, outcome: Outcome, answers: tuple[Answer, ...], now: float
    ) -> list[Heard]:
        """The echo came, or did not; what waits for none has happened as soon as it was sent."""
        if exchange.echo is None:
            return []
        if outcome == "answered":
            self._has_echoed = True
            if exchange.echo.function == ff68.DISPLAY:
                self._shown = exchange.echo
            return self._is_there(now)
        if self._presence.is_known and not self._has_echoed:
            # A model that never echoes: it was heard pressing, so what it was sent is taken to be shown.
            self._shown = exchange.echo if exchange.echo.function == ff68.DISPLAY else self._shown
            return []
        if not self._presence.missed(now, outcome == "silent"):
            return []
        self._condition.mark("no_answer", True, "it does not echo what it is sent")
        self._shown, self._asks = None, 0
        return [*self._condition.seen()]

    def heard(self, frame: Frame, now: float) -> list[Heard]:
        """A frame nobody asked for: a press, a rating, or an echo that comes late."""
        if frame.function == ff68.RATED and self.installed.profile.role == "evaluator":
            return [*self._is_there(now), *self._rated(frame, now)]
        if frame.function == ff68.KEY and self.installed.profile.role == "call_pad":
            return [*self._is_there(now), *self._pressed(frame, now)]
        return []

    def passed(self, now: float) -> list[Heard]:
        """A single press of a single button is certain now; a stuck key has come free."""
        heard: list[Heard] = []
        if self._button is not None and self._touch is not None:
            self._button, gesture = passed(self._button, now)
            if gesture is not None:
                heard += self._told(gesture, 0, "", self._touch, now)
        if self._presence.is_known:
            self._condition.mark("stuck_key", self._repeats.stuck(now) is not None, "a key is stuck")
            heard += self._condition.seen()
        return heard

    def _is_there(self, now: float) -> list[Heard]:
        self._presence.answered(now)
        self._condition.mark("no_answer", False)
        return [*self._condition.seen()]

    def _rated(self, frame: Frame, now: float) -> list[Heard]:
        rating = self.installed.profile.scores.get(frame.data[0]) if frame.data else None
        if rating is None or not self._is_new(frame.data[0], "", now):
            return []
        press_id = self._new_id()
        self._pending[press_id] = (frame.data[0], "", frame)
        self._pressed_at = now
        self._asks = _ASKS
        self._wanted = replace(self._wanted or Face(), ask_rating=False)
        return [Rated(self.installed.id, press_id, rating)]

    def _pressed(self, frame: Frame, now: float) -> list[Heard]:
        code, argument = _key(frame.data)
        name = self.installed.profile.keys.get(code)
        if name is None:
            return []
        if self._button is not None:
            self._touch = frame
            self._repeats.is_new(code, "", now)
            self._repeats.settle(code, "")
            self._button, gesture = touched(self._button, now)
            return self._told(gesture, code, "", frame, now) if gesture else []
        if not self._is_new(code, argument, now):
            return []
        return self._told(
            "call_number" if name == "call_next" and argument else name, code, argument, frame, now
        )

    def _is_new(self, code: int, argument: str, now: float) -> bool:
        """Whether it is a press of its own; a repeat of an accepted one means that its echo was lost."""
        if self._repeats.is_new(code, argument, now):
            self._accepted.pop((code, argument), None)
            return True
        echo = self._accepted.get((code, argument))
        if echo is not None and self._repeats.stuck(now) is None:
            self._replies.append(echo)
        return False

    def _told(self, key: PadKey, code: int, argument: str, frame: Frame, now: float) -> list[Heard]:
        press_id = self._new_id()
        self._pending[press_id] = (code, argument, frame)
        self._pressed_at = now
        return [Pressed(self.installed.id, press_id, key, argument)]


def _key(data: bytes) -> tuple[int, str]:
    """The code of a key as profiles write it, and the digits typed before; code 0 for what no pad sends."""
    if not data or any(digit > 9 for digit in data[:-1]):
        return 0, ""
    digits, code = data[:-1], data[-1]
    if code == _FUNCTION_KEY:
        if not digits:
            return 0, ""
        digits, code = digits[:-1], digits[-1] << 8 | code
    return code, "".join(str(digit) for digit in digits)
