"""One font file in every size and weight: measuring, wrapping, rendering, and which characters it lacks.

The file is Noto Sans SC (SIL Open Font License), which installs with the programs and needs no root (D1, K1).
Not for drawing on a screen: `canvas` does that.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path

import pygame
import pygame.freetype
import pylopdf_fonts_zh_cn

from display.screen.shapes import Colour, Weight

# The em box of Noto Sans SC: the ideographs stand 0.88 em above and 0.12 em below the baseline.  Its own ascender
# (1.16 em) leaves a third of every line empty, so lines are placed by the em box.
ASCENT_EM = 0.88
DESCENT_EM = 0.12

_STRENGTH = {Weight.REGULAR: 0.0, Weight.MEDIUM: 1 / 72, Weight.BOLD: 1 / 32}

# Punctuation that may not begin a line, and that may not end one (GB/T 15834).
_NOT_FIRST = set("，。、；：！？）》」』】〉”’…—～·,.;:!?)]}%°")
_NOT_LAST = set("（《「『【〈“‘([{")

_KEPT_MEASURES = 4000
_KEPT_PIXELS = 12_000_000


class Fonts:
    """Measures and renders text; what was rendered is kept, up to 48 MB of pixels, because boards repeat."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(pylopdf_fonts_zh_cn.sans_path())
        if not pygame.freetype.get_init():
            pygame.freetype.init()
        self._faces: dict[Weight, pygame.freetype.Font] = {}
        for weight, strength in _STRENGTH.items():
            face = pygame.freetype.Font(os.fspath(self.path), 32)
            face.origin = True
            if strength:
                face.strong = True
                face.strength = strength
            self._faces[weight] = face
        self._measures: OrderedDict[tuple[str, int, Weight], int] = OrderedDict()
        self._rendered: OrderedDict[tuple[str, int, Weight, Colour], tuple[pygame.Surface, int, int]] = (
            OrderedDict()
        )
        self._pixels = 0

    def missing(self, text: str) -> str:
        """The characters of `text` this font cannot show, each once, in order; empty when all is well."""
        wanted = "".join(dict.fromkeys(c for c in text if not c.isspace()))
        metrics = self._faces[Weight.REGULAR].get_metrics(wanted, size=32) if wanted else []
        return "".join(c for c, m in zip(wanted, metrics, strict=True) if m is None)

    def width(self, text: str, size: int, weight: Weight = Weight.REGULAR) -> int:
        """How far the pen moves for `text` at `size` pixels per em."""
        key = (text, size, weight)
        known = self._measures.get(key)
        if known is not None:
            return known
        metrics = self._faces[weight].get_metrics(text, size=size) if text else []
        # A missing glyph is drawn as an empty box about one em wide.
        width = round(sum(size if m is None else m[4] for m in metrics))
        self._measures[key] = width
        if len(self._measures) > _KEPT_MEASURES:
            self._measures.popitem(last=False)
        return width

    def fit(
        self, text: str, width: int, size: int, min_size: int | None = None, weight: Weight = Weight.REGULAR
    ) -> tuple[str, int]:
        """The text and size that stay within `width`: first smaller, down to `min_size`, then with an ellipsis."""
        natural = self.width(text, size, weight)
        if natural <= width:
            return text, size
        least = size if min_size is None else min(min_size, size)
        size = max(least, size * width // max(1, natural))
        while size > least and self.width(text, size, weight) > width:
            size -= 1
        if self.width(text, size, weight) <= width:
            return text, size
        kept = text
        while kept and self.width(kept.rstrip() + "…", size, weight) > width:
            kept = kept[:-1]
        return kept.rstrip() + "…", size

    def wrap(self, text: str, width: int, size: int, weight: Weight = Weight.REGULAR) -> list[str]:
        """Lines no wider than `width` (but at least one character each); a newline always breaks."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for piece in _pieces(paragraph):
                if not line or self.width((line + piece).rstrip(), size, weight) <= width:
                    line += piece
                else:
                    lines.append(line.rstrip())
                    line = piece.lstrip()
                while self.width(line.rstrip(), size, weight) > width and len(line) > 1:
                    cut = self._longest(line, width, size, weight)
                    lines.append(line[:cut])
                    line = line[cut:]
            lines.append(line.rstrip())
        return lines

    def _longest(self, line: str, width: int, size: int, weight: Weight) -> int:
        cut = len(line) - 1
        while cut > 1 and self.width(line[:cut], size, weight) > width:
            cut -= 1
        return cut

    def render(
        self, text: str, size: int, colour: Colour, weight: Weight = Weight.REGULAR
    ) -> tuple[pygame.Surface, int, int]:
        """The picture of `text`, and its offset (x, y) from the pen's start on the baseline."""
        key = (text, size, weight, colour)
        known = self._rendered.get(key)
        if known is not None:
            self._rendered.move_to_end(key)
            return known
        surface, rect = self._faces[weight].render(text, colour, size=size)
        result = (quick(surface), rect.x, -rect.y)
        self._rendered[key] = result
        self._pixels += surface.get_width() * surface.get_height()
        while self._pixels > _KEPT_PIXELS and len(self._rendered) > 1:
            _, (old, _, _) = self._rendered.popitem(last=False)
            self._pixels -= old.get_width() * old.get_height()
        return result


def quick(surface: pygame.Surface) -> pygame.Surface:
    """The same picture, with its bytes in the screen's order and its empty parts skipped: 100 times faster to draw."""
    # Added to nothing, because `convert` wants a window and tests have none.
    ordered = pygame.Surface(surface.get_size(), pygame.SRCALPHA, 32)
    ordered.blit(surface, (0, 0), special_flags=pygame.BLEND_RGBA_ADD)
    ordered.set_alpha(255, pygame.RLEACCEL)
    return ordered


def _pieces(paragraph: str) -> list[str]:
    """The smallest parts a line may be broken between."""
    pieces: list[str] = []
    for c in paragraph:
        if not pieces:
            pieces.append(c)
            continue
        before = pieces[-1][-1]
        joined = c in _NOT_FIRST or before in _NOT_LAST or c.isspace() or (_is_latin(c) and _is_latin(before))
        if joined:
            pieces[-1] += c
        else:
            pieces.append(c)
    return pieces


def _is_latin(c: str) -> bool:
    return ord(c) < 0x2E80 and not c.isspace()
