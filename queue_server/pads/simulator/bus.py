"""Two wires that many talk on: who is heard when, and what becomes of two who talk at once.  RS-485, half duplex.

Pure: the time comes in with the call, chance from the generator given.  Times are seconds of one monotonic clock.

    talk      ├─byte─┼─byte─┼─byte─┤                 each byte is heard when its stop bit is
    another              ├─byte─┼─byte─┤             bytes that overlap are garbled; who talks hears nothing
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from queue_server.pads.simulator.uart import byte_s

HOST = "host"
"""The talker behind the adapter; every other talker is a device's name."""

NOISE = "noise"
"""The talker nobody is."""

TICK_S = 0.004
"""Bytes of one talk are handed on together, but none later than this after it was heard."""

_REMEMBERED_S = 0.05
_SAME_BIT = 0.025  # of a byte: a quarter of a bit


@dataclass(slots=True)
class Talk:
    """Bytes one talker sends without a gap."""

    talker: str
    data: bytes
    baud: int
    starts_at: float
    heard: int = 0
    """How many of the bytes have been handed on."""
    unheard_by: set[str] = field(default_factory=set)
    """Listeners who miss it whole."""
    rolled_for: set[str] = field(default_factory=set)
    """Listeners for whom it has been decided whether they miss it."""

    @property
    def byte_s(self) -> float:
        """Seconds a byte takes."""
        return byte_s(self.baud)

    @property
    def ends_at(self) -> float:
        """When the last stop bit is over."""
        return self.starts_at + len(self.data) * self.byte_s

    def byte_at(self, now: float) -> int:
        """How many bytes are over by `now`."""
        # A hair more, so that a byte whose end was computed as `now` is over.
        return max(0, min(len(self.data), int((now - self.starts_at) / self.byte_s + 1e-6)))


@dataclass(frozen=True, slots=True)
class Sound:
    """Bytes as they are on the wire, from `starts_at` to `ends_at`; `deaf`: talkers who were talking themselves."""

    talk: Talk
    data: bytes
    starts_at: float
    ends_at: float
    deaf: frozenset[str]


class Bus:
    """`say` puts a talk on the wire, `step` hands on what has been heard since."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._talks: list[Talk] = []
        self._ended: dict[str, float] = {}
        self._stepped_at = float("-inf")
        self.noise = 0.0
        """How probably a byte is hit by noise."""

    def say(self, talker: str, data: bytes, baud: int, at: float) -> Talk:
        """Send `data` from `at` on; who goes on talking while its last talk is on the wire follows it without a gap."""
        own = [talk.ends_at for talk in self._talks if talk.talker == talker]
        talk = Talk(talker, data, baud, max([at, *own]))
        self._talks.append(talk)
        return talk

    def cut(self, talker: str, now: float) -> None:
        """The talker's power is gone: what it has not sent yet is never sent."""
        for talk in self._talks:
            if talk.talker == talker:
                talk.data = talk.data[: talk.byte_at(now)]

    def clear(self) -> None:
        """Nothing is on the wire any more."""
        self._talks.clear()

    def quiet_since(self, listener: str, now: float) -> float:
        """When the last byte was over that `listener` can have heard.

        Of another device's byte it knows when it is whole, of the program's from its start bit on: that is found in
        the terminal later than it was written, and this must not make collisions that no wire has.
        """
        ends = [end for talker, end in self._ended.items() if talker != listener]
        for talk in self._talks:
            if talk.talker == HOST and talk.starts_at <= self._stepped_at:
                ends.append(min(talk.ends_at, max(now, self._stepped_at)))
            elif talk.talker != listener and (whole := talk.byte_at(now)):
                ends.append(talk.starts_at + whole * talk.byte_s)
        return max(ends, default=float("-inf"))

    def next_at(self) -> float | None:
        """When `step` has something to hand on; None while the wire is still."""
        return min((self._due_at(talk) for talk in self._talks if talk.heard < len(talk.data)), default=None)

    def step(self, now: float) -> list[Sound]:
        """What has been heard up to `now`, in the order in which it ended."""
        self._stepped_at = now
        sounds: list[Sound] = []
        for talk in self._talks:
            sounds.extend(self._hand_on(talk, talk.byte_at(now)))
        self._forget(now)
        return sorted(sounds, key=lambda sound: sound.ends_at)

    def _hand_on(self, talk: Talk, until: int) -> Iterator[Sound]:
        if until <= talk.heard:
            return
        others = [other for other in self._talks if other is not talk and self._overlap(talk, other, until)]
        if not others:
            yield self._sound(talk, talk.heard, until, talk.data[talk.heard : until], frozenset())
        else:
            for place in range(talk.heard, until):
                yield self._collided(talk, place, others)
        talk.heard = until

    def _overlap(self, talk: Talk, other: Talk, until: int) -> bool:
        begins = talk.starts_at + talk.heard * talk.byte_s
        ends = talk.starts_at + until * talk.byte_s
        return bool(other.data) and other.starts_at < ends - 1e-9 and other.ends_at > begins + 1e-9

    def _collided(self, talk: Talk, place: int, others: list[Talk]) -> Sound:
        """One byte of `talk` while others talk: whole only if they say the same at the same moment."""
        begins = talk.starts_at + place * talk.byte_s
        ends = begins + talk.byte_s
        value = talk.data[place]
        deaf = set()
        for other in others:
            for second in range(len(other.data)):
                start = other.starts_at + second * other.byte_s
                if start >= ends - 1e-9 or start + other.byte_s <= begins + 1e-9:
                    continue
                deaf.add(other.talker)
                is_same = other.data[second] == talk.data[place] and other.baud == talk.baud
                if not (is_same and abs(start - begins) < _SAME_BIT * talk.byte_s):
                    value = self._chance.randrange(256)
        return self._sound(talk, place, place + 1, bytes([value]), frozenset(deaf))

    def _sound(self, talk: Talk, first: int, until: int, data: bytes, deaf: frozenset[str]) -> Sound:
        if self.noise:
            data = hit(data, self.noise, self._chance)
        return Sound(
            talk, data, talk.starts_at + first * talk.byte_s, talk.starts_at + until * talk.byte_s, deaf
        )

    def _due_at(self, talk: Talk) -> float:
        first_untold = talk.starts_at + talk.heard * talk.byte_s
        return min(talk.ends_at, first_untold + max(TICK_S, talk.byte_s))

    def _forget(self, now: float) -> None:
        # What is over may still overlap a talk whose bytes are handed on later, but not for long.
        over = [
            talk
            for talk in self._talks
            if talk.heard >= len(talk.data) and talk.ends_at < now - _REMEMBERED_S
        ]
        for talk in over:
            self._talks.remove(talk)
            self._ended[talk.talker] = talk.ends_at


def hit(data: bytes, probability: float, chance: Random) -> bytes:
    """`data` with a bit turned in each byte that noise hits."""
    if not any(hits := [chance.random() < probability for _ in data]):
        return data
    return bytes(
        byte ^ (1 << chance.randrange(8)) if is_hit else byte for byte, is_hit in zip(data, hits, strict=True)
    )
