"""The outbox on a real pair of sockets: nothing lost, nothing mixed up, and an end to what may wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gevent
import pytest
from gevent import socket
from hypothesis import given
from hypothesis import strategies as st

from queue_server.transport.limits import Figures, SocketLimits
from queue_server.transport.outbox import Outbox


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    theirs.settimeout(10)
    try:
        yield ours, theirs
    finally:
        ours.close()
        theirs.close()


@given(
    st.lists(
        st.one_of(st.binary(min_size=1, max_size=200), st.binary(min_size=1).map(lambda b: b * 3000)),
        max_size=30,
    ),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20_000)), max_size=20),
)
def test_what_is_put_arrives_whole_and_in_order_however_it_is_read(
    frames: list[bytes], reads: list[tuple[int, int]]
) -> None:
    with pair() as (ours, theirs):
        outbox = Outbox(SocketLimits(queued_bytes=100_000_000), Figures())
        outbox.put_frame(b"before it was attached")
        outbox.attach(ours, lambda _: None)
        got = bytearray()
        plan = dict(reads)
        for number, frame in enumerate(frames):
            outbox.put_frame(frame)
            if number in plan:
                gevent.sleep(0)
                got += theirs.recv(plan[number])
        wanted = b"before it was attached" + b"".join(frames)
        while len(got) < len(wanted):
            got += theirs.recv(65_536)
        assert bytes(got) == wanted


@pytest.mark.parametrize("limits", [SocketLimits(queued_packets=50), SocketLimits(queued_bytes=50_000)])
def test_a_client_that_never_reads_is_given_up_once_and_nothing_is_kept_for_it(limits: SocketLimits) -> None:
    with pair() as (ours, _theirs):
        figures = Figures()
        given_up: list[str] = []
        outbox = Outbox(limits, figures)
        outbox.attach(ours, given_up.append)
        for _ in range(1000):
            outbox.put_frame(b"x" * 1000)
        assert given_up == ["slow_reader"]
        assert figures.slow_clients_dropped_total == 1
        assert outbox._waiting_bytes == 0


def test_putting_to_a_full_socket_never_waits() -> None:
    with pair() as (ours, _theirs):
        outbox = Outbox(SocketLimits(), Figures())
        outbox.attach(ours, lambda _: None)
        # A greenlet that gives way would show in here: nothing else runs while the frames are put.
        turns: list[int] = []
        gevent.spawn(turns.append, 1)
        for _ in range(500):
            outbox.put_frame(b"x" * 1000)
        # engine.io joins the queue of a client it disconnects.
        outbox.join()
        assert turns == []


def test_the_end_comes_after_everything_that_was_put() -> None:
    with pair() as (ours, theirs):
        ended: list[str] = []
        outbox = Outbox(SocketLimits(), Figures())

        def shut(reason: str) -> None:
            ended.append(reason)
            ours.shutdown(socket.SHUT_WR)

        outbox.attach(ours, shut)
        for _ in range(100):
            outbox.put_frame(b"x" * 1000)
        outbox.end()
        outbox.put_frame(b"too late")
        got = bytearray()
        while data := theirs.recv(65_536):
            got += data
        assert bytes(got) == b"x" * 100_000
        assert ended == ["ended"]


def test_bytes_are_refused_where_text_is_sent() -> None:
    class BinaryPacket:
        def encode(self) -> bytes:
            return b"bytes"

    with pytest.raises(TypeError):
        Outbox(SocketLimits(), Figures()).put(BinaryPacket())
