"""What a visitor does on the page of the virtual branch, through a real browser.  For tests and pictures."""

from __future__ import annotations

from playwright.sync_api import FrameLocator, Page, expect

from kiosk.happenings import AnswerQuestion, Choice, ChooseGroup, ChooseService
from kiosk.layout import draw
from kiosk.scene import Scene
from kiosk.screens import Kiosk, Needs, Screen, Services, Start
from queue_server.wire.kiosk import KioskSections
from tests.branch_server import KIOSK, Feed
from tests.virtual_branch import VirtualBranch
from tests.waiting import until

KIOSK_SIZE = (1080, 1920)
LATE_MS = 30_000


def workplace(page: Page) -> FrameLocator:
    """The page of the workplace whose tab is chosen."""
    return page.frame_locator("#desk iframe.is-shown")


def press(page: Page, key: str) -> None:
    """Press a key of the teller's pad when it may be pressed."""
    button = workplace(page).locator(f'[data-key="{key}"]')
    expect(button).to_have_attribute("aria-disabled", "false", timeout=LATE_MS)
    button.click()


def serve(page: Page) -> None:
    """Serve the called customer; the page may go only when the counter is free again, or the last key is lost with it."""
    press(page, "start")
    press(page, "finish")
    free = workplace(page).locator('[data-key="call"]')
    expect(free).to_have_attribute("aria-disabled", "false", timeout=LATE_MS)


def take_ticket(branch: VirtualBranch, page: Page) -> None:
    """Touch the kiosk's picture three times, each until the kiosk shows the next screen, as a finger does."""
    feed = Feed(f"http://127.0.0.1:{branch.server_port}", "/kiosk", {"token": KIOSK, "have": None}).connect()
    sections = KioskSections.model_validate(feed.sections)
    feed.close()
    glass = page.locator("#screen-kiosk")
    expect(glass).to_have_attribute("data-screen", "start", timeout=LATE_MS)
    taps: list[tuple[Screen, Choice, str]] = [
        (Start(), ChooseGroup("personal"), "services"),
        (Services("personal"), ChooseService("cash"), "needs"),
        (Needs("personal", "cash"), AnswerQuestion(True), "ticket"),
    ]
    for screen, choice, after in taps:
        drawn = draw(Scene(Kiosk("", screen, sections, None), KIOSK_SIZE, 0.0, "", str))
        x, y = next(target.box.centre for target in drawn.targets if target.choice == choice)

        def has_changed(x: int = x, y: int = y, after: str = after) -> bool:
            if glass.get_attribute("data-screen") == after:
                return True
            box = glass.bounding_box()
            assert box
            glass.click(
                position={"x": x / KIOSK_SIZE[0] * box["width"], "y": y / KIOSK_SIZE[1] * box["height"]}
            )
            return glass.get_attribute("data-screen") == after

        until(has_changed, 20, f"the kiosk shows {after}")


def leave_ticket(page: Page) -> None:
    """Touch "done", so that the kiosk is there for the next customer."""
    glass = page.locator("#screen-kiosk")

    def is_free() -> bool:
        if glass.get_attribute("data-screen") == "start":
            return True
        box = glass.bounding_box()
        assert box
        glass.click(position={"x": 0.8 * box["width"], "y": 0.868 * box["height"]})
        return False

    until(is_free, 30, "the kiosk's start")
