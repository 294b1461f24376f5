"""The simulator's switches on a Unix socket: one JSON object a line in, answers and events out.

`{"cmd": "fault", "name": "cover", "on": true}`, `{"cmd": "status"}`, `{"cmd": "roll", "png": "path"}`.  Every line in
is answered with `"ok"`; events (`"event"`) are pushed to every client.  It switches and reports; it simulates nothing.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from pathlib import Path
from typing import Any, Protocol

_LONGEST_LINE = 65_536
_SEND_WITHIN_S = 2.0
_AGAIN_S = 0.2


class Switched(Protocol):
    """What the socket controls."""

    def fault(self, name: str, on: bool = True) -> None:
        """Switch a fault.  Raises ValueError for one that does not exist."""

    def status(self) -> dict[str, Any]:
        """The state for a reader."""

    def save_roll(self, path: Path) -> None:
        """Save the paper roll as a picture."""


class ControlSocket:
    """Listens at `path` until stopped; `push` sends an event to every client."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clients: dict[socket.socket, threading.Lock] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._switched: Switched | None = None

    def start(self, switched: Switched) -> None:
        """Listen, in a thread of its own; clients may connect when this returns."""
        self._switched = switched
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server.bind(str(self._path))
        self._path.chmod(0o600)
        self._server.listen()
        threading.Thread(target=self._accept, name="printer-control", daemon=True).start()

    def stop(self) -> None:
        """Hang up on everybody and remove the socket."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for client in self._everybody():
            self._hang_up(client)
        self._path.unlink(missing_ok=True)

    def push(self, event: dict[str, Any]) -> None:
        """Send `event` to every client; who does not read loses the line, not the simulator."""
        for client in self._everybody():
            self._send(client, event)

    def _everybody(self) -> list[socket.socket]:
        with self._lock:
            return list(self._clients)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._server.accept()
            except OSError:
                # Stopped, or no file is left for one more client: those who are there go on.
                self._stopped.wait(_AGAIN_S)
                continue
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(_SEND_WITHIN_S))
            with self._lock:
                self._clients[client] = threading.Lock()
            threading.Thread(
                target=self._serve, args=(client,), name="printer-control-client", daemon=True
            ).start()

    def _serve(self, client: socket.socket) -> None:
        assert self._switched is not None
        self._send(client, {"event": "state", **self._switched.status()})
        with contextlib.suppress(OSError), client.makefile("rb") as lines:
            while line := lines.readline(_LONGEST_LINE):
                self._send(client, self._answer(line))
        self._hang_up(client)

    def _answer(self, line: bytes) -> dict[str, Any]:
        assert self._switched is not None
        try:
            order = json.loads(line)
            match order:
                case {"cmd": "fault", "name": str(name), "on": bool(is_on)}:
                    self._switched.fault(name, is_on)
                case {"cmd": "roll", "png": str(png)}:
                    self._switched.save_roll(Path(png))
                case {"cmd": "status"}:
                    pass
                case _:
                    raise ValueError("expected cmd fault (name, on), status or roll (png)")
        except (ValueError, OSError, TimeoutError) as fault:
            return {"ok": False, "code": "bad_order", "message": str(fault), "details": {}}
        return {"ok": True, **self._switched.status()}

    def _send(self, client: socket.socket, message: dict[str, Any]) -> None:
        with self._lock:
            lock = self._clients.get(client)
        if lock is None:
            return
        try:
            # Two threads may speak to one client: whole lines only.
            with lock:
                client.sendall(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        except OSError:
            self._hang_up(client)

    def _hang_up(self, client: socket.socket) -> None:
        with self._lock:
            self._clients.pop(client, None)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        client.close()


def _timeval(seconds: float) -> bytes:
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
