"""Whether the loop that draws still turns: a program whose screen stands still is not there, however well it is connected."""

from __future__ import annotations

import threading
from collections.abc import Callable

ANSWER_WITHIN_S = 2.0
"""Longer than the slowest picture takes; a finger that waits so long is not served."""

Post = Callable[[Callable[[], None]], None]
"""Run this on the loop's thread, soon: `Screen.post`."""


def is_turning(post: Post, within_s: float = ANSWER_WITHIN_S) -> bool:
    """Whether the loop behind `post` ran something posted now, within so many seconds.  Not for the loop's own thread."""
    ran = threading.Event()
    post(ran.set)
    return ran.wait(within_s)
