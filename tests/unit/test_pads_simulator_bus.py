"""The simulated wire: how long bytes travel, what becomes of two talkers, and what a wrong speed sounds like."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.simulator.bus import HOST, Bus
from queue_server.pads.simulator.uart import misread

BYTE_S = 10 / 9600


def bus() -> Bus:
    return Bus(Random(1))


def heard(bus: Bus, until: float) -> bytes:
    return b"".join(sound.data for sound in bus.step(until))


def test_a_byte_is_heard_when_its_stop_bit_is_over() -> None:
    wire = bus()
    wire.say(HOST, b"abcd", 9600, at=1.0)
    assert heard(wire, 1.0 + 0.9 * BYTE_S) == b""
    assert heard(wire, 1.0 + 1.0 * BYTE_S) == b"a"
    assert heard(wire, 1.0 + 3.5 * BYTE_S) == b"bc"
    assert heard(wire, 9.0) == b"d"
    assert heard(wire, 9.0) == b""
    assert wire.next_at() is None


def test_who_writes_again_while_talking_goes_on_without_a_gap() -> None:
    wire = bus()
    wire.say(HOST, b"ab", 9600, at=1.0)
    assert wire.say(HOST, b"cd", 9600, at=1.0).ends_at == pytest.approx(1.0 + 4 * BYTE_S)
    assert heard(wire, 2.0) == b"abcd"


def test_two_who_talk_at_once_garble_each_other_only_where_they_overlap() -> None:
    wire = bus()
    wire.say("pad_1", b"\x01\x02\x03\x04", 9600, at=1.0)
    wire.say("pad_2", b"\x11\x12\x13\x14", 9600, at=1.0 + 2.5 * BYTE_S)
    sounds = wire.step(2.0)
    first = b"".join(sound.data for sound in sounds if sound.talk.talker == "pad_1")
    second = b"".join(sound.data for sound in sounds if sound.talk.talker == "pad_2")
    assert (first[:2], second[2:]) == (b"\x01\x02", b"\x13\x14")
    assert first[2:] != b"\x03\x04"
    assert second[:2] != b"\x11\x12"
    deaf = [sound.deaf for sound in sounds if sound.deaf]
    assert {"pad_1", "pad_2"} == set().union(*deaf)


def test_two_who_say_the_same_at_the_same_moment_are_heard_as_one_would_be() -> None:
    wire = bus()
    for pad in ("pad_1", "pad_2"):
        wire.say(pad, b"same", 9600, at=1.0)
    assert sorted(sound.data for sound in wire.step(2.0)) == sorted([b"s", b"a", b"m", b"e"] * 2)


def test_a_talk_whose_power_goes_stops_with_the_byte_it_was_at() -> None:
    wire = bus()
    wire.say("pad_1", b"abcd", 9600, at=1.0)
    wire.cut("pad_1", 1.0 + 2.5 * BYTE_S)
    assert heard(wire, 2.0) == b"ab"


def test_a_listener_knows_of_a_byte_when_it_is_whole_and_not_of_its_own() -> None:
    wire = bus()
    wire.say("pad_1", b"ab", 9600, at=1.0)
    assert wire.quiet_since("pad_2", 1.0 + 0.5 * BYTE_S) == float("-inf")
    assert wire.quiet_since("pad_2", 1.0 + 1.5 * BYTE_S) == 1.0 + BYTE_S
    wire.step(60.0)
    assert wire.quiet_since("pad_2", 60.0) == 1.0 + 2 * BYTE_S
    assert wire.quiet_since("pad_1", 60.0) == float("-inf")


def test_noise_turns_bits_and_the_same_seed_turns_the_same() -> None:
    def noisy() -> bytes:
        wire = bus()
        wire.noise = 0.2
        wire.say(HOST, bytes(200), 9600, at=1.0)
        return heard(wire, 2.0)

    assert 10 < sum(byte != 0 for byte in noisy()) < 80
    assert noisy() == noisy()


@given(st.binary(max_size=60), st.sampled_from([2400, 4800, 9600, 19200, 38400]))
def test_at_one_speed_bytes_are_bytes(data: bytes, baud: int) -> None:
    assert misread(data, baud, baud) == data


def test_half_the_speed_hears_fewer_bytes_and_double_the_speed_more() -> None:
    frame = bytes.fromhex("FF 68 03 03 68 01 01 0C 0E 16")
    assert len(misread(frame, 9600, 4800)) < len(frame) < len(misread(frame, 4800, 9600))
    # U is 0 1010 1010 1 on the wire; every bit twice, with a start found at the first and at the seventh.
    assert misread(b"U", 4800, 9600) == bytes([0b01100110, 0b11100110])


@given(st.binary(min_size=1, max_size=40), st.sampled_from([2400, 19200, 38400, 115200]))
def test_another_speed_never_gives_a_frame_back(data: bytes, baud: int) -> None:
    frame = bytes([0xFF, 0x68]) + data
    assert frame not in misread(frame, 9600, baud)


def test_of_the_program_s_byte_a_listener_knows_from_its_start_bit_on() -> None:
    wire = bus()
    wire.say(HOST, b"ab", 9600, at=1.0)
    wire.step(1.0)
    assert wire.quiet_since("pad_1", 0.999) == 1.0
    wire.step(1.0 + 5 * BYTE_S)
    assert wire.quiet_since("pad_1", 1.0 + 5 * BYTE_S) == 1.0 + 2 * BYTE_S
