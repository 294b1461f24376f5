"""What the teller page looks like in every state it can be in: nothing cut, nothing weak, nothing English."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import OpenPage, english_words, weak_text
from tests.e2e.fake_hall import TOKEN, FakeHall
from tests.e2e.teller_page import STATES, doing, teller_page
from tests.waiting import until


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_state_needs_scrolling_on_a_small_screen(
    empty_hall: tuple[FakeHall, str], open_page: OpenPage, language: str
) -> None:
    fake, url = empty_hall
    fake.set("teller", STATES["closed"])
    for size in ((1024, 768), (1024, 640)):
        page = teller_page(open_page, url, TOKEN, language, size=size)
        for name, sections in STATES.items():
            fake.set("teller", sections)
            doing(page, fake_now(name))
            box = page.locator("#pad").bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= size[1], f"{name} at {size}"
            cut = page.evaluate(
                "() => [...document.querySelectorAll('.key__words, #number, #time, .callout, #service')]"
                ".filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)"
                ".map((node) => node.textContent)"
            )
            assert cut == [], f"{name} at {size}: {cut}"


def fake_now(name: str) -> str:
    """What the page calls a state of the fake hall."""
    short = name.partition("-")[0]
    return {
        "consent": "free",
        "unheard": "calling",
        "no": "no_ticket" if name == "no-ticket" else "serving",
        "wrap": "wrap_up",
    }.get(short, short)


def test_the_chinese_page_has_no_english(empty_hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = empty_hall
    fake.set("teller", STATES["closed"])
    page = teller_page(open_page, url, TOKEN)
    for name, sections in STATES.items():
        fake.set("teller", sections)
        doing(page, fake_now(name))
        assert english_words(page) == [], name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_has_the_contrast_it_needs(
    empty_hall: tuple[FakeHall, str], open_page: OpenPage, language: str
) -> None:
    fake, url = empty_hall
    fake.set("teller", STATES["closed"])
    page = teller_page(open_page, url, TOKEN, language)
    for name, sections in STATES.items():
        fake.set("teller", sections)
        doing(page, fake_now(name))
        assert weak_text(page) == [], name


def test_letters_can_be_switched_off_for_those_who_dictate(
    empty_hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = empty_hall
    fake.set("teller", STATES["free"])
    page = teller_page(open_page, url, TOKEN)
    page.keyboard.press("?")
    page.get_by_role("checkbox").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("f")
    expect(page.locator("#answer")).to_have_text("")
    page.locator("[data-key=call]").press("Enter")  # a key in focus still works
    until(lambda: fake.sent("counters/3/call-next"), what="the call")
    assert len(fake.commands) == 1


def test_the_clock_is_amber_from_80_percent_and_red_from_100(
    empty_hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = empty_hall
    fake.set("teller", STATES["serving-green"])
    page = teller_page(open_page, url, TOKEN)
    sitting = page.locator("#sitting")
    for state, level in (
        ("serving-green", "good"),
        ("serving-amber", "warn"),
        ("serving-red", "bad"),
        ("no-standard", "none"),
    ):
        fake.set("teller", STATES[state])
        expect(sitting).to_have_attribute("data-level", level)


def test_what_a_customer_typed_stays_text(empty_hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = empty_hall
    paused = STATES["paused"]["counter"].model_copy(update={"reason": "<img src=x onerror=alert(1)>"})
    fake.set("teller", {**STATES["paused"], "counter": paused})
    page = teller_page(open_page, url, TOKEN)
    expect(page.locator("#service")).to_contain_text("<img src=x")
    assert page.locator("#service img").count() == 0
