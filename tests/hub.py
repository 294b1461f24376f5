"""Wait for what greenlets do: a test's own waiting must let gevent's hub run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import gevent

from tests.waiting import until

T = TypeVar("T")


def until_turned(predicate: Callable[[], T], within_s: float = 10.0, what: str = "the condition") -> T:
    """As `until`, and every look is behind one turn of the hub."""

    def look() -> T:
        gevent.sleep(0)
        return predicate()

    return until(look, within_s, what)


def turn(times: int = 20) -> None:
    """Let whatever is ready happen."""
    for _ in range(times):
        gevent.sleep(0)
