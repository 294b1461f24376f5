"""The technician's page against the real server: what happens to a device is on the page, in words and with a shape.

A hall in memory shows what takes a real branch minutes: every state at once, many counters, configurations that differ.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.branch_server import KIOSK, LINE, LOBBY, TECHNICIAN, BranchServer, write_branch
from tests.e2e.chromium import TELLER_SCREEN, OpenPage, english_words, weak_text
from tests.e2e.fake_hall import TOKEN, FakeHall, plain, serving
from tests.e2e.states.devices import at_counter, branch_answer, device, devices
from tests.e2e.states.incidents import device_fault

TABLET = (768, 1024)
# What the page promises: a device's state is on it within a second or two.
LIVE_MS = 5000
# Ids, versions and the names of files are no words.
NAMES = {"kiosk", "printer", "display", "speaker", "line", "pad", "window", "evaluator"}


def devices_page(
    open_page: OpenPage, url: str, token: str = TECHNICIAN, language: str = "zh", **more: Any
) -> Page:
    """The page, once it knows the branch."""
    page = open_page(f"{url}/devices#token={token}&lang={language}", **more)
    expect(page.locator("#plant")).not_to_have_attribute("aria-busy", "true")
    return page


def tile(page: Page, device_id: str) -> Locator:
    """A device in the picture."""
    return page.locator(f'.tile[data-key="{device_id}"]')


def row(page: Page, device_id: str) -> Locator:
    """A device in the table."""
    return page.locator(f'#list tr[data-key="{device_id}"]')


def report(server: BranchServer, token: str, device_id: str, kind: str, state: str, **more: Any) -> None:
    """A device's word about itself."""
    answer = server.post("/devices/state", token, device=device_id, kind=kind, state=state, **more)
    assert answer.status == 200, answer


def line_reports(server: BranchServer, device_id: str, kind: str, state: str = "online", **more: Any) -> None:
    """The line's word about a device of its own."""
    report(server, LINE, device_id, kind, state, **more)


# --- the real server ------------------------------------------------------------------------------------------------


def test_a_fault_is_on_the_page_while_it_lasts_with_what_to_do_and_then_in_its_history(
    server: BranchServer, open_page: OpenPage
) -> None:
    report(server, KIOSK, "kiosk_1", "kiosk", "online", firmware="1.0")
    report(server, KIOSK, "printer_1", "ticket_printer", "online")
    page = devices_page(open_page, server.url)
    expect(tile(page, "printer_1")).to_contain_text("在线")
    report(server, KIOSK, "printer_1", "ticket_printer", "fault", fault="paper_out", detail="paper sensor")
    expect(tile(page, "printer_1")).to_contain_text("故障", timeout=LIVE_MS)
    expect(tile(page, "printer_1").locator(".mark--fault")).to_have_count(1)
    expect(row(page, "printer_1")).to_contain_text("缺纸")
    expect(page.locator("#wrongs")).to_contain_text("缺纸")

    page.locator("#wrongs button", has_text="缺纸").click()
    side = page.locator("#side")
    expect(side.locator(".steps li").first).to_contain_text("换上新纸卷")
    expect(side.locator(".past li")).to_have_count(1)
    expect(side.locator(".past li")).to_contain_text("起")

    report(server, KIOSK, "printer_1", "ticket_printer", "online")
    expect(tile(page, "printer_1")).to_contain_text("在线", timeout=LIVE_MS)
    expect(page.locator("#wrongs li", has_text="缺纸")).to_have_count(0)
    expect(side.locator(".past li")).to_contain_text("历时")
    expect(side.locator(".steps")).to_have_count(0)


def test_what_hangs_on_the_line_stands_at_its_counter(server: BranchServer, open_page: OpenPage) -> None:
    line_reports(server, "line_1", "pad_line")
    line_reports(server, "pad_2", "call_pad", firmware="1.4")
    line_reports(server, "window_2", "window_screen", "fault", fault="config_drift", config="0BAD")
    page = devices_page(open_page, server.url)
    expect(row(page, "pad_2")).to_contain_text("2 号窗口")
    expect(row(page, "pad_2")).to_contain_text("呼叫器线路 1")
    expect(row(page, "pad_2")).to_contain_text("1.4")
    expect(row(page, "window_2")).to_contain_text("0BAD")
    expect(row(page, "window_2")).to_contain_text("不一致")
    desk = page.locator(".place--desk", has_text="2 号窗口").bounding_box()
    pad = tile(page, "pad_2").bounding_box()
    assert desk is not None
    assert pad is not None
    assert desk["x"] <= pad["x"]
    assert pad["x"] + pad["width"] <= desk["x"] + desk["width"] + 1
    assert desk["y"] <= pad["y"]
    assert pad["y"] + pad["height"] <= desk["y"] + desk["height"] + 1
    tile(page, "window_2").click()
    expect(page.locator("#side .command code")).to_contain_text("firmware_config apply")
    expect(page.locator("#side .command code")).to_contain_text("window_2")


def test_a_lobby_manager_reads_and_changes_nothing(server: BranchServer, open_page: OpenPage) -> None:
    line_reports(server, "line_1", "pad_line")
    line_reports(server, "pad_1", "call_pad", "fault", fault="config_drift", config="0BAD")
    page = devices_page(open_page, server.url, LOBBY)
    expect(tile(page, "pad_1")).to_contain_text("故障")
    expect(page.locator("#reload")).to_be_hidden()
    tile(page, "pad_1").click()
    expect(page.locator("#side .steps")).to_be_visible()
    expect(page.locator("#side .past li")).to_have_count(1)
    expect(page.locator("#side .command")).to_have_count(0)


def test_a_stranger_sees_nothing_and_is_told_so(server: BranchServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/devices#token=somebody-elses")
    expect(page.locator("#lost")).to_contain_text("服务器不认识本页")
    expect(page.locator("#plant")).to_be_hidden()


def test_a_lost_server_is_said_and_the_page_comes_back(server: BranchServer, open_page: OpenPage) -> None:
    page = devices_page(open_page, server.url)
    server.kill()
    expect(page.locator("#lost")).to_be_visible(timeout=10_000)
    server.start()
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)
    expect(page.locator("#list tr")).not_to_have_count(0)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[BranchServer]:
    """A server on a copy of the branch file that a test may spoil."""
    one = BranchServer(tmp_path / "data", tmp_path / "server.log", branch=write_branch(tmp_path))
    yield one
    one.stop()


def test_a_broken_branch_file_is_refused_with_every_place_and_a_good_one_is_in_force(
    own_server: BranchServer, open_page: OpenPage, tmp_path: Path
) -> None:
    page = devices_page(open_page, own_server.url)
    write_branch(
        tmp_path,
        ("name: {zh: 城东支行（虚拟）", "nmae: {zh: 城东支行（虚拟）"),
        ("limit_s: 3600", "limit_s: soon"),
    )
    page.locator("#reload").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("未做任何改动")
    expect(dialog.locator(".problems li")).not_to_have_count(0)
    expect(dialog.locator(".problems")).to_contain_text("nmae")
    places = dialog.locator(".problems__place").all_inner_texts()
    assert {place.partition(":")[0] for place in places} == {"example.yaml", "virtual.yaml"}
    assert len(places) >= 2
    assert all(len(place.rsplit(":", 2)) == 3 and place.rsplit(":", 1)[1].isdigit() for place in places), (
        places
    )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#branch-name")).to_contain_text("城东支行（虚拟）")

    write_branch(tmp_path, ("城东支行（虚拟）", "城西支行"))
    page.locator("#reload").click()
    expect(page.get_by_role("dialog")).to_contain_text("已生效")
    expect(page.get_by_role("dialog").locator("code")).to_contain_text(["branch.name.zh"])
    expect(page.locator("#branch-name")).to_contain_text("城西支行")


# --- the hall in memory ---------------------------------------------------------------------------------------------


@pytest.fixture
def hall() -> Iterator[tuple[FakeHall, str]]:
    """Fourteen devices on a bad morning, and the address of their page."""
    fake = FakeHall()
    show(fake, devices())
    fake.reads["branch"] = (200, branch_answer())
    fake.reads["me"] = (
        200,
        {"id": "sun_lei", "name": {"zh": "孙磊", "en": "Sun Lei"}, "role": "technician", "counter": None},
    )
    with serving(fake) as url:
        yield fake, url


def show(fake: FakeHall, now: list[Any]) -> None:
    """These devices, from now on; the printer's fault of this morning is over."""
    fake.reads["devices"] = (200, plain(now))
    fake.reads["incidents"] = (200, plain([device_fault()]))


def test_a_state_is_a_colour_a_shape_and_a_word(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    page = devices_page(open_page, hall[1], TOKEN)
    expect(tile(page, "evaluator_3")).to_be_visible()
    seen = set()
    for device_id, state, words in (
        ("pad_1", "online", "在线"),
        ("printer_1", "fault", "故障"),
        ("pad_2", "offline", "离线"),
        ("evaluator_3", "unknown", "无消息"),
    ):
        expect(tile(page, device_id)).to_contain_text(words)
        mark = tile(page, device_id).locator(".mark")
        seen.add(
            (
                mark.get_attribute("class"),
                mark.evaluate(
                    "(node) => node.querySelector('.mark__ground').tagName + node.querySelector('.mark__sign').getAttribute('d')"
                ),
            )
        )
        assert state in str(mark.get_attribute("class"))
    assert len(seen) == 4, "four shapes"


def test_the_picture_is_walked_through_with_the_keyboard(
    hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    page = devices_page(open_page, hall[1], TOKEN)
    expect(page.locator(".tile")).to_have_count(14)
    assert page.locator('.tile[tabindex="0"]').count() == 1, "one stop of the tab key"
    first = page.locator('.tile[tabindex="0"]')
    first.focus()
    reached = [str(page.evaluate("() => document.activeElement.dataset.key"))]
    for _ in range(13):
        page.keyboard.press("ArrowRight")
        reached.append(str(page.evaluate("() => document.activeElement.dataset.key")))
    assert len(set(reached)) == 14, "every device is reached"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#side")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#side")).to_be_hidden()
    assert page.evaluate("() => document.activeElement.dataset.key") == reached[1]


def test_what_one_reads_stays_while_other_devices_change(
    hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = hall
    page = devices_page(open_page, url, TOKEN)
    tile(page, "window_3").click()
    copy = page.locator("#side .command button")
    copy.focus()
    show(
        fake,
        [one for one in devices() if one.device != "pad_1"]
        + [at_counter("1", "call_pad", "pad_1", "offline")],
    )
    expect(tile(page, "pad_1")).to_contain_text("离线", timeout=LIVE_MS)
    expect(copy).to_be_focused()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [TELLER_SCREEN, TABLET, (1440, 900)])
def test_everything_fits_and_can_be_read(
    hall: tuple[FakeHall, str], open_page: OpenPage, language: str, size: tuple[int, int]
) -> None:
    page = devices_page(open_page, hall[1], TOKEN, language, size=size)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert overlapping(page) == []
    cut = page.evaluate(
        "() => [...document.querySelectorAll('.tile__name, .tile__state, .place b')]"
        ".filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0).map((node) => node.textContent)"
    )
    assert cut == []
    for device_id in ("pad_2", "printer_1", "window_3", "evaluator_3"):
        tile(page, device_id).click()
        assert weak_text(page) == [], device_id
        page.keyboard.press("Escape")


def test_a_large_branch_has_room_too(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = hall
    many = [device("line_1", "pad_line"), device("line_2", "pad_line"), *two_of_everything()]
    for counter, (kind, name) in itertools.product(range(1, 19), STANDING.items()):
        many.append(at_counter(str(counter), kind, f"{name}_{counter}", part_of=f"line_{1 + counter % 2}"))
    show(fake, many)
    fake.reads["branch"] = (200, branch_answer(18))
    page = devices_page(open_page, url, TOKEN)
    expect(page.locator(".tile")).to_have_count(len(many))
    assert overlapping(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


STANDING = {"window_screen": "window", "call_pad": "pad", "evaluator": "evaluator"}


def two_of_everything() -> list[Any]:
    """Two kiosks with their printers, two displays with their loudspeakers."""
    return [
        device(f"{name}_{number}", kind, part_of=host and f"{host}_{number}")
        for number in (1, 2)
        for name, kind, host in (
            ("kiosk", "kiosk", None),
            ("printer", "ticket_printer", "kiosk"),
            ("display", "lobby_display", None),
            ("speaker", "speaker", "display"),
        )
    ]


def overlapping(page: Page) -> list[str]:
    """Devices that stand on one another, or outside the picture."""
    boxes = page.locator(".tile").evaluate_all(
        "(tiles) => tiles.map((tile) => [tile.dataset.key, tile.offsetLeft, tile.offsetTop, tile.offsetWidth, tile.offsetHeight])"
    )
    width = page.locator("#hall").evaluate("(hall) => hall.clientWidth")
    outside = [name for name, x, _, wide, _ in boxes if x < 0 or x + wide > width]
    return outside + [
        f"{a[0]} {b[0]}"
        for a, b in itertools.combinations(boxes, 2)
        if a[1] < b[1] + b[3] - 1
        and b[1] < a[1] + a[3] - 1
        and a[2] < b[2] + b[4] - 1
        and b[2] < a[2] + a[4] - 1
    ]


def test_the_chinese_page_has_no_english(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    page = devices_page(open_page, hall[1], TOKEN)
    assert {word for word in english_words(page) if word not in NAMES} == set()
    tile(page, "evaluator_2").click()
    assert {word for word in english_words(page) if word not in NAMES} == set()
