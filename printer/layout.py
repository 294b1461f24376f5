"""What a ticket says (`TicketFace`) and how it is laid out in cells (`compose`), as values.

Pure: no bytes, no charset, no clock, no port.  Sizes are multiples of one cell (12 x 24 dots for ASCII, 24 x 24 for
Chinese); 48 cells fit on 80 mm paper, 32 on 58 mm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from firmware_config.ticket_layout import Show, TicketLayout, TicketPiece
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


def compose(face: TicketFace, width_cells: int, say: Say, layout: TicketLayout) -> tuple[Piece, ...]:
    """The ticket, top to bottom, on paper `width_cells` wide, in the words of `say`, as `layout` arranges it."""
    pieces: list[Piece] = []
    for piece in layout.pieces:
        said = _PIECES[piece.show](face, width_cells, say, piece)
        if said:
            before, after = piece.gap_before, piece.gap_after
            pieces += [*([Gap(before)] if before else ()), *said, *([Gap(after)] if after else ())]
    return tuple(pieces)


def _reprint(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    # Its size is not the layout's to choose: a reprint must be seen at a glance (P4).
    return [Line(f" {say('REPRINT')} ", width=2, height=2, is_inverse=True)] if face.is_reprint else []


def _number(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    number = clean(face.number)
    scale = max(1, min(LARGEST, width // cells(number)))
    parts = wrap(number, width // scale)
    return [Line(text, piece.align, scale, scale, is_bold=piece.bold) for text in parts]


def _marks(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    pieces: list[Piece] = []
    marks = [mark for mark in (say("PRIORITY") if face.is_priority else "", clean(face.class_mark)) if mark]
    if marks:
        pieces += [
            Line(f" {text} ", width=2, height=2, is_inverse=True)
            for text in wrap(" ".join(marks), width // 2 - 2)
        ]
    if face.requeue_of:
        requeued = say("requeued after missing {number}").format(number=face.requeue_of)
        pieces += _fitting(requeued, width, piece)
    return pieces


def _ahead(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    text = say("{count} ahead of you").format(count=face.ahead) if face.ahead else say("You are next")
    return _fitting(text, width, piece)


def _wait(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    if face.wait_lo_min is None or face.wait_hi_min is None:
        text = say("No counter open for this service yet")
    elif face.wait_lo_min == face.wait_hi_min:
        text = say("wait about {minutes} min").format(minutes=face.wait_lo_min)
    else:
        text = say("wait {lo}-{hi} min").format(lo=face.wait_lo_min, hi=face.wait_hi_min)
    return _fitting(text, width, piece)


def _counter(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    hint = face.counter_hint
    return _fitting(say("Counter: {counter}").format(counter=hint), width, piece) if hint else []


def _missed_rule(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    rule = face.missed_rule
    return _fitting(say("If missed: {rule}").format(rule=rule), width, piece) if rule else []


def _papers(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    papers = say(", ").join(face.papers)
    return _fitting(say("Bring: {papers}").format(papers=papers), width, piece) if papers else []


def _qr(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    return [QrCode(face.qr_url), Gap(10), Line(say("Scan for live position"))] if face.qr_url else []


def _hotline(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    hotline = face.hotline
    return _fitting(say("Complaints {hotline}").format(hotline=hotline), width, piece) if hotline else []


def _own_words(face: TicketFace, width: int, say: Say, piece: TicketPiece) -> list[Piece]:
    words = piece.text
    return _fitting(words.en if face.language == "en" else words.zh, width, piece) if words else []


_PIECES: dict[Show, Callable[[TicketFace, int, Say, TicketPiece], list[Piece]]] = {
    "reprint": _reprint,
    "bank": lambda face, width, say, piece: _fitting(face.bank, width, piece),
    "branch": lambda face, width, say, piece: _fitting(face.branch, width, piece),
    "service": lambda face, width, say, piece: _fitting(face.service, width, piece),
    "number": _number,
    "marks": _marks,
    "ahead": _ahead,
    "wait": _wait,
    "counter": _counter,
    "missed_rule": _missed_rule,
    "papers": _papers,
    "qr": _qr,
    "hotline": _hotline,
    "issued_at": lambda face, width, say, piece: _fitting(f"{face.issued_at:%Y-%m-%d %H:%M}", width, piece),
    # Room for a branch's own words; a branch that has some has a layout with texts instead.
    "above": lambda face, width, say, piece: [],
    "below": lambda face, width, say, piece: [],
    "text": _own_words,
    "rule": lambda face, width, say, piece: [_rule(width)],
    "gap": lambda face, width, say, piece: [Gap(piece.dots)] if piece.dots else [],
}


def _fitting(text: str, width: int, piece: TicketPiece) -> list[Piece]:
    """`text` in the first of the piece's sizes that holds it on one line, else wrapped in the last."""
    shown = clean(text)
    if not shown:
        return []
    for size in piece.sizes:
        if cells(shown) * size.width <= width:
            return [Line(shown, piece.align, size.width, size.height, is_bold=piece.bold)]
    last = piece.sizes[-1]
    # Centred lines of about equal length; aligned left they fill the paper like any paragraph.
    broken = (_balanced if piece.align == "center" else wrap)(shown, width // last.width)
    return [Line(part, piece.align, last.width, last.height, is_bold=piece.bold) for part in broken]


def _balanced(text: str, width: int) -> list[str]:
    """`text` in as few lines as fit, of about equal length: a lone last word looks forgotten."""
    lines = wrap(text, width)
    for narrower in range(width - 1, width // 2, -1):
        if len(tighter := wrap(text, narrower)) > len(lines):
            break
        lines = tighter
    return lines


def _rule(width: int) -> Line:
    # Eight cells to a dash: a dashed rule over the whole paper for 6 bytes instead of 48.
    return Line("-" * (width // LARGEST), width=LARGEST)
