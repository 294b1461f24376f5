"""Sending to rooms: each message is encoded and framed once, and never goes to everybody.

Built on python-socketio's manager, which keeps who is in which room.  It decides nothing about who may be in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_socketio import SocketIO
from pydantic import BaseModel
from socketio import Manager, packet

from queue_server.transport.frames import text_frame
from queue_server.transport.inbound import TextPacket
from queue_server.transport.threads import WrongThread, current_thread_id
from queue_server.transport.websocket import WebSocketDoor


class RoomMissing(Exception):
    """An emit without a room would reach clients whose connect was not accepted yet."""


class RoomManager(Manager):  # type: ignore[misc]
    """python-socketio's client manager with the two cures that belong to it.

    Every emit of the process comes through here, also Flask-SocketIO's own `emit`.
    """

    def __init__(self, door: WebSocketDoor) -> None:
        super().__init__()
        self._door = door
        self._thread_id = current_thread_id()

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> int:
        """Send to the members of a room; returns to how many.  Raises RoomMissing, WrongThread."""
        room = to or room
        if not room:
            raise RoomMissing(event)
        if current_thread_id() != self._thread_id:
            raise WrongThread(f"emit {event!r} on the hub's thread")
        if callback is not None:
            # One client is asked and its answer awaited: its packet has an id of its own.
            super().emit(event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, **kwargs)
            return 1
        self._door.figures.emits_total += 1
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        encoded = TextPacket(packet.EVENT, namespace=namespace, data=[event, *arguments]).encode()
        if not isinstance(encoded, str):
            raise TypeError(f"emit {event!r} carries bytes; only text is sent here")
        self._door.figures.frames_built_total += 1
        # 4 is engine.io's "message".  The same bytes for everyone: a server's frames are not masked.
        frame = text_frame("4" + encoded)
        members = self.get_participants(namespace, room)
        if skip_sid is None:
            return self._door.send_frame(frame, [session for _, session in members])
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        return self._door.send_frame(frame, [session for sid, session in members if sid not in skipped])

    def connect(self, sid: str, namespace: str) -> str:
        """Called when the client has been told that it is accepted; only now does it join its rooms."""
        session = self.eio_sid_from_sid(sid, namespace)
        sid = super().connect(sid, namespace)
        client = self._door.live.get(session)
        handler = self.server.namespace_handlers.get(namespace)
        if client is None or client.is_over:
            # It went away while its token was being looked up, and nobody else would take it off the list.
            if handler is not None:
                handler.forget(sid)
            self.basic_disconnect(sid, namespace)
            return sid
        client.admitted()
        if handler is not None:
            handler.joined(sid)
        return sid


class Broadcaster:
    """The way from the rest of the server to its clients."""

    def __init__(self, socketio: SocketIO) -> None:
        self._manager: RoomManager = socketio.server.manager

    def emit(self, namespace: str, room: str, event: str, payload: BaseModel | Mapping[str, Any]) -> int:
        """Send `event` to everyone in `room` of `namespace` (like "/display"); returns to how many.

        Never blocks and never waits for a slow reader.  Raises RoomMissing for an empty room name, WrongThread
        anywhere but on the hub's thread, ValueError for a payload that is not JSON.
        """
        data = payload.model_dump(mode="json") if isinstance(payload, BaseModel) else dict(payload)
        return self._manager.emit(event, data, namespace, room=room)

    def count(self, namespace: str, room: str) -> int:
        """How many clients are in `room` now."""
        return sum(1 for _ in self._manager.get_participants(namespace, room))
