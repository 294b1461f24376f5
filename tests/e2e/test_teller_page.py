"""The teller page: the real server and a real Chromium for what a teller does, a hall in memory for what it looks like.

Nobody touches a mouse unless a test is about the mouse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.branch_server import LINE, LOBBY, TELLERS, BranchServer
from tests.e2e.chromium import LOBBY_SCREEN, OpenPage, english_words, weak_text
from tests.e2e.fake_hall import TOKEN, FakeHall, serving
from tests.e2e.states.teller import teller_states
from tests.waiting import until

STATES = teller_states()


@pytest.fixture
def hall() -> Iterator[tuple[FakeHall, str]]:
    """The hall in memory and its address."""
    fake = FakeHall()
    with serving(fake) as url:
        yield fake, url


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


# --- one hour at a counter, on the keyboard -------------------------------------------------------------------------


def test_an_hour_at_the_counter_needs_only_the_keyboard(server: BranchServer, open_page: OpenPage) -> None:
    first, second, third = (server.issue() for _ in range(3))
    page = teller_page(open_page, server.url, TELLERS["1"])

    doing(page, "closed")
    page.keyboard.press("o")
    doing(page, "free")
    expect(page.locator("#number")).to_have_text(first)

    page.keyboard.press("n")
    doing(page, "calling")
    page.keyboard.press("r")
    expect(page.locator("#announced li")).to_have_count(2)
    doing(page, "calling")
    page.keyboard.press("s")
    doing(page, "serving")
    expect(page.locator("#limit")).to_have_text("限时 5:00")

    page.keyboard.press("a")  # service and amount: the third amount, then Enter
    choose(page, "Tab", "3")
    expect(page.locator("#limit")).to_have_text("限时 8:00")

    page.keyboard.press("l")  # leave the seat for the copier
    choose(page, "1")
    doing(page, "away")
    until_not_bounced(page)
    page.keyboard.press("l")
    doing(page, "serving")

    page.keyboard.press("x")  # another transaction of the same visit
    choose(page, "3")
    expect(page.locator("#marks")).to_contain_text("第 2 笔业务")

    page.keyboard.press("w")
    doing(page, "wrap_up")
    page.keyboard.press("f")
    doing(page, "free")
    assert ticket(server, first)["state"] == "served"
    assert [one["amount_band"] for one in ticket(server, first)["transactions"]] == ["from_50k_to_200k", None]

    page.keyboard.press("n")  # the second steps aside to fill in a form and comes back first
    doing(page, "calling")
    page.keyboard.press("s")
    doing(page, "serving")
    page.keyboard.press("h")
    choose(page, "1")
    doing(page, "free")
    page.keyboard.press("2")
    expect(page.locator("#list-held .entry")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_have_text(second)
    doing(page, "free")
    until_not_bounced(page)  # Chromium is faster than any teller
    page.keyboard.press("n")
    doing(page, "calling")
    page.keyboard.press("s")
    doing(page, "serving")
    page.keyboard.press("t")  # and is sent to another service
    choose(page, "2")
    doing(page, "free")
    assert ticket(server, second)["service"] == "account_opening"

    page.keyboard.press("c")  # one number out of order, then taken back
    page.keyboard.type(third.lower())
    choose(page, "Tab", "1")
    doing(page, "calling")
    expect(page.locator("#number")).to_have_text(third)
    page.keyboard.press("b")
    choose(page, "1")
    doing(page, "free")

    page.keyboard.press("u")  # somebody without a number
    choose(page, "1", "Tab", "3")
    doing(page, "no_ticket")
    page.keyboard.press("f")
    doing(page, "free")

    page.keyboard.press("p")
    choose(page, "1")
    doing(page, "paused")
    until_not_bounced(page)
    page.keyboard.press("p")
    doing(page, "free")

    until_not_bounced(page)
    page.keyboard.press("o")
    choose(page, "1")
    doing(page, "closed")


def until_not_bounced(page: Page) -> None:
    """Let the bounce of the last key pass, by the page's own clock."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 650))")


def test_the_missed_number_comes_back(hurried_server: BranchServer, open_page: OpenPage) -> None:
    number = hurried_server.issue("account_opening")
    page = teller_page(open_page, hurried_server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("n")
    doing(page, "calling")
    expect(page.locator("[data-key=no-show]")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("m")
    doing(page, "free")
    page.keyboard.press("3")
    expect(page.locator("#list-missed .entry")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#list-missed .entry")).to_have_count(0)
    expect(page.locator("#number")).to_have_text(number)


# --- what nobody may overlook ---------------------------------------------------------------------------------------


def test_a_call_that_no_display_showed_is_said_within_three_seconds(
    server: BranchServer, open_page: OpenPage
) -> None:
    number = server.issue()
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("n")
    doing(page, "calling")
    # The rule is two seconds; the third is for the way to the page (D3).
    expect(page.locator("#alarm")).to_be_visible(timeout=3000)
    expect(page.locator("#alarm")).to_contain_text(f"请 {number} 号到 1 号窗口")
    expect(page.locator("#announced li").last).to_contain_text("未听到")
    page.keyboard.press("s")
    doing(page, "serving")
    expect(page.locator("#alarm")).to_be_hidden()


def test_no_show_waits_for_its_time_and_says_how_long(server: BranchServer, open_page: OpenPage) -> None:
    number = server.issue()
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("n")
    doing(page, "calling")
    no_show = page.locator("[data-key=no-show]")
    expect(no_show).to_have_attribute("aria-disabled", "true")
    expect(no_show).to_contain_text(re.compile(r"还需叫 2 次 · \d+ 秒"))
    page.keyboard.press("m")
    expect(page.locator("#answer")).to_contain_text("还不能过号")
    assert ticket(server, number)["misses"] == 0


def test_a_refusal_is_said_in_words_where_it_was_asked(server: BranchServer, open_page: OpenPage) -> None:
    taken = server.issue()
    server.issue()
    server.key("open", "2")
    server.key("call-next", "2")
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.keyboard.press("c")
    page.keyboard.type(taken)
    page.keyboard.press("Tab")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    answer = page.get_by_role("dialog").get_by_role("alert")
    expect(answer).to_contain_text(taken)
    expect(answer).to_contain_text("2 号窗口")


def test_a_key_that_makes_no_sense_says_why_and_sends_nothing(
    hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = hall
    fake.set("teller", STATES["free"])
    page = teller_page(open_page, url, TOKEN)
    page.keyboard.press("f")
    expect(page.locator("#answer")).to_have_text("窗口没有客户时，“办结”不起作用。")
    assert fake.commands == []


# --- one press acts once ---------------------------------------------------------------------------------------------


def test_a_double_press_calls_one_customer(server: BranchServer, open_page: OpenPage) -> None:
    first, second = server.issue(), server.issue()
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    page.locator("[data-key=call]").dblclick()
    doing(page, "calling")
    page.keyboard.press("n")
    assert ticket(server, first)["state"] == "called"
    assert len(ticket(server, first)["announcements"]) == 1
    assert ticket(server, second)["state"] == "waiting"


def test_a_double_press_on_a_key_with_two_faces_does_not_undo_itself(
    server: BranchServer, open_page: OpenPage
) -> None:
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    page.keyboard.press("o")
    doing(page, "free")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_answer_lost_on_its_way_is_asked_for_again_with_the_same_id(
    server: BranchServer, open_page: OpenPage
) -> None:
    number = server.issue()
    server.issue()
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    ids: list[str] = []

    def lose_the_first(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "{}")["command_id"])
        if len(ids) == 1:
            route.fetch()  # it reaches the server, and the answer reaches nobody
            route.abort()
        else:
            route.continue_()

    page.route("**/counters/1/call-next", lose_the_first)
    page.keyboard.press("n")
    doing(page, "calling")
    expect(page.locator("#number")).to_have_text(number)
    until(lambda: len(ids) == 2, what="the repeat of the lost request")
    assert ids[0] == ids[1]
    assert len(ticket(server, number)["announcements"]) == 1


def test_keys_are_dead_until_their_press_is_answered(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = hall
    fake.set("teller", STATES["serving-green"])
    page = teller_page(open_page, url, TOKEN)
    doing(page, "serving")
    held: list[Route] = []
    page.route("**/finish", lambda route: held.append(route))
    page.keyboard.press("f")
    expect(page.locator("[data-key=finish]")).to_have_class(re.compile("key--busy"))
    expect(page.locator('.key[aria-disabled="false"]')).to_have_count(0)
    page.keyboard.press("w")
    until(lambda: bool(held), what="the request")
    held[0].continue_()
    expect(page.locator(".key--busy")).to_have_count(0)
    assert [path for path, _ in fake.commands] == ["counters/3/finish"]


# --- the connection ---------------------------------------------------------------------------------------------------


def test_a_lost_connection_is_said_and_the_state_after_it_is_the_true_one(
    server: BranchServer, open_page: OpenPage
) -> None:
    number = server.issue()
    page = teller_page(open_page, server.url, TELLERS["1"])
    page.keyboard.press("o")
    doing(page, "free")
    server.kill()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator('.key[aria-disabled="false"]')).to_have_count(0)
    server.start()
    server.key("call-next")
    expect(page.locator("#lost")).to_be_hidden()
    doing(page, "calling")
    expect(page.locator("#number")).to_have_text(number)


def test_a_gap_is_noticed_and_the_page_asks(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = hall
    fake.set("teller", STATES["free"])
    page = teller_page(open_page, url, TOKEN)
    doing(page, "free")
    fake.sections["teller"] = {**fake.sections["teller"]}
    fake.position += 3  # three deltas that never arrive
    fake.change("teller", counter=STATES["calling"]["counter"])
    until(lambda: fake.resumes == 1, what="the question after the gap")
    doing(page, "calling")


def test_a_foreign_token_sees_nothing_and_is_told_so(server: BranchServer, open_page: OpenPage) -> None:
    page = open_page(f"{server.url}/teller#token=somebody-elses")
    expect(page.locator("#lost")).to_contain_text("服务器不认识本页")
    expect(page.locator("#number")).to_have_text("")


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


def test_not_rated_does_not_look_like_satisfied(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = hall
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


# --- what it looks like --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_state_needs_scrolling_on_a_small_screen(
    hall: tuple[FakeHall, str], open_page: OpenPage, language: str
) -> None:
    fake, url = hall
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


def test_the_chinese_page_has_no_english(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = hall
    fake.set("teller", STATES["closed"])
    page = teller_page(open_page, url, TOKEN)
    for name, sections in STATES.items():
        fake.set("teller", sections)
        doing(page, fake_now(name))
        assert english_words(page) == [], name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_has_the_contrast_it_needs(
    hall: tuple[FakeHall, str], open_page: OpenPage, language: str
) -> None:
    fake, url = hall
    fake.set("teller", STATES["closed"])
    page = teller_page(open_page, url, TOKEN, language)
    for name, sections in STATES.items():
        fake.set("teller", sections)
        doing(page, fake_now(name))
        assert weak_text(page) == [], name


def test_letters_can_be_switched_off_for_those_who_dictate(
    hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = hall
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
    hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = hall
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


def test_what_a_customer_typed_stays_text(hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = hall
    paused = STATES["paused"]["counter"].model_copy(update={"reason": "<img src=x onerror=alert(1)>"})
    fake.set("teller", {**STATES["paused"], "counter": paused})
    page = teller_page(open_page, url, TOKEN)
    expect(page.locator("#service")).to_contain_text("<img src=x")
    assert page.locator("#service img").count() == 0
