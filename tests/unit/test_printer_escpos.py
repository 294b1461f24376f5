"""Bytes of a ticket: the printer's own charset, dots where it has no shape, nothing it would obey by mistake."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from firmware_config.printer_profile import PrinterProfile, load_printer_profile
from printer.escpos import EncodedTicket, encode, raster, rastered, separate
from printer.layout import Gap, Line, QrCode

GENERIC = load_printer_profile("generic_80mm")
EPSON = load_printer_profile("epson_tm_t20iii")
KIOSK = load_printer_profile("kiosk_58mm")
REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


def ticket(*pieces: Line | QrCode | Gap, profile: PrinterProfile = GENERIC) -> EncodedTicket:
    return encode(pieces, profile, b"AB12" if profile.completion.method == "gs_h" else b"")


def test_chinese_goes_in_the_printers_charset_and_chinese_mode() -> None:
    data = ticket(Line("号A", align="left")).data
    assert data == (
        b"\x1b@"  # initialise
        b"\x1c&"  # Chinese mode on
        b"\x1b3\x20"  # 32 dots a line
        b"\xba\xc5A\n"  # 号 is C5 of row BA in GB2312
        b"\x1c."  # Chinese mode off
        b"\x1dVB\x18"  # feed to the knife and 24 dots, cut partially
        b"\x1dr\x01"  # GS r 1: answered when everything before it is done
    )


def test_the_epson_class_switches_asb_on_again_smooths_and_ends_with_a_token() -> None:
    data = ticket(Line("A", align="left"), profile=EPSON).data
    assert data == b"\x1b@\x1da\x0f\x1db\x01\x1b3\x20A\n\x1dVB\x18\x1d(H\x06\x0000AB12"


def test_the_kiosk_module_doubles_chinese_with_its_own_command_and_gets_no_fence() -> None:
    data = ticket(Line("号", width=2, height=2), Line("A", width=2, height=2), profile=KIOSK).data
    assert data == b"\x1b@\x1c&\x1b3\x20\x1ba\x01\x1d!\x11\x1c!\x0c\xba\xc5\nA\n\x1c.\x1dVB\x18"


def test_a_style_is_said_only_when_it_changes() -> None:
    one, two = ticket(Line("A", is_bold=True)), ticket(Line("A", is_bold=True), Line("B", is_bold=True))
    assert len(two.data) - len(one.data) == len(b"B\n")


def test_a_native_code_is_stored_and_printed_by_the_printer() -> None:
    assert (
        b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x07\x001P0http\x1d(k\x03\x001Q0"
        in ticket(QrCode("http")).data
    )


@pytest.mark.parametrize(
    ("text", "charset", "dots"),
    [
        ("示例银行 A012，（）·—…", "gbk", ""),
        ("镕瞭", "gbk", ""),
        ("䶮", "gbk", "䶮"),
        ("䶮", "gb18030", ""),
        ("鿏𬭎", "gb18030", "鿏𬭎"),
        ("€é", "gbk", "€"),
        ("😀", "gb18030", "😀"),
    ],
)
def test_only_what_the_font_has_no_shape_for_goes_as_dots(text: str, charset: str, dots: str) -> None:
    assert rastered(text, charset) == dots


@pytest.mark.parametrize("text", ["鿏路支行", "，、。", "ＡＢＣ", "𬭎", "€"])
def test_nothing_is_ever_shown_as_a_question_mark(text: str) -> None:
    for profile in (GENERIC, EPSON, KIOSK):
        data = ticket(Line(text), profile=profile).data
        assert b"?" not in data.split(b"\x1dv0")[0]


def test_a_line_of_dots_is_as_wide_as_its_ink() -> None:
    data = ticket(Line("鿏路")).data
    at = data.index(b"\x1dv0\x00")
    width, rows = data[at + 4], data[at + 6]
    assert (width <= 6, rows) == (True, 24)
    assert data[at + 8 + width * rows :].startswith(b"\x1bJ\x08")


def test_chinese_larger_than_double_goes_as_dots_where_the_printer_cannot() -> None:
    assert b"\x1dv0" in ticket(Line("号", width=4, height=4), profile=KIOSK).data
    assert b"\x1dv0" not in ticket(Line("号", width=4, height=4)).data


@given(st.integers(0, 7), st.integers(1, 40), st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14]), min_size=4))
def test_dots_never_contain_what_the_printer_obeys_at_once(shift: int, width: int, raw: list[int]) -> None:
    rows = max(1, len(raw) // width)
    data = bytes(byte ^ 0xFF for byte in raw[: width * rows].copy()).ljust(width * rows, b"\xff")
    image = Image.frombytes("1", (width * 8, rows), data)
    encoded = raster(image)
    assert encoded.startswith(b"\x1dv0\x00")
    assert not any(command in encoded for command in REAL_TIME)


def test_dots_moved_aside_are_the_same_picture() -> None:
    image = Image.frombytes("1", (16, 1), bytes([0x10 ^ 0xFF, 0x04 ^ 0xFF]))
    assert raster(image)[8:] == bytes([0x08, 0x02, 0x00])


@given(st.lists(st.text(max_size=12), max_size=5), st.text("abc/:.", min_size=1, max_size=40))
def test_no_ticket_contains_a_real_time_command(texts: list[str], url: str) -> None:
    pieces: list[Line | QrCode | Gap] = [
        *(Line("".join(c for c in text if c.isprintable())) for text in texts),
        QrCode(url),
        Gap(300),
    ]
    for profile in (GENERIC, EPSON, KIOSK):
        assert not any(command in ticket(*pieces, profile=profile).data for command in REAL_TIME)


def test_the_paper_a_ticket_moves_is_known_before_it_is_printed() -> None:
    assert ticket(Line("A")).paper_mm == pytest.approx((32 + 24) / 8 + 12)
    assert ticket(Line("A", width=8, height=8), Gap(300)).paper_mm == pytest.approx((192 + 300 + 24) / 8 + 12)


def test_a_printer_left_in_the_middle_of_dots_is_filled_reset_and_cut() -> None:
    assert separate(GENERIC, 3) == b"\x00\x00\x00\x1b@\x1b3\x20\x1dVB\x18"


@pytest.mark.parametrize("token", [b"", b"AB1", b"AB 1", b"AB1\x11"])
def test_a_fence_token_is_four_printable_bytes(token: bytes) -> None:
    with pytest.raises(ValueError, match="token"):
        encode([], EPSON, token)


def test_a_fence_without_a_token_takes_none() -> None:
    with pytest.raises(ValueError, match="token"):
        encode([], GENERIC, b"AB12")


def test_a_printer_without_a_knife_feeds_the_ticket_out() -> None:
    profile = load_printer_profile("generic_80mm", {"cut": {"method": "none"}})
    assert ticket(profile=profile).data == b"\x1b@\x1b3\x20\x1bJ\x78\x1dr\x01"


def test_importing_the_encoder_leaves_no_rubbish_and_no_logging(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment.pop("ESCPOS_CAPABILITIES_PICKLE_DIR", None)
    (tmp_path / "tmp").mkdir()
    question = "import logging, printer.escpos; print(logging.root.handlers)"
    for _ in range(2):
        answer = subprocess.run(
            [sys.executable, "-c", question], env=environment, capture_output=True, text=True, check=True
        )
        assert answer.stdout.strip() == "[]"
        assert list((tmp_path / "tmp").iterdir()) == []
    cache = tmp_path / "cache" / "jiaohao" / "escpos"
    assert cache.stat().st_mode & 0o777 == 0o700
    # A pickle cut short by a power cut is made anew.
    pickle = next(cache.glob("*.pickle"))
    pickle.write_bytes(pickle.read_bytes()[:100])
    os.utime(pickle)
    subprocess.run([sys.executable, "-c", question], env=environment, check=True, capture_output=True)
