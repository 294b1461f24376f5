"""Modbus questions and answers, and the register map: what pymodbus is used for, held against a CRC written anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads import modbus, registers
from queue_server.pads.modbus import Answer, Question
from queue_server.pads.registers import (
    argument_digits,
    argument_registers,
    code_register,
    number_register,
)

README = Path(registers.__file__).with_name("README.md")
ADDRESS = st.integers(1, 247)
WORDS = st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=modbus.LONGEST_WRITE)


def crc(data: bytes) -> bytes:
    """CRC-16/MODBUS bit by bit, as on the wire."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value.to_bytes(2, "little")


def signed(body: bytes) -> bytes:
    """`body` as a frame."""
    return body + crc(body)


@given(ADDRESS, st.integers(0, 0xFFFF), WORDS)
def test_a_write_carries_address_function_place_count_and_values(
    address: int, register: int, words: list[int]
) -> None:
    values = b"".join(word.to_bytes(2, "big") for word in words)
    head = bytes([address, 16]) + register.to_bytes(2, "big") + len(words).to_bytes(2, "big")
    question = modbus.write(address, register, words)
    assert question.request == signed(head + bytes([len(values)]) + values)
    assert question.answer(signed(head)) == Answer(address)


@given(ADDRESS, st.integers(0, 0xFFFF), st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=125))
def test_registers_are_read_as_they_are(address: int, register: int, words: list[int]) -> None:
    for function, ask in ((3, modbus.read_holding), (4, modbus.read_input)):
        question = ask(address, register, len(words))
        place = register.to_bytes(2, "big") + len(words).to_bytes(2, "big")
        assert question.request == signed(bytes([address, function]) + place)
        values = b"".join(word.to_bytes(2, "big") for word in words)
        answer = signed(bytes([address, function, len(values)]) + values)
        assert len(answer) == question.size
        assert question.answer(answer) == Answer(address, tuple(words))


@given(st.integers(0, 8 * 12))
def test_an_answer_with_a_turned_bit_is_none(bit: int) -> None:
    question = modbus.read_input(5, 4, 4)
    answer = bytearray(signed(b"\x05\x04\x08\x00\x01\x00\x02\xff\xff\xff\xff"))
    answer[bit // 8] ^= 1 << bit % 8
    assert question.answer(bytes(answer)) is None


def test_somebody_elses_answer_is_none() -> None:
    assert modbus.read_input(5, 4, 1).answer(signed(b"\x06\x04\x02\x00\x01")) is None


def test_a_refusal_says_why() -> None:
    question = modbus.write(5, 319, [1])
    assert question.answer(signed(b"\x05\x90\x03")) == Answer(5, refused=3)


@given(st.binary(max_size=20))
def test_rubbish_is_no_answer_and_never_raises(data: bytes) -> None:
    question: Question = modbus.read_input(5, 4, 4)
    assert question.answer(data) is None


@given(st.text("0123456789", max_size=8))
def test_typed_digits_travel_with_their_leading_zeros(digits: str) -> None:
    assert argument_digits(*argument_registers(digits)) == digits


@pytest.mark.parametrize(("high", "low"), [(0xFFFF, 0xFFFA), (0xFFFF, 0xF1F2), (0x0F00, 0x0000)])
def test_what_no_keypad_can_type_is_no_argument(high: int, low: int) -> None:
    with pytest.raises(ValueError):
        argument_digits(high, low)


def test_the_number_shows_what_four_digits_can_show() -> None:
    assert [number_register(number) for number in ("A012", "7", "", "VA012", "Z012")] == [
        0xA012,
        0xFFF7,
        0xFFFF,
        0xA012,
        0xF012,
    ]
    assert [code_register(code) for code in ("07", "")] == [0x3037, 0]


def test_the_readme_tables_name_every_register_with_its_number() -> None:
    told = re.findall(r"^\| (\d+)(?:–(\d+))? \| (\w+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    names = {(int(first), name) for first, _, name in told}
    inputs = {
        (register.value, register.name.lower())
        for register in registers.Input
        if not register.name.endswith("_LOW")
    }
    holdings = {(register.value, register.name.lower()) for register in registers.Holding}
    assert names == inputs | holdings
