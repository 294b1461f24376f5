"""Which press is new: by its sequence on Modbus, by key and time on FF 68.

Pure: the time comes in with the call.  Whether a press is good for anything is the server's to say.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Literal

LAST_SEQUENCE: Final = 65535
"""After it comes 1."""

REMEMBERED: Final = 16
"""Settled sequences kept: more than two pads on one address could make answers alternate between."""

_HELD: Final = 1.5
_LET_GO: Final = 2.0


class Latch:
    """A Modbus device's latched press, and how far it has been dealt with.

    A press is told once, stays pending until it is settled, and is acknowledged again for as long as the device goes
    on showing it, because the first acknowledgement may have been lost.
    """

    def __init__(self) -> None:
        self._pending: set[int] = set()
        self._settled: OrderedDict[int, None] = OrderedDict()
        self._acknowledged: int | None = None
        self._strange: int | None = None
        self._before: int | None = None
        self._was_away = False

    @property
    def acknowledged(self) -> int | None:
        """What the device's acknowledge register holds, None while nobody knows."""
        return self._acknowledged

    def forget(self, was_away: bool = False) -> None:
        """Its acknowledge register must be read again; `was_away`: because the device itself was not there."""
        self._was_away = self._was_away or was_away
        if self._acknowledged is not None:
            self._before = self._acknowledged
        self._acknowledged = None

    def acknowledge(self, sequence: int) -> None:
        """The device's acknowledge register holds `sequence`, read or written."""
        if self._was_away and sequence != self._before and sequence not in self._settled:
            # It came back with a count nobody left it with: its memory was lost, and its presses are other ones.
            self._settled.clear()
        self._was_away = False
        self._acknowledged = sequence

    def look(self, sequence: int) -> Literal["nothing", "new", "pending", "settled", "strange"]:
        """What a device that shows `sequence` has latched.  `new` is said once.

        `strange`: it does not follow what was acknowledged, so perhaps another device says it; `acknowledge` what the
        device holds and look again: when it still shows the same, it is new.
        """
        strange, self._strange = self._strange, None
        if sequence == 0 or sequence == self._acknowledged:
            return "nothing"
        if sequence in self._settled:
            return "settled"
        if sequence in self._pending:
            return "pending"
        if sequence != strange and sequence != (self._acknowledged or 0) % LAST_SEQUENCE + 1:
            self._strange = sequence
            return "strange"
        self._pending.add(sequence)
        return "new"

    def settle(self, sequence: int) -> None:
        """The press was dealt with."""
        self._pending.discard(sequence)
        self._settled[sequence] = None
        self._settled.move_to_end(sequence)
        while len(self._settled) > REMEMBERED:
            self._settled.popitem(last=False)


@dataclass(slots=True)
class _Held:
    since: float
    last_at: float
    is_settled: bool = False


class Repeats:
    """Presses without a sequence: the same key again within `within_s` of the last time, or unsettled, is the same press.

    Not so with another key in between: a pad repeats only the last one that was pressed.  A key that has come for longer
    than a pad repeats is held down or stuck, whatever is pressed beside it; it is let go of after twice the pause, for on
    a busy line frame after frame of it meets somebody else's.

    A key that keeps coming for `stuck_after_s` without such a pause is stuck; it stays one press.
    """

    def __init__(self, within_s: float, stuck_after_s: float) -> None:
        self._within_s = within_s
        self._stuck_after_s = stuck_after_s
        self._held: dict[tuple[int, str], _Held] = {}

    def is_new(self, key: int, argument: str, now: float) -> bool:
        """Whether this frame is a press of its own."""
        held = self._held.get((key, argument))
        if held is not None:
            is_over = now - held.last_at > self._pause_s(held)
            if is_over:
                held.since = now
            held.last_at = now
            if not is_over or not held.is_settled:
                return False
        self._held = {
            which: other
            for which, other in self._held.items()
            if not other.is_settled
            or (self._is_held_down(other) and now - other.last_at <= self._pause_s(other))
        }
        self._held[key, argument] = _Held(now, now)
        return True

    def _is_held_down(self, held: _Held) -> bool:
        return held.last_at - held.since > _HELD * self._within_s

    def _pause_s(self, held: _Held) -> float:
        return self._within_s * (_LET_GO if self._is_held_down(held) else 1.0)

    def settle(self, key: int, argument: str) -> None:
        """The press was dealt with: after a pause the key may come again."""
        held = self._held.get((key, argument))
        if held is not None:
            held.is_settled = True

    def stuck(self, now: float) -> int | None:
        """The key that is stuck now, if any."""
        for (key, _), held in self._held.items():
            if now - held.last_at <= self._within_s and held.last_at - held.since >= self._stuck_after_s:
                return key
        return None
