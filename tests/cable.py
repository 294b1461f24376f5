"""A network cable that can be pulled without anybody being told.  For tests only."""

from __future__ import annotations

import contextlib
import socket
import threading


class Cable:
    """TCP to the server through a port of its own; pulled, nothing gets through and nobody is told."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._ends: list[socket.socket] = []
        self._plugged = threading.Event()
        self._plugged.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def pull(self) -> None:
        """From now on nothing gets through."""
        self._plugged.clear()

    def plug(self) -> None:
        """New connections get through; the old ones are gone."""
        for end in self._ends:
            end.close()
        self._plugged.set()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._to_port))
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                self._plugged.wait()
                other.sendall(data)
            other.shutdown(socket.SHUT_RDWR)
