"""Text measured in printer cells: ASCII takes one, everything else takes two.

Wrapping never splits a character, keeps closing punctuation off the start of a line, and breaks a word only when it
is longer than the paper is wide.  No bytes and no charsets here: that is the codec's knowledge.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_NOT_AT_START = frozenset("，。、；：！？）》」』】〉”’…·%,.;:!?)]}")
_NOT_AT_END = frozenset("（《「『【〈“‘([{")


def clean(text: str) -> str:
    """One paragraph without control characters: a stray ESC in a branch name must not steer the printer."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp", "Zs") else c for c in text)
    return " ".join("".join(kept).split())


def cells(text: str) -> int:
    """How many cells `text` takes at single width."""
    return sum(_cells_of(character) for character in text)


def wrap(text: str, width: int) -> list[str]:
    """`text` as lines of at most `width` cells; an empty text is no line at all.

    Raises ValueError for a width that cannot hold one Chinese character.
    """
    if width < 2:
        raise ValueError(f"a line of {width} cells cannot hold a Chinese character")
    lines: list[str] = []
    line = ""
    for piece in _pieces(clean(text)):
        for part in _cut_long(piece, width):
            if cells(line) + cells(part) <= width:
                line += part
                continue
            if part.isspace():
                continue
            line, carried = _carry(line, part)
            lines.append(line.rstrip())
            line = (carried + part).lstrip()
            while cells(line) > width:
                # What was carried made a full-width word too long: cut it as any long word.
                head, *rest = _cut_long(line, width)
                lines.append(head)
                line = "".join(rest)
    if line.strip():
        lines.append(line.rstrip())
    return [line for line in lines if line]


def _carry(line: str, part: str) -> tuple[str, str]:
    """What must move down with `part` so that punctuation stays with its character."""
    clusters = list(_clusters(line))
    take = 0
    if part[0] in _NOT_AT_START and len(clusters) > 1 and not clusters[-1].isspace():
        take = 1
    while take + 1 < len(clusters) and clusters[-1 - take] in _NOT_AT_END:
        take += 1
    if not take:
        return line, ""
    return "".join(clusters[:-take]), "".join(clusters[-take:])


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 1 if ord(character) < 0x80 else 2


def _clusters(text: str) -> Iterator[str]:
    """Characters with the marks that belong to them."""
    cluster = ""
    for character in text:
        if cluster and _cells_of(character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _pieces(text: str) -> Iterator[str]:
    """Unbreakable pieces: ASCII words, single wide characters, spaces."""
    word = ""
    for cluster in _clusters(text):
        if cluster[0] != " " and ord(cluster[0]) < 0x80:
            word += cluster
            continue
        if word:
            yield word
            word = ""
        yield cluster
    if word:
        yield word


def _cut_long(piece: str, width: int) -> list[str]:
    if cells(piece) <= width:
        return [piece]
    parts, part = [], ""
    for cluster in _clusters(piece):
        if part and cells(part) + cells(cluster) > width:
            parts.append(part)
            part = ""
        part += cluster
    return [*parts, part]
