"""What a pad line and its program say to each other: presses, ratings and states up; verdicts down.

Values only.  `line.Line` makes the first kind and takes the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from firmware_config.pad_profile import PadKey, PadProfile, Rating

PadFault = Literal[
    "no_answer",
    "duplicate_address",
    "stuck_key",
    "tamper",
    "low_voltage",
    "wrong_speed",
    "config_drift",
    "unplugged",
]
"""What a line can find wrong with itself or a device; the program adds `server_lost`, and judges `config_drift`."""

DeviceState = Literal["online", "offline", "fault"]


@dataclass(frozen=True, slots=True)
class Installed:
    """A device that hangs on the line: its id in the branch file, its address, its model."""

    id: str
    address: int
    profile: PadProfile


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed.  Told once; it waits for `Line.settle(press_id, …)`.

    `press_id`: fit to be a command id; a press still latched after a restart of this program on the same day has the
    same one, so that a server that knows it answers as before.  `argument`: the digits typed before it.
    `sequence`, `uptime_s`: the pad's own count of presses and seconds since its power-up (as last read), None on a
    protocol without them.  `serial`: the pad's serial number, None while it has not been read.
    """

    device: str
    press_id: str
    key: PadKey
    argument: str = ""
    sequence: int | None = None
    uptime_s: int | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class Rated:
    """A customer gave a score on an evaluator.  Told once; it waits for `Line.settle(press_id, …)`."""

    device: str
    press_id: str
    rating: Rating
    sequence: int | None = None
    uptime_s: int | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """How a device stands; told when something of it changed.

    `offline`: it does not answer (`no_answer`).  `fault`: it answers and something is wrong with it.
    `detail`: words for the technician.  `firmware`: "1.3"; `config`: the checksum it runs, four hex digits; None: not
    known, or the model has none.
    """

    device: str
    state: DeviceState
    fault: PadFault | None = None
    detail: str = ""
    firmware: str | None = None
    config: str | None = None


@dataclass(frozen=True, slots=True)
class LineSeen:
    """How the line itself stands: `unplugged` with the adapter gone, `wrong_speed` when all that comes is garbage."""

    state: DeviceState
    fault: PadFault | None = None
    detail: str = ""


Heard = Pressed | Rated | Seen | LineSeen


@dataclass(frozen=True, slots=True)
class Accepted:
    """The press was acted on: the device is told so, with its short beep."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The press was refused: the device beeps twice and shows the two-digit `code` until the next face."""

    code: str


Verdict = Accepted | Rejected
