"""The WebSocket that engine.io is given, and the door that knows all of them.

It stands where engine.io would put simple-websocket, and takes over the connection after the handshake: one shallow
greenlet per client reads, an `Outbox` sends.  It knows sessions and bytes; it does not know rooms or events.
"""

from __future__ import annotations

import contextlib
import socket as constants
from collections.abc import Callable, Iterable
from typing import Any

import gevent
import structlog
from gevent.socket import socket as GeventSocket  # noqa: N812

from queue_server.transport import frames
from queue_server.transport.answers import error_body
from queue_server.transport.connection import CONNECTION_KEY, Connection, read_rest, sender, shut
from queue_server.transport.inbound import ACK_WANTED, MalformedPacket, read_packet
from queue_server.transport.limits import Figures, SocketLimits
from queue_server.transport.outbox import Outbox
from queue_server.transport.threads import give_way

log = structlog.get_logger("queue_server.transport")

# Small: what one client sends is handled for so long before the others have their turn.
_READ_BYTES = 4 * 1024
# Enough for a snapshot in one go; the kernel doubles it.  Beyond, a backlog is ours to see and to bound.
_KERNEL_SEND_BYTES = 64 * 1024
# What is still read, and thrown away, of a client that broke a rule.
_LAST_READ_BYTES = 1024 * 1024
_LAST_READ_S = 1.0

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class WebSocketDoor:
    """Makes a `WebSocket` for each session engine.io opens, and finds them again by session id."""

    def __init__(self, limits: SocketLimits, figures: Figures, silence_s: float) -> None:
        """`silence_s`: unacknowledged bytes older than this end the connection, whatever the clocks say."""
        self.limits = limits
        self.figures = figures
        self.silence_s = silence_s
        self.live: dict[str, WebSocket] = {}

    def __call__(self, handler: Any, server: Any) -> WebSocket:
        """What engine.io calls: `handler` is its session's bound method, `server` its server."""
        return WebSocket(self, handler.__self__, server)

    def make_outbox(self) -> Outbox:
        """What engine.io calls to get a session's queue."""
        return Outbox(self.limits, self.figures)

    def send_frame(self, frame: bytes, sessions: Iterable[str]) -> int:
        """Put the same bytes into the outbox of each session; returns how many there were."""
        live = self.live
        count = 0
        for session_id in sessions:
            client = live.get(session_id)
            if client is not None:
                client.outbox.put_frame(frame)
                count += 1
        return count

    def close_all(self, within_s: float) -> None:
        """Say goodbye to everybody (1001, going away) and wait until their sessions have ended."""
        leaving = list(self.live.values())
        for client in leaving:
            client.leave(frames.CloseCode.GOING_AWAY, "the server is stopping")
        gevent.joinall([client.reader for client in leaving if client.reader], timeout=within_s)


class WebSocket:
    """One client.  engine.io calls it once, as a WSGI application; it answers the handshake and lives on."""

    __slots__ = ("_admission", "_door", "_server", "_session", "_socket", "is_admitted", "outbox", "reader")

    def __init__(self, door: WebSocketDoor, session: Any, server: Any) -> None:
        self._door = door
        self._session = session
        self._server = server
        self._socket: GeventSocket | None = None
        self._admission: gevent.Greenlet[[], None] | None = None
        self.outbox: Outbox = session.queue
        self.reader: gevent.Greenlet[[bytes], None] | None = None
        self.is_admitted = False

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        """Answer the handshake.  Raises RuntimeError under a listener that is not ours."""
        key = frames.accept_key(environ.get("HTTP_SEC_WEBSOCKET_KEY", ""))
        if key is None or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
            self._session.close(wait=False, abort=True)
            body = error_body("invalid_handshake", "A WebSocket of version 13 with a key is needed")
            start_response(
                "400 Bad Request", [("Content-Type", "application/json"), ("Sec-WebSocket-Version", "13")]
            )
            return [body]
        connection = environ.pop(CONNECTION_KEY, None)
        if not isinstance(connection, Connection):
            raise RuntimeError("WebSockets are served by queue_server.transport.HttpListener only")
        self._socket, early = connection.take()
        self._socket.setsockopt(constants.SOL_SOCKET, constants.SO_SNDBUF, _KERNEL_SEND_BYTES)
        self._socket.setsockopt(
            constants.IPPROTO_TCP, constants.TCP_USER_TIMEOUT, round(self._door.silence_s * 1000)
        )
        # No Sec-WebSocket-Extensions: permessage-deflate costs 2.3 times the memory and a third of the fan-out.
        self._socket.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {key}\r\n\r\n".encode("ascii")
        )
        self._session.connected = self._session.upgraded = True
        self._door.live[self._session.sid] = self
        self._door.figures.clients += 1
        self._door.figures.connections_total += 1
        self.outbox.attach(self._socket, self.abort)
        self._admission = gevent.spawn_later(self._door.limits.admission_s, self._not_admitted)
        # A greenlet of its own, so that the deep stack and the buffers of the HTTP request are given back.
        self.reader = gevent.spawn(self._live, early)
        return []

    @property
    def is_over(self) -> bool:
        """The session has ended, though its reader may still be inside a handler."""
        return bool(self._session.closed)

    def admitted(self) -> None:
        """A namespace has let this client in: it may stay."""
        self.is_admitted = True
        if self._admission is not None:
            self._admission.kill(block=False)
            self._admission = None

    def abort(self, reason: str) -> None:
        """End the connection now; the session ends when the reader has noticed.  Never blocks."""
        if self._socket is None:
            return
        if reason == "ended":
            self._say(frames.close_frame(frames.CloseCode.NORMAL))
        else:
            log.info("websocket dropped", reason=reason, session=self._session.sid)
            # Reset instead of lingering: what it has not read until now it will not read.
            self._socket.setsockopt(constants.SOL_SOCKET, constants.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._shut()

    def leave(self, code: frames.CloseCode, reason: str) -> None:
        """Say goodbye with `code` and end the connection.  Never blocks."""
        self._say(frames.close_frame(code, reason))
        self._shut()

    def _live(self, early: bytes) -> None:
        session = self._session
        try:
            self._converse(early)
        except OSError:
            pass  # reset, timed out or shut down by us: the end, whatever its name
        except Exception:
            log.exception("websocket reader failed", session=session.sid)
        finally:
            self.admitted()
            self._door.live.pop(session.sid, None)
            self._door.figures.clients -= 1
            self.outbox.abandon()
            session.close(wait=False, abort=True, reason=self._server.reason.TRANSPORT_CLOSE)
            self._server.sockets.pop(session.sid, None)
            assert self._socket is not None
            self._socket.close()

    def _converse(self, data: bytes) -> None:
        assert self._socket is not None
        reader = frames.FrameReader(self._door.limits.message_bytes)
        while True:
            for message in reader.feed(data):
                match message:
                    case frames.Text(text):
                        try:
                            self._hand_on(text)
                        except MalformedPacket as error:
                            return self._refuse(frames.CloseCode.POLICY, str(error))
                    case frames.Ping(body):
                        self.outbox.put_frame(frames.pong_frame(body))
                    case frames.Pong():
                        pass
                    case frames.Binary():
                        return self._refuse(frames.CloseCode.UNSUPPORTED_DATA, "only text is taken")
                    case frames.Violation(code, reason):
                        return self._refuse(code, reason)
                    case frames.Closed():
                        return self.leave(frames.CloseCode.NORMAL, "")
                if self._session.closed:
                    return None
            if len(data) == _READ_BYTES:
                # There may be more, and gevent reads on without a turn for the others: one client could flood.
                give_way()
            data = self._socket.recv(_READ_BYTES)
            if not data:
                return None

    def _hand_on(self, text: str) -> None:
        said = read_packet(text)
        if said is not None:
            ACK_WANTED.set(said.ack_wanted)
            self._session.receive(said.packet)

    def _refuse(self, code: frames.CloseCode, reason: str) -> None:
        self._door.figures.violations_total += 1
        log.info("websocket refused", reason=reason, session=self._session.sid)
        assert self._socket is not None
        self._say(frames.close_frame(code, reason))
        shut(self._socket, constants.SHUT_WR)
        read_rest(self._socket, at_most=_LAST_READ_BYTES, within_s=_LAST_READ_S)

    def _not_admitted(self) -> None:
        self._admission = None
        self._door.figures.never_admitted_total += 1
        self.abort("never_admitted")

    def _say(self, frame: bytes) -> None:
        # Not through the outbox: the last word must not wait behind what is not being read.
        if self._socket is not None and self.outbox.is_idle:
            with contextlib.suppress(OSError):
                sender(self._socket)(frame)

    def _shut(self) -> None:
        if self._socket is not None:
            shut(self._socket, constants.SHUT_RDWR)
