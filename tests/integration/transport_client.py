"""The other side of the transport's tests: the server as a process, and a client over a plain socket.

The client's WebSocket frames are made and read by wsproto, which shares no code with the server's.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Message,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate

from tests.waiting import until

ROOT = Path(__file__).parents[2]


class ServerProcess:
    """The transport program in a process of its own."""

    def __init__(self, log: Path, **settings: Any) -> None:
        self.log = log
        self._settings = settings
        self.start()

    def start(self, port: int = 0) -> None:
        """Start it, or start it again on the port it had."""
        settings = {**self._settings, "port": port}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.transport_program", json.dumps(settings)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        self.port: int = json.loads(self.process.stdout.readline())["port"]

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self._ask("POST", path, json.dumps(body))

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[None]:
        """While inside, the whole process is stopped: what is sent to it waits in the kernel, all of it."""
        self.process.send_signal(signal.SIGSTOP)
        # The signal is sent, not yet obeyed.
        watched = psutil.Process(self.process.pid)
        until(lambda: watched.status() == psutil.STATUS_STOPPED, what="the standstill")
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def inside(self) -> dict[str, Any]:
        return self._ask("GET", "/inside", None)

    def _ask(self, method: str, path: str, body: str | None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        answer: dict[str, Any] = json.loads(response.read())
        connection.close()
        return answer

    def logged(self) -> str:
        return self.log.read_text()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def close(self) -> None:
        self.kill()
        assert self.process.stdout is not None
        self.process.stdout.close()


class RawClient:
    """A Socket.IO client one can misuse: text in, text out, and the socket itself."""

    def __init__(
        self,
        port: int,
        offer_deflate: bool = False,
        receive_buffer: int | None = None,
        origin: str | None = None,
        with_handshake: bytes = b"",
    ) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", port))
        self.websocket = WSConnection(ConnectionType.CLIENT)
        self.close_code: int | None = None
        self._texts: list[str] = []
        self._parts: list[str] = []
        extensions = [PerMessageDeflate()] if offer_deflate else []
        request = Request(
            host=f"127.0.0.1:{port}",
            target="/socket.io/?EIO=4&transport=websocket",
            extensions=list(extensions),
            extra_headers=[(b"Origin", origin.encode())] if origin else [],
        )
        self.socket.sendall(self.websocket.send(request) + with_handshake)
        self.accepted: AcceptConnection | None = None
        while self.accepted is None:
            assert self._read(), "the server closed the connection in the handshake"

    def _read(self) -> bool:
        """Take in what comes; False at the end of the connection."""
        try:
            data = self.socket.recv(65_536)
        except ConnectionError:
            return False
        if not data:
            return False
        self.websocket.receive_data(data)
        for event in self.websocket.events():
            match event:
                case AcceptConnection():
                    self.accepted = event
                case RejectConnection():
                    raise ConnectionRefusedError(event.status_code)
                case TextMessage():
                    self._parts.append(event.data)
                    if event.message_finished:
                        self._texts.append("".join(self._parts))
                        self._parts.clear()
                case BytesMessage():
                    raise AssertionError("the server sends text only")
                case CloseConnection():
                    self.close_code = event.code
                    return False
                case _:
                    pass
        return True

    def texts(self) -> Iterator[str]:
        """What comes, without pings, until the connection ends."""
        while True:
            while self._texts:
                text = self._texts.pop(0)
                if text == "2":
                    self.send("3")
                else:
                    yield text
            if not self._read() and not self._texts:
                return

    def next_text(self) -> str:
        for text in self.texts():
            return text
        raise ConnectionError("the server closed the connection")

    def until_closed(self) -> list[str]:
        """Everything still coming; returns when the server has closed the connection."""
        return list(self.texts())

    def send(self, text: str) -> None:
        self.socket.sendall(self.websocket.send(Message(data=text)))

    def send_together(self, *texts: str) -> None:
        """Several messages in one segment, so that the server reads them at once."""
        self.socket.sendall(b"".join(self.websocket.send(Message(data=text)) for text in texts))

    def send_raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_until_dropped(self, piece: bytes, at_most: int) -> int:
        """Send `piece` again and again; returns how many bytes the server let through before it reset."""
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < at_most:
                self.socket.sendall(piece)
                sent += len(piece)
        return sent

    def join(self, name: str = "", rooms: tuple[str, ...] = ("hall",), **auth: Any) -> RawClient:
        """Come into `/hall`, and read up to the welcome."""
        hello = {"token": "good", "name": name, "rooms": rooms, **auth}
        self.send("40/hall," + json.dumps(hello))
        for text in self.texts():
            if text.startswith("44/hall"):
                raise ConnectionRefusedError(text)
            if text.startswith('42/hall,["welcome"'):
                return self
        raise ConnectionError("the server closed the connection")

    def event(self, name: str, payload: Any, ack: int | None = None) -> None:
        number = "" if ack is None else str(ack)
        self.send(f"42/hall,{number}" + json.dumps([name, payload]))

    def ask(self, name: str, payload: Any, ack: int = 7) -> dict[str, Any]:
        """Send an event and return its acknowledgement."""
        self.event(name, payload, ack)
        head = f"43/hall,{ack}"
        for text in self.texts():
            if text.startswith(head):
                answer: dict[str, Any] = json.loads(text.removeprefix(head))[0]
                return answer
        raise ConnectionError("the server closed the connection")

    def news(self) -> Iterator[dict[str, Any]]:
        """The payloads of the `news` that come."""
        head = '42/hall,["news",'
        for text in self.texts():
            if text.startswith(head):
                yield json.loads(text.removeprefix(head)[:-1])

    def close(self) -> None:
        self.socket.close()


def gone(server: ServerProcess, name: str) -> None:
    """Wait until the server has said farewell to `name`."""
    until(lambda: name in server.inside()["gone"], what=f"the farewell to {name}")
