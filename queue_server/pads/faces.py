"""What a device of the pad line shows: `(what the server says about a counter) -> Face`, one function per role.

Pure: no clock, no port, no framework.  How a face becomes registers or frames is the drivers' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lamp = Literal["off", "on", "blink"]
Beep = Literal["none", "accepted", "rejected"]

LINE_CHARACTERS = 16
"""The longest line of any text device: 32 bytes of GB18030, two for a Chinese character."""


@dataclass(frozen=True, slots=True)
class Face:
    """Everything one device shows, whole; each driver takes from it what its device can show.

    `number`: the ticket number at the counter ("A012"), "" when there is none.
    `waiting`: how many wait for this counter, None where that is not this device's to show.
    `code`: "" or two digits, the code of the last refusal; shown instead of the number, for a few seconds.
    `beep`: sounded once, when this face takes the place of one with another `beep`; not again after the device was away.
    `line1`, `line2`: text, at most 16 Chinese characters each, every character within two bytes of GB18030.
    `ask_rating`: an evaluator asks its customer for a rating; False = idle.
    """

    number: str = ""
    waiting: int | None = None
    code: str = ""
    lamp: Lamp = "off"
    beep: Beep = "none"
    line1: str = ""
    line2: str = ""
    ask_rating: bool = False


BLANK = Face()
"""A dark device."""
