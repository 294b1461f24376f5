"""The teller page: the real server and a real Chromium for what a teller does, a hall in memory for what it looks like.

Nobody touches a mouse unless a test is about the mouse.
"""

from __future__ import annotations

import json
import re

from playwright.sync_api import Route, expect

from tests.branch_server import TELLERS, BranchServer
from tests.e2e.chromium import OpenPage
from tests.e2e.fake_hall import TOKEN, FakeHall
from tests.e2e.teller_page import STATES, choose, doing, teller_page, ticket, until_not_bounced
from tests.waiting import until

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
    empty_hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = empty_hall
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


def test_keys_are_dead_until_their_press_is_answered(
    empty_hall: tuple[FakeHall, str], open_page: OpenPage
) -> None:
    fake, url = empty_hall
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


def test_a_gap_is_noticed_and_the_page_asks(empty_hall: tuple[FakeHall, str], open_page: OpenPage) -> None:
    fake, url = empty_hall
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
