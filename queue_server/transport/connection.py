"""A client's connection: its hand-over from the HTTP listener to a WebSocket, and sending without waiting."""

from __future__ import annotations

from collections.abc import Callable
from errno import EAGAIN, EWOULDBLOCK

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


def send_at_once(socket: GeventSocket, data: bytes) -> int:
    """How many bytes the kernel took now; 0 when its buffer is full.  Raises OSError when the connection is lost."""
    try:
        # The third argument is gevent's own time limit, which its stubs do not know: 0.0 means "do not wait".
        return socket.send(data, 0, 0.0)  # type: ignore[call-arg]
    except OSError as error:
        if error.errno in (EAGAIN, EWOULDBLOCK):
            return 0
        raise


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
