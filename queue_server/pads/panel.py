"""A face as registers: `(face, profile) -> what should stand where`, and what has to be written for it.  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from firmware_config.pad_profile import PadProfile
from queue_server.pads.faces import Face
from queue_server.pads.registers import (
    BLANK,
    LINE_REGISTERS,
    Beep,
    Holding,
    Lamp,
    code_register,
    number_register,
)

_LAMPS: Final = {"off": Lamp.OFF, "on": Lamp.ON, "blink": Lamp.BLINK}
_MOST_WAITING: Final = 999
_JOINED: Final = 10
"""Registers worth writing for nothing: a request of its own costs about as many bytes."""

_FILL: Final = {Holding.WAITING: BLANK, Holding.NUMBER: BLANK}


def registers(face: Face, profile: PadProfile) -> dict[int, int]:
    """What a device of `profile` should hold to show `face`; only registers that matter to it."""
    wanted: dict[int, int] = {}
    if profile.has_lamp:
        wanted[Holding.LAMP] = _LAMPS[face.lamp]
    if profile.role == "evaluator":
        wanted[Holding.ASK_RATING] = int(face.ask_rating)
    if profile.display.kind == "digits":
        wanted[Holding.WAITING] = BLANK if face.waiting is None else min(face.waiting, _MOST_WAITING)
        wanted[Holding.NUMBER] = number_register(face.number)
    if profile.display.kind != "none" and profile.role == "call_pad":
        wanted[Holding.CODE] = code_register(face.code)
    if profile.display.kind == "text":
        for first, text in ((Holding.LINE_1, face.line1), (Holding.LINE_2, face.line2)):
            words = _words(text, profile.display.characters)
            wanted.update((first + place, word) for place, word in enumerate(words))
    return wanted


def span(
    wanted: Mapping[int, int], known: Mapping[int, int], actions: Mapping[int, int]
) -> tuple[int, list[int]]:
    """Where to begin and what to write next, as one request; an empty list when everything stands.

    `actions` are written whatever is known: an acknowledgement, a beep.  They and what stands beside them come first.
    """
    missing = sorted({place for place, value in wanted.items() if known.get(place) != value} | actions.keys())
    if not missing:
        return 0, []
    last = first = missing[0]
    for place in missing:
        # Between the two blocks there are no registers, and a request that touches one is refused whole.
        if place - last > _JOINED or last <= Holding.CODE < place:
            break
        last = place
    values = [
        actions.get(place, wanted.get(place, known.get(place, _fill(place))))
        for place in range(first, last + 1)
    ]
    return first, values


def _fill(place: int) -> int:
    """What may stand in a register this device does not use."""
    return _FILL.get(Holding(place), 0) if place <= Holding.CODE else 0


def _words(text: str, cells: int) -> list[int]:
    """`text` cut to its cells and the registers it fills, with its end when it does not fill them all."""
    data = b""
    for sign in text:
        coded = sign.encode("gb18030", "replace")
        if len(data) + len(coded) > min(cells, 2 * LINE_REGISTERS):
            break
        data += coded
    if len(data) < 2 * LINE_REGISTERS:
        data += b"\0" * (2 - len(data) % 2)
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def beep(name: str) -> int:
    """`accepted`, `rejected` or `none` as a register."""
    return {"accepted": Beep.ACCEPTED, "rejected": Beep.REJECTED}.get(name, Beep.NONE)
