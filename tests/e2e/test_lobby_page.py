"""The lobby manager's page against the real server: what happens in the hall is on the page, and acts reach the hall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.branch_server import HEAD, KIOSK, LINE, LOBBY, TELLERS, BranchServer
from tests.e2e.chromium import LOBBY_SCREEN, OpenPage, english_words, weak_text
from tests.e2e.fake_hall import TOKEN, FakeHall, serving
from tests.e2e.states.lobby import lobby_sections


def lobby_page(open_page: OpenPage, url: str, token: str = LOBBY, language: str = "zh", **more: Any) -> Page:
    """The page, once it knows the hall."""
    more.setdefault("size", LOBBY_SCREEN)
    page = open_page(f"{url}/lobby#token={token}&lang={language}", **more)
    expect(page.locator("#hall")).not_to_have_attribute("aria-busy", "true")
    return page


def service_card(page: Page, name: str) -> Locator:
    """The card of a service."""
    return page.locator(".service", has_text=name)


def act(page: Page, name: str) -> None:
    """Press a button of the side panel."""
    page.locator("#side").get_by_role("button", name=name, exact=True).click()


def answer(page: Page, button: str, **fields: str) -> None:
    """Fill in a dialog and confirm it."""
    dialog = page.get_by_role("dialog")
    for label, text in fields.items():
        dialog.get_by_role("textbox", name=label, exact=True).fill(text)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def state_of(server: BranchServer, number: str) -> str:
    """A ticket's state."""
    return str(server.get(f"/api/v1/tickets/{number}", LOBBY).body["state"])


def test_the_hall_at_a_glance(server: BranchServer, open_page: OpenPage) -> None:
    page = lobby_page(open_page, server.url)
    expect(service_card(page, "存取款").locator(".service__waiting")).to_have_text("0")
    numbers = [server.issue() for _ in range(3)]
    expect(service_card(page, "存取款").locator(".service__waiting")).to_have_text("3")
    expect(page.locator("#count-waiting")).to_have_text("3")
    server.key("open")
    server.key("call-next")
    server.key("start")
    desk = page.locator(".desk").first
    expect(desk).to_contain_text(numbers[0])
    expect(desk).to_contain_text("王芳")
    expect(desk).to_contain_text("/ 5:00")
    expect(page.locator("#figures")).to_contain_text("取号")
    expect(page.locator("#list-waiting .entry")).to_have_count(2)


def test_an_unheard_call_is_an_alert_and_an_incident_with_its_evidence_and_story(
    server: BranchServer, open_page: OpenPage
) -> None:
    number = server.issue()
    page = lobby_page(open_page, server.url)
    server.key("open")
    server.key("call-next")
    expect(page.locator("#alerts")).to_contain_text(f"{number} 到 1 号窗口的呼叫未听到")
    incident = page.locator(".incident", has_text="呼叫未听到")
    expect(incident).to_contain_text(number)
    incident.click()
    side = page.locator("#side")
    expect(side.locator(".side__chips")).to_contain_text("归因：设备")
    expect(side.locator(".evidence tbody tr")).to_have_count(1)
    expect(side.locator(".evidence tbody tr")).to_contain_text("未听到")
    expect(side.locator(".story li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(incident).to_be_focused()


def test_a_ticket_moved_to_the_head_is_a_queue_jump_that_names_who_was_passed_over(
    server: BranchServer, open_page: OpenPage
) -> None:
    first, second = server.issue(), server.issue()
    page = lobby_page(open_page, server.url)
    page.locator("#list-waiting .entry", has_text=second).get_by_role("button").click()
    act(page, "提到队首")
    answer(page, "提到队首", 原因="孕妇身体不适")
    page.keyboard.press("Escape")
    page.locator(".incident", has_text="插队").click()
    passed = page.locator(".side__part", has_text="越过了谁")
    expect(passed).to_contain_text(first)
    expect(passed).to_contain_text("不按顺序")
    expect(page.locator("#side")).to_contain_text("孕妇身体不适")
    expect(page.locator("#list-waiting .entry").first).to_contain_text(second)


def test_a_customer_who_left_and_one_who_gives_the_number_back(
    server: BranchServer, open_page: OpenPage
) -> None:
    gone, given_back = server.issue(), server.issue()
    page = lobby_page(open_page, server.url)
    page.locator("#list-waiting .entry", has_text=gone).get_by_role("button").click()
    act(page, "客户离开")
    answer(page, "客户离开")
    expect(page.locator("#list-waiting .entry")).to_have_count(1)
    assert state_of(server, gone) == "walked_out"
    page.locator("#list-waiting .entry", has_text=given_back).get_by_role("button").click()
    act(page, "退号")
    answer(page, "退号")
    expect(page.locator("#list-waiting .entry")).to_have_count(0)
    assert state_of(server, given_back) == "cancelled"


def test_a_missed_customer_is_reinstated(hurried_server: BranchServer, open_page: OpenPage) -> None:
    number = hurried_server.issue("account_opening")
    for verb in ("open", "call-next", "no-show"):
        hurried_server.key(verb)
    page = lobby_page(open_page, hurried_server.url)
    page.get_by_role("tab", name="过号").click()
    page.locator("#list-missed .entry", has_text=number).get_by_role("button", name="恢复").click()
    expect(page.locator("#list-missed .entry")).to_have_count(0)
    assert state_of(hurried_server, number) == "waiting"
    expect(page.locator(".incident", has_text="过号")).to_contain_text(number)


def test_a_pause_asked_for_can_be_declined(hurried_server: BranchServer, open_page: OpenPage) -> None:
    for _ in range(4):
        hurried_server.issue()
    hurried_server.key("open")
    hurried_server.key("pause", reason="lunch")
    page = lobby_page(open_page, hurried_server.url)
    expect(page.locator(".pause")).to_contain_text("1 号窗口 王芳 申请暂停（午餐）")
    page.locator(".pause").get_by_role("button", name="不同意").click()
    expect(page.locator(".pause")).to_have_count(0)
    expect(page.locator(".desk").first).to_contain_text("空闲")


def test_an_event_is_recorded_by_hand(server: BranchServer, open_page: OpenPage) -> None:
    page = lobby_page(open_page, server.url)
    page.get_by_role("button", name="登记事件").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="运钞车晚到").check()
    answer(page, "登记", 情况说明="押运车堵车，预计 9:40 到")
    incident = page.locator(".incident", has_text="运钞车晚到")
    incident.click()
    expect(page.locator("#side")).to_contain_text("押运车堵车")


def test_a_notice_is_posted_and_taken_down(server: BranchServer, open_page: OpenPage) -> None:
    page = lobby_page(open_page, server.url)
    page.get_by_role("button", name="发公告").click()
    answer(page, "发布", 中文="今日 16:30 停止取号")
    page.get_by_role("tab", name="公告").click()
    expect(page.locator("#list-notices")).to_contain_text("今日 16:30 停止取号")
    page.get_by_role("button", name="撤下").click()
    expect(page.locator("#count-notices")).to_have_text("0")


def test_a_number_is_issued_for_somebody_who_cannot_use_the_kiosk(
    server: BranchServer, open_page: OpenPage
) -> None:
    page = lobby_page(open_page, server.url)
    page.get_by_role("button", name="代取号").click()
    page.get_by_role("dialog").get_by_role("radio", name="存取款").check()
    page.get_by_role("dialog").get_by_role("radio", name="优先客户").check()
    answer(page, "发号")
    expect(page.locator("#answer")).to_have_text("已发号 A001。")
    expect(page.locator("#list-waiting .entry")).to_contain_text("优先客户")


def test_the_day_is_closed_only_after_a_second_thought(server: BranchServer, open_page: OpenPage) -> None:
    number = server.issue()
    page = lobby_page(open_page, server.url)
    page.get_by_role("button", name="日终").click()
    page.keyboard.press("Enter")  # the focus is on the way out
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert state_of(server, number) == "waiting"
    page.get_by_role("button", name="日终").click()
    expect(page.get_by_role("dialog")).to_contain_text("仍有 1 人等候")
    expect(page.get_by_role("dialog")).to_contain_text("到次日前不再发号")
    answer(page, "日终")
    expect(page.locator("#list-waiting .entry")).to_have_count(0)
    expect(page.locator("#day-closed")).to_have_text("今日已日终，明日再开")
    # Whoever closed it in error fetches the branch head.
    expect(page.locator("#act-reopen")).to_be_hidden()


def test_the_branch_head_reopens_a_day_that_was_closed_in_error(
    server: BranchServer, open_page: OpenPage
) -> None:
    server.issue()
    assert server.post("/day/close", HEAD).status == 200
    page = open_page(f"{server.url}/lobby#token={HEAD}&lang=zh", LOBBY_SCREEN)
    page.locator("#act-reopen").click()
    answer(page, "重新开启营业日")
    expect(page.locator("#day-closed")).to_be_hidden()
    server.issue()
    expect(page.locator("#list-waiting .entry")).to_have_count(1)


def test_a_ticket_says_who_overtook_it_and_its_transaction_is_corrected(
    server: BranchServer, open_page: OpenPage
) -> None:
    first, second = server.issue(), server.issue()
    for verb, body in (("open", {}), ("call", {"number": second, "reason": "r"}), ("start", {})):
        assert server.key(verb, **body).status == 200
    page = lobby_page(open_page, server.url)
    page.locator("#list-waiting .entry", has_text=first).get_by_role("button").click()
    expect(page.locator("#side")).to_contain_text("被谁越过，原因")
    expect(page.locator("#side")).to_contain_text(second)
    page.locator(".desk").first.click()
    act(page, f"号码 {second}")
    act(page, "更正")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="转账").check()
    answer(page, "更正", 原因="选错业务")
    expect(page.locator("#side .row__line").last).to_contain_text("转账")
    (transaction,) = server.get(f"/api/v1/tickets/{second}", LOBBY).body["transactions"]
    assert transaction["service"] == "transfer"


def test_a_teller_who_calls_the_supervisor_is_heard_seen_and_answered(
    server: BranchServer, open_page: OpenPage
) -> None:
    number = server.issue()
    for verb in ("open", "call-next", "start"):
        server.key(verb)
    page = lobby_page(open_page, server.url)
    page.evaluate(COUNT_TONES)
    assert server.key("call-supervisor").status == 200
    row = page.locator(".supervisor")
    expect(row).to_have_attribute("data-is", "called")
    expect(row).to_contain_text("1 号窗口呼叫主管")
    expect(row).to_contain_text(f"王芳 · {number}")
    expect(row.locator(".supervisor__time")).to_have_text(re.compile(r"0:0[1-9]"))
    expect(page).to_have_title(re.compile("呼叫主管"))
    page.wait_for_function("() => window.tones > 0")
    row.get_by_role("button", name="我来处理").click()
    expect(row).to_have_attribute("data-is", "answered")
    expect(row).to_contain_text("陈洁 已前往")
    expect(page).not_to_have_title(re.compile("呼叫主管"))
    (called,) = [one["supervisor"] for one in server.get("/api/v1/counters", LOBBY).body if one["supervisor"]]
    assert called["response_ms"] > 0


# Counts the tones a page sounds; whether a loudspeaker is there is the machine's affair.
COUNT_TONES = """() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
}"""


def test_a_low_rating_is_an_event_that_says_who_was_rated_how(
    server: BranchServer, open_page: OpenPage
) -> None:
    page = lobby_page(open_page, server.url)
    number = server.issue()
    for verb in ("open", "call-next", "start", "finish"):
        assert server.key(verb).status == 200, verb
    assert server.post("/evaluators/evaluator_1/rate", LINE, rating="dissatisfied").status == 200
    incident = page.locator(".incident", has_text="低评价")
    expect(incident).to_contain_text(number)
    expect(incident).to_contain_text("不满意")
    incident.click()
    expect(page.locator("#side .facts")).to_contain_text("客户评价")
    page.keyboard.press("Escape")


def test_the_health_of_the_devices_is_the_way_to_their_page(
    server: BranchServer, open_page: OpenPage
) -> None:
    answer = server.post(
        "/devices/state", KIOSK, device="kiosk_1", kind="kiosk", state="fault", fault="no_answer"
    )
    assert answer.status == 200
    page = lobby_page(open_page, server.url)
    health = page.locator("#health")
    expect(health.locator(".mark--fault")).to_have_count(1)
    with page.expect_popup() as opened:
        health.click()
    expect(opened.value.locator("#plant")).not_to_have_attribute("aria-busy", "true")
    expect(opened.value.locator("#wrongs")).to_contain_text("取号机 1")


def test_a_teller_sees_nothing_here(server: BranchServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/lobby#token={TELLERS['1']}", LOBBY_SCREEN)
    expect(page.locator("#lost")).to_contain_text("服务器不认识本页")
    expect(page.locator(".service")).to_have_count(0)


@pytest.fixture
def busy_hall() -> Iterator[str]:
    """A busy morning in the hall in memory; gives its address."""
    fake = FakeHall()
    fake.set("lobby", lobby_sections())
    with serving(fake) as url:
        yield url


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1280, 800), (1600, 900)])
def test_the_whole_hall_fits_the_screen_and_can_be_read(
    busy_hall: str, open_page: OpenPage, language: str, size: tuple[int, int]
) -> None:
    page = lobby_page(open_page, busy_hall, TOKEN, language, size=size)
    assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    for tab in ("held", "missed", "devices", "notices", "waiting"):
        page.locator(f"#tab-{tab}").click()
        assert weak_text(page) == [], tab
    page.locator(".incident").first.click()
    assert weak_text(page) == []


@pytest.mark.parametrize("size", [(1024, 768), (1280, 800)])
def test_however_much_needs_attention_the_panels_below_stay_in_sight(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    fake = FakeHall()
    hall = lobby_sections()
    hall["alerts"] = [
        one.model_copy(update={"position": 2000 + i}) for i in range(10) for one in hall["alerts"]
    ]
    hall["pauses"] = [one.model_copy(update={"counter": str(i)}) for i in range(8) for one in hall["pauses"]]
    fake.set("lobby", hall)
    with serving(fake) as url:
        page = lobby_page(open_page, url, TOKEN, size=size)
        assert page.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
        for below in (".hall__incidents", ".hall__queues"):
            box = page.locator(below).bounding_box()
            assert box is not None
            assert box["height"] >= 120, below
            assert box["y"] + box["height"] <= size[1], below
        assert page.locator(".attention__scroll").evaluate("(box) => box.scrollHeight > box.clientHeight")
        first = page.locator(".supervisor").first.bounding_box()
        assert first is not None, "a call for the supervisor never scrolls away"
        page.locator(".attention__scroll").evaluate("(box) => box.scrollTo(0, box.scrollHeight)")
        assert page.locator(".supervisor").first.bounding_box() == first


def test_the_chinese_page_has_no_english(busy_hall: str, open_page: OpenPage) -> None:
    page = lobby_page(open_page, busy_hall, TOKEN)
    for index in range(4):
        page.locator(".incident").nth(index).click()
        page.keyboard.press("Escape")
    # The version of the calling policy is a name, not a word.
    assert [word for word in english_words(page) if word not in {"head", "start", "with", "cap"}] == []
