"""The browser of the end-to-end tests: Debian's Chromium, driven by Playwright, quiet and on a profile of its own.

A page opened here fails its test when a script of it fails.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.branch_server import VIRTUAL, BranchServer

EXECUTABLE = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]

TELLER_SCREEN = (1024, 768)
LOBBY_SCREEN = (1280, 800)
PHONE = (390, 844)

OpenPage = Callable[..., Page]

# Text whose contrast with the nearest ground is below 4.5 (3 for large text), keys that are off excepted (WCAG 1.4.3).
_WEAK_TEXT = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => part / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(one).backgroundColor);
      if (a > 0) layers.push([r, g, b, a]);
      if (a === 1) break;
    }
    return layers.reverse().reduce((below, [r, g, b, a]) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a)), [255, 255, 255]);
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !node.checkVisibility({ visibilityProperty: true })) continue;
    if (node.closest('[aria-disabled="true"], script, noscript, kbd')) continue;
    const style = getComputedStyle(node);
    const [front, back] = [light(parse(style.color)), light(ground(node))].sort((a, b) => b - a);
    const ratio = (front + 0.05) / (back + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) weak.push(`${node.textContent.trim()}: ${ratio.toFixed(2)}`);
  }
  return weak;
}"""


def weak_text(page: Page) -> list[str]:
    """Texts that people with weak eyes could not read, with their contrast; what pulses is looked at as it begins."""
    page.evaluate("() => document.getAnimations().forEach((one) => { one.currentTime = 0; one.pause(); })")
    found: list[str] = page.evaluate(_WEAK_TEXT)
    return found


def english_words(page: Page) -> list[str]:
    """English left over in a Chinese page: keys of the keyboard and the language switch are no words."""
    text = page.evaluate(
        "() => { const copy = document.body.cloneNode(true);"
        " copy.querySelectorAll('kbd, #language, script, noscript').forEach((node) => node.remove());"
        " return copy.textContent; }"
    )
    return re.findall(r"[A-Za-z]{2,}", text)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser; its profile is a temporary folder of Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS, headless=True)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the pages of a file."""
    with chromium() as one:
        yield one


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """`open_page(address, size)`: a page in a context of its own; whatever its scripts raised fails the test."""
    raised: list[str] = []
    contexts: list[Any] = []

    def opened(address: str, size: tuple[int, int] = TELLER_SCREEN, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: raised.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert raised == [], raised


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """The real server with the shipped virtual branch; no display is connected, so every call is unheard."""
    one = BranchServer(tmp_path / "data", tmp_path / "server.log")
    yield one
    one.stop()


@pytest.fixture
def hurried_server(tmp_path: Path) -> Iterator[BranchServer]:
    """The same branch with rules that let a no-show be marked after one call, at once."""
    for shipped in VIRTUAL.parent.glob("*.yaml"):
        shutil.copy(shipped, tmp_path)
    branch = tmp_path / "hurried.yaml"
    branch.write_text(
        VIRTUAL.read_text("utf-8")
        + "rules: {announcements_required: 1, announcement_gap_s: 0, no_show_after_s: 0, pause_consent_waiting: 2}\n",
        encoding="utf-8",
    )
    one = BranchServer(tmp_path / "data", tmp_path / "server.log", branch=branch)
    yield one
    one.stop()
