"""A session on a simulated wire, in a time of its own: polls at the speed of the wire, presses told once whatever
happens to the bytes, devices that go and come back, and what each of them shows.
"""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from printer.transport import PortLost
from queue_server.pads.faces import Face
from queue_server.pads.heard import Accepted, Pressed, Rated, Rejected, Seen, Verdict
from queue_server.pads.simulator.modbus_device import ModbusDevice
from queue_server.pads.simulator.modbus_frames import Exceptional
from queue_server.pads.waiting import DRAIN_S
from tests.pads_wire import PadLine, Wire, accept, cycle_s, installed, line_of, told_at, wire_limit_s

PADS = ("modbus_16key",) * 20
MIXED = ("modbus_16key", "ff68_pad", "modbus_one_button", "ff68_one_button") * 5

NEVER_TOLD = {"refused", "unanswered", "lost"}
"""Fates a teller notices: the pad itself says that the press did not count."""


def only_counter_3(heard: Pressed | Rated) -> Verdict:
    """A server with one counter to transfer to."""
    return Accepted() if isinstance(heard, Pressed) and heard.argument == "3" else Rejected("07")


def work(line: PadLine, for_s: float, seed: int = 5) -> list[str]:
    """People press keys all over the line; their presses."""
    chance, made = Random(seed), []
    pads = [device for device in line.devices if device.profile.role == "call_pad"]

    def press() -> None:
        pad = chance.choice(pads)
        keys = sorted(set(pad.profile.keys.values()))
        key = None if pad.profile.one_button else chance.choice(keys)
        made.append(line.wire.press(pad.id, key, "3" if key == "transfer" else ""))

    at = 0.0
    while at < for_s:
        at += chance.uniform(0.2, 1.2)
        line.at(at, press)
    return made


def told_wrongly(line: PadLine, made: list[str]) -> dict[str, tuple[int, int, int]]:
    """Devices whose presses were told less or more often than made: told, surely to be told, perhaps to be told."""
    told = Counter(press.device for press in line.presses())
    surely = Counter(
        line.wire.presses[press]["device"] for press in made if line.wire.fate(press) not in NEVER_TOLD
    )
    # Nobody echoed it, but it may have been heard: then it was acted on and the teller will see it.
    perhaps = Counter(
        line.wire.presses[press]["device"] for press in made if line.wire.fate(press) != "refused"
    )
    return {
        device.id: (told[device.id], surely[device.id], perhaps[device.id])
        for device in line.devices
        if not surely[device.id] <= told[device.id] <= perhaps[device.id]
    }


@pytest.mark.parametrize("baud", [9600, 19200, 38400, 115200])
def test_twenty_pads_are_polled_at_the_speed_of_the_wire(baud: int) -> None:
    line = line_of(*PADS, baud=baud)
    line.run(5)
    since = line.wire.now
    line.run(20)
    assert cycle_s(line, "device_7", since) <= 1.2 * max(wire_limit_s(20, baud), 0.05)


def test_three_silent_pads_slow_the_others_by_less_than_half() -> None:
    line = line_of(*PADS)
    line.run(5)
    since = line.wire.now
    line.run(20)
    before_s = cycle_s(line, "device_7", since)
    for device in ("device_3", "device_4", "device_20"):
        line.wire.fault("silence", device)
    since = line.wire.now
    line.run(20)
    assert cycle_s(line, "device_7", since) < 1.5 * before_s
    assert [seen.fault for seen in line.seen("device_3")][-1] == "no_answer"


@pytest.mark.parametrize("profile", ["modbus_16key", "ff68_pad"])
def test_a_press_is_told_with_its_argument_and_the_pad_hears_the_verdict(profile: str) -> None:
    line = line_of(profile, judge=only_counter_3)
    line.run(2)
    good = line.wire.press("device_1", "transfer", "3")
    line.run(1)
    bad = line.wire.press("device_1", "transfer", "9")
    line.run(1)
    assert [(press.key, press.argument) for press in line.presses()] == [("transfer", "3"), ("transfer", "9")]
    assert [line.wire.fate(good), line.wire.fate(bad)] == ["accepted", "rejected"]
    shown = line.wire.shown("device_1")
    assert "07" in (shown["code"], shown["number"])


def test_digits_before_call_on_an_ff68_pad_call_that_number() -> None:
    line = line_of("ff68_pad")
    line.run(2)
    line.wire.press("device_1", "call_next", "012")
    line.run(1)
    assert [(press.key, press.argument) for press in line.presses()] == [("call_number", "012")]


def test_one_button_pads_say_what_was_done_with_their_button() -> None:
    line = line_of("modbus_one_button", "ff68_one_button")
    line.run(2)
    for device in ("device_1", "device_2"):
        line.wire.press(device)
        line.run(3)
        line.wire.stations[device].device.hold(None, line.wire.now)
        line.run(3)
        line.wire.stations[device].device.double(None, line.wire.now)
        line.run(3)
    keys = [(press.device, press.key) for press in line.presses()]
    assert keys == [
        (device, key) for device in ("device_1", "device_2") for key in ("press", "long", "double")
    ]


def test_a_press_is_answered_though_every_pad_is_told_a_new_count() -> None:
    line = line_of(*PADS)
    line.run(5)
    since = line.wire.now
    for driver in line.drivers.values():
        driver.show(Face(number="A012", waiting=7, line1="A012", line2="等候 7"))
    press = line.wire.press("device_9", "call_next")
    line.run(8)
    assert told_at(line, press, "acknowledged") - since <= 2 * wire_limit_s(20, 9600)
    assert all(line.wire.shown(device.id)["lines"] == ["A012", "等候 7"] for device in line.devices)


@pytest.mark.parametrize(
    "fault",
    [
        "none",
        "noise",
        "loss",
        "delay",
        "half",
        "repeated",
        "reboot",
        "silence",
        "duplicate_address",
        "stuck_key",
    ],
)
def test_no_press_of_twenty_pads_is_lost_or_doubled_by(fault: str) -> None:
    line = line_of(*MIXED, seed=3)
    line.run(4)
    made = work(line, 40)
    hit = [device.id for device in line.devices[:4]]

    def switch(is_on: bool) -> None:
        if fault == "noise":
            line.wire.fault("noise", None, is_on, 0.01)
        elif fault == "delay":
            line.wire.fault("delay", hit[0], is_on, 0.1)
        elif fault in ("loss", "half", "repeated", "reboot", "silence"):
            for device in hit:
                line.wire.fault(fault, device, is_on)
        elif fault != "none":
            line.wire.fault(fault, hit[0], is_on)
            line.wire.fault(fault, hit[1], is_on)

    for start in (5, 15, 25):
        line.at(start, lambda: switch(True))
        line.at(start + 6, lambda: switch(False))
    line.run(60)
    assert len(made) > 40
    if fault == "stuck_key":
        # The keys that stuck are presses too; nobody made them.
        made += [press for press in line.wire.presses if press not in made]
    assert told_wrongly(line, made) == {}
    assert len({press.press_id for press in line.presses()}) == len(line.presses())


def test_a_stuck_key_is_one_press_and_named_until_it_is_free() -> None:
    line = line_of("modbus_16key", "ff68_pad")
    line.run(2)
    for device in ("device_1", "device_2"):
        line.wire.fault("stuck_key", device)
    line.run(40)
    for device in ("device_1", "device_2"):
        assert [press.device for press in line.presses()].count(device) == 1
        assert line.seen(device)[-1].fault == "stuck_key"
        line.wire.fault("stuck_key", device, False)
    line.run(10)
    assert [line.seen(device)[-1].state for device in ("device_1", "device_2")] == ["online", "online"]


@pytest.mark.parametrize("profile", ["modbus_16key", "modbus_window_screen", "ff68_pad"])
def test_two_devices_on_one_address_are_named_and_cleared_again(profile: str) -> None:
    line = line_of(*[profile] * 6)
    line.run(10)
    line.wire.fault("duplicate_address", "device_3")
    line.run(60)
    assert line.seen("device_3")[-1].fault == "duplicate_address"
    line.wire.fault("duplicate_address", "device_3", False)
    line.run(90)
    assert line.seen("device_3")[-1].fault is None
    others = {
        seen.fault for device in line.devices if device.id != "device_3" for seen in line.seen(device.id)
    }
    assert others == {None}


def test_noise_on_the_wire_names_no_duplicate() -> None:
    line = line_of(*MIXED)
    line.run(5)
    line.wire.fault("noise", None, True, 0.01)
    line.run(60)
    assert "duplicate_address" not in {seen.fault for _, seen in line.heard if isinstance(seen, Seen)}


@pytest.mark.parametrize("profile", ["modbus_16key", "modbus_window_screen", "ff68_pad"])
def test_a_device_that_was_without_power_shows_everything_again(profile: str) -> None:
    line = line_of(profile, "modbus_16key")
    line.drivers["device_1"].show(Face(number="A012", waiting=7, line1="A012", line2="请到1号窗口"))
    line.run(8)
    before = line.wire.shown("device_1")
    line.wire.stations["device_1"].reboot(line.wire.now)
    line.run(8)
    after = line.wire.shown("device_1")
    assert (after["number"], after["lines"]) == (before["number"], before["lines"]) != ("", ["", ""])


def test_a_device_that_falls_silent_is_offline_within_five_seconds_and_found_again() -> None:
    for profile in ("modbus_16key", "modbus_evaluator", "modbus_window_screen", "ff68_pad"):
        line = line_of(profile, "modbus_16key")
        line.run(6)
        line.wire.fault("silence", "device_1")
        line.run(6)
        assert line.seen("device_1")[-1].state == "offline", profile
        line.wire.fault("silence", "device_1", False)
        line.run(8)
        assert line.seen("device_1")[-1].state == "online", profile


def test_what_a_device_runs_and_what_ails_it_is_told() -> None:
    line = line_of("modbus_16key")
    line.run(2)
    [seen] = line.seen("device_1")
    assert seen.state == "online"
    assert seen.firmware == line.wire.shown("device_1")["firmware"]
    assert (seen.config or "").upper() == line.wire.shown("device_1")["config_crc"]
    line.wire.fault("tamper", "device_1")
    line.wire.fault("low_voltage", "device_1")
    line.run(8)
    assert line.seen("device_1")[-1].fault == "tamper"
    assert "supply" in line.seen("device_1")[-1].detail


def test_a_spare_pad_goes_on_with_presses_of_its_own() -> None:
    line = line_of("modbus_16key")
    line.run(2)
    for _ in range(2):
        for _ in range(3):
            line.wire.press("device_1", "call_next")
            line.run(1)
        line.wire.replace("device_1")
        line.run(10)
    assert len(line.presses()) == 6
    assert len({press.press_id for press in line.presses()}) == 6


def test_a_press_nobody_has_judged_is_told_once_and_again_with_the_same_id_by_a_new_program() -> None:
    line = line_of("modbus_16key", judge=lambda heard: None)
    line.run(2)
    line.wire.press("device_1", "call_next")
    line.run(5)
    assert len(line.presses()) == 1
    line.begin()
    line.run(5)
    first, second = line.presses()
    assert first.press_id == second.press_id
    line.settle(second.press_id, Accepted())
    line.run(2)
    line.begin()
    line.run(5)
    assert len(line.presses()) == 2


def test_a_press_during_a_lost_acknowledgement_is_not_told_twice() -> None:
    wire = Wire(installed("modbus_16key"))
    line = PadLine(wire, installed("modbus_16key"), judge=lambda heard: None)
    line.run(2)
    wire.press("device_1", "call_next")
    line.run(1)
    wire.fault("silence", "device_1")
    line.settle(line.presses()[0].press_id, Accepted())
    line.run(10)
    wire.fault("silence", "device_1", False)
    line.run(10)
    assert len(line.presses()) == 1
    assert wire.shown("device_1")["latched"] is None


@pytest.mark.parametrize("profile", ["modbus_evaluator", "ff68_evaluator"])
def test_an_evaluator_asks_and_its_rating_is_told_once(profile: str) -> None:
    line = line_of(profile, "modbus_16key")
    line.run(4)
    line.drivers["device_1"].show(Face(ask_rating=True))
    line.run(2)
    assert line.wire.shown("device_1")["asks_rating"]
    press = line.wire.rate("device_1", 2)
    line.run(4)
    rated = [heard for _, heard in line.heard if isinstance(heard, Rated)]
    assert [(each.device, each.rating) for each in rated] == [("device_1", "satisfied")]
    assert line.wire.fate(press) == "accepted"
    assert not line.wire.shown("device_1")["asks_rating"]
    assert line.seen("device_1")[-1].state == "online"


def test_an_ff68_evaluator_that_missed_the_question_is_asked_again_and_a_rated_one_is_not() -> None:
    line = line_of("ff68_evaluator", "modbus_16key")
    line.run(4)
    line.wire.fault("silence", "device_1")
    line.drivers["device_1"].show(Face(ask_rating=True))
    line.run(0.5)
    line.wire.fault("silence", "device_1", False)
    line.run(2)
    assert line.wire.shown("device_1")["asks_rating"]
    line.wire.rate("device_1", 1)
    line.run(1)
    # The server's next word may still be the old one.
    line.drivers["device_1"].show(Face(ask_rating=True))
    line.run(4)
    assert not line.wire.shown("device_1")["asks_rating"]


def test_a_key_the_profile_does_not_know_is_refused_and_does_not_block_the_pad() -> None:
    wire = Wire(installed("modbus_16key"))
    [device] = installed("modbus_16key")
    keys = {code: key for code, key in device.profile.keys.items() if key != "close"}
    known = device.profile.model_copy(update={"keys": keys})
    line = PadLine(wire, [type(device)(device.id, device.address, known)], accept)
    line.run(2)
    strange = wire.press("device_1", "close")
    line.run(1)
    wire.press("device_1", "call_next")
    line.run(1)
    assert wire.fate(strange) == "rejected"
    assert [press.key for press in line.presses()] == ["call_next"]


def test_a_port_that_is_lost_and_found_loses_and_doubles_no_press() -> None:
    line = line_of(*MIXED)
    line.run(4)
    waiting = [
        line.wire.press(device.id, "call_next")
        for device in line.devices
        if device.profile.name == "modbus_16key"
    ]
    line.session.relieve()
    for driver in line.drivers.values():
        driver.lost()
    line.run(10)
    assert [line.wire.fate(press) for press in waiting] == ["accepted"] * len(waiting)
    assert len(line.presses()) == len(waiting)


def test_many_presses_of_one_pad_are_told_in_their_order() -> None:
    line = line_of(*PADS)
    line.run(4)
    keys = ["call_next", "start", "finish", "call_next", "recall"]
    for key in keys:
        line.wire.press("device_5", key)
    line.run(20)
    assert [press.key for press in line.presses()] == keys
    assert [press.sequence for press in line.presses() if isinstance(press, Pressed)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("baud", "pads"), [(9600, 20), (2400, 10)])
def test_what_waited_in_a_pad_comes_soon_after_the_pad_is_heard_again(baud: int, pads: int) -> None:
    line = line_of(*("modbus_16key",) * pads, baud=baud)
    line.run(10)
    line.wire.is_plugged = False
    with pytest.raises(PortLost):
        line.run(1)
    line.session.relieve()
    for driver in line.drivers.values():
        driver.lost()
    for device in line.devices:
        line.wire.press(device.id, "call_next")
    line.wire.is_plugged, told = True, len(line.heard)
    line.run(15)
    back = {heard.device: at for at, heard in line.heard[told:] if isinstance(heard, Seen)}
    waited = {
        heard.device: at - back[heard.device] for at, heard in line.heard[told:] if isinstance(heard, Pressed)
    }
    assert len(waited) == pads
    assert all(0 <= seconds < DRAIN_S for seconds in waited.values())


def test_a_transmitter_that_never_stops_takes_the_devices_away_and_holds_nobody_up() -> None:
    line = line_of("modbus_16key", "ff68_pad")
    line.run(3)
    chance, wire = Random(1), line.wire

    def babble(within_s: float) -> bytes:
        wire.now += min(within_s, 0.001) or 1e-6
        return chance.randbytes(1)

    wire.read = babble  # type: ignore[method-assign]
    line.run(20)
    assert [line.seen(device.id)[-1].fault for device in line.devices] == ["no_answer", "no_answer"]
    assert line.session.speed.is_garbage


def test_a_pad_that_refuses_its_acknowledgement_is_asked_to_take_it_again_and_goes_on() -> None:
    line = line_of("modbus_16key")
    line.run(2)
    pad = line.wire.stations["device_1"].device
    assert isinstance(pad, ModbusDevice)
    write, refusals = pad.write_holding, [6]

    def busy_once(first: int, values: list[int]) -> None:
        if first == 0 and refusals:
            raise Exceptional(refusals.pop())
        write(first, values)

    pad.write_holding = busy_once  # type: ignore[method-assign]
    presses = [line.wire.press("device_1", "call_next")]
    line.run(3)
    presses.append(line.wire.press("device_1", "recall"))
    line.run(3)
    assert [press.key for press in line.presses()] == ["call_next", "recall"]
    assert [line.wire.fate(press) for press in presses] == ["acknowledged", "accepted"]
