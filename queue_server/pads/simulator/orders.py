"""How other threads have something done on the simulator's own, and how that one is woken for it."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_ACT_WITHIN_S = 5.0


class Orders:
    """`run` from any thread, `carry_out` from the one that owns everything; `wake_r` is readable when there are some."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self.wake_r, self._wake_w = os.pipe()
        os.set_blocking(self.wake_r, False)
        self._owner: threading.Thread | None = None

    def owned_by(self, thread: threading.Thread) -> None:
        """Who carries them out.  Until it runs, and after, orders are carried out at once where they are given."""
        self._owner = thread

    def run(self, order: Callable[[], T]) -> T:
        """What `order` gives; carried out when this returns.  Raises the ValueError that it raises."""
        if self._owner in (None, threading.current_thread()) or not self._owner.is_alive():
            return order()
        done = threading.Event()
        given: list[T] = []
        refused: list[ValueError] = []

        def carry_out() -> None:
            try:
                given.append(order())
            except ValueError as fault:
                refused.append(fault)
            done.set()

        self._waiting.append(carry_out)
        self.wake()
        if not done.wait(_ACT_WITHIN_S):
            raise TimeoutError("the simulator's thread does not answer")
        if refused:
            raise refused[0]
        return given[0]

    def wake(self) -> None:
        """Let the owner look."""
        os.write(self._wake_w, b".")

    def carry_out(self) -> None:
        """Everything that was ordered."""
        while self._waiting:
            self._waiting.popleft()()

    def slept(self) -> None:
        """The owner has been woken."""
        os.read(self.wake_r, 4096)

    def close(self) -> None:
        """The end."""
        os.close(self.wake_r)
        os.close(self._wake_w)
