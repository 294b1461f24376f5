"""A ticket printer on a pseudo-terminal, with faults one can switch on while it runs (H5).

One thread owns wire and machine; what it prints lies as `ticket-0001.png` in a folder.  It shares no code with the
driver or the encoder.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware_config.printer_profile import PrinterProfile
from printer.simulator.machine import MACHINE_FAULTS, PrinterMachine
from printer.simulator.paper import Slip
from printer.simulator.wire import PtyWire, Span

FAULTS = (*MACHINE_FAULTS, "unplug")
"""Every fault that can be switched on and off."""

_XON, _XOFF = b"\x11", b"\x13"
_ACT_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """A slip that was cut off: its running number, its picture, and what is on it; `size` in bytes from `ESC @`."""

    number: int
    png: Path
    size: int
    lines: tuple[str, ...]
    codes: tuple[str, ...]


class PrinterSimulator:
    """`start`, `fault`, `tickets`, `stop`.

    `on_event` is called from the simulator's thread with `{"event": "cut", …}` and `{"event": "state", …}`.
    """

    def __init__(
        self,
        profile: PrinterProfile,
        port_link: Path,
        paper_dir: Path,
        on_event: Callable[[dict[str, Any]], None] | None = None,
        buffer_bytes: int = 4096,
    ) -> None:
        self.profile = profile
        self.port_link = port_link
        self.paper_dir = paper_dir
        self._on_event = on_event
        self._machine = PrinterMachine(profile, self._keep, buffer_bytes)
        self._wire = PtyWire(port_link, profile.serial.byte_s, profile.serial.baud)
        self._orders: deque[Callable[[], None]] = deque()
        self._wake_r, self._wake_w = os.pipe()
        self._thread = threading.Thread(target=self._run, name="printer-simulator", daemon=True)
        self._is_stopping = False
        self._is_held = False
        self._told: dict[str, Any] = {}
        self._printed: tuple[PrintedTicket, ...] = ()
        self._arriving: tuple[bytes, float] | None = None

    @property
    def tickets(self) -> tuple[PrintedTicket, ...]:
        """Every slip cut so far."""
        return self._printed

    @property
    def wire_spans(self) -> tuple[Span, ...]:
        """Stretches of bytes received back to back, for measuring the sender."""
        return tuple(self._wire.spans)

    @property
    def unknown_bytes(self) -> int:
        """Bytes received that mean nothing to this printer: an honest sender leaves this at 0."""
        return self._machine.unknown_bytes

    def start(self) -> None:
        """Publish the port and begin to listen; the port can be opened when this returns."""
        self.paper_dir.mkdir(parents=True, exist_ok=True)
        self._wire.plug()
        self._thread.start()

    def stop(self) -> None:
        """Take the port away and end the thread."""
        self._is_stopping = True
        self._wake()
        self._thread.join(timeout=_ACT_WITHIN_S)
        self._wire.unplug()

    def fault(self, name: str, on: bool = True) -> None:
        """Switch a fault; in force when this returns.  `replug` is `unplug` off.  Raises ValueError for a fault
        that does not exist.
        """
        if name == "replug":
            name, on = "unplug", False
        if name not in FAULTS:
            raise ValueError(f"there is no fault {name!r}; known: {', '.join(FAULTS)}")
        self._order(lambda: self._switch(name, on))

    def save_roll(self, path: Path) -> None:
        """Save the whole roll, slips cut and what hangs in the printer, as one picture."""
        self._order(lambda: self._machine.roll.picture().save(path))

    def status(self) -> dict[str, Any]:
        """What a person standing in front of it would see."""
        faults = sorted(self._machine.faults) + ["unplug"] * (not self._wire.is_plugged)
        if self._machine.is_blocked:
            condition = "blocked"
        else:
            condition = "printing" if self._machine.is_printing(time.monotonic()) else "ready"
        return {
            "condition": condition,
            "faults": faults,
            "is_plugged": self._wire.is_plugged,
            "port": str(self.port_link),
            "profile": self.profile.name,
            "tickets": len(self._printed),
        }

    def _order(self, order: Callable[[], None]) -> None:
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            order()
            return
        done = threading.Event()

        def run() -> None:
            order()
            done.set()

        self._orders.append(run)
        self._wake()
        if not done.wait(_ACT_WITHIN_S):
            raise TimeoutError("the simulator's thread does not answer")

    def _wake(self) -> None:
        os.write(self._wake_w, b".")

    def _run(self) -> None:
        while not self._is_stopping:
            while self._orders:
                self._orders.popleft()()
            now = time.monotonic()
            self._deliver(now)
            again = self._machine.run(now)
            self._send()
            self._tell()
            self._sleep(now, again)

    def _deliver(self, now: float) -> None:
        if self._arriving and self._arriving[1] <= now:
            data, self._arriving = self._arriving[0], None
            self._machine.receive(data)

    def _sleep(self, now: float, again: float | None) -> None:
        """Until a byte may be read, one arrives, the mechanism is free, or somebody calls."""
        waits = [again] if again else []
        wanted = [self._wake_r]
        if self._arriving:
            waits.append(self._arriving[1])
        elif self._wire.is_plugged and self._machine.room:
            if (read_at := self._wire.read_at(now)) > now:
                waits.append(read_at)
            else:
                wanted.append(self._wire.near)
        timeout = max(0.0, min(waits) - time.monotonic()) if waits else None
        ready, _, _ = select.select(wanted, [], [], timeout)
        if self._wake_r in ready:
            os.read(self._wake_r, 4096)
        if self._wire.is_plugged and self._wire.near in ready:
            data, arrives_at = self._wire.read(self._machine.room, time.monotonic())
            self._arriving = (data, arrives_at)

    def _send(self) -> None:
        if self.profile.serial.flow == "xonxoff":
            is_full = self._machine.room < 256 or (self._is_held and self._machine.room < 1024)
            if is_full != self._is_held:
                self._is_held = is_full
                self._wire.write(_XOFF if is_full else _XON)
        if self._machine.replies:
            self._wire.write(bytes(self._machine.replies))
            self._machine.replies.clear()

    def _switch(self, name: str, is_on: bool) -> None:
        if name != "unplug":
            self._machine.switch(name, is_on)
        elif is_on:
            self._wire.unplug()
            self._arriving = None
        else:
            self._wire.plug()

    def _keep(self, slip: Slip, size: int) -> None:
        number = len(self._printed) + 1
        png = self.paper_dir / f"ticket-{number:04d}.png"
        part = png.with_suffix(".part")
        slip.picture.save(part, format="PNG", compress_level=2)
        part.replace(png)
        self._printed = (*self._printed, PrintedTicket(number, png, size, slip.lines, slip.codes))
        self._push(
            {"event": "cut", "png": str(png), "bytes": size, "number": number, "codes": list(slip.codes)}
        )

    def _tell(self) -> None:
        state = self.status()
        if state != self._told:
            self._told = state
            self._push({"event": "state", **state})

    def _push(self, event: dict[str, Any]) -> None:
        if self._on_event is not None:
            self._on_event(event)
