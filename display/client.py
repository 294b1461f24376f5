"""The line to the queue server: keeps itself connected, hands messages over, brings reports home.

WebSocket only.  A line that says nothing is asked with a WebSocket ping every 2 s, and given up after 5 s: a pulled
cable sends no good-bye, and a hall must not read old numbers as new ones.  Reconnects with growing, jittered pauses, never longer than 1.5 s, because a display must show the
truth within 2 s of the network's return (D4) and thirty of them must not come back in step.  Knows no board: what to
do with a message is decided by whoever listens.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import engineio
import socketio
import structlog
import websocket
from pydantic import ValidationError

from display.outbox import Outbox, Report
from queue_server.wire.display import ShownReport, SpokenReport
from queue_server.wire.shapes import Delta, Resume, Snapshot

NAMESPACE = "/display"
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 1.5
REFUSED_PAUSE_S = 5.0
_CONNECT_TIMEOUT_S = 3
_SILENCE_S = 1.0
ASK_AFTER_S = 2.0
LOST_AFTER_S = 5.0
# Codes of the server's own troubles: the report is right and will be taken later.  Anything else is final.
_TEMPORARY = frozenset({"fault", "journal_not_writable", "too_busy"})
TRY_AGAIN_S = 2.0

log = structlog.get_logger("display.client")


def pause_s(attempt: int, chance: float) -> float:
    """How long to wait before attempt number `attempt` (from 1); `chance` in 0…1 spreads many displays."""
    growing: float = FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 10)
    return min(LONGEST_PAUSE_S, growing) * (0.5 + chance / 2)


class _HeardLine(websocket.WebSocket):
    """Remembers when it last heard anything, control frames too, which the libraries above keep to themselves."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.heard_at = time.monotonic()

    def recv_frame(self) -> Any:
        frame = super().recv_frame()  # type: ignore[no-untyped-call]
        self.heard_at = time.monotonic()
        return frame


class _OrderedEngine(engineio.Client):  # type: ignore[misc]
    """The library hands every message to a thread of its own, which lets deltas overtake each other; this one
    handles them where they are read, one after the other (python-engineio 4.15)."""

    def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        return super()._trigger_event(event, *args, **{**kwargs, "run_async": False})


class _OrderedClient(socketio.Client):  # type: ignore[misc]
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _OrderedEngine


class Client:
    """Set the listeners, then `start`.  They are called on the client's threads."""

    def __init__(self, url: str, token: str, have: Callable[[], int | None]) -> None:
        self.on_message: Callable[[Snapshot | Delta], None] = lambda message: None
        self.on_lost: Callable[[], None] = lambda: None
        self.on_refused: Callable[[], None] = lambda: None
        self._url = url
        self._token = token
        self._have = have
        self._outbox = Outbox()
        self._outbox_lock = threading.Lock()
        self._closing = threading.Event()
        self._gone = threading.Event()
        self._heard = threading.Event()
        self._answered = threading.Event()
        self._refused = False
        self._socket = self._new_socket()
        self._thread = threading.Thread(target=self._run, name="client", daemon=True)

    def start(self) -> None:
        """Begin to connect, and stay connected until `close`."""
        self._thread.start()

    def close(self) -> None:
        """Hang up."""
        self._closing.set()
        self._gone.set()
        self._heard.set()
        self._hang_up()
        self._thread.join(timeout=5)

    def resume(self, have: int | None) -> None:
        """There was a gap: ask for the truth."""
        self._emit("resume", Resume(have=have).model_dump(mode="json"), None)

    def shown(self, announcement_id: int, at: datetime) -> None:
        """Report that the call is on the screen."""
        report_id = uuid.uuid4().hex
        report = ShownReport(report_id=report_id, announcement_id=announcement_id, shown_at=at)
        self._report(Report(report_id, "shown", report.model_dump(mode="json")))

    def spoken(self, announcement_id: int, at: datetime) -> None:
        """Report that the announcement was heard to its end."""
        report_id = uuid.uuid4().hex
        report = SpokenReport(report_id=report_id, announcement_id=announcement_id, spoken_at=at)
        self._report(Report(report_id, "spoken", report.model_dump(mode="json")))

    @property
    def unsettled(self) -> int:
        """How many reports the server has not acknowledged yet."""
        return len(self._outbox.open())

    def _new_socket(self) -> socketio.Client:
        new = _OrderedClient(
            reconnection=False, handle_sigint=False, websocket_extra_options={"class_": _HeardLine}
        )
        new.on("snapshot", lambda data: self._received(Snapshot, data), namespace=NAMESPACE)
        new.on("delta", lambda data: self._received(Delta, data), namespace=NAMESPACE)
        new.on("connect", lambda: self._answered.set() if new is self._socket else None, namespace=NAMESPACE)
        new.on("connect_error", self._connect_error, namespace=NAMESPACE)
        new.on(
            "disconnect", lambda *_: self._gone.set() if new is self._socket else None, namespace=NAMESPACE
        )
        return new

    def _run(self) -> None:
        attempt = 0
        while not self._closing.is_set():
            if self._connect():
                attempt = 0
                log.info("connected", url=self._url, have=self._have())
                self._send_open_reports()
                if not self._heard.wait(_SILENCE_S) and not self._closing.is_set():
                    # Nothing changed while we were away, or the server is waiting to be asked.
                    self.resume(self._have())
                self._keep_asking()
                if self._closing.is_set():
                    return
                log.warning("disconnected", url=self._url)
                self.on_lost()
                self._hang_up()
            attempt += 1
            wait_s = REFUSED_PAUSE_S if self._refused else pause_s(attempt, random.random())
            self._closing.wait(wait_s)

    def _keep_asking(self) -> None:
        """Return when the connection is gone, or silent for too long."""
        while not self._gone.wait(ASK_AFTER_S):
            line = self._socket.eio.ws
            if not isinstance(line, _HeardLine):
                return
            silent_s = time.monotonic() - line.heard_at
            if silent_s >= LOST_AFTER_S:
                log.warning("silent", url=self._url, silent_s=round(silent_s, 1))
                return
            if silent_s >= ASK_AFTER_S / 2:
                with contextlib.suppress(Exception):
                    line.ping()

    def _connect(self) -> bool:
        self._gone.clear()
        self._heard.clear()
        self._answered.clear()
        self._refused = False
        try:
            self._socket.connect(
                self._url,
                auth={"token": self._token, "have": self._have()},
                namespaces=[NAMESPACE],
                transports=["websocket"],
                # Its own waiting ends by joining a thread that reads a silent line: up to 45 s.
                wait=False,
            )
            if not self._answered.wait(_CONNECT_TIMEOUT_S) or self._refused:
                raise ConnectionError("refused" if self._refused else "no answer")
        except Exception as problem:
            # python-socketio lets errors of the libraries below it through (ValueError, OSError, …): whatever it is,
            # there is no connection, and the hall needs one.
            log.debug("not connected", url=self._url, problem=str(problem))
            self._hang_up()
            if self._refused:
                log.error("refused: is the token enrolled?", url=self._url)
                self.on_refused()
            else:
                self.on_lost()
            return False
        return True

    def _hang_up(self) -> None:
        try:
            # Not the polite way: that waits 3 s for the other side's good-bye, and D4 gives us 2.
            line = self._socket.eio.ws
            if line is not None and line.sock is not None:
                line.sock.shutdown(socket.SHUT_RDWR)
            self._socket.disconnect()
        except Exception as problem:
            log.debug("while hanging up", problem=str(problem))
        # A new one each time: the library keeps state of a connection that broke half way.
        self._socket = self._new_socket()

    def _connect_error(self, data: Any) -> None:
        # The server answered and said no; a server that is not there says nothing.
        if isinstance(data, Mapping):
            self._refused = True
        self._answered.set()

    def _received(self, model: type[Snapshot] | type[Delta], data: Any) -> None:
        try:
            message = model.model_validate(data)
        except ValidationError as problem:
            log.error("message not understood", kind=model.__name__, problem=str(problem.errors()[0]))
            self.resume(self._have())
            return
        self._heard.set()
        self.on_message(message)

    def _report(self, report: Report) -> None:
        with self._outbox_lock:
            self._outbox.put(report)
        self._send(report)

    def _send_open_reports(self) -> None:
        with self._outbox_lock:
            reports = self._outbox.open()
        for report in reports:
            self._send(report)

    def _send(self, report: Report) -> None:
        def answered(answer: Any = None) -> None:
            code = "" if not isinstance(answer, Mapping) or answer.get("ok") else str(answer.get("code", ""))
            if code in _TEMPORARY:
                log.warning("report not taken now", kind=report.event, code=code)
                again = threading.Timer(TRY_AGAIN_S, self._send, [report])
                again.daemon = True
                again.start()
                return
            if code:
                log.warning("report refused", kind=report.event, code=code, payload=dict(report.payload))
            with self._outbox_lock:
                self._outbox.settled(report.report_id)

        self._emit(report.event, dict(report.payload), answered)

    def _emit(self, event: str, payload: dict[str, Any], answered: Callable[..., None] | None) -> None:
        try:
            self._socket.emit(event, payload, namespace=NAMESPACE, callback=answered)
        except Exception as problem:
            # Not connected: reports stay in the outbox, a resume is not needed after reconnecting.
            log.debug("not sent", kind=event, problem=str(problem))
