"""A line's own thread on a real pseudo-terminal: ports that come and go, a speed that is wrong, an end that ends (H3)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from firmware_config.printer_profile import SerialLine
from queue_server.pads.faces import Face
from queue_server.pads.heard import Accepted, Heard, LineSeen, Pressed
from queue_server.pads.jobs import NoAnswer
from queue_server.pads.line import Line
from tests.pads import device, simulated_line
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("processes")

BAUD = 38400
DEVICES = tuple(
    device(profile, address, f"pad_{address}")
    for address, profile in enumerate(
        ("modbus_16key", "ff68_pad", "modbus_one_button", "modbus_window_screen"), 1
    )
)


class Desk:
    """A line and what it told; every press is accepted at once."""

    def __init__(self, folder: Path, baud: int = BAUD) -> None:
        self.heard: list[Heard] = []
        self.line = Line(str(folder / "port"), SerialLine.model_validate({"baud": baud}), DEVICES, self._hear)

    def _hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        if isinstance(heard, Pressed):
            self.line.settle(heard.press_id, Accepted())

    def line_states(self) -> list[tuple[str, str | None]]:
        return [(heard.state, heard.fault) for heard in self.heard if isinstance(heard, LineSeen)]

    def presses(self) -> list[str]:
        return [heard.device for heard in self.heard if isinstance(heard, Pressed)]

    def is_whole(self) -> bool:
        return len(self.line.answering()) == len(DEVICES)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.line.start()
    yield desk
    desk.line.stop()


def told(desk: Desk, state: str, fault: str | None) -> Callable[[], bool]:
    return lambda: bool(desk.line_states()) and desk.line_states()[-1] == (state, fault)


def test_a_port_that_comes_later_is_opened_when_it_comes(desk: Desk, tmp_path: Path) -> None:
    until(told(desk, "offline", "unplugged"), what="the missing port being told")
    with simulated_line(tmp_path, DEVICES, BAUD):
        until(desk.is_whole, what="every device answering")
        assert desk.line_states() == [("offline", "unplugged"), ("online", None)]


def test_an_adapter_pulled_again_and_again_loses_and_doubles_no_press_and_every_face_comes_back(
    desk: Desk, tmp_path: Path
) -> None:
    with simulated_line(tmp_path, DEVICES, BAUD) as simulator:
        until(desk.is_whole, what="every device answering")
        desk.line.show("pad_4", Face(line1="A012", line2="请到1号窗口"))
        made = []
        for turn in range(4):
            made.append(simulator.press("pad_1", "call_next")["press"])
            simulator.unplug()
            until(told(desk, "offline", "unplugged"), what="the pulled adapter being told")
            assert desk.line.answering() == ()
            made.append(simulator.press("pad_3")["press"])
            simulator.reboot("pad_4")
            simulator.replug()
            until(told(desk, "online", None), what="the adapter being found again")
            until(partial(_all_accepted, simulator.fate, made), 20, f"the presses of turn {turn}")
        assert sorted(desk.presses()) == sorted(["pad_1", "pad_3"] * 4)
        until(
            lambda: simulator.shown("pad_4")["lines"] == ["A012", "请到1号窗口"], what="the face coming back"
        )


def _all_accepted(fate: Callable[[str], str], made: list[str]) -> bool:
    return all(fate(press) == "accepted" for press in made)


def test_a_line_at_the_wrong_speed_is_named_with_the_right_one(tmp_path: Path) -> None:
    with simulated_line(tmp_path, DEVICES, 19200):
        desk = Desk(tmp_path, 9600)
        desk.line.start()
        until(told(desk, "fault", "wrong_speed"), 60, "the wrong speed being told")
        words = [heard.detail for heard in desk.heard if isinstance(heard, LineSeen)]
        assert words[-1] == "devices answer at 19200 baud; the line is set to 9600"
        assert desk.presses() == []
        desk.line.stop()


def test_a_line_where_everybody_is_without_power_is_at_no_wrong_speed(desk: Desk, tmp_path: Path) -> None:
    with simulated_line(tmp_path, DEVICES, BAUD) as simulator:
        until(desk.is_whole, what="every device answering")
        simulator.fault("silence")
        until(lambda: not desk.line.answering(), what="every device being offline")
        simulator.fault("silence", on=False)
        until(desk.is_whole, 30, "every device answering again")
        assert "wrong_speed" not in {fault for _, fault in desk.line_states()}


def test_a_configuration_is_read_and_a_pulled_adapter_ends_its_reading(desk: Desk, tmp_path: Path) -> None:
    with simulated_line(tmp_path, DEVICES, BAUD) as simulator:
        until(desk.is_whole, what="every device answering")
        block = desk.line.read_config("pad_1").result(20)
        assert len(block) == 126
        crc = desk.line.configure("pad_1", block).result(20)
        assert simulator.shown("pad_1")["config_crc"] == f"{crc:04X}"
        simulator.unplug()
        until(told(desk, "offline", "unplugged"), what="the pulled adapter being told")
        with pytest.raises(NoAnswer):
            desk.line.read_config("pad_1").result(20)


def test_a_device_that_holds_no_configuration_is_refused_in_words(desk: Desk) -> None:
    with pytest.raises(ValueError, match="holds no configuration"):
        desk.line.configure("pad_2", bytes(126))


@pytest.mark.parametrize("is_there", [False, True])
def test_a_line_ends_when_it_is_told_to_with_and_without_a_port(tmp_path: Path, is_there: bool) -> None:
    desk = Desk(tmp_path)
    with contextlib.ExitStack() as stack:
        if is_there:
            stack.enter_context(simulated_line(tmp_path, DEVICES, BAUD))
        desk.line.start()
        until(desk.is_whole if is_there else desk.line_states, what="the line at work")
        desk.line.stop()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("pad line")]
