"""Masters that are not ours read and write our simulated pads: mbpoll as a program, minimalmodbus as a library (H3)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import minimalmodbus
import pytest

from queue_server.pads.simulator import LineSimulator
from tests.pads import device, simulated_line

pytestmark = pytest.mark.xdist_group("processes")

ROSTER = (
    device("modbus_16key", 5, "pad_5"),
    device("modbus_one_button", 6, "pad_6"),
    device("modbus_window_screen", 41, "window_1"),
    device("modbus_evaluator", 61, "evaluator_1"),
    device("ff68_pad", 2, "pad_2"),
)
BAUD = 9600


@pytest.fixture
def line(tmp_path: Path) -> Iterator[LineSimulator]:
    with simulated_line(tmp_path, ROSTER, BAUD) as simulator:
        yield simulator


def mbpoll(line: LineSimulator, address: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """mbpoll counts registers from 1; `-0` makes it count as everybody does.  3: input, 4: holding."""
    return subprocess.run(
        ["mbpoll", "-m", "rtu", "-a", str(address), "-b", str(BAUD), "-P", "none", "-0", "-q", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def values(done: subprocess.CompletedProcess[str]) -> list[int]:
    assert done.returncode == 0, done.stdout + done.stderr
    return [int(value) for value in re.findall(r"^\[\d+\]:\s+(\d+)", done.stdout, re.MULTILINE)]


@pytest.mark.parametrize("address", [5, 6, 41, 61])
def test_mbpoll_reads_every_kind_of_modbus_device(line: LineSimulator, address: int) -> None:
    protocol, firmware, crc, status, *latch, uptime, serial_high, serial_low = values(
        mbpoll(line, address, "-t", "3", "-r", "0", "-c", "11", "-1", str(line.port_link))
    )
    assert (protocol, firmware, status, latch) == (1, 0x0103, 0, [0, 0, 0xFFFF, 0xFFFF])
    assert uptime < 60
    name = next(each.id for each in ROSTER if each.address == address)
    assert f"{serial_high:04X}{serial_low:04X}" == line.shown(name)["serial"]
    assert f"{crc:04X}" == line.shown(name)["config_crc"]


def test_mbpoll_reads_a_press_and_acknowledges_it(line: LineSimulator) -> None:
    press = line.press("pad_5", "transfer", "101")
    latch = values(mbpoll(line, 5, "-t", "3", "-r", "4", "-c", "4", "-1", str(line.port_link)))
    assert latch == [1, 8, 0xFFFF, 0xF101]
    done = mbpoll(line, 5, "-t", "4", "-r", "0", str(line.port_link), "1", "2", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert line.fate(press["press"]) == "accepted"
    assert line.shown("pad_5")["lamp"] == "blink"


def test_mbpoll_hears_nothing_from_an_address_nobody_has_or_an_ff68_pad(line: LineSimulator) -> None:
    for address in (2, 77):
        done = mbpoll(line, address, "-t", "3", "-r", "0", "-c", "1", "-1", "-o", "0.2", str(line.port_link))
        assert done.returncode != 0 or "timed out" in done.stderr


def test_mbpoll_is_told_that_a_register_is_not_there(line: LineSimulator) -> None:
    done = mbpoll(line, 5, "-t", "4", "-r", "100", "-c", "1", "-1", str(line.port_link))
    assert "Illegal data address" in done.stdout + done.stderr


@pytest.fixture
def minimal(line: LineSimulator) -> Iterator[minimalmodbus.Instrument]:
    instrument = minimalmodbus.Instrument(str(line.port_link), 5)
    instrument.serial.baudrate = BAUD
    instrument.serial.timeout = 2
    yield instrument
    instrument.serial.close()


def test_minimalmodbus_reads_a_press_acknowledges_it_and_shows(
    line: LineSimulator, minimal: minimalmodbus.Instrument
) -> None:
    press = line.press("pad_5", "call_next")
    assert minimal.read_registers(4, 4, functioncode=4) == [1, 1, 0xFFFF, 0xFFFF]
    minimal.write_registers(0, [1, 1, 1, 0, 12, 0xA012])
    shown = line.shown("pad_5")
    assert (shown["number"], shown["waiting"], shown["lamp"], shown["latched"]) == ("A012", 12, "on", None)
    assert line.fate(press["press"]) == "accepted"
    minimal.write_register(1, 0, functioncode=6)
    assert line.shown("pad_5")["lamp"] == "off"


def test_minimalmodbus_writes_text_that_stands_on_the_display(
    line: LineSimulator, minimal: minimalmodbus.Instrument
) -> None:
    text = "请A012号".encode("gb18030").ljust(32, b"\0")
    minimal.write_registers(16, [int.from_bytes(text[place : place + 2], "big") for place in range(0, 32, 2)])
    assert line.shown("pad_5")["lines"][0] == "请A012号"


def test_minimalmodbus_configures_a_pad(line: LineSimulator, minimal: minimalmodbus.Instrument) -> None:
    block = minimal.read_registers(256, 63)
    block[1] = 0x0700
    minimal.write_registers(256, block)
    raw = b"".join(word.to_bytes(2, "big") for word in block)
    crc = minimalmodbus._calculate_crc(raw)
    minimal.write_register(319, crc[1] << 8 | crc[0])
    assert minimal.read_register(2, functioncode=4) == minimal.read_register(319) == crc[1] << 8 | crc[0]
    with pytest.raises(minimalmodbus.SlaveReportedException):
        minimal.write_register(319, 0)
