"""`python -m queue_server.pads simulate` as a program: its control socket, its memory, and its end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.pads.simulator.modbus_frames import framed
from queue_server.pads.simulator.roster import of_branch
from tests.conftest import BRANCHES
from tests.pads import ROOT, PadControl, RawMaster, simulator_program
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("processes")

DEVICES = (
    *("--device", "modbus_16key:5:pad_5", "--device", "modbus_one_button:6:pad_6"),
    *("--device", "modbus_evaluator:61:evaluator_1", "--device", "ff68_pad:2:pad_2"),
    *("--baud", "115200"),
)
LATCH = framed(bytes.fromhex("05 04 00 04 00 04"))


@pytest.fixture
def program(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], PadControl]]:
    with simulator_program(tmp_path, *DEVICES) as started:
        yield started


@pytest.fixture
def control(program: tuple[subprocess.Popen[str], PadControl]) -> PadControl:
    return program[1]


@pytest.fixture
def master(program: tuple[subprocess.Popen[str], PadControl], tmp_path: Path) -> Iterator[RawMaster]:
    raw = RawMaster(tmp_path / "port")
    yield raw
    raw.close()


def test_the_first_line_is_the_whole_state(control: PadControl) -> None:
    state = control.event("state")
    assert (state["is_plugged"], state["baud"], state["line_faults"]) == (True, 115200, [])
    assert [each["device"] for each in state["devices"]] == ["pad_5", "pad_6", "evaluator_1", "pad_2"]
    assert state["devices"][0]["is_on"]


def test_a_press_is_told_from_finger_to_verdict(control: PadControl, master: RawMaster) -> None:
    press = control.press("pad_5", "transfer", "101")
    assert control.event("press", press=press)["fate"] == "latched"
    master.ask(LATCH)
    assert control.event("press", press=press, fate="told")["argument"] == "101"
    master.ask(framed(bytes.fromhex("05 10 00 00 00 07 0E 00 01 00 01 00 02 00 00 00 03 A0 12 30 37")))
    control.event("press", press=press, fate="acknowledged")
    assert control.event("beep", device="pad_5")["beep"] == "rejected"
    control.event("press", press=press, fate="rejected")
    shown = control.event("device", device="pad_5", lamp="on")
    assert (shown["number"], shown["waiting"], shown["code"], shown["latched"]) == ("A012", 3, "07", None)


def test_one_button_is_pressed_held_and_pressed_twice(control: PadControl) -> None:
    control.ask({"cmd": "press", "device": "pad_6"})
    control.event("press", device="pad_6", key="press", fate="latched")
    control.ask({"cmd": "double", "device": "pad_6"})
    control.event("press", device="pad_6", key="double", fate="latched")
    control.ask({"cmd": "hold", "device": "pad_6"})
    control.event("press", device="pad_6", key="long", fate="latched")


def test_an_evaluator_is_rated_when_it_asks(control: PadControl, master: RawMaster) -> None:
    assert control.ask({"cmd": "rate", "device": "evaluator_1", "score": 1})["fate"] == "refused"
    master.ask(framed(bytes.fromhex("3D 06 00 03 00 01")))
    assert control.event("device", device="evaluator_1", asks_rating=True)
    assert control.ask({"cmd": "rate", "device": "evaluator_1", "score": 4})["fate"] == "latched"
    assert not control.event("device", device="evaluator_1", asks_rating=False)["asks_rating"]


def test_faults_are_switched_and_told(control: PadControl, tmp_path: Path) -> None:
    answer = control.ask({"cmd": "fault", "name": "silence", "device": "pad_5", "on": True})
    assert answer["ok"]
    assert control.event("device", device="pad_5", faults=["silence"])
    answer = control.ask({"cmd": "fault", "name": "noise", "on": True, "amount": 0.1})
    assert answer["line_faults"] == ["noise"]
    assert control.ask({"cmd": "unplug"})["is_plugged"] is False
    assert not (tmp_path / "port").is_symlink()
    assert control.ask({"cmd": "replug"})["is_plugged"] is True
    assert control.event("line", is_plugged=False)
    assert control.ask({"cmd": "fault", "name": "silence", "device": "pad_5", "on": False})["ok"]
    assert control.shown("pad_5")["faults"] == []


def test_a_spare_pad_has_another_serial_and_no_presses(control: PadControl, master: RawMaster) -> None:
    control.press("pad_5", "call_next")
    old = control.shown("pad_5")
    assert control.ask({"cmd": "swap", "device": "pad_5"})["ok"]
    until(lambda: control.shown("pad_5")["is_on"], 10, "the spare being on")
    new = control.shown("pad_5")
    assert new["serial"] != old["serial"]
    assert (new["sequence"], new["latched"]) == (0, None)


@pytest.mark.parametrize(
    "order",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 30_000,
        b'{"cmd": "dance"}',
        b'{"cmd": "press", "device": "pad_9", "key": "call_next"}',
        b'{"cmd": "press", "device": "pad_5", "key": "dance"}',
        b'{"cmd": "press", "device": "pad_5", "key": 3}',
        b'{"cmd": "press", "device": "pad_5", "key": "recall", "argument": "x"}',
        b'{"cmd": "press", "device": "pad_5", "key": "recall", "argument": "123456789"}',
        b'{"cmd": "hold", "device": []}',
        b'{"cmd": "rate", "device": "evaluator_1", "score": 99}',
        b'{"cmd": "fault", "name": "rain", "on": true}',
        b'{"cmd": "fault", "name": "noise", "on": 1}',
        b'{"cmd": "fault", "name": "noise", "on": true, "amount": "much"}',
        b'{"cmd": "fault", "name": "tamper", "on": true, "device": 5}',
    ],
)
def test_a_bad_order_is_answered_and_changes_nothing(control: PadControl, order: bytes) -> None:
    answer = control.ask(order)
    assert (answer["ok"], answer["code"]) == (False, "bad_order")
    assert answer["message"]
    assert control.ask({"cmd": "status"})["ok"]


def test_a_client_that_never_reads_is_hung_up_on_and_holds_nobody_up(
    control: PadControl, tmp_path: Path
) -> None:
    deaf = socket.socket(socket.AF_UNIX)
    deaf.connect(str(tmp_path / "control"))
    for _ in range(2500):
        control.ask({"cmd": "fault", "name": "tamper", "device": "pad_5", "on": True})
        control.ask({"cmd": "fault", "name": "tamper", "device": "pad_5", "on": False})
        control.events.clear()
    assert control.ask({"cmd": "status"})["ok"]
    deaf.settimeout(20)
    while deaf.recv(65536):
        pass
    deaf.close()


def test_a_killed_simulator_keeps_what_pads_keep(
    program: tuple[subprocess.Popen[str], PadControl], master: RawMaster, tmp_path: Path
) -> None:
    process, control = program
    block = bytearray(126)
    block[:4] = 1, 5, 8, 0
    crc = framed(bytes(block))[-2:]
    for first in range(0, 63, 21):
        piece = bytes(block[2 * first : 2 * first + 42])
        asked = bytes([5, 16, 1, first, 0, 21, 42]) + piece
        assert master.ask(framed(asked)) == framed(asked[:6])
    commit = framed(bytes([5, 6, 1, 63, crc[1], crc[0]]))
    assert master.ask(commit) == commit
    press = control.press("pad_5", "call_next")
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with simulator_program(tmp_path, *DEVICES) as (_, again):
        shown = again.shown("pad_5")
        assert shown["config_crc"] == f"{crc[1]:02X}{crc[0]:02X}"
        assert (shown["sequence"], shown["latched"]["press"]) == (1, press)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told_to_in_the_middle_of_traffic(
    program: tuple[subprocess.Popen[str], PadControl],
    master: RawMaster,
    tmp_path: Path,
    ending: signal.Signals,
) -> None:
    process, control = program
    control.ask({"cmd": "fault", "name": "noise", "on": True, "amount": 0.5})
    control.ask({"cmd": "fault", "name": "stuck_key", "device": "pad_2", "on": True})
    master.write(LATCH * 50)
    process.send_signal(ending)
    assert process.wait(10) == 0
    assert not (tmp_path / "port").is_symlink()
    assert not (tmp_path / "control").exists()


def test_a_whole_line_of_the_virtual_branch_is_there(tmp_path: Path) -> None:
    branch = str(BRANCHES / "virtual.yaml")
    line, installed = of_branch(BRANCHES / "virtual.yaml", "line_1")
    with simulator_program(tmp_path, "--branch", branch, "--line", "line_1") as (_, control):
        status = control.ask({"cmd": "status"})
        assert [each["device"] for each in status["devices"]] == [each.id for each in installed]
        assert status["baud"] == line.baud


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--branch", str(BRANCHES / "virtual.yaml"), "--line", "line_9"), "no line 'line_9'"),
        (("--device", "modbus_16key:0"), "expected PROFILE:ADDRESS"),
        (("--device", "no_such_pad:1"), "no_such_pad"),
        (("--device", "ff68_pad:1:a", "--device", "ff68_pad:2:a"), "a is there twice"),
        ((), "either --branch and --line, or --device"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "queue_server.pads",
            "simulate",
            *arguments,
            "--port-link",
            str(tmp_path / "port"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
