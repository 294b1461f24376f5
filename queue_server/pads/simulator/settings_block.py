"""What a pad reads in its own configuration block, and the block it leaves the factory with.

Pure.  The layout is copied from its description, not imported, so that the codec and the simulator check each other.

    0 layout 1 · 1 address · 2 brightness · 3 beeps (bit 0 accepted, bit 1 rejected) · 4-5 long ms · 6-7 double ms ·
    8 stuck s · 10-73 meaning of keys 1 to 64 · 74-81 meaning of scores 1 to 8 · the rest 0
"""

from __future__ import annotations

from dataclasses import dataclass

from queue_server.pads.heard import Installed

BLOCK_BYTES = 126

_KEYS_AT, _SCORES_AT = 10, 74
_KEYS = (
    *(
        "open",
        "close",
        "call_next",
        "recall",
        "start",
        "finish",
        "no_show",
        "hold",
        "resume",
        "transfer",
        "pause",
    ),
    *("ask_rating", "leave_seat", "call_supervisor", "call_number", "press", "long", "double"),
)
_RATINGS = ("very_satisfied", "satisfied", "neutral", "dissatisfied")


@dataclass(frozen=True, slots=True)
class PadSettings:
    """What of the block changes how the pad behaves; 0 seconds: not set."""

    address: int
    brightness: int
    beeps_accepted: bool
    beeps_rejected: bool
    long_s: float
    double_s: float
    stuck_after_s: int


def in_block(block: bytes) -> PadSettings | None:
    """The settings in a block, None where it is of a layout this firmware does not know."""
    if block[0] != 1 or not 1 <= block[1] <= 247:
        return None
    return PadSettings(
        address=block[1],
        brightness=block[2],
        beeps_accepted=bool(block[3] & 1),
        beeps_rejected=bool(block[3] & 2),
        long_s=int.from_bytes(block[4:6], "big") / 1000,
        double_s=int.from_bytes(block[6:8], "big") / 1000,
        stuck_after_s=block[8],
    )


def factory_block(installed: Installed) -> bytes:
    """The block of a new device, its address already set: 126 bytes."""
    profile = installed.profile
    block = bytearray(BLOCK_BYTES)
    block[0:4] = (
        1,
        installed.address,
        profile.brightness,
        profile.beeps.accepted | profile.beeps.rejected << 1,
    )
    if profile.one_button is not None:
        block[4:6] = round(profile.one_button.long_s * 1000).to_bytes(2, "big")
        block[6:8] = round(profile.one_button.double_s * 1000).to_bytes(2, "big")
    block[8] = round(profile.stuck_after_s)
    for code, key in profile.keys.items():
        block[_KEYS_AT + code - 1] = _KEYS.index(key) + 1
    for code, rating in profile.scores.items():
        block[_SCORES_AT + code - 1] = _RATINGS.index(rating) + 1
    return bytes(block)
