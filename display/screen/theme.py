"""Colours by meaning, so that every screen of the branch belongs together.

Text on its background keeps a contrast of at least 4.5 : 1 and, in `CONTRAST`, 7 : 1 (A1); the test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from display.screen.shapes import Colour


@dataclass(frozen=True, slots=True)
class Theme:
    """What a colour is for; `soft` is secondary text, `faint` is for lines and decoration, never for text."""

    ground: Colour
    ground_low: Colour
    panel: Colour
    panel_high: Colour
    faint: Colour
    text: Colour
    soft: Colour
    accent: Colour
    on_accent: Colour
    call: Colour
    on_call: Colour
    good: Colour
    warn: Colour
    bad: Colour
    on_bad: Colour


NIGHT = Theme(
    ground=(9, 24, 48),
    ground_low=(6, 16, 34),
    panel=(17, 38, 70),
    panel_high=(25, 53, 95),
    faint=(46, 76, 122),
    text=(244, 248, 255),
    soft=(166, 188, 220),
    accent=(92, 176, 255),
    on_accent=(6, 18, 38),
    call=(255, 209, 102),
    on_call=(20, 28, 46),
    good=(96, 211, 148),
    warn=(255, 190, 92),
    bad=(176, 42, 52),
    on_bad=(255, 255, 255),
)
"""The lobby display: light on deep blue, calm in a dark corner of a hall and readable from 8 m (D1)."""

DAY = Theme(
    ground=(240, 244, 250),
    ground_low=(224, 232, 243),
    panel=(255, 255, 255),
    panel_high=(231, 240, 252),
    faint=(198, 210, 228),
    text=(17, 34, 64),
    soft=(76, 93, 122),
    accent=(18, 84, 166),
    on_accent=(255, 255, 255),
    call=(176, 42, 52),
    on_call=(255, 255, 255),
    good=(18, 116, 72),
    warn=(146, 84, 0),
    bad=(176, 32, 42),
    on_bad=(255, 255, 255),
)
"""The kiosk: dark on light, like the paper it gives."""

CONTRAST = Theme(
    ground=(0, 0, 0),
    ground_low=(0, 0, 0),
    panel=(0, 0, 0),
    panel_high=(28, 28, 28),
    faint=(255, 255, 255),
    text=(255, 255, 255),
    soft=(255, 255, 255),
    accent=(255, 230, 0),
    on_accent=(0, 0, 0),
    call=(255, 230, 0),
    on_call=(0, 0, 0),
    good=(120, 255, 170),
    warn=(255, 230, 0),
    bad=(255, 120, 120),
    on_bad=(0, 0, 0),
)
"""For customers who see little (A1): white and yellow on black, lines instead of shades."""


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of WCAG 2.2, from 1 (equal) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
