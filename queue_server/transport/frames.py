"""WebSocket frames (RFC 6455), the server's side: bytes in, messages out, and frames to send.

No socket, no clock, no extension: permessage-deflate cannot be spoken here, so it is never agreed to.  Any chunking
is fine and no input raises: what breaks the rules becomes one last `Violation`, and after it everything is ignored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from enum import IntEnum

# RFC 6455, 1.3: the one constant that proves the server has understood the handshake.
_ACCEPT_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

_FIN, _RESERVED, _MASKED = 0x80, 0x70, 0x80
_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
_CONTROL_MAX = 125


class CloseCode(IntEnum):
    """Why a connection ends, as the other side is told (RFC 6455, 7.4.1)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    INVALID_TEXT = 1007
    POLICY = 1008
    TOO_BIG = 1009


@dataclass(frozen=True, slots=True)
class Text:
    """A whole text message, its fragments put together."""

    text: str


@dataclass(frozen=True, slots=True)
class Binary:
    """A whole binary message."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong with the same data."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a ping; engine.io has its own, so nobody waits for these."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """The other side says goodbye; 1005 when it gave no reason."""

    code: int


@dataclass(frozen=True, slots=True)
class Violation:
    """The other side broke a rule.  Nothing after it can be trusted: close with `code`."""

    code: CloseCode
    reason: str


Message = Text | Binary | Ping | Pong | Closed | Violation


class FrameReader:
    """Takes masked client frames in any chunking; `limit` bounds a message and all its fragments, in bytes.

    A frame is refused by the length it announces, before its body is waited for, so that the reader never holds
    more than `limit` bytes and a header.
    """

    __slots__ = ("_buffer", "_ended", "_limit", "_message", "_opcode")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._message = bytearray()
        self._opcode = _CONTINUATION
        self._ended = False

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete now."""
        messages: list[Message] = []
        if self._ended:
            return messages
        self._buffer += data
        while not self._ended:
            message = self._next()
            if message is None:
                break
            if message is not _FRAGMENT:
                messages.append(message)
            if isinstance(message, (Closed, Violation)):
                self._ended = True
                self._buffer.clear()
                self._message.clear()
        return messages

    @property
    def held(self) -> int:
        """How many bytes wait here for the rest of their message."""
        return len(self._buffer) + len(self._message)

    def _next(self) -> Message | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        opcode, length, body_at = first & 0x0F, second & 0x7F, 2
        if first & _RESERVED:
            return Violation(CloseCode.PROTOCOL_ERROR, "a reserved bit is set: no extension was agreed")
        if not second & _MASKED:
            return Violation(CloseCode.PROTOCOL_ERROR, "a client's frame must be masked")
        if opcode & 0x8 and (length > _CONTROL_MAX or not first & _FIN):
            return Violation(CloseCode.PROTOCOL_ERROR, "a control frame is short and whole")
        if length == 126:
            if len(buffer) < 4:
                return None
            (length,) = struct.unpack_from("!H", buffer, 2)
            body_at = 4
        elif length == 127:
            if len(buffer) < 10:
                return None
            (length,) = struct.unpack_from("!Q", buffer, 2)
            body_at = 10
        if not opcode & 0x8 and length + len(self._message) > self._limit:
            return Violation(CloseCode.TOO_BIG, f"a message may have {self._limit} bytes")
        end = body_at + 4 + length
        if len(buffer) < end:
            return None
        body = _unmasked(buffer[body_at + 4 : end], bytes(buffer[body_at : body_at + 4]))
        del buffer[:end]
        return self._take(opcode, bool(first & _FIN), body)

    def _take(self, opcode: int, is_last: bool, body: bytes) -> Message:
        if opcode == _PING:
            return Ping(body)
        if opcode == _PONG:
            return Pong(body)
        if opcode == _CLOSE:
            return _goodbye(body)
        if opcode == _CONTINUATION:
            if self._opcode == _CONTINUATION:
                return Violation(CloseCode.PROTOCOL_ERROR, "a continuation of nothing")
        elif opcode not in (_TEXT, _BINARY):
            return Violation(CloseCode.PROTOCOL_ERROR, f"unknown opcode {opcode:#x}")
        elif self._opcode != _CONTINUATION:
            return Violation(CloseCode.PROTOCOL_ERROR, "a new message inside another one")
        else:
            self._opcode = opcode
        if not is_last:
            self._message += body
            return _FRAGMENT
        kind, whole = self._opcode, bytes(self._message) + body
        self._opcode = _CONTINUATION
        self._message.clear()
        if kind == _BINARY:
            return Binary(whole)
        try:
            return Text(whole.decode("utf-8"))
        except UnicodeDecodeError:
            return Violation(CloseCode.INVALID_TEXT, "text is UTF-8")


# Stands for "part of a message was taken": never leaves this module.
_FRAGMENT = Pong(b"a fragment")


def text_frame(text: str) -> bytes:
    """One unmasked text frame.  A lone surrogate, which UTF-8 cannot carry, goes out as `?`."""
    return _frame(_TEXT, text.encode("utf-8", "replace"))


def pong_frame(data: bytes) -> bytes:
    """The answer to a ping."""
    return _frame(_PONG, data)


def close_frame(code: int, reason: str = "") -> bytes:
    """The goodbye; the reason is cut to what a control frame carries."""
    told = reason.encode("utf-8")[: _CONTROL_MAX - 2].decode("utf-8", "ignore")
    return _frame(_CLOSE, struct.pack("!H", code) + told.encode("utf-8"))


def accept_key(key: str) -> str | None:
    """What Sec-WebSocket-Accept must say to `key`; None when `key` is not 16 bytes in base64."""
    try:
        if len(base64.b64decode(key, validate=True)) != 16:
            return None
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(hashlib.sha1(key.encode("ascii") + _ACCEPT_GUID).digest()).decode("ascii")


def _frame(opcode: int, body: bytes) -> bytes:
    length = len(body)
    if length <= _CONTROL_MAX:
        return bytes((_FIN | opcode, length)) + body
    if length <= 0xFFFF:
        return struct.pack("!BBH", _FIN | opcode, 126, length) + body
    return struct.pack("!BBQ", _FIN | opcode, 127, length) + body


def _unmasked(body: bytearray, mask: bytes) -> bytes:
    # One wide integer instead of a loop over bytes: 64 KB take 20 µs, not 5 ms.
    length = len(body)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(body, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")


def _goodbye(body: bytes) -> Message:
    if not body:
        return Closed(1005)
    if len(body) < 2:
        return Violation(CloseCode.PROTOCOL_ERROR, "half a close code")
    (code,) = struct.unpack("!H", body[:2])
    if not 1000 <= code <= 4999 or code in (1004, 1005, 1006, 1015):
        return Violation(CloseCode.PROTOCOL_ERROR, f"close code {code} may not be sent")
    try:
        body[2:].decode("utf-8")
    except UnicodeDecodeError:
        return Violation(CloseCode.INVALID_TEXT, "text is UTF-8")
    return Closed(code)
