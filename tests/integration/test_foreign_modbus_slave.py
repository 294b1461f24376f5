"""Our driver works a Modbus slave that is not ours: libmodbus, in a process of its own (H3)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from firmware_config.printer_profile import SerialLine
from queue_server.pads.faces import Face
from queue_server.pads.heard import Accepted, Heard, Pressed, Rejected, Seen
from queue_server.pads.line import Line
from tests.pads import ROOT, cable, device
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("processes")

BAUD = 19200
PAD = device("modbus_16key", 5, "pad_5")
ACKNOWLEDGE, LAMP, LINE_1 = 0, 1, 16


class Slave:
    """libmodbus at the far end of the cable."""

    def __init__(self, port: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.foreign_slave", str(port), str(BAUD), "5"],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._answer()

    def inputs(self, registers: dict[int, int]) -> None:
        self._ask({"inputs": registers})

    def holding(self, first: int, count: int) -> list[int]:
        values: list[int] = self._ask({"holding": [first, count]})
        return values

    def holds(self, place: int, value: int) -> bool:
        return self.holding(place, 1) == [value]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())


class Ear:
    """Everything the line tells."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._queue: SimpleQueue[Heard] = SimpleQueue()

    def __call__(self, heard: Heard) -> None:
        self._queue.put(heard)

    def presses(self) -> list[Pressed]:
        return [heard for heard in self._all() if isinstance(heard, Pressed)]

    def has_told(self, presses: int) -> bool:
        return len(self.presses()) == presses

    def states(self) -> list[Seen]:
        return [heard for heard in self._all() if isinstance(heard, Seen)]

    def _all(self) -> list[Heard]:
        while not self._queue.empty():
            self.heard.append(self._queue.get())
        return self.heard


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    with cable(tmp_path) as ends:
        yield ends


@pytest.fixture
def slave(ports: tuple[Path, Path]) -> Iterator[Slave]:
    slave = Slave(ports[1])
    slave.inputs({0: 1, 1: 0x0203, 6: 0xFFFF, 7: 0xFFFF, 9: 0, 10: 77})
    yield slave
    slave.kill()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def line(ports: tuple[Path, Path], slave: Slave, ear: Ear) -> Iterator[Line]:
    line = Line(str(ports[0]), SerialLine(baud=BAUD), [PAD], ear)
    line.start()
    yield line
    line.stop()


def test_it_is_seen_with_its_firmware_and_its_configuration_is_read(
    line: Line, slave: Slave, ear: Ear
) -> None:
    until(lambda: ear.states() and ear.states()[-1].state == "online", what="the foreign pad being seen")
    assert ear.states()[-1].firmware == "2.3"
    assert line.read_config("pad_5").result(10) == bytes(126)


def test_its_press_is_told_once_and_acknowledged_with_all_there_is_to_show(
    line: Line, slave: Slave, ear: Ear
) -> None:
    until(lambda: line.answering() == ("pad_5",), what="the foreign pad answering")
    # The sequence last: until it differs, what stands beside it counts for nothing.
    slave.inputs({5: 8, 6: 0xFFFF, 7: 0xF101})
    slave.inputs({4: 1})
    (press,) = until(ear.presses, what="the press being told")
    assert (press.device, press.key, press.argument, press.sequence) == ("pad_5", "transfer", "101", 1)
    line.settle(press.press_id, Accepted())
    line.show("pad_5", Face(number="A012", waiting=3, lamp="blink", line1="A012"))
    until(lambda: slave.holding(ACKNOWLEDGE, 1) == [1], what="the acknowledgement")
    until(lambda: slave.holding(LAMP, 1) == [2], what="the lamp")
    until(lambda: slave.holding(LINE_1, 3) == [0x4130, 0x3132, 0], what="the text")
    assert len(ear.presses()) == 1


def test_every_press_of_many_is_told_once_and_in_order(line: Line, slave: Slave, ear: Ear) -> None:
    until(lambda: line.answering() == ("pad_5",), what="the foreign pad answering")
    for sequence in range(1, 31):
        slave.inputs({5: 1 + sequence % 7})
        slave.inputs({4: sequence})
        until(partial(ear.has_told, sequence), what=f"press {sequence} being told")
        line.settle(ear.presses()[-1].press_id, Rejected("20"))
        until(partial(slave.holds, ACKNOWLEDGE, sequence), what="its acknowledgement")
    keys = PAD.profile.keys
    assert [press.key for press in ear.presses()] == [keys[1 + sequence % 7] for sequence in range(1, 31)]


def test_a_slave_that_dies_is_offline(line: Line, slave: Slave, ear: Ear) -> None:
    until(lambda: line.answering() == ("pad_5",), what="the foreign pad answering")
    slave.kill()
    until(lambda: ear.states()[-1].state == "offline", what="the foreign pad being offline")
    assert ear.states()[-1].fault == "no_answer"
