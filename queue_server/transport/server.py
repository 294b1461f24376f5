"""Flask-SocketIO with its cures: the one function that puts them together.

`make_socketio` also looks whether the libraries still have the seams the cures hang on, and refuses to start if not:
a cure that silently stopped working would be found by a customer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import engineio.socket
import structlog
from flask import Flask
from flask_socketio import SocketIO

from queue_server.transport.inbound import TextPacket
from queue_server.transport.limits import Figures, SocketLimits
from queue_server.transport.listener import DOOR_EXTENSION
from queue_server.transport.outbox import Outbox
from queue_server.transport.rooms import RoomManager
from queue_server.transport.websocket import WebSocketDoor


class SeamMissing(Exception):
    """A library no longer has the place one of the cures is fastened to."""


def make_socketio(
    app: Flask,
    *,
    ping_interval_s: float = 10,
    ping_timeout_s: float = 10,
    allowed_origins: Sequence[str] | None = None,
    limits: SocketLimits | None = None,
) -> SocketIO:
    """A Socket.IO server inside `app`: WebSocket only, gevent, rooms only, bounded.

    A dead client is noticed after `ping_interval_s` + `ping_timeout_s`.  `allowed_origins`: pages of these origins
    may connect; None means the same origin only.  Serve `app` with `HttpListener`.  Raises SeamMissing.
    """
    limits = limits or SocketLimits()
    door = WebSocketDoor(limits, Figures(), silence_s=ping_interval_s + ping_timeout_s)
    logger = _logger()
    socketio = SocketIO(
        app,
        async_mode="gevent",
        transports=["websocket"],
        allow_upgrades=False,
        async_handlers=False,
        manage_session=False,
        client_manager=RoomManager(door),
        serializer=TextPacket,
        ping_interval=ping_interval_s,
        ping_timeout=ping_timeout_s,
        max_http_buffer_size=limits.message_bytes,
        cors_allowed_origins=None if allowed_origins is None else list(allowed_origins),
        http_compression=False,
        logger=logger,
        engineio_logger=logger,
    )
    engine = socketio.server.eio
    for seam in ("websocket", "queue"):
        if seam not in engine._async:
            raise SeamMissing(f"engine.io's async table has no {seam!r} any more")
    for seam in ("_websocket_handler", "receive", "close"):
        if not hasattr(engineio.socket.Socket, seam):
            raise SeamMissing(f"engine.io's Socket has no {seam!r} any more")
    # The table belongs to the module and so to everybody; ours is a copy for this server only.
    engine._async = {**engine._async, "websocket": door, "queue": door.make_outbox}
    if not isinstance(engine.create_queue(), Outbox):
        raise SeamMissing("engine.io does not take its queues from the async table any more")
    app.extensions[DOOR_EXTENSION] = door
    return socketio


def figures(app: Flask) -> Figures:
    """What the transport of `app` has counted.  Raises KeyError before `make_socketio`."""
    door: WebSocketDoor = app.extensions[DOOR_EXTENSION]
    return door.figures


class _ToStructlog(logging.Handler):
    """Lines of the libraries' loggers as lines of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger("queue_server.transport")
        log.log(record.levelno, record.getMessage(), library=record.name, exc_info=record.exc_info)


def _logger() -> logging.Logger:
    logger = logging.getLogger("queue_server.transport.libraries")
    logger.setLevel(logging.ERROR)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(_ToStructlog())
    return logger
