"""Which lines a ticket has, in which order and size: YAML that inherits and overrides (K4, F1).

What a line says comes from the ticket; what the printer can do, from its profile.  Composing is the printer room's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from firmware_config import scalars as s
from firmware_config.parts import Part, Words
from firmware_config.problems import Expected
from firmware_config.profile_file import Shelf

PROFILES = Path(__file__).parent / "profiles" / "tickets"
"""Where the shipped layouts live."""

Show = Literal[
    "reprint",
    "bank",
    "branch",
    "service",
    "number",
    "marks",
    "ahead",
    "wait",
    "counter",
    "missed_rule",
    "papers",
    "qr",
    "hotline",
    "issued_at",
    "above",
    "below",
    "text",
    "rule",
    "gap",
]

REQUIRED: tuple[Show, ...] = (
    "reprint",
    "bank",
    "branch",
    "number",
    "service",
    "ahead",
    "wait",
    "marks",
    "missed_rule",
    "papers",
    "hotline",
    "qr",
    "issued_at",
)
"""What a ticket must show (K4, P4); a layout arranges it and adds to it."""

REPEATABLE: tuple[Show, ...] = ("text", "rule", "gap")

Magnification = Annotated[int, Field(ge=1, le=8)]


class Size(Part):
    """How many times wider and higher than one cell."""

    width: Magnification = 1
    height: Magnification = 1


class TicketPiece(Part):
    """One piece of a ticket; what is not there on a ticket (no marks, no papers) takes no room.

    `sizes`: the first in which it fits on one line, else it is wrapped in the last.  The number takes no size: it is as
    large as the paper allows.  `gap_before` and `gap_after`: empty paper around it when it is there, in dots (8 to a
    millimetre).  `text`: own words, of a piece that shows `text`.  `dots`: the height of a `gap`.
    """

    show: Annotated[Show, s.choice(*get_args(Show))]
    sizes: Annotated[tuple[Size, ...], Field(min_length=1, max_length=4)] = (Size(),)
    align: Annotated[Literal["left", "center"], s.choice("left", "center")] = "center"
    bold: s.Truth = False
    gap_before: Annotated[int, s.whole(0, 400)] = 0
    gap_after: Annotated[int, s.whole(0, 400)] = 0
    text: Words | None = None
    dots: Annotated[int, s.whole(1, 400)] | None = None

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> TicketPiece:
        for key, show in (("text", "text"), ("dots", "gap")):
            if (getattr(self, key) is not None) != (self.show == show):
                raise s.refused(Expected.PIECE_NEEDS, at=key, key=key, show=show)
        return self


class TicketLayout(Part):
    """A whole ticket, from the top."""

    name: s.Code
    title: Annotated[str, s.words(80)]
    pieces: Annotated[tuple[TicketPiece, ...], Field(min_length=1, max_length=60)]

    @model_validator(mode="after")
    def _is_a_ticket(self) -> TicketLayout:
        shown = [piece.show for piece in self.pieces]
        missing = [show for show in REQUIRED if show not in shown]
        if missing:
            raise s.refused(Expected.PIECES_MISSING, at="pieces", missing=", ".join(missing))
        twice = [show for show in dict.fromkeys(shown) if shown.count(show) > 1 and show not in REPEATABLE]
        if twice:
            raise s.refused(Expected.PIECE_ONCE, at="pieces", found=", ".join(twice))
        return self

    def with_words(self, above: Words | None, below: Words | None) -> TicketLayout:
        """The layout with a branch's own words where it leaves room for them, and without that room otherwise."""
        words: Mapping[str, Words | None] = {"above": above, "below": below}
        pieces = (
            piece
            if piece.show not in words
            else piece.model_copy(update={"show": "text", "text": words[piece.show]})
            for piece in self.pieces
            if words.get(piece.show, piece) is not None
        )
        return self.model_copy(update={"pieces": tuple(pieces)})


_SHELF = Shelf(TicketLayout, PROFILES, Expected.KNOWN_TICKET_LAYOUT)


def ticket_layout_names(folder: Path = PROFILES) -> tuple[str, ...]:
    """The layouts in `folder`, sorted."""
    return _SHELF.names(folder)


def load_ticket_layout(
    source: str | Path = "standard", overrides: Mapping[str, Any] | None = None, folder: Path = PROFILES
) -> TicketLayout:
    """The layout named `source` in `folder`, or in the file `source`.  Raises ProfileFault with every problem."""
    return _SHELF.load(source, overrides, folder)
