"""`FF 68` frames as a pad makes and finds them.

Pure, and written for the simulator alone: the driver's codec is another, so that the two check each other.

    FF 68 | L | L | 68 | ADDR | FUNC | DATA… | SUM | 16          L = bytes from ADDR through DATA; SUM of the same, mod 256
"""

from __future__ import annotations

from dataclasses import dataclass

KEYS, SHOW, BEEP, RATED = 0x01, 0x02, 0x03, 0x11
ASK = 0x0B
BLANK_DIGIT = 0x0A

_SHORTEST, _LONGEST = 2, 16


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, without what frames it."""

    address: int
    function: int
    data: bytes = b""

    def encoded(self) -> bytes:
        """As it travels."""
        body = bytes([self.address, self.function]) + self.data
        return bytes([0xFF, 0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) % 256, 0x16])


class FrameFinder:
    """Finds whole frames in whatever is heard; a pause breaks a frame off."""

    def __init__(self) -> None:
        self._heard = bytearray()

    def take(self, data: bytes) -> list[Frame]:
        """More bytes; the frames they complete."""
        self._heard += data
        found: list[Frame] = []
        while (start := self._heard.find(b"\xff")) >= 0:
            del self._heard[:start]
            # An FF inside is the start of another frame: this one broke off.
            frame, used = _first(self._heard)
            if used == 0:
                return found
            if frame is not None:
                found.append(frame)
            del self._heard[:used]
        self._heard.clear()
        return found

    def clear(self) -> None:
        """Forget a frame that has begun."""
        self._heard.clear()


def _first(heard: bytearray) -> tuple[Frame | None, int]:
    """The frame at the start and its length; 1 for no frame, 0 for not enough bytes yet."""
    for place, wanted in ((1, 0x68), (4, 0x68)):
        if len(heard) > place and heard[place] != wanted:
            return None, 1
    if len(heard) > 2 and not _SHORTEST <= heard[2] <= _LONGEST:
        return None, 1
    if len(heard) > 3 and heard[3] != heard[2]:
        return None, 1
    if len(heard) < 5:
        return None, 0
    body = heard[5 : 5 + heard[2]]
    if 0xFF in body:
        return None, 1
    if len(heard) < 7 + heard[2]:
        return None, 0
    total, end = heard[5 + heard[2]], heard[6 + heard[2]]
    if total != sum(body) % 256 or end != 0x16:
        return None, 1
    return Frame(body[0], body[1], bytes(body[2:])), 7 + heard[2]
