"""The way to simulated pads, through their port and through their line's running program: read, write, probe (F2, F3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_config.models import BranchFile
from firmware_config.pad_block import block_of, crc16, encode
from firmware_config.pad_profile import load_pad_profile
from firmware_config.rollout.target import NotTaken, Unreachable
from queue_server.pads.control import Order
from queue_server.pads.field import PadLines
from queue_server.pads.simulator import LineSimulator
from tests.line_program import LineProgram
from tests.pads import device, simulated_line
from tests.rollout_hall import small
from tests.waiting import until

NOBODY = "http://127.0.0.1:9"
"""A server that is not there: a line's program runs all the same."""


def branch_on(port: str, baud: int = 115200) -> BranchFile:
    """The small branch with its line on `port`."""
    line = small().devices.lines[0].model_copy(update={"port": port, "baud": baud})
    return small().model_copy(update={"devices": small().devices.model_copy(update={"lines": (line,)})})


def block(branch: BranchFile, name: str, **changes: object) -> bytes:
    """What a device of the branch should run, with some keys changed."""
    found = next(one for one in branch.devices.on_lines if one.id == name)
    return encode(block_of(found.model_copy(update=changes), load_pad_profile(found.profile)))


@pytest.fixture
def line(tmp_path: Path) -> Iterator[LineSimulator]:
    """Everything the small branch has on its line, and a stranger at 77."""
    installed = [device(one.profile, one.address, one.id) for one in small().devices.on_lines]
    with simulated_line(tmp_path, [*installed, device("modbus_16key", 77, "stranger")]) as one:
        yield one


@pytest.fixture
def branch(line: LineSimulator) -> BranchFile:
    return branch_on(str(line.port_link))


@pytest.fixture
def field(branch: BranchFile, tmp_path: Path) -> Iterator[PadLines]:
    found = PadLines(branch, tmp_path / "state", tmp_path)
    yield found
    found.close()


@pytest.fixture
def program(line: LineSimulator, branch: BranchFile, tmp_path: Path) -> Iterator[LineProgram]:
    """The line's program, which has the port to itself."""
    file = tmp_path / "branch.yaml"
    good = Path(__file__).parents[1] / "golden" / "broken_branches" / "good.yaml"
    text = good.read_text(encoding="utf-8").replace(
        "port: /dev/ttyS1", f"port: {line.port_link}, baud: 115200"
    )
    # FF 68 pads speak at 9600 only, and `check` knows.
    lines = [each for each in text.splitlines() if "ff68_pad" not in each]
    file.write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "state").mkdir()
    found = LineProgram(tmp_path / "state", NOBODY, line.port_link, branch=file)
    until(lambda: found.device("window_1")["state"] == "online", 20, "the window screen")
    until(lambda: found.device("pad_1")["state"] == "online", 20, "the pad")
    yield found
    found.stop()


def test_what_a_pad_runs_is_read_and_written_through_the_port(field: PadLines, branch: BranchFile) -> None:
    before = field.read("line_1", "pad_1")
    assert before.crc == crc16(before.block)
    assert before.firmware == "1.3"
    brighter = block(branch, "pad_1", brightness=8)
    field.write("line_1", "pad_1", brighter)
    after = field.read("line_1", "pad_1")
    assert (after.block, after.crc) == (brighter, crc16(brighter))


def test_a_device_that_moves_to_another_address_is_followed(field: PadLines, branch: BranchFile) -> None:
    moved = block(branch, "pad_1", address=9)
    field.write("line_1", "pad_1", moved)
    with pytest.raises(Unreachable, match="nothing answers at address 1"):
        field.read("line_1", "pad_1")
    (found,) = (one for one in field.probe("line_1", (9,), None, 0.0).found if one.address == 9)
    assert (found.device, found.config) == (None, f"{crc16(moved):04X}")


def test_a_block_that_is_none_is_not_taken(field: PadLines) -> None:
    before = field.read("line_1", "pad_1")
    with pytest.raises(NotTaken):
        field.write("line_1", "pad_1", bytes(100))
    assert field.read("line_1", "pad_1").crc == before.crc


def test_through_the_running_program_it_is_the_same_and_presses_go_on(
    program: LineProgram, field: PadLines, branch: BranchFile, line: LineSimulator
) -> None:
    before = field.read("line_1", "pad_1")
    assert before.crc == crc16(before.block)
    brighter = block(branch, "pad_1", brightness=8)
    field.write("line_1", "pad_1", brighter)
    assert field.read("line_1", "pad_1").block == brighter
    assert program.device("pad_1")["state"] in ("online", "fault")
    with pytest.raises(Unreachable, match="line_1 has no device pad_2"):
        field.read("line_1", "pad_2")
    probe = field.probe("line_1", None, None, 0.0)
    assert probe.through == "program"
    found = {one.device: one for one in probe.found}
    assert (found["pad_1"].address, found["pad_1"].config) == (1, f"{crc16(brighter):04X}")
    other = field.probe("line_1", (77,), None, 0.0)
    assert other.detail == "other addresses and speeds need the port"


def test_a_pad_moved_by_the_running_program_is_known_to_run_its_new_block(
    program: LineProgram, field: PadLines, branch: BranchFile, line: LineSimulator
) -> None:
    moved = block(branch, "pad_1", address=9)
    field.write("line_1", "pad_1", moved)
    assert field.read("line_1", "pad_1").crc == crc16(moved)
    assert line.shown("pad_1")["config_crc"] == f"{crc16(moved):04X}"


def test_a_port_that_is_taken_is_refused_with_the_name_of_its_holder(
    program: LineProgram, branch: BranchFile, tmp_path: Path
) -> None:
    elsewhere = PadLines(branch, tmp_path / "another-state", tmp_path)
    with pytest.raises(Unreachable, match=rf"held by .*queue_server.pads run.*\(pid {program.process.pid}\)"):
        elsewhere.read("line_1", "pad_1")
    assert elsewhere.probe("line_1", None, None, 0.0).through is None


def test_a_program_that_was_killed_leaves_a_socket_that_keeps_nobody_out(
    program: LineProgram, field: PadLines
) -> None:
    program.kill()
    assert program.control.exists()
    assert field.read("line_1", "pad_1").firmware == "1.3"


def test_a_port_that_is_not_there_is_named(tmp_path: Path) -> None:
    field = PadLines(branch_on("nowhere"), tmp_path, tmp_path)
    with pytest.raises(Unreachable, match="nowhere cannot be opened"):
        field.read("line_1", "pad_1")


def test_probe_finds_what_answers_and_names_who_is_silent(field: PadLines, line: LineSimulator) -> None:
    line.fault("silence", "window_1")
    probe = field.probe("line_1", (76, 77), None, 0.0)
    assert [(one.address, one.device, one.firmware) for one in probe.found] == [
        (1, "pad_1", "1.3"),
        (61, "evaluator_1", "1.3"),
        (77, None, "1.3"),
    ]
    assert (probe.silent, probe.mute) == (("window_1",), ("pad_2",))


def test_an_ff_68_pad_is_heard_when_somebody_presses_a_key(field: PadLines, line: LineSimulator) -> None:
    # It says a press three times when nobody answers; whichever of them comes while we listen will do.
    found = []
    for _ in range(5):
        line.press("pad_2", "call_next")
        found = [one for one in field.probe("line_1", None, None, 1.0).found if one.protocol == "ff68"]
        if found:
            break
    assert [(one.address, one.device) for one in found] == [(2, "pad_2")]


def test_probe_finds_devices_at_another_speed(line: LineSimulator, tmp_path: Path) -> None:
    field = PadLines(branch_on(str(line.port_link), baud=9600), tmp_path, tmp_path)
    assert field.probe("line_1", None, None, 0.0).found == ()
    probe = field.probe("line_1", None, (19200, 115200), 0.0)
    field.close()
    assert {(one.device, one.baud) for one in probe.found} == {
        ("pad_1", 115200),
        ("window_1", 115200),
        ("evaluator_1", 115200),
    }


def test_probe_sends_questions_only(line: LineSimulator, tmp_path: Path) -> None:
    log = tmp_path / "wire.log"
    field = PadLines(branch_on(f"spy://{line.port_link}?file={log}"), tmp_path, tmp_path)
    assert len(field.probe("line_1", tuple(range(1, 6)), None, 0.1).found) == 3
    field.close()
    sent = re.findall(r" TX +\d{4} +([0-9A-F ]+?)  ", log.read_text())
    assert len(sent) >= 7
    # Address, function 4: read input registers.
    assert {frame.split()[1] for frame in sent} == {"04"}


def test_noise_on_the_line_is_asked_through(field: PadLines, line: LineSimulator, branch: BranchFile) -> None:
    line.fault("noise", amount=0.002)
    brighter = block(branch, "window_1", brightness=7)
    for _ in range(8):
        try:
            field.write("line_1", "window_1", brighter)
            break
        except (NotTaken, Unreachable):
            continue
    line.fault("noise", on=False)
    assert field.read("line_1", "window_1").block == brighter


def test_the_orders_sent_are_those_a_program_takes() -> None:
    for order in (
        {"do": "status"},
        {"do": "read_config", "device": "pad_1"},
        {"do": "write_config", "device": "pad_1", "block": bytes(126).hex()},
    ):
        assert Order.model_validate(order)
