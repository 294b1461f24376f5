"""Text is measured, fitted and wrapped so that nothing ever leaves its box, in Chinese and in English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.screen.canvas import offscreen
from display.screen.fonts import Fonts
from display.screen.icons import NAMES
from display.screen.shapes import Align, Box, Fill, Icon, Panel, Paragraph, Qr, Shape, Text, Weight

fonts = Fonts()
words = st.text(
    st.one_of(
        st.sampled_from("请到号窗口网络中断，。（）、A012 abc"),
        st.characters(codec="gbk", exclude_categories=["C"]),
    ),
    max_size=60,
)


def test_every_character_of_gbk_that_a_branch_may_write_is_in_the_font() -> None:
    text = "".join(chr(c) for c in range(0x4E00, 0x9FA6)) + "，。：；！？（）《》“”…—·×→ABCabc0123456789"
    assert fonts.missing(text) == ""


def test_a_character_the_font_lacks_is_named_once() -> None:
    assert fonts.missing("窗ሴ口ሴ") == "ሴ"


@given(words, st.integers(30, 600), st.integers(10, 80), st.sampled_from(list(Weight)))
def test_fitted_text_is_never_wider_than_its_box(text: str, width: int, size: int, weight: Weight) -> None:
    fitted, chosen = fonts.fit(text, width, size, size // 2, weight)
    assert chosen <= size
    assert fonts.width(fitted, chosen, weight) <= width or fitted == "…"


@given(words, st.integers(40, 600), st.integers(10, 40))
def test_wrapping_loses_no_character_and_keeps_every_line_in_its_width(
    text: str, width: int, size: int
) -> None:
    lines = fonts.wrap(text, width, size)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(fonts.width(line, size) <= width or len(line) == 1 for line in lines)


def test_chinese_punctuation_does_not_begin_a_line_and_words_are_not_broken() -> None:
    width = fonts.width("网络中断", 30)
    assert fonts.wrap("网络中断，请稍候", width, 30) == ["网络中", "断，请稍", "候"]
    assert fonts.wrap("please wait here", fonts.width("please wait", 30), 30) == ["please wait", "here"]


def test_digits_are_all_equally_wide_so_that_a_number_does_not_jump() -> None:
    widths = [fonts.width(digit * 3, 64, Weight.BOLD) for digit in "0123456789"]
    assert max(widths) - min(widths) <= 1


def test_a_paragraph_shrinks_then_ends_in_an_ellipsis() -> None:
    canvas = offscreen((400, 200))
    box = Box(0, 0, 300, 90)
    short, size = canvas.flow(Paragraph("请到三号窗口", box, 40, (0, 0, 0), min_size=20))
    assert (short, size) == (["请到三号窗口"], 40)
    lines, size = canvas.flow(Paragraph("很长的话" * 40, box, 40, (0, 0, 0), min_size=20))
    assert size == 20
    assert lines[-1].endswith("…")


@pytest.mark.parametrize(
    "shape",
    [
        Text("请到三号窗口 please come", Box(40, 40, 60, 20), 50, (255, 255, 255), align=Align.RIGHT),
        Panel(Box(40, 40, 60, 20), (255, 255, 255), 30, (200, 0, 0)),
        Fill(Box(40, 40, 60, 20), (255, 255, 255), (1, 1, 1)),
        Qr(tuple(tuple((x + y) % 2 == 0 for x in range(4)) for y in range(4)), Box(40, 40, 60, 20), quiet=1),
        *[Icon(name, Box(40, 40, 60, 20), (255, 255, 255)) for name in sorted(NAMES)],
        Icon("unknown", Box(40, 40, 60, 20), (255, 255, 255)),
    ],
    ids=lambda shape: f"{type(shape).__name__}-{getattr(shape, 'name', '')}",
)
def test_what_is_painted_stays_inside_its_box_and_is_not_nothing(shape: Shape) -> None:
    canvas = offscreen((140, 100))
    canvas.paint([Fill(Box(0, 0, 140, 100), (0, 0, 0)), shape])
    assert isinstance(shape.box, Box)  # type: ignore[union-attr]
    margin = 2 if not isinstance(shape, Text) else 40  # a glyph may be taller than a box made too low for it
    inside = Box(40, 40, 60, 20).inset(-2, -margin)
    lit = [
        (x, y)
        for x in range(140)
        for y in range(100)
        if tuple(canvas.surface.get_at((x, y)))[:3] != (0, 0, 0)
    ]
    assert lit
    assert all(inside.contains(x, y) for x, y in lit)


def test_a_qr_code_without_room_is_refused_and_not_drawn_unreadable() -> None:
    modules = tuple(tuple(True for _ in range(33)) for _ in range(33))
    with pytest.raises(ValueError, match="33 modules needs 41 pixels"):
        offscreen((100, 100)).paint([Qr(modules, Box(0, 0, 40, 40))])
