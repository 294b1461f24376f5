"""Text in cells: nothing is lost, nothing is split, nothing is wider than the paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.cells import cells, clean, wrap

MIXED = st.text(st.sampled_from("号A0 窗口，。（）()é龘𬭎-x\u0301"), max_size=60)


@pytest.mark.parametrize(
    ("text", "width"), [("A012", 4), ("前面 7 人", 9), ("（", 2), ("e\u0301", 1), ("𬭎", 2)]
)
def test_ascii_takes_one_cell_and_everything_else_two(text: str, width: int) -> None:
    assert cells(text) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, []),
        ("身份证、银行卡", 8, ["身份证、", "银行卡"]),
        ("过号作废，请重取", 10, ["过号作废，", "请重取"]),
        ("过号作废，请重取", 8, ["过号作", "废，请重", "取"]),
        ("ID card and bank card", 10, ["ID card", "and bank", "card"]),
        ("Llanfairpwllgwyngyll", 8, ["Llanfair", "pwllgwyn", "gyll"]),
        ("号A012到3号", 6, ["号A012", "到3号"]),
        ("业务（对公）", 6, ["业务", "（对", "公）"]),
    ],
)
def test_wraps_at_characters_words_and_never_before_closing_punctuation(
    text: str, width: int, lines: list[str]
) -> None:
    assert wrap(text, width) == lines


@given(MIXED, st.integers(2, 48))
def test_wrapping_keeps_every_character_and_the_margin(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(clean(text).split())
    assert all(cells(line) <= width for line in lines)


@given(st.text(max_size=40), st.integers(2, 48))
def test_any_text_at_all_wraps(text: str, width: int) -> None:
    assert all(cells(line) <= width for line in wrap(text, width))


def test_control_characters_cannot_steer_the_printer() -> None:
    assert clean("支行\x1b@\x10\x04\x01\r\n二楼\u2028") == "支行 @ 二楼"


def test_a_line_too_narrow_for_a_chinese_character_is_refused() -> None:
    with pytest.raises(ValueError, match="Chinese"):
        wrap("号", 1)
