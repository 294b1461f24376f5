"""The server as a program: it starts, says in one line why it cannot, and stops without losing or doubling anything."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.branch_server import DISPLAY, KIOSK, ROOT, VIRTUAL, BranchServer, Feed
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """A branch with an empty journal."""
    server = BranchServer(tmp_path / "data", tmp_path / "log")
    yield server
    server.stop()


def refused(*arguments: object) -> str:
    """What a server that could not start said, after seeing that it ended with status 1."""
    ended = subprocess.run(
        [sys.executable, "-m", "queue_server", "serve", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    return ended.stderr


def test_a_broken_branch_file_is_told_with_file_line_and_column(tmp_path: Path) -> None:
    branch = tmp_path / "broken.yaml"
    words = VIRTUAL.with_name("example.yaml").read_text(encoding="utf-8")
    before, _, rest = words.partition("zone: Asia/Shanghai")
    branch.write_text(f"{before}zone: Mars/Base{rest}", encoding="utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rindex("\n") + len("zone: ")
    said = refused("--branch", branch, "--data", tmp_path / "data", "--port", 0)
    assert f"{branch}:{line}:{column}:" in said
    assert "zone" in said
    assert not (tmp_path / "data").exists()


def test_a_branch_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    said = refused("--branch", tmp_path / "none.yaml", "--data", tmp_path / "data", "--port", 0)
    assert "none.yaml" in said


def test_a_data_folder_that_cannot_be_made_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    data = tmp_path / "file" / "data"
    said = refused("--branch", VIRTUAL, "--data", data, "--port", 0)
    assert said.startswith("queue_server: The journal cannot be written")
    assert str(data) in said
    assert said.count("\n") == 1


def test_a_second_server_on_the_same_folder_is_told_who_has_it(server: BranchServer) -> None:
    said = refused("--branch", VIRTUAL, "--data", server.data, "--port", 0)
    assert f"is in use by process {server.process.pid}" in said
    assert server.get("/healthz").status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_host_that_is_no_address_needs_a_public_url(
    tmp_path: Path, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = VIRTUAL.with_name("container.yaml")
    for name in re.findall(r"JIAOHAO_TOKEN_\w+", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")):
        monkeypatch.setenv(name, f"secret-of-{name.lower()}-0123456789")
    said = refused("--branch", branch, "--data", tmp_path / "data", "--port", 0, "--host", host)
    assert said.startswith(f"queue_server: Listening on {host} needs --public-url (or JIAOHAO_PUBLIC_URL)")
    assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("--branch", VIRTUAL, "--data", tmp_path / "data", "--port", port)
    assert said.strip().endswith(f"Cannot listen on 127.0.0.1:{port}: Address already in use")


def test_published_tokens_are_not_served_to_strangers(tmp_path: Path) -> None:
    said = refused("--branch", VIRTUAL, "--data", tmp_path / "data", "--host", "0.0.0.0", "--port", 0)
    assert "example-" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_by_signal_is_clean_and_what_was_answered_is_there_afterwards(
    server: BranchServer, number: signal.Signals
) -> None:
    ticket = server.issue()
    display = Feed(server.url, "/display", {"token": DISPLAY}).connect()
    server.process.send_signal(number)
    assert server.process.wait(timeout=20) == 0
    until(lambda: not display.socket.connected, within_s=5, what="a goodbye to the display")
    assert "Traceback" not in server.log.read_text()
    server.start()
    # The server went, not the display: nobody reported it offline.
    assert server.get(f"/api/v1/tickets/{ticket}", "example-virtual-teller-1").body["state"] == "waiting"
    assert "no_connection" not in server.get("/metrics").body


def test_healthz_tells_that_the_data_folder_is_gone_and_back(server: BranchServer) -> None:
    assert server.get("/healthz").body == {
        "ok": True,
        "alive": True,
        "journal_writable": True,
        "position": 1,
        "branch": "virtual",
    }
    away = server.data.with_name("away")
    shutil.move(server.data, away)
    gone = server.get("/healthz")
    assert (gone.status, gone.body["ok"], gone.body["alive"]) == (503, False, True)
    shutil.move(away, server.data)
    assert server.get("/healthz").status == 200


def test_the_day_goes_on_after_kill_9(server: BranchServer) -> None:
    numbers = [server.issue() for _ in range(3)]
    server.key("open")
    called = server.key("call-next").body["events"][0]
    server.kill()
    server.start()
    assert server.get("/healthz").body["position"] == called["position"]
    assert server.key("start").body["events"][0]["number"] == numbers[0]
    assert server.issue() == "A004"


def test_the_commands_of_the_other_rooms_are_listed() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "queue_server", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for command in ("serve", "story", "verify-journal", "rebuild-records", "backup", "restore", "virtual"):
        assert command in told


def test_a_story_over_http_is_told_in_both_languages(server: BranchServer) -> None:
    number = server.issue()
    server.key("open")
    server.key("call-next")
    path = f"/api/v1/tickets/{number}/story"
    zh, en = (
        server.get(f"{path}?lang={language}", "example-virtual-lobby-manager").body
        for language in ("zh", "en")
    )
    assert len(zh["lines"]) == len(en["lines"]) >= 2
    assert zh["lines"][0]["at"] == en["lines"][0]["at"]
    assert zh["lines"][0]["text"] != en["lines"][0]["text"]


def test_the_day_s_report_counts_what_happened(server: BranchServer) -> None:
    server.issue()
    server.issue()
    report = server.get("/api/v1/reports/day", "example-virtual-branch-head").body
    assert report["total"]["issued"] == 2
    yesterday = server.get("/api/v1/reports/day?date=2020-01-01", "example-virtual-branch-head").body
    assert yesterday["total"]["issued"] == 0
    assert (yesterday["first"], yesterday["last"]) == ("2020-01-01", "2020-01-01")
    document = server.get("/api/openapi.json").body
    described = document["paths"]["/api/v1/reports/day"]["get"]["responses"]["200"]
    assert described["content"]["application/json"]["schema"]["$ref"].endswith("/ReportAnswer")
    assert set(document["components"]["schemas"]["ReportAnswer"]["properties"]) == set(report)


def test_the_kiosk_s_link_is_the_public_address(tmp_path: Path) -> None:
    server = BranchServer(tmp_path / "data", tmp_path / "log")
    link = server.post("/tickets", KIOSK, service="cash").body["order"]["face"]["link"]
    assert link.startswith(f"{server.url}/t/")
    assert server.get(link.removeprefix(server.url)).status == 200
    server.stop()
