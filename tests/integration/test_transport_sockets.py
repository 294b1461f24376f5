"""Each fault of the stock WebSocket stack, provoked over a plain socket against a real server process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.transport_client import RawClient, ServerProcess, gone
from tests.waiting import until

Start = Callable[..., ServerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[ServerProcess] = []

    def start_one(**settings: Any) -> ServerProcess:
        servers.append(ServerProcess(tmp_path / f"server-{len(servers)}.log", **settings))
        return servers[-1]

    yield start_one
    for server in servers:
        server.close()


def emit_numbers(server: ServerProcess, times: int, size: int, room: str = "hall") -> None:
    server.post("/emit", room=room, times=times, filling=size)


def test_a_reader_that_pauses_gets_an_intact_stream(start: Start) -> None:
    server = start(queued_bytes=100_000_000, queued_packets=1_000_000)
    client = RawClient(server.port, receive_buffer=4096).join()
    # Far more than the kernel's buffers hold, and while they are full an acknowledgement comes in between.
    emit_numbers(server, times=3000, size=300)
    client.event("speak", {"text": "between"}, ack=1)
    until(lambda: server.inside()["handled"] == ["between"])
    emit_numbers(server, times=3000, size=300)
    texts = client.texts()
    heard = [
        json.loads(text.partition(",")[2] if text.startswith("42") else "0") for text in _take(texts, 6001)
    ]
    news = [one for one in heard if one]
    assert heard.index(0) == 3000
    assert [event[1]["number"] for event in news] == [*range(3000), *range(3000)]
    assert all(event[1]["filling"] == "填" * 300 for event in news)


def _take(texts: Iterator[str], count: int) -> list[str]:
    return [next(texts) for _ in range(count)]


def test_a_frame_of_200_mb_is_refused_by_its_head_and_never_held(start: Start) -> None:
    server = start()
    client = RawClient(server.port)
    before = server.inside()["rss"]
    client.send_raw(b"\x81\xff" + (200_000_000).to_bytes(8, "big") + b"\0\0\0\0")
    assert client.send_until_dropped(b"x" * 100_000, at_most=200_000_000) < 50_000_000
    assert server.inside()["rss"] - before < 10_000_000
    assert server.inside()["violations_total"] == 1


def test_the_client_is_told_that_its_frame_was_too_big(start: Start) -> None:
    server = start()
    client = RawClient(server.port)
    client.send("42" + "x" * 70_000)
    client.until_closed()
    assert client.close_code == 1009


def test_fragments_without_an_end_are_refused_too(start: Start) -> None:
    server = start()
    client = RawClient(server.port)
    before = server.inside()["rss"]
    client.send_raw(b"\x01\xfe\x40\x00\0\0\0\0" + b"x" * 0x4000)
    more = b"\x00\xfe\x40\x00\0\0\0\0" + b"x" * 0x4000
    assert client.send_until_dropped(more, at_most=200_000_000) < 50_000_000
    assert server.inside()["rss"] - before < 10_000_000
    until(lambda: server.inside()["clients"] == 0)


def test_deflate_is_not_agreed_to(start: Start) -> None:
    client = RawClient(start().port, offer_deflate=True)
    assert client.accepted is not None
    assert client.accepted.extensions == []
    assert client.join().ask("speak", {"text": "请"})["said"] == "请"


def test_accepted_connections_do_not_wait_for_nagle(start: Start) -> None:
    server = start()
    client = RawClient(server.port).join()
    inside = server.inside()
    client.close()
    assert inside["nodelay"] == [1]
    assert inside["websocket_nodelay"] == [1]


def test_an_emit_is_framed_once_for_all(start: Start) -> None:
    server = start(ping_s=60)
    clients = [RawClient(server.port).join() for _ in range(30)]
    before = server.inside()
    assert server.post("/emit", room="hall", payload={"word": "叫号"}) == {"sent": 30}
    after = server.inside()
    assert [next(client.news())["word"] for client in clients] == ["叫号"] * 30
    assert after["frames_built_total"] - before["frames_built_total"] == 1
    assert after["frames_queued_total"] - before["frames_queued_total"] == 30


def test_the_events_of_one_client_are_handled_in_their_order(start: Start) -> None:
    server = start()
    client = RawClient(server.port).join()
    client.send_together(
        '42/hall,1["wait_for_gate",{"text":"first"}]', '42/hall,2["speak",{"text":"second"}]'
    )
    until(lambda: server.inside()["handled"], what="the first event")
    server.post("/a-few-turns")
    assert server.inside()["handled"] == ["first begun"]
    server.post("/open-gate")
    assert [text[:10] for text in _take(client.texts(), 2)] == ["43/hall,1[", "43/hall,2["]
    assert server.inside()["handled"] == ["first begun", "first", "second"]


def test_nobody_hears_anything_before_being_let_in(start: Start) -> None:
    server = start()
    silent, refused, waiting = (RawClient(server.port) for _ in range(3))
    for client in (silent, refused, waiting):
        assert client.next_text().startswith("0{")
    refused.send('40/hall,{"token":"bad"}')
    answer = refused.next_text()
    assert answer.startswith("44/hall,")
    assert json.loads(answer.removeprefix("44/hall,")) == {
        "message": "Not known here: a valid token is needed",
        "data": {
            "ok": False,
            "code": "unidentified",
            "message": "Not known here: a valid token is needed",
            "details": {},
        },
    }
    waiting.send('40/hall,{"token":"good","name":"late","rooms":["hall"],"wait_at_the_door":true}')
    refused.event("speak", {"text": "let me in"}, ack=1)
    member = RawClient(server.port).join()
    assert server.post("/emit-to-all") == {"refused": True}
    assert server.post("/emit", room="hall") == {"sent": 1}
    assert next(member.news())["number"] == 0
    server.post("/open-gate")
    assert waiting.next_text().startswith('40/hall,{"sid"')
    assert waiting.next_text() == '42/hall,["welcome",{"name":"late"}]'
    for client in (silent, refused):
        # The socket's next word is the answer to the goodbye: there was nothing before it.
        client.send("1")
        assert client.until_closed() == []
    assert server.inside()["handled"] == []


def test_one_that_never_reads_is_dropped_and_the_others_hear_everything(start: Start) -> None:
    server = start(queued_bytes=200_000)
    stuck = RawClient(server.port, receive_buffer=4096).join("stuck")
    readers = [RawClient(server.port).join(f"reader {number}") for number in range(5)]
    heard: list[list[int]] = [[] for _ in readers]
    for _ in range(30):
        emit_numbers(server, times=20, size=500)
        for number, reader in enumerate(readers):
            news = reader.news()
            heard[number] += [next(news)["number"] for _ in range(20)]
    gone(server, "stuck")
    assert heard == [list(range(20)) * 30] * 5
    inside = server.inside()
    assert inside["slow_clients_dropped_total"] == 1
    assert inside["gone"] == ["stuck"]
    assert (inside["in_room"], inside["sessions"], inside["environs"]) == (5, 5, 5)
    stuck.until_closed()
    assert stuck.close_code is None


def test_one_that_does_not_answer_pings_is_dropped(start: Start) -> None:
    server = start(ping_s=0.2)
    deaf = RawClient(server.port).join("deaf")
    gone(server, "deaf")
    until(lambda: server.inside()["clients"] == 0)
    deaf.close()


def test_a_socket_that_asks_for_nothing_is_closed(start: Start) -> None:
    server = start(admission_s=0.3)
    member = RawClient(server.port).join("member")
    idle = RawClient(server.port)
    idle.until_closed()
    assert server.inside()["never_admitted_total"] == 1
    assert member.ask("speak", {"text": "still here"})["ok"] is True


def test_one_that_leaves_while_its_token_is_looked_up_leaves_nothing_behind(start: Start) -> None:
    server = start(ping_s=0.2)
    client = RawClient(server.port)
    client.send('40/hall,{"token":"good","rooms":["hall"],"wait_at_the_door":true}')
    # Its ping runs out while its greenlet is still at the door.
    until(lambda: server.inside()["sessions"] == 0, what="the end of the session")
    server.post("/open-gate")
    until(lambda: server.inside()["clients"] == 0)
    inside = server.inside()
    assert (inside["in_room"], inside["in_namespace"], inside["gone"]) == (0, 0, [])


def test_one_that_is_dismissed_reads_its_last_message_and_is_gone(start: Start) -> None:
    server = start()
    client = RawClient(server.port).join("one")
    server.post("/dismiss")
    assert client.next_text() == "41/hall,"
    gone(server, "one")


def test_a_foreign_origin_is_refused_and_an_allowed_one_is_not(start: Start) -> None:
    own = start()
    with pytest.raises(ConnectionRefusedError):
        RawClient(own.port, origin="http://elsewhere.example")
    RawClient(own.port, origin=f"http://127.0.0.1:{own.port}").join()
    listed = start(allowed_origins=["http://elsewhere.example"])
    RawClient(listed.port, origin="http://elsewhere.example").join()


def test_a_frame_sent_together_with_the_handshake_is_not_lost(start: Start) -> None:
    body = b'40/hall,{"token":"good"}'
    client = RawClient(start().port, with_handshake=bytes([0x81, 0x80 | len(body)]) + b"\0\0\0\0" + body)
    assert client.next_text().startswith("0{")
    assert client.next_text().startswith('40/hall,{"sid"')


BAD_TEXTS = [
    "x",
    "b" + "A" * 100,
    "4",
    "42",
    "42[",
    "42{}",
    "42[]",
    "42[1]",
    "49[]",
    "42" + "[" * 60_000,
    '42/hall,["connect",{}]',
    '42/hall,["disconnect"]',
    '451-/hall,["speak",{"_placeholder":true,"num":0}]',
    '459999999999-/hall,["speak"]',
    "44{}",
    "40/hall,[]",
    '42/hall,["speak",{"text":NaN}]',
]
BAD_BYTES = [
    b"\x82\x81\0\0\0\0x",
    b"\x81\x01x",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\x81\x82\0\0\0\0\xff\xfe",
    b"GET / HTTP/1.1\r\n\r\n",
    b"\0" * 100,
]


def test_garbage_ends_only_the_connection_it_came_from(start: Start) -> None:
    server = start()
    member = RawClient(server.port).join("member")
    for text in BAD_TEXTS:
        client = RawClient(server.port).join("bad")
        client.send(text)
        client.until_closed()
        assert client.close_code == 1008, text[:60]
    for data in BAD_BYTES:
        client = RawClient(server.port).join("bad")
        client.send_raw(data)
        client.until_closed()
        assert client.close_code in (1002, 1003, 1007), data
    assert member.ask("speak", {"text": "still here"})["ok"] is True
    until(lambda: server.inside()["sessions"] == 1, what="the end of the others' sessions")
    inside = server.inside()
    assert (inside["clients"], inside["in_namespace"], inside["environs"], inside["in_room"]) == (1, 1, 1, 1)
    assert inside["violations_total"] == len(BAD_TEXTS) + len(BAD_BYTES)
    assert "Traceback" not in server.logged()


def test_packets_that_mean_nothing_are_passed_over(start: Start) -> None:
    server = start()
    client = RawClient(server.port).join()
    for text in (
        "2",
        "2probe",
        "5",
        "6",
        "3",
        "3",
        "3",
        "43/hall,99[{}]",
        '42/nowhere,["speak",{}]',
        "41/nowhere,",
    ):
        client.send(text)
    assert client.ask("speak", {"text": "still here"})["ok"] is True
    client.send("40/nowhere,")
    assert client.next_text() == '44/nowhere,"Unable to connect"'
    assert "Traceback" not in server.logged()


def test_one_that_floods_does_not_starve_the_others(start: Start) -> None:
    server = start()
    # Two floods around the others: one of them has the first turn, in whatever order the kernel tells of them.
    first, other, last = (RawClient(server.port).join(name) for name in ("first", "other", "last"))
    with server.standing_still():
        for client, text in ((first, "flood"), (other, "said"), (last, "flood")):
            # Pongs are valid, answered by nothing, and a client may send as many as it likes.
            pongs = ["3"] * 8000 if text == "flood" else []
            client.send_together(*pongs, f'42/hall,["speak",{{"text":"{text}"}}]')
    until(lambda: len(server.inside()["handled"]) == 3, what="all three")
    assert server.inside()["handled"] == ["said", "flood", "flood"]
