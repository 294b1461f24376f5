"""The side door of a simulator: one JSON object a line, orders in, answers and events out.

It keeps itself connected for as long as it lives; what the lines mean is for the desks that use it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gevent
from gevent import socket

AGAIN_S = 0.5


class ControlSocket:
    """Connects to the unix socket at `path` whenever a simulator listens there.

    `take(message)` is called for every line that comes, `lost()` when the simulator is gone.
    """

    def __init__(self, path: Path, take: Callable[[dict[str, Any]], None], lost: Callable[[], None]) -> None:
        self._path = path
        self._take = take
        self._lost = lost
        self._connection: socket.socket | None = None
        self._greenlet = gevent.spawn(self._follow)

    def send(self, order: Mapping[str, Any]) -> bool:
        """Send one order; False when no simulator is there to feel it."""
        connection = self._connection
        if connection is None:
            return False
        with contextlib.suppress(OSError):
            connection.sendall(json.dumps(order).encode() + b"\n")
            return True
        return False

    def close(self) -> None:
        """Hang up."""
        self._greenlet.kill()

    def _follow(self) -> None:
        while True:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(str(self._path))
            except OSError:
                connection.close()
                gevent.sleep(AGAIN_S)
                continue
            self._connection = connection
            with contextlib.suppress(OSError, ValueError), connection.makefile("rb") as lines:
                for line in lines:
                    self._take(json.loads(line))
            self._connection = None
            connection.close()
            self._lost()
