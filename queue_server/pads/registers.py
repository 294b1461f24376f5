"""The register map of a Modbus pad, window screen and evaluator, as names.

Numbers only: what travels is the codec's business, and what a value means to a counter is nobody's here.  The same
table stands in README.md for whoever builds a pad or a simulator; a test holds the two together.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Final

PROTOCOL_VERSION: Final = 1
"""What input register 0 says."""


class Input(IntEnum):
    """Input registers (function 4): what the device tells."""

    PROTOCOL = 0
    FIRMWARE = 1
    CONFIG_CRC = 2
    STATUS = 3
    SEQUENCE = 4
    KEY = 5
    ARGUMENT = 6
    ARGUMENT_LOW = 7
    UPTIME = 8
    SERIAL = 9
    SERIAL_LOW = 10


class Holding(IntEnum):
    """Holding registers (functions 3, 6 and 16): what the device is told."""

    ACKNOWLEDGE = 0
    LAMP = 1
    BEEP = 2
    ASK_RATING = 3
    WAITING = 4
    NUMBER = 5
    CODE = 6
    LINE_1 = 16
    LINE_2 = 32
    CONFIG = 256
    COMMIT = 319


class Status(IntFlag):
    """Bits of input register 3."""

    TAMPER = 1
    LOW_VOLTAGE = 2
    STUCK_KEY = 4


class Lamp(IntEnum):
    """Values of holding register 1."""

    OFF = 0
    ON = 1
    BLINK = 2


class Beep(IntEnum):
    """Values of holding register 2; it sounds once per write and reads 0."""

    NONE = 0
    ACCEPTED = 1
    REJECTED = 2


POLL: Final = (Input.SEQUENCE, 4)
"""The short poll: sequence, key and argument, the four that a press needs."""

IDENTITY: Final = (Input.PROTOCOL, 11)
"""The long poll: every input register; asked at first and then now and then."""

LINE_REGISTERS: Final = 16
"""Registers of one text line: 32 bytes of GB18030."""

CONFIG_REGISTERS: Final = 63
"""Registers of the configuration block, from `Holding.CONFIG` up to `Holding.COMMIT`."""

RATED_KEY: Final = 11
"""The key code of an evaluator's rating; its argument is the score."""

BLANK: Final = 0xFFFF
"""A count or number that is not shown; an argument nobody typed (both registers)."""

NO_DIGIT: Final = 0xF
"""The nibble that stands for no digit, in arguments and in the number."""


def argument_digits(high: int, low: int) -> str:
    """Input 6 and 7 as typed digits: one nibble each, the last one rightmost, F = no digit; "" when nothing was typed.

    Raises ValueError on a nibble between A and E or a gap between digits, which no keypad can produce.
    """
    digits = f"{high:04x}{low:04x}".lstrip("f")
    if not digits.isdecimal() and digits:
        raise ValueError(f"{high:04x} {low:04x} is no typed argument")
    return digits


def argument_registers(digits: str) -> tuple[int, int]:
    """Typed digits, at most eight, as input 6 and 7."""
    if len(digits) > 8 or not (digits.isdecimal() or not digits):
        raise ValueError(f"{digits!r} cannot be typed on a pad")
    packed = digits.rjust(8, "f")
    return int(packed[:4], 16), int(packed[4:], 16)


def number_register(number: str) -> int:
    """The last four characters of a ticket number for `Holding.NUMBER`: digits and the letters A to E, others blank."""
    shown = "".join(sign if sign in "0123456789ABCDE" else "F" for sign in number.upper()[-4:])
    return int(shown.rjust(4, "F"), 16)


def code_register(code: str) -> int:
    """Two signs of ASCII for `Holding.CODE`; 0 for none."""
    return int.from_bytes(code.encode("ascii").ljust(2, b" ")[:2], "big") if code else 0
