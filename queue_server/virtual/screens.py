"""The pictures and sounds of kiosk and display, received from the streams of the real programs; taps go back."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gevent
from gevent import socket

from display.screen.stream import Message, StreamBroken, StreamReceiver, encode_tap

SOUNDS_KEPT = 12
PIECE = 262_144


class ScreenSocket:
    """Listens for one screen program; keeps its newest picture and its last sounds.

    `on_event(kind, facts)` is told, with the screen's name: `frame` {n, width, height}; `sound` {sound_id, text,
    duration_s}; `note` {what the program says of itself}; `stream` {is_connected}.  `frame_count` and `notes` begin
    anew with every program that connects.
    """

    def __init__(self, name: str, path: Path, on_event: Callable[[str, dict[str, Any]], None]) -> None:
        self.name = name
        self.frame = b""
        self.frame_count = 0
        self.size = (0, 0)
        self.notes: dict[str, Any] = {}
        self.sounds: OrderedDict[str, bytes] = OrderedDict()
        self.is_connected = False
        self._on_event = on_event
        self._program: socket.socket | None = None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen()
        self._greenlet = gevent.spawn(self._accept)

    def tap(self, x: int, y: int) -> bool:
        """Touch the screen at (x, y) of its picture; False when no program is there to feel it."""
        program = self._program
        if program is None:
            return False
        with contextlib.suppress(OSError):
            program.sendall(encode_tap(x, y))
            return True
        return False

    def shown(self) -> dict[str, Any]:
        """The newest picture, as `frame` tells of it."""
        width, height = self.size
        return {"screen": self.name, "n": self.frame_count, "width": width, "height": height}

    def noted(self) -> dict[str, Any]:
        """What the program said of itself: the kiosk which `screen` it shows, the display its `connection`."""
        return {"of": self.name, **self.notes}

    def close(self) -> None:
        """Hang up."""
        self._greenlet.kill()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            program, _ = self._listener.accept()
            self._program = program
            # What an earlier program showed is not what this one shows.
            self.frame, self.frame_count, self.notes = b"", 0, {}
            self._set_connected(True)
            gevent.spawn(self._receive, program)

    def _receive(self, program: socket.socket) -> None:
        receiver = StreamReceiver()
        with contextlib.suppress(OSError, StreamBroken):
            while data := program.recv(PIECE):
                for message in receiver.feed(data):
                    self._take(message)
        program.close()
        if self._program is program:
            self._program = None
            self._set_connected(False)

    def _set_connected(self, is_connected: bool) -> None:
        self.is_connected = is_connected
        self._on_event("stream", {"screen": self.name, "is_connected": is_connected})

    def _take(self, message: Message) -> None:
        header = message.header
        if message.type == "frame":
            self.frame = message.payload
            self.frame_count += 1
            self.size = (int(header["width"]), int(header["height"]))
            self._on_event("frame", self.shown())
        elif message.type == "note":
            self.notes |= {key: value for key, value in header.items() if key not in ("type", "size")}
            self._on_event("note", self.noted())
        elif message.type == "sound":
            sound_id = str(header["id"])
            self.sounds[sound_id] = message.payload
            while len(self.sounds) > SOUNDS_KEPT:
                self.sounds.popitem(last=False)
            self._on_event(
                "sound",
                {
                    "screen": self.name,
                    "sound_id": sound_id,
                    "text": str(header.get("text", "")),
                    "duration_s": header.get("duration_s", 0),
                },
            )
