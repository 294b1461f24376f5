"""Words a branch writes and its machines cannot show: characters no font has, lines longer than a screen.

Looks at the tree, at what is shown in the hall and printed on tickets.  A printer whose own charset lacks a character
prints its line as a picture, so for tickets and screens alike the shared font decides; small screens have theirs only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unicodedata import east_asian_width

from firmware_config.font_coverage import Coverage
from firmware_config.pad_profile import PadProfile
from firmware_config.problems import Expected, Problem
from firmware_config.tree import List, Map, Node, Value, listed

SHOWN = ("branch", "groups", "services", "counters", "rules", "ticket", "devices")
"""Where words stand that customers read.  Names of staff, standards and amount bands stand on pages, in any font."""

LANGUAGES = ("zh", "en")


def check_glyphs(tree: Map, font: Coverage, pads: Mapping[str, PadProfile]) -> Iterator[Problem]:
    """Every text with a character that cannot be shown, and every line that is too long for its screen."""
    for key in SHOWN:
        entry = tree.entries.get(key)
        if entry is not None:
            yield from _without_glyphs(entry.node, key, font)
    for where, item in listed(tree, ("devices", "window_screens")):
        profile, welcome = pads.get(item.text("profile") or ""), item.get("welcome")
        if profile is not None and profile.display.kind == "text" and isinstance(welcome, Map):
            yield from _not_fitting(welcome, f"{where}.welcome", item.text("id") or where, profile)


def cells(text: str) -> int:
    """How wide a text is on a screen of cells: Chinese characters and marks take 2."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def _without_glyphs(node: Node, path: str, font: Coverage) -> Iterator[Problem]:
    match node:
        case Map(_, entries):
            for key, entry in entries.items():
                yield from _without_glyphs(entry.node, f"{path}.{key}", font)
        case List(_, items):
            for index, item in enumerate(items):
                yield from _without_glyphs(item, f"{path}[{index}]", font)
        case Value(spot, str(text)) if path.rpartition(".")[2] in LANGUAGES:
            # What is not printable at all has been told already.
            if text.isprintable() and (missing := font.missing(text)):
                yield Problem(spot, path, Expected.GLYPHS, {"glyphs": _named(missing)})


def _not_fitting(words: Map, where: str, device: str, profile: PadProfile) -> Iterator[Problem]:
    display = profile.display
    for language in LANGUAGES:
        text, spot = words.text(language), words.spot_of(language)
        if text is None:
            continue
        lacking = "".join(dict.fromkeys(mark for mark in text if not _encodes(mark, display.charset)))
        if lacking:
            details = {"device": device, "glyphs": _named(lacking), "charset": display.charset}
            yield Problem(spot, f"{where}.{language}", Expected.PAD_GLYPHS, details)
        if cells(text) > display.characters:
            found = {"device": device, "limit": display.characters, "found": cells(text)}
            yield Problem(spot, f"{where}.{language}", Expected.PAD_LINE, found)


def _encodes(character: str, charset: str) -> bool:
    """Whether a small screen's font has it: one or two bytes of its charset, four-byte codes are in none of them."""
    try:
        return len(character.encode(charset)) <= 2
    except UnicodeEncodeError:
        return False


def _named(characters: str) -> str:
    """Characters with their numbers: what cannot be shown here cannot be shown in a terminal either."""
    shown = [f"{character} (U+{ord(character):04X})" for character in characters[:4]]
    return ", ".join((*shown, "...") if len(characters) > 4 else shown)
