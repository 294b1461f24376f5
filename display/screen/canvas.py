"""Paints shapes on a surface: smooth corners, text placed by its em box, icons, QR codes.

It decides nothing: what is where comes in as shapes.  Anything costly (corners, icons, gradients, pictures) is drawn
once and kept.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache
from typing import assert_never

import pygame

from display.screen import icons
from display.screen.fonts import ASCENT_EM, DESCENT_EM, Fonts, quick
from display.screen.shapes import (
    Align,
    Box,
    Colour,
    Fill,
    Icon,
    Line,
    Panel,
    Paragraph,
    Picture,
    Qr,
    Shape,
    Text,
    Valign,
    Weight,
)

_OVERSAMPLE = 4


class Canvas:
    """A surface one can paint shapes on."""

    def __init__(self, surface: pygame.Surface, fonts: Fonts | None = None) -> None:
        self.surface = surface
        self.fonts = fonts or Fonts()

    @property
    def size(self) -> tuple[int, int]:
        return self.surface.get_size()

    def paint(self, shapes: Iterable[Shape]) -> None:
        """Paint the shapes one over the other, the first one lowest."""
        for shape in shapes:
            self._paint(shape)

    def _paint(self, shape: Shape) -> None:
        match shape:
            case Fill(box, colour, to):
                self._fill(box, colour, to)
            case Panel(box, colour, radius, border, border_width):
                self._panel(box, colour, radius, border, border_width)
            case Text():
                self._text(shape)
            case Paragraph():
                self._paragraph(shape)
            case Icon(name, box, colour):
                square = box.square()
                if square.width:
                    self.surface.blit(_icon(name, square.width, colour), (square.x, square.y))
            case Qr():
                self._qr(shape)
            case Line(start, end, colour, width):
                pygame.draw.line(self.surface, colour, start, end, width)
            case Picture(data, box):
                self._picture(data, box)
            case _:
                assert_never(shape)

    def _fill(self, box: Box, colour: Colour, to: Colour | None) -> None:
        if to is None or box.height < 2:
            self.surface.fill(colour, _rect(box))
        else:
            self.surface.blit(_gradient(box.width, box.height, colour, to), (box.x, box.y))

    def _panel(self, box: Box, colour: Colour, radius: int, border: Colour | None, border_width: int) -> None:
        if box.width <= 0 or box.height <= 0:
            return
        if border is not None and border_width > 0:
            self._rounded(box, border, radius)
            box = box.inset(border_width)
            radius = max(0, radius - border_width)
        self._rounded(box, colour, radius)

    def _rounded(self, box: Box, colour: Colour, radius: int) -> None:
        radius = min(radius, box.width // 2, box.height // 2)
        if radius <= 0:
            self.surface.fill(colour, _rect(box))
            return
        self.surface.fill(colour, (box.x + radius, box.y, box.width - 2 * radius, box.height))
        self.surface.fill(colour, (box.x, box.y + radius, radius, box.height - 2 * radius))
        self.surface.fill(colour, (box.right - radius, box.y + radius, radius, box.height - 2 * radius))
        right, bottom = box.right - radius, box.bottom - radius
        places = ((box.x, box.y), (right, box.y), (box.x, bottom), (right, bottom))
        self.surface.blits(list(zip(_corners(radius, colour), places, strict=True)), doreturn=False)

    def _text(self, shape: Text) -> None:
        if not shape.text:
            return
        text, size = self.fonts.fit(shape.text, shape.box.width, shape.size, shape.min_size, shape.weight)
        self._line(
            text,
            size,
            shape.colour,
            shape.weight,
            shape.align,
            shape.box,
            _top(shape.box, size, shape.valign),
        )

    def _paragraph(self, shape: Paragraph) -> None:
        lines, size = self.flow(shape)
        pitch = size * shape.leading
        height = round(pitch * (len(lines) - 1) + size)
        y = float(_top(shape.box, height, shape.valign))
        for line in lines:
            if line:
                self._line(line, size, shape.colour, shape.weight, shape.align, shape.box, round(y))
            y += pitch

    def flow(self, shape: Paragraph) -> tuple[list[str], int]:
        """The lines of a paragraph and the size they are written in, as they will be painted."""
        least = shape.size if shape.min_size is None else min(shape.min_size, shape.size)
        size = shape.size
        while True:
            lines = self.fonts.wrap(shape.text, shape.box.width, size, shape.weight)
            room = max(1, int((shape.box.height - size) / (size * shape.leading)) + 1)
            if len(lines) <= room:
                return lines, size
            if size <= least:
                last = lines[room - 1] + "……"
                text, _ = self.fonts.fit(last, shape.box.width, size, None, shape.weight)
                return [*lines[: room - 1], text.rstrip("…") + "…"], size
            size = max(least, size - max(1, size // 16))

    def _line(
        self, text: str, size: int, colour: Colour, weight: Weight, align: Align, box: Box, top: int
    ) -> None:
        surface, dx, dy = self.fonts.render(text, size, colour, weight)
        x = box.x
        if align is not Align.LEFT:
            spare = box.width - self.fonts.width(text, size, weight)
            x += spare if align is Align.RIGHT else spare // 2
        baseline = top + round(size * ASCENT_EM / (ASCENT_EM + DESCENT_EM))
        self.surface.blit(surface, (x + dx, baseline + dy))

    def _qr(self, shape: Qr) -> None:
        square = shape.box.square()
        count = len(shape.modules) + 2 * shape.quiet
        module = square.width // count
        if module < 1:
            raise ValueError(
                f"a QR code of {len(shape.modules)} modules needs {count} pixels, has {square.width}"
            )
        self.surface.fill(shape.light, _rect(square))
        # Whole pixels per module: a scanner reads sharp edges far better than exact sizes.
        left = square.x + (square.width - module * count) // 2 + shape.quiet * module
        top = square.y + (square.height - module * count) // 2 + shape.quiet * module
        for y, row in enumerate(shape.modules):
            for x, dark in enumerate(row):
                if dark:
                    self.surface.fill(shape.dark, (left + x * module, top + y * module, module, module))

    def _picture(self, data: bytes, box: Box) -> None:
        image = _image(data)
        width, height = image.get_size()
        scale = min(box.width / width, box.height / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        scaled = image if size == (width, height) else pygame.transform.smoothscale(image, size)
        self.surface.blit(scaled, (box.x + (box.width - size[0]) // 2, box.y + (box.height - size[1]) // 2))


def offscreen(size: tuple[int, int]) -> Canvas:
    """A canvas in memory, for tests, screenshots and benches; needs no window and no video driver."""
    return Canvas(pygame.Surface(size))


def png(canvas: Canvas) -> bytes:
    """What was painted, as a PNG file."""
    out = io.BytesIO()
    pygame.image.save(canvas.surface, out, "picture.png")
    return out.getvalue()


def _rect(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.width, box.height


def _top(box: Box, height: int, valign: Valign) -> int:
    spare = box.height - height
    return box.y + {Valign.TOP: 0, Valign.MIDDLE: spare // 2, Valign.BOTTOM: spare}[valign]


@lru_cache(maxsize=128)
def _corners(radius: int, colour: Colour) -> tuple[pygame.Surface, ...]:
    """The four quarters of a disc: top left, top right, bottom left, bottom right."""
    big = pygame.Surface((2 * radius * _OVERSAMPLE, 2 * radius * _OVERSAMPLE), pygame.SRCALPHA)
    big.fill((*colour, 0))
    pygame.draw.circle(big, colour, (radius * _OVERSAMPLE, radius * _OVERSAMPLE), radius * _OVERSAMPLE)
    disc = pygame.transform.smoothscale(big, (2 * radius, 2 * radius))
    places = ((0, 0), (radius, 0), (0, radius), (radius, radius))
    return tuple(quick(disc.subsurface((*place, radius, radius))) for place in places)


@lru_cache(maxsize=128)
def _icon(name: str, side: int, colour: Colour) -> pygame.Surface:
    return quick(icons.draw(name, side, colour))


@lru_cache(maxsize=8)
def _gradient(width: int, height: int, top: Colour, bottom: Colour) -> pygame.Surface:
    column = pygame.Surface((1, height))
    for y in range(height):
        part = y / (height - 1)
        column.set_at((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True)))
    return pygame.transform.scale(column, (width, height))


@lru_cache(maxsize=16)
def _image(data: bytes) -> pygame.Surface:
    return pygame.image.load(io.BytesIO(data))
