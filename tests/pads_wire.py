"""A pad line in memory: the simulator's bus and devices as a port, in a time that passes only as far as it is read.

What a session writes travels at true speed to simulated devices and their answers travel back, but an hour of it takes
seconds and nothing depends on how busy the machine is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

from firmware_config.pad_profile import load_pad_profile
from firmware_config.printer_profile import SerialLine
from printer.transport import PortLost
from queue_server.pads.drivers import driver_of
from queue_server.pads.exchange import Driver
from queue_server.pads.heard import Accepted, Heard, Installed, Pressed, Rated, Seen, Verdict
from queue_server.pads.session import Session
from queue_server.pads.simulator.bus import HOST, NOISE, Bus
from queue_server.pads.simulator.station import Station
from queue_server.pads.simulator.uart import byte_s, misread
from queue_server.pads.simulator.workshop import Workshop

START = 1000.0
BOOT_S = 0.8


def installed(*profiles: str) -> list[Installed]:
    """One device of each of these profiles, addresses and names from 1 on."""
    return [
        Installed(f"device_{address}", address, load_pad_profile(profile))
        for address, profile in enumerate(profiles, 1)
    ]


class Wire:
    """The port of a line.  `presses`: every press made with its newest fate; `journey`: its fates and when."""

    def __init__(self, devices: Iterable[Installed], baud: int = 9600, seed: int = 0) -> None:
        self.now = START
        self.baud = self.host_baud = baud
        self.is_plugged = True
        self.said: list[tuple[float, str, bytes]] = []
        self.presses: dict[str, dict[str, Any]] = {}
        self.journey: dict[str, list[tuple[float, str]]] = {}
        self.workshop = Workshop(baud, seed, None, self._tell)
        self.bus = Bus(self.workshop.chance("bus"))
        self.stations = {each.id: self.workshop.station(each, self.bus, BOOT_S) for each in devices}
        self.twins: dict[str, Station] = {}
        self._chance = self.workshop.chance("noise")
        self._noise_at: float | None = None
        self._free_at = START
        for station in self.stations.values():
            station.device.power_up(START)

    # --- the port ---------------------------------------------------------------------------------------------------

    @property
    def wire_free_at(self) -> float:
        """When everything written will have left the wire."""
        return self._free_at

    def clock(self) -> float:
        """The time on this line."""
        return self.now

    def write(self, data: bytes) -> None:
        """Bytes from the host."""
        if not self.is_plugged:
            raise PortLost("unplugged")
        self.said.append((self.now, HOST, data))
        self._free_at = self.bus.say(HOST, data, self.host_baud, max(self.now, self._free_at)).ends_at

    def read(self, within_s: float) -> bytes:
        """Let time pass until something comes, at most `within_s`."""
        deadline = self.now + within_s
        while True:
            if not self.is_plugged:
                raise PortLost("unplugged")
            due_at = min(self._due(), default=float("inf"))
            if due_at > deadline:
                # At least a hair: two floats may differ by less than can be added to either.
                self.now = max(self.now + 1e-6, deadline)
                return b""
            self.now = max(self.now, due_at)
            if data := self._step():
                return data

    def _all(self) -> list[Station]:
        return [*self.stations.values(), *self.twins.values()]

    def _due(self) -> list[float]:
        times = [self.bus.next_at(), self._noise_at, *(station.due_at(self.now) for station in self._all())]
        return [at for at in times if at is not None]

    def _step(self) -> bytes:
        now, heard = self.now, b""
        if self._noise_at is not None and now >= self._noise_at:
            self._noise_at = now + self._chance.expovariate(100 * self.bus.noise)
            self.bus.say(NOISE, self._chance.randbytes(self._chance.randint(1, 3)), self.baud, now)
        for sound in self.bus.step(now):
            for station in self._all():
                station.hear(sound)
            if sound.talk.talker != HOST and HOST not in sound.deaf:
                heard += misread(sound.data, sound.talk.baud, self.host_baud)
        due = [
            (at, station.name, station) for station in self._all() if (at := station.due_at(now)) is not None
        ]
        for at, _, station in sorted(due):
            if at <= now:
                station.step(at)
        return heard

    # --- people and faults ------------------------------------------------------------------------------------------

    def press(self, device: str, key: str | None = None, argument: str = "") -> str:
        """A key, down and up; the press's id."""
        press = self.stations[device].device.press(key, argument, self.now)
        self._tell({"event": "press", **press.told()})
        return press.id

    def rate(self, device: str, score: int) -> str:
        """A customer's key; the press's id."""
        press = self.stations[device].device.rate(score, self.now)
        self._tell({"event": "press", **press.told()})
        return press.id

    def fate(self, press: str) -> str:
        """What became of it so far."""
        return str(self.presses[press]["fate"])

    def shown(self, device: str) -> dict[str, Any]:
        """What one device shows."""
        return self.stations[device].shown(self.now)

    def fault(
        self, name: str, device: str | None = None, is_on: bool = True, amount: float | None = None
    ) -> None:
        """As the simulator's `fault`."""
        if name == "noise" and device is None:
            self.bus.noise = (amount or 0.02) if is_on else 0.0
            self._noise_at = self.now if is_on else None
        elif name == "duplicate_address" and device is not None:
            self.twins.pop(device, None)
            if is_on:
                of = self.stations[device].device.installed
                self.twins[device] = self.workshop.twin(of, self.bus, BOOT_S)
                self.twins[device].device.power_up(self.now)
        else:
            for station in self.stations.values() if device is None else [self.stations[device]]:
                station.switch(name, is_on, amount, self.now)

    def replace(self, device: str) -> None:
        """A spare in its place."""
        station = self.stations[device]
        station.replace(self.workshop.spare(station.device.installed), self.now)

    def _tell(self, event: dict[str, Any]) -> None:
        if event["event"] == "press":
            self.presses[event["press"]] = event
            self.journey.setdefault(event["press"], []).append((self.now, str(event["fate"])))


def accept(_: Pressed | Rated) -> Verdict:
    """A server that takes everything."""
    return Accepted()


@dataclass
class PadLine:
    """A session over a wire in memory, with a server that judges at once; `heard` in order, with the time."""

    wire: Wire
    devices: list[Installed]
    judge: Callable[[Pressed | Rated], Verdict | None] = accept
    heard: list[tuple[float, Heard]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._plans: list[tuple[float, int, Callable[[], object]]] = []
        self._order, self._ids = count(), count()
        self.begin()

    def begin(self) -> None:
        """A new program on the same wire."""
        self.drivers: dict[str, Driver] = {
            device.id: driver_of(device, lambda: "20251123", lambda: f"run.{next(self._ids)}")
            for device in self.devices
        }
        serial = SerialLine.model_validate({"baud": self.wire.host_baud})
        self.session = Session(self.wire, serial, tuple(self.drivers.values()), self._hear, self.wire.clock)

    def _hear(self, heard: Heard) -> None:
        self.heard.append((self.wire.now, heard))
        if isinstance(heard, Pressed | Rated) and (verdict := self.judge(heard)) is not None:
            self.settle(heard.press_id, verdict)

    def settle(self, press_id: str, verdict: Verdict) -> None:
        """What became of a press."""
        for driver in self.drivers.values():
            driver.settle(press_id, verdict)

    def at(self, after_s: float, act: Callable[[], object]) -> None:
        """Have something happen `after_s` from now."""
        heappush(self._plans, (self.wire.now + after_s, next(self._order), act))

    def run(self, for_s: float) -> None:
        """Let so much time pass."""
        end = self.wire.now + for_s
        while self.wire.now < end:
            while self._plans and self._plans[0][0] <= self.wire.now:
                heappop(self._plans)[2]()
            until = min(end, self._plans[0][0] if self._plans else end)
            self.session.turn(until)

    def presses(self) -> list[Pressed]:
        """Every press told."""
        return [heard for _, heard in self.heard if isinstance(heard, Pressed)]

    def seen(self, device: str) -> list[Seen]:
        """Every state told of a device."""
        return [heard for _, heard in self.heard if isinstance(heard, Seen) and heard.device == device]


def line_of(
    *profiles: str,
    baud: int = 9600,
    seed: int = 0,
    judge: Callable[[Pressed | Rated], Verdict | None] = accept,
) -> PadLine:
    """A line with one device of each profile."""
    devices = installed(*profiles)
    return PadLine(Wire(devices, baud, seed), devices, judge)


def told_at(line: PadLine, press: str, *fates: str) -> float:
    """When a press first met one of these fates."""
    return next(at for at, fate in line.wire.journey[press] if fate in fates)


def cycle_s(line: PadLine, device: str, since: float) -> float:
    """The mean time between two polls of a device."""
    begins = bytes([line.drivers[device].installed.address, 4])
    polls = [
        at for at, _, data in line.wire.said if at >= since and data.startswith(begins) and len(data) == 8
    ]
    return (polls[-1] - polls[0]) / (len(polls) - 1)


def wire_limit_s(pads: int, baud: int) -> float:
    """What a poll cycle takes on the wire alone: 8 bytes asked, 13 answered, and two silences of 3.5 bytes."""
    silence_s = max(3.5 * byte_s(baud), 0.00175)
    return pads * ((8 + 13) * byte_s(baud) + 2 * silence_s)
