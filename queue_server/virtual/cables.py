"""A network cable that can be pulled: TCP from a port of its own to the server, byte for byte.

Pulled, it says nothing: no reset, no goodbye, as with a real cable, and new connections go unanswered.  Put back, the
old connections are dead (the server gave them up) and are closed.
"""

from __future__ import annotations

import contextlib
import socket

import gevent
from gevent.event import Event
from gevent.server import StreamServer

PIECE = 65_536


class Cable:
    """One device's way to the server.  Listens on loopback at `port`."""

    def __init__(self, name: str, to_port: int) -> None:
        self.name = name
        self._to = ("127.0.0.1", to_port)
        self._plugged = Event()
        self._plugged.set()
        self._ends: set[socket.socket] = set()
        self._listener = StreamServer(("127.0.0.1", 0), self._carry)
        self._listener.start()
        self.port = int(self._listener.server_port or 0)

    @property
    def is_plugged(self) -> bool:
        """Whether the cable carries anything."""
        return self._plugged.is_set()

    def pull(self) -> None:
        """From now on nothing gets through, and nobody is told."""
        self._plugged.clear()

    def plug(self) -> None:
        """Carry again.  What was connected before the pull is closed: both sides have to begin anew."""
        if not self.is_plugged:
            for end in list(self._ends):
                _close(end)
        self._plugged.set()

    def close(self) -> None:
        """Take the cable away for good."""
        self._listener.stop()
        for end in list(self._ends):
            _close(end)

    def _carry(self, near: socket.socket, _address: object) -> None:
        self._ends.add(near)
        far: socket.socket | None = None
        try:
            self._plugged.wait()
            far = socket.create_connection(self._to, timeout=5)
            far.settimeout(None)
            self._ends.add(far)
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            back = gevent.spawn(self._one_way, far, near)
            self._one_way(near, far)
            back.join()
        except OSError:
            # The server is not there: the device sees its connection end, as it would without the cable.
            pass
        finally:
            for end in (near, far):
                if end is not None:
                    self._ends.discard(end)
                    _close(end)

    def _one_way(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                self._plugged.wait()
                target.sendall(data)
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
