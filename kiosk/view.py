"""The kiosk as a program on a screen: happenings go in, pictures come out, effects are handed on (K1, P5).

Runs on the screen's one thread and never waits for anything: whoever has news posts it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import segno
import structlog

from display.screen.shapes import Shape
from kiosk.happenings import Effect, Happening, Tapped, TimePassed
from kiosk.layout import draw
from kiosk.scene import Modules, Page, Scene
from kiosk.screens import Kiosk, Ticket
from kiosk.step import next_change_s, step
from kiosk.words import say_in

log = structlog.get_logger()


class KioskProgram:
    """What runs on the screen; `perform` does the effects and must return at once.

    `wall` tells the time of day, aware, for the clock in the header only.  `notice` hears of every new screen.
    """

    def __init__(
        self,
        kiosk: Kiosk,
        size: tuple[int, int],
        perform: Callable[[Effect], None],
        wall: Callable[[], datetime],
        notice: Callable[[str], None] = lambda _screen: None,
    ) -> None:
        self.kiosk = kiosk
        self._size = size
        self._perform = perform
        self._wall = wall
        self._notice = notice
        self._page = Page((), ())

    def happen(self, happening: Happening, now: float) -> None:
        """Let something happen at `now` (monotonic seconds)."""
        before = type(self.kiosk.screen).__name__
        self.kiosk, effects = step(self.kiosk, happening, now)
        after = type(self.kiosk.screen).__name__
        if before != after:
            log.info("screen", screen=after, before=before)
            self._notice(after.lower())
        for effect in effects:
            self._perform(effect)

    def picture(self, now: float) -> Sequence[Shape]:
        """The page at `now`; taps are read by the page that was drawn last."""
        self.happen(TimePassed(), now)
        kiosk = self.kiosk
        code = _modules(kiosk.screen.order.face.link) if isinstance(kiosk.screen, Ticket) else None
        self._page = draw(Scene(kiosk, self._size, now, self._clock(), say_in(kiosk.language), code))
        return self._page.shapes

    def next_change(self, now: float) -> float | None:
        """When the picture changes by itself: the next timeout, or the next minute of the clock."""
        minute = now + 60.0 - self._wall().second
        change = next_change_s(self.kiosk, now)
        return minute if change is None else min(minute, change)

    def tapped(self, x: int, y: int, now: float) -> None:
        """A finger at (x, y): what the drawn page has there."""
        self.happen(Tapped(self._page.choice_at(x, y)), now)

    def _clock(self) -> str:
        offer = self.kiosk.offer
        return "" if offer is None else f"{self._wall().astimezone(_zone(offer.branch.zone)):%H:%M}"


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        # A wrong clock in the header is no reason to stop issuing tickets.
        log.error("unknown time zone", zone=name)
        return ZoneInfo("UTC")


@lru_cache(maxsize=8)
def _modules(link: str) -> Modules | None:
    """The QR code of a ticket's link; None for a link no code can hold."""
    try:
        return tuple(
            tuple(bool(dark) for dark in row) for row in segno.make(link, error="m", micro=False).matrix
        )
    except ValueError as fault:
        log.error("no QR code", cause=str(fault))
        return None
