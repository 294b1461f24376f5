"""socket.io-client on Node follows a branch: the pages' own library, against the real server."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.branch_server import DISPLAY, LOBBY, ROOT, TELLERS, BranchServer
from tests.contract.test_transport_node import node

SCRIPT = Path(__file__).parent / "node" / "follow_room.cjs"

Follow = Callable[..., "NodeFollower"]


class NodeFollower:
    """The script, and the lines it has told."""

    def __init__(self, url: str, namespace: str, auth: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [node(), str(SCRIPT), url, namespace, json.dumps(auth)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._told.put(json.loads(line))

    def next(self, what: str) -> dict[str, Any]:
        """The next line about `what`; lines about other things are passed over."""
        while True:
            told = self._told.get(timeout=30)
            if told["what"] == what:
                return told

    def say(self, **line: Any) -> None:
        """An order."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BranchServer]:
    """A branch with an empty journal."""
    server = BranchServer(tmp_path / "data", tmp_path / "log")
    yield server
    server.stop()


@pytest.fixture
def follow(server: BranchServer) -> Iterator[Follow]:
    """`follow("/display", token=…)`."""
    clients: list[NodeFollower] = []

    def start(namespace: str, **auth: Any) -> NodeFollower:
        client = NodeFollower(server.url, namespace, auth)
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.close()


def test_a_page_s_library_follows_a_call_and_reports_it_shown(server: BranchServer, follow: Follow) -> None:
    display = follow("/display", token=DISPLAY)
    assert display.next("snapshot")["sections"]["calls"] == []
    number = server.issue()
    server.key("open")
    server.key("call-next")
    while not (delta := display.next("delta"))["happenings"]:
        pass
    [announcement] = delta["happenings"]
    assert announcement["number"] == number
    display.say(
        emit="shown",
        payload={
            "report_id": "node-1",
            "announcement_id": announcement["announcement_id"],
            "shown_at": "2026-01-05T09:00:00Z",
        },
    )
    assert display.next("answer")["answer"]["ok"] is True


def test_07_a_lost_message_is_a_gap_for_it_too_and_is_healed(server: BranchServer, follow: Follow) -> None:
    lobby = follow("/lobby", token=LOBBY)
    lobby.next("snapshot")
    lobby.say(lose=1)
    server.issue()
    lobby.next("lost")
    server.issue()
    lobby.next("gap")
    healed = lobby.next("snapshot")
    assert healed["sections"]["today"]["issued"] == 2


def test_07_it_comes_back_by_itself_after_kill_9(server: BranchServer, follow: Follow) -> None:
    teller = follow("/teller", token=TELLERS["1"])
    teller.next("snapshot")
    server.issue()
    server.key("open")
    server.kill()
    teller.next("disconnect")
    server.start()
    back = teller.next("snapshot")
    assert back["sections"]["counter"]["state"] == "free"
    assert [one["number"] for one in back["sections"]["waiting"]] == ["A001"]


def test_12_a_foreign_token_gets_a_refusal_and_nothing_else(server: BranchServer, follow: Follow) -> None:
    stranger = follow("/lobby", token="nobody")
    refusal = stranger.next("connect_error")
    assert refusal["data"]["code"] == "unidentified"
    assert refusal["message"] == "身份未识别：需要有效的令牌"
