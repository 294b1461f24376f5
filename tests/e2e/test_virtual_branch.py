"""The virtual branch as a newcomer uses it: the real command, its page in a real browser, one visit after the other.

The tests share one branch and one page, and go on from where the one before stopped, as a visitor does.
"""

from __future__ import annotations

import io
import re
import signal
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import browser, weak_text
from tests.virtual_branch import ALL, VirtualBranch
from tests.virtual_page import LATE_MS, leave_ticket, press, serve, take_ticket, workplace
from tests.waiting import until

__all__ = ["browser"]

DESK = (1440, 900)


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualBranch]:
    one = VirtualBranch(tmp_path_factory.mktemp("virtual") / "data")
    yield one.until_all_there()
    one.stop()


@pytest.fixture(scope="module")
def page(branch: VirtualBranch, browser: Browser) -> Iterator[Page]:
    raised: list[str] = []
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
    one = context.new_page()
    one.on("pageerror", lambda error: raised.append(str(error)))
    one.goto(branch.url)
    expect(one.locator('[data-life-is="running"]')).to_have_count(len(ALL), timeout=LATE_MS)
    yield one
    context.close()
    assert raised == []


def test_one_ticket_is_taken_printed_scanned_called_and_heard(branch: VirtualBranch, page: Page) -> None:
    expect(page.locator('[data-step="take"]')).to_have_class(re.compile("is-next"))
    with branch.events() as told:
        take_ticket(branch, page)
        slip = page.locator("#paper .slip img")
        expect(slip).to_be_visible(timeout=LATE_MS)
        assert slip.evaluate("image => image.naturalWidth") > 500

        page.locator("#paper .slip").click()
        phone = page.frame_locator("#phone iframe")
        expect(phone.get_by_text("A001").first).to_be_visible(timeout=LATE_MS)
        page.keyboard.press("Escape")
        expect(page.locator("#hand")).to_be_hidden()

        press(page, "open")
        press(page, "call")
        expect(page.locator("#spoken")).to_have_text("“A001 → 1 号窗口”", timeout=LATE_MS)
        sound = until(lambda: [facts for kind, facts in told if kind == "sound"], 20, "the sound")[0]
    status, wav = branch.ask("GET", f"/sounds/{sound['sound_id']}.wav")
    assert (status, sound["text"]) == (200, "A001 → 1 号窗口")
    with wave.open(io.BytesIO(wav)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        assert file.getnframes() / file.getframerate() == pytest.approx(sound["duration_s"], abs=0.1)
    assert np.abs(pcm).max() > 3000
    serve(page)
    expect(page.locator(".step.is-done")).to_have_count(4)
    expect(page.locator('[data-step="break"]')).to_have_class(re.compile("is-next"))


def test_a_pulled_display_is_told_at_the_counter_and_comes_back_by_itself(
    branch: VirtualBranch, page: Page
) -> None:
    leave_ticket(page)
    take_ticket(branch, page)
    switch = page.get_by_role("switch", name="拔掉显示屏网线")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator("#watch-display_cable")).to_contain_text("请口头叫号")
    press(page, "call")
    expect(workplace(page).get_by_text("请口头叫号").first).to_be_visible(timeout=LATE_MS)
    display = page.locator("#screen-display")
    expect(display).to_have_attribute("data-connection", "lost", timeout=LATE_MS)
    switch.click()
    expect(display).to_have_attribute("data-connection", "live", timeout=LATE_MS)
    expect(page.locator("#watch-display_cable")).to_be_hidden()
    serve(page)
    assert "unheard_call" in {incident["kind"] for incident in branch.api("incidents")}


def test_without_paper_the_number_is_shown_and_the_lobby_knows(branch: VirtualBranch, page: Page) -> None:
    leave_ticket(page)
    page.get_by_role("switch", name="缺纸").click()
    expect(page.locator("#printer-state")).to_have_text("缺纸")
    take_ticket(branch, page)
    until(
        lambda: "ticket_not_printed" in {incident["kind"] for incident in branch.api("incidents")},
        30,
        "the incident",
    )
    page.get_by_role("switch", name="缺纸").click()
    expect(page.locator("#printer-state")).to_have_text("就绪", timeout=LATE_MS)


def test_the_hardware_on_the_counters_is_pressed_and_shows_what_comes_of_it(
    branch: VirtualBranch, page: Page
) -> None:
    leave_ticket(page)
    take_ticket(branch, page)
    page.get_by_role("tab", name="窗口设备").click()
    hardware = workplace(page)
    screen = hardware.locator('[data-device="window_1"] .led')
    pad = hardware.locator('[data-device="pad_1"]')
    evaluator = hardware.locator('[data-device="evaluator_1"]')
    expect(screen).to_contain_text("欢迎光临", timeout=LATE_MS)
    pad.get_by_role("button", name="叫号").click()
    expect(screen).to_contain_text("请到本窗口", timeout=LATE_MS)
    number = screen.locator("span").first.inner_text().strip()
    expect(pad.locator(".lcd")).to_contain_text(number)
    expect(pad.locator("[data-lamp]")).to_have_attribute("data-lamp", "on")

    pad.get_by_role("button", name="过号").click()
    expect(pad.locator(".lcd")).to_contain_text("请先重呼", timeout=LATE_MS)
    pad.get_by_role("button", name="开始").click()
    expect(screen).to_contain_text("正在办理", timeout=LATE_MS)
    pad.get_by_role("button", name="结束").click()
    expect(evaluator).to_have_class(re.compile("is-asking"), timeout=LATE_MS)
    evaluator.get_by_role("button", name="不满意").click()
    expect(evaluator).not_to_have_class(re.compile("is-asking"), timeout=LATE_MS)
    until(
        lambda: ("low_rating", number) in {(i["kind"], i["number"]) for i in branch.api("incidents")},
        20,
        "the incident of the low rating",
    )


def test_a_key_pressed_while_the_adapter_is_unplugged_waits_in_its_pad(
    branch: VirtualBranch, page: Page
) -> None:
    leave_ticket(page)
    take_ticket(branch, page)
    hardware = workplace(page)
    screen = hardware.locator('[data-device="window_1"] .led')
    expect(screen).to_contain_text("欢迎光临", timeout=LATE_MS)
    switch = page.get_by_role("switch", name="拔掉线路适配器")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    until(lambda: line_fault(branch) is not None, 20, "the line's incident")
    calls = len(called(branch))
    hardware.locator('[data-device="pad_1"]').get_by_role("button", name="叫号").click()
    switch.click()
    expect(screen).to_contain_text("请到本窗口", timeout=LATE_MS)
    until(lambda: (line_fault(branch) or {"closed_at": 1})["closed_at"], 20, "the end of the line's incident")
    assert len(called(branch)) == calls + 1
    page.get_by_role("tab", name="1 号窗口").click()
    serve(page)


def line_fault(branch: VirtualBranch) -> dict[str, Any] | None:
    """The newest incident of the pad line."""
    found = [i for i in branch.api("incidents") if i["facts"].get("device") == "line_1"]
    return max(found, key=lambda i: str(i["opened_at"]), default=None)


def called(branch: VirtualBranch) -> list[str]:
    """Every number that is being called or served at a counter now."""
    return [c["ticket"]["number"] for c in branch.api("counters") if c["ticket"]]


def test_the_busy_hour_serves_people_and_survives_a_kill_9(branch: VirtualBranch, page: Page) -> None:
    page.locator("#speed").fill("20")
    page.get_by_role("checkbox", name="1 号窗口").uncheck()
    page.get_by_role("checkbox", name="1 号窗口").check()
    page.get_by_role("button", name="开始高峰时段").click()
    expect(page.locator("#served")).not_to_have_text("0", timeout=60_000)
    expect(page.locator("#watch-busy")).to_be_visible()

    page.get_by_role("tab", name="大堂经理").click()
    lobby = workplace(page)
    expect(lobby.locator("#lost")).to_be_hidden(timeout=LATE_MS)
    issued = branch.ask("GET", "/healthz")[1]["position"]
    server = branch.programs()["server"].pid
    page.get_by_role("button", name="服务器突然断电").click()
    expect(page.locator("#desk-line")).to_contain_text("叫号服务器正在启动")
    expect(page.locator('[data-program="server"]')).to_have_attribute(
        "data-life-is", "running", timeout=LATE_MS
    )
    expect(page.locator("#desk-line")).to_be_hidden()
    expect(lobby.locator("#lost")).to_be_hidden(timeout=LATE_MS)
    status, health = branch.ask("GET", "/healthz")
    assert (status, health["journal_writable"]) == (200, True)
    assert health["position"] >= issued
    assert branch.programs()["server"].pid != server
    for screen in ("kiosk", "display"):
        assert branch.ask("GET", f"/screens/{screen}.jpg")[0] == 200
    expect(page.locator("#screen-display")).to_have_attribute("data-connection", "live", timeout=LATE_MS)

    served = int(page.locator("#served").inner_text())
    until(lambda: int(page.locator("#served").inner_text()) > served, 60, "somebody served after the kill")
    page.get_by_role("button", name="结束高峰时段").click()
    expect(page.get_by_role("button", name="开始高峰时段")).to_be_visible()


def test_power_off_and_on_is_seen_where_it_happens(branch: VirtualBranch, page: Page) -> None:
    for switch, where, words in (
        ("关闭显示屏", '[data-off="display"]', "显示屏已断电"),
        ("关闭取号机", '[data-off="kiosk"]', "取号机已断电"),
        ("关闭叫号服务器", "#desk-line", "叫号服务器已断电"),
    ):
        page.get_by_role("switch", name=switch).click()
        expect(page.locator(where)).to_contain_text(words, timeout=LATE_MS)
        expect(page.get_by_role("switch", name=switch, checked=True)).to_be_visible(timeout=LATE_MS)
        page.get_by_role("switch", name=switch).click()
        expect(page.locator(where)).to_be_hidden(timeout=LATE_MS)
    expect(page.locator('[data-life-is="running"]')).to_have_count(len(ALL), timeout=LATE_MS)


@pytest.mark.parametrize(
    ("language", "size"),
    [("zh", DESK), ("zh", (1920, 1080)), ("en", (1280, 800))],
    ids=lambda one: one if isinstance(one, str) else f"{one[0]}x{one[1]}",
)
def test_the_page_fits_speaks_one_language_and_can_be_read(
    branch: VirtualBranch, browser: Browser, language: str, size: tuple[int, int]
) -> None:
    one = browser.new_page(viewport={"width": size[0], "height": size[1]})
    one.goto(f"{branch.url}?lang={language}")
    expect(one.locator("#desk iframe.is-shown")).to_be_visible(timeout=LATE_MS)
    for switch in ("display_cable", "paper_out"):
        one.evaluate("name => { document.querySelector(`#watch-${name}`).hidden = false; }", switch)
    # Everything is in sight: nothing of the page lies outside the window, and no panel runs over another.
    assert one.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        *size
    ]
    cut = one.evaluate(
        "() => ['#kiosk', '.printer', '.wall .glass', '.busy', '#desk', '.faults'].filter((name) => {"
        " const box = document.querySelector(name).getBoundingClientRect();"
        " return box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight; })"
    )
    assert cut == []
    words = one.evaluate(
        "() => { const copy = document.body.cloneNode(true);"
        " copy.querySelectorAll('.languages, script').forEach((node) => node.remove());"
        " return copy.textContent + [...copy.querySelectorAll('*')].flatMap((node) =>"
        " ['aria-label', 'title', 'alt'].map((name) => node.getAttribute(name) ?? '')).join(' ') + document.title; }"
    )
    other = r"[一-鿿]+" if language == "en" else r"[A-Za-z]{2,}"
    assert set(re.findall(other, words)) <= {"make", "run"}
    assert weak_text(one) == []
    one.close()


def test_it_can_be_used_without_a_mouse(branch: VirtualBranch, page: Page) -> None:
    page.locator("#screen-kiosk").focus()
    expect(page.locator("#screen-kiosk")).to_have_attribute("data-screen", "start", timeout=LATE_MS)
    for _ in range(3):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#screen-kiosk")).to_have_attribute("data-screen", "services", timeout=LATE_MS)

    page.locator("#tab-1").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-2")).to_have_attribute("aria-selected", "true")
    switch = page.get_by_role("switch", name="纸快用完")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")


def test_the_page_says_when_the_branch_is_stopped_and_goes_on_when_it_is_started_again(
    branch: VirtualBranch, page: Page
) -> None:
    assert branch.stop(signal.SIGINT) == 0
    expect(page.locator("#lost")).to_contain_text("make run", timeout=LATE_MS)
    again = VirtualBranch(branch.data, "--port", str(branch.port))
    try:
        # The old page's addresses are gone with the old start: it loads itself anew.
        expect(page.locator("#lost")).to_be_hidden(timeout=LATE_MS)
        expect(workplace(page).locator('[data-key="call"]')).to_be_visible(timeout=LATE_MS)
    finally:
        again.stop()
