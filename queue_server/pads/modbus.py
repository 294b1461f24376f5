"""Modbus RTU as questions and answers, without I/O: the only door to pymodbus.

pymodbus builds the requests, checks the CRC and reads the answers.  Its client is not used, because pads of another
protocol speak on the same wire; finding an answer among other bytes is the sifter's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadInputRegistersRequest,
    WriteMultipleRegistersRequest,
)

LONGEST_WRITE = 123
"""Registers one write can carry."""

REFUSED_BYTES = 5
"""An exception answer, whole."""

_FRAMER = FramerRTU(DecodePDU(is_server=False))
_FAILED = 0x80


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device said: its registers (none for a write), or the exception it refused with."""

    address: int
    registers: tuple[int, ...] = ()
    refused: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A request, and how its answer will look: `begins` as a whole answer, `refuses` as an exception."""

    address: int
    request: bytes
    begins: bytes
    size: int
    refuses: bytes

    def answer(self, data: bytes) -> Answer | None:
        """The answer that is exactly `data`, or None when it is not one."""
        try:
            _, pdu = _FRAMER.handleFrame(data, self.address, 0)
        except ModbusException:
            return None
        if pdu is None:
            return None
        if pdu.isError():
            return Answer(self.address, refused=int(pdu.exception_code))
        return Answer(self.address, tuple(pdu.registers))


def read_input(address: int, register: int, count: int) -> Question:
    """Ask for `count` input registers from `register` on."""
    return _read(ReadInputRegistersRequest(dev_id=address, address=register, count=count))


def read_holding(address: int, register: int, count: int) -> Question:
    """Ask for `count` holding registers from `register` on."""
    return _read(ReadHoldingRegistersRequest(dev_id=address, address=register, count=count))


def write(address: int, register: int, values: Sequence[int]) -> Question:
    """Write holding registers from `register` on, in one request (function 16)."""
    request = _FRAMER.buildFrame(
        WriteMultipleRegistersRequest(dev_id=address, address=register, registers=list(values))
    )
    return Question(address, request, request[:6], 8, _refusal(request))


def checksum(data: bytes) -> int:
    """CRC-16/MODBUS as a number, the way registers hold it."""
    crc = FramerRTU.compute_CRC(data)
    # pymodbus gives it in the order of the wire, low byte first.
    return (crc & 0xFF) << 8 | crc >> 8


def _read(pdu: ModbusPDU) -> Question:
    request = _FRAMER.buildFrame(pdu)
    begins = request[:2] + bytes((2 * pdu.count,))
    return Question(pdu.dev_id, request, begins, 5 + 2 * pdu.count, _refusal(request))


def _refusal(request: bytes) -> bytes:
    return bytes((request[0], request[1] | _FAILED))
