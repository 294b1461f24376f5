"""Simulated devices driven by hand: no wire, no thread, and a clock that is an argument.

The frames here are made by the simulator's own codec; `test_foreign_modbus_masters` and the golden bytes judge that.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config import pad_block
from queue_server.pads.simulator.device import Device
from queue_server.pads.simulator.ff68_device import Ff68Device
from queue_server.pads.simulator.ff68_frames import Frame
from queue_server.pads.simulator.flash import PowerCut
from queue_server.pads.simulator.modbus_device import ModbusDevice
from queue_server.pads.simulator.modbus_frames import crc16, framed
from queue_server.pads.simulator.settings_block import factory_block
from tests.pads import device

ADDRESS = 5
SERIAL = 0x12345678
MODBUS = ("modbus_16key", "modbus_one_button", "modbus_window_screen", "modbus_evaluator")
FF68 = ("ff68_pad", "ff68_one_button", "ff68_window_screen", "ff68_evaluator")


class Bench:
    """One device on a table: what it said, what it told, and the time."""

    def __init__(self, profile: str, state_dir: Path | None = None, **changes: Any) -> None:
        self.told: list[dict[str, Any]] = []
        self.now = 1000.0
        installed = device(profile, ADDRESS)
        self.device: Device
        if profile in MODBUS:
            self.device = ModbusDevice(installed, 9600, self.told.append, SERIAL, state_dir)
        else:
            self.device = Ff68Device(installed, 9600, self.told.append, Random(3))
        self.device.power_up(self.now)

    def wait(self, seconds: float) -> list[bytes]:
        """What it says while time passes."""
        said: list[bytes] = []
        end = self.now + seconds
        while (due := self.device.due_at(self.quiet)) is not None and due <= end:
            self.now = max(self.now, due)
            said += self.device.step(self.now, self.quiet)
        self.now = end
        return said

    def quiet(self) -> float:
        return 0.0

    def hear(self, data: bytes) -> list[bytes]:
        """What it answers."""
        self.device.hear(data, self.now)
        return self.wait(0.02)

    def ask(self, *body: int) -> bytes:
        """The answer to a Modbus request, address and checksum taken off."""
        (said,) = self.hear(framed(bytes([ADDRESS, *body])))
        assert framed(said[:-2]) == said
        return said[1:-2]

    def write(self, first: int, *values: int) -> bytes:
        words = b"".join(value.to_bytes(2, "big") for value in values)
        return self.ask(16, *first.to_bytes(2, "big"), 0, len(values), len(words), *words)

    def read(self, function: int, first: int, count: int) -> list[int]:
        data = self.ask(function, *first.to_bytes(2, "big"), 0, count)[2:]
        return [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]

    def latch(self) -> list[int]:
        return self.read(4, 4, 4)

    def show(self) -> dict[str, Any]:
        return self.device.shown(self.now)

    def fates(self) -> list[str]:
        return [told["fate"] for told in self.told if told["event"] == "press"]


# --- Modbus -------------------------------------------------------------------------------------------------------------


def test_a_press_stays_latched_until_exactly_its_sequence_is_acknowledged() -> None:
    bench = Bench("modbus_16key")
    assert bench.latch() == [0, 0, 0xFFFF, 0xFFFF]
    bench.device.press("transfer", "0012", bench.now)
    assert bench.latch() == bench.latch() == [1, 8, 0xFFFF, 0x0012]
    bench.write(0, 7)
    assert bench.show()["latched"] is not None
    bench.write(0, 1, 1, 1)
    assert bench.show()["latched"] is None
    assert bench.latch() == [1, 8, 0xFFFF, 0x0012]
    assert bench.read(3, 0, 3) == [1, 1, 0]
    assert bench.fates() == ["latched", "told", "acknowledged", "accepted"]


def test_presses_wait_their_turn_and_the_ninth_that_waits_is_refused() -> None:
    bench = Bench("modbus_16key")
    for _ in range(9):
        bench.device.press("recall", "", bench.now)
    assert bench.device.press("recall", "", bench.now).fate == "refused"
    for sequence in range(1, 10):
        assert bench.latch()[0] == sequence
        bench.write(0, sequence)
    assert bench.latch()[0] == 9
    assert bench.show()["latched"] is None


def test_a_power_cut_keeps_the_presses_and_forgets_what_is_shown() -> None:
    bench = Bench("modbus_16key")
    bench.device.press("call_next", "", bench.now)
    bench.device.press("finish", "", bench.now)
    bench.write(1, 2, 0, 0, 12, 0xA012)
    assert (bench.show()["number"], bench.show()["waiting"], bench.show()["lamp"]) == ("A012", 12, "blink")
    bench.device.power_down()
    bench.now += 5
    bench.device.power_up(bench.now)
    assert (bench.show()["number"], bench.show()["waiting"], bench.show()["lamp"]) == ("", None, "off")
    assert bench.latch()[:2] == [1, 1]
    bench.write(0, 1)
    assert bench.latch()[:2] == [2, 4]
    bench.now += 3
    assert bench.read(4, 8, 1) == [3]


def test_a_killed_simulator_finds_its_presses_and_configuration_again(tmp_path: Path) -> None:
    bench = Bench("modbus_16key", tmp_path)
    bench.device.press("call_number", "12", bench.now)
    bench.device.press("hold", "", bench.now)
    again = Bench("modbus_16key", tmp_path)
    assert again.latch() == [1, 13, 0xFFFF, 0xFF12]
    again.write(0, 1)
    assert again.latch()[:2] == [2, 6]
    assert again.device.press("hold", "", again.now).id == "modbus_16key:3"


def test_after_the_last_sequence_comes_one() -> None:
    bench = Bench("modbus_16key")
    for sequence in (*range(1, 65536), 1):
        bench.device.press("recall", "", bench.now)
        bench.device.write_holding(0, [sequence])  # type: ignore[attr-defined]
    assert bench.latch()[0] == 1


def test_text_is_shown_up_to_its_first_zero() -> None:
    bench = Bench("modbus_window_screen")
    words = "请A012号".encode("gb18030").ljust(32, b"\0")
    bench.write(16, *[int.from_bytes(words[place : place + 2], "big") for place in range(0, 32, 2)])
    assert bench.show()["lines"] == ["请A012号", ""]


@pytest.mark.parametrize(
    ("first", "values"),
    [
        (1, [3]),
        (2, [3]),
        (3, [2]),
        (4, [1000]),
        (6, [0x3107]),
        (319, [0]),
        (1, [1, 1, 1, 1000]),
    ],
)
def test_a_value_it_cannot_take_changes_nothing_at_all(first: int, values: list[int]) -> None:
    bench = Bench("modbus_16key")
    before = bench.show()
    assert bench.write(first, *values) == bytes([0x90, 3])
    assert bench.show() == before


@pytest.mark.parametrize("first", [7, 15, 48, 255, 320])
def test_a_register_that_is_not_there_is_exception_two(first: int) -> None:
    bench = Bench("modbus_16key")
    assert bench.ask(3, *first.to_bytes(2, "big"), 0, 1) == bytes([0x83, 2])
    assert bench.write(first, 0) == bytes([0x90, 2])
    assert bench.ask(4, 0, 5, 0, 7) == bytes([0x84, 2])


def test_lamp_and_beep_and_number_travel_with_the_acknowledgement_in_one_request() -> None:
    bench = Bench("modbus_16key")
    bench.device.press("call_next", "", bench.now)
    bench.write(0, 1, 1, 2, 0, 7, 0xB307, 0x3037)
    shown = bench.show()
    assert (shown["lamp"], shown["beep"], shown["waiting"], shown["number"]) == ("on", "rejected", 7, "B307")
    assert shown["code"] == "07"
    assert bench.fates()[-1] == "rejected"


def test_an_evaluator_is_rated_only_while_it_asks() -> None:
    bench = Bench("modbus_evaluator")
    assert bench.device.rate(1, bench.now).fate == "refused"
    bench.write(3, 1)
    assert bench.device.rate(4, bench.now).fate == "latched"
    assert bench.latch() == [1, 11, 0xFFFF, 0xFFF4]
    assert bench.read(3, 3, 1) == [0]
    assert bench.device.rate(4, bench.now).fate == "refused"
    with pytest.raises(ValueError, match="no score 9"):
        bench.device.rate(9, bench.now)


def test_its_serial_number_stands_in_two_registers() -> None:
    assert Bench("modbus_16key").read(4, 9, 2) == [0x1234, 0x5678]


def test_status_tells_tamper_low_voltage_and_a_stuck_key() -> None:
    bench = Bench("modbus_16key")
    bench.device.switch("tamper", True, None, bench.now)
    bench.device.switch("low_voltage", True, None, bench.now)
    assert bench.read(4, 3, 1) == [3]
    bench.device.switch("tamper", False, None, bench.now)
    bench.device.switch("stuck_key", True, 2.0, bench.now)
    assert bench.read(4, 3, 3) == [2, 1, 1]
    bench.wait(2)
    assert bench.read(4, 3, 3) == [6, 1, 1]
    bench.write(0, 1)
    bench.wait(60)
    assert bench.read(4, 3, 3) == [6, 1, 1]
    bench.device.switch("stuck_key", False, None, bench.now)
    assert bench.read(4, 3, 1) == [2]


# --- configuration ------------------------------------------------------------------------------------------------------


def words_of(block: bytes) -> list[int]:
    return [int.from_bytes(block[place : place + 2], "big") for place in range(0, len(block), 2)]


def changed_block(profile: str = "modbus_16key") -> bytes:
    block = bytearray(factory_block(device(profile, ADDRESS)))
    block[2:4] = 7, 0
    return bytes(block)


def transfer(bench: Bench, block: bytes) -> None:
    """As a driver does: three pieces, read back, commit."""
    words = words_of(block)
    for first in (0, 30, 60):
        piece = words[first : first + 30]
        bench.write(256 + first, *piece)
    assert bench.read(3, 256, 63) == words
    bench.write(319, crc16(block))


@pytest.mark.parametrize("profile", MODBUS)
def test_the_block_it_leaves_the_factory_with_is_the_one_its_branch_would_give_it(profile: str) -> None:
    installed = device(profile, ADDRESS)
    block = pad_block.decode(factory_block(installed))
    assert block.address == ADDRESS
    assert dict(block.keys) == installed.profile.keys
    assert dict(block.scores) == installed.profile.scores
    timing = installed.profile.one_button
    assert block.long_ms == (timing.long_s * 1000 if timing else 0)
    assert (block.beeps_accepted, block.beeps_rejected, block.brightness) == (
        True,
        True,
        installed.profile.brightness,
    )


def test_a_committed_block_is_in_force_at_once_and_for_ever(tmp_path: Path) -> None:
    bench = Bench("modbus_16key", tmp_path)
    transfer(bench, changed_block())
    assert bench.read(4, 2, 1) == bench.read(3, 319, 1) == [crc16(changed_block())]
    bench.write(2, 1)
    assert bench.show()["beeps"] == 0
    assert Bench("modbus_16key", tmp_path).read(3, 256, 63) == words_of(changed_block())


def test_a_checksum_that_does_not_fit_changes_nothing() -> None:
    bench = Bench("modbus_16key")
    before = bench.read(4, 2, 1)
    bench.write(256, *words_of(changed_block())[:30])
    assert bench.write(319, crc16(changed_block()) ^ 1) == bytes([0x90, 3])
    assert bench.read(4, 2, 1) == before


def test_an_address_that_is_committed_counts_from_the_next_request_on() -> None:
    bench = Bench("modbus_16key")
    block = bytearray(changed_block())
    block[1] = 9
    transfer(bench, bytes(block))
    assert bench.hear(framed(bytes([ADDRESS, 4, 0, 0, 0, 1]))) == []
    (said,) = bench.hear(framed(bytes([9, 4, 0, 0, 0, 1])))
    assert said == framed(bytes([9, 4, 2, 0, 1]))


def test_the_power_may_go_at_any_write_and_the_pad_has_its_old_block_or_its_new_one() -> None:
    old, new = factory_block(device("modbus_16key", ADDRESS)), changed_block()
    ends: list[bytes] = []
    for write in range(1, 1000):
        bench = Bench("modbus_16key")
        bench.device.switch("power_cut", True, write, bench.now)
        try:
            transfer(bench, new)
        except PowerCut:
            bench.device.power_down()
            bench.device.power_up(bench.now)
        block = b"".join(word.to_bytes(2, "big") for word in bench.read(3, 256, 63))
        assert bench.read(4, 2, 1) == [crc16(block)]
        ends.append(block)
        if not bench.device.faults():
            continue
        break
    # 63 words, three answers, 64 words and the switch, and the last answer, for which it is too late.
    assert len(ends) == 63 + 3 + 64 + 1 + 1 + 1
    assert ends == [old] * 131 + [new] * 2


# --- FF 68 --------------------------------------------------------------------------------------------------------------


def test_a_press_is_said_until_it_is_echoed() -> None:
    bench = Bench("ff68_pad")
    bench.device.press("call_next", "", bench.now)
    (said,) = bench.wait(0.1)
    assert said == bytes.fromhex("FF 68 03 03 68 05 01 0C 12 16")
    bench.hear(said)
    assert bench.wait(5) == []
    assert bench.fates() == ["sent", "accepted"]


def test_a_press_nobody_echoes_is_said_four_times_and_then_given_up() -> None:
    bench = Bench("ff68_pad")
    press = bench.device.press("hold", "12", bench.now)
    assert bench.wait(5) == [Frame(ADDRESS, 1, b"\x01\x02\x00\x0f").encoded()] * 4
    assert press.fate == "unanswered"
    assert bench.device.press("recall", "", bench.now).fate == "pressed"


def test_a_beep_instead_of_an_echo_is_a_refusal() -> None:
    bench = Bench("ff68_pad")
    press = bench.device.press("no_show", "", bench.now)
    bench.wait(0.1)
    beep = Frame(ADDRESS, 3).encoded()
    assert bench.hear(beep) == [beep]
    assert press.fate == "rejected"
    assert bench.wait(5) == []


def test_a_second_press_is_refused_while_the_first_is_not_settled() -> None:
    bench = Bench("ff68_pad")
    bench.device.press("call_next", "", bench.now)
    assert bench.device.press("recall", "", bench.now).fate == "refused"


def test_digits_are_shown_and_echoed_and_those_for_others_are_not() -> None:
    bench = Bench("ff68_pad")
    show = Frame(ADDRESS, 2, bytes([10, 1, 2, 0, 3, 4])).encoded()
    assert bench.hear(show) == [show]
    assert (bench.show()["waiting"], bench.show()["number"]) == (12, "034")
    assert bench.hear(Frame(ADDRESS + 1, 2, bytes(6)).encoded()) == []
    assert bench.show()["number"] == "034"


def test_it_waits_for_a_pause_before_it_talks_but_not_for_ever() -> None:
    bench = Bench("ff68_pad")
    bench.quiet = lambda: bench.now  # type: ignore[method-assign]
    bench.device.press("call_next", "", bench.now)
    assert bench.wait(0.1) == []
    assert len(bench.wait(0.1)) == 1


def test_a_stuck_key_is_said_for_ever() -> None:
    bench = Bench("ff68_pad")
    bench.device.switch("stuck_key", True, None, bench.now)
    said = bench.wait(5)
    assert len(said) > 20
    assert set(said) == {Frame(ADDRESS, 1, b"\x0c").encoded()}
    bench.hear(said[0])
    assert len(bench.wait(5)) > 20
    bench.device.switch("stuck_key", False, None, bench.now)
    assert bench.wait(5) == []


def test_an_ff68_evaluator_asks_is_rated_and_is_told_so() -> None:
    bench = Bench("ff68_evaluator")
    assert bench.device.rate(1, bench.now).fate == "refused"
    assert bench.hear(Frame(ADDRESS, 1, b"\x0b").encoded()) == []
    assert bench.show()["asks_rating"]
    press = bench.device.rate(2, bench.now)
    assert bench.wait(0.1) == [Frame(ADDRESS, 0x11, b"\x02").encoded()]
    bench.hear(Frame(ADDRESS, 1, b"\x02").encoded())
    assert press.fate == "accepted"
    assert not bench.show()["asks_rating"]


@pytest.mark.parametrize("profile", ["modbus_one_button", "ff68_one_button"])
def test_one_button_is_pressed_held_and_pressed_twice(profile: str) -> None:
    bench = Bench(profile)
    press = bench.device.press(None, "", bench.now)
    bench.wait(0.3)
    assert (press.key, press.fate) == ("press", "pressed")
    bench.wait(0.2)
    assert press.fate in ("latched", "sent")
    bench = Bench(profile)
    first = bench.device.press(None, "", bench.now)
    bench.wait(0.2)
    assert bench.device.press(None, "", bench.now) is first
    bench.wait(0.1)
    assert (first.key, first.fate) == ("double", "latched" if profile in MODBUS else "sent")
    bench = Bench(profile)
    held = bench.device.hold(None, bench.now)
    bench.wait(0.9)
    assert held.fate == "pressed"
    bench.wait(0.2)
    assert (held.key, held.fate) == ("long", "latched" if profile in MODBUS else "sent")


# --- anything at all ----------------------------------------------------------------------------------------------------


def settled(shown: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name != "uptime_s"}


@pytest.mark.parametrize("profile", [*MODBUS, *FF68])
@given(chunks=st.lists(st.tuples(st.binary(max_size=60), st.floats(0, 0.05))))
def test_bytes_that_are_no_frame_change_nothing(profile: str, chunks: list[tuple[bytes, float]]) -> None:
    bench = Bench(profile)
    before = settled(bench.show())
    for data, pause in chunks:
        bench.device.hear(data, bench.now)
        bench.wait(pause)
    wire = b"".join(data for data, _ in chunks)
    is_harmless = (
        b"\xff\x68" not in wire if profile in FF68 else not _has_a_frame([data for data, _ in chunks])
    )
    if is_harmless:
        assert settled(bench.show()) == before


def _has_a_frame(chunks: list[bytes]) -> bool:
    """Whether any bytes that follow each other make a frame for this slave, wherever the silence was."""
    wire = b"".join(chunks)
    starts = [place for place in range(len(wire)) if wire[place] == ADDRESS]
    return any(
        framed(wire[start : end - 2]) == wire[start:end]
        for start in starts
        for end in range(start + 4, len(wire) + 1)
    )


REQUESTS = st.one_of(
    st.builds(
        lambda first, count: bytes([3, *first.to_bytes(2, "big"), 0, count]),
        st.integers(0, 400),
        st.integers(0, 255),
    ),
    st.builds(
        lambda first, values: (
            bytes([16, *first.to_bytes(2, "big"), 0, len(values), 2 * len(values)])
            + b"".join(value.to_bytes(2, "big") for value in values)
        ),
        st.sampled_from([0, 1, 4, 16, 40, 250, 256, 300, 319]),
        st.lists(st.integers(0, 65535), min_size=1, max_size=70),
    ),
    st.binary(min_size=1, max_size=40),
)


@given(st.lists(st.tuples(st.integers(0, 255), REQUESTS)))
def test_requests_of_any_kind_are_answered_once_and_never_upset_it(requests: list[tuple[int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench("modbus_16key", Path(folder))
        bench.device.press("call_next", "", bench.now)
        for address, body in requests:
            before = settled(bench.show())
            current = before["address"]
            said = bench.hear(framed(bytes([address]) + body))
            assert len(said) <= 1
            if address != current:
                assert said == []
                assert settled(bench.show()) == before
