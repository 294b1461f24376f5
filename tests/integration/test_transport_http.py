"""The HTTP listener over plain sockets: its limits, its error shape, keep-alive, and how it stops."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.transport_client import RawClient, ServerProcess
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path / "log")
    yield process
    process.close()


def answer_to(server: ServerProcess, request: bytes) -> tuple[int, dict[str, object]]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        # Small, so that a long request is still being sent when its answer comes.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection.sendall(request)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, json.loads(response.read())


HOST = b"Host: branch\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"POST /body HTTP/1.1\r\n" + HOST + b"Content-Length: 200000000\r\n\r\n", 413, "body_too_large"),
        (
            b"POST /body HTTP/1.1\r\n" + HOST + b"Content-Length: 65537\r\n\r\n" + b"x" * 65_537,
            413,
            "body_too_large",
        ),
        (b"POST /body HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n", 411, "length_required"),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"x" * 17_000 + b"\r\n\r\n", 431, "head_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 3000 + b"\r\n", 431, "head_too_large"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 150 + b"\r\n", 431, "head_too_large"),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "uri_too_long"),
        (b"POST /body HTTP/1.1\r\n" + HOST + b"Content-Length: many\r\n\r\n", 400, "invalid_request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", 400, "invalid_request"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "invalid_request"),
        (
            b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
            + HOST
            + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            400,
            "invalid_handshake",
        ),
    ],
)
def test_a_request_beyond_a_limit_is_refused_in_the_one_error_shape(
    server: ServerProcess, request_bytes: bytes, status: int, code: str
) -> None:
    got, shape = answer_to(server, request_bytes)
    assert (got, shape["ok"], shape["code"], shape["details"]) == (status, False, code, {})
    assert server.inside()["clients"] == 0
    assert server.inside()["sessions"] == 0
    assert "Traceback" not in server.logged()


def test_the_answer_is_read_also_by_one_who_is_still_sending(server: ServerProcess) -> None:
    body = b"x" * 900_000
    head = b"POST /body HTTP/1.1\r\n" + HOST + b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n"
    status, shape = answer_to(server, head + body)
    assert (status, shape["code"]) == (413, "body_too_large")


def test_a_body_of_the_limit_is_taken(server: ServerProcess) -> None:
    head = b"POST /body HTTP/1.1\r\n" + HOST + b"Content-Length: 65536\r\n\r\n"
    assert answer_to(server, head + b"x" * 65_536) == (200, {"bytes": 65_536})


def test_one_connection_serves_many_requests(server: ServerProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    ports = set()
    for number in range(200):
        connection.request("POST", "/body", "x" * number)
        assert json.loads(connection.getresponse().read()) == {"bytes": number}
        ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1


def test_polling_is_refused(server: ServerProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/socket.io/?EIO=4&transport=polling")
    assert connection.getresponse().status == 400


def test_stopping_finishes_the_running_request_and_says_goodbye(server: ServerProcess) -> None:
    client = RawClient(server.port).join()
    idle = socket.create_connection(("127.0.0.1", server.port))
    answers: list[dict[str, object]] = []
    waiting = threading.Thread(target=lambda: answers.append(server._ask("GET", "/at-the-gate", None)))
    waiting.start()
    until(lambda: len(server.inside()["nodelay"]) == 3, what="the request at the gate")
    server.process.terminate()
    assert idle.recv(10) == b""
    assert answers == []
    client.event("open_gate", {})
    client.until_closed()
    waiting.join(20)
    assert answers == [{"passed": True}]
    assert client.close_code == 1001
    assert server.process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_one_that_sends_requests_without_end_does_not_starve_the_others(server: ServerProcess) -> None:
    member = RawClient(server.port)
    requests = (b"POST /body HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n") * 500
    connection = socket.create_connection(("127.0.0.1", server.port))

    def read_on() -> None:
        with contextlib.suppress(OSError):
            while connection.recv(1_000_000):
                pass

    def send_on() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(requests)

    threads = [threading.Thread(target=target) for target in (read_on, send_on)]
    for thread in threads:
        thread.start()
    try:
        answers = [member.join().ask("speak", {"text": "号"})["said"]]
        answers += [member.ask("speak", {"text": "号"})["said"] for _ in range(30)]
    finally:
        server.kill()
        connection.close()
        for thread in threads:
            thread.join(20)
    assert answers == ["号"] * 31
