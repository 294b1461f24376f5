"""The queue server as a process of its own, and clients that speak to it over HTTP and Socket.IO.  For tests only."""

from __future__ import annotations

import http.client
import itertools
import json
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import socketio

from queue_server.wire.follow import Follower, Step
from queue_server.wire.shapes import Delta, Snapshot
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[1]
VIRTUAL = ROOT / "firmware_config" / "branches" / "virtual.yaml"

KIOSK = "example-virtual-kiosk-1"
DISPLAY = "example-virtual-display-1"
TELLERS = {str(counter): f"example-virtual-teller-{counter}" for counter in (1, 2, 3)}
LOBBY = "example-virtual-lobby-manager"
HEAD = "example-virtual-branch-head"
TECHNICIAN = "example-virtual-technician"
LINE = "example-virtual-pad-line-1"


def write_branch(folder: Path, *changes: tuple[str, str]) -> Path:
    """The virtual branch's file in `folder`, with words of it or of the example it inherits from changed.

    Written at once, as an editor does: a server that reads it meanwhile has the old one or the new one.
    """
    unused = {before for before, _ in changes}
    for name in ("example.yaml", "virtual.yaml"):
        words = VIRTUAL.with_name(name).read_text(encoding="utf-8")
        for before, after in changes:
            if before in words:
                unused.discard(before)
                words = words.replace(before, after)
        fresh = folder / f"{name}.new"
        fresh.write_text(words, encoding="utf-8")
        fresh.replace(folder / name)
    assert not unused, f"not in the file: {unused}"
    return folder / "virtual.yaml"


@dataclass(frozen=True, slots=True)
class Answer:
    """What HTTP answered."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The error's code; empty for an answer that is no error."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class BranchServer:
    """`python -m queue_server serve` on a free port."""

    def __init__(self, data: Path, log: Path, branch: Path = VIRTUAL, port: int = 0) -> None:
        self.data, self.log, self.branch, self.port = data, log, branch, port
        self._ids = itertools.count(1)
        self.start()

    def start(self) -> None:
        """Start it; the second time on the port it had."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "queue_server", "serve"),
                    *("--branch", str(self.branch), "--data", str(self.data), "--port", str(self.port)),
                ],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        assert said.startswith("listening on"), f"{said}{self.log.read_text()}"
        self.port = int(said.rstrip("/\n").rpartition(":")[2])
        self._local = threading.local()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> int:
        """Ask it to stop, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def new_id(self) -> str:
        """A command id nobody used."""
        return f"test-{self.process.pid}-{next(self._ids):06d}"

    def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request, its body as given; the answer's body read as JSON if it says it is."""
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.port != self.port:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._local.connection = connection
        sent = {"Content-Type": "application/json", **(headers or {})}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._local.connection = None
            raise
        told = {key.lower(): value for key, value in response.getheaders()}
        is_json = told.get("content-type", "").startswith("application/json")
        return Answer(response.status, told, json.loads(raw) if is_json else raw.decode("utf-8", "replace"))

    def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        """Read something."""
        return self.ask("GET", path, token, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path: str, token: str | None = None, command_id: str | None = None, **body: Any) -> Answer:
        """A command with an id of its own unless one is given."""
        content = json.dumps({"command_id": command_id or self.new_id(), **body}).encode()
        return self.ask("POST", f"/api/v1{path}", token, content)

    def issue(self, service: str = "cash", **more: Any) -> str:
        """A ticket from the kiosk; its number."""
        answer = self.post("/tickets", KIOSK, service=service, **more)
        assert answer.status == 201, answer
        return str(answer.body["order"]["face"]["number"])

    def press(
        self, key: str, pad: str = "pad_1", argument: str = "", command_id: str | None = None
    ) -> Answer:
        """A key of a call pad, told by its line."""
        return self.post(f"/pads/{pad}/press", LINE, command_id, key=key, argument=argument)

    def key(self, verb: str, counter: str = "1", **body: Any) -> Answer:
        """A key of a counter, pressed by its own teller."""
        return self.post(f"/counters/{counter}/{verb}", TELLERS[counter], **body)


@dataclass
class Feed:
    """A real Socket.IO client that follows its namespace as a device does.

    `drop` names messages to lose before the follower sees them; `resumes` counts the gaps it asked about.
    """

    url: str
    namespace: str
    auth: dict[str, Any]
    follower: Follower = field(default_factory=Follower)
    happenings: list[dict[str, Any]] = field(default_factory=list)
    messages: list[tuple[str, Any]] = field(default_factory=list)
    refusal: Any = None
    drop: int = 0
    resumes: int = 0

    def __post_init__(self) -> None:
        self.socket = socketio.Client(reconnection=False, handle_sigint=False)
        self.socket.on("snapshot", self._snapshot, namespace=self.namespace)
        self.socket.on("delta", self._delta, namespace=self.namespace)
        self.socket.on("connect_error", self._refused, namespace=self.namespace)

    def connect(self) -> Feed:
        """Connect, and wait for the snapshot (or the word that there is nothing new)."""
        self.socket.connect(
            self.url, auth=self.auth, namespaces=[self.namespace], transports=["websocket"], wait_timeout=10
        )
        until(lambda: bool(self.messages), within_s=10, what="the first message")
        return self

    def try_connect(self) -> Any:
        """Connect expecting a refusal; returns what the server said."""
        try:
            self.socket.connect(
                self.url,
                auth=self.auth,
                namespaces=[self.namespace],
                transports=["websocket"],
                wait_timeout=10,
            )
        except socketio.exceptions.ConnectionError:
            # The error shape itself, or wrapped with the message: the client library does both.
            return self.refusal.get("data", self.refusal)
        raise AssertionError("the server let it in")

    def close(self) -> None:
        """Hang up."""
        self.socket.disconnect()

    def ask(self, event: str, payload: Any = None) -> Any:
        """Send an event and wait for its acknowledgement."""
        return self.socket.call(event, payload, namespace=self.namespace, timeout=10)

    @property
    def sections(self) -> dict[str, Any]:
        """What the client knows."""
        return self.follower.sections

    def _snapshot(self, data: Any) -> None:
        if self._is_lost():
            return
        self.follower.snapshot(Snapshot.model_validate(data))
        self.messages.append(("snapshot", data))

    def _delta(self, data: Any) -> None:
        if self._is_lost():
            return
        message = Delta.model_validate(data)
        step = self.follower.delta(message)
        if step is Step.APPLIED:
            self.happenings.extend(message.happenings)
        elif step is Step.GAP:
            self.resumes += 1
            self.socket.emit("resume", {"have": self.follower.position}, namespace=self.namespace)
        self.messages.append(("delta", data))

    def _is_lost(self) -> bool:
        if self.drop > 0:
            self.drop -= 1
            return True
        return False

    def _refused(self, data: Any) -> None:
        self.refusal = data
