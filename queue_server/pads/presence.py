"""Is a device there: counts what it does not answer, and how long to leave it alone.

Pure.  A device that is gone costs the line one short question now and then, so that the others are not slowed down.
"""

from __future__ import annotations

from typing import Final

MISSES: Final = 4
SILENT_S: Final = 2.5
GARBLED_S: Final = 6.0
"""A device counts as gone after four questions in a row without an answer, and not before it has been silent for two
and a half seconds; six when bytes came, for noise passes and something is there."""

AGAIN_S: Final = 0.3
AGAIN_GARBLED_S: Final = 0.1
"""Until then a device that missed twice is left alone for a moment, so that others need not wait for it each time."""

FIRST_PROBE_S: Final = 2.0
PROBE_GROWTH: Final = 1.5
LONGEST_PROBE_S: Final = 6.0
"""An address that is silent is asked after 2 s, 3 s, 4.5 s and then every 6 s."""


class Presence:
    """Whether one device is there, and when to ask it again."""

    def __init__(self) -> None:
        self.is_known = False
        """Whether it has ever answered since the port was opened."""
        self.is_offline = False
        self.heard_at: float | None = None
        self.asked_again_at = 0.0
        self._misses = 0
        self._probe_s = FIRST_PROBE_S

    @property
    def has_missed(self) -> bool:
        """Whether the last question was not answered."""
        return self._misses > 0

    def answered(self, now: float) -> bool:
        """It is there; True when that is news."""
        is_news = self.is_offline or not self.is_known
        self.is_known, self.is_offline, self.heard_at = True, False, now
        self._misses, self._probe_s, self.asked_again_at = 0, FIRST_PROBE_S, now
        return is_news

    def missed(self, now: float, is_silent: bool = True) -> bool:
        """It did not answer; True when it counts as gone from now on."""
        self._misses += 1
        again_s = AGAIN_S if is_silent else AGAIN_GARBLED_S
        self.asked_again_at = now + (again_s if self._misses > 1 else 0.0)
        patience_s = SILENT_S if is_silent else GARBLED_S
        if self._misses < MISSES or (self.heard_at is not None and now - self.heard_at < patience_s):
            return False
        is_news, self.is_offline = not self.is_offline, True
        self.asked_again_at = now + self._probe_s
        self._probe_s = min(self._probe_s * PROBE_GROWTH, LONGEST_PROBE_S)
        return is_news

    def forget(self) -> None:
        """The port went away: ask at once when it is back."""
        self.is_known = False
        self._misses, self._probe_s, self.asked_again_at = 0, FIRST_PROBE_S, 0.0
