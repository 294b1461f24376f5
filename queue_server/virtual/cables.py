"""A network cable that can be pulled: TCP from a port of its own to the server, byte for byte.

Pulled, it says nothing: no reset, no goodbye, as with a real cable, and new connections go unanswered.  Put back, the
old connections are dead (the server gave them up) and are closed.
"""

from __future__ import annotations

import contextlib
from collections import deque

import gevent
from gevent import socket
from gevent.event import Event
from gevent.server import StreamServer

PIECE = 65_536

UNANSWERED_KEPT = 32
"""Connections kept waiting while the cable is pulled; a device that tries for hours must not use up all files."""


class Cable:
    """One way to the server.  Listens on loopback at `port`."""

    def __init__(self, name: str, to_port: int) -> None:
        self.name = name
        self._to = ("127.0.0.1", to_port)
        self._plugged = Event()
        self._plugged.set()
        self._ends: set[socket.socket] = set()
        self._unanswered: deque[socket.socket] = deque()
        self._listener = StreamServer(("127.0.0.1", 0), self._carry)
        self._listener.start()
        self.port = int(self._listener.server_port or 0)

    @property
    def is_plugged(self) -> bool:
        """Whether the cable carries anything."""
        return self._plugged.is_set()

    @property
    def open_ends(self) -> int:
        """Sockets held now: two for a connection that is carried, one for a connection that goes unanswered."""
        return len(self._ends)

    def pull(self) -> None:
        """From now on nothing gets through, and nobody is told."""
        self._plugged.clear()

    def plug(self) -> None:
        """Carry again.  What was connected before the pull is closed: both sides have to begin anew."""
        if not self.is_plugged:
            self._unanswered.clear()
            for end in list(self._ends):
                _close(end)
        self._plugged.set()

    def close(self) -> None:
        """Take the cable away for good."""
        self._listener.stop()
        self._plugged.set()
        for end in list(self._ends):
            _close(end)

    def _carry(self, near: socket.socket, _address: object) -> None:
        self._ends.add(near)
        far: socket.socket | None = None
        try:
            if not self.is_plugged:
                self._hold(near)
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far = socket.create_connection(self._to, timeout=5)
            far.settimeout(None)
            self._ends.add(far)
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

    def _hold(self, near: socket.socket) -> None:
        """Wait with a new connection until the cable is plugged; `plug` closes it.  Raises OSError then."""
        self._unanswered.append(near)
        if len(self._unanswered) > UNANSWERED_KEPT:
            # The device gave this one up long ago.
            forgotten = self._unanswered.popleft()
            self._ends.discard(forgotten)
            _close(forgotten)
        self._plugged.wait()

    def _one_way(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                self._plugged.wait()
                target.sendall(data)
        # While the cable is pulled nobody hears that somebody hung up.
        self._plugged.wait()
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
