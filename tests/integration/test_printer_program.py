"""`python -m printer` as a program: the simulator with its control socket, and the test ticket."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.waiting import until

ROOT = Path(__file__).parents[2]


class Control:
    """One client of the control socket; events are kept while an answer is awaited."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")
        self.events: list[dict[str, Any]] = []

    def next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._lines.readline())
        if "event" in message:
            self.events.append(message)
        return message

    def ask(self, line: bytes | dict[str, Any]) -> dict[str, Any]:
        self._socket.sendall((json.dumps(line).encode() if isinstance(line, dict) else line) + b"\n")
        while "ok" not in (message := self.next()):
            pass
        return message

    def event(self, name: str, **facts: Any) -> dict[str, Any]:
        while True:
            message = self.next()
            if message.get("event") == name and all(message[key] == value for key, value in facts.items()):
                return message

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "printer", "simulate", "--profile", "epson_tm_t20iii"),
            *("--port-link", str(tmp_path / "port"), "--paper-dir", str(tmp_path / "paper")),
            *("--control", str(tmp_path / "control")),
        ],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("epson_tm_t20iii on ")
    yield process
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)


@pytest.fixture
def control(program: subprocess.Popen[str], tmp_path: Path) -> Iterator[Control]:
    control = Control(tmp_path / "control")
    yield control
    control.close()


def print_test(port: Path, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = ["print-test", "--port", str(port), "--profile", "epson_tm_t20iii", *options]
    return subprocess.run(
        [sys.executable, "-m", "printer", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_test_ticket_is_printed_and_pushed_as_an_event(control: Control, tmp_path: Path) -> None:
    done = print_test(tmp_path / "port", "--language", "en")
    assert done.returncode == 0
    assert "printed: the printer echoed the fence" in done.stdout
    cut = control.event("cut")
    assert (cut["number"], cut["png"]) == (1, str(tmp_path / "paper" / "ticket-0001.png"))
    assert cut["bytes"] <= 400
    assert Image.open(cut["png"]).width == 640


def test_faults_are_switched_and_told(control: Control, tmp_path: Path) -> None:
    assert control.event("state")["condition"] == "ready"
    answer = control.ask({"cmd": "fault", "name": "cover", "on": True})
    assert (answer["ok"], answer["condition"], answer["faults"]) == (True, "blocked", ["cover"])
    assert control.events[-1]["faults"] == ["cover"]
    done = print_test(tmp_path / "port")
    assert done.returncode == 1
    assert "打印机上盖打开" in done.stdout
    assert "failed (cover_open)" in done.stdout
    assert control.ask({"cmd": "fault", "name": "cover", "on": False})["condition"] == "ready"


def test_unplugging_removes_the_port_and_replugging_brings_it_back(control: Control, tmp_path: Path) -> None:
    assert not control.ask({"cmd": "fault", "name": "unplug", "on": True})["is_plugged"]
    assert not (tmp_path / "port").exists()
    assert "failed (unplugged)" in print_test(tmp_path / "port").stdout
    assert control.ask({"cmd": "fault", "name": "replug", "on": True})["is_plugged"]
    assert print_test(tmp_path / "port").returncode == 0


def test_the_roll_can_be_looked_at(control: Control, tmp_path: Path) -> None:
    print_test(tmp_path / "port")
    assert control.ask({"cmd": "roll", "png": str(tmp_path / "roll.png")})["ok"]
    assert (
        Image.open(tmp_path / "roll.png").height > Image.open(tmp_path / "paper" / "ticket-0001.png").height
    )


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'"x"',
        b"\xff",
        b'{"cmd": "dance"}',
        b'{"cmd": "fault", "name": "fire", "on": true}',
        b'{"cmd": "fault", "name": "cover", "on": "yes"}',
        b'{"cmd": "fault", "on": true}',
    ],
)
def test_a_bad_order_is_answered_and_the_printer_lives_on(control: Control, line: bytes) -> None:
    answer = control.ask(line)
    assert (answer["ok"], answer["code"]) == (False, "bad_order")
    assert control.ask({"cmd": "status"})["condition"] == "ready"


def test_it_leaves_nothing_behind(program: subprocess.Popen[str], control: Control, tmp_path: Path) -> None:
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=10)
    assert program.returncode == 0
    until(lambda: not (tmp_path / "port").is_symlink(), what="the port's removal")
    assert not (tmp_path / "control").exists()


def test_a_bad_profile_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("inherits: generic_80mm\nname: mine\nqr: {metod: raster}\n")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "printer", "print-test", "--port", "/nowhere"),
            *("--profile", str(tmp_path / "mine.yaml")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"{tmp_path / 'mine.yaml'}:3:6: qr.metod: unknown key, did you mean method?\n"
