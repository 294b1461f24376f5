"""What a client may say: engine.io and Socket.IO packets, looked at before the libraries see them.

Only text, only whole packets, only well-formed ones: a binary attachment, a `connect` sent as an event or JSON nested
without end is refused here, because behind this point it would be a traceback or worse.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn

from engineio import packet as engineio_packet
from socketio import packet as socketio_packet

# Names python-socketio calls handlers by itself; a client that sends one as an event would run them again.
_RESERVED = frozenset({"connect", "disconnect", "connect_error", "*"})

#: Whether the event being handled in this greenlet asked for an acknowledgement.
ACK_WANTED: ContextVar[bool] = ContextVar("ack_wanted", default=False)


class MalformedPacket(Exception):
    """A packet no client of ours would send; the message says what is wrong with it."""


class WireJson:
    """JSON as it goes over the wire: Chinese stays Chinese, and there is no NaN."""

    @staticmethod
    def dumps(value: Any, **options: Any) -> str:
        """`value` as compact text; raises ValueError for NaN and infinities, which JSON has not."""
        return json.dumps(value, ensure_ascii=False, allow_nan=False, **options)

    @staticmethod
    def loads(text: str, **options: Any) -> Any:
        """The value of `text`; raises ValueError for anything that is not JSON."""
        return json.loads(text, parse_constant=_no_constant, **options)


class TextPacket(socketio_packet.Packet):  # type: ignore[misc]
    """python-socketio's packet with our JSON; its own would write Chinese as escapes twice as long."""

    json = WireJson


@dataclass(frozen=True, slots=True)
class Said:
    """One packet that may be handed on; `ack_wanted` is true for an event with an acknowledgement id."""

    packet: Any
    ack_wanted: bool = False


def read_packet(text: str) -> Said | None:
    """The packet in one text message; None for those that mean nothing from a client.

    Raises MalformedPacket.
    """
    kind = text[:1]
    if kind == "4":
        return Said(engineio_packet.Packet(engineio_packet.MESSAGE, data=text[1:]), _check_message(text[1:]))
    if kind == "3":
        return Said(engineio_packet.Packet(engineio_packet.PONG))
    if kind == "1" and len(text) == 1:
        return Said(engineio_packet.Packet(engineio_packet.CLOSE))
    if text in ("2", "2probe", "5", "6"):
        # Ping, upgrade and no-op belong to polling or to older clients: nothing to do.
        return None
    raise MalformedPacket("not an engine.io packet")


def _check_message(body: str) -> bool:
    if body[:1] not in ("0", "1", "2", "3"):
        raise MalformedPacket("not a Socket.IO packet of text")
    try:
        packet = TextPacket(encoded_packet=body)
    except (ValueError, RecursionError) as error:
        raise MalformedPacket(f"not a Socket.IO packet: {type(error).__name__}") from None
    if packet.attachment_count:
        raise MalformedPacket("binary attachments are not taken")
    data = packet.data
    match packet.packet_type:
        case socketio_packet.CONNECT:
            if not (data is None or isinstance(data, dict)):
                raise MalformedPacket("a connect carries an object")
        case socketio_packet.EVENT:
            if not (isinstance(data, list) and data and isinstance(data[0], str)):
                raise MalformedPacket("an event is a list that starts with its name")
            if data[0] in _RESERVED:
                raise MalformedPacket("a reserved name is no event")
            return packet.id is not None
        case socketio_packet.ACK:
            if packet.id is None or not isinstance(data, list):
                raise MalformedPacket("an acknowledgement has an id and a list")
        case _:
            pass
    return False


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
