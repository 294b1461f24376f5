"""Keys and scores over HTTP, as a pad line tells them (C1, C8, H4): whose they are, once each, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.branch_server import (
    HEAD,
    KIOSK,
    LINE,
    LOBBY,
    TECHNICIAN,
    TELLERS,
    BranchServer,
    Feed,
    write_branch,
)
from tests.waiting import until

SECOND_LINE = "example-virtual-pad-line-2"
LINES = (
    "    - {id: line_1, port: ports/line_1, token: example-virtual-pad-line-1}\n",
    "    - {id: line_1, port: ports/line_1, token: example-virtual-pad-line-1}\n"
    f"    - {{id: line_2, port: ports/line_2, token: {SECOND_LINE}}}\n"
    "  call_pads:\n    - {id: pad_3, line: line_2}\n",
)
"""A second line, with the pad of counter 3 on it."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """A branch with two pad lines."""
    server = BranchServer(tmp_path / "data", tmp_path / "log", write_branch(tmp_path, LINES))
    yield server
    server.stop()


def types(answer: object) -> list[str]:
    """What happened."""
    return [event["type"] for event in answer.body["events"]]  # type: ignore[attr-defined]


def test_a_teller_works_by_pad_alone_and_the_events_name_the_usual_teller(server: BranchServer) -> None:
    number = server.issue()
    opened = server.press("open")
    assert (opened.status, types(opened)) == (200, ["CounterOpened"])
    assert opened.body["events"][0]["teller"] == "wang_fang"
    called = server.press("call_next")
    assert types(called)[0] == "TicketCalled"
    assert called.body["events"][0]["number"] == number
    assert types(server.press("recall")) == ["TicketRecalled"]
    assert types(server.press("start"))[0] == "ServiceStarted"
    finished = server.press("finish")
    assert {"ServiceFinished", "RatingAsked"} <= set(types(finished))


def test_a_key_told_twice_acts_once(server: BranchServer) -> None:
    server.issue()
    server.issue()
    server.press("open")
    first = server.press("call_next", command_id="line_1:pad_1:000017")
    again = server.press("call_next", command_id="line_1:pad_1:000017")
    assert (first.body["is_repeat"], again.body["is_repeat"]) == (False, True)
    assert again.body["events"] == first.body["events"]
    other = server.press("recall", command_id="line_1:pad_1:000017")
    assert (other.status, other.code) == (409, "command_id_reused")


def test_a_key_that_cannot_act_is_refused_in_the_one_shape(server: BranchServer) -> None:
    server.press("open")
    answer = server.press("call_next")
    assert (answer.status, answer.code) == (409, "no_ticket_waiting")
    assert answer.body.keys() == {"ok", "code", "message", "details"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"key": "explode"}, "key"),
        ({"key": "transfer", "argument": "1a"}, "argument"),
        ({"key": "transfer", "argument": "123456789"}, "argument"),
        ({"key": "recall", "counter": "2"}, "counter"),
        ({}, "key"),
    ],
)
def test_a_key_no_pad_has_is_refused_by_its_field(
    server: BranchServer, body: dict[str, str], where: str
) -> None:
    answer = server.post("/pads/pad_1/press", LINE, **body)
    assert (answer.status, answer.body["details"]["where"]) == (422, where)


def test_12_a_line_speaks_for_the_devices_on_it_and_for_no_others(server: BranchServer) -> None:
    position = server.get("/healthz").body["position"]
    foreign = server.post("/pads/pad_3/press", LINE, key="open")
    assert (foreign.status, foreign.code) == (403, "not_permitted")
    assert server.post("/pads/pad_1/press", SECOND_LINE, key="open").code == "not_permitted"
    assert server.post("/pads/none/press", LINE, key="open").code == "unknown_device"
    # A window screen has no keys, and an evaluator no others than its scores.
    assert server.post("/pads/window_1/press", LINE, key="open").code == "unknown_device"
    assert server.post("/pads/evaluator_1/press", LINE, key="open").code == "unknown_device"
    assert server.post("/evaluators/pad_1/rate", LINE, rating="satisfied").code == "unknown_device"
    for token in (TELLERS["1"], LOBBY, HEAD, TECHNICIAN, KIOSK):
        assert server.post("/pads/pad_1/press", token, key="open").code == "not_permitted"
    # And a line is nobody at a counter.
    assert server.post("/counters/1/open", LINE).code == "not_permitted"
    assert server.get("/healthz").body["position"] == position
    assert server.post("/pads/pad_3/press", SECOND_LINE, key="open").status == 200


def test_a_customer_s_score_is_recorded_once_and_in_time(server: BranchServer) -> None:
    number = server.issue()
    early = server.post("/evaluators/evaluator_1/rate", LINE, rating="satisfied")
    assert (early.status, early.code) == (409, "rating_not_open")
    for key in ("open", "call_next", "start", "finish"):
        server.press(key)
    rated = server.post("/evaluators/evaluator_1/rate", LINE, rating="very_satisfied")
    assert types(rated) == ["VisitRated"]
    assert rated.body["events"][0]["teller"] == "wang_fang"
    again = server.post("/evaluators/evaluator_1/rate", LINE, rating="dissatisfied")
    assert (again.status, again.code) == (409, "already_rated")
    ticket = server.get(f"/api/v1/tickets/{number}", TELLERS["1"]).body
    assert ticket["rating"]["rating"] == "very_satisfied"
    assert ticket["rating"]["is_open"] is False
    unknown = server.post("/evaluators/evaluator_1/rate", LINE, rating="splendid")
    assert (unknown.status, unknown.code) == (422, "invalid_request")


def test_a_low_score_is_an_incident_and_the_lobby_counts_scores(server: BranchServer) -> None:
    lobby = Feed(server.url, "/lobby", {"token": LOBBY}).connect()
    server.issue()
    for key in ("open", "call_next", "start", "finish"):
        server.press(key)
    rated = server.post("/evaluators/evaluator_1/rate", LINE, rating="dissatisfied")
    assert types(rated) == ["VisitRated", "IncidentOpened"]
    until(lambda: lobby.sections["today"]["ratings"]["dissatisfied"] == 1, 5, "the score counted")
    until(
        lambda: any(h.get("incident_kind") == "low_rating" for h in lobby.happenings), 5, "the incident told"
    )
    lobby.close()


def test_a_supervisor_called_by_pad_is_an_alert_and_the_answer_is_measured(server: BranchServer) -> None:
    lobby = Feed(server.url, "/lobby", {"token": LOBBY}).connect()
    teller = Feed(server.url, "/teller", {"token": TELLERS["1"]}).connect()
    pads = Feed(server.url, "/pads", {"token": LINE}).connect()
    server.press("open")
    assert types(server.press("call_supervisor")) == ["SupervisorCalled"]
    assert server.press("call_supervisor").code == "supervisor_already_called"
    until(
        lambda: any(h.get("code") == "supervisor_called" for h in lobby.happenings),
        within_s=5,
        what="the alert",
    )
    until(lambda: len(lobby.sections["supervisors"]) == 1, within_s=5, what="the call in the list")
    [call] = lobby.sections["supervisors"]
    assert (call["counter"], call["teller"], call["answered_at"]) == ("1", "wang_fang", None)
    until(lambda: pads.sections["counters"][0]["supervisor"] == "called", 5, "the pad's lamp")
    assert server.post("/counters/1/answer-supervisor", TELLERS["1"]).code == "not_permitted"
    answered = server.post("/counters/1/answer-supervisor", LOBBY)
    assert types(answered) == ["SupervisorAnswered"]
    until(lambda: lobby.sections["supervisors"][0]["answered_by"] == "chen_jie", 5, "who comes")
    assert lobby.sections["supervisors"][0]["response_ms"] == answered.body["events"][0]["response_ms"]
    until(
        lambda: any(h["kind"] == "supervisor_answered" for h in teller.happenings),
        within_s=5,
        what="the teller told",
    )
    until(lambda: pads.sections["counters"][0]["supervisor"] == "answered", 5, "the pad told")
    for feed in (lobby, teller, pads):
        feed.close()


def test_a_teller_asks_for_the_same_on_the_page(server: BranchServer) -> None:
    assert server.key("call-supervisor").code == "counter_not_open"
    server.issue()
    server.key("open")
    assert types(server.key("call-supervisor")) == ["SupervisorCalled"]
    assert server.key("ask-rating").code == "no_visit_to_rate"
    server.key("call-next")
    server.key("start")
    assert types(server.key("ask-rating")) == ["RatingAsked"]
    view = server.get("/api/v1/counters", TELLERS["1"]).body[0]
    assert view["rating"]["is_open"] is True
    assert view["supervisor"]["counter"] == "1"


# --- what a line is told ---------------------------------------------------------------------------------------------


def test_a_line_is_told_of_its_own_counters_only_and_follows_by_position(server: BranchServer) -> None:
    one = Feed(server.url, "/pads", {"token": LINE}).connect()
    two = Feed(server.url, "/pads", {"token": SECOND_LINE}).connect()
    assert [counter["counter"] for counter in two.sections["counters"]] == ["3"]
    assert [counter["counter"] for counter in one.sections["counters"]] == ["1", "2", "3"]
    number = server.issue()
    server.press("open")
    server.press("call_next")
    until(lambda: one.sections["counters"][0]["state"] == "calling", within_s=5, what="the call on the pad")
    first = one.sections["counters"][0]
    assert (first["number"], first["waiting"], first["level"]) == (number, 0, 0)
    assert first["rating"] is None
    server.press("start")
    server.press("finish")
    until(lambda: one.sections["counters"][0]["rating"] == {"number": number}, 5, "the rating asked")
    assert one.resumes == two.resumes == 0
    # No name, no link, nothing of a person.
    assert set(first) == {
        *("counter", "name", "state", "number", "waiting", "level", "reason"),
        *("is_pause_requested", "is_unheard", "rating", "supervisor"),
    }
    one.close()
    two.close()


def test_07_a_line_that_lost_a_message_notices_and_asks(server: BranchServer) -> None:
    pads = Feed(server.url, "/pads", {"token": LINE}).connect()
    pads.drop = 1
    server.press("open")
    until(lambda: pads.drop == 0, within_s=5, what="a lost delta")
    server.press("pause", argument="1")
    until(lambda: pads.sections["counters"][0]["state"] == "paused", within_s=5, what="the truth")
    assert pads.resumes == 1
    assert pads.sections["counters"][0]["reason"] == "lunch"
    pads.close()


def test_an_unheard_call_is_on_the_pad(server: BranchServer) -> None:
    pads = Feed(server.url, "/pads", {"token": LINE}).connect()
    server.issue()
    server.press("open")
    server.press("call_next")
    until(lambda: pads.sections["counters"][0]["is_unheard"], within_s=8, what="unheard")
    pads.close()
