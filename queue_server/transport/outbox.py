"""What waits to be sent to one client: engine.io's queue, without a greenlet and without an end.

A frame goes to the kernel at once if the kernel takes it.  Only a client that reads too slowly gets a greenlet that
writes the rest, in order; beyond the limits it is given up.  Putting never blocks, so nobody waits for a slow reader.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import gevent
from gevent.socket import socket as GeventSocket  # noqa: N812

from queue_server.transport.connection import sender
from queue_server.transport.frames import text_frame
from queue_server.transport.limits import Figures, SocketLimits

# How much of a backlog goes to the kernel in one call.
_PIECE_BYTES = 64 * 1024
# How long a client that is being disconnected may take to read what is left.
_LAST_WORDS_S = 2.0


class Outbox:
    """The frames of one client, in the order they were put.

    engine.io makes one per session before there is a WebSocket, so frames wait until `attach`.  One writer at a
    time: either `put_frame` with nothing waiting, or the one greenlet that works off the backlog with `sendall`.
    """

    __slots__ = (
        "_abort",
        "_ending",
        "_figures",
        "_limits",
        "_on_the_way",
        "_send",
        "_socket",
        "_waiting",
        "_waiting_bytes",
        "_writer",
    )

    def __init__(self, limits: SocketLimits, figures: Figures) -> None:
        self._limits = limits
        self._figures = figures
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._on_the_way = 0
        self._socket: GeventSocket | None = None
        self._send: Callable[[bytes], int] | None = None
        self._abort: Callable[[str], None] | None = None
        self._writer: gevent.Greenlet[[GeventSocket], None] | None = None
        self._ending = False

    # --- engine.io's side: the methods it calls on a queue --------------------------------------------------------

    def put(self, packet: Any) -> None:
        """Queue one engine.io packet; None is engine.io's mark that the session is over."""
        if packet is None:
            self.end()
            return
        encoded = packet.encode()
        if not isinstance(encoded, str):
            raise TypeError("only text packets are sent here")
        self._figures.frames_built_total += 1
        self.put_frame(text_frame(encoded))

    def join(self) -> None:
        """Nothing to wait for: a client that does not read must not hold up the one who disconnects it."""

    # --- our side -------------------------------------------------------------------------------------------------

    def attach(self, socket: GeventSocket, abort: Callable[[str], None]) -> None:
        """Send through `socket` from now on; `abort` is called, with the reason, when the client is given up."""
        self._socket = socket
        self._send = sender(socket)
        self._abort = abort
        if self._waiting:
            self._write_later()

    def put_frame(self, frame: bytes) -> None:
        """Send `frame` after everything put before it, now or later.  Never blocks and never raises."""
        if self._ending:
            return
        self._figures.frames_queued_total += 1
        if self._send is not None and self._writer is None and not self._waiting:
            try:
                sent = self._send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                # A lost connection is the reader's to find; what is written to it is lost either way.
                return
            if sent == len(frame):
                return
            frame = frame[sent:]
        self._waiting.append(frame)
        self._waiting_bytes += len(frame)
        if (
            len(self._waiting) > self._limits.queued_packets
            or self._waiting_bytes + self._on_the_way > self._limits.queued_bytes
        ):
            self._give_up("slow_reader")
        else:
            self._write_later()

    @property
    def is_idle(self) -> bool:
        """Nothing waits and nothing is on the way: a frame sent now comes after all the others."""
        return self._writer is None and not self._waiting

    def end(self) -> None:
        """Take no more; close the connection when what waits is sent, or after a short time."""
        if self._ending:
            return
        self._ending = True
        if self._abort is None:
            return
        if self._writer is None:
            self._abort("ended")
        else:
            gevent.spawn_later(_LAST_WORDS_S, self._abort, "ended_unread")

    def abandon(self) -> None:
        """Forget everything: the connection is gone."""
        self._ending = True
        self._waiting.clear()
        self._waiting_bytes = 0
        self._socket = self._send = None

    def _write_later(self) -> None:
        if self._writer is None and self._socket is not None:
            self._writer = gevent.spawn(self._write_backlog, self._socket)

    def _write_backlog(self, socket: GeventSocket) -> None:
        reason = "ended"
        try:
            while self._waiting:
                socket.sendall(self._next_piece())
        except OSError:
            reason = "connection_lost"
            self._ending = True
        self._on_the_way = 0
        self._writer = None
        if self._ending and self._abort is not None:
            self._abort(reason)

    def _next_piece(self) -> bytes:
        frames: list[bytes] = []
        size = 0
        while self._waiting and (not frames or size + len(self._waiting[0]) <= _PIECE_BYTES):
            frame = self._waiting.popleft()
            frames.append(frame)
            size += len(frame)
        self._waiting_bytes -= size
        self._on_the_way = size
        return b"".join(frames)

    def _give_up(self, reason: str) -> None:
        self._ending = True
        self._waiting.clear()
        self._waiting_bytes = 0
        self._figures.slow_clients_dropped_total += 1
        if self._abort is not None:
            self._abort(reason)
