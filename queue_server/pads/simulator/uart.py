"""What a receiver at one speed makes of bytes sent at another: the bits on the wire, sampled anew.

Pure.  8N1: a start bit of 0, eight bits from the lowest up, a stop bit of 1; the wire rests at 1.
"""

from __future__ import annotations

from itertools import chain
from math import ceil

BITS_A_BYTE = 10


def byte_s(baud: int) -> float:
    """Seconds one byte takes at `baud`."""
    return BITS_A_BYTE / baud


def misread(data: bytes, sent_baud: int, heard_baud: int) -> bytes:
    """`data` sent at one speed as heard at another; the same at equal speeds.

    A byte without a stop bit is heard like any other, as Linux hands it over when it is not told otherwise.
    """
    if sent_baud == heard_baud:
        return data
    wire = list(chain.from_iterable((0, *((byte >> bit) & 1 for bit in range(8)), 1) for byte in data))
    sent_per_heard = sent_baud / heard_baud
    heard = bytearray()
    at = 0.0
    while (start := _falling_edge(wire, at)) is not None:
        samples = [_level(wire, start + (bit + 1.5) * sent_per_heard) for bit in range(9)]
        heard.append(sum(level << bit for bit, level in enumerate(samples[:8])))
        # The receiver looks for the next start bit from the middle of this stop bit on.
        at = start + 9.5 * sent_per_heard
    return bytes(heard)


def _level(wire: list[int], at: float) -> int:
    return wire[int(at)] if at < len(wire) else 1


def _falling_edge(wire: list[int], at: float) -> int | None:
    """Where the wire next goes from 1 to 0, not before `at`."""
    for place in range(ceil(at), len(wire)):
        if wire[place] == 0 and (place == 0 or wire[place - 1] == 1):
            return place
    return None
