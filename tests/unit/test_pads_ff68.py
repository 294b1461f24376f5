"""The FF 68 codec: any chunking, any noise, every sum checked, no frame made of rubbish."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads import ff68
from queue_server.pads.ff68 import LONGEST, LONGEST_BODY, Decoder, Frame, encode

BYTE = st.integers(0, 0xFE)
FRAMES = st.builds(
    Frame, BYTE, BYTE, st.binary(max_size=LONGEST_BODY - 2).map(lambda data: data.replace(b"\xff", b"\xfe"))
)
NOISE = st.binary(max_size=40)
# Rubbish that looks like the beginning of a frame, the worst a line can do.
LOOKALIKE = st.lists(st.sampled_from([b"\xff", b"\x68", b"\x03", b"\x16", b"\xff\x68\x03\x03\x68"])).map(
    b"".join
)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """`data` cut at `cuts`, wherever these fall."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in pairwise(places)]


def decoded(chunks: list[bytes]) -> list[Frame]:
    """Every frame in `chunks`, fed one after the other."""
    decoder = Decoder()
    return [frame for chunk in chunks for frame in decoder.feed(chunk)]


@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(0, 500)))
def test_frames_come_out_as_they_went_in_whatever_the_chunks(frames: list[Frame], cuts: list[int]) -> None:
    assert decoded(pieces(b"".join(map(encode, frames)), cuts)) == frames


@given(st.lists(st.tuples(NOISE | LOOKALIKE, FRAMES), max_size=8), NOISE, st.lists(st.integers(0, 900)))
def test_noise_between_frames_hides_none_of_them(
    parts: list[tuple[bytes, Frame]], rest: bytes, cuts: list[int]
) -> None:
    # Noise that ends in the middle of a frame by chance is cut off by the FF of the next, so nothing is hidden unless
    # a whole valid frame stands in the noise, which then is one.
    data = b"".join(noise.replace(b"\x16", b"\x17") + encode(frame) for noise, frame in parts)
    found = decoded(pieces(data + rest, cuts))
    assert found[: len(parts)] == [frame for _, frame in parts]


@given(st.binary(max_size=400), st.lists(st.integers(0, 400)))
def test_noise_never_raises_and_chunks_never_matter(data: bytes, cuts: list[int]) -> None:
    assert decoded(pieces(data, cuts)) == decoded([data]) == decoded([bytes([byte]) for byte in data])


@given(FRAMES, st.integers(0, LONGEST * 8))
def test_a_frame_with_a_turned_bit_is_not_that_frame(frame: Frame, bit: int) -> None:
    data = bytearray(encode(frame))
    data[bit // 8 % len(data)] ^= 1 << bit % 8
    assert frame not in decoded([bytes(data)])


@pytest.mark.parametrize("broken_at", range(1, 11))
def test_a_frame_that_broke_off_is_given_up_as_soon_as_the_next_is_whole(broken_at: int) -> None:
    call = encode(Frame(5, 1, b"\x0c"))
    assert len(call) == 10
    decoder = Decoder()
    decoder.feed(encode(Frame(9, 2, b"\x0a" * 6))[:broken_at])
    assert decoder.feed(call) == [Frame(5, 1, b"\x0c")]
    assert decoder.dropped == broken_at


def test_a_half_frame_is_forgotten_when_the_line_is_quiet() -> None:
    decoder = Decoder()
    decoder.feed(b"\xff\x68\x03\x03\x68\x05")
    decoder.quiet()
    assert decoder.feed(b"\x01\x0c\x12\x16") == []
    assert decoder.dropped == 10


def test_two_unlike_lengths_make_no_frame() -> None:
    assert decoded([bytes.fromhex("FF 68 03 04 68 05 01 0C 12 16")]) == []


def test_a_wrong_sum_makes_no_frame() -> None:
    assert decoded([bytes.fromhex("FF 68 03 03 68 05 01 0C 13 16")]) == []


def test_a_body_too_long_or_with_ff_in_it_is_not_encoded() -> None:
    for frame in (Frame(1, 1, b"\x00" * LONGEST_BODY), Frame(0xFF, 1), Frame(1, 1, b"\xff")):
        with pytest.raises(ValueError):
            encode(frame)


def test_a_megabyte_of_noise_gives_up_every_hidden_frame_once_and_no_other() -> None:
    chance = Random(68)
    hidden = [Frame(chance.randrange(255), 1, bytes([chance.randrange(20)])) for _ in range(500)]
    stream = bytearray()
    for frame in hidden:
        stream += chance.randbytes(2000) + encode(frame)
    stream += chance.randbytes((1 << 20) - len(stream))
    decoder, found, at = Decoder(), [], 0
    while at < len(stream):
        step = chance.randint(1, 700)
        found += decoder.feed(bytes(stream[at : at + step]))
        at += step
    assert found == hidden
    assert decoder.dropped + ff68.LONGEST >= len(stream) - sum(len(encode(frame)) for frame in hidden)
