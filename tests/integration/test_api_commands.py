"""Commands over HTTP: one id acts once, a refusal changes nothing, and two counters never get one customer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.branch_server import HEAD, KIOSK, LOBBY, TELLERS, Answer, BranchServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """A branch with an empty journal."""
    server = BranchServer(tmp_path / "data", tmp_path / "log")
    yield server
    server.stop()


def position(server: BranchServer) -> int:
    return int(server.get("/healthz").body["position"])


def all_at_once(asks: list[Any]) -> list[Answer]:
    """Every request from a thread of its own, started together."""
    answers: list[Answer | None] = [None] * len(asks)
    gate = threading.Barrier(len(asks))

    def run(index: int) -> None:
        gate.wait()
        answers[index] = asks[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(asks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for answer in answers if answer is not None]


def test_03_a_repeated_request_for_a_ticket_gets_the_same_slip(server: BranchServer) -> None:
    first = server.post("/tickets", KIOSK, command_id="kiosk-1-0001", service="cash")
    again = server.post("/tickets", KIOSK, command_id="kiosk-1-0001", service="cash")
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body


def test_03_a_repeat_after_kill_9_gets_the_same_slip(server: BranchServer) -> None:
    first = server.post("/tickets", KIOSK, command_id="kiosk-1-0001", service="cash")
    server.kill()
    server.start()
    # The public address has the port in it, and that is the same one.
    assert server.post("/tickets", KIOSK, command_id="kiosk-1-0001", service="cash").body == first.body


def test_03_ten_repeats_at_once_are_one_ticket(server: BranchServer) -> None:
    answers = all_at_once(
        [lambda: server.post("/tickets", KIOSK, command_id="kiosk-1-0001", service="cash")] * 10
    )
    assert len({answer.body["order"]["face"]["number"] for answer in answers}) == 1
    assert len({answer.body["order"]["face"]["link"] for answer in answers}) == 1


def test_03_a_double_press_calls_once(server: BranchServer) -> None:
    server.issue()
    server.issue()
    server.key("open")
    first = server.key("call-next", command_id="press-0001")
    again = server.key("call-next", command_id="press-0001")
    assert again.body == {**first.body, "is_repeat": True}
    assert len(server.get("/api/v1/waiting", TELLERS["1"]).body) == 1


def test_a_command_id_used_for_something_else_is_refused_and_nothing_happens(server: BranchServer) -> None:
    server.post("/tickets", KIOSK, command_id="the-same-one", service="cash")
    before = position(server)
    for answer in (
        server.post("/tickets", KIOSK, command_id="the-same-one", service="transfer"),
        server.key("open", command_id="the-same-one"),
        server.post("/tickets", LOBBY, command_id="the-same-one", service="cash"),
    ):
        assert (answer.status, answer.code) == (409, "command_id_reused")
        assert answer.body["details"] == {"command_id": "the-same-one"}
    assert position(server) == before


def test_01_three_counters_press_next_on_one_waiting_ticket_and_one_wins(server: BranchServer) -> None:
    number = server.issue()
    for counter in TELLERS:
        server.key("open", counter)
    answers = all_at_once([lambda counter=counter: server.key("call-next", counter) for counter in TELLERS])
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    [won] = [answer for answer in answers if answer.status == 200]
    assert won.body["events"][0]["number"] == number
    assert {answer.code for answer in answers if answer.status == 409} == {"no_ticket_waiting"}


def test_01_the_loser_of_a_specific_call_is_told_who_has_the_ticket(server: BranchServer) -> None:
    number = server.issue()
    for counter in ("1", "2"):
        server.key("open", counter)
    server.key("call-next", "1")
    lost = server.key("call", "2", number=number, reason="came_back")
    assert (lost.status, lost.code) == (409, "ticket_elsewhere")
    assert lost.body["message"] == f"号码 {number} 正在 1 号窗口（王芳）"
    assert lost.body["details"] == {"number": number, "counter": "1", "teller": "wang_fang"}


def test_04_a_hundred_issues_at_once_have_a_hundred_numbers(server: BranchServer) -> None:
    def ten() -> Answer:
        for _ in range(9):
            server.issue()
        return server.post("/tickets", KIOSK, service="cash")

    all_at_once([ten] * 10)
    numbers = [one["number"] for one in server.get("/api/v1/waiting", LOBBY).body]
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 101)]


def test_a_no_show_that_comes_too_soon_is_refused_with_the_time_left(server: BranchServer) -> None:
    server.issue()
    server.key("open")
    server.key("call-next")
    answer = server.key("no-show")
    assert (answer.status, answer.code) == (409, "too_few_announcements")
    assert answer.body["details"]["announced"] == 1
    assert answer.body["details"]["required"] == 3
    assert 30 <= answer.body["details"]["wait_s"] <= 40


def test_a_customer_gives_the_number_back_by_the_link_alone(server: BranchServer) -> None:
    face = server.post("/tickets", KIOSK, service="cash").body["order"]["face"]
    link = face["link"].rpartition("/")[2]
    page = server.get(f"/api/v1/public/tickets/{link}").body
    assert (page["number"], page["state"], page["ahead"]) == (face["number"], "waiting", 0)
    assert server.post(f"/public/tickets/{link}/cancel").status == 200
    assert server.get(f"/api/v1/public/tickets/{link}").body["state"] == "cancelled"
    assert server.post(f"/public/tickets/{link}/cancel").code == "wrong_ticket_state"


def test_a_ticket_asked_for_by_staff_owes_no_slip(server: BranchServer) -> None:
    order = server.post("/tickets", LOBBY, service="cash").body["order"]
    ticket = server.get(f"/api/v1/tickets/{order['face']['number']}", LOBBY).body
    assert ticket["slips"] == []


def test_a_pause_in_a_crowded_hall_needs_consent(server: BranchServer) -> None:
    server.key("open")
    for _ in range(6):
        server.issue()
    asked = server.key("pause", reason="lunch")
    assert [event["type"] for event in asked.body["events"]] == ["PauseRequested"]
    granted = server.post("/counters/1/grant-pause", HEAD)
    assert granted.body["events"][0]["type"] == "CounterPaused"
    assert granted.body["events"][0]["is_consented"] is True


def test_the_whole_way_of_a_ticket_over_http_adds_up(server: BranchServer) -> None:
    number = server.issue()
    server.key("open")
    for verb, body in (
        ("call-next", {}),
        ("start", {}),
        ("transaction", {"service": "cash", "amount_band": "up_to_50k"}),
        ("leave-seat", {"device": "copier"}),
        ("return-seat", {}),
        ("next-transaction", {"service": "transfer"}),
        ("wrap-up", {}),
        ("finish", {}),
    ):
        assert server.key(verb, **body).status == 200, verb
    ticket = server.get(f"/api/v1/tickets/{number}", LOBBY).body
    assert ticket["state"] == "served"
    assert [one["service"] for one in ticket["transactions"]] == ["cash", "transfer"]
    issued, closed = ticket["issued_at"], ticket["closed_at"]
    stay = datetime.fromisoformat(closed) - datetime.fromisoformat(issued)
    assert sum(ticket["times_ms"].values()) == round(stay.total_seconds() * 1000)


def test_metrics_count_what_happened(server: BranchServer) -> None:
    server.issue()
    server.key("open")
    server.key("call-next")
    server.key("call-next")
    text = server.get("/metrics").body
    assert 'jiaohao_events_total{type="TicketCalled"} 1.0' in text
    assert 'jiaohao_commands_total{command="CallNext",outcome="done"} 1.0' in text
    assert 'jiaohao_commands_total{command="CallNext",outcome="counter_busy"} 1.0' in text
    assert 'jiaohao_waiting{service="cash"} 0.0' in text
    assert "jiaohao_dispatch_seconds_bucket" in text
    assert 'jiaohao_clients{namespace="/display"} 0.0' in text
    assert f"jiaohao_journal_position {float(position(server))}" in text


def test_the_day_is_closed_by_hand_and_says_no_after(server: BranchServer) -> None:
    server.issue()
    assert server.post("/day/close", LOBBY).status == 200
    answer = server.post("/tickets", KIOSK, service="cash")
    assert (answer.status, answer.code) == (409, "day_not_open")


def test_c5_closing_before_a_crowd_needs_the_lobby_manager(server: BranchServer) -> None:
    assert server.key("open").status == 200
    limit = server.get("/api/v1/branch", LOBBY).body["rules"]["pause_consent_waiting"]
    for _ in range(limit + 1):
        server.issue()
    answer = server.key("close", reason="lunch")
    assert (answer.status, answer.code) == (409, "consent_needed")
    assert answer.body["message"] == f"1 号窗口还有 {limit + 1} 人等候，需要大堂经理同意"
    assert server.post("/counters/1/close", LOBBY, reason="lunch").status == 200


def test_a_closed_day_is_reopened_by_the_branch_head_only(server: BranchServer) -> None:
    assert server.post("/day/reopen", HEAD).code == "day_already_open"
    server.issue()
    assert server.post("/day/close", LOBBY).status == 200
    assert server.post("/tickets", KIOSK, service="cash").code == "day_not_open"
    assert server.post("/day/reopen", LOBBY).code == "not_permitted"
    assert server.post("/day/reopen", HEAD).body["events"][0]["type"] == "DayReopened"
    server.issue()
