"""The HTTP listener: gevent's WSGI server with TCP_NODELAY, limits and the one error shape.

It serves any WSGI application and hands a WebSocket its connection.  It knows no routes and never reads a body the
application must not see.
"""

from __future__ import annotations

import contextlib
import resource
import socket as constants
from http.client import HTTPException
from typing import Any

import gevent
import structlog
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer
from gevent.socket import socket as GeventSocket  # noqa: N812

from queue_server.transport.answers import error_body, error_response
from queue_server.transport.connection import CONNECTION_KEY, Connection, read_rest, shut
from queue_server.transport.limits import HttpLimits
from queue_server.transport.threads import give_way
from queue_server.transport.websocket import WebSocketDoor

log = structlog.get_logger("queue_server.transport")

#: Where `make_socketio` leaves the door in `app.extensions`, so that stopping closes the WebSockets too.
DOOR_EXTENSION = "jiaohao.transport"

_OPEN_FILES = 65_536
# After a refusal: how much more is read and thrown away, so that the answer is not lost in a reset.
_LAST_READ_BYTES = 1024 * 1024
_LAST_READ_S = 1.0
# Up to here head and body leave in one packet; beyond, copying them together costs more than a second write.
_ONE_WRITE_BYTES = 64 * 1024


# Their stubs leave out what is overridden here; a test fails if gevent drops it.
_PywsgiServer: Any = WSGIServer
_PywsgiHandler: Any = WSGIHandler


class HttpListener:
    """Listens on `host`:`port` (0: any free port) from the moment it is made; serves from `serve_forever`.

    Raises OSError when the address is taken.  `stop` may be called from any greenlet; `gevent.signal_handler` gives a
    signal one.
    """

    def __init__(self, app: Any, host: str, port: int, limits: HttpLimits | None = None) -> None:
        _allow_open_files()
        self._app = app
        self._server = _Server((host, port), app, limits or HttpLimits())
        self._server.init_socket()

    @property
    def port(self) -> int:
        """The port it really listens on."""
        return int(self._server.address[1])

    def serve_forever(self) -> None:
        """Serve until `stop` has been called and is done."""
        self._server.serve_forever()

    def start(self) -> None:
        """Serve from now on, and return."""
        self._server.start()

    def stop(self, within_s: float = 5.0) -> None:
        """Accept no more; let running requests finish; say goodbye to WebSockets; close what is left."""
        self._server.stop_accepting()
        self._server.finish_requests(within_s)
        door = getattr(self._app, "extensions", {}).get(DOOR_EXTENSION)
        if isinstance(door, WebSocketDoor):
            door.close_all(within_s)
        self._server.stop(timeout=0)


class _Server(_PywsgiServer):  # type: ignore[misc]
    """pywsgi with a bound on connections, and a memory of which of them are in a request."""

    def __init__(self, address: tuple[str, int], app: Any, limits: HttpLimits) -> None:
        self.limits = limits
        self.handlers: set[_Handler] = set()
        super().__init__(
            address,
            app,
            backlog=1024,
            spawn=Pool(limits.connections),
            log=None,
            error_log=_ErrorLog(),
            handler_class=_Handler,
        )

    def update_environ(self) -> None:
        # pywsgi asks DNS for its own name here, which takes seconds where there is no DNS.
        self.environ.setdefault("SERVER_NAME", str(self.address[0]))
        self.environ.setdefault("SERVER_PORT", str(self.address[1]))

    def handle(self, sock: GeventSocket, address: Any) -> None:
        # Without it an answer in two writes waits 44 ms for the other side's delayed acknowledgement (Nagle).
        sock.setsockopt(constants.IPPROTO_TCP, constants.TCP_NODELAY, 1)
        sock.settimeout(self.limits.idle_s)
        handler = _Handler(sock, address, self)
        self.handlers.add(handler)
        try:
            handler.handle()
        finally:
            self.handlers.discard(handler)

    def finish_requests(self, within_s: float) -> None:
        """Close idle connections at once, and the others after their request or after `within_s`."""
        for handler in list(self.handlers):
            handler.finish()
        self.pool.join(timeout=within_s)


class _Handler(_PywsgiHandler):  # type: ignore[misc]
    """One HTTP connection."""

    _held: bytearray | None = None
    _is_in_request = False

    def finish(self) -> None:
        """Close after the running request, or now if there is none."""
        self.close_connection = True
        if not self._is_in_request and self.socket is not None:
            shut(self.socket, constants.SHUT_RD)

    # --- limits ---------------------------------------------------------------------------------------------------

    def handle_one_request(self) -> Any:
        result = super().handle_one_request()
        if isinstance(result, tuple):
            # Refused before the application: pywsgi's own texts become the one error shape.
            status, answer = result
            if status == "414":
                answer = error_response("414 URI Too Long", "uri_too_long", "The request line is too long")
            self._refuse(answer)
            return None
        return result

    def MessageClass(self, rfile: Any, *_unused: Any) -> Any:  # noqa: N802 (pywsgi's name)
        return super().MessageClass(_HeadLines(rfile, self.server.limits.head_bytes), 0)

    def handle_one_response(self) -> None:
        limit = self.server.limits.body_bytes
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            answer = error_response("411 Length Required", "length_required", "A body needs a Content-Length")
        elif (self.content_length or 0) > limit:
            answer = error_response(
                "413 Content Too Large", "body_too_large", f"A body may have {limit} bytes"
            )
        else:
            self._is_in_request = True
            try:
                super().handle_one_response()
            finally:
                self._is_in_request = False
            # A connection whose next request is already here would otherwise never let another one run.
            give_way()
            return
        self.close_connection = True
        self._refuse(answer)

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        if isinstance(ex, (_HeadTooLarge, HTTPException)):
            return "431", error_response(
                "431 Request Header Fields Too Large", "head_too_large", "The request's headers are too large"
            )
        log.info("http request refused", reason=str(ex), client=self.client_address)
        return "400", error_response("400 Bad Request", "invalid_request", "This is not a valid HTTP request")

    def _refuse(self, answer: bytes) -> None:
        with contextlib.suppress(OSError):
            self.socket.sendall(answer)
            shut(self.socket, constants.SHUT_WR)
            read_rest(self.socket, at_most=_LAST_READ_BYTES, within_s=_LAST_READ_S)

    # --- one write per answer -------------------------------------------------------------------------------------

    def _write_with_headers(self, data: bytes) -> None:
        if len(data) > _ONE_WRITE_BYTES:
            super()._write_with_headers(data)
            return
        self._held = bytearray()
        try:
            super()._write_with_headers(data)
            held = bytes(self._held)
        finally:
            self._held = None
        super()._sendall(held)
        self.response_length -= len(held)

    def _sendall(self, data: bytes) -> None:
        if self._held is None:
            super()._sendall(data)
        else:
            self._held += data
            self.response_length += len(data)

    # --- faults of ours -------------------------------------------------------------------------------------------

    def _log_error(self, t: Any, v: Any, tb: Any) -> None:
        if not issubclass(t, gevent.GreenletExit):
            log.error("http request failed", method=self.command, exc_info=(t, v, tb))

    def _send_error_response_if_possible(self, error_code: int) -> None:
        self.close_connection = True
        if self.response_length:
            return
        status, code, message = (
            ("400 Bad Request", "invalid_request", "This is not a valid HTTP request")
            if error_code == 400
            else ("500 Internal Server Error", "internal", "Something went wrong here; it has been logged")
        )
        body = error_body(code, message)
        with contextlib.suppress(OSError):
            self.start_response(
                status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], None
            )
            self.write(body)

    # --- upgrade --------------------------------------------------------------------------------------------------

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        if self._connection_upgrade_requested():
            environ[CONNECTION_KEY] = Connection(self._give_connection)
        return environ

    def _give_connection(self) -> tuple[GeventSocket, bytes]:
        self.close_connection = True
        old = self.socket
        # Not to wait: what was read ahead with the request is in the buffer, or nothing is.
        old.settimeout(0.0)
        early = self.rfile.peek(1)
        new = GeventSocket(old.family, old.type, old.proto, fileno=old.detach())
        return new, bytes(early)


class _HeadTooLarge(ValueError):
    pass


class _HeadLines:
    """The header lines of one request, bounded all together."""

    __slots__ = ("_left", "_rfile")

    def __init__(self, rfile: Any, limit: int) -> None:
        self._rfile = rfile
        self._left = limit

    def readline(self, _size: int = -1) -> bytes:
        line: bytes = self._rfile.readline(self._left + 1)
        self._left -= len(line)
        if self._left < 0:
            raise _HeadTooLarge
        return line


class _ErrorLog:
    """pywsgi's error log and `wsgi.errors`, as lines of ours."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("http", said=text.strip())

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""


def _allow_open_files() -> None:
    # The usual soft limit of 1,024 is fewer than the phones that may follow their tickets.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
