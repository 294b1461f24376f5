"""A hall in memory that speaks the wire shapes: what a page is shown is set by the test, what it asks is written down.

It serves the real pages.  It decides nothing: states that take the real branch minutes (a transaction over its
standard, a call nobody heard) are put on the screen at once, and answers can be refused or swallowed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from flask_socketio import Namespace, SocketIO
from pydantic import BaseModel
from werkzeug.serving import WSGIRequestHandler, make_server

from queue_server.domain.branch import Branch, Text
from queue_server.web.pages import pages

TOKEN = "a-token-of-the-fake-hall"
LINK = "Vh3kQ0aXr2bN"

Answer = tuple[int, dict[str, Any]]
Answering = Callable[[str, dict[str, Any]], Answer | None]


def branch() -> Branch:
    """Just enough of a branch for the heads of the pages."""
    return Branch(
        code="cs001",
        bank=Text("长沙示范银行", "Changsha Model Bank"),
        name=Text("五一路支行", "Wuyi Road Branch"),
        zone="Asia/Shanghai",
        hotline="95000",
        groups=(),
        services=(),
        counters=(),
        amount_bands=(),
        standards=(),
    )


def plain(value: Any) -> Any:
    """Shapes as they travel."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


class _Room(Namespace):  # type: ignore[misc]
    def __init__(self, hall: FakeHall, name: str) -> None:
        super().__init__(f"/{name}")
        self._hall = hall
        self._name = name

    def on_connect(self, auth: dict[str, Any] | None) -> None:
        given = (auth or {}).get("link" if self._name == "ticket" else "token")
        if given != (LINK if self._name == "ticket" else TOKEN):
            raise ConnectionRefusedError("unidentified")
        self._hall.tell(self._name, request.sid)  # type: ignore[attr-defined]

    def on_resume(self, _message: dict[str, Any]) -> None:
        self._hall.resumes += 1
        self._hall.tell(self._name, request.sid)  # type: ignore[attr-defined]


class FakeHall:
    """The fake: `set` and `change` what a page sees, read `commands`, replace `answering` to refuse or stay silent."""

    def __init__(self) -> None:
        self.position = 1
        self.sections: dict[str, dict[str, Any]] = {"teller": {}, "lobby": {}, "ticket": {}}
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.reads: dict[str, Answer] = {}
        self.resumes = 0
        self.answering: Answering | None = None
        self.app = Flask("fake_hall", static_folder=None)
        self.app.register_blueprint(pages(branch))
        self.app.add_url_rule("/api/v1/<path:path>", view_func=self._api, methods=["GET", "POST"])
        self.socketio = SocketIO(self.app, async_mode="threading", transports=["websocket"])
        for name in self.sections:
            self.socketio.on_namespace(_Room(self, name))

    def set(self, room: str, sections: Mapping[str, Any]) -> None:
        """A new truth, told to everybody as a snapshot."""
        self.sections[room] = {name: plain(value) for name, value in sections.items()}
        self.position += 1
        self.tell(room)

    def change(self, room: str, happenings: list[dict[str, Any]] | None = None, **sections: Any) -> None:
        """A delta: the sections named, whole."""
        changed = {name: plain(value) for name, value in sections.items()}
        self.sections[room].update(changed)
        previous, self.position = self.position, self.position + 1
        self.socketio.emit(
            "delta",
            {
                "position": self.position,
                "previous": previous,
                "sections": changed,
                "happenings": happenings or [],
            },
            namespace=f"/{room}",
        )

    def tell(self, room: str, sid: str | None = None) -> None:
        """The snapshot, to one or to all."""
        self.socketio.emit(
            "snapshot",
            {"position": self.position, "sections": self.sections[room]},
            namespace=f"/{room}",
            to=sid,
        )

    def sent(self, path: str) -> list[dict[str, Any]]:
        """The bodies that came for a path under /api/v1/."""
        return [body for came, body in self.commands if came == path]

    def _api(self, path: str) -> tuple[Response, int] | Response:
        if request.method == "GET":
            status, answer = self.reads.get(
                path, (404, {"ok": False, "code": "not_found", "message": "", "details": {}})
            )
            return jsonify(answer), status
        body = request.get_json()
        self.commands.append((path, body))
        answered = self.answering(path, body) if self.answering else None
        status, answer = answered or (
            200,
            {"ok": True, "position": self.position, "is_repeat": False, "events": []},
        )
        return jsonify(answer), status


class _Quiet(WSGIRequestHandler):
    """Says nothing about each of a page's thirty files."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Not."""


@contextmanager
def serving(hall: FakeHall, port: int = 0) -> Iterator[str]:
    """Serve the fake on loopback; gives its address."""
    server = make_server("127.0.0.1", port, hall.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=5)


@pytest.fixture
def empty_hall() -> Iterator[tuple[FakeHall, str]]:
    """The hall in memory, nothing in it yet, and its address."""
    fake = FakeHall()
    with serving(fake) as url:
        yield fake, url
