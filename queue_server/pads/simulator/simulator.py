"""A whole RS-485 line on a pseudo-terminal: call pads, window screens and evaluators, with faults that can be switched on.

One thread owns the terminal, the bus and every device.  Bytes travel at true speed in both directions, ten bits a
byte; two who talk at once garble each other, as do two devices with one address.  It shares no code with the driver.
"""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from queue_server.pads.heard import Installed
from queue_server.pads.simulator import ff68_device, modbus_device
from queue_server.pads.simulator.bus import HOST, NOISE, Bus
from queue_server.pads.simulator.buttons import Press
from queue_server.pads.simulator.device import Device
from queue_server.pads.simulator.orders import Orders
from queue_server.pads.simulator.station import AMOUNTS, BOOT_S, Station
from queue_server.pads.simulator.terminal import Terminal
from queue_server.pads.simulator.uart import misread
from queue_server.pads.simulator.workshop import Workshop

LINE_FAULTS = (*AMOUNTS, "unplug")
"""Every fault of a line as a whole: those of all its stations at once, noise on the wire, and the adapter."""

DEVICE_FAULTS = tuple(
    dict.fromkeys((*AMOUNTS, "duplicate_address", *modbus_device.FAULTS, *ff68_device.FAULTS))
)
"""Every fault a device can have; which of them this one can have is its own business."""

_END_WITHIN_S = 5.0
_AHEAD_S = 0.05
_NOISE_BURSTS_S = 100.0
"""At a noise of 1, so many bursts a second on a quiet line."""


class LineSimulator:
    """`start`, `press` and the other verbs, `fault`, `shown`, `stop`.

    `on_event` is called from the simulator's thread and must not block: `{"event": "device", …}` whenever what a
    device shows changed, `press` whenever a press's fate did, `beep`, and `state` for plug and faults.
    """

    def __init__(
        self,
        port_link: Path,
        devices: Sequence[Installed],
        baud: int = 9600,
        *,
        state_dir: Path | None = None,
        seed: int = 0,
        boot_s: float = BOOT_S,
        on_event: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.port_link = port_link
        self.baud = baud
        self._boot_s = boot_s
        self._on_event = on_event
        self._terminal = Terminal(port_link)
        self._workshop = Workshop(baud, seed, state_dir, self._push)
        self._bus = Bus(self._workshop.chance("bus"))
        self._noise_chance = self._workshop.chance("noise")
        self._stations = {each.id: self._workshop.station(each, self._bus, boot_s) for each in devices}
        self._twins: dict[str, Station] = {}
        self._line_faults: set[str] = set()
        self._host_free_at = 0.0
        self._noise_at: float | None = None
        self._shown: dict[str, dict[str, Any]] = {}
        self._state: dict[str, Any] = {}
        self._presses: dict[str, dict[str, Any]] = {}
        self._orders = Orders()
        self._thread = threading.Thread(target=self._run, name="pads-simulator", daemon=True)
        self._orders.owned_by(self._thread)
        self._is_stopping = False

    # --- for whoever stands in front of it ------------------------------------------------------------------------------

    def start(self) -> None:
        """Publish the port and give every device power; the port can be opened when this returns."""
        now = time.monotonic()
        for station in self._stations.values():
            station.device.power_up(now)
        self._terminal.plug()
        self._thread.start()

    def stop(self) -> None:
        """Take the port away and end the thread."""
        self._is_stopping = True
        self._orders.wake()
        self._thread.join(timeout=_END_WITHIN_S)
        self._terminal.unplug()
        self._orders.close()

    def press(self, device: str, key: str | None = None, argument: str = "") -> dict[str, Any]:
        """Type `argument` and press a key, by its name; None on a pad of one button.

        Returns `{press, device, key, argument, fate}` as it is now.  Raises ValueError for what the device has not.
        """
        return self._pressed(device, lambda pad, now: pad.press(key, argument, now))

    def hold(self, device: str, key: str | None = None) -> dict[str, Any]:
        """Hold a key for long; likewise."""
        return self._pressed(device, lambda pad, now: pad.hold(key, now))

    def double(self, device: str, key: str | None = None) -> dict[str, Any]:
        """Press a key twice at once; likewise, of the second press."""
        return self._pressed(device, lambda pad, now: pad.double(key, now))

    def rate(self, device: str, score: int) -> dict[str, Any]:
        """Give a score, by the code of its key; likewise."""
        return self._pressed(device, lambda pad, now: pad.rate(score, now))

    def fault(
        self, name: str, device: str | None = None, on: bool = True, amount: float | None = None
    ) -> None:
        """Switch a fault of a device, or of the line; in force when this returns.  `replug` is `unplug` off.

        Raises ValueError for a fault or device that does not exist.
        """
        if name == "replug":
            name, on = "unplug", False
        self._orders.run(lambda: self._switch(name, device, on, amount))

    def unplug(self) -> None:
        """Pull the adapter."""
        self.fault("unplug")

    def replug(self) -> None:
        """Put it back."""
        self.fault("replug")

    def reboot(self, device: str) -> None:
        """Take a device's power away and give it back.  Raises ValueError for a device that does not exist."""
        self._orders.run(lambda: self._of(device).reboot(time.monotonic()))

    def swap(self, device: str) -> None:
        """Put a spare in a device's place: as the factory made it, and with a serial number of its own.

        Raises ValueError for a device that does not exist.
        """
        self._orders.run(
            lambda: self._of(device).replace(
                self._workshop.spare(self._of(device).device.installed), time.monotonic()
            )
        )

    def shown(self, device: str) -> dict[str, Any]:
        """What one device shows and tells now.  Raises ValueError for a device that does not exist."""
        return self._orders.run(lambda: self._of(device).shown(time.monotonic()))

    def fate(self, press: str) -> str:
        """What became of a press so far.  Raises KeyError for one that was never made."""
        return str(self._presses[press]["fate"])

    def status(self) -> dict[str, Any]:
        """The line and every device on it."""
        return self._orders.run(self._status)

    # --- orders to the thread -------------------------------------------------------------------------------------------

    def _pressed(self, device: str, act: Callable[[Device, float], Press]) -> dict[str, Any]:
        def order() -> dict[str, Any]:
            press = act(self._of(device).device, time.monotonic()).told()
            self._presses.setdefault(press["press"], press)
            return press

        return self._orders.run(order)

    def _of(self, device: str) -> Station:
        if device not in self._stations:
            raise ValueError(f"there is no device {device!r}; known: {', '.join(self._stations)}")
        return self._stations[device]

    def _switch(self, name: str, device: str | None, is_on: bool, amount: float | None) -> None:
        known = LINE_FAULTS if device is None else DEVICE_FAULTS
        if name not in known:
            raise ValueError(f"there is no fault {name!r}; known: {', '.join(known)}")
        now = time.monotonic()
        if device is not None:
            station = self._of(device)
            if name == "duplicate_address":
                self._duplicate(station, is_on, now)
            else:
                station.switch(name, is_on, amount, now)
            return
        (self._line_faults.add if is_on else self._line_faults.discard)(name)
        if name == "unplug":
            self._plug(not is_on)
        elif name == "noise":
            self._bus.noise = (AMOUNTS[name] if amount is None else amount) if is_on else 0.0
            self._noise_at = now if is_on else None
        else:
            for station in self._stations.values():
                station.switch(name, is_on, amount, now)

    def _duplicate(self, station: Station, is_on: bool, now: float) -> None:
        name = station.name
        if not is_on:
            self._twins.pop(name, None)
        elif name not in self._twins:
            self._twins[name] = self._workshop.twin(station.device.installed, self._bus, self._boot_s)
            self._twins[name].device.power_up(now)

    def _plug(self, is_plugged: bool) -> None:
        if is_plugged:
            self._terminal.plug()
        else:
            self._terminal.unplug()
            # Only the adapter is gone: the devices go on hearing each other.
            self._bus.cut(HOST, time.monotonic())

    # --- the thread -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._is_stopping:
            self._orders.carry_out()
            now = time.monotonic()
            self._listen(now)
            self._make_noise(now)
            stations = [*self._stations.values(), *self._twins.values()]
            for sound in self._bus.step(now):
                for station in stations:
                    station.hear(sound)
                if sound.talk.talker != HOST and HOST not in sound.deaf and self._terminal.is_plugged:
                    self._terminal.write(misread(sound.data, sound.talk.baud, self._terminal.baud))
            self._step(now, stations)
            self._tell(now)
            self._sleep(now, stations)

    def _step(self, now: float, stations: list[Station]) -> None:
        """Let everybody act who is due, in order and as of then: however late this thread is, their talk is not."""
        due = [(at, station) for station in stations if (at := station.due_at(now)) is not None and at <= now]
        for at, station in sorted(due, key=lambda each: each[0]):
            station.step(at)

    def _listen(self, now: float) -> None:
        """Take what the program wrote, but no faster than it can travel."""
        if (
            self._terminal.is_plugged
            and self._host_free_at < now + _AHEAD_S
            and (data := self._terminal.read())
        ):
            # A port set to a speed no pad knows still sends something, at that of nobody.
            talk = self._bus.say(HOST, data, self._terminal.baud or self.baud // 3, now)
            self._host_free_at = talk.ends_at

    def _make_noise(self, now: float) -> None:
        if self._noise_at is None or now < self._noise_at:
            return
        self._noise_at = now + self._noise_chance.expovariate(_NOISE_BURSTS_S * max(self._bus.noise, 1e-6))
        self._bus.say(NOISE, self._noise_chance.randbytes(self._noise_chance.randint(1, 3)), self.baud, now)

    def _sleep(self, now: float, stations: list[Station]) -> None:
        times = [self._bus.next_at(), self._noise_at, *(station.due_at(now) for station in stations)]
        wanted = [self._orders.wake_r]
        if self._terminal.is_plugged:
            if self._host_free_at < now + _AHEAD_S:
                wanted.append(self._terminal.near)
            else:
                times.append(self._host_free_at - _AHEAD_S)
        due = min((at for at in times if at is not None), default=None)
        timeout = None if due is None else max(0.0, due - time.monotonic())
        ready, _, _ = select.select(wanted, [], [], timeout)
        if self._orders.wake_r in ready:
            self._orders.slept()

    def _tell(self, now: float) -> None:
        """What changed; the clock ticking is no change."""
        for name, station in self._stations.items():
            if not station.device.is_changed:
                continue
            station.device.is_changed = False
            shown = station.shown(now)
            if {**shown, "uptime_s": 0} != self._shown.get(name):
                self._shown[name] = {**shown, "uptime_s": 0}
                self._push({"event": "device", **shown})
        state = self._line_state()
        if state != self._state:
            self._state = state
            self._push({"event": "line", **state})

    def _line_state(self) -> dict[str, Any]:
        return {
            "port": str(self.port_link),
            "baud": self.baud,
            "is_plugged": self._terminal.is_plugged,
            "line_faults": sorted(self._line_faults),
        }

    def _status(self) -> dict[str, Any]:
        now = time.monotonic()
        return {
            **self._line_state(),
            "devices": [station.shown(now) for station in self._stations.values()],
        }

    def _push(self, event: dict[str, Any]) -> None:
        if event["event"] == "press":
            self._presses[event["press"]] = {key: value for key, value in event.items() if key != "event"}
        if self._on_event is not None:
            self._on_event(event)
