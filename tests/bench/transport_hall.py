"""The server side of the transport's benchmark, in a process of its own.

`python -m tests.bench.transport_hall cured|raw`: either the real transport, or (raw) nothing but sockets, to which
the same bytes are sent in a bare loop.  Orders come as JSON lines on stdin; answers go out on stdout.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402
import json  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import flask  # noqa: E402
import gevent  # noqa: E402
import psutil  # noqa: E402
from gevent.fileobject import FileObject  # noqa: E402

from queue_server.transport import (  # noqa: E402
    Admission,
    Broadcaster,
    Hello,
    HttpListener,
    RoomNamespace,
    figures,
    make_socketio,
)
from queue_server.transport.frames import text_frame  # noqa: E402
from queue_server.transport.listener import _allow_open_files  # noqa: E402

# A delta as displays get them, of a fixed length so that the crowd can count bytes instead of reading JSON.
PAYLOAD = {
    "position": 1_000_000,
    "previous": 999_999,
    "sections": {"calls": [{"number": "A012", "counter": "3", "service": "个人业务", "flashing": True}]},
    "happenings": [{"kind": "called", "number": "A012", "counter": "3"}],
}


class Hall(RoomNamespace[None]):
    """Everyone may come in, into the room they name."""

    def admit(self, hello: Hello) -> Admission[None]:
        return Admission(None, (str(hello.auth["room"]),))


def orders() -> Iterator[bytes]:
    # By number: gevent waits for the pipe in its own way, and its stubs know no open file.
    yield from FileObject(sys.stdin.fileno(), "rb")


def answer(**figures: Any) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def memory() -> dict[str, float]:
    gc.collect()
    used = psutil.Process().memory_full_info()
    return {"rss": used.rss, "uss": used.uss}


def cpu_s() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def serve_cured() -> None:
    app = flask.Flask("bench")
    # No pings while it is measured: the crowd counts bytes.
    socketio = make_socketio(app, ping_interval_s=300, ping_timeout_s=300)
    socketio.on_namespace(Hall("/hall"))
    broadcaster = Broadcaster(socketio)

    @app.get("/ping")
    def ping() -> dict[str, Any]:
        return {"ok": True}

    listener = HttpListener(app, "127.0.0.1", 0)
    listener.start()
    answer(port=listener.port)
    for line in orders():
        order = json.loads(line)
        if order["do"] == "look":
            answer(clients=figures(app).clients, **memory())
        else:
            began, used = time.monotonic(), cpu_s()
            sent = 0
            for _ in range(order["rounds"]):
                for room in range(order["rooms"]):
                    sent += broadcaster.emit("/hall", f"room {room}", "delta", PAYLOAD)
                gevent.sleep(0)
            answer(began=began, sent=sent, cpu_s=cpu_s() - used)


def serve_raw() -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    answer(port=listening.getsockname()[1])
    clients: list[socket.socket] = []

    def accept() -> None:
        while True:
            clients.append(listening.accept()[0])

    gevent.spawn(accept)
    frame = text_frame(
        "4" + '2/hall,["delta",' + json.dumps(PAYLOAD, ensure_ascii=False, separators=(",", ":")) + "]"
    )
    for line in orders():
        order = json.loads(line)
        if order["do"] == "look":
            answer(clients=len(clients), frame_bytes=len(frame), **memory())
        else:
            # The bare system call on the bare socket: what any framework can at best approach.
            bare = [client._sock for client in clients]  # type: ignore[attr-defined]
            for one in bare:
                one.setblocking(True)
            began, used = time.monotonic(), cpu_s()
            for _ in range(order["rounds"]):
                for one in bare:
                    one.send(frame)
            answer(began=began, sent=order["rounds"] * len(bare), cpu_s=cpu_s() - used)


if __name__ == "__main__":
    _allow_open_files()
    {"cured": serve_cured, "raw": serve_raw}[sys.argv[1]]()
