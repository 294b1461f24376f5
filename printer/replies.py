"""Bytes from the printer → replies, told apart by pattern: any chunking, noise dropped, never an exception.

A codec without a port or a clock; when the line has been quiet, `settle` says that nothing more belongs to what came.
"""

from __future__ import annotations

from dataclasses import dataclass

_XON, _XOFF, _FENCE, _INFO = 0x11, 0x13, 0x37, 0x5F
_FENCE_LENGTH, _LONGEST_INFO = 7, 82


@dataclass(frozen=True, slots=True)
class RealTimeReply:
    """The answer to a `DLE EOT`; which one is only known to who asked."""

    value: int


@dataclass(frozen=True, slots=True)
class AsbReply:
    """Automatic status back: four bytes, unasked."""

    block: bytes


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """The answer to `GS r` or a short `GS I`, given when the printer reached it in its buffer."""

    value: int


@dataclass(frozen=True, slots=True)
class FenceReply:
    """The echo of a `GS ( H` with its token: everything before it is on paper."""

    token: bytes


@dataclass(frozen=True, slots=True)
class InfoReply:
    """The answer to a long `GS I`: maker, model, firmware.  Some clones answer with another maker's name."""

    text: str


@dataclass(frozen=True, slots=True)
class FlowReply:
    """XOFF (stop) or XON (go on)."""

    is_stop: bool


Reply = RealTimeReply | AsbReply | QueuedReply | FenceReply | InfoReply | FlowReply


class ReplyDecoder:
    """Feed it what was read; `dropped` counts bytes that were nothing."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.dropped = 0

    def feed(self, data: bytes) -> list[Reply]:
        """The replies completed by `data`."""
        replies: list[Reply] = []
        for byte in data:
            # Flow control comes between the bytes of anything, and is a part of nothing.
            if byte in (_XON, _XOFF):
                replies.append(FlowReply(byte == _XOFF))
            else:
                self._buffer.append(byte)
                replies += self._take()
        return replies

    def settle(self) -> list[Reply]:
        """The line has been quiet: what waits for more bytes was noise, and may hide a reply."""
        replies: list[Reply] = []
        while self._buffer:
            self._drop()
            replies += self._take()
        return replies

    def _take(self) -> list[Reply]:
        replies: list[Reply] = []
        while self._buffer:
            length, reply = _first(self._buffer)
            if reply is not None:
                del self._buffer[:length]
                replies.append(reply)
            elif length:
                break
            else:
                self._drop()
        return replies

    def _drop(self) -> None:
        # Not a reply after all: give up this byte only, so that a real reply that began inside is still found.
        del self._buffer[:1]
        self.dropped += 1


def _first(buffer: bytearray) -> tuple[int, Reply | None]:
    """(length, reply) at the start of `buffer`; (0, None) for noise, (1, None) when more bytes must come."""
    first = buffer[0]
    if first == _FENCE:
        return _fence(buffer)
    if first == _INFO:
        return _info(buffer)
    if first & 0x13 == 0x12:
        # Bit 7 may be set: some kiosk printers tell there that the ticket was not taken.
        return 1, RealTimeReply(first)
    if first & 0x93 == 0x10:
        if any(byte & 0x90 for byte in buffer[1:4]):
            return 0, None
        return (4, AsbReply(bytes(buffer[:4]))) if len(buffer) >= 4 else (1, None)
    if first & 0x90 == 0:
        return 1, QueuedReply(first)
    return 0, None


def _fence(buffer: bytearray) -> tuple[int, Reply | None]:
    body = buffer[1:_FENCE_LENGTH]
    fits = all(
        byte == 0x22 if at == 0 else byte == 0 if at == 5 else 0x20 < byte < 0x7F
        for at, byte in enumerate(body)
    )
    if not fits:
        return 0, None
    if len(buffer) < _FENCE_LENGTH:
        return 1, None
    return _FENCE_LENGTH, FenceReply(bytes(body[1:5]))


def _info(buffer: bytearray) -> tuple[int, Reply | None]:
    end = buffer.find(0, 1, _LONGEST_INFO)
    text = bytes(buffer[1 : end if end >= 0 else _LONGEST_INFO])
    if not all(0x20 <= byte < 0x7F for byte in text):
        return 0, None
    if end < 0:
        return (1, None) if len(buffer) < _LONGEST_INFO else (0, None)
    if len(text) >= 6 and text[-6:-4] == b'7"':
        # The start of noise swallowed a fence: the fence is worth more than any name.
        return 0, None
    return end + 1, InfoReply(text.decode("ascii"))
