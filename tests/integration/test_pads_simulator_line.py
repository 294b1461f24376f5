"""The simulated line on a real pseudo-terminal: true speed, collisions, and every fault as raw bytes on the wire."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.pads.simulator import DEVICE_FAULTS, LINE_FAULTS, LineSimulator
from queue_server.pads.simulator.ff68_frames import Frame, FrameFinder
from queue_server.pads.simulator.modbus_frames import framed
from tests.pads import RawMaster, device, fate_of, raw_master, simulated_line
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("processes")

POLL = bytes.fromhex("05 04 00 04 00 04 B1 8C")
"""Address 5: input registers 4 to 7."""

NEVER_PRESSED = bytes.fromhex("05 04 08 00 00 00 00 FF FF FF FF 30 A9")
PRESSED = framed(bytes.fromhex("05 04 08 00 01 00 01 FF FF FF FF"))
CALL = bytes.fromhex("FF 68 03 03 68 02 01 0C 0F 16")
"""From address 2: call."""

ROSTER = (
    device("modbus_16key", 5, "pad_5"),
    device("ff68_pad", 2, "pad_2"),
    device("ff68_pad", 3, "pad_3"),
    device("modbus_window_screen", 41, "window_1"),
    device("ff68_evaluator", 62, "evaluator_2"),
)
NO_ANSWER_S = 0.3


@pytest.fixture
def line(tmp_path: Path) -> Iterator[LineSimulator]:
    with simulated_line(tmp_path, ROSTER) as simulator:
        yield simulator


@pytest.fixture
def master(line: LineSimulator) -> Iterator[RawMaster]:
    with raw_master(line) as raw:
        yield raw


def answers(master: RawMaster, wanted: int = 1) -> bytes:
    """What a pad of which nobody knows when it is there answers."""
    return until(lambda: master.ask(POLL, NO_ANSWER_S), 20, "an answer")


def test_the_poll_is_answered_and_the_answer_is_the_golden_one(master: RawMaster) -> None:
    assert framed(POLL[:-2]) == POLL
    assert framed(NEVER_PRESSED[:-2]) == NEVER_PRESSED
    assert master.ask(POLL) == NEVER_PRESSED


def test_bytes_travel_no_faster_than_ten_bits_each_in_both_directions(tmp_path: Path) -> None:
    with simulated_line(tmp_path, ROSTER, 2400) as line, raw_master(line) as master:
        started_at = time.monotonic()
        assert master.ask(POLL) == NEVER_PRESSED
        took_s = time.monotonic() - started_at
    assert took_s >= (len(POLL) + 3.5 + len(NEVER_PRESSED)) * 10 / 2400


def test_a_press_is_told_to_whoever_polls(line: LineSimulator, master: RawMaster) -> None:
    press = line.press("pad_5", "call_next")
    assert press["fate"] == "latched"
    assert master.ask(POLL) == PRESSED
    assert line.fate(press["press"]) == "told"
    assert master.ask(framed(bytes.fromhex("05 06 00 00 00 01"))) == framed(
        bytes.fromhex("05 06 00 00 00 01")
    )
    fate_of(line, press, "acknowledged")


def test_an_ff68_pad_talks_unasked_until_it_is_echoed(line: LineSimulator, master: RawMaster) -> None:
    press = line.press("pad_2", "call_next")
    assert master.read() == CALL
    master.write(CALL)
    fate_of(line, press, "accepted")
    assert master.read(NO_ANSWER_S) == b""


def test_two_ff68_pads_pressed_at_once_are_both_heard(line: LineSimulator, master: RawMaster) -> None:
    presses = [line.press("pad_2", "call_next"), line.press("pad_3", "recall")]
    finder = FrameFinder()

    def echo_all() -> bool:
        for frame in finder.take(master.read(0.05)):
            master.write(frame.encoded())
        return all(line.fate(press["press"]) == "accepted" for press in presses)

    until(echo_all, 10, "both presses being accepted")


def test_an_ff68_pad_gets_a_word_in_between_polls_that_leave_a_pause(
    line: LineSimulator, master: RawMaster
) -> None:
    press = line.press("pad_2", "call_next")
    heard = b""
    for _ in range(50):
        # RawMaster listens for 40 ms after each answer: a pause long enough.
        heard += master.ask(POLL)
        if CALL in heard:
            break
    assert CALL in heard
    master.write(CALL)
    fate_of(line, press, "accepted")


# --- faults ---------------------------------------------------------------------------------------------------------------


def test_noise_damages_some_answers_and_leaves_others_whole(line: LineSimulator, master: RawMaster) -> None:
    line.fault("noise", amount=0.03)
    seen = set()
    for _ in range(100):
        seen.add(master.ask(POLL, NO_ANSWER_S))
        if NEVER_PRESSED in seen and len(seen) > 3:
            break
    assert NEVER_PRESSED in seen
    assert len(seen) > 3
    line.fault("noise", on=False)
    until(lambda: master.ask(POLL, NO_ANSWER_S) == NEVER_PRESSED, 10, "a whole answer")


def test_noise_at_one_device_leaves_the_others_alone(line: LineSimulator, master: RawMaster) -> None:
    line.fault("noise", "window_1", amount=1.0)
    window = framed(bytes.fromhex("29 04 00 04 00 04"))
    assert master.ask(window, NO_ANSWER_S) == b""
    assert master.ask(POLL) == NEVER_PRESSED


def test_lost_frames_are_not_answered_and_chance_is_the_seed_s(tmp_path: Path) -> None:
    def pattern(seed: int) -> list[bool]:
        with (
            simulated_line(tmp_path / str(seed), ROSTER, seed=seed) as line,
            raw_master(line) as master,
        ):
            line.fault("loss", "pad_5", amount=0.5)
            return [bool(master.ask(POLL, NO_ANSWER_S)) for _ in range(12)]

    first = pattern(1)
    assert {True, False} == set(first)
    assert pattern(1) == first
    assert pattern(2) != first


def test_a_delayed_answer_comes_late_and_whole(line: LineSimulator, master: RawMaster) -> None:
    line.fault("delay", "pad_5", amount=0.3)
    started_at = time.monotonic()
    assert master.ask(POLL) == NEVER_PRESSED
    assert time.monotonic() - started_at >= 0.3


def test_a_silent_pad_says_nothing_and_forgets_nothing(line: LineSimulator, master: RawMaster) -> None:
    line.fault("silence", "pad_5")
    line.press("pad_5", "call_next")
    assert master.ask(POLL, NO_ANSWER_S) == b""
    line.fault("silence", "pad_5", on=False)
    assert master.ask(POLL) == PRESSED


def test_a_pad_that_reboots_in_mid_frame_stops_there_and_comes_back_with_its_press(
    line: LineSimulator, master: RawMaster
) -> None:
    line.press("pad_5", "call_next")
    line.fault("reboot", "pad_5")
    assert master.ask(POLL) == PRESSED[: len(PRESSED) // 2]
    until(
        lambda: not line.shown("pad_5")["is_on"] or line.shown("pad_5")["uptime_s"] == 0,
        5,
        "the pad being off",
    )
    assert answers(master) == PRESSED
    assert line.shown("pad_5")["faults"] == []


def test_an_ff68_pad_that_reboots_in_mid_frame_has_lost_its_press(
    line: LineSimulator, master: RawMaster
) -> None:
    line.fault("reboot", "pad_2")
    press = line.press("pad_2", "call_next")
    assert master.read() == CALL[: len(CALL) // 2]
    fate_of(line, press, "lost")


def test_a_repeated_answer_comes_twice(line: LineSimulator, master: RawMaster) -> None:
    line.fault("repeated", "pad_5")
    assert master.ask(POLL) == NEVER_PRESSED * 2
    line.fault("repeated", "pad_2", amount=2)
    line.press("pad_2", "call_next")
    assert master.read() == CALL * 3


def test_half_a_frame_is_the_first_half(line: LineSimulator, master: RawMaster) -> None:
    line.fault("half", amount=1.0)
    assert master.ask(POLL) == NEVER_PRESSED[:6]
    line.press("pad_2", "call_next")
    assert master.read() == CALL[:5]


def test_a_pad_at_another_speed_is_deaf_and_what_it_says_is_garbage(
    line: LineSimulator, master: RawMaster
) -> None:
    line.fault("wrong_baud", "pad_5", amount=38400)
    assert master.ask(POLL, NO_ANSWER_S) == b""
    line.fault("wrong_baud", "pad_2", amount=57600)
    line.press("pad_2", "call_next")
    garbage = master.read()
    assert garbage
    assert CALL not in garbage
    with ExitStack() as stack:
        slow = RawMaster(line.port_link, 38400)
        stack.callback(slow.close)
        assert slow.ask(POLL) == NEVER_PRESSED


def test_a_program_at_another_speed_hears_no_answer_to_what_nobody_understood(
    line: LineSimulator, master: RawMaster
) -> None:
    slow = RawMaster(line.port_link, 9600)
    assert slow.ask(POLL, NO_ANSWER_S) == b""
    slow.close()
    with raw_master(line) as again:
        assert again.ask(POLL) == NEVER_PRESSED


def test_two_devices_with_one_address_garble_each_other(line: LineSimulator, master: RawMaster) -> None:
    line.fault("duplicate_address", "pad_5")
    heard = [master.ask(POLL) for _ in range(10)]
    assert any(answer != NEVER_PRESSED for answer in heard)
    line.fault("duplicate_address", "pad_5", on=False)
    assert master.ask(POLL) == NEVER_PRESSED


def test_what_the_sensors_find_stands_in_the_status_register(line: LineSimulator, master: RawMaster) -> None:
    status = framed(bytes.fromhex("05 04 00 03 00 01"))
    line.fault("tamper", "pad_5")
    line.fault("low_voltage", "pad_5")
    assert master.ask(status) == framed(bytes.fromhex("05 04 02 00 03"))
    line.fault("stuck_key", "pad_5", amount=0.0)
    until(
        lambda: master.ask(status) == framed(bytes.fromhex("05 04 02 00 07")), 5, "the stuck key being told"
    )


def test_a_stuck_ff68_key_is_said_again_and_again(line: LineSimulator, master: RawMaster) -> None:
    line.fault("stuck_key", "pad_2")
    heard = b""
    for _ in range(8):
        heard += master.read()
        master.write(CALL)
    assert heard == CALL * 8


def test_pulling_the_adapter_ends_the_port_and_a_press_meanwhile_is_still_there(
    line: LineSimulator, master: RawMaster
) -> None:
    line.unplug()
    assert not line.port_link.is_symlink()
    with pytest.raises(OSError, match="Errno 5"):
        master.read()
    line.press("pad_5", "call_next")
    line.replug()
    with raw_master(line) as again:
        assert again.ask(POLL) == PRESSED


def test_the_power_goes_at_the_write_it_was_told_and_no_answer_comes(
    line: LineSimulator, master: RawMaster
) -> None:
    line.fault("power_cut", "pad_5", amount=2)
    two_words = framed(bytes.fromhex("05 10 01 00 00 02 04 AA AA BB BB"))
    assert master.ask(two_words, NO_ANSWER_S) == b""
    assert answers(master) == NEVER_PRESSED
    assert line.shown("pad_5")["faults"] == []


@pytest.mark.parametrize(
    ("name", "on", "words"),
    [
        ("rain", None, "there is no fault 'rain'"),
        ("tamper", None, "there is no fault 'tamper'"),
        ("unplug", "pad_5", "there is no fault 'unplug'"),
        ("tamper", "pad_2", "cannot have 'tamper'"),
        ("stuck_key", "window_1", "no key that could be stuck"),
        ("noise", "pad_9", "there is no device 'pad_9'"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_in_words(
    line: LineSimulator, name: str, on: str | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        line.fault(name, on)


def test_every_fault_can_be_switched_on_and_off_again(line: LineSimulator, master: RawMaster) -> None:
    for name in LINE_FAULTS:
        line.fault(name)
        line.fault(name, on=False)
    for name in DEVICE_FAULTS:
        line.fault(name, "pad_5")
        line.fault(name, "pad_5", on=False)
    status = line.status()
    assert status["line_faults"] == []
    assert [each["faults"] for each in status["devices"]] == [[]] * len(ROSTER)
    with raw_master(line) as again:
        assert answers(again) in (NEVER_PRESSED, PRESSED)


# --- anything at all ------------------------------------------------------------------------------------------------------


def told(line: LineSimulator) -> list[object]:
    return [
        {name: value for name, value in each.items() if name != "uptime_s"}
        for each in line.status()["devices"]
    ]


def test_no_bytes_upset_the_line_or_change_a_device_they_are_not_for(tmp_path: Path) -> None:
    with simulated_line(tmp_path, ROSTER) as line, raw_master(line) as master:
        before = told(line)

        @settings(max_examples=25)
        @given(st.binary(min_size=1, max_size=400).filter(lambda data: b"\xff\x68" not in data))
        def any_bytes(data: bytes) -> None:
            master.write(data)
            master.read(0.01)
            assert told(line) == before

        any_bytes()
        assert master.ask(POLL) == NEVER_PRESSED
        show = Frame(2, 2, bytes([10, 1, 2, 0, 3, 4])).encoded()
        assert master.ask(b"\x00\xff\x68\x03" + show) == show
        assert line.shown("pad_2")["number"] == "034"


def test_nothing_written_faster_than_it_travels_is_lost(tmp_path: Path) -> None:
    with simulated_line(tmp_path, ROSTER, 38400) as line, raw_master(line) as master:
        shows = [Frame(2, 2, bytes([10, 0, digit, 0, 0, digit])).encoded() for digit in range(10)]
        # Devices that echo would be talked over: these are for somebody who is not there.
        master.write(b"".join(Frame(9, 2, show[7:13]).encoded() for show in shows) * 10 + shows[7])
        assert master.read() == shows[7]
        assert line.shown("pad_2")["waiting"] == 7
