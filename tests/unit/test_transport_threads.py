"""Whose turn it is under gevent."""

from __future__ import annotations

import gevent
from gevent import socket

from queue_server.transport.threads import give_way


def test_who_gives_way_lets_one_run_whose_socket_has_something_to_read() -> None:
    ours, theirs = socket.socketpair()
    turns: list[str] = []

    def reader() -> None:
        ours.recv(10)
        turns.append("reader")

    def worker() -> None:
        theirs.send(b"x")
        for _ in range(3):
            give_way()
        turns.append("worker")

    gevent.joinall([gevent.spawn(reader), gevent.spawn(worker)], timeout=10)
    assert turns == ["reader", "worker"]
    ours.close()
    theirs.close()
