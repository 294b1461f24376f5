"""The branch's time: wall-clock time that never runs backwards and never jumps.

`BranchClock` reads the wall once and counts on from there with a clock that nobody can set.  It knows no business day
and no rule; it only says what time it is.

How it follows the wall afterwards: each reading compares the two.  While they differ, the branch's time is *slewed*,
made to run 0.5 % faster (the wall is ahead) or slower (the wall is behind) until they agree, so an hour's error of the
wall changes a ten-minute wait by three seconds at most (T6).  A wall set back therefore never moves the branch's time
back, and a wall that jumped an hour ahead is not believed at once.  `take_over_wall` believes it: the server calls that
when nobody is in the branch.  A restart takes the wall as it is, but never earlier than the last event.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

SLEW = 200
"""One part in this many of the time that passes is used to come closer to the wall: 0.5 %."""

_NS_PER_MS = 1_000_000


class Clock(Protocol):
    """What time it is, as aware UTC in whole milliseconds, never earlier than it said before."""

    def now(self) -> datetime:
        """The time now."""
        ...


def at_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970 of an aware time, what is left of one dropped; exact until the year 2100.

    The float is off by a quarter of a microsecond at most; half a microsecond more makes it right at every step.
    """
    return int(moment.timestamp() * 1000 + 0.0005)


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC time that many milliseconds after 1970; exact until the year 2100.

    The float is off by a quarter of a microsecond at most, and `fromtimestamp` rounds to the nearest one.
    """
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _steady_ns() -> int:
    """Nanoseconds of a clock nobody can set.

    CLOCK_BOOTTIME where there is one: CLOCK_MONOTONIC stands still while the machine sleeps.
    """
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic_ns() if boot_time is None else time.clock_gettime_ns(boot_time)


class BranchClock:
    """The time of one process: one wall reading, counted on by a monotonic clock, slewed towards the wall.

    `not_before` is the time of the last journal event: the clock starts there if the wall is behind it.
    `wall_ns` and `steady_ns` return nanoseconds since 1970 and since anything.
    """

    def __init__(
        self,
        not_before: datetime | None = None,
        wall_ns: Callable[[], int] = time.time_ns,
        steady_ns: Callable[[], int] = _steady_ns,
    ) -> None:
        self._wall_ns = wall_ns
        self._steady_ns = steady_ns
        self._lock = threading.Lock()
        self._steady = steady_ns()
        self._ours = wall_ns()
        if not_before is not None:
            self._ours = max(self._ours, at_ms(not_before) * _NS_PER_MS)

    def now(self) -> datetime:
        """The branch's time, truncated to whole milliseconds."""
        with self._lock:
            return from_ms(self._advance() // _NS_PER_MS)

    @property
    def behind_wall_s(self) -> float:
        """Seconds the wall is ahead of the branch's time; negative when the wall was set back."""
        with self._lock:
            return (self._wall_ns() - self._advance()) / 1e9

    def take_over_wall(self) -> None:
        """Step forward to the wall at once, if it is ahead.  Only when nobody waits: a step lengthens every wait."""
        with self._lock:
            self._ours = max(self._advance(), self._wall_ns())

    def _advance(self) -> int:
        steady = self._steady_ns()
        passed = max(steady - self._steady, 0)
        ahead = self._ours + passed
        most = passed // SLEW
        self._steady = steady
        self._ours = ahead + max(-most, min(most, self._wall_ns() - ahead))
        return self._ours


class SetClock:
    """A clock that shows what it was last set to: for tests and for telling a story again."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """The time it was set to."""
        return self._now

    def set(self, now: datetime) -> None:
        """Set it, also backwards: the door must stand that."""
        self._now = now

    def pass_s(self, seconds: float) -> datetime:
        """Let time pass, and return the time then."""
        self._now += timedelta(seconds=seconds)
        return self._now
