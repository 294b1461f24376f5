"""The configuration block of a Modbus pad, window screen or evaluator: 126 bytes, 63 registers, one checksum.

    byte 0        version of this layout, 1
    byte 1        address on the line
    byte 2        brightness, 1 to 8
    byte 3        beeps: bit 0 when a key is accepted, bit 1 when it is rejected
    bytes 4-5     a press as long as this is a long one, ms (0: not a pad of one button)
    bytes 6-7     two presses within this are a double one, ms (0: likewise)
    byte 8        a key held longer than this is stuck, s
    byte 9        reserved, 0
    bytes 10-73   what the keys with codes 1 to 64 mean, one byte each by `KEY_NUMBERS`; 0: no such key
    bytes 74-81   what the scores with codes 1 to 8 mean, by `RATING_NUMBERS`
    bytes 82-125  reserved, 0

Numbers of two bytes are big-endian, as in every register.  Bytes in, values out: no port, no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import pack, unpack

from firmware_config.devices import OnLine
from firmware_config.pad_profile import PadKey, PadProfile, Rating

VERSION = 1
BLOCK_BYTES = 126
BLOCK_REGISTERS = BLOCK_BYTES // 2
KEY_CODES = range(1, 65)
SCORE_CODES = range(1, 9)
MAX_MS = 0xFFFF

KEY_NUMBERS: Mapping[PadKey, int] = {
    "open": 1,
    "close": 2,
    "call_next": 3,
    "recall": 4,
    "start": 5,
    "finish": 6,
    "no_show": 7,
    "hold": 8,
    "resume": 9,
    "transfer": 10,
    "pause": 11,
    "ask_rating": 12,
    "leave_seat": 13,
    "call_supervisor": 14,
    "call_number": 15,
    "press": 16,
    "long": 17,
    "double": 18,
}
"""Numbers are for ever: they stand in the memory of installed pads."""

RATING_NUMBERS: Mapping[Rating, int] = {
    "very_satisfied": 1,
    "satisfied": 2,
    "neutral": 3,
    "dissatisfied": 4,
}

_KEYS_AT, _SCORES_AT, _RESERVED_AT = 10, 74, 82
_KEY_BY_NUMBER = {number: key for key, number in KEY_NUMBERS.items()}
_RATING_BY_NUMBER = {number: rating for rating, number in RATING_NUMBERS.items()}


class BlockUnreadable(ValueError):
    """These bytes are no configuration block of a version we know; the message says where they stop being one."""

    code = "block_unreadable"


@dataclass(frozen=True, slots=True)
class PadBlock:
    """What a device is configured to, `keys` and `scores` by rising code.

    Raises ValueError for what no block can hold.
    """

    address: int
    brightness: int = 5
    beeps_accepted: bool = True
    beeps_rejected: bool = True
    long_ms: int = 0
    double_ms: int = 0
    stuck_after_s: int = 8
    keys: tuple[tuple[int, PadKey], ...] = ()
    scores: tuple[tuple[int, Rating], ...] = ()

    def __post_init__(self) -> None:
        """Everything within the room its bytes have."""
        for name, value, allowed in (
            ("address", self.address, range(1, 248)),
            ("brightness", self.brightness, range(1, 9)),
            ("long_ms", self.long_ms, range(MAX_MS + 1)),
            ("double_ms", self.double_ms, range(MAX_MS + 1)),
            ("stuck_after_s", self.stuck_after_s, range(2, 61)),
        ):
            if value not in allowed:
                raise ValueError(f"{name} is {value}, expected {allowed.start} to {allowed.stop - 1}")
        _require_codes("keys", [code for code, _ in self.keys], KEY_CODES)
        _require_codes("scores", [code for code, _ in self.scores], SCORE_CODES)


def _require_codes(name: str, codes: list[int], allowed: range) -> None:
    if codes != sorted(set(codes)) or any(code not in allowed for code in codes):
        raise ValueError(f"codes of {name} rise from {allowed.start} to {allowed.stop - 1}, found {codes}")


def block_of(device: OnLine, profile: PadProfile) -> PadBlock:
    """What `device` of a branch file, of the model `profile`, should be configured to.

    Raises ValueError for a model that holds no configuration.
    """
    if not profile.has_config:
        raise ValueError(f"{profile.name} holds no configuration")
    one_button = profile.one_button
    return PadBlock(
        address=device.address,
        brightness=profile.brightness if device.brightness is None else device.brightness,
        beeps_accepted=profile.beeps.accepted if device.beeps is None else device.beeps,
        beeps_rejected=profile.beeps.rejected if device.beeps is None else device.beeps,
        long_ms=round(one_button.long_s * 1000) if one_button else 0,
        double_ms=round(one_button.double_s * 1000) if one_button else 0,
        stuck_after_s=round(profile.stuck_after_s),
        keys=tuple(sorted(profile.keys.items())),
        scores=tuple(sorted(profile.scores.items())),
    )


def encode(block: PadBlock) -> bytes:
    """The block's 126 bytes."""
    beeps = block.beeps_accepted | block.beeps_rejected << 1
    head = pack(
        ">BBBBHHBB",
        VERSION,
        block.address,
        block.brightness,
        beeps,
        block.long_ms,
        block.double_ms,
        block.stuck_after_s,
        0,
    )
    keys, scores = dict(block.keys), dict(block.scores)
    key_bytes = bytes(KEY_NUMBERS[keys[code]] if code in keys else 0 for code in KEY_CODES)
    score_bytes = bytes(RATING_NUMBERS[scores[code]] if code in scores else 0 for code in SCORE_CODES)
    return (head + key_bytes + score_bytes).ljust(BLOCK_BYTES, b"\0")


def decode(raw: bytes) -> PadBlock:
    """The block in 126 bytes.  Raises BlockUnreadable; whatever `encode` made is read back the same."""
    if len(raw) != BLOCK_BYTES:
        raise BlockUnreadable(f"expected {BLOCK_BYTES} bytes, found {len(raw)}")
    version, address, brightness, beeps, long_ms, double_ms, stuck_after_s, spare = unpack(
        ">BBBBHHBB", raw[:_KEYS_AT]
    )
    if version != VERSION:
        raise BlockUnreadable(f"expected layout version {VERSION}, found {version}")
    if beeps > 3 or spare or any(raw[_RESERVED_AT:]):
        raise BlockUnreadable("reserved bits or bytes are set")
    try:
        return PadBlock(
            address=address,
            brightness=brightness,
            beeps_accepted=bool(beeps & 1),
            beeps_rejected=bool(beeps & 2),
            long_ms=long_ms,
            double_ms=double_ms,
            stuck_after_s=stuck_after_s,
            keys=tuple(
                (code, _KEY_BY_NUMBER[number])
                for code, number in zip(KEY_CODES, raw[_KEYS_AT:_SCORES_AT], strict=True)
                if number
            ),
            scores=tuple(
                (code, _RATING_BY_NUMBER[number])
                for code, number in zip(SCORE_CODES, raw[_SCORES_AT:_RESERVED_AT], strict=True)
                if number
            ),
        )
    except KeyError as fault:
        raise BlockUnreadable(f"no key or rating has the number {fault.args[0]}") from None
    except ValueError as fault:
        raise BlockUnreadable(str(fault)) from None


def to_registers(raw: bytes) -> tuple[int, ...]:
    """The block as it is written from holding register 256 on: 63 numbers."""
    if len(raw) != BLOCK_BYTES:
        raise ValueError(f"expected {BLOCK_BYTES} bytes, found {len(raw)}")
    return unpack(f">{BLOCK_REGISTERS}H", raw)


def from_registers(registers: Iterable[int]) -> bytes:
    """The bytes of 63 registers.  Raises ValueError for another number of them."""
    given = tuple(registers)
    if len(given) != BLOCK_REGISTERS:
        raise ValueError(f"expected {BLOCK_REGISTERS} registers, found {len(given)}")
    return pack(f">{BLOCK_REGISTERS}H", *given)


def crc16(raw: bytes) -> int:
    """CRC-16/MODBUS of the bytes: what is written to register 319, and then stands in input register 2."""
    crc = 0xFFFF
    for byte in raw:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc
