"""Another branch file while the server runs (F1): whole or not at all, nobody's call lost, everybody told."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.branch_server import (
    DISPLAY,
    HEAD,
    KIOSK,
    LINE,
    ROOT,
    TECHNICIAN,
    TELLERS,
    Answer,
    BranchServer,
    Feed,
    write_branch,
)
from tests.waiting import until

NAME = "{zh: 城东支行（虚拟）, en: East City Branch (virtual)}"
OTHER_NAME = "{zh: 城西支行, en: West City Branch}"

_LAST_SERVICE = "  - {code: corporate_opening, ticket_hours: {opens: 00:00, closes: 24:00}, quota: 999}\n"
_LAST_PERSON = "  - {id: sun_lei, token: example-virtual-technician}\n"
NOTARY = (
    (
        _LAST_SERVICE,
        _LAST_SERVICE
        + "  - {code: notary, name: {zh: 公证, en: Notary}, group: personal, series: N}\n"
        + 'counters: [{code: "9", name: {zh: 9 号窗口, en: Counter 9}, services: [notary]}]\n',
    ),
    (
        _LAST_PERSON,
        _LAST_PERSON
        + "  - {id: qian, name: {zh: 钱, en: Qian}, role: teller, "
        + 'counter: "9", token: example-virtual-teller-9}\n',
    ),
)
QIAN = "example-virtual-teller-9"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """The virtual branch, from a copy of its file that a test may change."""
    server = BranchServer(tmp_path / "data", tmp_path / "log", write_branch(tmp_path))
    yield server
    server.stop()


@pytest.fixture
def change(server: BranchServer) -> Callable[..., Answer]:
    """`change((before, after), …)` writes the file anew and asks for a reload."""

    def write_and_ask(*changes: tuple[str, str]) -> Answer:
        write_branch(server.branch.parent, *changes)
        return server.post("/config/reload", TECHNICIAN)

    return write_and_ask


def loaded(server: BranchServer) -> float:
    """How many configurations the journal tells of since the start, that of the start included."""
    found = re.search(
        r'jiaohao_events_total{type="ConfigurationLoaded"} ([0-9.]+)', server.get("/metrics").body
    )
    return float(found[1]) if found else 0.0


def test_a_start_says_once_which_branch_file_is_served_and_what_is_new_in_it(
    server: BranchServer, tmp_path: Path
) -> None:
    assert server.get("/healthz").body["position"] == 1
    server.stop()
    server.start()
    assert server.get("/healthz").body["position"] == 1
    server.stop()
    write_branch(tmp_path, (NAME, OTHER_NAME))
    server.start()
    assert server.get("/healthz").body["position"] == 2
    said = subprocess.run(
        [sys.executable, "-m", "queue_server", "verify-journal", "--data", str(server.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "2 events in order" in said.stdout


def test_a_file_that_says_nothing_new_changes_nothing(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    before = server.get("/healthz").body["position"]
    answer = change()
    assert (answer.status, answer.body["changed"], answer.body["events"]) == (200, [], [])
    assert server.get("/healthz").body["position"] == before


def test_what_changed_is_told_recorded_and_on_every_screen(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    display = Feed(server.url, "/display", {"token": DISPLAY}).connect()
    pads = Feed(server.url, "/pads", {"token": LINE}).connect()
    before = pads.sections["configuration"]["version"]
    answer = change((NAME, OTHER_NAME))
    assert answer.status == 200, answer
    assert answer.body["changed"] == ["branch.name.zh", "branch.name.en"]
    [event] = answer.body["events"]
    assert (event["type"], event["version"]) == ("ConfigurationLoaded", answer.body["version"])
    assert event["changed"] == answer.body["changed"]
    until(lambda: display.sections["branch"]["branch"]["en"] == "West City Branch", 5, "the new name")
    until(lambda: pads.sections["configuration"]["version"] != before, 5, "the new version")
    assert pads.sections["configuration"]["version"] == answer.body["version"]
    # By position, as ever: nobody had to ask.
    assert display.resumes == pads.resumes == 0
    assert "西" in server.get("/").body
    assert server.get("/api/v1/branch", HEAD).body["name"]["zh"] == "城西支行"
    display.close()
    pads.close()


def test_a_repeat_of_the_same_id_is_the_same_reload(server: BranchServer) -> None:
    write_branch(server.branch.parent, (NAME, OTHER_NAME))
    first = server.post("/config/reload", TECHNICIAN, "reload-0001")
    again = server.post("/config/reload", TECHNICIAN, "reload-0001")
    assert (first.status, first.body["is_repeat"]) == (200, False)
    assert (again.status, again.body["is_repeat"]) == (200, True)
    assert again.body["events"] == first.body["events"]
    assert loaded(server) == 1 + 1


def test_a_broken_file_is_refused_whole_with_every_problem_and_its_place(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    before = server.get("/healthz").body["position"]
    broken = change(
        (NAME, OTHER_NAME), ("zone: Asia/Shanghai", "zone: Mars/Base"), ("baud: 9600", "baud: 9601")
    )
    assert (broken.status, broken.code) == (422, "configuration_refused")
    problems = broken.body["details"]["problems"]
    assert len(problems) == broken.body["details"]["count"] == 2
    for problem in problems:
        assert Path(problem["file"]).name == "example.yaml"
        assert problem["line"] > 0
        assert problem["column"] > 0
    assert {problem["key"] for problem in problems} == {"branch.zone", "devices.lines[0].baud"}
    assert "Mars/Base" in problems[0]["message"]
    assert str(len(problems)) in broken.body["message"]
    assert server.get("/healthz").body["position"] == before
    assert server.get("/api/v1/branch", HEAD).body["name"]["en"] == "East City Branch (virtual)"
    # And once it is mended, it is taken.
    assert change((NAME, OTHER_NAME)).status == 200


def test_a_file_that_is_gone_is_refused(server: BranchServer) -> None:
    server.branch.unlink()
    answer = server.post("/config/reload", TECHNICIAN)
    assert (answer.status, answer.code) == (422, "configuration_refused")
    assert "virtual.yaml" in answer.body["message"]


def test_what_only_a_restart_can_change_is_named_and_nothing_else_is_changed_either(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    answer = change(
        (NAME, OTHER_NAME), ("zone: Asia/Shanghai", "zone: Asia/Urumqi"), ("code: virtual", "code: other")
    )
    assert (answer.status, answer.code) == (409, "restart_needed")
    assert answer.body["details"]["keys"] == "branch.code, branch.zone"
    assert server.get("/api/v1/branch", HEAD).body["name"]["en"] == "East City Branch (virtual)"


def test_a_program_that_is_given_its_part_when_it_starts_is_named(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    answer = change(("address: 41", "address: 44"), ("profile: generic_80mm", "profile: kiosk_58mm"))
    # The line reads the file again by itself when it is told of another version.
    assert answer.body["restarts"] == ["kiosk_1"]
    window = next(
        one for one in server.get("/api/v1/devices", TECHNICIAN).body if one["device"] == "window_1"
    )
    assert window["expected_config"] != window["config"]


def test_a_service_and_a_counter_come_and_go_but_not_from_under_a_customer(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    assert change(*NOTARY).status == 200
    number = server.issue("notary")
    assert number.startswith("N")
    assert server.post("/counters/9/open", QIAN).status == 200
    assert server.post("/counters/9/call-next", QIAN).body["events"][0]["number"] == number
    refused = change()
    assert (refused.status, refused.code) == (409, "configuration_in_use")
    assert refused.body["details"]["uses"] == f"counters[9] ({number}), services[notary] ({number})"
    # Nothing of it: the counter goes on.
    assert server.post("/counters/9/start", QIAN).status == 200
    assert server.post("/counters/9/finish", QIAN).status == 200
    gone = server.post("/config/reload", TECHNICIAN)
    assert gone.status == 200
    # Nobody was at it any more: it closes with the change, and its teller is nobody here.
    assert [event["type"] for event in gone.body["events"]] == ["ConfigurationLoaded", "CounterClosed"]
    assert server.post("/counters/9/open", QIAN).code == "unidentified"
    assert server.post("/tickets", KIOSK, service="notary").code == "unknown_service"
    # What was served stays in the records.
    report = server.get("/api/v1/reports/day", HEAD).body
    assert next(one["served"] for one in report["services"] if one["service"] == "notary") == 1


def test_a_token_that_is_nobody_s_any_more_is_turned_out_and_a_new_one_is_let_in(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    display = Feed(server.url, "/display", {"token": DISPLAY}).connect()
    teller = Feed(server.url, "/teller", {"token": TELLERS["1"]}).connect()
    answer = change(("token: example-virtual-display-1", "token: example-virtual-display-new"))
    assert answer.body["changed"] == ["tokens"]
    assert answer.body["events"] == []
    until(lambda: not display.socket.connected, within_s=5, what="the old display turned out")
    assert Feed(server.url, "/display", {"token": DISPLAY}).try_connect()["code"] == "unidentified"
    again = Feed(server.url, "/display", {"token": "example-virtual-display-new"}).connect()
    # Whose token still is the same person's stays and notices nothing.
    server.key("open")
    until(lambda: teller.sections["counter"]["state"] == "free", within_s=5, what="the teller follows")
    assert teller.socket.connected
    again.close()
    teller.close()


def test_a_hang_up_signal_reloads_too_and_a_broken_file_is_in_the_log(
    server: BranchServer, tmp_path: Path
) -> None:
    write_branch(tmp_path, (NAME, OTHER_NAME))
    server.process.send_signal(signal.SIGHUP)
    until(
        lambda: server.get("/api/v1/branch", HEAD).body["name"]["en"] == "West City Branch",
        within_s=10,
        what="the new name",
    )
    write_branch(tmp_path, ("zone: Asia/Shanghai", "zone: Mars/Base"))
    server.process.send_signal(signal.SIGHUP)
    until(lambda: "configuration not loaded" in server.log.read_text(), within_s=10, what="a line in the log")
    until(lambda: "example.yaml:" in server.log.read_text(), within_s=10, what="its place")
    assert "Traceback" not in server.log.read_text()
    assert server.process.poll() is None
    assert server.get("/healthz").status == 200


class Crowd:
    """Customers and two tellers who work without a break; every answer is kept."""

    def __init__(self, server: BranchServer) -> None:
        self.server = server
        self.is_over = threading.Event()
        self.issued: list[str] = []
        self.called: list[str] = []
        self.served: list[str] = []
        self.surprises: list[Answer] = []
        self.threads = [
            threading.Thread(target=self._run, args=(work,))
            for work in (self._customers, lambda: self._teller("1"), lambda: self._teller("2"))
        ]

    def start(self) -> None:
        for counter in ("1", "2"):
            assert self.server.key("open", counter).status == 200
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive()

    def _run(self, work: Callable[[], None]) -> None:
        while not self.is_over.is_set():
            work()

    def _customers(self) -> None:
        if len(self.issued) - len(self.called) > 8:
            # A series has 999 numbers: the hall is kept full, not flooded.
            self.is_over.wait(0.002)
            return
        answer = self.server.post("/tickets", KIOSK, service="cash")
        if answer.status == 201:
            self.issued.append(answer.body["order"]["face"]["number"])
        else:
            self.surprises.append(answer)

    def _teller(self, counter: str) -> None:
        answer = self.server.key("call-next", counter)
        if answer.code == "no_ticket_waiting":
            return
        if answer.status != 200:
            self.surprises.append(answer)
            return
        number = answer.body["events"][0]["number"]
        self.called.append(number)
        for verb in ("start", "finish"):
            done = self.server.key(verb, counter)
            if done.status != 200:
                self.surprises.append(done)
        self.served.append(number)


def test_twenty_reloads_while_people_are_served_lose_nobody(
    server: BranchServer, change: Callable[..., Answer]
) -> None:
    display = Feed(server.url, "/display", {"token": DISPLAY}).connect()
    crowd = Crowd(server)
    crowd.start()
    answers: list[Answer] = []
    for turn in range(20):
        enough = len(crowd.served) + 3
        until(lambda enough=enough: len(crowd.served) >= enough, within_s=30, what="people served between")  # type: ignore[misc]
        other = {"zh": f"支行{turn}", "en": f"Branch {turn}"}
        answers.append(change((NAME, f"{{zh: {other['zh']}, en: {other['en']}}}")))
    crowd.stop()
    assert crowd.surprises == []
    assert [answer for answer in answers if answer.status != 200] == []
    assert loaded(server) == 1 + 20
    positions = [answer.body["position"] for answer in answers]
    assert positions == sorted(set(positions))
    # Everything that was answered is there, once.
    report = server.get("/api/v1/reports/day", HEAD).body["total"]
    assert report["issued"] == len(crowd.issued) == len(set(crowd.issued))
    assert report["served"] == len(crowd.served) == len(set(crowd.served))
    until(lambda: len(display.happenings) == len(crowd.called), within_s=10, what="every call announced")
    assert sorted(one["number"] for one in display.happenings) == sorted(crowd.called)
    until(lambda: display.sections["branch"]["branch"]["en"] == "Branch 19", within_s=5, what="the last name")
    assert display.resumes == 0
    display.close()
    server.stop()
    _require_verified(server)


def _require_verified(server: BranchServer) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "queue_server", "verify-journal", "--data", str(server.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert "events in order" in said.stdout


def test_a_reload_asked_for_by_two_at_once_is_one_change(server: BranchServer) -> None:
    write_branch(server.branch.parent, (NAME, OTHER_NAME))
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(server.post("/config/reload", TECHNICIAN)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answer.status for answer in answers] == [200] * 6
    assert loaded(server) == 1 + 1
