"""The picture's way to a supervisor: any chunking, noise, a supervisor that is late, leaves, or taps."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display.screen.stream import (
    Message,
    StreamBroken,
    StreamReceiver,
    StreamSender,
    encode,
    encode_tap,
    tap_of,
)
from tests.waiting import until

messages = st.lists(
    st.tuples(
        st.text(min_size=1, max_size=10),
        st.binary(max_size=300),
        st.dictionaries(st.sampled_from("abc"), st.text()),
    ),
    max_size=6,
)


@given(messages, st.lists(st.integers(1, 40)))
def test_every_message_arrives_whole_in_any_chunking(
    sent: list[tuple[str, bytes, dict[str, str]]], cuts: list[int]
) -> None:
    data = b"".join(encode(kind, payload, **header) for kind, payload, header in sent)
    receiver = StreamReceiver()
    received: list[Message] = []
    for cut in cuts:
        received += receiver.feed(data[:cut])
        data = data[cut:]
    received += receiver.feed(data)
    assert [(m.type, m.payload) for m in received] == [(kind, payload) for kind, payload, _ in sent]
    assert all(m.header.items() >= h.items() for m, (_, _, h) in zip(received, sent, strict=True))


@given(st.binary(max_size=400))
def test_noise_raises_nothing_but_stream_broken(noise: bytes) -> None:
    with contextlib.suppress(StreamBroken):
        StreamReceiver().feed(noise)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x02[]",
        b"\x00\x00\x00\x02{}",
        b'\x00\x00\x00\x18{"type":"a","size":-111}',
    ],
    ids=["endless header", "not an object", "no type", "negative payload"],
)
def test_a_header_that_cannot_be_ends_the_connection_before_memory_does(data: bytes) -> None:
    with pytest.raises(StreamBroken):
        StreamReceiver().feed(data)


def test_a_tap_is_two_whole_numbers() -> None:
    assert tap_of(StreamReceiver().feed(encode_tap(12, 34))[0]) == (12, 34)
    assert tap_of(Message("tap", {"tap": [1, "2"]})) is None
    assert tap_of(Message("tap", {})) is None


class Supervisor:
    """Accepts one connection and collects what comes."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.received: list[Message] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self.connections: list[socket.socket] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        connection, _ = self._listener.accept()
        self.connections.append(connection)
        receiver = StreamReceiver()
        while data := connection.recv(1 << 16):
            self.received += receiver.feed(data)

    def frames(self) -> list[Message]:
        return [m for m in self.received if m.type == "frame"]

    def stop_listening(self) -> None:
        self._listener.close()

    def close(self) -> None:
        self.stop_listening()
        for connection in self.connections:
            connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stream.sock"


@pytest.fixture
def sender(path: Path) -> Iterator[StreamSender]:
    sender = StreamSender(path, "kiosk", frames_per_second=100)
    yield sender
    sender.close()


GREY, WHITE = bytes([90, 90, 90, 0]) * 64, bytes([255, 255, 255, 0]) * 64


def test_a_supervisor_that_comes_late_gets_the_picture_as_it_is(path: Path, sender: StreamSender) -> None:
    sender.offer_frame((8, 8), GREY)
    supervisor = Supervisor(path)
    frame = until(supervisor.frames, 10, "the frame")[0]
    assert supervisor.received[0].type == "hello"
    assert supervisor.received[0].header["name"] == "kiosk"
    assert (frame.header["width"], frame.header["height"], frame.header["format"]) == (8, 8, "jpeg")
    assert frame.payload.startswith(b"\xff\xd8")


def test_a_supervisor_that_was_restarted_gets_the_picture_again(path: Path, sender: StreamSender) -> None:
    first = Supervisor(path)
    sender.offer_frame((8, 8), GREY)
    until(first.frames, 10, "the first frame")
    first.close()
    until(lambda: not sender.connected, 10, "the loss noticed")
    second = Supervisor(path)
    until(second.frames, 10, "the frame after coming back")
    sender.offer_frame((8, 8), WHITE)
    until(lambda: len(second.frames()) == 2, 10, "the next frame")


def test_taps_come_back_and_noise_from_the_supervisor_is_survived(path: Path, sender: StreamSender) -> None:
    taps: list[tuple[int, int]] = []
    sender.on_tap = lambda x, y: taps.append((x, y))
    first = Supervisor(path)
    connection = until(lambda: first.connections, 10, "the connection")[0]
    first.stop_listening()
    connection.sendall(encode("unknown") + encode_tap(3, 4))
    until(lambda: taps, 10, "the tap")
    connection.sendall(b"\xff" * 40)
    until(lambda: not sender.connected, 10, "the connection given up")
    second = Supervisor(path)
    until(lambda: second.connections, 10, "the connection after noise")[0].sendall(encode_tap(5, 6))
    until(lambda: taps == [(3, 4), (5, 6)], 10, "the second tap")


def test_a_sound_is_sent_with_what_it_says(path: Path, sender: StreamSender) -> None:
    supervisor = Supervisor(path)
    sender.offer_sound(b"RIFF....", "17", "A012 → 3号窗口", 4.9)
    sound = until(lambda: [m for m in supervisor.received if m.type == "sound"], 10, "the sound")[0]
    assert sound.payload == b"RIFF...."
    assert (sound.header["id"], sound.header["text"], sound.header["duration_s"]) == (
        "17",
        "A012 → 3号窗口",
        4.9,
    )
