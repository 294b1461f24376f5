"""What a teller asks others for on the page: consent to a pause, the supervisor, a rating; what failing devices say."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.branch_server import LINE, LOBBY, TELLERS, BranchServer
from tests.e2e.chromium import LOBBY_SCREEN, OpenPage
from tests.e2e.fake_hall import TOKEN, FakeHall
from tests.e2e.teller_page import STATES, choose, doing, teller_page, ticket, until_not_bounced

# --- consent ---------------------------------------------------------------------------------------------------------


def test_a_pause_in_a_crowd_waits_for_consent(hurried_server: BranchServer, open_page: OpenPage) -> None:
    for _ in range(4):
        hurried_server.issue()
    page = teller_page(open_page, hurried_server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("p")
    choose(page, "1")
    expect(page.locator("#marks")).to_contain_text("等待同意（午餐）")

    lobby = open_page(f"{hurried_server.url}/lobby#token={LOBBY}", LOBBY_SCREEN)
    lobby.get_by_role("button", name="同意", exact=True).click()
    doing(page, "paused")
    expect(page.locator("#answer")).to_have_text("暂停已获同意。")
    expect(page.locator("#service")).to_contain_text("午餐")


def test_a_pause_asked_for_is_taken_back_with_the_same_key(
    hurried_server: BranchServer, open_page: OpenPage
) -> None:
    for _ in range(4):
        hurried_server.issue()
    page = teller_page(open_page, hurried_server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("p")
    choose(page, "1")
    expect(page.locator('[data-key="pause"]')).to_contain_text("撤回暂停申请")
    until_not_bounced(page)
    page.keyboard.press("p")
    expect(page.locator('[data-key="pause"]')).to_contain_text("暂停")
    expect(page.locator("#marks")).not_to_contain_text("等待同意")
    expect(page.locator("#answer")).to_have_text("暂停申请已撤回。")
    doing(page, "free")


def test_a_customer_who_turns_round_in_wrap_up_is_put_on_hold(
    server: BranchServer, open_page: OpenPage
) -> None:
    number = server.issue()
    for verb in ("open", "call-next", "start", "wrap-up"):
        assert server.key(verb).status == 200
    page = teller_page(open_page, server.url, TELLERS["1"])
    doing(page, "wrap_up")
    page.keyboard.press("h")
    choose(page, "1")
    doing(page, "free")
    assert ticket(server, number)["state"] == "on_hold"


def test_a_teller_records_an_event(server: BranchServer, open_page: OpenPage) -> None:
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.get_by_role("button", name="登记事件").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="特殊要求").check()
    dialog.get_by_label("情况说明").fill("客户要换两千元零钞")
    dialog.get_by_role("button", name="登记").click()
    expect(dialog).to_have_count(0)
    (incident,) = server.get("/api/v1/incidents", LOBBY).body
    assert (incident["kind"], incident["note"]) == ("special_request", "客户要换两千元零钞")
    assert incident["counter"] == "1"


# --- the supervisor, ratings, devices --------------------------------------------------------------------------------


def test_the_supervisor_is_called_once_and_the_key_says_who_comes(
    server: BranchServer, open_page: OpenPage
) -> None:
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("v")
    key = page.locator("[data-key=supervisor]")
    expect(key).to_contain_text(re.compile(r"已呼叫 0:0\d"))
    expect(key).to_have_attribute("aria-disabled", "true")
    until_not_bounced(page)
    page.keyboard.press("v")
    expect(page.locator("#answer")).to_have_text("已呼叫主管，尚无人应答。")
    assert server.post("/counters/1/answer-supervisor", LOBBY).status == 200
    expect(key).to_contain_text("陈洁 正在赶来")
    expect(page.locator("#answer")).to_contain_text("陈洁 正在赶来")
    expect(key).to_have_attribute("aria-disabled", "false")


def test_what_the_customer_said_stands_on_the_rating_key(server: BranchServer, open_page: OpenPage) -> None:
    number = server.issue()
    page = teller_page(open_page, server.url, TELLERS["1"])
    for key, now in (("o", "free"), ("n", "calling"), ("s", "serving")):
        page.keyboard.press(key)
        doing(page, now)
    rating = page.locator("[data-key=rating] .key__more")
    expect(rating).to_be_hidden()
    page.keyboard.press("e")
    expect(rating).to_have_text(f"等待 {number} 评价")
    assert server.post("/evaluators/evaluator_1/rate", LINE, rating="satisfied").status == 200
    expect(rating).to_have_text(f"{number} 满意")
    expect(page.locator("#answer")).to_have_text(f"{number} 评价：满意")
    until_not_bounced(page)
    page.keyboard.press("e")
    expect(page.locator("#answer")).to_contain_text(number)


def test_not_rated_does_not_look_like_satisfied(
    empty_hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = empty_hall
    fake.set("teller", STATES["free-rated"])
    page = teller_page(open_page, url, TOKEN)
    note = page.locator("[data-key=rating] .key__more")
    expect(note).to_have_text("A012 非常满意")
    expect(note).to_have_attribute("data-level", "good")
    fake.set("teller", STATES["free-not-rated"])
    expect(note).to_have_text("A012 未评价")
    expect(note).to_have_attribute("data-level", "none")
    fake.set("teller", STATES["free-rated-low"])
    expect(note).to_have_attribute("data-level", "bad")


def test_trouble_of_the_counters_own_devices_is_told_in_words(
    server: BranchServer, open_page: OpenPage
) -> None:
    page = teller_page(open_page, server.url, TELLERS["2"])
    for device, kind in (("line_1", "pad_line"), ("pad_1", "call_pad"), ("pad_2", "call_pad")):
        assert server.post("/devices/state", LINE, device=device, kind=kind, state="online").status == 200
    for device in ("pad_1", "pad_2"):
        fault = {"device": device, "kind": "call_pad", "state": "fault", "fault": "stuck_key"}
        assert server.post("/devices/state", LINE, **fault).status == 200
    expect(page.locator("#marks")).to_contain_text("呼叫器 2：按键卡住")
    expect(page.locator("#marks")).not_to_contain_text("呼叫器 1")
    assert server.post("/devices/state", LINE, device="pad_2", kind="call_pad", state="online").status == 200
    expect(page.locator("#marks")).not_to_contain_text("呼叫器")
