"""Working the teller page in a test: opening it, waiting for its keys, answering its dialogs."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.branch_server import LOBBY, BranchServer
from tests.e2e.chromium import OpenPage
from tests.e2e.states.teller import teller_states

STATES = teller_states()


def teller_page(open_page: OpenPage, url: str, token: str, language: str = "zh", **more: Any) -> Page:
    """The page, once it knows its counter."""
    page = open_page(f"{url}/teller#token={token}&lang={language}", **more)
    expect(page.locator("#work")).not_to_have_attribute("aria-busy", "true")
    return page


def doing(page: Page, now: str) -> None:
    """Wait until the page shows the counter doing that, with its keys alive."""
    expect(page.locator("#sitting")).to_have_attribute("data-now", now)
    expect(page.locator(".key--busy")).to_have_count(0)
    expect(page.locator(".key--main:not([aria-disabled=true])")).to_have_count(1)


def choose(page: Page, *keys: str) -> None:
    """Answer a dialog: the keys, Enter, and wait until it is gone."""
    expect(page.get_by_role("dialog")).to_be_visible()
    for one in keys:
        page.keyboard.press(one)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def ticket(server: BranchServer, number: str) -> dict[str, Any]:
    """A ticket in full."""
    body: dict[str, Any] = server.get(f"/api/v1/tickets/{number}", LOBBY).body
    return body


def until_not_bounced(page: Page) -> None:
    """Let the bounce of the last key pass, by the page's own clock."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 650))")
