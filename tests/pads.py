"""Test support for pad lines: simulated lines in this process or as a program, and a master that is nothing but bytes.

The master has no codec: tests write the bytes they mean and read what is on the wire.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import termios
import threading
import tty
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from firmware_config.pad_profile import load_pad_profile
from queue_server.pads.heard import Installed
from queue_server.pads.simulator import LineSimulator
from tests.waiting import until

ROOT = Path(__file__).parents[1]

QUIET_S = 0.04
"""After so long without a byte an answer is over, also on a busy machine."""


def device(profile: str, address: int, name: str | None = None) -> Installed:
    """A device of a shipped profile; its id is the profile's name unless told otherwise."""
    return Installed(name or profile, address, load_pad_profile(profile))


@contextlib.contextmanager
def simulated_line(
    folder: Path, devices: Sequence[Installed], baud: int = 115200, **options: Any
) -> Iterator[LineSimulator]:
    """A line in this process at `folder`/port; stopped at the end.  `boot_s` is short unless told otherwise."""
    simulator = LineSimulator(folder / "port", devices, baud, **{"boot_s": 0.1, **options})
    simulator.start()
    try:
        yield simulator
    finally:
        simulator.stop()


class RawMaster:
    """The program's end of the cable, raw: no codec, no retry."""

    def __init__(self, port: Path, baud: int = 115200) -> None:
        self._port = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._port)
        settings = termios.tcgetattr(self._port)
        settings[4] = settings[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(self._port, termios.TCSANOW, settings)

    def close(self) -> None:
        """Let the port go."""
        os.close(self._port)

    def write(self, data: bytes) -> None:
        """Talk."""
        os.write(self._port, data)

    def read(self, within_s: float = 5.0) -> bytes:
        """Everything up to a pause; empty when nothing comes within `within_s`.  Raises OSError once unplugged."""
        heard = b""
        wait_s = within_s
        while select.select([self._port], [], [], wait_s)[0]:
            data = os.read(self._port, 4096)
            if not data:
                raise OSError(errno.EIO, "the port went away")
            heard += data
            wait_s = QUIET_S
        return heard

    def ask(self, data: bytes, within_s: float = 5.0) -> bytes:
        """Talk, then listen."""
        self.write(data)
        return self.read(within_s)


@contextlib.contextmanager
def raw_master(simulator: LineSimulator) -> Iterator[RawMaster]:
    """A raw master on a simulated line, at its speed."""
    master = RawMaster(simulator.port_link, simulator.baud)
    try:
        yield master
    finally:
        master.close()


class PadControl:
    """One client of a simulator's control socket; events are kept while an answer is awaited."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self.events: list[dict[str, Any]] = []

    def next(self) -> dict[str, Any]:
        """The next line, an event or an answer."""
        message: dict[str, Any] = json.loads(self._lines.readline())
        if "event" in message:
            self.events.append(message)
        return message

    def ask(self, order: bytes | dict[str, Any]) -> dict[str, Any]:
        """Send one line; its answer."""
        self._socket.sendall((json.dumps(order).encode() if isinstance(order, dict) else order) + b"\n")
        while "ok" not in (message := self.next()):
            pass
        return message

    def event(self, name: str, **facts: Any) -> dict[str, Any]:
        """The next event of that name with those facts, kept ones included."""
        kept = iter(list(self.events))
        while True:
            message = next(kept, None) or self.next()
            if message.get("event") == name and all(
                message.get(key) == value for key, value in facts.items()
            ):
                return message

    def press(self, device: str, key: str | None = None, argument: str = "") -> str:
        """Press a key; the press's id."""
        answer = self.ask({"cmd": "press", "device": device, "key": key, "argument": argument})
        assert answer["ok"], answer
        return str(answer["press"])

    def shown(self, device: str) -> dict[str, Any]:
        """What a device shows now."""
        return next(each for each in self.ask({"cmd": "status"})["devices"] if each["device"] == device)

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()


@contextlib.contextmanager
def simulator_program(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], PadControl]]:
    """`python -m queue_server.pads simulate` with its port, control socket and state in `folder`; ended at the end."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "queue_server.pads", "simulate", *arguments),
            *("--port-link", str(folder / "port"), "--control", str(folder / "control")),
            *("--state-dir", str(folder / "state")),
        ],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert " devices at " in process.stdout.readline()
        control = PadControl(folder / "control")
        try:
            yield process, control
        finally:
            control.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


@contextlib.contextmanager
def cable(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Two serial ports with nothing but a cable between them, for two programs to talk through."""
    ends = [os.openpty() for _ in range(2)]
    links = folder / "here", folder / "there"
    for (near, far), link in zip(ends, links, strict=True):
        tty.setraw(far)
        os.set_blocking(near, False)
        link.symlink_to(os.ttyname(far))
    stop_r, stop_w = os.pipe()

    def carry() -> None:
        other = {ends[0][0]: ends[1][0], ends[1][0]: ends[0][0]}
        while stop_r not in (ready := select.select([stop_r, *other], [], [])[0]):
            for near in ready:
                os.write(other[near], os.read(near, 4096))

    thread = threading.Thread(target=carry, name="cable", daemon=True)
    thread.start()
    try:
        yield links
    finally:
        os.write(stop_w, b".")
        thread.join(10)
        for descriptor in (stop_r, stop_w, *ends[0], *ends[1]):
            os.close(descriptor)


def fate_of(simulator: LineSimulator, press: dict[str, Any], wanted: str) -> None:
    """Wait until the press has that fate."""
    until(lambda: simulator.fate(press["press"]) == wanted, 10, f"{press['press']} being {wanted}")
