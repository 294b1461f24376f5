"""A line of text as black dots, for what a printer has no shape for; drawn in Noto Sans SC on the printer's cells.

It draws and nothing else: which lines need it, and how dots become bytes, is the codec's knowledge.
"""

from __future__ import annotations

from functools import cache

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont, ImageOps

from printer.cells import cells
from printer.layout import Line

_HEIGHT = 24
_EM = 22
_BASELINE = 20
_INK = 128


def draw(line: Line, cell_dots: int, widest: int) -> Image.Image:
    """`line` in mode "1", black on white, as high as its characters and at most `widest` dots wide.

    White on the right is left out; on the left too unless the line is aligned left, so that the wire stays short.
    """
    scale = line.height
    across = cell_dots * line.width
    width = cells(line.text) * across
    drawing = Image.new("L", (cells(line.text) * cell_dots * scale, _HEIGHT * scale), 255)
    pen = ImageDraw.Draw(drawing)
    font = _font(_EM * scale)
    at = 0
    for character in line.text:
        room = cells(character) * cell_dots * scale
        left = at + (room - font.getlength(character)) / 2
        pen.text(
            (left, _BASELINE * scale),
            character,
            fill=0,
            font=font,
            anchor="ls",
            stroke_width=int(line.is_bold),
        )
        at += room
    if width != drawing.width:
        drawing = drawing.resize((width, drawing.height), Image.Resampling.LANCZOS)
    dots = drawing.point(lambda grey: 255 if grey >= _INK else 0)
    if line.is_inverse:
        dots = ImageOps.invert(dots)
    else:
        dots = _trimmed(dots, keep_left=line.align == "left")
    return dots.crop((0, 0, min(dots.width, widest), dots.height)).convert("1")


def _trimmed(dots: Image.Image, keep_left: bool) -> Image.Image:
    ink = ImageOps.invert(dots).getbbox()
    if ink is None:
        return dots.crop((0, 0, 8, dots.height))
    return dots.crop((0 if keep_left else ink[0], 0, ink[2], dots.height))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size)
