"""What a device of the pad line shows: `(what the server says about a counter) -> Face`, one function per role.

Pure: no clock, no port, no framework.  How a face becomes registers or frames is the drivers' business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from queue_server.pads.refusals import CODES, NO_SERVER
from queue_server.pads.words import Say, pause_words
from queue_server.wire.pads import PadCounterView

Role = Literal["call_pad", "window_screen", "evaluator"]
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


@dataclass(frozen=True, slots=True)
class Refused:
    """A key of this pad was refused a moment ago: two digits, and words for a pad that has room for them."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device stands and what it says by itself: `welcome` of a window screen, "" for the usual words."""

    role: Role
    welcome: str = ""


def face_of(
    place: Place,
    view: PadCounterView | None,
    say: Say,
    *,
    refused: Refused | None = None,
    is_thanking: bool = False,
) -> Face:
    """What a device at this place shows.

    `view`: its counter, None for one the server does not know.  `refused`: of a call pad, for the few seconds it is
    shown.  `is_thanking`: of an evaluator, for the few seconds after a rating.
    """
    if view is None:
        return BLANK
    match place.role:
        case "call_pad":
            return _call_pad(view, say, refused)
        case "window_screen":
            return _window_screen(view, say, place.welcome)
        case "evaluator":
            return _evaluator(view, say, is_thanking)


def lost_face(place: Place, say: Say, refused: Refused | None = None) -> Face:
    """What a device shows while nobody knows the truth: that, and no number that may be an old one (D4)."""
    match place.role:
        case "call_pad":
            code, words = (refused.code, refused.words) if refused else (CODES[NO_SERVER], "")
            return Face(
                code=code,
                lamp="blink",
                line1=fit(say("No server")),
                line2=fit(f"{code} {words}" if words else say("Please wait for it")),
            )
        case "window_screen":
            return Face(line1=fit(say("System interrupted")), line2=fit(say("Please ask our staff")))
        case "evaluator":
            return BLANK


def _call_pad(view: PadCounterView, say: Say, refused: Refused | None) -> Face:
    number = view.number or ""
    doing = _doing(view, say)
    return Face(
        number=number,
        waiting=view.waiting,
        code=refused.code if refused else "",
        lamp=_lamp(view),
        line1=fit(f"{number} {doing}" if number else doing),
        line2=fit(f"{refused.code} {refused.words}" if refused else _notice(view, say)),
    )


def _doing(view: PadCounterView, say: Say) -> str:
    match view.state:
        case "closed":
            return say("Closed")
        case "free":
            return say("Free")
        case "calling":
            return say("Called")
        case "serving":
            return say("Serving")
        case "no_ticket":
            return say("Serving without number")
        case "paused":
            return f"{say('Paused')} {pause_words(view.reason or '', say)}".rstrip()


def _notice(view: PadCounterView, say: Say) -> str:
    """The one thing the teller most needs to know beside the number."""
    waiting = say("Waiting: {count}").format(count=view.waiting)
    if view.is_unheard and view.state == "calling":
        return say("Not heard: call out")
    if view.level >= 2 and view.state == "serving":
        return f"{waiting} {say('Over standard')}"
    if view.supervisor == "answered":
        return f"{waiting} {say('Supervisor coming')}"
    if view.supervisor == "called":
        return f"{waiting} {say('Supervisor called')}"
    if view.is_pause_requested:
        return f"{waiting} {say('Pause asked for')}"
    return waiting


def _lamp(view: PadCounterView) -> Lamp:
    """Blinking wants the teller to do something; lit says that a customer is on the way or time is running out."""
    if view.is_unheard and view.state == "calling":
        return "blink"
    if view.state == "serving":
        return "blink" if view.level >= 2 else "on" if view.level == 1 else "off"
    return "on" if view.state == "calling" else "off"


def _window_screen(view: PadCounterView, say: Say, welcome: str) -> Face:
    number = view.number or ""
    match view.state:
        case "calling":
            return Face(number=number, line1=fit(number), line2=fit(say("Please come to this counter")))
        case "serving":
            return Face(number=number, line1=fit(number), line2=fit(say("Being served")))
        case "no_ticket":
            return Face(line1=fit(say("Being served")))
        case "free":
            return Face(line1=fit(welcome or say("Welcome")))
        case "paused":
            return Face(line1=fit(say("Paused")), line2=fit(pause_words(view.reason or "", say)))
        case "closed":
            return Face(line1=fit(say("Closed")), line2=fit(say("Please use another counter")))


def _evaluator(view: PadCounterView, say: Say, is_thanking: bool) -> Face:
    if view.rating is not None:
        return Face(
            number=view.rating.number or "", line1=fit(say("Please rate our service")), ask_rating=True
        )
    if is_thanking:
        return Face(line1=fit(say("Thank you")))
    return BLANK


def fit(text: str) -> str:
    """`text` as a device can show it: at most 16 Chinese characters or 32 letters, and no character that takes more
    than two bytes of GB18030, for their fonts end there."""
    shown, cells = [], 0
    for sign in text:
        width = len(sign.encode("gb18030", "replace"))
        if width > 2 or not sign.isprintable():
            sign, width = "?", 1
        cells += width
        if cells > 2 * LINE_CHARACTERS:
            break
        shown.append(sign)
    return "".join(shown)
