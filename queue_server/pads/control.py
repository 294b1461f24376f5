"""A line program's control socket: one JSON object per line, asked and answered (F2, F3).

    {"do": "status"}                                        → LineStatus
    {"do": "read_config", "device": "pad_1"}                → ConfigRead
    {"do": "write_config", "device": "pad_1", "block": hex} → ConfigWritten
    {"do": "verify"}  or with one "device"                  → ConfigsVerified

or the one error shape.  Unix socket, its owner's alone: whoever may write to it may reconfigure pads.  A thread for
each client; what is asked is done by a `Controlled`.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from pathlib import Path
from typing import Literal, Protocol

import structlog
from pydantic import Field, ValidationError

from queue_server.wire.shapes import ErrorShape, Shape

LONGEST_LINE = 4096
AGAIN_S = 0.2
LONGEST_SILENCE_S = 600.0

log = structlog.get_logger("pads.control")


class Order(Shape):
    """What may be asked; `block`: 126 bytes in hex."""

    do: Literal["status", "read_config", "write_config", "verify"]
    device: str | None = None
    block: str | None = Field(default=None, pattern=r"^([0-9a-f]{2})+$")


class DeviceStatus(Shape):
    """One device, as the program knows it; `config`, `expected_config`: four capital hex digits or None."""

    device: str
    role: str
    address: int
    counter: str
    state: str
    fault: str | None
    detail: str
    firmware: str | None
    config: str | None
    expected_config: str | None


class LineStatus(Shape):
    """The whole program.  `problem`: why the branch file is not the one that runs, "" when it is.

    `unanswered`: presses on their way; `in_doubt`: presses given up whose fate is asked for.
    """

    ok: Literal[True] = True
    line: str
    port: str
    state: str
    fault: str | None
    detail: str
    is_connected: bool
    version: str
    server_version: str | None
    problem: str
    unanswered: int
    in_doubt: int
    devices: list[DeviceStatus]


class ConfigRead(Shape):
    """What a device runs: `crc` of the block that counts, four capital hex digits; `block` as it reads now, in hex."""

    ok: Literal[True] = True
    device: str
    crc: str
    block: str
    firmware: str | None


class ConfigWritten(Shape):
    """The device runs the block with this checksum now."""

    ok: Literal[True] = True
    device: str
    crc: str


class ConfigState(Shape):
    """One device: the checksum it runs and the one it should run; `running` None: it does not say."""

    device: str
    expected: str
    running: str | None
    is_drifted: bool


class ConfigsVerified(Shape):
    """Every device that holds a configuration, or the one that was asked about."""

    ok: Literal[True] = True
    devices: list[ConfigState]


class Refused(Exception):
    """The order cannot be carried out; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Controlled(Protocol):
    """What carries orders out.  Called on the clients' threads; may block; raises Refused."""

    def status(self) -> LineStatus: ...

    def read_config(self, device: str) -> ConfigRead: ...

    def write_config(self, device: str, block: bytes) -> ConfigWritten: ...

    def verify(self, device: str | None) -> ConfigsVerified: ...


class ControlSocket:
    """Listens at `path` from the start on.  Raises OSError when it cannot."""

    def __init__(self, path: Path, controlled: Controlled) -> None:
        self._path = path
        self._controlled = controlled
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Never open to others, not even for the moment between the two calls.
        before = os.umask(0o177)
        try:
            self._listener.bind(str(path))
        finally:
            os.umask(before)
        self._listener.listen(4)

    def start(self) -> None:
        """Take orders."""
        threading.Thread(target=self._accept, name="pads control", daemon=True).start()

    def stop(self) -> None:
        """Take no more."""
        self._stopped.set()
        # Closing alone does not wake who waits for a client.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for client in self._clients:
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                # Stopped, or no file is left for one more client: those who are there go on.
                self._stopped.wait(AGAIN_S)
                continue
            client.settimeout(LONGEST_SILENCE_S)
            with self._lock:
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), name="pads control", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client, client.makefile("rb") as lines:
                while line := lines.readline(LONGEST_LINE):
                    client.sendall(self._answer(line).encode() + b"\n")
                    if not line.endswith(b"\n"):
                        return
        except OSError as fault:
            log.debug("control client gone", cause=str(fault))
        finally:
            with self._lock:
                self._clients.discard(client)

    def _answer(self, line: bytes) -> str:
        try:
            return self._obey(Order.model_validate_json(line)).model_dump_json()
        except ValidationError as fault:
            first = fault.errors()[0]
            where = ".".join(str(step) for step in first["loc"]) or "line"
            return ErrorShape(code="invalid_request", message=f"{where}: {first['msg']}").model_dump_json()
        except Refused as no:
            return ErrorShape(code=no.code, message=str(no)).model_dump_json()
        except Exception:
            # Whoever asks has met a bug of ours; the pads go on.
            log.exception("order failed", line=line[:200])
            return ErrorShape(code="fault", message="the program met a bug; see its log").model_dump_json()

    def _obey(self, order: Order) -> Shape:
        match order.do:
            case "status":
                return self._controlled.status()
            case "verify":
                return self._controlled.verify(order.device)
            case "read_config":
                return self._controlled.read_config(_required(order.device, "device"))
            case "write_config":
                device = _required(order.device, "device")
                return self._controlled.write_config(device, bytes.fromhex(_required(order.block, "block")))


def ask(path: Path, order: dict[str, object], within_s: float = 30.0) -> dict[str, object]:
    """Ask a running program one thing.  Raises OSError when none is there or it says nothing for `within_s`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(within_s)
        line.connect(str(path))
        line.sendall(json.dumps(order).encode() + b"\n")
        with line.makefile("rb") as answers:
            answer = answers.readline()
    if not answer.endswith(b"\n"):
        raise ConnectionError(f"{path}: no answer")
    found: dict[str, object] = json.loads(answer)
    return found


def _required(value: str | None, name: str) -> str:
    if value is None:
        raise Refused("invalid_request", f"{name}: expected")
    return value
