"""What a picture is made of: frozen values that say where something is and how it looks.

A layout returns a sequence of these; `canvas.Canvas` paints it, and two equal sequences are the same picture, which
is how a screen knows that there is nothing to draw.  Nothing here measures text, opens a font or knows pygame:
a text says the box it must stay in and how small it may become, and the canvas fits it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

Colour = tuple[int, int, int]


class Weight(Enum):
    """How heavy the strokes are.  One font file serves all three; the heavier ones are emboldened."""

    REGULAR = "regular"
    MEDIUM = "medium"
    BOLD = "bold"


class Align(Enum):
    """Where a line stands in its box, from left to right."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Valign(Enum):
    """Where lines stand in their box, from top to bottom."""

    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; x grows to the right, y downwards."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def centre(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2

    def contains(self, x: int, y: int) -> bool:
        """Whether a tap at (x, y) falls into the box."""
        return self.x <= x < self.right and self.y <= y < self.bottom

    def inset(self, dx: int, dy: int | None = None) -> Box:
        """The box without a margin of `dx` left and right and `dy` (default `dx`) above and below."""
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, max(0, self.width - 2 * dx), max(0, self.height - 2 * dy))

    def take_top(self, height: int, gap: int = 0) -> tuple[Box, Box]:
        """The top `height` pixels, and what is left below after `gap`."""
        height = min(height, self.height)
        rest = max(0, self.height - height - gap)
        return Box(self.x, self.y, self.width, height), Box(self.x, self.bottom - rest, self.width, rest)

    def take_bottom(self, height: int, gap: int = 0) -> tuple[Box, Box]:
        """The bottom `height` pixels, and what is left above after `gap`."""
        height = min(height, self.height)
        rest = max(0, self.height - height - gap)
        return Box(self.x, self.bottom - height, self.width, height), Box(self.x, self.y, self.width, rest)

    def take_left(self, width: int, gap: int = 0) -> tuple[Box, Box]:
        """The left `width` pixels, and what is left on the right after `gap`."""
        width = min(width, self.width)
        rest = max(0, self.width - width - gap)
        return Box(self.x, self.y, width, self.height), Box(self.right - rest, self.y, rest, self.height)

    def take_right(self, width: int, gap: int = 0) -> tuple[Box, Box]:
        """The right `width` pixels, and what is left on the left after `gap`."""
        width = min(width, self.width)
        rest = max(0, self.width - width - gap)
        return Box(self.right - width, self.y, width, self.height), Box(self.x, self.y, rest, self.height)

    def rows(self, count: int, gap: int = 0) -> list[Box]:
        """`count` equal boxes from top to bottom; together with the gaps they fill this one exactly."""
        edges = [self.y + round(i * (self.height + gap) / count) for i in range(count + 1)]
        return [Box(self.x, a, self.width, b - a - gap) for a, b in pairwise(edges)]

    def columns(self, count: int, gap: int = 0) -> list[Box]:
        """`count` equal boxes from left to right; together with the gaps they fill this one exactly."""
        edges = [self.x + round(i * (self.width + gap) / count) for i in range(count + 1)]
        return [Box(a, self.y, b - a - gap, self.height) for a, b in pairwise(edges)]

    def grid(self, columns: int, rows: int, gap: int = 0) -> list[Box]:
        """Equal boxes, row by row."""
        return [cell for row in self.rows(rows, gap) for cell in row.columns(columns, gap)]

    def square(self) -> Box:
        """The largest square in the middle of the box."""
        side = min(self.width, self.height)
        return Box(self.x + (self.width - side) // 2, self.y + (self.height - side) // 2, side, side)


@dataclass(frozen=True, slots=True)
class Fill:
    """A plain rectangle; with `to`, a gradient from `colour` at the top to `to` at the bottom."""

    box: Box
    colour: Colour
    to: Colour | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A rounded rectangle with smooth corners, perhaps with a border inside its edge."""

    box: Box
    colour: Colour
    radius: int = 16
    border: Colour | None = None
    border_width: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One line.  Too wide, it shrinks to `min_size` (default: does not shrink), then ends in an ellipsis."""

    text: str
    box: Box
    size: int
    colour: Colour
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT
    valign: Valign = Valign.MIDDLE
    min_size: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Wrapped lines, Chinese broken between characters but never before closing punctuation, Latin between words.

    Too long for its box, it shrinks to `min_size`, then the last line that fits ends in an ellipsis.
    """

    text: str
    box: Box
    size: int
    colour: Colour
    weight: Weight = Weight.REGULAR
    align: Align = Align.LEFT
    valign: Valign = Valign.TOP
    leading: float = 1.4
    min_size: int | None = None


@dataclass(frozen=True, slots=True)
class Icon:
    """A drawing by name (see `icons.NAMES`) in the largest square of the box."""

    name: str
    box: Box
    colour: Colour


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code from its modules, row by row, true = dark, with the quiet zone the standard asks for."""

    modules: tuple[tuple[bool, ...], ...]
    box: Box
    dark: Colour = (0, 0, 0)
    light: Colour = (255, 255, 255)
    quiet: int = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke."""

    start: tuple[int, int]
    end: tuple[int, int]
    colour: Colour
    width: int = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file's bytes (PNG or JPEG), scaled into the box without changing its shape."""

    data: bytes
    box: Box


Shape = Fill | Panel | Text | Paragraph | Icon | Qr | Line | Picture


def tapped(x: int, y: int, targets: Sequence[tuple[Box, str]]) -> str | None:
    """The name of the last target under (x, y): the last one drawn is the one a customer sees."""
    return next((name for box, name in reversed(targets) if box.contains(x, y)), None)
