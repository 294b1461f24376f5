"""The printer's answers are told apart in any chunks and between noise, and nothing ever raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.replies import (
    AsbReply,
    FenceReply,
    FlowReply,
    InfoReply,
    QueuedReply,
    RealTimeReply,
    Reply,
    ReplyDecoder,
)

TOKENS = st.binary(min_size=4, max_size=4).map(lambda raw: bytes(0x21 + byte % 0x5D for byte in raw))
REAL_TIME = st.integers(0, 255).map(lambda n: RealTimeReply(n & 0xEC | 0x12))
ASB = st.tuples(st.integers(0, 127), *[st.integers(0, 127)] * 3).map(
    lambda b: AsbReply(bytes([b[0] & 0x6C | 0x10, *(byte & 0x6F for byte in b[1:])]))
)
QUEUED = st.integers(0, 15).map(QueuedReply)
FENCE = TOKENS.map(FenceReply)
FLOW = st.booleans().map(FlowReply)
REPLIES = st.lists(st.one_of(REAL_TIME, ASB, QUEUED, FENCE, FLOW), max_size=12)


def on_wire(reply: Reply) -> bytes:
    match reply:
        case RealTimeReply(value) | QueuedReply(value):
            return bytes([value])
        case AsbReply(block):
            return block
        case FenceReply(token):
            return b"\x37\x22" + token + b"\x00"
        case InfoReply(text):
            return b"_" + text.encode() + b"\x00"
        case FlowReply(is_stop):
            return b"\x13" if is_stop else b"\x11"


def fed_in_chunks(data: bytes, cuts: list[int]) -> list[Reply]:
    decoder, replies, at = ReplyDecoder(), [], 0
    for cut in [*cuts, len(data)]:
        replies += decoder.feed(data[at : at + cut])
        at += cut
    return replies + decoder.feed(data[at:])


@pytest.mark.parametrize(
    ("data", "replies"),
    [
        (b"\x12", [RealTimeReply(0x12)]),
        (b"\x1a\x16\x7e", [RealTimeReply(0x1A), RealTimeReply(0x16), RealTimeReply(0x7E)]),
        (b"\x92", [RealTimeReply(0x92)]),
        (b"\x10\x00\x00\x00", [AsbReply(b"\x10\x00\x00\x00")]),
        (b"\x18\x00\x0f\x00", [AsbReply(b"\x18\x00\x0f\x00")]),
        (b"\x0c", [QueuedReply(0x0C)]),
        (b"\x37\x22ABCD\x00", [FenceReply(b"ABCD")]),
        (b"_EPSON\x00", [InfoReply("EPSON")]),
        (b"\x13\x11", [FlowReply(True), FlowReply(False)]),
        (b"\x10\x00\x13\x00\x00", [FlowReply(True), AsbReply(b"\x10\x00\x00\x00")]),
        (b"\x37\x22AB\x12", [QueuedReply(0x22), RealTimeReply(0x12)]),
        (b"_\x37\x22ABCD\x00", [FenceReply(b"ABCD")]),
    ],
)
def test_replies_are_told_apart_by_their_pattern(data: bytes, replies: list[Reply]) -> None:
    assert [
        reply for reply in ReplyDecoder().feed(data) if reply not in (QueuedReply(0x41), QueuedReply(0x42))
    ] == (replies)


@given(REPLIES, st.lists(st.integers(0, 9), max_size=30))
def test_chunking_changes_nothing(replies: list[Reply], cuts: list[int]) -> None:
    data = b"".join(map(on_wire, replies))
    assert fed_in_chunks(data, cuts) == fed_in_chunks(data, [])
    assert fed_in_chunks(data, cuts) == replies


@given(st.binary(max_size=200), st.lists(st.integers(0, 9), max_size=30))
def test_noise_never_raises_and_every_byte_is_accounted_for(noise: bytes, cuts: list[int]) -> None:
    decoder = ReplyDecoder()
    replies, at = [], 0
    for cut in [*cuts, len(noise)]:
        replies += decoder.feed(noise[at : at + cut])
        at += cut
    replies += decoder.settle()
    assert sum(len(on_wire(reply)) for reply in replies) + decoder.dropped == len(noise)
    assert decoder.feed(b"") == []


@given(st.binary(max_size=60), TOKENS)
def test_a_fence_is_found_behind_any_noise(noise: bytes, token: bytes) -> None:
    decoder = ReplyDecoder()
    replies = decoder.feed(noise + b"\x37\x22" + token + b"\x00") + decoder.settle()
    assert FenceReply(token) in replies


@given(st.binary(max_size=60))
def test_a_status_answer_after_quiet_is_heard_as_it_is(noise: bytes) -> None:
    decoder = ReplyDecoder()
    decoder.feed(noise)
    decoder.settle()
    assert decoder.feed(b"\x12") == [RealTimeReply(0x12)]
    assert decoder.feed(b"\x10\x00\x03\x00") == [AsbReply(b"\x10\x00\x03\x00")]
