"""The WebSocket codec against wsproto, which shares no code with it, and against noise in any chunking."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wsproto.events import CloseConnection
from wsproto.frame_protocol import FrameProtocol, Opcode

from queue_server.transport.frames import (
    Binary,
    CloseCode,
    Closed,
    FrameReader,
    Message,
    Ping,
    Pong,
    Text,
    Violation,
    accept_key,
    close_frame,
    pong_frame,
    text_frame,
)

LIMIT = 64 * 1024

speakable = st.text(st.characters(exclude_categories=["Cs"]))


def client() -> FrameProtocol:
    return FrameProtocol(client=True, extensions=[])


def fed(data: bytes, cuts: list[int], limit: int = LIMIT) -> tuple[list[Message], FrameReader]:
    reader = FrameReader(limit)
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    messages: list[Message] = []
    for start, end in zip([0, *places], [*places, len(data)], strict=True):
        messages += reader.feed(data[start:end])
    return messages, reader


@given(
    st.lists(st.one_of(speakable, st.binary(max_size=300)), max_size=8),
    st.lists(st.integers(0, 10_000), max_size=30),
)
def test_what_wsproto_sends_is_read_in_any_chunking(said: list[str | bytes], cuts: list[int]) -> None:
    frames = client()
    wire = b"".join(bytes(frames.send_data(one)) for one in said)
    messages, reader = fed(wire, cuts)
    assert messages == [Text(one) if isinstance(one, str) else Binary(one) for one in said]
    assert reader.held == 0


@given(
    st.lists(speakable, min_size=1, max_size=6),
    st.binary(max_size=125),
    st.lists(st.integers(0, 10_000), max_size=20),
)
def test_fragments_are_put_together_around_a_ping(parts: list[str], ping: bytes, cuts: list[int]) -> None:
    frames = client()
    wire = bytearray()
    for number, part in enumerate(parts):
        wire += frames.send_data(part, fin=number == len(parts) - 1)
        if number == 0:
            wire += frames.ping(ping)
    messages, _ = fed(bytes(wire), cuts)
    assert sorted(map(repr, messages)) == sorted(map(repr, [Ping(ping), Text("".join(parts))]))


@given(st.binary(max_size=4000), st.lists(st.integers(0, 4000), max_size=20))
def test_noise_never_raises_and_never_grows_beyond_the_limit(noise: bytes, cuts: list[int]) -> None:
    _, reader = fed(noise, cuts, limit=1000)
    assert reader.held <= 1000 + 14


@given(st.binary(min_size=1, max_size=400), st.lists(st.integers(0, 1000), max_size=10), st.integers(0, 50))
def test_noise_inside_a_conversation_is_read_alike_in_any_chunking(
    noise: bytes, cuts: list[int], keep: int
) -> None:
    wire = bytes(client().send_data("before")) + noise
    whole, _ = fed(wire, [])
    assert fed(wire, cuts)[0] == whole
    assert whole[0] == Text("before")


@given(st.text(st.characters(), max_size=300))
@example("half a character: \ud800")
def test_wsproto_reads_what_is_framed_here(text: str) -> None:
    reader = client()
    reader.receive_bytes(text_frame(text))
    read = "".join(str(frame.payload) for frame in reader.received_frames())
    assert read == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_every_length_form_is_read_by_wsproto(length: int) -> None:
    reader = client()
    reader.receive_bytes(text_frame("x" * length))
    assert "".join(str(frame.payload) for frame in reader.received_frames()) == "x" * length


def test_pong_and_close_are_read_by_wsproto() -> None:
    reader = client()
    reader.receive_bytes(pong_frame(b"abc") + close_frame(CloseCode.TOO_BIG, "关" * 60))
    pong, close = reader.received_frames()
    assert (pong.opcode, pong.payload) == (Opcode.PONG, b"abc")
    assert isinstance(close.payload, tuple)
    assert close.payload == (1009, "关" * 41)
    assert CloseConnection(*close.payload)


def masked(first: int, length_form: bytes, body: bytes = b"") -> bytes:
    return bytes([first, 0x80 | length_form[0]]) + length_form[1:] + b"\0\0\0\0" + body


GIANT = masked(0x81, bytes([127]) + (200_000_000).to_bytes(8, "big"))


@pytest.mark.parametrize(
    ("wire", "code"),
    [
        (GIANT, CloseCode.TOO_BIG),
        (masked(0x81, bytes([127]) + (LIMIT + 1).to_bytes(8, "big")), CloseCode.TOO_BIG),
        (masked(0xC1, b"\x01", b"x"), CloseCode.PROTOCOL_ERROR),
        (b"\x81\x01x", CloseCode.PROTOCOL_ERROR),
        (masked(0x80, b"\x01", b"x"), CloseCode.PROTOCOL_ERROR),
        (masked(0x83, b"\x01", b"x"), CloseCode.PROTOCOL_ERROR),
        (masked(0x09, b"\x01", b"x"), CloseCode.PROTOCOL_ERROR),
        (masked(0x89, b"\x7e\x00\x80"), CloseCode.PROTOCOL_ERROR),
        (masked(0x01, b"\x01", b"x") + masked(0x81, b"\x01", b"x"), CloseCode.PROTOCOL_ERROR),
        (masked(0x81, b"\x02", b"\xff\xfe"), CloseCode.INVALID_TEXT),
        (masked(0x88, b"\x01", b"x"), CloseCode.PROTOCOL_ERROR),
        (masked(0x88, b"\x02", (1005).to_bytes(2, "big")), CloseCode.PROTOCOL_ERROR),
        (masked(0x88, b"\x04", b"\x03\xe8\xff\xff"), CloseCode.INVALID_TEXT),
    ],
)
def test_a_broken_rule_is_the_last_message(wire: bytes, code: CloseCode) -> None:
    reader = FrameReader(LIMIT)
    *_, last = reader.feed(wire)
    assert isinstance(last, Violation)
    assert last.code is code
    assert reader.feed(bytes(client().send_data("after"))) == []
    assert reader.held == 0


def test_a_message_of_exactly_the_limit_is_read_and_one_byte_more_is_not() -> None:
    frames = client()
    assert FrameReader(LIMIT).feed(bytes(frames.send_data("x" * LIMIT))) == [Text("x" * LIMIT)]
    reader = FrameReader(LIMIT)
    assert reader.feed(bytes(frames.send_data("x" * LIMIT, fin=False))) == []
    (last,) = reader.feed(bytes(frames.send_data("x")))
    assert isinstance(last, Violation)
    assert last.code is CloseCode.TOO_BIG


def test_goodbyes_and_pongs_are_read() -> None:
    frames = client()
    assert FrameReader(LIMIT).feed(bytes(frames.pong(b"a") + frames.close(1001, "再见"))) == [
        Pong(b"a"),
        Closed(1001),
    ]
    assert FrameReader(LIMIT).feed(bytes(client().close())) == [Closed(1005)]


def test_the_accept_key_is_that_of_the_standard() -> None:
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@given(st.text(max_size=40))
def test_any_other_key_is_none_or_an_answer(key: str) -> None:
    answer = accept_key(key)
    assert answer is None or len(answer) == 28
