"""What a ticket says (`TicketFace`) and how it is laid out in cells (`compose`), as values.

Pure: no bytes, no charset, no clock, no port.  Sizes are multiples of one cell (12 x 24 dots for ASCII, 24 x 24 for
Chinese); 48 cells fit on 80 mm paper, 32 on 58 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from printer.cells import cells, clean, wrap
from printer.words import Say

Language = Literal["zh_CN", "en"]
Align = Literal["left", "center"]

LARGEST = 8
"""The largest magnification ESC/POS knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFace:
    """Everything one ticket shows (K4); never a full name or an id number.

    `issued_at` is aware and already in the branch's zone: the paper shows its wall clock as it is.  `wait_lo_min` and
    `wait_hi_min` are the quoted band; both None means no counter is open for this service yet.  `class_mark` is the
    customer class in words ("VIP"), empty for nobody special.  `requeue_of` is the missed number this ticket follows.
    """

    bank: str
    branch: str
    number: str
    service: str
    ahead: int
    issued_at: datetime
    wait_lo_min: int | None = None
    wait_hi_min: int | None = None
    missed_rule: str = ""
    papers: tuple[str, ...] = ()
    hotline: str = ""
    qr_url: str = ""
    is_priority: bool = False
    class_mark: str = ""
    is_reprint: bool = False
    requeue_of: str | None = None
    counter_hint: str | None = None
    language: Language = "zh_CN"

    def __post_init__(self) -> None:
        """Raises ValueError for a face that cannot be a ticket: no number, a naive time, half a wait band."""
        if not clean(self.number):
            raise ValueError("a ticket without a number is not a ticket")
        if self.issued_at.utcoffset() is None:
            raise ValueError("issued_at needs its zone")
        if (self.wait_lo_min is None) != (self.wait_hi_min is None):
            raise ValueError("a wait band has two ends, or none")
        if self.ahead < 0:
            raise ValueError("ahead counts people")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; `width` and `height` magnify a cell."""

    text: str
    align: Align = "center"
    width: int = 1
    height: int = 1
    is_bold: bool = False
    is_inverse: bool = False


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, centred, with what it says."""

    data: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty paper, in dots (8 to a millimetre)."""

    dots: int


Piece = Line | QrCode | Gap


def compose(face: TicketFace, width_cells: int, say: Say) -> tuple[Piece, ...]:
    """The ticket, top to bottom, on paper `width_cells` wide, in the words of `say`."""
    return (
        *_heading(face, width_cells, say),
        *_number(face, width_cells, say),
        *_expectation(face, width_cells, say),
        *_fine_print(face, width_cells, say),
    )


def _heading(face: TicketFace, width: int, say: Say) -> list[Piece]:
    pieces: list[Piece] = []
    if face.is_reprint:
        pieces += [Line(f" {say('REPRINT')} ", width=2, height=2, is_inverse=True), Gap(12)]
    pieces += _fitting(face.bank, width, (2, 2), (1, 2))
    pieces += [*_fitting(face.branch, width, (1, 1)), _rule(width)]
    return pieces


def _number(face: TicketFace, width: int, say: Say) -> list[Piece]:
    pieces: list[Piece] = []
    pieces += [*_fitting(face.service, width, (2, 2), (1, 2)), Gap(10)]
    number = clean(face.number)
    scale = max(1, min(LARGEST, width // cells(number)))
    pieces += [Line(text, width=scale, height=scale, is_bold=True) for text in wrap(number, width // scale)]
    marks = [mark for mark in (say("PRIORITY") if face.is_priority else "", clean(face.class_mark)) if mark]
    if marks:
        pieces += [
            Line(f" {text} ", width=2, height=2, is_inverse=True)
            for text in wrap(" ".join(marks), width // 2 - 2)
        ]
    if face.requeue_of:
        pieces += _fitting(
            say("requeued after missing {number}").format(number=face.requeue_of), width, (1, 2)
        )
    return [*pieces, Gap(10)] if marks or face.requeue_of else pieces


def _expectation(face: TicketFace, width: int, say: Say) -> list[Piece]:
    pieces: list[Piece] = []
    if face.ahead:
        pieces += _fitting(say("{count} ahead of you").format(count=face.ahead), width, (2, 2), (1, 2))
    else:
        pieces += _fitting(say("You are next"), width, (2, 2), (1, 2))
    if face.wait_lo_min is None or face.wait_hi_min is None:
        pieces += _fitting(say("No counter open for this service yet"), width, (2, 2), (1, 2))
    elif face.wait_lo_min == face.wait_hi_min:
        pieces += _fitting(
            say("wait about {minutes} min").format(minutes=face.wait_lo_min), width, (2, 2), (1, 2)
        )
    else:
        band = say("wait {lo}-{hi} min").format(lo=face.wait_lo_min, hi=face.wait_hi_min)
        pieces += _fitting(band, width, (2, 2), (1, 2))
    if face.counter_hint:
        pieces += _fitting(say("Counter: {counter}").format(counter=face.counter_hint), width, (1, 2))
    pieces.append(_rule(width))
    return pieces


def _fine_print(face: TicketFace, width: int, say: Say) -> list[Piece]:
    pieces: list[Piece] = []
    if face.missed_rule:
        pieces += _left(say("If missed: {rule}").format(rule=face.missed_rule), width)
    if face.papers:
        pieces += _left(say("Bring: {papers}").format(papers=say(", ").join(face.papers)), width)
    if face.qr_url:
        pieces += [Gap(20), QrCode(face.qr_url), Gap(10), Line(say("Scan for live position"))]
    pieces.append(Gap(10))
    if face.hotline:
        pieces += _fitting(say("Complaints {hotline}").format(hotline=face.hotline), width, (1, 1))
    pieces += _fitting(f"{face.issued_at:%Y-%m-%d %H:%M}", width, (1, 1))
    return pieces


def _fitting(text: str, width: int, *sizes: tuple[int, int]) -> list[Piece]:
    """`text` centred in the first of `sizes` that holds it on one line, else wrapped in the last."""
    shown = clean(text)
    if not shown:
        return []
    for across, down in sizes:
        if cells(shown) * across <= width:
            return [Line(shown, width=across, height=down)]
    across, down = sizes[-1]
    return [Line(part, width=across, height=down) for part in _balanced(shown, width // across)]


def _balanced(text: str, width: int) -> list[str]:
    """`text` in as few lines as fit, of about equal length: a lone last word looks forgotten."""
    lines = wrap(text, width)
    for narrower in range(width - 1, width // 2, -1):
        if len(tighter := wrap(text, narrower)) > len(lines):
            break
        lines = tighter
    return lines


def _left(text: str, width: int) -> list[Piece]:
    return [Line(part, align="left") for part in wrap(text, width)]


def _rule(width: int) -> Line:
    # Eight cells to a dash: a dashed rule over the whole paper for 6 bytes instead of 48.
    return Line("-" * (width // LARGEST), width=LARGEST)
