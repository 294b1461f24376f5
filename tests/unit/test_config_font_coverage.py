"""Which characters a font has, as our small reader sees it and as fontTools does."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.font_coverage import Coverage, FontUnreadable, read_coverage, shared_font


def _points(coverage: Coverage) -> set[int]:
    return {
        point
        for first, last in zip(coverage.starts, coverage.ends, strict=True)
        for point in range(first, last + 1)
    }


@pytest.mark.parametrize("path", [pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path()], ids=str)
def test_our_reader_and_fonttools_see_the_same_characters(path: Path) -> None:
    with TTFont(path, lazy=True) as font:
        assert _points(read_coverage(path)) == set(font.getBestCmap())


@given(points=st.sets(st.integers(0x21, 0xFFFD) | st.integers(0x10000, 0x2FFFF), min_size=1, max_size=60))
def test_any_set_of_characters_is_read_back(
    points: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    builder = FontBuilder(1000, isTTF=True)
    names = {point: f"u{point:X}" for point in sorted(points)}
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", *names.values())})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", *names.values()), (500, 0)))
    builder.setupHorizontalHeader()
    written = BytesIO()
    builder.font.save(written)
    path = tmp_path_factory.getbasetemp() / "any.ttf"
    path.write_bytes(written.getvalue())
    assert _points(read_coverage(path)) == points


def test_what_a_ticket_may_say_is_in_the_shared_font_and_what_it_may_not_is_named() -> None:
    font = shared_font()
    assert font.missing("请 A012 号到 3 号窗口，¥5 万元") == ""
    assert font.missing("好😀的😀\U000323af") == "😀\U000323af"


@given(raw=st.binary(max_size=300))
def test_what_is_no_font_is_refused(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.otf"
    path.write_bytes(b"OTTO\x00\x01" + raw)
    with pytest.raises(FontUnreadable):
        read_coverage(path)
