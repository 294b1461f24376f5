"""A client's connection: its hand-over from the HTTP listener to a WebSocket, and sending without waiting."""

from __future__ import annotations

from collections.abc import Callable

import gevent
from gevent.socket import socket as GeventSocket  # noqa: N812

_READ_BYTES = 64 * 1024

#: Where in the WSGI environment our listener puts the `Connection` of an upgrade request.
CONNECTION_KEY = "jiaohao.connection"


class Connection:
    """A connection that may be taken over, once."""

    __slots__ = ("_give",)

    def __init__(self, give: Callable[[], tuple[GeventSocket, bytes]]) -> None:
        self._give = give

    def take(self) -> tuple[GeventSocket, bytes]:
        """The socket, which the listener forgets, and the bytes it had read ahead."""
        return self._give()


def sender(socket: GeventSocket) -> Callable[[bytes], int]:
    """What sends bytes without waiting and says how many the kernel took.

    It raises BlockingIOError when the kernel's buffer is full and OSError when the connection is lost.  It is the
    system call of gevent's inner socket, which is always non-blocking: a fan-out calls it a hundred thousand times a
    second, and gevent's own `send` around it costs as much again.
    """
    send: Callable[[bytes], int] = socket._sock.send  # type: ignore[attr-defined]
    return send


def shut(socket: GeventSocket, how: int) -> None:
    """Shut one or both directions; a connection that is already gone is fine."""
    try:
        socket.shutdown(how)
    except OSError:
        return


def read_rest(socket: GeventSocket, at_most: int, within_s: float) -> None:
    """Read and throw away what a refused client still sends, until it stops or a limit is reached.

    Closing with unread bytes resets the connection, and a reset would overtake the answer just sent.
    """
    patience = gevent.Timeout.start_new(within_s)
    try:
        while at_most > 0:
            data = socket.recv(_READ_BYTES)
            if not data:
                return
            at_most -= len(data)
    except (OSError, gevent.Timeout):
        return
    finally:
        patience.close()
