"""The picture of a screen program on its way to another program, and taps on their way back.

The **program** (kiosk, display) connects to a unix socket the **supervisor** listens on; if nobody listens it keeps
trying, and the program never waits for it.  A message in either direction is

    4 bytes   length of the header, big endian, at most 65,536
    header    JSON object in UTF-8; "type" says what it is, "size" how many bytes of payload follow (0 if absent)
    payload   "size" bytes, at most 32 MiB

From the program:
    {"type": "hello", "name": str, "width": int, "height": int}     once, first
    {"type": "frame", "format": "jpeg", "width": int, "height": int, "size": n}   + the picture, after each change,
                                                                     at most `frames_per_second`; also on connecting
    {"type": "sound", "id": str, "text": str, "duration_s": float, "size": n}     + a WAV file, when it starts to play
    {"type": "note", "connection": "live" | "lost" | …}              anything the program wants to say; size 0
From the supervisor:
    {"type": "tap", "tap": [x, y]}                                   in pixels of the frame

Unknown types are skipped by both sides.  Nothing here draws or knows pygame.
"""

from __future__ import annotations

import contextlib
import io
import json
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADER_LIMIT = 65_536
PAYLOAD_LIMIT = 32 * 1024 * 1024
FRAMES_PER_SECOND = 10
_RETRY_S = 1.0
# A supervisor that stops reading must not keep the thread for ever: it is dropped and may connect again.
_SEND_TIMEOUT_S = 5
# Sounds are few; a supervisor that was away gets the last ones at most.
_SOUNDS_KEPT = 4


class StreamBroken(Exception):
    """The other side does not speak this protocol; close the connection."""


@dataclass(frozen=True, slots=True)
class Message:
    """One decoded message: `type`, the whole header, and the payload (empty for most)."""

    type: str
    header: Mapping[str, Any] = field(default_factory=dict)
    payload: bytes = b""


def encode(kind: str, payload: bytes = b"", **header: object) -> bytes:
    """The bytes of one message."""
    head = json.dumps({"type": kind, **header, "size": len(payload)}, ensure_ascii=False).encode()
    if len(head) > HEADER_LIMIT or len(payload) > PAYLOAD_LIMIT:
        raise ValueError("the message is larger than the protocol allows")
    return len(head).to_bytes(4, "big") + head + payload


def encode_tap(x: int, y: int) -> bytes:
    """What a supervisor sends when its user clicked on the picture at (x, y) pixels."""
    return encode("tap", tap=[x, y])


class StreamReceiver:
    """Bytes in any chunking → messages; both sides use it.  No socket inside.

    `feed` raises StreamBroken on anything that cannot be this protocol; after that the receiver is useless.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Message]:
        """The messages completed by `data`, in order."""
        self._buffer += data
        messages: list[Message] = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> Message | None:
        if len(self._buffer) < 4:
            return None
        head_length = int.from_bytes(self._buffer[:4], "big")
        if head_length > HEADER_LIMIT:
            raise StreamBroken(f"a header of {head_length} bytes")
        if len(self._buffer) < 4 + head_length:
            return None
        header = _header(bytes(self._buffer[4 : 4 + head_length]))
        size = header.get("size", 0)
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= PAYLOAD_LIMIT:
            raise StreamBroken(f"a payload of {size!r} bytes")
        end = 4 + head_length + size
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[4 + head_length : end])
        del self._buffer[:end]
        return Message(header["type"], header, payload)


def _header(data: bytes) -> dict[str, Any]:
    try:
        header = json.loads(data)
    # RecursionError: JSON nested a thousand deep.
    except (ValueError, RecursionError) as problem:
        raise StreamBroken("the header is not JSON") from problem
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise StreamBroken("the header has no type")
    return header


def tap_of(message: Message) -> tuple[int, int] | None:
    """The (x, y) of a tap message, or None if it is not a proper one."""
    match message.header.get("tap"):
        case [int(x), int(y)] if message.type == "tap":
            return x, y
    return None


class StreamSender:
    """The program's side: a thread that connects, encodes the newest frame, sends sounds, and reports taps.

    `offer_frame` and `offer_sound` return at once.  Frames nobody could take are replaced by newer ones.
    """

    def __init__(
        self, path: Path, name: str = "", frames_per_second: float = FRAMES_PER_SECOND, quality: int = 85
    ) -> None:
        self.path = path
        self.name = name
        self.on_tap: Callable[[int, int], None] | None = None
        self.frames_sent = 0
        self._gap_s = 1 / frames_per_second
        self._quality = quality
        self._wake = threading.Condition()
        self._frame: tuple[tuple[int, int], bytes] | None = None
        self._frame_fresh = False
        self._outgoing: deque[bytes] = deque(maxlen=_SOUNDS_KEPT)
        self._closed = False
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        return self._socket is not None

    def offer_frame(self, size: tuple[int, int], bgrx: bytes) -> None:
        """Send this picture (4 bytes per pixel: blue, green, red, unused) unless a newer one comes first."""
        with self._wake:
            self._frame = (size, bgrx)
            self._frame_fresh = True
            self._wake.notify()

    def offer_sound(self, wav: bytes, sound_id: str, text: str, duration_s: float) -> None:
        """Send a WAV file that starts to play now."""
        self.offer(encode("sound", wav, id=sound_id, text=text, duration_s=round(duration_s, 3)))

    def offer(self, message: bytes) -> None:
        """Send an encoded message; while the supervisor is away only the last few are kept."""
        with self._wake:
            self._outgoing.append(message)
            self._wake.notify()

    def close(self) -> None:
        """Stop; what was not sent yet is lost."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        _shut(self._socket)
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._closed:
            connection = self._connect()
            if connection is None:
                with self._wake:
                    if not self._closed:
                        self._wake.wait_for(lambda: self._closed, _RETRY_S)
                continue
            self._socket = connection
            reader = threading.Thread(target=self._read, args=(connection,), name="stream-taps", daemon=True)
            reader.start()
            with contextlib.suppress(OSError):
                self._send_all(connection)
            self._socket = None
            _shut(connection)
            reader.join(timeout=2)

    def _connect(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(self.path))
        except OSError:
            connection.close()
            return None
        # Python's own timeout would also end the waiting for taps in the other thread.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _SEND_TIMEOUT_S, 0))
        return connection

    def _send_all(self, connection: socket.socket) -> None:
        with self._wake:
            size = self._frame[0] if self._frame else (0, 0)
            # A new supervisor has not seen anything yet.
            self._frame_fresh = self._frame is not None
        connection.sendall(encode("hello", name=self.name, width=size[0], height=size[1]))
        next_frame_at = 0.0
        while True:
            with self._wake:
                while not (self._closed or self._outgoing or self._socket is not connection):
                    wait_s = next_frame_at - time.monotonic() if self._frame_fresh else None
                    if wait_s is not None and wait_s <= 0:
                        break
                    self._wake.wait(wait_s)
                if self._closed or self._socket is not connection:
                    return
                outgoing = list(self._outgoing)
                self._outgoing.clear()
                frame = None
                if self._frame_fresh and time.monotonic() >= next_frame_at:
                    frame, self._frame_fresh = self._frame, False
            for message in outgoing:
                connection.sendall(message)
            if frame is not None:
                next_frame_at = time.monotonic() + self._gap_s
                (width, height), bgrx = frame
                jpeg = _jpeg((width, height), bgrx, self._quality)
                connection.sendall(encode("frame", jpeg, format="jpeg", width=width, height=height))
                self.frames_sent += 1

    def _read(self, connection: socket.socket) -> None:
        receiver = StreamReceiver()
        with contextlib.suppress(OSError, StreamBroken):
            while data := connection.recv(65536):
                for message in receiver.feed(data):
                    tap = tap_of(message)
                    if tap is not None and self.on_tap is not None:
                        self.on_tap(*tap)
        # The supervisor went away: tell the sending side, which may be waiting for a frame.
        with self._wake:
            if self._socket is connection:
                self._socket = None
            self._wake.notify()


def _shut(connection: socket.socket | None) -> None:
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def _jpeg(size: tuple[int, int], bgrx: bytes, quality: int) -> bytes:
    # Imported late: a supervisor that only receives needs no image library.
    from PIL import Image

    out = io.BytesIO()
    Image.frombuffer("RGB", size, bgrx, "raw", "BGRX", 0, 1).save(out, "JPEG", quality=quality)
    return out.getvalue()
