"""A picture in the making: lengths, words and inks of one board at one moment.  Pure, and gone when it is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from display.board import Board
from display.screen.shapes import Align, Box, Colour, Icon, Shape, Text, Valign, Weight
from display.screen.theme import Theme
from queue_server.wire.shapes import Text as Words


class Wording(Protocol):
    """What is written, by language ("zh" or "en")."""

    def text(self, language: str, english: str, **values: object) -> str:
        """The catalogue's translation of `english`, filled with `values`."""
        ...

    def date(self, language: str, day: date) -> str:
        """The day in full, with its weekday."""
        ...


def ems(words: str) -> float:
    """About how wide words are, in ems: an ideograph one, any other letter rather more than half."""
    return sum(1.0 if ord(c) > 0x2E80 else 0.6 for c in words)


class Sheet:
    """One picture in the making; gone when it is made."""

    def __init__(
        self,
        board: Board,
        size: tuple[int, int],
        moment: datetime,
        now: float,
        wording: Wording,
        theme: Theme,
    ) -> None:
        self.board = board
        self.box = Box(0, 0, *size)
        self.moment = moment
        self.now = now
        self.wording = wording
        self.theme = theme
        self.scale = min(size[0] / 1920, size[1] / 1080)
        languages = board.branch.languages if board.branch and board.branch.languages else ("zh", "en")
        self.first = languages[0]
        self.second = languages[1] if len(languages) > 1 else None
        self.drawn: list[Shape] = []

    def px(self, pixels: float) -> int:
        """Pixels of the 1920 × 1080 drawing on this screen."""
        return max(1, round(pixels * self.scale))

    def say(self, english: str, **values: object) -> str:
        return self.wording.text(self.first, english, **values)

    def say_small(self, english: str, **values: object) -> str:
        return self.wording.text(self.second, english, **values) if self.second else ""

    def read(self, words: Words) -> str:
        return words.read(self.first)

    def read_small(self, words: Words) -> str:
        small = words.read(self.second) if self.second else ""
        return small if small != self.read(words) else ""

    def add(self, *shapes: Shape) -> None:
        self.drawn += shapes

    def write(
        self,
        text: str,
        box: Box,
        size: float,
        colour: Colour | None = None,
        weight: Weight = Weight.REGULAR,
        align: Align = Align.LEFT,
        smallest: float | None = None,
        valign: Valign = Valign.MIDDLE,
    ) -> None:
        least = self.px(size * 0.6 if smallest is None else smallest)
        ink = self.theme.text if colour is None else colour
        self.add(Text(text, box, self.px(size), ink, weight, align, valign, least))

    def caption(self, box: Box, icon: str, english: str, ink: Colour) -> None:
        """An icon, the words, and the words in the second language on one line."""
        self.caption_marked(box, icon, english, ink, ink)

    def caption_marked(self, box: Box, icon: str, english: str, ink: Colour, mark: Colour) -> None:
        side = self.px(34)
        self.add(Icon(icon, Box(box.x, box.y + (box.height - side) // 2, side, side), mark))
        _, words = box.take_left(side, self.px(14))
        self.titled(words, self.say(english), self.say_small(english), 36, ink)

    def titled(self, box: Box, words: str, small: str, size: float, ink: Colour) -> None:
        """A title, and the same in the second language after it, as far as there is room."""
        title, rest = box.take_left(min(box.width, self.px(size * ems(words) + 6)), self.px(14))
        self.write(words, title, size, ink, Weight.MEDIUM)
        self.write(small, rest, 26, ink)
