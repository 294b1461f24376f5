"""The frames of the common Chinese pads: `FF 68 L L 68 ADDR FUNC DATA… SUM 16`, bytes ↔ frames.

It takes any chunking, checks both lengths, sum and end, and never raises on noise; what a frame means is the driver's.
FF does not occur between ADDR and the end of DATA, so a frame that broke off is given up as soon as the next begins.
"""

from __future__ import annotations

import re
from typing import NamedTuple

KEY = 0x01
DISPLAY = 0x02
BEEP = 0x03
RATED = 0x11
"""Function codes; KEY is also what an evaluator is asked and thanked with."""

LONGEST_BODY = 16
LONGEST = 5 + LONGEST_BODY + 2
"""Bytes of the longest frame: a wrong start is given up no later than after that many."""

_HEAD = 5
_TAIL = 2
_FRAME = re.compile(
    rb"\xff\x68(?:"
    + b"|".join(b"\\x%02x\\x%02x\\x68[^\\xff]{%d}" % (n, n, n) for n in range(2, LONGEST_BODY + 1))
    + rb").\x16",
    re.DOTALL,
)


class Frame(NamedTuple):
    """One frame.  A tuple, because a noisy line makes many of them."""

    address: int
    function: int
    data: bytes = b""


def encode(frame: Frame) -> bytes:
    """`frame` as it travels.  Raises ValueError when it is too long or holds FF."""
    body = bytes((frame.address, frame.function)) + frame.data
    if len(body) > LONGEST_BODY or 0xFF in body:
        raise ValueError(f"{frame} does not fit the protocol")
    return b"\xff\x68%c%c\x68%b%c\x16" % (len(body), len(body), body, sum(body) & 0xFF)


def find(data: bytes) -> tuple[list[tuple[int, int, Frame]], int]:
    """Every frame in `data` with its start and end, and where the beginning of an unfinished one starts, or the end."""
    found = []
    end = 0
    for match in _FRAME.finditer(data):
        start, end = match.span()
        body = data[start + _HEAD : end - _TAIL]
        # A wrong sum costs this match alone: no other frame can begin inside it, for none holds FF.
        if sum(body) & 0xFF == data[end - _TAIL]:
            found.append((start, end, Frame(body[0], body[1], body[2:])))
    return found, _unfinished(data, end)


class Decoder:
    """Takes bytes as they come and gives frames; `dropped` counts the bytes that belonged to none."""

    def __init__(self) -> None:
        self._buffer = b""
        self.dropped = 0

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by `data`."""
        buffer = self._buffer + data
        found, kept_from = find(buffer)
        self._buffer = buffer[kept_from:]
        self.dropped += kept_from - sum(end - start for start, end, _ in found)
        return [frame for _, _, frame in found]

    def quiet(self) -> None:
        """Nothing came for longer than a frame takes: what is unfinished stays so."""
        self.dropped += len(self._buffer)
        self._buffer = b""


def _unfinished(data: bytes, end: int) -> int:
    at = data.find(b"\xff", max(end, len(data) - LONGEST + 1))
    while at >= 0:
        if _may_become(data[at:]):
            return at
        at = data.find(b"\xff", at + 1)
    return len(data)


def _may_become(piece: bytes) -> bool:
    """Whether `piece`, which begins with FF, is the beginning of a frame, and not all of one."""
    if len(piece) <= 2:
        return b"\xff\x68".startswith(piece)
    length = piece[2]
    if piece[1] != 0x68 or not 2 <= length <= LONGEST_BODY or len(piece) >= _HEAD + length + _TAIL:
        return False
    if not bytes((length, 0x68)).startswith(piece[3:_HEAD]):
        return False
    return 0xFF not in piece[_HEAD : _HEAD + length]
