"""How the parts are put together: the settings that are cures by themselves, and start-up refusing a wrong fit."""

from __future__ import annotations

from typing import Any

import engineio.async_drivers.gevent as driver
import flask
import flask_socketio
import gevent
import pytest
from pydantic import BaseModel

from queue_server.transport import (
    Broadcaster,
    Client,
    HttpListener,
    RoomMissing,
    RoomNamespace,
    SeamMissing,
    WrongThread,
    figures,
    make_socketio,
    thread_pool_call,
)
from queue_server.transport.inbound import TextPacket
from queue_server.transport.outbox import Outbox
from queue_server.transport.rooms import RoomManager
from queue_server.transport.websocket import WebSocket


def test_the_settings_that_are_cures_are_set() -> None:
    socketio = make_socketio(flask.Flask("branch"), ping_interval_s=5, ping_timeout_s=7)
    engine = socketio.server.eio
    assert socketio.async_mode == "gevent"
    assert engine.transports == ["websocket"]
    assert socketio.server.async_handlers is False
    assert (engine.ping_interval, engine.ping_timeout) == (5, 7)
    assert engine.max_http_buffer_size == 64 * 1024
    assert engine.cors_allowed_origins is None
    assert isinstance(socketio.server.manager, RoomManager)
    assert socketio.server.packet_class is TextPacket


def test_engine_io_takes_its_websocket_and_its_queue_from_us_and_another_server_does_not() -> None:
    ours = make_socketio(flask.Flask("ours")).server.eio
    theirs = flask_socketio_of_its_own()
    assert isinstance(ours.create_queue(), Outbox)
    assert not isinstance(theirs.create_queue(), Outbox)

    class Session:
        queue = ours.create_queue()

        def handler(self) -> None: ...

    assert isinstance(ours._async["websocket"](Session().handler, ours), WebSocket)


def flask_socketio_of_its_own() -> Any:
    return flask_socketio.SocketIO(flask.Flask("theirs"), async_mode="gevent").server.eio


def test_a_library_that_lost_a_seam_is_noticed_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "_async", {key: one for key, one in driver._async.items() if key != "queue"})
    with pytest.raises(SeamMissing, match="queue"):
        make_socketio(flask.Flask("branch"))


def test_figures_start_at_nothing() -> None:
    app = flask.Flask("branch")
    make_socketio(app)
    assert figures(app).connections_total == 0


class Model(BaseModel):
    text: str


def test_a_handler_without_a_model_is_refused_at_start() -> None:
    class WithoutModel(RoomNamespace[str]):
        def on_speak(self, client: Client[str], payload: dict[str, str]) -> None: ...

    class WithoutPayload(RoomNamespace[str]):
        def on_speak(self, client: Client[str]) -> None: ...

    for wrong in (WithoutModel, WithoutPayload):
        with pytest.raises(TypeError, match="on_speak"):
            wrong("/hall")


def test_an_emit_needs_a_room_whoever_asks_for_it() -> None:
    socketio = make_socketio(flask.Flask("branch"))
    broadcaster = Broadcaster(socketio)
    for emit in (
        lambda: broadcaster.emit("/hall", "", "news", {}),
        lambda: socketio.emit("news", {}, namespace="/hall"),
        lambda: socketio.server.emit("news", {}, namespace="/hall"),
        lambda: socketio.send("news", namespace="/hall"),
    ):
        with pytest.raises(RoomMissing):
            emit()
    assert broadcaster.emit("/hall", "nobody", "news", Model(text="叫号")) == 0


def test_an_emit_with_bytes_or_from_another_thread_is_refused() -> None:
    broadcaster = Broadcaster(make_socketio(flask.Flask("branch")))
    with pytest.raises(TypeError):
        broadcaster.emit("/hall", "room", "news", {"picture": b"png"})
    with pytest.raises(ValueError):
        broadcaster.emit("/hall", "room", "news", {"wait": float("nan")})
    with pytest.raises(WrongThread):
        thread_pool_call(broadcaster.emit, "/hall", "room", "news", {})


def test_the_pool_brings_back_what_was_returned_and_what_was_raised(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert thread_pool_call(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        thread_pool_call(divmod, 7, 0)
    assert capsys.readouterr().err == ""


def test_a_port_in_use_is_an_error_where_the_listener_is_made() -> None:
    app = flask.Flask("branch")
    first = HttpListener(app, "127.0.0.1", 0)
    with pytest.raises(OSError):
        HttpListener(app, "127.0.0.1", first.port)
    first.stop()


def test_a_listener_can_be_started_and_stopped_again_and_again() -> None:
    app = flask.Flask("branch")
    for _ in range(3):
        listener = HttpListener(app, "127.0.0.1", 0)
        listener.start()
        with gevent.Timeout(10):
            listener.stop()
