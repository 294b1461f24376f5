"""The control socket answers every line with one line, and is its owner's alone (F2, S1)."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from queue_server.pads.control import (
    ConfigRead,
    ConfigState,
    ConfigsVerified,
    ConfigWritten,
    ControlSocket,
    LineStatus,
    Refused,
    ask,
)

BLOCK = bytes(range(126))


class FakeLine:
    """One pad in memory."""

    def __init__(self) -> None:
        self.block = bytes(126)

    def status(self) -> LineStatus:
        return LineStatus(
            line="line_1",
            port="/dev/null",
            state="online",
            fault=None,
            detail="",
            is_connected=True,
            version="1",
            server_version="1",
            problem="",
            unanswered=0,
            in_doubt=0,
            devices=[],
        )

    def read_config(self, device: str) -> ConfigRead:
        if device != "pad_1":
            raise Refused("unknown_device", f"no {device}")
        return ConfigRead(device=device, crc="0000", block=self.block.hex(), firmware="1.3")

    def write_config(self, device: str, block: bytes) -> ConfigWritten:
        self.block = block
        return ConfigWritten(device=device, crc="BEEF")

    def verify(self, device: str | None) -> ConfigsVerified:
        if device == "poison":
            raise RuntimeError("a bug")
        state = ConfigState(device="pad_1", expected="BEEF", running=None, is_drifted=False)
        return ConfigsVerified(devices=[state])


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    control = ControlSocket(tmp_path / "line.sock", FakeLine())
    control.start()
    yield tmp_path / "line.sock"
    control.stop()
    assert not (tmp_path / "line.sock").exists()


def test_orders_are_obeyed(path: Path) -> None:
    assert ask(path, {"do": "status"})["line"] == "line_1"
    assert ask(path, {"do": "write_config", "device": "pad_1", "block": BLOCK.hex()})["crc"] == "BEEF"
    assert ask(path, {"do": "read_config", "device": "pad_1"})["block"] == BLOCK.hex()
    assert ask(path, {"do": "verify"})["ok"] is True


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"do": "dance"}, "invalid_request"),
        ({"do": "status", "more": 1}, "invalid_request"),
        ({"do": "read_config"}, "invalid_request"),
        ({"do": "read_config", "device": "pad_9"}, "unknown_device"),
        ({"do": "write_config", "device": "pad_1"}, "invalid_request"),
        ({"do": "write_config", "device": "pad_1", "block": "xyz"}, "invalid_request"),
        ({"do": "verify", "device": "poison"}, "fault"),
        ({}, "invalid_request"),
    ],
)
def test_what_cannot_be_obeyed_is_answered_in_the_one_error_shape(
    path: Path, order: dict[str, Any], code: str
) -> None:
    answer = ask(path, order)
    assert (answer["ok"], answer["code"]) == (False, code)
    assert ask(path, {"do": "status"})["ok"] is True


def test_noise_is_answered_and_endless_lines_are_cut_off(path: Path) -> None:
    for noise in (b"\n", b"not json\n", b"\xff\xfe\n", b"[]\n", b"x" * 5000 + b"\n"):
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(str(path))
            line.sendall(noise)
            answer = json.loads(line.makefile("rb").readline())
        assert answer["code"] == "invalid_request"
    assert ask(path, {"do": "status"})["ok"] is True


def test_the_socket_is_its_owners_alone(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_program_that_was_killed_leaves_nothing_in_the_way_of_the_next(tmp_path: Path) -> None:
    left = tmp_path / "line.sock"
    killed = socket.socket(socket.AF_UNIX)
    killed.bind(str(left))
    killed.close()
    control = ControlSocket(left, FakeLine())
    control.start()
    assert ask(left, {"do": "status"})["ok"] is True
    control.stop()
