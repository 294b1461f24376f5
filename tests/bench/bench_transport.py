"""What a connected client costs, and how fast a room is told: each beside a bare loop of sockets in the same run.

`python -m tests.bench.bench_transport` prints the table; `run()` returns its figures.  Server and clients are separate
processes on the same machine and share its cores, as the raw reference does.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.waiting import until

ROOT = Path(__file__).parents[2]
CLIENTS = 1000
ROOM_SIZE = 50
ROUNDS = 300
HTTP_S = 2.0


class Worker:
    """A process that takes orders and gives answers, one JSON line each."""

    def __init__(self, module: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, **order: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def ask(self, **order: Any) -> dict[str, Any]:
        self.order(**order)
        return self.answer()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def _crowd(port: int, kind: str) -> list[Worker]:
    half = CLIENTS // 2
    crowd = [Worker("transport_crowd", port, half, first, ROOM_SIZE, kind) for first in (0, half)]
    for worker in crowd:
        worker.answer()
    return crowd


def _fan_out(hall: Worker, crowd: list[Worker], frame_bytes: int) -> tuple[float, float]:
    """Messages per second until the last one is read, and the server's CPU microseconds per message."""
    for worker in crowd:
        worker.order(bytes=ROUNDS * CLIENTS // len(crowd) * frame_bytes)
    told = hall.ask(do="emit", rounds=ROUNDS, rooms=CLIENTS // ROOM_SIZE)
    assert told["sent"] == ROUNDS * CLIENTS
    ended = max(worker.answer()["ended"] for worker in crowd)
    return told["sent"] / (ended - told["began"]), told["cpu_s"] / told["sent"] * 1e6


def _http_per_s(port: int) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    count, until_s = 0, time.monotonic() + HTTP_S
    while time.monotonic() < until_s:
        connection.request("GET", "/ping")
        connection.getresponse().read()
        count += 1
    connection.close()
    return count / HTTP_S


def _echo_per_s() -> float:
    """The raw reference of one request: a byte to another process and back."""
    program = (
        "import socket\ns=socket.create_server(('127.0.0.1',0))\nprint(s.getsockname()[1],flush=True)\n"
        "c=s.accept()[0]\nwhile d:=c.recv(999): c.send(d)"
    )
    echo = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert echo.stdout is not None
    with socket.create_connection(("127.0.0.1", int(echo.stdout.readline()))) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count, until_s = 0, time.monotonic() + 1
        while time.monotonic() < until_s:
            client.send(b"x" * 100)
            assert client.recv(999)
            count += 1
    echo.communicate()
    return float(count)


def run() -> dict[str, Any]:
    """Connect the crowd, look at the server's memory, tell every room, and do the same with bare sockets."""
    workers: list[Worker] = []
    try:
        raw = Worker("transport_hall", "raw")
        workers.append(raw)
        raw_crowd = _crowd(raw.answer()["port"], "raw")
        workers += raw_crowd
        until(lambda: raw.ask(do="look")["clients"] == CLIENTS, what="the raw crowd")
        frame_bytes = raw.ask(do="look")["frame_bytes"]
        raw_per_s, raw_us = _fan_out(raw, raw_crowd, frame_bytes)
        for worker in workers:
            worker.close()

        hall = Worker("transport_hall", "cured")
        workers.append(hall)
        port = hall.answer()["port"]
        http_per_s = _http_per_s(port)
        empty = hall.ask(do="look")
        crowd = _crowd(port, "cured")
        workers += crowd
        full = hall.ask(do="look")
        assert full["clients"] == CLIENTS
        per_s, us = _fan_out(hall, crowd, frame_bytes)
        after = hall.ask(do="look")
        assert after["clients"] == CLIENTS
    finally:
        for worker in workers:
            worker.close()
    return {
        "clients": CLIENTS,
        "server_kb_per_client_uss": round((full["uss"] - empty["uss"]) / CLIENTS / 1024, 1),
        "server_kb_per_client_rss": round((full["rss"] - empty["rss"]) / CLIENTS / 1024, 1),
        "server_kb_per_client_uss_after_fan_out": round((after["uss"] - empty["uss"]) / CLIENTS / 1024, 1),
        "server_mb_rss_with_clients": round(full["rss"] / 1e6, 1),
        "frame_bytes": frame_bytes,
        "fan_out_messages_per_s": round(per_s),
        "fan_out_cpu_us_per_message": round(us, 2),
        "raw_send_messages_per_s": round(raw_per_s),
        "raw_send_cpu_us_per_message": round(raw_us, 2),
        "fan_out_to_raw": round(per_s / raw_per_s, 2),
        "http_keep_alive_per_s": round(http_per_s),
        "raw_echo_per_s": round(_echo_per_s()),
    }


def main() -> None:
    """Print the figures as a table."""
    for name, figure in run().items():
        sys.stdout.write(f"{name:<42}{figure:>12}\n")


if __name__ == "__main__":
    main()
