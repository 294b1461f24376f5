"""Real sockets against the real server: who gets in, what it is told, and that a lost message is noticed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio

from tests.branch_server import DISPLAY, HEAD, KIOSK, LINE, LOBBY, TELLERS, BranchServer, Feed
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """A branch with an empty journal."""
    server = BranchServer(tmp_path / "data", tmp_path / "log")
    yield server
    server.stop()


@pytest.fixture
def connect(server: BranchServer) -> Iterator[Any]:
    """`connect("/display", DISPLAY)` → a feed that has its snapshot; all hang up at the end."""
    feeds: list[Feed] = []

    def make(namespace: str, token: str, **more: Any) -> Feed:
        feed = Feed(server.url, namespace, {"token": token, **more})
        feed.follower.position = more.get("have")
        feeds.append(feed)
        return feed.connect()

    yield make
    for feed in feeds:
        feed.close()


def test_a_call_reaches_the_display_once_with_the_journal_position_as_its_id(
    server: BranchServer, connect: Any
) -> None:
    display = connect("/display", DISPLAY)
    number = server.issue()
    server.key("open")
    called = server.key("call-next").body
    until(lambda: display.happenings, within_s=5, what="the announcement")
    [announcement] = display.happenings
    assert announcement["kind"] == "call"
    assert announcement["number"] == number
    assert announcement["counter"] == "1"
    assert announcement["announcement_id"] == called["events"][0]["position"]
    assert [row["number"] for row in display.sections["calls"]] == [number]
    assert [one["announcement_id"] for one in display.sections["pending"]] == [
        announcement["announcement_id"]
    ]


def test_06_a_recall_is_announced_again_and_two_calls_at_once_are_both_announced_in_order(
    server: BranchServer, connect: Any
) -> None:
    display = connect("/display", DISPLAY)
    first, second = server.issue(), server.issue()
    for counter in ("1", "2"):
        server.key("open", counter)
    server.key("call-next", "1")
    server.key("call-next", "2")
    server.key("recall", "1")
    until(lambda: len(display.happenings) == 3, within_s=5, what="three announcements")
    assert [(one["kind"], one["number"]) for one in display.happenings] == [
        ("call", first),
        ("call", second),
        ("recall", first),
    ]
    ids = [one["announcement_id"] for one in display.happenings]
    assert ids == sorted(set(ids))


def test_a_display_that_says_it_showed_and_spoke_is_believed_once(server: BranchServer, connect: Any) -> None:
    display = connect("/display", DISPLAY)
    number = server.issue()
    server.key("open")
    server.key("call-next")
    until(lambda: display.happenings, within_s=5, what="the announcement")
    report = {
        "report_id": "report-1",
        "announcement_id": display.happenings[0]["announcement_id"],
        "shown_at": "2026-01-05T09:00:00Z",
    }
    first = display.ask("shown", report)
    again = display.ask("shown", report)
    assert first["ok"]
    assert again == first
    ticket = server.get(f"/api/v1/tickets/{number}", TELLERS["1"]).body
    assert ticket["announcements"][0]["shown_at"] is not None
    spoken = {**report, "report_id": "report-2", "spoken_at": report["shown_at"]}
    del spoken["shown_at"]
    assert display.ask("spoken", spoken)["ok"]
    until(lambda: display.sections["pending"] == [], within_s=5, what="nothing pending")


def test_an_announcement_nobody_made_is_refused_in_the_one_shape(connect: Any) -> None:
    display = connect("/display", DISPLAY)
    answer = display.ask(
        "shown", {"report_id": "r-1", "announcement_id": 999, "shown_at": "2026-01-05T09:00:00Z"}
    )
    assert answer["ok"] is False
    assert answer["code"] == "unknown_announcement"
    assert "999" in answer["message"]


def test_an_unshown_call_tells_the_teller_to_call_out(server: BranchServer, connect: Any) -> None:
    teller = connect("/teller", TELLERS["1"])
    lobby = connect("/lobby", LOBBY)
    number = server.issue()
    server.key("open")
    server.key("call-next")
    until(lambda: any(h["kind"] == "unheard" for h in teller.happenings), within_s=8, what="unheard")
    [unheard] = [h for h in teller.happenings if h["kind"] == "unheard"]
    assert unheard["number"] == number
    assert teller.sections["counter"]["ticket"]["is_unheard"] is True
    until(lambda: any(h.get("code") == "unheard" for h in lobby.happenings), within_s=5, what="the alert")


def test_07_a_dropped_message_is_noticed_and_the_truth_fetched(server: BranchServer, connect: Any) -> None:
    display = connect("/display", DISPLAY)
    server.key("open")
    first = server.issue()
    until(lambda: sum(g["waiting"] for g in display.sections["waiting"]) == 1, within_s=5, what="one waiting")
    display.drop = 1
    server.key("call-next")
    until(lambda: display.drop == 0, within_s=5, what="a lost delta")
    server.issue()
    until(lambda: display.resumes > 0, within_s=5, what="a gap noticed")
    until(
        lambda: [row["number"] for row in display.sections["calls"]] == [first],
        within_s=5,
        what="the true board",
    )
    # The lost announcement is still open and unspoken: the board says so.
    assert [one["number"] for one in display.sections["pending"]] == [first]


def test_07_thirty_displays_come_back_after_kill_9_and_show_the_true_state(
    server: BranchServer, connect: Any
) -> None:
    server.issue()
    server.key("open")
    server.key("call-next")
    server.kill()
    server.start()
    feeds = [Feed(server.url, "/display", {"token": DISPLAY}) for _ in range(30)]
    threads = [threading.Thread(target=feed.connect) for feed in feeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[row["number"] for row in feed.sections["calls"]] for feed in feeds] == [["A001"]] * 30
    server.issue()
    until(
        lambda: all(sum(g["waiting"] for g in feed.sections["waiting"]) == 1 for feed in feeds),
        within_s=10,
        what="all thirty follow",
    )
    assert [feed.resumes for feed in feeds] == [0] * 30
    for feed in feeds:
        feed.close()


def test_a_client_that_has_everything_is_told_that_nothing_is_new(server: BranchServer, connect: Any) -> None:
    # Another display stays: the room, and what it was last told, live as long as somebody is in it.
    stays = connect("/display", DISPLAY)
    server.issue()
    until(lambda: stays.sections["waiting"][0]["waiting"] == 1, within_s=5, what="the issue")
    have = stays.follower.position
    back = connect("/display", DISPLAY, have=have)
    assert back.messages == [
        ("delta", {"position": have, "previous": have, "sections": {}, "happenings": []})
    ]


def test_a_position_of_before_the_restart_is_not_taken_at_its_word(
    server: BranchServer, connect: Any
) -> None:
    server.issue()
    have = server.get("/healthz").body["position"]
    server.stop()
    server.start()
    back = connect("/display", DISPLAY, have=have)
    assert back.messages[0][0] == "snapshot"


@pytest.mark.parametrize(
    ("namespace", "auth"),
    [
        ("/display", {}),
        ("/display", {"token": "nobody"}),
        ("/display", {"token": 7}),
        ("/display", {"token": ["x"]}),
        ("/kiosk", {"token": ""}),
        ("/teller", {"token": None}),
        ("/lobby", {"token": "example"}),
    ],
)
def test_12_a_socket_nobody_knows_gets_nothing(
    server: BranchServer, namespace: str, auth: dict[str, Any]
) -> None:
    feed = Feed(server.url, namespace, auth)
    refusal = feed.try_connect()
    assert refusal["code"] == "unidentified"
    server.issue()
    assert feed.messages == []


@pytest.mark.parametrize(
    ("namespace", "token"),
    [
        ("/display", KIOSK),
        ("/display", TELLERS["1"]),
        ("/kiosk", DISPLAY),
        ("/teller", LOBBY),
        ("/lobby", TELLERS["1"]),
        ("/lobby", KIOSK),
        ("/pads", KIOSK),
        ("/pads", TELLERS["1"]),
        ("/kiosk", LINE),
        ("/lobby", LINE),
    ],
)
def test_12_a_role_that_does_not_fit_the_namespace_gets_nothing(
    server: BranchServer, namespace: str, token: str
) -> None:
    feed = Feed(server.url, namespace, {"token": token})
    refusal = feed.try_connect()
    assert refusal["code"] == "not_permitted"
    assert feed.messages == []


def test_12_a_socket_that_never_joined_a_namespace_hears_nothing(server: BranchServer) -> None:
    heard: list[Any] = []
    client = socketio.Client(reconnection=False, handle_sigint=False)
    client.on("*", lambda *said: heard.append(said))
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.url, transports=["websocket"], wait_timeout=5)
    server.issue()
    assert heard == []


def test_12_a_teller_gets_only_the_own_counter(server: BranchServer, connect: Any) -> None:
    one, two = connect("/teller", TELLERS["1"]), connect("/teller", TELLERS["2"])
    server.issue()
    server.key("open", "1")
    server.key("call-next", "1")
    until(lambda: one.sections["counter"]["state"] == "calling", within_s=5, what="counter 1 calling")
    assert two.sections["counter"]["counter"] == "2"
    assert two.sections["counter"]["ticket"] is None


def test_the_lobby_sees_the_hall_and_the_branch_head_too(server: BranchServer, connect: Any) -> None:
    pages = [connect("/lobby", LOBBY), connect("/lobby", HEAD)]
    server.issue()
    until(lambda: all(page.sections["today"]["issued"] == 1 for page in pages), within_s=5, what="one issued")
    assert [[one["number"] for one in page.sections["waiting"]] for page in pages] == [["A001"], ["A001"]]


def test_a_ticket_page_follows_its_own_ticket_only(server: BranchServer) -> None:
    answer = server.post("/tickets", KIOSK, service="cash").body
    link = answer["order"]["face"]["link"].rpartition("/")[2]
    server.issue()
    page = Feed(server.url, "/ticket", {"link": link}).connect()
    assert page.sections["ticket"]["number"] == "A001"
    assert page.sections["ticket"]["ahead"] == 0
    server.key("open")
    server.key("call-next")
    until(lambda: page.sections["ticket"]["state"] == "called", within_s=5, what="called")
    assert page.sections["ticket"]["counter"] == "1"
    page.close()
    foreign = Feed(server.url, "/ticket", {"link": "x" * 16})
    refusal = foreign.try_connect()
    assert refusal["code"] == "unknown_ticket"


def test_a_reprint_reaches_only_the_kiosk_that_shall_print(server: BranchServer, connect: Any) -> None:
    kiosk = connect("/kiosk", KIOSK)
    number = server.issue()
    job = f"{number}-1"
    until(lambda: kiosk.sections["print_orders"], within_s=5, what="the slip is owed")
    [order] = kiosk.sections["print_orders"]
    assert order["job_id"].endswith(job)
    server.post("/prints", KIOSK, job_id=order["job_id"], state="printed")
    until(lambda: kiosk.sections["print_orders"] == [], within_s=5, what="nothing owed")
    server.post(f"/tickets/{number}/reprint", LOBBY, kiosk="kiosk_1")
    until(lambda: kiosk.sections["print_orders"], within_s=5, what="the reprint")
    [order] = kiosk.sections["print_orders"]
    assert (order["kind"], order["face"]["is_reprint"], order["face"]["number"]) == ("reprint", True, number)


def test_a_device_is_online_while_its_socket_lives_and_a_blink_is_no_fault(
    server: BranchServer, connect: Any
) -> None:
    lobby = connect("/lobby", LOBBY)

    def state() -> str | None:
        return next((d["state"] for d in lobby.sections["devices"] if d["device"] == "display_1"), None)

    display = connect("/display", DISPLAY)
    until(lambda: state() == "online", within_s=5, what="the display online")
    display.close()
    connect("/display", DISPLAY)
    second = Feed(server.url, "/display", {"token": DISPLAY}).connect()
    position = server.get("/healthz").body["position"]
    second.close()
    # One socket is left: nothing is reported, not even after the grace.
    server.issue()
    until(lambda: lobby.sections["today"]["issued"] == 1, within_s=5, what="the issue")
    assert state() == "online"
    assert server.get("/healthz").body["position"] == position + 2


def test_an_unplugged_display_is_a_fault_after_the_grace(server: BranchServer, connect: Any) -> None:
    lobby = connect("/lobby", LOBBY)
    display = connect("/display", DISPLAY)

    def shown(field: str) -> Any:
        return next(d[field] for d in lobby.sections["devices"] if d["device"] == "display_1")

    until(lambda: shown("state") == "online", within_s=5, what="the display known")
    display.close()
    until(lambda: shown("state") == "offline", within_s=15, what="the display offline")
    assert shown("fault") == "no_connection"
    assert shown("last_fault") == "no_connection"
    assert shown("incident_id") is not None


def test_time_alone_is_no_news(server: BranchServer, connect: Any) -> None:
    teller = connect("/teller", TELLERS["1"])
    server.issue()
    server.key("open")
    server.key("call-next")
    server.key("start")
    until(lambda: teller.sections["counter"]["state"] == "serving", within_s=5, what="serving")
    before = len(teller.messages)
    # An event elsewhere makes the relay look at the room again; only its durations have grown.
    server.post("/notices", LOBBY, zh="请带身份证", en="Bring your ID card")
    lobby = connect("/lobby", LOBBY)
    assert lobby.sections["notices"][0]["text"]["zh"] == "请带身份证"
    server.post("/notices", LOBBY, zh="二", en="two")
    until(lambda: len(lobby.sections["notices"]) == 2, within_s=5, what="the second notice")
    assert len(teller.messages) == before


def test_every_event_is_answered_also_an_unknown_one(connect: Any) -> None:
    teller = connect("/teller", TELLERS["1"])
    assert teller.ask("no_such_event", {})["code"] == "unknown_event"
    assert teller.ask("resume", {"have": 0, "more": 1})["code"] == "invalid_request"
    assert teller.ask("resume", {"have": None})["ok"] is True
