"""One megabyte of random bytes on the line with valid frames hidden inside: every one acted on once, no phantom key."""

from __future__ import annotations

from random import Random

from firmware_config.printer_profile import SerialLine
from queue_server.pads import ff68
from queue_server.pads.drivers import driver_of
from queue_server.pads.ff68 import Frame
from queue_server.pads.heard import Accepted, Heard, Pressed
from queue_server.pads.session import Session
from tests.pads_wire import installed

SERIAL = SerialLine(baud=115200)
KEYS = (0x0C, 0x0D, 0x12, 0x0B)


class Noisy:
    """A port on which a given stream comes, at the speed of the line, whatever is asked."""

    def __init__(self, stream: bytes, chance: Random) -> None:
        self.now = 0.0
        self.at = 0
        self._stream = stream
        self._chance = chance

    @property
    def wire_free_at(self) -> float:
        """Nothing written takes any time."""
        return self.now

    def clock(self) -> float:
        """The time on this line."""
        return self.now

    def read(self, within_s: float) -> bytes:
        """The next piece, or nothing when it would come too late."""
        size = min(self._chance.randint(1, 300), int(within_s / SERIAL.byte_s))
        piece = self._stream[self.at : self.at + size]
        self.at += len(piece)
        self.now += max(within_s if not piece else len(piece) * SERIAL.byte_s, 1e-6)
        return piece

    def write(self, data: bytes) -> None:
        """Goes into the noise."""


def test_a_megabyte_of_noise_presses_every_hidden_key_once_and_no_other() -> None:
    chance = Random(20251123)
    devices = installed(*("ff68_pad", "modbus_16key") * 10)
    pads = [device for device in devices if device.profile.protocol == "ff68"]
    hidden, stream = [], bytearray()
    newest: dict[tuple[str, int], int] = {}
    while len(stream) < 1 << 20:
        stream += chance.randbytes(chance.randint(500, 6000))
        pad, key = chance.choice(pads), chance.choice(KEYS)
        # The same key of the same pad within 600 ms is the same press; that is another test.
        if len(stream) - newest.get((pad.id, key), -100_000) < 1.0 / SERIAL.byte_s:
            continue
        newest[pad.id, key] = len(stream)
        hidden.append((pad.id, pad.profile.keys[key]))
        stream += ff68.encode(Frame(pad.address, ff68.KEY, bytes([key])))
    stream += chance.randbytes(5000)

    port = Noisy(bytes(stream), chance)
    heard: list[Heard] = []
    drivers = {device.id: driver_of(device, lambda: "today", lambda: str(len(heard))) for device in devices}

    def hear(what: Heard) -> None:
        heard.append(what)
        if isinstance(what, Pressed):
            drivers[what.device].settle(what.press_id, Accepted())

    session = Session(port, SERIAL, tuple(drivers.values()), hear, port.clock)
    while port.at < len(stream):
        session.turn(port.now + 1)
    assert len(hidden) > 200
    assert [(each.device, each.key) for each in heard if isinstance(each, Pressed)] == hidden
