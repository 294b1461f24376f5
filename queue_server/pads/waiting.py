"""Which presses come too late: keys that waited in a pad while nobody could hear them (C6).

A pad keeps its keys until they are heard.  After a short absence of line or program they are what the teller wants;
after a long one the teller has long done something else, and a customer called now would be called by nobody.
Pure: the time comes in with the call.
"""

from __future__ import annotations

STALE_AFTER_S = 30.0
DRAIN_S = 6.0
"""Keys that waited follow each other by the pace of the line, at 2400 baud every 5 s; a pause of so long, and the next one
is a new one."""


class Absences:
    """Since when each device has not been heard, and which of its presses are therefore old."""

    def __init__(self) -> None:
        self._away_since: dict[str, float] = {}
        self._drained_at: dict[str, float] = {}

    def gone(self, device: str, at_s: float) -> None:
        """Nobody hears this device any more."""
        self._away_since.setdefault(device, at_s)

    def back(self, device: str, at_s: float) -> None:
        """It is heard again."""
        since = self._away_since.pop(device, None)
        if since is not None and at_s - since > STALE_AFTER_S:
            self._drained_at[device] = at_s + DRAIN_S

    def is_stale(self, device: str, at_s: float) -> bool:
        """Whether a press heard now may have waited too long."""
        self.back(device, at_s)
        if at_s >= self._drained_at.get(device, at_s):
            return False
        self._drained_at[device] = at_s + DRAIN_S
        return True
