"""The kiosk's pages really painted, and the program around them (K1, P5)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from display.screen.canvas import offscreen
from kiosk.happenings import (
    Choice,
    ChooseGroup,
    ChooseService,
    Effect,
    Language,
    OfferCame,
    RequestTicket,
    TakeTicket,
)
from kiosk.layout import draw
from kiosk.scene import Scene
from kiosk.screens import Issuing, Kiosk, Services
from kiosk.view import KioskProgram
from tests import kiosk_offer as offer
from tests.unit.test_kiosk_layout import SCREENS, scene

SIZE = (1080, 1920)


def wall() -> datetime:
    return datetime(2026, 11, 23, 2, 5, 40, tzinfo=UTC)


def program() -> tuple[KioskProgram, list[Effect]]:
    effects: list[Effect] = []
    made = KioskProgram(Kiosk("kiosk-1-test"), SIZE, effects.append, wall)
    made.happen(OfferCame(offer.sections()), 1000.0)
    return made, effects


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [SIZE, (1280, 1024)])
def test_every_page_can_be_painted_and_the_font_knows_every_letter(
    size: tuple[int, int], language: Language
) -> None:
    canvas = offscreen(size)
    for screen in SCREENS:
        page = draw(scene(screen, size, language))
        canvas.paint(page.shapes)
        for shape in page.shapes:
            assert canvas.fonts.missing(getattr(shape, "text", "")) == ""


def test_a_tap_is_read_by_the_page_that_was_drawn() -> None:
    kiosk, effects = program()
    kiosk.picture(1000.0)
    x, y = _place(kiosk, ChooseGroup("personal"))
    kiosk.tapped(x, y, 1001.0)
    assert kiosk.kiosk.screen == Services("personal")
    # Before the new page is drawn, the old one lies under the finger: its choice is not offered any more.
    kiosk.tapped(x, y, 1002.0)
    assert kiosk.kiosk.screen == Services("personal")
    assert effects == []


def test_the_clock_shows_the_branchs_time_and_the_loop_wakes_for_its_minute() -> None:
    kiosk, _effects = program()
    assert any(getattr(shape, "text", "") == "10:05" for shape in kiosk.picture(1000.0))
    assert kiosk.next_change(1000.0) == 1020.0


def test_three_taps_send_one_request() -> None:
    kiosk, effects = program()
    taps: tuple[Choice, ...] = (ChooseGroup("personal"), ChooseService("card"), TakeTicket())
    for now, choice in enumerate(taps, start=1001):
        kiosk.picture(now)
        kiosk.tapped(*_place(kiosk, choice), now)
    assert isinstance(kiosk.kiosk.screen, Issuing)
    assert [type(effect) for effect in effects] == [RequestTicket]


def _place(kiosk: KioskProgram, choice: Choice) -> tuple[int, int]:
    page = draw(Scene(kiosk.kiosk, SIZE, 1000.0, "10:05", str))
    return next(target.box.centre for target in page.targets if target.choice == choice)
