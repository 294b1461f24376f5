"""The printer simulator's side door: its faults, its state, and every ticket it cuts off."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent

FAULTS = (
    "near_end",
    "paper_out",
    "paper_out_mid_ticket",
    "cover",
    "cutter",
    "offline",
    "silent",
    "slow",
    "garbage",
    "unplug",
)
"""What can be made to fail; the names are the simulator's."""


class PaperDesk:
    """Talks to the simulator's control socket, and connects again whenever it comes back.

    `on_event(kind, facts)` is told: `cut` {number, png, codes: what its QR codes say}, `printer` {…the simulator's state}.
    """

    def __init__(self, control: Path, on_event: Callable[[str, dict[str, object]], None]) -> None:
        self.state: dict[str, Any] = {}
        self._control = control
        self._on_event = on_event
        self._connection: socket.socket | None = None
        self._greenlet = gevent.spawn(self._follow)

    def fault(self, name: str, is_on: bool) -> None:
        """Switch one of FAULTS.  Raises ValueError for another name."""
        if name not in FAULTS:
            raise ValueError(f"no such fault: {name}")
        connection = self._connection
        if connection is not None:
            order = {"cmd": "fault", "name": name, "on": is_on}
            with contextlib.suppress(OSError):
                connection.sendall(json.dumps(order).encode() + b"\n")

    def close(self) -> None:
        """Hang up."""
        self._greenlet.kill()

    def _follow(self) -> None:
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(self._control))
            except OSError:
                connection.close()
                gevent.sleep(0.5)
                continue
            self._connection = connection
            with contextlib.suppress(OSError, ValueError), connection.makefile("rb") as lines:
                for line in lines:
                    self._take(json.loads(line))
            self._connection = None
            connection.close()
            self._on_event("printer", {"is_running": False})

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("event") == "cut":
            facts = {"number": message.get("number"), "codes": message.get("codes", [])}
            self._on_event("cut", {**facts, "png": Path(str(message["png"])).name})
            return
        state = {key: value for key, value in message.items() if key not in ("event", "ok")}
        if "code" not in message:
            self.state = state
            self._on_event("printer", {"is_running": True, **state})
