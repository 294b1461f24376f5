"""The line to the queue server: keeps itself connected and hands messages over, one after the other.

WebSocket only.  A line that says nothing is asked with a WebSocket ping every 2 s, and given up after 5 s: a pulled
cable sends no good-bye, and a hall must not read old numbers as new ones.  Reconnects with growing, jittered pauses,
never longer than 1.5 s, because a display must show the truth within 2 s of the network's return (D4) and thirty of
them must not come back in step.  What to do with a message is decided by whoever listens.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import engineio
import socketio
import structlog
import websocket
from pydantic import ValidationError

from queue_server.wire.shapes import Delta, Resume, Snapshot

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 1.5
REFUSED_PAUSE_S = 5.0
ASK_AFTER_S = 2.0
LOST_AFTER_S = 5.0
_CONNECT_TIMEOUT_S = 3
_SILENCE_S = 1.0

log = structlog.get_logger("feed.connection")


def pause_s(attempt: int, chance: float) -> float:
    """How long to wait before attempt number `attempt` (from 1); `chance` in 0…1 spreads many clients."""
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


class Connection:
    """Set the listeners, then `start`.  They are called on the connection's threads, never two at a time.

    `have`: the position the client stands at, asked at each connecting; None = send me everything.
    `on_message` gets every snapshot and delta of the line that stands, and none of a line already lost.
    `on_connected` comes about when its first message does, `on_lost` after its last and after each vain attempt;
    `on_refused` instead of `on_lost` when the server answered and said no.
    """

    def __init__(self, url: str, namespace: str, token: str, have: Callable[[], int | None]) -> None:
        self.on_message: Callable[[Snapshot | Delta], None] = lambda message: None
        self.on_connected: Callable[[], None] = lambda: None
        self.on_lost: Callable[[], None] = lambda: None
        self.on_refused: Callable[[], None] = lambda: None
        self._url = url
        self._namespace = namespace
        self._token = token
        self._have = have
        self._closing = threading.Event()
        self._gone = threading.Event()
        self._heard = threading.Event()
        self._answered = threading.Event()
        self._refused = False
        self._telling = threading.RLock()
        self._socket = self._new_socket()
        self._thread = threading.Thread(target=self._run, name=f"feed {namespace}", daemon=True)

    def start(self) -> None:
        """Begin to connect, and stay connected until `close`."""
        self._thread.start()

    def close(self) -> None:
        """Hang up."""
        self._closing.set()
        self._gone.set()
        self._heard.set()
        self._answered.set()
        self._hang_up(self._socket)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def resume(self, have: int | None) -> None:
        """There was a gap: ask for the truth."""
        self.emit("resume", Resume(have=have).model_dump(mode="json"))

    def emit(self, event: str, payload: dict[str, Any], answered: Callable[..., None] | None = None) -> None:
        """Send an event; `answered` gets its acknowledgement.  Nothing happens while there is no connection."""
        try:
            self._socket.emit(event, payload, namespace=self._namespace, callback=answered)
        except Exception as problem:
            # Not connected: what must arrive is kept by whoever sends it, a resume is not needed after reconnecting.
            log.debug("not sent", kind=event, problem=str(problem))

    def _new_socket(self) -> socketio.Client:
        new = _OrderedClient(
            reconnection=False, handle_sigint=False, websocket_extra_options={"class_": _HeardLine}
        )

        def connected() -> None:
            with self._telling:
                if new is self._socket and not self._answered.is_set():
                    log.info("connected", url=self._url, have=self._have())
                    self.on_connected()
                    self._answered.set()

        def disconnected(*_: Any) -> None:
            if new is self._socket:
                self._gone.set()

        new.on("snapshot", lambda data: self._received(new, Snapshot, data), namespace=self._namespace)
        new.on("delta", lambda data: self._received(new, Delta, data), namespace=self._namespace)
        new.on("connect", connected, namespace=self._namespace)
        new.on("connect_error", self._connect_error, namespace=self._namespace)
        new.on("disconnect", disconnected, namespace=self._namespace)
        return new

    def _run(self) -> None:
        attempt = 0
        while not self._closing.is_set():
            if self._connect():
                attempt = 0
                if not self._heard.wait(_SILENCE_S) and not self._closing.is_set():
                    # Nothing changed while we were away, or the server is waiting to be asked.
                    self.resume(self._have())
                self._keep_asking()
                if self._closing.is_set():
                    return
                log.warning("disconnected", url=self._url)
                self._lose(self._socket, self.on_lost)
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
        line = self._socket
        try:
            line.connect(
                self._url,
                auth={"token": self._token, "have": self._have()},
                namespaces=[self._namespace],
                transports=["websocket"],
                # Its own waiting ends by joining a thread that reads a silent line: up to 45 s.
                wait=False,
            )
            if not self._answered.wait(_CONNECT_TIMEOUT_S) or self._refused or self._closing.is_set():
                raise ConnectionError("refused" if self._refused else "no answer")
        except Exception as problem:
            # python-socketio lets errors of the libraries below it through (ValueError, OSError, …): whatever it is,
            # there is no connection, and the hall needs one.
            log.debug("not connected", url=self._url, problem=str(problem))
            if self._refused:
                log.error("not connected: refused, is the token enrolled?", url=self._url)
            self._lose(line, self.on_refused if self._refused else self.on_lost)
            return False
        return True

    def _lose(self, line: socketio.Client, tell: Callable[[], None]) -> None:
        """Hang up and tell it; nothing of this line is told any more afterwards."""
        self._hang_up(line)
        if not self._closing.is_set():
            with self._telling:
                tell()

    def _hang_up(self, line: socketio.Client) -> None:
        with self._telling:
            # A new one each time: the library keeps state of a connection that broke half way.
            self._socket = self._new_socket()
        try:
            # Not the polite way: that waits 3 s for the other side's good-bye, and D4 gives us 2.
            wire = line.eio.ws
            if wire is not None and wire.sock is not None:
                wire.sock.shutdown(socket.SHUT_RDWR)
            line.disconnect()
        except Exception as problem:
            log.debug("while hanging up", problem=str(problem))

    def _connect_error(self, data: Any) -> None:
        # The server answered and said no; a server that is not there says nothing.
        if isinstance(data, Mapping):
            self._refused = True
        self._answered.set()

    def _received(self, line: socketio.Client, model: type[Snapshot] | type[Delta], data: Any) -> None:
        try:
            message = model.model_validate(data)
        except ValidationError as problem:
            log.error("message not understood", kind=model.__name__, problem=str(problem.errors()[0]))
            # A delta nobody can read is a gap; a snapshot nobody can read would come again, and again.
            if model is Delta:
                self.resume(self._have())
            return
        with self._telling:
            if line is self._socket:
                self._heard.set()
                self.on_message(message)
