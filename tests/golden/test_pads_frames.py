"""Frames of pads as published or worked out by hand, against ours: a codec and a simulator written by the same people
could share a mistake, these bytes do not.
"""

from __future__ import annotations

import pytest

from queue_server.pads import ff68, modbus
from queue_server.pads.ff68 import Frame
from queue_server.pads.modbus import Answer, Question

FF68 = {
    # 05 + 01 + 0C = 12
    "call": ("FF 68 03 03 68 05 01 0C 12 16", Frame(5, 1, b"\x0c")),
    "recall": ("FF 68 03 03 68 05 01 0D 13 16", Frame(5, 1, b"\x0d")),
    "pause": ("FF 68 03 03 68 05 01 12 18 16", Frame(5, 1, b"\x12")),
    "transfer to 3": ("FF 68 04 04 68 05 01 03 13 1C 16", Frame(5, 1, b"\x03\x13")),
    # 05 + 01 + 06 + 0F = 1B
    "no-show": ("FF 68 04 04 68 05 01 06 0F 1B 16", Frame(5, 1, b"\x06\x0f")),
    "hold": ("FF 68 04 04 68 05 01 00 0F 15 16", Frame(5, 1, b"\x00\x0f")),
    "resume": ("FF 68 04 04 68 05 01 03 0F 18 16", Frame(5, 1, b"\x03\x0f")),
    # 05 + 02 + 0A + 0A + 07 + 00 + 01 + 02 = 25
    "display 7 and 012": (
        "FF 68 08 08 68 05 02 0A 0A 07 00 01 02 25 16",
        Frame(5, 2, b"\x0a\x0a\x07\x00\x01\x02"),
    ),
    "beep": ("FF 68 02 02 68 05 03 08 16", Frame(5, 3)),
    "ask for a rating": ("FF 68 03 03 68 3D 01 0B 49 16", Frame(0x3D, 1, b"\x0b")),
    "rated 1": ("FF 68 03 03 68 3D 11 01 4F 16", Frame(0x3D, 0x11, b"\x01")),
    # The sum of the rating less 10: 4F - 10 = 3F
    "rating accepted": ("FF 68 03 03 68 3D 01 01 3F 16", Frame(0x3D, 1, b"\x01")),
    # FD + 01 + 0C = 10A, of which 0A stays
    "a sum that wraps": ("FF 68 03 03 68 FD 01 0C 0A 16", Frame(0xFD, 1, b"\x0c")),
}

MODBUS = {
    # Modbus application protocol 1.1b3 and simplymodbus.ca
    "read holding 107-109 of 17": ("11 03 00 6B 00 03 76 87", modbus.read_holding(17, 107, 3)),
    "read holding 0-9 of 1": ("01 03 00 00 00 0A C5 CD", modbus.read_holding(1, 0, 10)),
    "read input 8 of 17": ("11 04 00 08 00 01 B2 98", modbus.read_input(17, 8, 1)),
    "write 10 and 258 to 1-2 of 17": (
        "11 10 00 01 00 02 04 00 0A 01 02 C6 F0",
        modbus.write(17, 1, [10, 258]),
    ),
}

ANSWERS = {
    "three registers": (
        "11 03 06 AE 41 56 52 43 40 49 AD",
        modbus.read_holding(17, 107, 3),
        Answer(17, (0xAE41, 0x5652, 0x4340)),
    ),
    "one input register": ("11 04 02 00 0A F8 F4", modbus.read_input(17, 8, 1), Answer(17, (10,))),
    "two written": ("11 10 00 01 00 02 12 98", modbus.write(17, 1, [10, 258]), Answer(17)),
}


@pytest.mark.parametrize("name", FF68)
def test_an_ff68_frame_is_written_as_in_the_manual(name: str) -> None:
    golden, frame = FF68[name]
    assert ff68.encode(frame) == bytes.fromhex(golden)


@pytest.mark.parametrize("name", FF68)
def test_an_ff68_frame_is_read_as_in_the_manual(name: str) -> None:
    golden, frame = FF68[name]
    assert ff68.Decoder().feed(bytes.fromhex(golden)) == [frame]


@pytest.mark.parametrize("name", MODBUS)
def test_a_modbus_request_is_written_as_published(name: str) -> None:
    golden, question = MODBUS[name]
    assert question.request == bytes.fromhex(golden)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_modbus_answer_is_read_as_published(name: str) -> None:
    golden, question, answer = ANSWERS[name]
    assert question.answer(bytes.fromhex(golden)) == answer


def test_a_modbus_refusal_is_read_as_published() -> None:
    # 0A 01 04 A1 00 01 was asked of a device without coil 1185 (simplymodbus.ca).
    question = Question(10, b"\x0a\x01", b"\x0a\x01\x01", 6, b"\x0a\x81")
    assert question.answer(bytes.fromhex("0A 81 02 B0 53")) == Answer(10, refused=2)


def test_the_checksum_is_the_published_one() -> None:
    # The check value of CRC-16/MODBUS in every catalogue.
    assert modbus.checksum(b"123456789") == 0x4B37
