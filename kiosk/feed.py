"""Follows what the branch offers over a WebSocket: snapshot, deltas, a gap asked again (K1, K7, K8).

One thread connects, waits, and connects again with jitter; nothing is drawn or decided here.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import engineio
import socketio
import structlog
from pydantic import ValidationError

from kiosk.happenings import Happening, OfferCame, ServerLost
from queue_server.wire.follow import Follower, Step
from queue_server.wire.kiosk import KioskSections
from queue_server.wire.shapes import Delta, Resume, Snapshot

log = structlog.get_logger()

NAMESPACE = "/kiosk"
FIRST_PAUSE_S = 0.3
LONGEST_PAUSE_S = 2.0
CONNECT_TIMEOUT_S = 5.0
FAREWELL_S = 0.5


class _OrderedEngine(engineio.Client):  # type: ignore[misc]
    """The library hands every message to a thread of its own, which lets deltas overtake each other; this one
    handles them where they are read, one after the other (python-engineio 4.15).  The display has the same few lines:
    what the two may share draws, and knows no socket."""

    def _trigger_event(self, event: str, *args: Any, **kwargs: Any) -> Any:
        return super()._trigger_event(event, *args, **{**kwargs, "run_async": False})


class _OrderedClient(socketio.Client):  # type: ignore[misc]
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _OrderedEngine


class Feed:
    """`tell` is called with OfferCame and ServerLost, on threads of this object."""

    def __init__(self, server: str, token: str, tell: Callable[[Happening], None]) -> None:
        self._server = server
        self._token = token
        self._tell = tell
        self._follower = Follower()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kiosk-feed", daemon=True)
        # Its own reconnection cannot be told apart from a first connection, and does not retry a refused one.
        self._socket = _OrderedClient(reconnection=False, handle_sigint=False)
        self._socket.on("snapshot", self._snapshot, namespace=NAMESPACE)
        self._socket.on("delta", self._delta, namespace=NAMESPACE)

    def start(self) -> None:
        """Start following."""
        self._thread.start()

    def stop(self) -> None:
        """Disconnect and end the thread."""
        self._stopped.set()
        # The library waits 3 s for a server that does not answer the closing of a WebSocket; nobody needs that.
        farewell = threading.Thread(target=self._socket.disconnect, name="kiosk-farewell", daemon=True)
        farewell.start()
        farewell.join(timeout=FAREWELL_S)

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopped.is_set():
            if self._connected():
                pause_s = FIRST_PAUSE_S
                if self._stopped.is_set():
                    self._socket.disconnect()
                self._socket.wait()
                log.warning("kiosk disconnected", server=self._server)
            self._tell(ServerLost())
            # All kiosks and displays of a branch lose the server at the same moment (D4).
            self._stopped.wait(pause_s * random.uniform(0.5, 1.5))
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _connected(self) -> bool:
        self._follower.restart()
        try:
            self._socket.connect(
                self._server,
                # No position: the answer is then always a snapshot, which is small, and which also tells that the
                # server is really there.
                auth={"token": self._token, "have": None},
                transports=["websocket"],
                namespaces=[NAMESPACE],
                wait=True,
                wait_timeout=CONNECT_TIMEOUT_S,
            )
        except (socketio.exceptions.SocketIOError, ValueError) as fault:
            log.info("kiosk not connected", server=self._server, cause=str(fault))
            return False
        log.info("kiosk connected", server=self._server)
        return True

    def _snapshot(self, data: Any) -> None:
        try:
            step = self._follower.snapshot(Snapshot.model_validate(data))
        except ValidationError as fault:
            log.error("snapshot unreadable", cause=str(fault))
            return
        if step is Step.APPLIED:
            self._publish()

    def _delta(self, data: Any) -> None:
        try:
            step = self._follower.delta(Delta.model_validate(data))
        except ValidationError as fault:
            log.error("delta unreadable", cause=str(fault))
            return
        if step is Step.APPLIED:
            self._publish()
        elif step is Step.GAP and self._follower.position is not None:
            # Before the first snapshot there is nothing to resume: it is on its way.
            self._socket.emit(
                "resume", Resume(have=self._follower.position).model_dump(), namespace=NAMESPACE
            )

    def _publish(self) -> None:
        try:
            offer = KioskSections.model_validate(self._follower.sections)
        except ValidationError as fault:
            # A newer server: what was offered before is shown until it offers something readable.
            log.error("offer unreadable", cause=str(fault))
            return
        self._tell(OfferCame(offer))
