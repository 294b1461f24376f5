"""Which characters a font has: the one table of it that says so, read without a font library.

OpenType and TrueType files with a `cmap` of format 4 or 12, which every font of the last twenty years has.  It draws
nothing and measures nothing.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from struct import iter_unpack, unpack_from

import pylopdf_fonts_zh_cn

_UNICODE = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}
"""Platform and encoding of the subtables whose codes are Unicode."""


class FontUnreadable(ValueError):
    """The file is no font, or none whose characters we can tell."""

    code = "font_unreadable"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters of a font, as rising ranges of code points that do not touch."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, character: str) -> bool:
        """Whether the font has a shape for one character."""
        point = ord(character)
        at = bisect_right(self.starts, point) - 1
        return at >= 0 and point <= self.ends[at]

    def missing(self, text: str) -> str:
        """The characters of `text` the font has no shape for, each once, in order; blanks need none."""
        return "".join(dict.fromkeys(mark for mark in text if not mark.isspace() and mark not in self))


@cache
def shared_font() -> Coverage:
    """The characters of Noto Sans SC, in which kiosks, displays and raster lines of tickets are drawn."""
    return read_coverage(Path(pylopdf_fonts_zh_cn.sans_path()))


def read_coverage(path: Path) -> Coverage:
    """The characters of the font at `path`.  Raises FontUnreadable, or OSError when the file cannot be read."""
    try:
        with path.open("rb") as file:
            (tables,) = unpack_from(">4xH", file.read(12))
            directory = iter_unpack(">4s4xII", file.read(16 * tables))
            offset, length = next((at, size) for tag, at, size in directory if tag == b"cmap")
            file.seek(offset)
            return _coverage(file.read(length))
    except (struct.error, StopIteration, IndexError):
        raise FontUnreadable(f"{path} is no OpenType font with a table of characters") from None


def _coverage(cmap: bytes) -> Coverage:
    (count,) = unpack_from(">2xH", cmap)
    points: list[tuple[int, int]] = []
    for index in range(count):
        platform, encoding, offset = unpack_from(">HHI", cmap, 4 + 8 * index)
        if (platform, encoding) in _UNICODE:
            (kind,) = unpack_from(">H", cmap, offset)
            if kind == 12:
                points += _format_12(cmap, offset)
            elif kind == 4:
                points += _format_4(cmap, offset)
    if not points:
        raise FontUnreadable("the font has no table of Unicode characters")
    return _merged(points)


def _format_12(cmap: bytes, offset: int) -> list[tuple[int, int]]:
    (groups,) = unpack_from(">I", cmap, offset + 12)
    found = iter_unpack(">III", cmap[offset + 16 : offset + 16 + 12 * groups])
    # Glyph 0 is the empty box: a group that starts there has no shape for its first character.
    return [(first + (glyph == 0), last) for first, last, glyph in found]


def _format_4(cmap: bytes, offset: int) -> list[tuple[int, int]]:
    (doubled,) = unpack_from(">H", cmap, offset + 6)
    lasts_at = offset + 14
    firsts_at = lasts_at + doubled + 2
    deltas_at, ranges_at = firsts_at + doubled, firsts_at + 2 * doubled
    found = []
    for at in range(0, doubled, 2):
        (last,) = unpack_from(">H", cmap, lasts_at + at)
        (first,) = unpack_from(">H", cmap, firsts_at + at)
        (delta,) = unpack_from(">H", cmap, deltas_at + at)
        (within,) = unpack_from(">H", cmap, ranges_at + at)
        for point in range(first, min(last, 0xFFFE) + 1):
            glyph = point + delta
            if within:
                (glyph,) = unpack_from(">H", cmap, ranges_at + at + within + 2 * (point - first))
                glyph += delta if glyph else 0
            if glyph & 0xFFFF:
                found.append((point, point))
    return found


def _merged(points: list[tuple[int, int]]) -> Coverage:
    starts: list[int] = []
    ends: list[int] = []
    for first, last in sorted(points):
        if starts and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        elif first <= last:
            starts.append(first)
            ends.append(last)
    return Coverage(tuple(starts), tuple(ends))
