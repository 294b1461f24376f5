"""Modbus RTU as a slave sees it: frames told apart by silence, a request found in one, an answer made.

Pure, and written from the specification for the simulator alone: the driver's codec is another, so that the two
check each other.

    ADDRESS | FUNCTION | DATA… | CRC low | CRC high          no byte for 3.5 bytes ends a frame
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY = 3, 4, 6, 16
BAD_FUNCTION, BAD_ADDRESS, BAD_VALUE = 1, 2, 3

_LONGEST_FRAME = 256
_MOST_READ, _MOST_WRITTEN = 125, 123
_SILENT_BYTES = 3.5


class Exceptional(Exception):
    """The request cannot be carried out; `code` is the exception of the answer."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class Registers(Protocol):
    """What a slave reads from and writes to.  All of them raise Exceptional."""

    def read_input(self, first: int, count: int) -> list[int]:
        """Input registers."""

    def read_holding(self, first: int, count: int) -> list[int]:
        """Holding registers."""

    def write_holding(self, first: int, values: list[int]) -> None:
        """Holding registers, all of them or none."""


def crc16(data: bytes) -> int:
    """CRC-16/MODBUS: polynomial 8005 reflected, starting with FFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def framed(body: bytes) -> bytes:
    """`body`, from the address on, with its checksum: low byte first."""
    return body + crc16(body).to_bytes(2, "little")


@dataclass(slots=True)
class FrameEnd:
    """Collects bytes until the line has been silent for 3.5 bytes.  Times in seconds."""

    byte_s: float
    _bytes: bytearray
    _ended_at: float = 0.0

    def __init__(self, byte_s: float) -> None:
        self.byte_s = byte_s
        self._bytes = bytearray()
        self._ended_at = 0.0

    @property
    def due_at(self) -> float | None:
        """When the frame now collected is over, unless more comes."""
        return self._ended_at + _SILENT_BYTES * self.byte_s if self._bytes else None

    def take(self, data: bytes, ends_at: float) -> None:
        """More bytes, the last of them over at `ends_at`."""
        # One byte more than any frame may have: what is longer stays too long, however it goes on.
        self._bytes += data[: _LONGEST_FRAME + 1 - len(self._bytes)]
        self._ended_at = ends_at

    def frame(self, now: float) -> bytes | None:
        """The frame that is over, once."""
        if self.due_at is None or now < self.due_at:
            return None
        frame = bytes(self._bytes)
        self._bytes.clear()
        return frame

    def clear(self) -> None:
        """Forget what was collected."""
        self._bytes.clear()


def answer(frame: bytes, address: int, registers: Registers) -> bytes | None:
    """What the slave at `address` answers to `frame`; None when it is damaged, not a request, or for another."""
    if not 4 <= len(frame) <= _LONGEST_FRAME or frame[0] != address or address == 0:
        return None
    body, crc = frame[:-2], frame[-2:]
    if crc16(body) != int.from_bytes(crc, "little"):
        return None
    function = body[1]
    try:
        data = _carried_out(function, body[2:], registers)
    except Exceptional as fault:
        return framed(bytes([address, function | 0x80, fault.code]))
    return None if data is None else framed(bytes([address, function]) + data)


def _carried_out(function: int, data: bytes, registers: Registers) -> bytes | None:
    if function in (READ_HOLDING, READ_INPUT):
        if len(data) != 4:
            return None
        first, count = _words(data)
        if not 1 <= count <= _MOST_READ:
            raise Exceptional(BAD_VALUE)
        read = registers.read_input if function == READ_INPUT else registers.read_holding
        values = read(first, count)
        return bytes([2 * count]) + b"".join(value.to_bytes(2, "big") for value in values)
    if function == WRITE_ONE:
        if len(data) != 4:
            return None
        first, value = _words(data)
        registers.write_holding(first, [value])
        return data
    if function == WRITE_MANY:
        if len(data) < 5 or len(data) != 5 + data[4]:
            return None
        first, count = _words(data[:4])
        if not 1 <= count <= _MOST_WRITTEN or data[4] != 2 * count:
            raise Exceptional(BAD_VALUE)
        registers.write_holding(first, _words(data[5:]))
        return data[:4]
    if function & 0x80:
        # Another slave's exception, misaddressed or a twin's: never a request.
        return None
    raise Exceptional(BAD_FUNCTION)


def _words(data: bytes) -> list[int]:
    return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]
