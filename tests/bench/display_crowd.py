"""Fifty lobby displays and one teller, in a process of their own: each display acknowledges each call as shown.

`python -m tests.bench.display_crowd PORT COUNT`.  Each line {"calls": n} is answered with the milliseconds from the
teller's key to the last display's acknowledged report, and to the last display having been told, per call.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time

from tests.bench.hall_branch import teller_token
from tests.bench.transport_crowd import HANDSHAKE
from tests.branch_server import DISPLAY, KIOSK


class Display:
    """One display on a plain socket; frames it sends have a mask of zeros, so that they cost nothing to make."""

    def __init__(self, port: int, number: int) -> None:
        self.number = number
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(HANDSHAKE)
        self._heard = b""
        self._acks = 0
        while b"\r\n\r\n" not in self._heard:
            self._heard += self.socket.recv(4096)
        self._heard = self._heard.partition(b"\r\n\r\n")[2]
        self.send(b'40/display,{"token":"%s"}' % DISPLAY.encode())
        while not any(text.startswith('42/display,["snapshot"') for text in self.read()):
            pass

    def send(self, body: bytes) -> None:
        """One text frame."""
        length = len(body)
        size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
        self.socket.sendall(b"\x81" + size + b"\0\0\0\0" + body)

    def read(self) -> list[str]:
        """The whole messages that have arrived; pings are answered here."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server dropped a display")
        self._heard += data
        texts = []
        while (found := self._frame()) is not None:
            if found == "2":
                self.send(b"3")
            else:
                texts.append(found)
        return texts

    def _frame(self) -> str | None:
        if len(self._heard) < 2:
            return None
        length, at = self._heard[1] & 0x7F, 2
        if length == 126:
            length, at = int.from_bytes(self._heard[2:4], "big"), 4
        elif length == 127:
            length, at = int.from_bytes(self._heard[2:10], "big"), 10
        if len(self._heard) < at + length:
            return None
        body, self._heard = self._heard[at : at + length], self._heard[at + length :]
        return body.decode()

    def report_shown(self, announcement_id: int) -> None:
        """Acknowledge a call, and ask for the acknowledgement of that."""
        self._acks += 1
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        report = {
            "report_id": f"{self.number}-{self._acks}",
            "announcement_id": announcement_id,
            "shown_at": now,
        }
        self.send(f'42/display,{self._acks}["shown",{json.dumps(report)}]'.encode())


class Teller:
    """The key presses and the kiosk, on one connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._count = 0
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def press(self, path: str, token: str, **body: str) -> None:
        """Send a command without waiting for its answer."""
        self._count += 1
        content = json.dumps({"command_id": f"display-bench-{self._count:06d}", **body})
        self.socket.sendall(
            f"POST /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode()
        )

    def answered(self) -> None:
        """Take the answer."""
        answer = self.socket.recv(65_536)
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        while len(rest) < length:
            rest += self.socket.recv(65_536)
        if head[9:10] != b"2":
            raise SystemExit(rest.decode())


def main() -> None:
    """Connect, say so, and measure on demand."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    selector = selectors.DefaultSelector()
    displays = [Display(port, number) for number in range(count)]
    for display in displays:
        selector.register(display.socket, selectors.EVENT_READ, display)
    teller, token = Teller(port), teller_token(1)
    teller.press("/counters/1/open", token)
    teller.answered()
    sys.stdout.write(json.dumps({"connected": count}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        told_ms, acknowledged_ms = [], []
        for _ in range(json.loads(line)["calls"]):
            teller.press("/tickets", KIOSK, service="cash")
            teller.answered()
            told, acknowledged = 0, 0
            began = time.perf_counter()
            teller.press("/counters/1/call-next", token)
            told_at = 0.0
            while acknowledged < count:
                for key, _ in selector.select():
                    one: Display = key.data
                    for text in one.read():
                        if text.startswith('42/display,["delta"'):
                            for happening in json.loads(text.partition(",")[2])[1]["happenings"]:
                                one.report_shown(happening["announcement_id"])
                                told += 1
                                told_at = time.perf_counter()
                        elif text.startswith("43/display,"):
                            acknowledged += 1
                            if '"ok":true' not in text:
                                raise SystemExit(text)
            acknowledged_ms.append((time.perf_counter() - began) * 1000)
            told_ms.append((told_at - began) * 1000)
            teller.answered()
            for verb in ("start", "finish"):
                teller.press(f"/counters/1/{verb}", token)
                teller.answered()
        sys.stdout.write(json.dumps({"told_ms": told_ms, "acknowledged_ms": acknowledged_ms}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
