"""Whether a screen's loop turns is asked of the loop itself, and a loop that stands still says nothing (H1)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from display.screen.pulse import is_turning
from display.screen.shapes import Shape
from display.screen.window import Screen


class Still:
    """A program that shows nothing and never changes."""

    def picture(self, now: float) -> Sequence[Shape]:
        return ()

    def next_change(self, now: float) -> float | None:
        return None

    def tapped(self, x: int, y: int, now: float) -> None:
        return


def test_a_loop_that_sleeps_turns_one_that_is_held_up_does_not_and_one_that_goes_on_does_again() -> None:
    screen = Screen((640, 360), "pulse")
    thread = threading.Thread(target=screen.run, args=(Still(), time.monotonic))
    thread.start()
    assert is_turning(screen.post, 10)
    goes_on = threading.Event()

    def stand_still() -> None:
        goes_on.wait(30)

    screen.post(stand_still)
    assert not is_turning(screen.post, 0.05)
    goes_on.set()
    assert is_turning(screen.post, 10)
    screen.stop()
    thread.join()
    assert not is_turning(screen.post, 0.05)
    screen.close()
