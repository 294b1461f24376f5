"""The customer's ticket page on a phone, against the real server: the live place, the call, and giving the number back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.branch_server import KIOSK, LOBBY, BranchServer
from tests.e2e.chromium import PHONE, OpenPage, english_words, weak_text


def issue(server: BranchServer, service: str = "cash") -> tuple[str, str]:
    """A ticket's number and the path of its page."""
    face: dict[str, Any] = server.post("/tickets", KIOSK, service=service).body["order"]["face"]
    return face["number"], "/t/" + face["link"].rpartition("/t/")[2]


def phone(open_page: OpenPage, address: str) -> Page:
    """The page on a phone."""
    return open_page(address, PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)


def test_the_place_in_the_queue_is_live(server: BranchServer, open_page: OpenPage) -> None:
    issue(server)
    issue(server)
    number, path = issue(server)
    page = phone(open_page, server.url + path)
    expect(page.locator("#number")).to_have_text(number)
    expect(page.locator("#ahead-line")).to_have_text("前面还有2人")
    expect(page.locator("#wait")).to_have_text("该业务暂无窗口开放")
    server.key("open")
    server.key("call-next")
    expect(page.locator("#ahead-line")).to_have_text("前面还有1人")
    expect(page.locator("#wait")).to_contain_text("分钟")
    assert weak_text(page) == []
    assert english_words(page) == []


def test_the_call_fills_the_screen_until_the_customer_is_there(
    server: BranchServer, open_page: OpenPage
) -> None:
    number, path = issue(server)
    page = phone(open_page, server.url + path)
    expect(page.locator("#number")).to_have_text(number)
    server.key("open")
    server.key("call-next")
    come = page.locator("#come")
    expect(come).to_be_visible()
    expect(come).to_contain_text(number)
    expect(come).to_contain_text("请到")
    expect(come).to_contain_text("1 号窗口")
    assert weak_text(page) == []
    server.key("start")
    expect(come).to_be_hidden()
    expect(page.locator("#state")).to_have_text("正在办理")
    server.key("finish")
    expect(page.locator("#state")).to_have_text("已办结，感谢光临")


def test_a_missed_number_is_told_with_the_configured_rule(
    hurried_server: BranchServer, open_page: OpenPage
) -> None:
    _, path = issue(hurried_server)
    page = phone(open_page, hurried_server.url + path)
    rule = "过号顺延 3 位，最多 2 次"
    expect(page.locator("#rule")).to_contain_text(rule)
    for verb in ("open", "call-next", "no-show"):
        hurried_server.key(verb)
    expect(page.locator("#missed")).to_be_visible()
    expect(page.locator("#missed")).to_contain_text(rule)
    expect(page.locator("#rule")).to_have_text("")


def test_the_number_is_given_back_after_a_second_thought(server: BranchServer, open_page: OpenPage) -> None:
    number, path = issue(server)
    page = phone(open_page, server.url + path)
    page.get_by_role("button", name="退号").tap()
    page.get_by_role("dialog").get_by_role("button", name="取消").tap()
    expect(page.locator("#state")).to_have_text("排队中")
    page.get_by_role("button", name="退号").tap()
    page.get_by_role("dialog").get_by_role("button", name="退号").tap()
    expect(page.locator("#state")).to_have_text("已退号")
    assert server.get(f"/api/v1/tickets/{number}", LOBBY).body["state"] == "cancelled"


def test_the_language_changes_at_a_touch_and_stays_after_a_reload(
    server: BranchServer, open_page: OpenPage
) -> None:
    _, path = issue(server)
    page = phone(open_page, server.url + path)
    expect(page.locator("#state")).to_have_text("排队中")
    page.get_by_role("button", name="English").tap()
    expect(page.locator("#state")).to_have_text("In the queue")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.locator("#ahead-line")).to_have_text("People ahead of you: 0")


def test_a_lost_connection_is_said_with_the_age_of_what_is_shown(
    server: BranchServer, open_page: OpenPage
) -> None:
    _, path = issue(server)
    page = phone(open_page, server.url + path)
    expect(page.locator("#state")).to_have_text("排队中")
    server.kill()
    expect(page.locator("#lost")).to_contain_text("连接中断")
    server.start()
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)


def test_an_unknown_link_is_answered_kindly(server: BranchServer, open_page: OpenPage) -> None:
    page = phone(open_page, f"{server.url}/t/nobodyknowsthis")
    expect(page.locator("#unknown")).to_contain_text("没有找到这个号码")
    expect(page.locator("#slip")).to_be_hidden()
    page = phone(open_page, f"{server.url}/t/no")
    expect(page.locator("#unknown")).to_be_visible()


def test_nothing_on_a_phone_needs_scrolling_sideways(server: BranchServer, open_page: OpenPage) -> None:
    _, path = issue(server)
    for width in (320, 390):
        page = open_page(server.url + path, (width, 844), is_mobile=True, has_touch=True)
        expect(page.locator("#state")).to_have_text("排队中")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
