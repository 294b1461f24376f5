"""Following a feed by position: `(what I have, what came) -> what to do`.  Pure; the sockets are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from queue_server.wire.shapes import Delta, Snapshot


class Step(Enum):
    """What a client does with a message it was sent."""

    APPLIED = "applied"
    REPEAT = "repeat"
    GAP = "gap"


@dataclass(slots=True)
class Follower:
    """One client's copy of the sections it follows, and the position at which they were true."""

    position: int | None = None
    sections: dict[str, Any] = field(default_factory=dict)

    def snapshot(self, message: Snapshot) -> Step:
        """Take a snapshot.  One older than what is held (it crossed a delta on its way) is a repeat.

        A snapshot at a *lower* position is taken all the same when the server was restored from a backup: such a
        server never sends deltas that fit, so the client asks again and `restart` is called first.
        """
        if self.position is not None and message.position < self.position:
            return Step.REPEAT
        self.sections = dict(message.sections)
        self.position = message.position
        return Step.APPLIED

    def delta(self, message: Delta) -> Step:
        """Apply the changed sections, or say that the delta was seen before or does not fit."""
        if self.position is None:
            return Step.GAP
        if message.position <= self.position:
            return Step.REPEAT
        if message.previous != self.position:
            return Step.GAP
        self.sections = {**self.sections, **message.sections}
        self.position = message.position
        return Step.APPLIED

    def restart(self) -> None:
        """Forget the position, so that the next snapshot is taken whatever it says: a new connection."""
        self.position = None
