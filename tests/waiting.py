"""Wait for a condition, not for a time: the only place in the tests that pauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(predicate: Callable[[], T], within_s: float = 10.0, what: str = "the condition") -> T:
    """Poll `predicate` until it returns something true, and return that.

    Raises AssertionError naming `what` when it is still false after `within_s` seconds.  The limit only bounds a
    hang; no test may conclude anything from how long it took.
    """
    deadline = time.monotonic() + within_s
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {within_s} s")
        # The one pause in the tests: short, and only between two looks at a real process.
        time.sleep(0.01)
