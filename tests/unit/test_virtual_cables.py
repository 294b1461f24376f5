"""A cable carries bytes, and pulled it is silent: real sockets on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gevent import socket
from gevent.server import StreamServer

from queue_server.virtual import cables
from queue_server.virtual.cables import Cable
from tests.hub import turn, until_turned


class Echo:
    """A server that sends back what it gets; it remembers whom it has."""

    def __init__(self) -> None:
        self.guests: list[socket.socket] = []
        self._server = StreamServer(("127.0.0.1", 0), self._serve)
        self._server.start()
        self.port = int(self._server.server_port or 0)

    def _serve(self, guest: socket.socket, _address: object) -> None:
        self.guests.append(guest)
        try:
            while data := guest.recv(4096):
                guest.sendall(data)
        except OSError:
            pass

    def hang_up(self) -> None:
        """Close every connection, as a server that stops does."""
        for guest in self.guests:
            guest.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self._server.stop(timeout=0)


@pytest.fixture
def echo() -> Iterator[Echo]:
    one = Echo()
    yield one
    one.stop()


@pytest.fixture
def cable(echo: Echo) -> Iterator[Cable]:
    one = Cable("kiosk", echo.port)
    yield one
    one.close()


def connect(cable: Cable) -> socket.socket:
    return socket.create_connection(("127.0.0.1", cable.port), timeout=10)


def says(device: socket.socket, words: bytes) -> bytes:
    """What comes back for these words; empty when the connection ends."""
    try:
        device.sendall(words)
        got = b""
        while len(got) < len(words):
            if not (piece := device.recv(4096)):
                return b""
            got += piece
        return got
    except ConnectionError:
        return b""


def test_it_carries_every_byte_both_ways(cable: Cable) -> None:
    device = connect(cable)
    words = bytes(range(256)) * 2000
    assert says(device, words) == words


def test_many_devices_use_one_cable(cable: Cable) -> None:
    devices = [connect(cable) for _ in range(20)]
    assert [says(device, b"%d" % n) for n, device in enumerate(devices)] == [b"%d" % n for n in range(20)]


def test_pulled_it_carries_nothing_and_plugged_the_old_connection_is_dead(cable: Cable) -> None:
    device = connect(cable)
    assert says(device, b"before") == b"before"
    cable.pull()
    device.sendall(b"lost")
    turn()
    cable.plug()
    assert says(device, b"after") == b""
    assert says(connect(cable), b"anew") == b"anew"


def test_pulled_nobody_hears_that_the_other_side_hung_up(cable: Cable, echo: Echo) -> None:
    device = connect(cable)
    assert says(device, b"before") == b"before"
    cable.pull()
    echo.hang_up()
    turn()
    device.settimeout(0)
    with pytest.raises(BlockingIOError):
        device.recv(1)
    cable.plug()
    device.settimeout(10)
    assert says(device, b"after") == b""


def test_a_connection_made_while_it_is_pulled_goes_unanswered_until_it_is_plugged(
    cable: Cable, echo: Echo
) -> None:
    cable.pull()
    device = connect(cable)
    device.sendall(b"hello?")
    turn()
    assert echo.guests == []
    cable.plug()
    assert says(device, b"hello?") == b""
    assert says(connect(cable), b"hello") == b"hello"


def test_a_device_that_tries_for_hours_does_not_use_up_all_files(cable: Cable) -> None:
    cable.pull()
    for _ in range(3 * cables.UNANSWERED_KEPT):
        connect(cable)
        turn(2)
    until_turned(lambda: cable.open_ends <= cables.UNANSWERED_KEPT, what="the given-up ones closed")


def test_without_a_server_the_connection_ends(echo: Echo, cable: Cable) -> None:
    echo.stop()
    assert says(connect(cable), b"hello") == b""


def test_a_connection_that_ends_leaves_nothing_behind(cable: Cable) -> None:
    device = connect(cable)
    assert says(device, b"hello") == b"hello"
    device.close()
    until_turned(lambda: cable.open_ends == 0, what="both ends closed")
