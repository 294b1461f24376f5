"""Encoder and simulator, written apart, agree on paper: K4 read back from the bytes, the code read by zxing-cpp."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from firmware_config.printer_profile import load_printer_profile, printer_profile_names
from firmware_config.ticket_layout import load_ticket_layout
from printer.__main__ import sample_face
from printer.escpos import encode
from printer.layout import TicketFace, compose
from printer.simulator import Slip
from printer.simulator.commands import CommandReader, RealTime, RealTimeSieve
from printer.simulator.machine import PrinterMachine
from printer.words import say_in

STANDARD = load_ticket_layout()
AT = datetime(2025, 11, 23, 10, 32, tzinfo=timezone(timedelta(hours=8)))
GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("printer_*.bin"))
EVERY_PROFILE = pytest.mark.parametrize("name", printer_profile_names())
FACES = [
    sample_face("zh_CN", AT),
    sample_face("en", AT),
    replace(
        sample_face("zh_CN", AT),
        is_priority=True,
        class_mark="VIP",
        is_reprint=True,
        requeue_of="A009",
        counter_hint="3号、4号",
        wait_lo_min=None,
        wait_hi_min=None,
    ),
]


def on_paper(name: str, data: bytes) -> Slip:
    """The slip the simulated printer `name` makes of `data`, at once."""
    slips: list[Slip] = []
    machine = PrinterMachine(
        load_printer_profile(name), lambda slip, _: slips.append(slip), buffer_bytes=1 << 20
    )
    machine.receive(data)
    now = 0.0
    while (again := machine.run(now)) is not None:
        now = again
    assert machine.unknown_bytes == 0
    (slip,) = slips
    return slip


def printed(name: str, face: TicketFace) -> Slip:
    profile = load_printer_profile(name)
    token = b"0J01" if profile.completion.method == "gs_h" else b""
    return on_paper(
        name, encode(compose(face, profile.paper.cells, say_in(face.language), STANDARD), profile, token).data
    )


@EVERY_PROFILE
@pytest.mark.parametrize("face", FACES)
def test_the_paper_says_everything_a_ticket_must_say(name: str, face: TicketFace) -> None:
    said = "".join("".join(printed(name, face).lines).split())
    wanted = [face.bank, face.branch, face.number, face.service, face.missed_rule, face.hotline, *face.papers]
    wanted += [
        f"{face.issued_at:%Y-%m-%d%H:%M}",
        face.class_mark,
        face.requeue_of or "",
        face.counter_hint or "",
    ]
    if face.wait_lo_min is None:
        wanted.append({"zh_CN": "该业务暂无窗口办理", "en": "No counter open"}[face.language])
    else:
        wanted.append(f"{face.wait_lo_min}-{face.wait_hi_min}")
    wanted.append({"zh_CN": f"前面{face.ahead}人", "en": f"{face.ahead}aheadofyou"}[face.language])
    wanted += ["优先"] * face.is_priority + ["补打"] * face.is_reprint
    for words in wanted:
        assert "".join(words.split()) in said


@EVERY_PROFILE
@pytest.mark.parametrize("face", FACES)
def test_the_code_on_the_paper_is_read_by_somebody_elses_reader(name: str, face: TicketFace) -> None:
    codes = zxingcpp.read_barcodes(printed(name, face).picture)
    assert [code.text for code in codes] == [face.qr_url]


@EVERY_PROFILE
def test_the_picture_has_the_proportions_of_the_paper(name: str) -> None:
    profile = load_printer_profile(name)
    assert printed(name, FACES[0]).picture.width == profile.paper.width_mm * profile.paper.dots_per_mm


@EVERY_PROFILE
def test_the_number_is_the_largest_thing_on_the_paper(name: str) -> None:
    """Dark rows come in bands, one a line of text; the highest band but the code's is the number's."""
    picture = printed(name, replace(FACES[0], qr_url="")).picture.convert("L")
    dark = [min(picture.crop((0, y, picture.width, y + 1)).tobytes()) < 128 for y in range(picture.height)]
    bands, height = [], 0
    for is_dark in [*dark, False]:
        if is_dark:
            height += 1
        elif height:
            bands.append(height)
            height = 0
    bands.sort()
    assert bands[-1] >= 2.5 * bands[-2]


@EVERY_PROFILE
def test_a_character_no_printer_has_is_drawn_and_not_a_question_mark(name: str) -> None:
    with_it = printed(name, replace(FACES[0], branch="鿏"))
    without = printed(name, replace(FACES[0], branch=""))
    assert not any("?" in line for line in with_it.lines)
    assert ink(with_it.picture) > ink(without.picture) + 60


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_golden_bytes_are_whole_tickets(path: Path) -> None:
    name = next(name for name in printer_profile_names() if name in path.stem)
    slip = on_paper(name, path.read_bytes())
    assert "A012" in slip.lines
    assert [code.text for code in zxingcpp.read_barcodes(slip.picture)] == [FACES[0].qr_url]


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(codec="gb18030", exclude_categories=["C", "Z", "M"]), min_size=1, max_size=20),
    st.sampled_from(printer_profile_names()),
)
def test_any_words_reach_the_paper_as_text_or_as_dots(words: str, name: str) -> None:
    slip = printed(name, replace(FACES[0], missed_rule=words))
    said = "".join(slip.lines)
    assert "\ufffd" not in said
    assert said.count("?") <= words.count("?")


@given(st.binary(max_size=400), st.lists(st.integers(1, 30), max_size=40))
def test_the_simulated_printer_survives_any_bytes_in_any_chunks(data: bytes, cuts: list[int]) -> None:
    sieve, whole = RealTimeSieve(), RealTimeSieve()
    rest, at = b"", 0
    commands: list[RealTime] = []
    for cut in [*cuts, len(data)]:
        more, found = sieve.sift(data[at : at + cut])
        rest, commands, at = rest + more, commands + found, at + cut
    assert (rest, commands) == whole.sift(data)
    reader, buffer = CommandReader("gb18030", False), bytearray(rest)
    while (size := len(buffer)) and reader.take(buffer) is not None:
        assert len(buffer) < size


def ink(picture: Image.Image) -> int:
    return sum(1 for grey in picture.convert("L").tobytes() if grey < 128)
