"""The simulator's own frames, against bytes published by others and against anything at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.simulator import modbus_frames as modbus
from queue_server.pads.simulator.ff68_frames import Frame, FrameFinder
from queue_server.pads.simulator.modbus_frames import Exceptional


class Shelf:
    """Eight registers of each kind."""

    def __init__(self) -> None:
        self.held = [0] * 8

    def read_input(self, first: int, count: int) -> list[int]:
        return self.read_holding(first, count)

    def read_holding(self, first: int, count: int) -> list[int]:
        if first + count > len(self.held):
            raise Exceptional(modbus.BAD_ADDRESS)
        return self.held[first : first + count]

    def write_holding(self, first: int, values: list[int]) -> None:
        self.read_holding(first, len(values))
        self.held[first : first + len(values)] = values


@pytest.mark.parametrize(
    "frame",
    [
        # From the worked examples of simplymodbus.ca, which every Modbus library is measured by.
        "11 03 00 6B 00 03 76 87",
        "11 03 06 AE 41 56 52 43 40 49 AD",
        "11 04 00 08 00 01 B2 98",
        "11 04 02 00 0A F8 F4",
        "11 06 00 01 00 03 9A 9B",
        "11 10 00 01 00 02 04 00 0A 01 02 C6 F0",
        "11 10 00 01 00 02 12 98",
        "0A 81 02 B0 53",
    ],
)
def test_the_checksum_is_the_one_everybody_uses(frame: str) -> None:
    golden = bytes.fromhex(frame)
    assert modbus.framed(golden[:-2]) == golden


def test_a_slave_answers_as_the_worked_examples_do() -> None:
    shelf = Shelf()
    written = modbus.answer(bytes.fromhex("11 10 00 01 00 02 04 00 0A 01 02 C6 F0"), 0x11, shelf)
    assert written == bytes.fromhex("11 10 00 01 00 02 12 98")
    assert shelf.held[1:3] == [0x000A, 0x0102]
    one = bytes.fromhex("11 06 00 01 00 03 9A 9B")
    assert modbus.answer(one, 0x11, shelf) == one
    read = modbus.answer(modbus.framed(bytes.fromhex("11 04 00 01 00 01")), 0x11, shelf)
    assert read == modbus.framed(bytes.fromhex("11 04 02 00 03"))


@pytest.mark.parametrize(
    ("request_hex", "code"),
    [
        ("11 01 00 00 00 01", modbus.BAD_FUNCTION),
        ("11 2B 0E 01 00", modbus.BAD_FUNCTION),
        ("11 03 00 08 00 01", modbus.BAD_ADDRESS),
        ("11 03 00 00 00 00", modbus.BAD_VALUE),
        ("11 03 00 00 00 7E", modbus.BAD_VALUE),
        ("11 10 00 00 00 02 02 00 01", modbus.BAD_VALUE),
    ],
)
def test_what_cannot_be_done_is_answered_with_its_exception(request_hex: str, code: int) -> None:
    request = bytes.fromhex(request_hex)
    answer = modbus.answer(modbus.framed(request), 0x11, Shelf())
    assert answer == modbus.framed(bytes([0x11, request[1] | 0x80, code]))


@pytest.mark.parametrize(
    "frame",
    [
        "11 03 00 6B 00 03 76 88",
        "12 03 00 6B 00 03 76 87",
        "00 06 00 01 00 03 98 1A",
        "11 03 06 AE 41 56 52 43 40 49 AD",
        "11 83 02 C1 34",
        "11",
        "",
    ],
)
def test_damaged_frames_others_and_answers_are_passed_over(frame: str) -> None:
    assert modbus.answer(bytes.fromhex(frame), 0x11, Shelf()) is None


@given(st.binary(max_size=300))
def test_no_bytes_upset_a_slave_or_change_it_without_a_checksum_that_fits(data: bytes) -> None:
    shelf = Shelf()
    answer = modbus.answer(data, 0x11, shelf)
    if data[:1] != b"\x11" or modbus.framed(data[:-2]) != data:
        assert answer is None
        assert not any(shelf.held)


@given(st.lists(st.binary(min_size=1, max_size=40)))
def test_only_silence_ends_a_frame(chunks: list[bytes]) -> None:
    ends = modbus.FrameEnd(0.001)
    at = 10.0
    for chunk in chunks:
        at += len(chunk) * 0.001
        ends.take(chunk, at)
        assert ends.frame(at + 0.0034) is None
    whole = b"".join(chunks)
    assert (ends.frame(at + 0.0036) or b"") == whole[:257]
    assert ends.due_at is None


@pytest.mark.parametrize(
    ("frame", "golden"),
    [
        (Frame(1, 0x01, b"\x0c"), "FF 68 03 03 68 01 01 0C 0E 16"),
        (Frame(2, 0x01, b"\x0d"), "FF 68 03 03 68 02 01 0D 10 16"),
        (Frame(1, 0x01, b"\x06\x0f"), "FF 68 04 04 68 01 01 06 0F 17 16"),
        (Frame(5, 0x02, bytes([10, 1, 2, 0, 3, 4])), "FF 68 08 08 68 05 02 0A 01 02 00 03 04 1B 16"),
        (Frame(3, 0x03), "FF 68 02 02 68 03 03 06 16"),
        (Frame(62, 0x11, b"\x04"), "FF 68 03 03 68 3E 11 04 53 16"),
    ],
)
def test_ff68_frames_are_those_of_the_table(frame: Frame, golden: str) -> None:
    assert frame.encoded() == bytes.fromhex(golden)
    assert FrameFinder().take(bytes.fromhex(golden)) == [frame]


frames = st.builds(
    Frame,
    st.integers(1, 254),
    st.sampled_from([1, 2, 3, 0x11]),
    st.binary(max_size=14).filter(lambda d: 0xFF not in d),
)


@given(st.lists(st.tuples(st.binary(max_size=30).filter(lambda noise: 0xFF not in noise), frames)), st.data())
def test_every_frame_in_noise_is_found_however_it_is_cut(
    parts: list[tuple[bytes, Frame]], data: st.DataObject
) -> None:
    wire = b"".join(noise + frame.encoded() for noise, frame in parts)
    finder = FrameFinder()
    found: list[Frame] = []
    while wire:
        size = data.draw(st.integers(1, len(wire)))
        found += finder.take(wire[:size])
        wire = wire[size:]
    assert found == [frame for _, frame in parts]


@given(frames, st.data())
def test_a_frame_that_broke_off_does_not_swallow_the_next(frame: Frame, data: st.DataObject) -> None:
    encoded = frame.encoded()
    half = encoded[: data.draw(st.integers(1, 5 + encoded[2]))]
    assert frame in FrameFinder().take(half + encoded)


@given(st.binary(max_size=300))
def test_whatever_is_found_was_there(data: bytes) -> None:
    for frame in FrameFinder().take(data):
        assert frame.encoded() in data
