"""Many clients in one process, for the transport's benchmark: they connect, come in, and count the bytes they get.

`python -m tests.bench.transport_crowd PORT COUNT FIRST ROOM_SIZE cured|raw` connects clients FIRST…FIRST+COUNT−1.
Orders come as JSON lines on stdin; answers go out on stdout.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time

from queue_server.transport.listener import _allow_open_files

HANDSHAKE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def connect(port: int, room: int, is_cured: bool) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    if not is_cured:
        return client
    client.sendall(HANDSHAKE)
    body = b'40/hall,{"room":"room %d"}' % room
    client.sendall(bytes([0x81, 0x80 | len(body)]) + b"\0\0\0\0" + body)
    heard = b""
    while b'40/hall,{"sid"' not in heard or not heard.endswith(b"}"):
        heard += client.recv(4096)
    return client


def main() -> None:
    port, count, first, room_size = (int(one) for one in sys.argv[1:5])
    _allow_open_files()
    selector = selectors.DefaultSelector()
    for number in range(first, first + count):
        client = connect(port, number // room_size, sys.argv[5] == "cured")
        selector.register(client, selectors.EVENT_READ)
    sys.stdout.write(json.dumps({"connected": count}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        wanted = json.loads(line)["bytes"]
        heard = 0
        while heard < wanted:
            for key, _ in selector.select():
                assert isinstance(key.fileobj, socket.socket)
                data = key.fileobj.recv(262_144)
                if not data:
                    raise ConnectionError("the server dropped a client of the crowd")
                heard += len(data)
        sys.stdout.write(json.dumps({"heard": heard, "ended": time.monotonic()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
