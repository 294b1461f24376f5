"""Every page of the kiosk in both languages and both ways a screen can stand: targets and texts (K1, K2, K4, P4)."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from display.screen.shapes import Box, Paragraph, Qr, Text
from kiosk.frame import LEAST_TARGET
from kiosk.happenings import (
    ChooseGroup,
    ChooseService,
    GoHome,
    Language,
    SetLanguage,
    TakeTicket,
)
from kiosk.layout import draw
from kiosk.scene import Page, Scene
from kiosk.screens import (
    Closed,
    Diverted,
    Issuing,
    Kiosk,
    Needs,
    Refused,
    Screen,
    Services,
    Start,
    Ticket,
    Unconfirmed,
    Unreachable,
)
from kiosk.words import say_in
from queue_server.wire.kiosk import KioskSections, ServiceGroup
from tests import kiosk_offer as offer

SIZES = [(1080, 1920), (1280, 1024), (768, 1366), (1920, 1080)]
LANGUAGES: list[Language] = ["zh", "en"]
CODE = tuple(tuple((x * y) % 3 == 0 for x in range(33)) for y in range(33))
PRIORITY = offer.order().model_copy(update={"face": offer.face(customer_class="priority")})

SCREENS: list[Screen] = [
    Start(),
    Services("personal"),
    Needs("personal", "cash"),
    Needs("personal", "cash", is_priority=True, answer=False),
    Needs("personal", "open_account"),
    Needs("personal", "card"),
    Needs("personal", "loan"),
    Issuing("kiosk-1-test-000001", "cash", 0.0),
    Issuing("kiosk-1-test-000001", "cash", 0.0, is_slow=True),
    Ticket(offer.order()),
    Ticket(PRIORITY, "printed"),
    Ticket(PRIORITY, "failed", "paper_out"),
    Ticket(offer.order(), "unknown"),
    Diverted("personal", "cash"),
    Refused("cash", "quota_reached", {"quota": 60}),
    Unconfirmed("kiosk-1-test-000001"),
    Closed(),
    Unreachable(),
]


def scene(
    screen: Screen,
    size: tuple[int, int] = (1080, 1920),
    language: Language = "zh",
    sections: KioskSections | None = None,
) -> Scene:
    shown = sections or (offer.all_closed() if isinstance(screen, Closed) else offer.sections())
    kiosk = Kiosk("kiosk-1-test", screen, shown, None, language)
    return Scene(kiosk, size, 0.0, "10:05", say_in(language), CODE)


def words(page: Page) -> list[str]:
    return [shape.text for shape in page.shapes if isinstance(shape, Text | Paragraph)]


EVERYTHING = list(itertools.product(SCREENS, SIZES, LANGUAGES))


@pytest.mark.parametrize(("screen", "size", "language"), EVERYTHING)
def test_targets_are_large_apart_and_on_the_screen(
    screen: Screen, size: tuple[int, int], language: Language
) -> None:
    boxes = [target.box for target in draw(scene(screen, size, language)).targets]
    for box in boxes:
        assert min(box.width, box.height) >= LEAST_TARGET
        assert box.x >= 0
        assert box.right <= size[0]
        assert box.y >= 0
        assert box.bottom <= size[1]
    for one, other in itertools.combinations(boxes, 2):
        assert not _overlap(one, other)


@pytest.mark.parametrize(("screen", "size", "language"), EVERYTHING)
def test_texts_have_room_and_do_not_cover_each_other(
    screen: Screen, size: tuple[int, int], language: Language
) -> None:
    shapes = draw(scene(screen, size, language)).shapes
    texts = [shape for shape in shapes if isinstance(shape, Text | Paragraph) and shape.text]
    for text in texts:
        assert text.box.width > 0, text.text
        assert text.box.height >= text.size * 0.6, text.text
    for one, other in itertools.combinations(texts, 2):
        assert not _overlap(one.box, other.box), (one.text, other.text)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_offers_the_other_language(screen: Screen) -> None:
    assert any(t.choice == SetLanguage("en") for t in draw(scene(screen)).targets)
    assert any(t.choice == SetLanguage("zh") for t in draw(scene(screen, language="en")).targets)


@pytest.mark.parametrize("screen", SCREENS)
def test_chinese_pages_are_chinese(screen: Screen) -> None:
    """Every word of ours has its translation; only codes, digits and the name of the language are Latin."""
    for text in words(draw(scene(screen))):
        assert text == "English" or not any(letter.islower() and letter.isascii() for letter in text), text


def test_a_tap_between_the_tiles_chooses_nothing() -> None:
    assert draw(scene(Start())).choice_at(5, 900) is None


def test_where_there_is_one_group_its_services_are_on_the_start_screen() -> None:
    choices = [t.choice for t in draw(scene(Start(), sections=offer.sections(offer.PERSONAL))).targets]
    assert ChooseService("cash") in choices
    assert ChooseGroup("personal") not in choices


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 6, 9, 12])
def test_many_services_stay_large_enough_to_hit(size: tuple[int, int], count: int) -> None:
    services = [offer.service(f"s{n}", f"业务{n}", f"Service {n}") for n in range(count)]
    group = ServiceGroup(group="personal", name=offer.PERSONAL.name, services=services)
    page = draw(scene(Services("personal"), size, sections=offer.sections(group, offer.CORPORATE)))
    tiles = [t.box for t in page.targets if isinstance(t.choice, ChooseService)]
    assert len(tiles) == count
    assert all(min(box.width, box.height) >= LEAST_TARGET for box in tiles)


@pytest.mark.parametrize("size", SIZES)
def test_the_number_is_the_largest_thing_on_the_ticket_page(size: tuple[int, int]) -> None:
    for outcome in ("printing", "printed", "failed", "unknown"):
        page = draw(scene(Ticket(PRIORITY, outcome), size))
        sizes = {shape.text: shape.size for shape in page.shapes if isinstance(shape, Text | Paragraph)}
        assert max(sizes, key=lambda text: sizes[text]) == "A012"


def test_a_number_that_is_not_on_paper_comes_with_its_code_and_a_way_on() -> None:
    page = draw(scene(Ticket(offer.order(), "failed", "paper_out")))
    assert any(isinstance(shape, Qr) for shape in page.shapes)
    assert any("打印机故障" in text for text in words(page))
    assert [t.choice for t in page.targets if t.choice == GoHome()] == [GoHome()]


def test_while_the_slip_prints_there_is_nothing_to_tap_but_the_language() -> None:
    assert [t.choice for t in draw(scene(Ticket(offer.order()))).targets] == [SetLanguage("en")]


@pytest.mark.parametrize("size", SIZES)
def test_a_finger_that_hammers_on_take_a_number_never_hits_a_tile_of_the_next_start(
    size: tuple[int, int],
) -> None:
    page = draw(scene(Needs("personal", "card"), size))
    x, y = next(t.box.centre for t in page.targets if t.choice == TakeTicket())
    assert draw(scene(Start(), size)).choice_at(x, y) is None


def test_a_closed_service_says_when_and_has_no_button_to_take_a_number() -> None:
    page = draw(scene(Needs("personal", "loan")))
    assert offer.CLOSED.zh in words(page)
    assert all(t.choice != TakeTicket() for t in page.targets)


def test_services_with_the_same_hours_share_a_line_when_all_are_closed() -> None:
    assert words(draw(scene(Closed()))).count(offer.CLOSED.zh) == 1


def test_the_footer_counts_down_before_the_kiosk_goes_back() -> None:
    waiting = replace(scene(Services("personal")), now_s=25.0)
    assert "5 秒后返回首页" in words(draw(waiting))
    assert not any("秒后" in text for text in words(draw(scene(Services("personal")))))


def test_a_broken_printer_is_told_before_a_number_is_taken() -> None:
    shown = scene(Start())
    broken = replace(shown, kiosk=replace(shown.kiosk, printer_fault="paper_out"))
    assert any("打印机" in text for text in words(draw(broken)))


def _overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
