"""A queue server in a few lines for the kiosk's tests: it speaks the wire models over real HTTP and WebSocket.

It issues a number per command id, and can lose answers, refuse, and go away and come back on its port.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from flask_socketio import SocketIO
from pydantic import BaseModel
from werkzeug.serving import BaseWSGIServer, make_server

from queue_server.wire.devices import HeardAnswer, HeardReport
from queue_server.wire.kiosk import (
    DeviceReport,
    DiversionRequest,
    KioskSections,
    PrintOrder,
    PrintReport,
    TicketIssuedAnswer,
    TicketRequest,
)
from queue_server.wire.shapes import Accepted, Delta, ErrorShape, Snapshot
from tests import kiosk_offer as offer

TOKEN = "kiosk-token"


class StandIn:
    """What was asked and reported so far, and what the next answers will be."""

    def __init__(self) -> None:
        self.sections = offer.sections()
        self.position = 100
        self.requests: list[TicketRequest] = []
        self.orders: dict[str, PrintOrder] = {}
        self.prints: list[PrintReport] = []
        self.devices: list[DeviceReport] = []
        self.diversions: list[DiversionRequest] = []
        self.heard: list[list[str]] = []
        self.strangers: set[str] = set()
        """Devices this server does not know."""
        self.resumes = 0
        self.answers_to_lose = 0
        self.refusal: ErrorShape | None = None
        self.is_disk_full = False
        self._lock = threading.Lock()
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._sockets: SocketIO | None = None
        self._port = 0
        self._lines: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> StandIn:
        """Listen, on the same port as before if there was one."""
        app = Flask("stand-in")
        self._sockets = SocketIO(app, async_mode="threading")
        self._routes(app)
        self._events(self._sockets)
        self._server = make_server("127.0.0.1", self._port, app, threaded=True)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def stop(self) -> None:
        """Go away: no listener, and no open connection either."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()
        self._server = None

    def offer(self, sections: KioskSections, skip: int = 0) -> None:
        """Offer something else; with `skip`, as if that many deltas had been lost on the way."""
        assert self._sockets is not None
        self.sections = sections
        previous, self.position = self.position + skip, self.position + skip + 1
        delta = Delta(position=self.position, previous=previous, sections=sections.model_dump(mode="json"))
        self._sockets.emit("delta", delta.model_dump(mode="json"), namespace="/kiosk")

    def _routes(self, app: Flask) -> None:
        @app.post("/api/v1/tickets")
        def tickets() -> Response:
            body = TicketRequest.model_validate_json(request.data)
            with self._lock:
                self.requests.append(body)
                if self.refusal is not None:
                    return _json(self.refusal, 409)
                number = f"A{len(self.orders) + 1:03d}"
                order = self.orders.setdefault(body.command_id, offer.order(number))
                if self.answers_to_lose > 0:
                    self.answers_to_lose -= 1
                    # Committed, and the line breaks before the answer is out.
                    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return _json(TicketIssuedAnswer(position=self.position, order=order), 201)

        @app.post("/api/v1/prints")
        def prints() -> Response:
            return self._accept(self.prints, PrintReport.model_validate_json(request.data))

        @app.post("/api/v1/devices/state")
        def devices() -> Response:
            return self._accept(self.devices, DeviceReport.model_validate_json(request.data))

        @app.post("/api/v1/devices/heard")
        def heard() -> Response:
            told = HeardReport.model_validate_json(request.data).devices
            if strange := self.strangers.intersection(told):
                return _json(ErrorShape(code="unknown_device", message=f"{strange}?"), 422)
            self.heard.append(told)
            return _json(HeardAnswer(at=datetime.now(UTC)), 200)

        @app.post("/api/v1/diversions")
        def diversions() -> Response:
            return self._accept(self.diversions, DiversionRequest.model_validate_json(request.data))

    def _accept(self, book: list[Any], report: Any) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _json(ErrorShape(code="unidentified", message="who?"), 401)
        if self.is_disk_full:
            return _json(ErrorShape(code="journal_not_writable", message="disk full"), 503)
        with self._lock:
            if report.command_id not in [known.command_id for known in book]:
                book.append(report)
        return _json(Accepted(position=self.position), 200)

    def _events(self, sockets: SocketIO) -> None:
        @sockets.on("connect", namespace="/kiosk")
        def connect(auth: dict[str, Any]) -> bool:
            if auth.get("token") != TOKEN:
                return False
            self._lines.append(request.environ["werkzeug.socket"])
            self._snapshot()
            return True

        @sockets.on("resume", namespace="/kiosk")
        def resume(_data: dict[str, Any]) -> None:
            self.resumes += 1
            self._snapshot()

    def _snapshot(self) -> None:
        assert self._sockets is not None
        snapshot = Snapshot(position=self.position, sections=self.sections.model_dump(mode="json"))
        self._sockets.emit(
            "snapshot",
            snapshot.model_dump(mode="json"),
            namespace="/kiosk",
            to=request.sid,  # type: ignore[attr-defined]
        )


def _json(answer: BaseModel, status: int) -> Response:
    return Response(answer.model_dump_json(), status, content_type="application/json")
