"""The paper roll as a picture: text, dots and QR codes put where a print head of 203 dpi would burn them.

A ticket is what lies between two cuts; the blank strip between head and knife starts the next one, as on the real
thing.  Nothing here knows bytes, time or faults.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pylopdf_fonts_zh_cn
import segno
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps

_PAPER, _INK = (253, 252, 248), (34, 32, 30)
_EM_CHINESE, _EM_ASCII, _BASELINE, _CELL, _HEIGHT = 22, 21, 19.5, 12, 24
_KEEP_TICKETS = 40


@dataclass(frozen=True, slots=True)
class Style:
    """How characters and lines look until told otherwise; `align` is 0 left, 1 centre, 2 right."""

    align: int = 0
    size: tuple[int, int] = (1, 1)
    chinese_size: tuple[int, int] = (1, 1)
    is_bold: bool = False
    is_inverse: bool = False
    line_dots: int = 30


@dataclass(frozen=True, slots=True)
class Slip:
    """What was on one ticket: its picture, its lines of text as printed, and what its QR codes say."""

    picture: Image.Image
    lines: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(slots=True)
class _Glyph:
    mask: Image.Image
    is_inverse: bool


@dataclass(slots=True)
class PaperRoll:
    """The roll in the printer: `head` is the row under the print head, row 0 the last cut."""

    printable_dots: int
    width_dots: int
    head_to_cutter: int
    head: int = 0
    lines: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    cut_slips: list[Image.Image] = field(default_factory=list)
    _ink: Image.Image = field(init=False)
    _line: list[_Glyph] = field(default_factory=list)
    _words: str = ""
    _line_style: Style = field(default_factory=Style)

    def __post_init__(self) -> None:
        self._ink = Image.new("L", (self.width_dots, 4096), 0)
        self.head = self.head_to_cutter

    def put(self, character: str, cells: int, style: Style) -> int:
        """Add a character to the line; returns the dots fed because the line before it was full."""
        size = style.chinese_size if cells == 2 else style.size
        width = cells * _CELL * size[0]
        fed = 0
        if sum(glyph.mask.width for glyph in self._line) + width > self.printable_dots:
            fed = self.end_line(self._line_style)
        self._line.append(_Glyph(_glyph(character, cells, size, style.is_bold), style.is_inverse))
        self._words += character
        self._line_style = style
        return fed

    def end_line(self, style: Style) -> int:
        """Print the line and feed by its height; returns the dots fed."""
        height = max([style.line_dots, *(glyph.mask.height for glyph in self._line)])
        return self._print_line(style, height)

    def feed(self, dots: int, style: Style) -> int:
        """Print what the line holds and feed `dots`; returns the dots fed."""
        return self._print_line(style, dots)

    def raster(self, width_bytes: int, rows: int, across: int, down: int, data: bytes, style: Style) -> int:
        """Burn dots; returns the dots fed."""
        dots = Image.frombytes("1", (width_bytes * 8, rows), data).convert("L")
        return self._burn(
            dots.resize((dots.width * across, dots.height * down), Image.Resampling.NEAREST), style
        )

    def qr(self, data: bytes, module: int, correction: int, style: Style) -> int:
        """Draw a QR code as the printer's own command does, without a quiet zone; returns the dots fed."""
        text = data.decode("utf-8", "replace")
        code = segno.make(text, error="LMQH"[correction], micro=False, boost_error=False)
        side = int(code.symbol_size(border=0)[0])
        picture = Image.new("L", (side, side))
        picture.putdata([255 if dark else 0 for row in code.matrix for dark in row])
        self.codes.append(text)
        return self._burn(picture.resize((side * module, side * module), Image.Resampling.NEAREST), style)

    def cut(self) -> Slip:
        """Cut at the knife; what lies between knife and head belongs to the next ticket."""
        at = max(0, self.head - self.head_to_cutter)
        slip = Slip(self._picture(0, at), tuple(self.lines), tuple(self.codes))
        rest = self._ink.crop((0, at, self.width_dots, self.head))
        self._ink = Image.new("L", (self.width_dots, 4096), 0)
        self._ink.paste(rest, (0, 0))
        self.head = rest.height
        self.lines, self.codes = [], []
        self.cut_slips = [*self.cut_slips, slip.picture][-_KEEP_TICKETS:]
        return slip

    def picture(self) -> Image.Image:
        """The whole roll: the slips cut so far, oldest on top, and what hangs in the printer, with the cuts dashed."""
        parts = [*self.cut_slips, self._picture(0, max(1, self.head))]
        whole = Image.new("RGB", (self.width_dots, sum(part.height for part in parts)), _PAPER)
        at = 0
        pen = ImageDraw.Draw(whole)
        for part in parts:
            whole.paste(part, (0, at))
            at += part.height
            for x in range(0, self.width_dots, 16):
                pen.line((x, at - 1, x + 7, at - 1), fill=(190, 186, 176))
        return whole

    def _print_line(self, style: Style, height: int) -> int:
        if self._line:
            tallest = max(glyph.mask.height for glyph in self._line)
            line = Image.new("L", (sum(glyph.mask.width for glyph in self._line), tallest))
            at = 0
            for glyph in self._line:
                mask = ImageOps.invert(glyph.mask) if glyph.is_inverse else glyph.mask
                line.paste(mask, (at, tallest - mask.height))
                at += mask.width
            self._stamp(line, style)
            self.lines.append(self._words)
        self._line, self._words = [], ""
        self._advance(height)
        return height

    def _burn(self, dots: Image.Image, style: Style) -> int:
        fed = self._print_line(style, 0) if self._line else 0
        self._stamp(dots, style)
        self._advance(dots.height)
        return fed + dots.height

    def _stamp(self, ink: Image.Image, style: Style) -> None:
        self._grow(self.head + ink.height)
        left = (self.width_dots - self.printable_dots) // 2
        room = self.printable_dots - ink.width
        left += (0, max(0, room) // 2, max(0, room))[style.align]
        visible = ink.crop((0, 0, min(ink.width, self.printable_dots), ink.height))
        # Heat adds: what is burnt twice stays black.
        under = self._ink.crop((left, self.head, left + visible.width, self.head + visible.height))
        self._ink.paste(ImageChops.lighter(under, visible), (left, self.head))

    def _advance(self, dots: int) -> None:
        self.head += dots
        self._grow(self.head)

    def _grow(self, rows: int) -> None:
        if rows > self._ink.height:
            larger = Image.new("L", (self.width_dots, rows + 4096), 0)
            larger.paste(self._ink, (0, 0))
            self._ink = larger

    def _picture(self, top: int, bottom: int) -> Image.Image:
        ink = self._ink.crop((0, top, self.width_dots, max(top + 1, bottom)))
        return Image.composite(Image.new("RGB", ink.size, _INK), Image.new("RGB", ink.size, _PAPER), ink)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size)


@cache
def _glyph(character: str, cells: int, size: tuple[int, int], is_bold: bool) -> Image.Image:
    """A character in its cell, white on black, magnified as the printer does: across and down on their own."""
    across, down = size
    em = (_EM_CHINESE if cells == 2 else _EM_ASCII) * down
    cell = cells * _CELL * down
    font = _font(em)
    stroke = max(1, down // 2) if is_bold else 0
    room = max(cell, round(font.getlength(character)) + 2 * stroke)
    mask = Image.new("L", (room, _HEIGHT * down))
    left = (room - font.getlength(character)) / 2
    if character == "-":
        # A rule magnified only across must not turn into a row of hairlines: the hyphen of a printer fills its cell.
        top = round(13 * down)
        ImageDraw.Draw(mask).rectangle(
            (round(room * 0.1), top, round(room * 0.9) - 1, top + 2 * down - 1), fill=255
        )
    else:
        pen = ImageDraw.Draw(mask)
        pen.text((left, _BASELINE * down), character, fill=255, font=font, anchor="ls", stroke_width=stroke)
    return mask.resize((cells * _CELL * across, _HEIGHT * down), Image.Resampling.LANCZOS)
