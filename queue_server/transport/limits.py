"""The numbers of the transport, and what it has counted.  Settings and figures only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """What one WebSocket client may cost.

    `message_bytes` bounds one message from a client, fragments together.  `queued_packets` and `queued_bytes` bound
    what waits for a client that does not read; beyond either it is disconnected, and comes back for a snapshot.
    A socket that is in no namespace `admission_s` seconds after its handshake is closed.
    """

    message_bytes: int = 64 * 1024
    queued_packets: int = 1000
    queued_bytes: int = 1024 * 1024
    admission_s: float = 10.0


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one HTTP request may cost.

    `body_bytes` bounds a request body, `head_bytes` all its header lines together; a connection is closed after
    `idle_s` seconds of silence; more than `connections` at once wait to be accepted.  WebSockets are not counted.
    """

    body_bytes: int = 64 * 1024
    head_bytes: int = 16 * 1024
    idle_s: float = 75.0
    connections: int = 1000


@dataclass(slots=True)
class Figures:
    """Counted since the start, for `/metrics` and for the tests; `clients` is how many are connected now."""

    clients: int = 0
    connections_total: int = 0
    emits_total: int = 0
    frames_built_total: int = 0
    frames_queued_total: int = 0
    slow_clients_dropped_total: int = 0
    violations_total: int = 0
    never_admitted_total: int = 0
