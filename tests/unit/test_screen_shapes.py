"""Boxes divide without gaps or overlaps, and the last thing drawn is the one a tap reaches."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from display.screen.shapes import Box, tapped
from display.screen.theme import CONTRAST, DAY, NIGHT, Theme, contrast

boxes = st.builds(
    Box, st.integers(-50, 50), st.integers(-50, 50), st.integers(40, 3000), st.integers(40, 3000)
)


@given(boxes, st.integers(1, 12), st.integers(0, 3))
def test_columns_and_rows_fill_their_box_exactly_whatever_its_size(box: Box, count: int, gap: int) -> None:
    for parts, start, end, length in (
        (box.columns(count, gap), "x", "right", "width"),
        (box.rows(count, gap), "y", "bottom", "height"),
    ):
        assert getattr(parts[0], start) == getattr(box, start)
        assert getattr(parts[-1], end) == getattr(box, end)
        for a, b in pairwise(parts):
            assert getattr(b, start) - getattr(a, end) == gap
        lengths = [getattr(part, length) for part in parts]
        assert max(lengths) - min(lengths) <= 1


@given(boxes, st.integers(0, 4000), st.integers(0, 100))
def test_taking_a_side_leaves_two_boxes_inside_the_first(box: Box, length: int, gap: int) -> None:
    for taken, rest in (
        box.take_top(length, gap),
        box.take_bottom(length, gap),
        box.take_left(length, gap),
        box.take_right(length, gap),
    ):
        for part in (taken, rest):
            assert box.x <= part.x
            assert part.right <= box.right
            assert box.y <= part.y
            assert part.bottom <= box.bottom
            assert part.width >= 0
            assert part.height >= 0


def test_a_tap_reaches_what_was_drawn_last() -> None:
    targets = [(Box(0, 0, 100, 100), "below"), (Box(50, 50, 100, 100), "above")]
    assert tapped(60, 60, targets) == "above"
    assert tapped(10, 10, targets) == "below"
    assert tapped(150, 150, targets) is None, "the right and bottom edges are outside"


def pairs(theme: Theme) -> list[tuple[str, float]]:
    written = [
        ("text", theme.text, theme.panel),
        ("text on the raised panel", theme.text, theme.panel_high),
        ("soft text", theme.soft, theme.panel),
        ("soft text on the raised panel", theme.soft, theme.panel_high),
        ("soft text on the ground", theme.soft, theme.ground),
        ("accent", theme.accent, theme.panel),
        ("on accent", theme.on_accent, theme.accent),
        ("call", theme.call, theme.panel),
        ("on call", theme.on_call, theme.call),
        ("good", theme.good, theme.panel),
        ("warn", theme.warn, theme.panel),
        ("on bad", theme.on_bad, theme.bad),
    ]
    return [(name, contrast(ink, ground)) for name, ink, ground in written]


def test_every_text_colour_stands_out_from_its_ground() -> None:
    for theme, least in ((NIGHT, 4.5), (DAY, 4.5), (CONTRAST, 7.0)):
        for name, ratio in pairs(theme):
            assert ratio >= least, f"{name} has {ratio:.1f} : 1"
