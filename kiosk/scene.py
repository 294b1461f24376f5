"""What a page is drawn from, and what drawing it gives: shapes to paint and places to tap.  Pure."""

from __future__ import annotations

from dataclasses import dataclass

from display.screen.shapes import Box, Shape
from kiosk.happenings import Choice
from kiosk.screens import Kiosk
from kiosk.words import Say
from queue_server.wire.kiosk import KioskService
from queue_server.wire.shapes import Text, WaitBand

Modules = tuple[tuple[bool, ...], ...]
"""A QR code, row by row, true = dark."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a page depends on.  `clock`: the branch's wall clock as shown; `code`: the ticket's QR code."""

    kiosk: Kiosk
    size: tuple[int, int]
    now_s: float
    clock: str
    say: Say
    code: Modules | None = None

    @property
    def is_portrait(self) -> bool:
        return self.size[1] > self.size[0]

    def px(self, design: int) -> int:
        """Pixels for a measure of the 1080 × 1920 (or, lying, 1280 × 1024) design."""
        width, height = self.size
        scale = min(width / 1080, height / 1920) if self.is_portrait else min(width / 1280, height / 1024)
        return max(1, round(design * scale))

    def read(self, text: Text) -> str:
        """A text of the branch in the language on the screen."""
        return text.read(self.kiosk.language)


@dataclass(frozen=True, slots=True)
class Target:
    """A place to tap and what it means."""

    box: Box
    choice: Choice


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn screen."""

    shapes: tuple[Shape, ...]
    targets: tuple[Target, ...]

    def choice_at(self, x: int, y: int) -> Choice | None:
        """What a tap at (x, y) chooses, None where there is nothing to choose."""
        return next((target.choice for target in self.targets if target.box.contains(x, y)), None)


def wait_words(wait: WaitBand | None, _: Say) -> str:
    """An expected wait as a band (K4)."""
    if wait is None:
        return _("no counter open yet")
    if wait.hi_min <= 0:
        return _("no waiting")
    if wait.lo_min == wait.hi_min:
        return _("about {minutes} min").format(minutes=wait.lo_min)
    return _("{lo}–{hi} min").format(lo=wait.lo_min, hi=wait.hi_min)


def queue_words(service: KioskService, _: Say) -> str:
    """How many wait for a service and how long that takes."""
    if service.wait is None and service.waiting == 0:
        return wait_words(None, _)
    waiting = _("{count} waiting").format(count=service.waiting)
    return f"{waiting} · {wait_words(service.wait, _)}"
