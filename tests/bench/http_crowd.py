"""Clients of the HTTP bench, in a process of their own: each goes through whole visits at its own counter.

Orders are JSON lines on standard input; requests are written as bytes, so that what is measured is the server.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time

from tests.bench.hall_branch import teller_token
from tests.branch_server import KIOSK

Cycle = list[float]


class Client:
    """One kept-alive connection per role, one counter."""

    def __init__(self, port: int, counter: int, run: str) -> None:
        self._port, self._counter, self._run, self._count = port, counter, run, 0
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.cycles: Cycle = []

    def visit(self, fresh: bool = True) -> None:
        """Issue, call, start, finish; the whole of it is one figure."""
        began = time.perf_counter()
        self._post("/tickets", KIOSK, {"service": "cash"}, 201)
        token, path = teller_token(self._counter), f"/counters/{self._counter}"
        for verb in ("call-next", "start", "finish"):
            self._post(f"{path}/{verb}", token, {}, 200)
        self.cycles.append(time.perf_counter() - began)

    def open(self) -> None:
        """Sit down."""
        self._post(f"/counters/{self._counter}/open", teller_token(self._counter), {}, 200)

    def _post(self, path: str, token: str, body: dict[str, str], expected: int) -> None:
        self._count += 1
        content = json.dumps({"command_id": f"{self._run}-{self._counter}-{self._count:07d}", **body})
        self._socket.sendall(
            f"POST /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n{content}".encode()
        )
        answer = self._socket.recv(65_536)
        head, _, rest = answer.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        while len(rest) < length:
            rest += self._socket.recv(65_536)
        status = int(head[9:12])
        if status != expected:
            raise SystemExit(f"{path}: {status} {rest!r}")


def main() -> None:
    """`http_crowd PORT`; each line {"clients": n, "seconds": s, "run": id} is answered with all cycle times."""
    port = int(sys.argv[1])
    for line in sys.stdin:
        order = json.loads(line)
        clients = [Client(port, n + 1, order["run"]) for n in range(order["clients"])]
        for client in clients:
            client.open()
        began = time.perf_counter()
        ends = began + order["seconds"]

        def work(client: Client, ends: float = ends) -> None:
            while time.perf_counter() < ends:
                client.visit()

        threads = [threading.Thread(target=work, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        cycles = [cycle for client in clients for cycle in client.cycles]
        sys.stdout.write(json.dumps({"took_s": took, "cycles": cycles}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
