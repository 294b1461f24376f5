"""The configuration block of a pad: read back as written, checked by a checksum others compute too, noise refused."""

from __future__ import annotations

import contextlib
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from firmware_config.devices import CallPad, Evaluator
from firmware_config.pad_block import (
    BLOCK_BYTES,
    BLOCK_REGISTERS,
    KEY_CODES,
    KEY_NUMBERS,
    MAX_MS,
    RATING_NUMBERS,
    SCORE_CODES,
    BlockUnreadable,
    PadBlock,
    block_of,
    crc16,
    decode,
    encode,
    from_registers,
    to_registers,
)
from firmware_config.pad_profile import PadKey, Rating, load_pad_profile, pad_profile_names

blocks = st.builds(
    PadBlock,
    address=st.integers(1, 247),
    brightness=st.integers(1, 8),
    beeps_accepted=st.booleans(),
    beeps_rejected=st.booleans(),
    long_ms=st.integers(0, MAX_MS),
    double_ms=st.integers(0, MAX_MS),
    stuck_after_s=st.integers(2, 60),
    keys=st.dictionaries(st.sampled_from(KEY_CODES), st.sampled_from(list(KEY_NUMBERS))).map(
        lambda keys: tuple(sorted(keys.items()))
    ),
    scores=st.dictionaries(st.sampled_from(SCORE_CODES), st.sampled_from(list(RATING_NUMBERS))).map(
        lambda scores: tuple(sorted(scores.items()))
    ),
)


@given(block=blocks)
def test_a_block_is_read_back_as_it_was_written(block: PadBlock) -> None:
    raw = encode(block)
    assert len(raw) == BLOCK_BYTES
    assert decode(raw) == block


@given(raw=st.binary(min_size=BLOCK_BYTES, max_size=BLOCK_BYTES))
def test_registers_and_bytes_are_the_same_thing(raw: bytes) -> None:
    registers = to_registers(raw)
    assert len(registers) == BLOCK_REGISTERS
    assert from_registers(registers) == raw
    assert registers[0] == raw[0] << 8 | raw[1]


@given(raw=st.one_of(st.binary(max_size=200), st.binary(min_size=BLOCK_BYTES, max_size=BLOCK_BYTES)))
def test_noise_is_refused_or_is_a_block_that_is_written_the_same(raw: bytes) -> None:
    with contextlib.suppress(BlockUnreadable):
        assert encode(decode(raw)) == raw


@given(block=blocks, at=st.integers(0, BLOCK_BYTES - 1), value=st.integers(0, 255))
def test_a_block_with_one_byte_changed_is_another_block_or_none(block: PadBlock, at: int, value: int) -> None:
    raw = encode(block)
    assume(raw[at] != value)
    changed = raw[:at] + bytes([value]) + raw[at + 1 :]
    assert crc16(changed) != crc16(raw)
    with contextlib.suppress(BlockUnreadable):
        assert decode(changed) != block


@pytest.mark.parametrize("fill", [0x00, 0xFF])
def test_erased_memory_is_no_block(fill: int) -> None:
    with pytest.raises(BlockUnreadable, match="layout version 1"):
        decode(bytes([fill]) * BLOCK_BYTES)


@pytest.mark.parametrize(
    ("raw", "crc"),
    [
        # The check value every catalogue of CRCs gives for CRC-16/MODBUS.
        (b"123456789", 0x4B37),
        (b"", 0xFFFF),
        # The request of the Modbus over serial line specification's example: 02 07, sent as 41 12.
        (b"\x02\x07", 0x1241),
    ],
)
def test_the_checksum_is_the_one_everybody_computes(raw: bytes, crc: int) -> None:
    assert crc16(raw) == crc


def test_the_layout_is_the_one_that_is_documented() -> None:
    block = PadBlock(
        address=17,
        brightness=3,
        beeps_accepted=False,
        long_ms=1000,
        double_ms=400,
        stuck_after_s=8,
        keys=((1, "press"), (2, "long"), (64, "double")),
        scores=((1, "very_satisfied"), (8, "dissatisfied")),
    )
    raw = encode(block)
    assert raw[:10] == bytes([1, 17, 3, 0b10, 0x03, 0xE8, 0x01, 0x90, 8, 0])
    assert raw[10:12] == bytes([16, 17])
    assert raw[73:75] == bytes([18, 1])
    assert raw[81] == 4
    assert not any(raw[82:])


def test_every_key_and_rating_has_a_number_of_its_own() -> None:
    assert set(KEY_NUMBERS) == set(get_args(PadKey))
    assert set(RATING_NUMBERS) == set(get_args(Rating))
    assert len(set(KEY_NUMBERS.values())) == len(KEY_NUMBERS)
    assert len(set(RATING_NUMBERS.values())) == len(RATING_NUMBERS)


def test_a_device_is_configured_as_its_model_says_and_the_branch_overrides() -> None:
    pad = CallPad.model_validate(
        {"id": "pad_3", "line": "line_1", "address": "3", "profile": "modbus_one_button", "counter": "3"}
    )
    profile = load_pad_profile("modbus_one_button")
    assert block_of(pad, profile) == PadBlock(
        address=3,
        brightness=5,
        long_ms=1000,
        double_ms=400,
        keys=((1, "press"), (2, "long"), (3, "double")),
    )
    loud = pad.model_copy(update={"brightness": 8, "beeps": False})
    block = block_of(loud, profile)
    assert (block.brightness, block.beeps_accepted, block.beeps_rejected) == (8, False, False)


def test_every_shipped_model_that_holds_a_configuration_fits_a_block() -> None:
    device = Evaluator.model_validate(
        {"id": "d", "line": "line_1", "address": "9", "profile": "any", "counter": "1"}
    )
    for name in pad_profile_names():
        profile = load_pad_profile(name)
        if profile.has_config:
            assert decode(encode(block_of(device, profile))).address == 9
        else:
            with pytest.raises(ValueError, match="holds no configuration"):
                block_of(device, profile)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": 0},
        {"address": 248},
        {"address": 1, "brightness": 9},
        {"address": 1, "long_ms": MAX_MS + 1},
        {"address": 1, "stuck_after_s": 1},
        {"address": 1, "keys": ((2, "open"), (1, "close"))},
        {"address": 1, "keys": ((65, "open"),)},
        {"address": 1, "scores": ((9, "neutral"),)},
    ],
    ids=str,
)
def test_what_no_block_can_hold_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        PadBlock(**wrong)  # type: ignore[arg-type]
