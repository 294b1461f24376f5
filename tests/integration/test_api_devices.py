"""How devices stand (H1, H2, F3): reports, heartbeats, faults with their incident, and the apology on the display."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.branch_server import DISPLAY, HEAD, KIOSK, LINE, LOBBY, TECHNICIAN, TELLERS, BranchServer, Feed
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """A branch with an empty journal."""
    server = BranchServer(tmp_path / "data", tmp_path / "log")
    yield server
    server.stop()


def device(server: BranchServer, code: str) -> dict[str, Any]:
    """One device as the technician sees it."""
    found: dict[str, Any] = next(
        one for one in server.get("/api/v1/devices", TECHNICIAN).body if one["device"] == code
    )
    return found


def report(server: BranchServer, code: str, kind: str, state: str, token: str = LINE, **more: Any) -> Any:
    """What the device says of itself."""
    return server.post("/devices/state", token, device=code, kind=kind, state=state, **more)


def heard(server: BranchServer, *devices: str, token: str = LINE) -> Any:
    """Heartbeats; they carry no command id."""
    content = json.dumps({"devices": devices}).encode()
    return server.ask("POST", "/api/v1/devices/heard", token, content)


def incidents(server: BranchServer) -> list[dict[str, Any]]:
    """Today's, newest first."""
    found: list[dict[str, Any]] = server.get("/api/v1/incidents", HEAD).body
    return found


def test_every_device_of_the_branch_is_listed_also_one_nobody_heard_of(server: BranchServer) -> None:
    listed = server.get("/api/v1/devices", TECHNICIAN).body
    assert [one["device"] for one in listed] == [
        *("kiosk_1", "printer_1", "display_1", "display_1-speaker", "line_1"),
        *("pad_1", "pad_2", "pad_3", "window_1", "window_2", "window_3"),
        *("evaluator_1", "evaluator_2", "evaluator_3"),
    ]
    assert {one["state"] for one in listed} == {"unknown"}
    pad = device(server, "pad_1")
    assert (pad["kind"], pad["part_of"], pad["counter"]) == ("call_pad", "line_1", "1")
    assert re.fullmatch(r"[0-9A-F]{4}", pad["expected_config"])
    # The common Chinese pads hold no configuration: there is nothing to expect of them.
    assert device(server, "pad_2")["expected_config"] is None
    assert device(server, "printer_1")["part_of"] == "kiosk_1"


def test_what_a_device_runs_and_its_last_fault_are_remembered_when_it_is_well_again(
    server: BranchServer,
) -> None:
    server.issue()
    report(server, "pad_1", "call_pad", "online", firmware="1.3", config="0BAD")
    report(server, "pad_1", "call_pad", "fault", fault="stuck_key", detail="key 5 for 12 s")
    stuck = device(server, "pad_1")
    assert (stuck["state"], stuck["fault"], stuck["detail"]) == ("fault", "stuck_key", "key 5 for 12 s")
    assert (stuck["firmware"], stuck["config"]) == ("1.3", "0BAD")
    assert stuck["config"] != stuck["expected_config"]
    assert stuck["incident_id"] == incidents(server)[0]["incident_id"]
    assert stuck["last_heard_at"] is not None
    report(server, "pad_1", "call_pad", "online")
    well = device(server, "pad_1")
    assert (well["state"], well["fault"], well["incident_id"]) == ("online", None, None)
    assert (well["last_fault"], well["last_fault_at"]) == ("stuck_key", stuck["since"])
    [incident] = incidents(server)
    assert incident["closed_at"] is not None


def test_12_a_device_speaks_for_itself_and_for_what_hangs_on_it(server: BranchServer) -> None:
    assert report(server, "display_1", "lobby_display", "fault").code == "not_permitted"
    assert report(server, "pad_1", "call_pad", "online", token=KIOSK).code == "not_permitted"
    assert report(server, "printer_1", "ticket_printer", "online", token=KIOSK).status == 200
    assert report(server, "line_1", "pad_line", "online").status == 200
    assert report(server, "none", "call_pad", "online").code == "unknown_device"
    assert heard(server, "pad_1", "kiosk_1").code == "not_permitted"
    assert heard(server, "none").code == "unknown_device"
    assert heard(server, "pad_1", token=TELLERS["1"]).code == "not_permitted"
    assert heard(server, "pad_1", token=TECHNICIAN).code == "not_permitted"
    assert server.get("/api/v1/devices", LINE).code == "not_permitted"


def test_heartbeats_are_seen_and_go_to_no_journal(server: BranchServer) -> None:
    before = server.get("/healthz").body["position"]
    answer = heard(server, "line_1", "pad_1")
    assert answer.status == 200
    assert device(server, "pad_1")["last_heard_at"] == answer.body["at"]
    assert server.get("/healthz").body["position"] == before
    assert device(server, "pad_2")["last_heard_at"] is None
    assert 'jiaohao_device_last_heard_seconds{device="pad_1"' in server.get("/metrics").body


def test_a_line_whose_heartbeats_stop_is_offline_once_and_takes_its_pads_along(server: BranchServer) -> None:
    server.issue()
    for code, kind in (("line_1", "pad_line"), ("pad_1", "call_pad"), ("window_1", "window_screen")):
        report(server, code, kind, "online")
    heard(server, "line_1", "pad_1", "window_1")
    until(lambda: device(server, "line_1")["state"] == "offline", within_s=15, what="the line offline")
    assert device(server, "line_1")["fault"] == "not_heard"
    assert device(server, "pad_1")["state"] == "offline"
    assert device(server, "window_1")["state"] == "offline"
    metrics = server.get("/metrics").body
    assert 'jiaohao_device_up{device="line_1",kind="pad_line"} 0.0' in metrics
    assert 'jiaohao_device_up{device="pad_1",kind="call_pad"} 0.0' in metrics
    assert 'jiaohao_device_faults_total{device="line_1",kind="pad_line"} 1.0' in metrics
    # One fault, one incident: what hangs on the line is not told as well.
    [incident] = incidents(server)
    assert (incident["kind"], incident["facts"]["device"]) == ("device_fault", "line_1")
    heard(server, "line_1", "pad_1", "window_1")
    until(lambda: device(server, "line_1")["state"] == "online", within_s=5, what="the line back")
    assert device(server, "pad_1")["state"] == "online"
    [closed] = incidents(server)
    assert closed["closed_at"] is not None
    assert 'jiaohao_device_up{device="line_1",kind="pad_line"} 1.0' in server.get("/metrics").body


def test_a_line_is_online_while_its_socket_lives(server: BranchServer) -> None:
    server.issue()
    line = Feed(server.url, "/pads", {"token": LINE}).connect()
    until(lambda: device(server, "line_1")["state"] == "online", within_s=5, what="the line online")
    assert device(server, "line_1")["last_heard_at"] is not None
    line.close()
    until(lambda: device(server, "line_1")["state"] == "offline", within_s=15, what="the line offline")
    assert device(server, "line_1")["fault"] == "no_connection"
    assert [one["facts"]["device"] for one in incidents(server)] == ["line_1"]


def test_the_display_apologises_while_a_device_is_out_of_order_and_not_longer(server: BranchServer) -> None:
    display = Feed(server.url, "/display", {"token": DISPLAY}).connect()
    server.post("/notices", LOBBY, zh="请带身份证", en="Bring your ID card")
    until(lambda: len(display.sections["notices"]) == 1, within_s=5, what="the notice of the staff")
    report(server, "printer_1", "ticket_printer", "fault", KIOSK, fault="paper_out")
    until(lambda: len(display.sections["notices"]) == 2, within_s=5, what="the apology")
    apology, posted = display.sections["notices"]
    assert (apology["is_apology"], posted["is_apology"]) == (True, False)
    assert apology["text"] == {
        "zh": "取号机暂停使用，请向大堂经理取号，给您带来不便，敬请谅解。",
        "en": "We are sorry: the ticket kiosk is out of order. Please ask the lobby manager for a number.",
    }
    # Almost out of paper is a fault for the technician, and none for the customer.
    report(server, "printer_1", "ticket_printer", "fault", KIOSK, fault="near_end")
    until(lambda: len(display.sections["notices"]) == 1, within_s=5, what="no apology for little paper")
    report(server, "line_1", "pad_line", "fault", LINE, fault="unplugged")
    until(lambda: len(display.sections["notices"]) == 2, within_s=5, what="the apology for the line")
    # What hangs on the line is out of order with it, and nobody is told twice.
    for pad in ("pad_1", "pad_2", "pad_3"):
        report(server, pad, "call_pad", "offline", LINE, fault="no_answer")
    lobby = Feed(server.url, "/lobby", {"token": LOBBY}).connect()
    assert len(lobby.sections["incidents"]) == 2
    assert [one["is_apology"] for one in lobby.sections["notices"]] == [False]
    report(server, "line_1", "pad_line", "online")
    report(server, "printer_1", "ticket_printer", "online", KIOSK)
    until(lambda: len(display.sections["notices"]) == 1, within_s=5, what="no apology any more")
    assert display.sections["notices"][0]["text"]["zh"] == "请带身份证"
    display.close()
    lobby.close()


def test_tickets_and_transactions_in_the_span_of_a_fault_are_marked(server: BranchServer) -> None:
    before = server.issue()
    server.key("open")
    report(server, "display_1", "lobby_display", "fault", DISPLAY, fault="no_sound_device")
    server.key("call-next")
    server.key("start")
    report(server, "pad_1", "call_pad", "fault", fault="stuck_key")
    ticket = server.get(f"/api/v1/tickets/{before}", TELLERS["1"]).body
    assert (ticket["devices"], ticket["is_device_affected"]) == (["display_1"], True)
    assert ticket["transactions"][0]["devices"] == ["pad_1"]
    server.key("finish")
    report(server, "display_1", "lobby_display", "online", DISPLAY)
    report(server, "pad_1", "call_pad", "online")
    after = server.issue()
    server.key("call-next")
    server.key("start")
    ticket = server.get(f"/api/v1/tickets/{after}", TELLERS["1"]).body
    assert (ticket["devices"], ticket["transactions"][0]["devices"]) == ([], [])
    numbers = {
        one["facts"]["device"]: one["numbers"] for one in incidents(server) if one["kind"] == "device_fault"
    }
    assert numbers == {"display_1": [before], "pad_1": [before]}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"device": "pad_1", "kind": "toaster", "state": "online"}, "kind"),
        ({"device": "pad_1", "kind": "call_pad", "state": "asleep"}, "state"),
        ({"device": "pad_1", "kind": "call_pad", "state": "online", "firmware": "x" * 41}, "firmware"),
    ],
)
def test_an_odd_report_is_refused_by_its_field(
    server: BranchServer, body: dict[str, str], where: str
) -> None:
    answer = server.post("/devices/state", LINE, **body)
    assert (answer.status, answer.body["details"]["where"]) == (422, where)
