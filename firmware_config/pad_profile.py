"""What one model of call pad, window screen or evaluator can do, read from YAML that inherits and overrides.

A profile is facts about a device: which bytes it speaks, which keys it has, what it can show.  Line, address and
counter are the branch's business; registers and frames are the driver's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from firmware_config import scalars as s
from firmware_config.problems import Expected
from firmware_config.profile_file import Shelf

PROFILES = Path(__file__).parent / "profiles" / "pads"
"""Where the shipped profiles live."""

PadKey = Literal[
    "open",
    "close",
    "call_next",
    "recall",
    "start",
    "finish",
    "no_show",
    "hold",
    "resume",
    "transfer",
    "pause",
    "ask_rating",
    "leave_seat",
    "call_supervisor",
    "call_number",
    "press",
    "long",
    "double",
]
"""The same keys as on the server's wire; a test keeps the two alike."""

Rating = Literal["very_satisfied", "satisfied", "neutral", "dissatisfied"]
Protocol = Literal["modbus", "ff68"]
Role = Literal["call_pad", "window_screen", "evaluator"]
Baud = Literal[2400, 4800, 9600, 19200, 38400, 57600, 115200]

ADDRESSES: Mapping[str, range] = {"modbus": range(1, 248), "ff68": range(1, 255)}
"""Addresses of one device each: Modbus keeps 0 for everybody and 248 up for itself, FF 68 pads answer 255 all at once."""


def _number(given: Any) -> int:
    """The code somebody wrote, or 0 for what is none."""
    try:
        return given if isinstance(given, int) else int(str(given), 16 if str(given)[:2] == "0x" else 10)
    except ValueError:
        return 0


def _code(given: Any) -> int:
    """A device's code of a key: decimal, or hexadecimal as the manuals of FF 68 pads write it."""
    code = _number(given)
    if not 1 <= code <= 0xFFFF:
        raise s.refused(Expected.KEY_CODE, found=given)
    return code


def _codes_once(given: Any) -> Any:
    """12 and 0x0C are one key: whoever writes both is told, instead of one being lost."""
    codes = [code for key in given if (code := _number(key))] if isinstance(given, Mapping) else []
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise s.refused(Expected.LISTED_ONCE, found=f"0x{twice:02X}")
    return given


KeyCode = Annotated[int, BeforeValidator(_code)]
Keys = Annotated[dict[KeyCode, PadKey], BeforeValidator(_codes_once)]
Scores = Annotated[dict[KeyCode, Rating], BeforeValidator(_codes_once)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Display(_Part):
    """What the device can show: nothing, digits only, or text.

    `characters` counts cells of one line, ASCII 1 and Chinese 2; for digits it is how many there are in all.
    `charset` is what the font inside holds; on the wire text is GB18030 either way.
    """

    kind: Literal["none", "digits", "text"] = "none"
    lines: Annotated[int, Field(ge=0, le=2)] = 0
    characters: Annotated[int, Field(ge=0, le=32)] = 0
    charset: Literal["gb2312", "gbk", "gb18030"] = "gbk"

    @model_validator(mode="after")
    def _has_room(self) -> Display:
        if self.kind == "none" and (self.lines or self.characters):
            raise s.refused(Expected.DISPLAY_NONE)
        if self.kind != "none" and not (self.lines and self.characters):
            raise s.refused(Expected.DISPLAY_ROOM, kind=self.kind)
        return self


class OneButton(_Part):
    """A pad of one button: held for `long_s` is a long press, twice within `double_s` a double one."""

    long_s: Annotated[float, Field(ge=0.3, le=5)] = 1.0
    double_s: Annotated[float, Field(ge=0.1, le=2)] = 0.4


class Beeps(_Part):
    """When the device beeps."""

    accepted: bool = True
    rejected: bool = True


class PadProfile(_Part):
    """One model of device on a pad line.

    `keys`: the device's code of a key → what it means; of an FF 68 pad the last data byte, or the last two where the
    last is 0F (0x060F).  `scores`: what an evaluator sends → the rating.  `implied_start`: nobody presses start on it,
    so the domain must assume it.  `bauds`: speeds it can be set to.  `answer_within_ms`: from the end of the question
    to the first byte of the answer.  `repeats_within_ms`: the same key again so soon is the key bouncing, on a
    protocol without sequence numbers.  `stuck_after_s`: a key held longer is reported, not repeated.
    """

    name: s.Code
    title: Annotated[str, s.words(80)]
    protocol: Protocol
    role: Role
    keys: Keys = Field(default_factory=dict)
    display: Display = Display()
    has_lamp: bool = False
    has_beeper: bool = False
    has_config: bool = False
    one_button: OneButton | None = None
    implied_start: bool = False
    scores: Scores = Field(default_factory=dict)
    brightness: Annotated[int, Field(ge=1, le=8)] = 5
    beeps: Beeps = Beeps()
    bauds: Annotated[tuple[Annotated[Baud, s.whole_of(*get_args(Baud))], ...], Field(min_length=1)] = (9600,)
    answer_within_ms: Annotated[int, Field(ge=5, le=2000)] = 60
    repeats_within_ms: Annotated[int, Field(ge=50, le=5000)] = 600
    stuck_after_s: Annotated[float, Field(ge=2, le=60)] = 8.0

    @model_validator(mode="after")
    def _fits_its_role(self) -> PadProfile:
        if bool(self.keys) != (self.role == "call_pad"):
            raise s.refused(Expected.KEYS_OF_PAD, at="keys")
        if bool(self.scores) != (self.role == "evaluator"):
            raise s.refused(Expected.SCORES_OF_EVALUATOR, at="scores")
        if self.role == "window_screen" and self.display.kind == "none":
            raise s.refused(Expected.SCREEN_SHOWS, at="display")
        if self.has_config and self.protocol != "modbus":
            raise s.refused(Expected.CONFIG_OF_MODBUS, at="has_config")
        if self.has_config and (max(self.keys, default=0) > 64 or max(self.scores, default=0) > 8):
            raise s.refused(Expected.CONFIG_CODES, at="keys")
        of_one_button = {"press", "long", "double"} & set(self.keys.values())
        if (self.one_button is not None) != bool(of_one_button):
            raise s.refused(Expected.ONE_BUTTON_KEYS, at="one_button")
        return self


_SHELF = Shelf(PadProfile, PROFILES, Expected.KNOWN_PAD_PROFILE)


def pad_profile_names(folder: Path = PROFILES) -> tuple[str, ...]:
    """The profiles in `folder`, sorted."""
    return _SHELF.names(folder)


def load_pad_profile(
    source: str | Path, overrides: Mapping[str, Any] | None = None, folder: Path = PROFILES
) -> PadProfile:
    """The profile named `source` in `folder`, or in the file `source`; `overrides` come last, nested like the YAML.

    Raises ProfileFault naming file, line, column and key of every problem.
    """
    return _SHELF.load(source, overrides, folder)
