"""The loop draws when the picture changed and never otherwise, and wakes for whatever should wake it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from display.screen.shapes import Box, Fill, Shape
from display.screen.window import Screen


class Counter:
    """A program whose picture is a number of its own; it stops the screen when its plan is done."""

    def __init__(self, screen: Screen, plan: list[str]) -> None:
        self.screen = screen
        self.plan = plan
        self.shade = 0
        self.asked = 0
        self.taps: list[tuple[int, int]] = []

    def picture(self, now: float) -> Sequence[Shape]:
        self.asked += 1
        return [Fill(Box(0, 0, 64, 48), (self.shade, 0, 0))]

    def next_change(self, now: float) -> float | None:
        if not self.plan:
            self.screen.stop()
            return None
        match self.plan.pop(0):
            case "change":
                self.screen.post(self._change)
            case "nothing":
                self.screen.post(lambda: None)
            case "tap":
                self.screen.post(lambda: self.tapped(5, 6, now))
            case "moment":
                self.shade += 10
                return now + 0.05
        return None

    def _change(self) -> None:
        self.shade += 10

    def tapped(self, x: int, y: int, now: float) -> None:
        self.taps.append((x, y))


@pytest.fixture
def screen() -> Screen:
    return Screen((64, 48), "test", frames_per_second=1000)


def test_nothing_is_drawn_when_nothing_changed(screen: Screen) -> None:
    program = Counter(screen, ["nothing"] * 20)
    screen.run(program)
    assert program.asked >= 21
    assert screen.frames_drawn == 1
    screen.close()


def test_every_change_is_drawn_once(screen: Screen) -> None:
    program = Counter(screen, ["change", "nothing", "change", "tap", "nothing", "change"])
    screen.run(program)
    assert screen.frames_drawn == 4
    assert program.taps == [(5, 6)]
    screen.close()


def test_a_moment_the_program_named_wakes_it_without_anything_from_outside(screen: Screen) -> None:
    program = Counter(screen, ["moment"])
    screen.run(program)
    assert screen.frames_drawn == 2
    screen.close()


def test_what_is_shown_can_be_kept_as_a_picture(screen: Screen, tmp_path: Path) -> None:
    screen.show([Fill(Box(0, 0, 64, 48), (255, 0, 0))])
    screen.save_png(tmp_path / "shown.png")
    assert (tmp_path / "shown.png").read_bytes().startswith(b"\x89PNG")
    screen.close()
