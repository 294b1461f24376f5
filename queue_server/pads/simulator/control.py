"""The simulator's keys and switches on a Unix socket: one JSON object a line in, answers and events out.

    {"cmd": "press", "device": "pad_1", "key": "call_next", "argument": ""}      hold, double likewise
    {"cmd": "rate", "device": "evaluator_1", "score": 1}                         score: what the device's key sends
    {"cmd": "fault", "name": "noise", "device": "pad_1", "on": true, "amount": 0.05}      no device: the whole line
    {"cmd": "reboot", "device": "pad_1"} · {"cmd": "swap", "device": "pad_1"} (for a spare) · {"cmd": "unplug"} · {"cmd": "replug"} · {"cmd": "status"}

Every line in is answered with `"ok"`; events (`"event"`) are pushed to every client.  It switches and reports; it
simulates nothing.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import struct
import threading
from pathlib import Path
from typing import Any, Protocol

_LONGEST_LINE = 65_536
_SEND_WITHIN_S = 2.0
_AGAIN_S = 0.2
_MOST_WAITING = 2000


class Switched(Protocol):
    """What the socket controls.  Everything raises ValueError for what does not exist."""

    def press(self, device: str, key: str | None = None, argument: str = "") -> dict[str, Any]:
        """Press a key; what became of it so far."""

    def hold(self, device: str, key: str | None = None) -> dict[str, Any]:
        """Hold a key; likewise."""

    def double(self, device: str, key: str | None = None) -> dict[str, Any]:
        """Press a key twice; likewise."""

    def rate(self, device: str, score: int) -> dict[str, Any]:
        """Press a customer's key; likewise."""

    def fault(
        self, name: str, device: str | None = None, on: bool = True, amount: float | None = None
    ) -> None:
        """Switch a fault of a device or of the line."""

    def reboot(self, device: str) -> None:
        """Take a device's power away and give it back."""

    def swap(self, device: str) -> None:
        """Put a spare in a device's place."""

    def status(self) -> dict[str, Any]:
        """The state for a reader."""


class ControlSocket:
    """Listens at `path` until stopped; `push` sends an event to every client and never waits for one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clients: dict[socket.socket, queue.Queue[bytes | None]] = {}
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
        threading.Thread(target=self._accept, name="pads-control", daemon=True).start()

    def stop(self) -> None:
        """Hang up on everybody and remove the socket."""
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        with self._lock:
            clients = list(self._clients)
        for client in clients:
            self._hang_up(client)
        self._path.unlink(missing_ok=True)

    def push(self, event: dict[str, Any]) -> None:
        """Send `event` to every client; one that does not read is hung up on, the wire's clock never waits for it."""
        line = _line(event)
        with self._lock:
            waiting = list(self._clients.items())
        for client, lines in waiting:
            self._put(client, lines, line)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._server.accept()
            except OSError:
                # Stopped, or no file is left for one more client: those who are there go on.
                self._stopped.wait(_AGAIN_S)
                continue
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _timeval(_SEND_WITHIN_S))
            lines: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
            assert self._switched is not None
            lines.put(_line({"event": "state", **self._switched.status()}))
            with self._lock:
                self._clients[client] = lines
            for run in (self._read, self._write):
                threading.Thread(
                    target=run, args=(client, lines), name="pads-control-client", daemon=True
                ).start()

    def _read(self, client: socket.socket, lines: queue.Queue[bytes | None]) -> None:
        with contextlib.suppress(OSError), client.makefile("rb") as orders:
            while line := orders.readline(_LONGEST_LINE):
                self._put(client, lines, _line(self._answer(line)))
        self._hang_up(client)

    def _write(self, client: socket.socket, lines: queue.Queue[bytes | None]) -> None:
        with contextlib.suppress(OSError):
            while (line := lines.get()) is not None:
                client.sendall(line)
        self._hang_up(client)

    def _put(self, client: socket.socket, lines: queue.Queue[bytes | None], line: bytes) -> None:
        try:
            lines.put_nowait(line)
        except queue.Full:
            self._hang_up(client)

    def _answer(self, line: bytes) -> dict[str, Any]:
        assert self._switched is not None
        try:
            return {"ok": True, **_carried_out(self._switched, json.loads(line))}
        except (ValueError, RecursionError, OSError, TimeoutError) as fault:
            return {"ok": False, "code": "bad_order", "message": str(fault), "details": {}}

    def _hang_up(self, client: socket.socket) -> None:
        with self._lock:
            lines = self._clients.pop(client, None)
        if lines is None:
            return
        with contextlib.suppress(queue.Full):
            lines.put_nowait(None)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        client.close()


def _carried_out(switched: Switched, order: Any) -> dict[str, Any]:
    match order:
        case {"cmd": "press" | "hold" | "double" | "rate"}:
            return _pressed(switched, order)
        case {"cmd": "fault", "name": str(name), "on": bool(is_on)}:
            device, amount = order.get("device"), order.get("amount")
            if not (device is None or isinstance(device, str)):
                raise ValueError("device is a text")
            if isinstance(amount, bool) or not (amount is None or isinstance(amount, int | float)):
                raise ValueError("amount is a number")
            switched.fault(name, device, is_on, amount)
            return switched.status()
        case {"cmd": "reboot" | "swap" as name, "device": str(device)}:
            (switched.reboot if name == "reboot" else switched.swap)(device)
            return {}
        case {"cmd": "unplug" | "replug" as name}:
            switched.fault("unplug", None, name == "unplug")
            return switched.status()
        case {"cmd": "status"}:
            return switched.status()
    raise ValueError("expected cmd press, hold, double, rate, fault, reboot, swap, unplug, replug or status")


def _pressed(switched: Switched, order: dict[str, Any]) -> dict[str, Any]:
    """What became of the press so far."""
    match order:
        case {"cmd": "rate", "device": str(device), "score": int(score)}:
            return switched.rate(device, score)
        case {"cmd": "press", "device": str(device)}:
            return switched.press(device, _text(order, "key"), _text(order, "argument") or "")
        case {"cmd": "hold", "device": str(device)}:
            return switched.hold(device, _text(order, "key"))
        case {"cmd": "double", "device": str(device)}:
            return switched.double(device, _text(order, "key"))
    raise ValueError("expected device and key, argument or score")


def _text(order: dict[str, Any], name: str) -> str | None:
    value = order.get(name)
    if not (value is None or isinstance(value, str)):
        raise ValueError(f"{name} is a text")
    return value


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def _timeval(seconds: float) -> bytes:
    return struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
