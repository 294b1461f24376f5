"""One stream, two protocols: an answer is taken only while expected, a frame always, and neither out of the other."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads import ff68, modbus
from queue_server.pads.ff68 import Frame
from queue_server.pads.modbus import Answer
from queue_server.pads.sifter import Sifter
from tests.unit.test_pads_ff68 import FRAMES, pieces
from tests.unit.test_pads_modbus import signed

QUESTION = modbus.read_input(5, 4, 4)
ANSWER = Answer(5, (7, 1, 0xFFFF, 0xFFFF))
ANSWERED = signed(b"\x05\x04\x08\x00\x07\x00\x01\xff\xff\xff\xff")
CALL = Frame(9, 1, b"\x0c")
CALLED = ff68.encode(CALL)
CUTS = st.lists(st.integers(0, 300))

Messages = list[Frame | Answer]


def sifted(chunks: list[bytes], is_expecting: bool = True) -> Messages:
    """What comes out of `chunks`, also what was held back for an answer that never came."""
    sifter = Sifter()
    sifter.expect(QUESTION if is_expecting else None)
    found = [message for chunk in chunks for message in sifter.feed(chunk)]
    return found + sifter.expect(None)


@given(st.lists(FRAMES, max_size=4), st.lists(FRAMES, max_size=4), CUTS)
def test_an_answer_between_frames_is_taken_with_them_in_their_order(
    before: list[Frame], after: list[Frame], cuts: list[int]
) -> None:
    data = b"".join(map(ff68.encode, before)) + ANSWERED + b"".join(map(ff68.encode, after))
    assert sifted(pieces(data, cuts)) == [*before, ANSWER, *after]


@given(st.binary(max_size=30), CUTS)
def test_noise_before_an_answer_does_not_hide_it(noise: bytes, cuts: list[int]) -> None:
    assert ANSWER in sifted(pieces(noise + ANSWERED, cuts))


@given(st.binary(max_size=300), CUTS)
def test_chunks_never_matter_and_noise_never_raises(data: bytes, cuts: list[int]) -> None:
    assert sifted(pieces(data, cuts)) == sifted([data])


def test_an_answer_nobody_expects_is_noise() -> None:
    sifter = Sifter()
    assert sifter.feed(ANSWERED + CALLED) == [CALL]
    assert sifter.noise == len(ANSWERED)


def test_an_answer_to_another_question_is_noise() -> None:
    sifter = Sifter()
    sifter.expect(modbus.read_input(6, 4, 4))
    assert sifter.feed(ANSWERED + CALLED) == [CALL]


@pytest.mark.parametrize("cut", range(len(CALLED) + 5))
def test_a_frame_inside_an_answer_is_no_press(cut: int) -> None:
    question = modbus.read_holding(5, 256, 7)
    words = b"\x01\x02" + CALLED + b"\x03\x04"
    assert len(words) == 14
    data = signed(b"\x05\x03\x0e" + words)
    sifter = Sifter()
    sifter.expect(question)
    found = sifter.feed(data[:cut]) + sifter.feed(data[cut:]) + sifter.expect(None)
    assert [type(message) for message in found] == [Answer]


def test_a_press_behind_the_beginning_of_an_answer_that_never_comes_is_told_when_it_is_given_up() -> None:
    sifter = Sifter()
    sifter.expect(QUESTION)
    assert sifter.feed(ANSWERED[:4]) == []
    assert sifter.feed(b"\x00" + CALLED[:5]) == []
    assert sifter.feed(CALLED[5:]) == [CALL]
    sifter.expect(QUESTION)
    assert sifter.feed(ANSWERED[:4] + CALLED[:8]) == []
    assert sifter.feed(CALLED[8:]) == [CALL]


def test_a_short_beginning_holds_a_press_back_no_longer_than_the_question() -> None:
    question = modbus.read_holding(5, 256, 16)
    sifter = Sifter()
    sifter.expect(question)
    assert sifter.feed(b"\x05\x03\x20" + CALLED) == []
    assert sifter.expect(None) == [CALL]


def test_two_answers_to_one_question_are_two() -> None:
    assert sifted([ANSWERED + ANSWERED]) == [ANSWER, ANSWER]


def test_a_refusal_is_an_answer() -> None:
    assert sifted([b"\x00" + signed(b"\x05\x84\x02") + CALLED]) == [Answer(5, refused=2), CALL]


def test_a_quiet_line_forgets_what_is_unfinished() -> None:
    sifter = Sifter()
    sifter.feed(CALLED[:6])
    assert sifter.is_midway
    sifter.quiet()
    assert not sifter.is_midway
    assert sifter.feed(CALLED) == [CALL]


@pytest.mark.parametrize("is_expecting", [True, False])
def test_a_megabyte_of_noise_gives_up_every_hidden_press_once_and_no_phantom(is_expecting: bool) -> None:
    chance = Random(3)
    hidden = [Frame(chance.randrange(1, 255), 1, bytes([chance.randrange(20)])) for _ in range(400)]
    stream = bytearray()
    for frame in hidden:
        stream += chance.randbytes(2500) + ff68.encode(frame)
    stream += chance.randbytes((1 << 20) - len(stream))
    sifter = Sifter()
    found: Messages = []
    at = 0
    while at < len(stream):
        found += sifter.expect(QUESTION if is_expecting else None)
        step = chance.randint(1, 400)
        found += sifter.feed(bytes(stream[at : at + step]))
        at += step
    assert found + sifter.expect(None) == hidden
