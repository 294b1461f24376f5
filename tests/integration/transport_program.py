"""A server with the transport and nothing else, run as a process by the transport's tests.

`python -m tests.integration.transport_program '{"queued_bytes": 100000}'` prints one JSON line with its port.  It has
one namespace, `/hall`, and a few HTTP paths to make it emit and to look inside.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

import flask  # noqa: E402
import gevent  # noqa: E402
import psutil  # noqa: E402
import structlog  # noqa: E402
from gevent.event import Event  # noqa: E402
from pydantic import BaseModel, ConfigDict  # noqa: E402

from queue_server.errors import CounterBusy, TooBusy, Unidentified  # noqa: E402
from queue_server.transport import (  # noqa: E402
    Admission,
    Broadcaster,
    Client,
    Hello,
    HttpLimits,
    HttpListener,
    RoomMissing,
    RoomNamespace,
    SocketLimits,
    figures,
    make_socketio,
    thread_pool_call,
)


class Empty(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Spoken(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    times: int = 1


class Hall(RoomNamespace[str]):
    """Lets in who has the token `good`, into the rooms named in its auth."""

    def __init__(self) -> None:
        super().__init__("/hall")
        self.gate = Event()
        self.handled: list[str] = []
        self.gone: list[str] = []
        self.pipe = os.pipe()

    def admit(self, hello: Hello) -> Admission[str]:
        if hello.auth.get("wait_at_the_door"):
            self.gate.wait()
        if hello.auth.get("token") != "good":
            raise Unidentified
        return Admission(str(hello.auth.get("name", "")), tuple(hello.auth.get("rooms", ("hall",))))

    def welcome(self, client: Client[str]) -> None:
        self.tell(client, "welcome", {"name": client.identity})

    def farewell(self, client: Client[str], reason: str) -> None:
        self.gone.append(client.identity)

    def on_speak(self, client: Client[str], payload: Spoken) -> dict[str, Any]:
        self.handled.append(payload.text)
        return {"said": payload.text * payload.times, "by": client.identity}

    def on_wait_for_gate(self, client: Client[str], payload: Spoken) -> dict[str, Any]:
        self.handled.append(f"{payload.text} begun")
        self.gate.wait()
        self.handled.append(payload.text)
        return {"said": payload.text}

    def on_open_gate(self, client: Client[str], payload: Empty) -> None:
        self.gate.set()

    def on_block(self, client: Client[str], payload: Empty) -> dict[str, Any]:
        return {"read": thread_pool_call(os.read, self.pipe[0], 1).decode()}

    def on_refuse(self, client: Client[str], payload: Empty) -> None:
        raise CounterBusy(counter="3", number="A012")

    def on_break(self, client: Client[str], payload: Empty) -> None:
        raise TooBusy

    def on_explode(self, client: Client[str], payload: Empty) -> None:
        raise RuntimeError("the secret inside")

    def on_explode_in_pool(self, client: Client[str], payload: Empty) -> None:
        thread_pool_call(int, "not a number")


def main() -> None:
    settings = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    app = flask.Flask(__name__)
    ping_s, port = settings.pop("ping_s", 10), settings.pop("port", 0)
    socketio = make_socketio(
        app,
        ping_interval_s=ping_s,
        ping_timeout_s=ping_s,
        allowed_origins=settings.pop("allowed_origins", None),
        limits=SocketLimits(**settings),
    )
    hall = Hall()
    socketio.on_namespace(hall)
    broadcaster = Broadcaster(socketio)
    listener = HttpListener(app, "127.0.0.1", port, HttpLimits())
    door = app.extensions["jiaohao.transport"]

    @app.post("/emit")
    def emit() -> dict[str, Any]:
        asked = flask.request.get_json()
        payload = {"filling": "填" * asked.get("filling", 0), **asked.get("payload", {})}
        sent = 0
        for number in range(asked.get("times", 1)):
            sent += broadcaster.emit("/hall", asked["room"], "news", {"number": number, **payload})
        return {"sent": sent}

    @app.post("/emit-to-all")
    def emit_to_all() -> dict[str, Any]:
        try:
            socketio.emit("news", {}, namespace="/hall")
        except RoomMissing:
            return {"refused": True}
        return {"refused": False}

    @app.post("/emit-from-a-thread")
    def emit_from_a_thread() -> dict[str, Any]:
        try:
            thread_pool_call(broadcaster.emit, "/hall", "hall", "news", {})
        except Exception as error:
            return {"raised": type(error).__name__}
        return {"raised": None}

    @app.get("/inside")
    def inside() -> dict[str, Any]:
        process = psutil.Process()
        counted = figures(app)
        return {
            **{name: getattr(counted, name) for name in counted.__slots__},
            "rss": process.memory_info().rss,
            "uss": process.memory_full_info().uss,
            "cpu_s": sum(process.cpu_times()[:2]),
            "handled": hall.handled,
            "gone": hall.gone,
            "in_namespace": len(hall.clients),
            "in_room": broadcaster.count("/hall", "hall"),
            "sessions": len(socketio.server.eio.sockets),
            "environs": len(socketio.server.environ),
            "greenlets": len([one for one in door.live.values() if one.reader]),
            "nodelay": [
                one.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                for one in listener._server.handlers
            ],
            "websocket_nodelay": [
                one._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in door.live.values()
            ],
        }

    @app.post("/a-few-turns")
    def a_few_turns() -> dict[str, Any]:
        for _ in range(20):
            gevent.sleep(0)
        return {}

    @app.post("/open-gate")
    def open_gate() -> dict[str, Any]:
        hall.gate.set()
        return {}

    @app.post("/write-pipe")
    def write_pipe() -> dict[str, Any]:
        os.write(hall.pipe[1], b"x")
        return {}

    @app.post("/dismiss")
    def dismiss() -> dict[str, Any]:
        for client in list(hall.clients):
            hall.disconnect(client)
        return {}

    @app.post("/body")
    def body() -> dict[str, Any]:
        return {"bytes": len(flask.request.get_data())}

    @app.get("/at-the-gate")
    def at_the_gate() -> dict[str, Any]:
        hall.gate.wait()
        return {"passed": True}

    gevent.signal_handler(signal.SIGTERM, lambda: gevent.spawn(listener.stop))
    sys.stdout.write(json.dumps({"port": listener.port}) + "\n")
    sys.stdout.flush()
    listener.serve_forever()


if __name__ == "__main__":
    main()
