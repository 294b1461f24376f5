"""A face as registers: only what the device has, only what changed, in as few requests as it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.pad_profile import PadProfile, load_pad_profile
from queue_server.pads.faces import Face
from queue_server.pads.panel import registers, span
from queue_server.pads.registers import BLANK, Holding

TEXT = load_pad_profile("modbus_16key")
DIGITS = load_pad_profile("modbus_one_button")
SCREEN = load_pad_profile("modbus_window_screen")
EVALUATOR = load_pad_profile("modbus_evaluator")

FACES = st.builds(
    Face,
    number=st.sampled_from(["", "A012", "B7"]),
    waiting=st.none() | st.integers(0, 2000),
    code=st.sampled_from(["", "07"]),
    lamp=st.sampled_from(["off", "on", "blink"]),
    line1=st.text("A012 请等候号", max_size=16),
    line2=st.text("A012 请等候号", max_size=16),
    ask_rating=st.booleans(),
)


def shown(held: dict[int, int], first: int) -> str:
    """What a device with these registers shows in one line: up to the first zero byte."""
    data = b"".join(held.get(place, 0).to_bytes(2, "big") for place in range(first, first + 16))
    return data.split(b"\0")[0].decode("gb18030")


@pytest.mark.parametrize("profile", [TEXT, DIGITS, SCREEN, EVALUATOR], ids=lambda profile: profile.name)
@given(faces=st.lists(FACES, min_size=1, max_size=5))
def test_after_a_few_requests_a_device_shows_the_newest_face(profile: PadProfile, faces: list[Face]) -> None:
    held: dict[int, int] = {}
    for face in faces:
        wanted = registers(face, profile)
        requests = 0
        while (request := span(wanted, held, {}))[1]:
            first, values = request
            last = first + len(values) - 1
            assert last <= Holding.CODE or (first >= Holding.LINE_1 and last < Holding.LINE_2 + 16)
            held.update(zip(range(first, last + 1), values, strict=True))
            requests += 1
        assert requests <= 3
    if profile.display.kind == "text":
        cells = profile.display.characters
        for first, line in ((Holding.LINE_1, face.line1), (Holding.LINE_2, face.line2)):
            text = shown(held, first)
            assert line.startswith(text)
            assert len(text.encode("gb18030")) in (len(line.encode("gb18030")), cells - 1, cells)


def test_nothing_is_written_twice() -> None:
    wanted = registers(Face(number="A012", waiting=3, lamp="on"), DIGITS)
    first, values = span(wanted, {}, {})
    assert span(wanted, dict(enumerate(values, first)), {}) == (0, [])


def test_an_acknowledgement_takes_beep_lamp_and_digits_along() -> None:
    wanted = registers(Face(number="A013", waiting=2, lamp="blink"), DIGITS)
    actions: dict[int, int] = {Holding.ACKNOWLEDGE: 77, Holding.BEEP: 1}
    assert span(wanted, {}, actions) == (0, [77, 2, 1, 0, 2, 0xA013, 0])


def test_an_acknowledgement_alone_writes_one_register() -> None:
    assert span({}, {}, {Holding.ACKNOWLEDGE: 77}) == (0, [77])


def test_what_a_device_cannot_show_is_not_sent() -> None:
    assert registers(Face(number="A012", line1="x", code="07", ask_rating=True), EVALUATOR) == {
        Holding.LAMP: 0,
        Holding.ASK_RATING: 1,
    }
    assert Holding.LINE_1 not in registers(Face(line1="x"), DIGITS)
    assert Holding.WAITING not in registers(Face(waiting=4), TEXT)


def test_an_unknown_count_is_blank_and_a_large_one_stays_at_three_digits() -> None:
    assert registers(Face(waiting=None), DIGITS)[Holding.WAITING] == BLANK
    assert registers(Face(waiting=1234), DIGITS)[Holding.WAITING] == 999


def test_a_changed_digit_in_a_line_costs_one_register() -> None:
    before = registers(Face(line1="A012", line2="等候 12"), TEXT)
    after = registers(Face(line1="A012", line2="等候 13"), TEXT)
    first, values = span(after, before, {})
    assert len(values) == 1
    assert first >= Holding.LINE_2


def test_a_chinese_character_is_never_split_at_the_edge() -> None:
    screen = load_pad_profile("modbus_window_screen", {"display": {"characters": 16}})
    line = registers(Face(line1="A请到三号窗口来吧"), screen)
    text = b"".join(line[place].to_bytes(2, "big") for place in sorted(line) if place < Holding.LINE_2)
    assert text.split(b"\0")[0].decode("gb18030") == "A请到三号窗口来"
