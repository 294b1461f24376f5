"""The way from `python -m firmware_config` to the devices on pad lines: through a line's running program, else its port.

A running program has the port to itself and goes on serving presses meanwhile.  Where none runs, the port is opened
here, for us alone, and only the devices asked about are spoken to.  Nothing is ever written but configuration blocks.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from firmware_config.devices import OnLine, PadLine
from firmware_config.models import BranchFile
from firmware_config.pad_profile import PadProfile, load_pad_profile
from firmware_config.rollout.pad_target import PadReading
from firmware_config.rollout.probe import Found, LineProbe
from firmware_config.rollout.target import NotTaken, Unreachable
from printer.transport import PortLost, PortStalled, SerialPort
from queue_server.pads import jobs, modbus
from queue_server.pads.control import ConfigRead, ConfigWritten, LineStatus, ask
from queue_server.pads.ff68 import Frame
from queue_server.pads.modbus import Answer, Question
from queue_server.pads.registers import IDENTITY, PROTOCOL_VERSION, Input
from queue_server.pads.sifter import Sifter

_ANSWER_WITHIN_S: Final = 0.1
"""What a device of no known profile is given; the slowest of ours begins to answer within 60 ms."""

_BOOTED_WITHIN_S: Final = 30.0
"""How long a running program may take for a whole block: it sends the pieces between polls."""

_SILENCE_BYTES: Final = 3.5
_SHORTEST_SILENCE_S: Final = 0.00175
_LONGEST_CHATTER_S: Final = 0.3


class PadLines:
    """Every line of a branch, opened when first asked about.

    `state_dir`: where running programs have their sockets, `<line>.sock`.  `ports_in`: what relative ports are in.
    """

    def __init__(self, branch: BranchFile, state_dir: Path, ports_in: Path) -> None:
        self._lines = {line.id: line for line in branch.devices.lines}
        self._devices = {device.id: device for device in branch.devices.on_lines}
        self._profiles = {device.id: load_pad_profile(device.profile) for device in branch.devices.on_lines}
        self._state_dir = state_dir
        self._ports_in = ports_in
        self._open: dict[str, _Wire] = {}
        self._written: dict[str, PadReading] = {}

    def close(self) -> None:
        """Let every port go."""
        for wire in self._open.values():
            wire.close()
        self._open.clear()

    # --- configuration ----------------------------------------------------------------------------------------------

    def read(self, line: str, device: str) -> PadReading:
        """What `device` runs.  Raises Unreachable."""
        try:
            answer = self._asked_program(line, {"do": "read_config", "device": device}, ConfigRead)
        except Unreachable:
            if device in self._written:
                return self._written[device]
            raise
        if answer is not None:
            return PadReading(int(answer.crc, 16), bytes.fromhex(answer.block), answer.firmware)
        address = self._devices[device].address
        with self._wire(line) as wire:
            try:
                identity = wire.required(modbus.read_input(address, *IDENTITY))
                block: bytes = wire.done(jobs.read_config(address))
            except jobs.NotTaken as fault:
                raise Unreachable(f"{device} {fault}") from fault
        firmware = identity.registers[Input.FIRMWARE]
        return PadReading(identity.registers[Input.CONFIG_CRC], block, _version(firmware))

    def write(self, line: str, device: str, block: bytes) -> None:
        """Transfer and commit `block`.  Raises Unreachable or NotTaken."""
        order: dict[str, object] = {"do": "write_config", "device": device, "block": block.hex()}
        written = self._asked_program(line, order, ConfigWritten)
        if written is not None:
            # The program asked it at its new address before it said so, and looks for it at the old one until it
            # reads its branch file again.
            self._written[device] = PadReading(int(written.crc, 16), block)
            return
        with self._wire(line) as wire:
            try:
                wire.done(jobs.configure(self._devices[device].address, block))
            except jobs.NotTaken as fault:
                raise NotTaken(f"{device} {fault}") from fault

    # --- what is there ----------------------------------------------------------------------------------------------

    def probe(
        self, line: str, addresses: Sequence[int] | None, bauds: Sequence[int] | None, listen_s: float
    ) -> LineProbe:
        """Ask at `addresses` and `bauds`.  A running program is asked what it knows, for it alone has the port."""
        installed = self._lines[line]
        try:
            status = self._asked_program(line, {"do": "status"}, LineStatus)
            if status is not None:
                words = (
                    "" if addresses is None and bauds is None else "other addresses and speeds need the port"
                )
                return self._told(installed, status, words)
            return self._asked(installed, addresses, bauds, listen_s)
        except Unreachable as fault:
            return LineProbe(line, installed.port, None, detail=str(fault))

    def _told(self, line: PadLine, status: LineStatus, detail: str) -> LineProbe:
        found: list[Found] = []
        silent: list[str] = []
        mute: list[str] = []
        for device in status.devices:
            installed = self._profiles.get(device.device)
            protocol: Literal["modbus", "ff68"] = installed.protocol if installed else "modbus"
            if device.state == "offline":
                (mute if protocol == "ff68" else silent).append(device.device)
                continue
            found.append(
                Found(
                    device.address,
                    protocol,
                    line.baud,
                    device.device,
                    device.firmware,
                    device.config,
                    " ".join(filter(None, (device.fault, device.detail))),
                )
            )
        return LineProbe(
            line.id, line.port, "program", tuple(found), tuple(silent), tuple(mute), detail or status.detail
        )

    def _asked(
        self, line: PadLine, addresses: Sequence[int] | None, bauds: Sequence[int] | None, listen_s: float
    ) -> LineProbe:
        mine = {device.address: device for device in self._devices.values() if device.line == line.id}
        speaking = {address for address, device in mine.items() if self._profile(device).protocol == "modbus"}
        asked = sorted(speaking if addresses is None else speaking | set(addresses))
        found: dict[tuple[int, str], Found] = {}
        for baud in bauds or (line.baud,):
            with self._wire(line.id, baud) as wire:
                for address in asked:
                    attempts = 2 if address in mine else 1
                    answer = wire.asked(modbus.read_input(address, *IDENTITY), attempts)
                    if answer is not None:
                        found.setdefault((address, "modbus"), _found(answer, baud, mine.get(address)))
                wire.listen(listen_s)
                for frame in wire.frames:
                    device = mine.get(frame.address)
                    name = device.id if device else None
                    found.setdefault((frame.address, "ff68"), Found(frame.address, "ff68", baud, name))
        heard = {one.device for one in found.values()}
        missing = [device for device in mine.values() if device.id not in heard]
        return LineProbe(
            line.id,
            line.port,
            "port",
            tuple(found[key] for key in sorted(found)),
            tuple(device.id for device in missing if device.address in speaking),
            tuple(device.id for device in missing if device.address not in speaking),
        )

    def _profile(self, device: OnLine) -> PadProfile:
        return self._profiles[device.id]

    # --- the two ways -----------------------------------------------------------------------------------------------

    def _asked_program(self, line: str, order: dict[str, object], shape: type[Any]) -> Any:
        """The running program's answer, or None when none runs.  Raises Unreachable or NotTaken."""
        path = self._state_dir / f"{line}.sock"
        try:
            answer = ask(path, order, _BOOTED_WITHIN_S)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except PermissionError as fault:
            raise Unreachable(f"{path} belongs to the pad line's account: {fault.strerror}") from fault
        except (OSError, ValueError) as fault:
            raise Unreachable(f"{path}: {fault}") from fault
        if answer.get("ok") is True:
            try:
                return shape.model_validate(answer)
            except ValidationError as fault:
                raise Unreachable(f"{path}: {fault.errors()[0]['msg']}") from fault
        words = str(answer.get("message") or answer.get("code"))
        raise NotTaken(words) if answer.get("code") == "not_taken" else Unreachable(words)

    @contextlib.contextmanager
    def _wire(self, line: str, baud: int | None = None) -> Any:
        """The open port of a line; lost in the middle it is Unreachable."""
        installed = self._lines[line]
        speed = baud or installed.baud
        try:
            wire = self._open.get(line)
            if wire is None or wire.baud != speed:
                if wire is not None:
                    self._open.pop(line).close()
                wire = self._open[line] = self._opened(installed, speed)
            yield wire
        except (PortLost, PortStalled) as fault:
            if line in self._open:
                self._open.pop(line).close()
            raise Unreachable(str(fault)) from fault
        except jobs.NoAnswer as fault:
            raise Unreachable(str(fault)) from fault

    def _opened(self, line: PadLine, baud: int) -> _Wire:
        name = line.port if "://" in line.port else str(self._ports_in / line.port)
        serial = line.serial.model_copy(update={"baud": baud})
        port = SerialPort(name, serial)
        try:
            port.open()
        except PortLost as fault:
            port.discard()
            holders = _holders(Path(name))
            if holders:
                raise Unreachable(f"{name} is held by {', '.join(holders)}; stop it first") from fault
            raise Unreachable(str(fault)) from fault
        return _Wire(port, baud, serial.byte_s)


@dataclass
class _Wire:
    """One open port: a question, its answer, and what else was heard."""

    port: SerialPort
    baud: int
    byte_s: float

    def __post_init__(self) -> None:
        self.frames: list[Frame] = []
        self._sifter = Sifter()
        self._quiet_s = max(_SILENCE_BYTES * self.byte_s, _SHORTEST_SILENCE_S)

    def close(self) -> None:
        """Let the port go."""
        self.port.discard()

    def done(self, steps: jobs.Steps) -> Any:
        """A job, step by step.  Raises jobs.NoAnswer or jobs.NotTaken."""
        question = next(steps)
        while True:
            answer = self.required(question)
            try:
                question = steps.send(answer)
            except StopIteration as end:
                return end.value

    def required(self, question: Question) -> Answer:
        """The answer, asked for as often as a line program would.  Raises jobs.NoAnswer."""
        answer = self.asked(question, jobs.ATTEMPTS)
        if answer is None:
            raise jobs.NoAnswer(f"nothing answers at address {question.address} with {self.baud} baud")
        return answer

    def asked(self, question: Question, attempts: int) -> Answer | None:
        """The answer, or None when there is none."""
        for _ in range(attempts):
            self._hear(self._quiet_s)
            self._sifter.expect(question)
            self.port.write(question.request)
            within_s = len(question.request) * self.byte_s + _ANSWER_WITHIN_S + question.size * self.byte_s
            answer = self._hear(within_s, is_answer_awaited=True)
            self._sifter.expect(None)
            if answer is not None:
                return answer
        return None

    def listen(self, seconds: float) -> None:
        """Hear what is said unasked."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._take(self.port.read(left))

    def _hear(self, within_s: float, is_answer_awaited: bool = False) -> Answer | None:
        """What comes within that time: the answer that is awaited, or, with none awaited, until it is quiet."""
        deadline = time.monotonic() + within_s
        # A line that is never quiet is spoken on all the same: the answer's checksum decides.
        patience = deadline + _LONGEST_CHATTER_S
        while (left := min(deadline, patience) - time.monotonic()) > 0:
            data = self.port.read(left)
            answer = self._take(data)
            if answer is not None and is_answer_awaited:
                return answer
            if data and not is_answer_awaited:
                deadline = time.monotonic() + within_s
        self._sifter.quiet()
        return None

    def _take(self, data: bytes) -> Answer | None:
        answers = []
        for message in self._sifter.feed(data) if data else ():
            if isinstance(message, Frame):
                self.frames.append(message)
            else:
                answers.append(message)
        return answers[0] if answers else None


def _found(answer: Answer, baud: int, device: OnLine | None) -> Found:
    name = device.id if device else None
    if answer.refused is not None:
        words = f"answers with exception {answer.refused}: not one of our register map"
        return Found(answer.address, "modbus", baud, name, detail=words)
    registers = answer.registers
    if registers[Input.PROTOCOL] != PROTOCOL_VERSION:
        words = f"tells protocol {registers[Input.PROTOCOL]}: not one of our register map"
        return Found(answer.address, "modbus", baud, name, detail=words)
    crc = f"{registers[Input.CONFIG_CRC]:04X}"
    return Found(answer.address, "modbus", baud, name, _version(registers[Input.FIRMWARE]), crc)


def _version(register: int) -> str:
    return f"{register >> 8}.{register & 0xFF}"


def _holders(port: Path) -> list[str]:
    """Who has the port open, as far as this account may see: `name (pid)`."""
    target = port.resolve()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(os.path.realpath(link) == str(target) for link in (process / "fd").iterdir()):
                words = (
                    (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                )
                found.append(f"{words[:60] or process.name} (pid {process.name})")
    return found
