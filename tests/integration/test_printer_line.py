"""Driver and simulator over a real pseudo-terminal: each fault told apart, recovery by itself, never two slips."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from firmware_config.printer_profile import load_printer_profile, printer_profile_names
from printer.__main__ import sample_face
from printer.driver import PrintJob, PrintResult, TicketPrinter
from printer.layout import TicketFace
from printer.simulator import PrinterSimulator
from printer.status import Condition, PrinterStatus
from tests.waiting import until

AT = datetime(2025, 11, 23, 2, 32, tzinfo=UTC)
QUICK = {"status": {"poll_every_s": 0.2, "answer_within_s": 0.2}, "completion": {"blocked_within_s": 1.0}}
EVERY_PROFILE = pytest.mark.parametrize("name", printer_profile_names(), indirect=True)


def face(number: str, **changes: Any) -> TicketFace:
    return replace(sample_face("zh_CN", AT), number=number, **changes)


@dataclass
class Hall:
    """A simulated printer and the driver that owns its port, with everything they said."""

    simulator: PrinterSimulator
    port: Path
    results: list[PrintResult] = field(default_factory=list)
    statuses: list[PrinterStatus] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    firmware: list[str] = field(default_factory=list)
    printer: TicketPrinter = field(init=False)

    def __post_init__(self) -> None:
        self.printer = TicketPrinter(
            self.simulator.profile,
            str(self.port),
            self.results.append,
            self.statuses.append,
            lambda job, step: self.steps.append((job, step)),
            on_firmware=self.firmware.append,
        )

    def submit(self, number: str) -> bool:
        return self.printer.submit(PrintJob(number, face(number)))

    def result_of(self, number: str, within_s: float = 30) -> PrintResult:
        until(
            lambda: number in [result.job_id for result in self.results], within_s, f"the result of {number}"
        )
        return next(result for result in self.results if result.job_id == number)

    def becomes(self, condition: Condition) -> None:
        until(lambda: self.printer.status.condition is condition, 15, f"the printer {condition}")

    def slips_of(self, number: str) -> int:
        return sum(number in ticket.lines for ticket in self.simulator.tickets)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "generic_80mm"))


@pytest.fixture
def hall(name: str, tmp_path: Path) -> Iterator[Hall]:
    profile = load_printer_profile(name, QUICK)
    simulator = PrinterSimulator(profile, tmp_path / "port", tmp_path / "paper")
    simulator.start()
    hall = Hall(simulator, tmp_path / "port")
    hall.printer.start()
    try:
        yield hall
    finally:
        hall.printer.stop()
        simulator.stop()


@EVERY_PROFILE
def test_a_ticket_comes_out_and_its_code_can_be_read(hall: Hall) -> None:
    assert hall.submit("A012")
    assert hall.result_of("A012").state == "printed"
    (ticket,) = hall.simulator.tickets
    assert "A012" in ticket.lines
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(ticket.png))] == [face("A012").qr_url]
    assert hall.simulator.unknown_bytes == 0
    assert hall.steps == [("A012", "sending"), ("A012", "sent")]


@EVERY_PROFILE
def test_each_fault_is_told_apart_and_passes_without_a_restart(hall: Hall) -> None:
    hall.becomes(Condition.OK)
    for fault, condition in (
        ("near_end", Condition.NEAR_END),
        ("paper_out", Condition.PAPER_OUT),
        ("cover", Condition.COVER_OPEN),
        ("cutter", Condition.CUTTER_ERROR),
        ("jam", Condition.JAMMED),
        ("offline", Condition.OFFLINE),
        ("hot", Condition.OVERHEATED),
        ("unrecoverable", Condition.UNRECOVERABLE),
        ("silent", Condition.NO_ANSWER),
        ("garbage", Condition.UNKNOWN),
        ("unplug", Condition.UNPLUGGED),
    ):
        hall.simulator.fault(fault)
        hall.becomes(condition)
        hall.simulator.fault(fault, False)
        hall.becomes(Condition.OK)
    assert [status.condition for status in hall.statuses if status.condition is Condition.PAPER_OUT] == [
        Condition.PAPER_OUT
    ]


@pytest.mark.parametrize("fault", ["paper_out", "cover", "cutter", "offline", "silent", "unplug"])
def test_05_a_job_for_a_printer_that_is_not_ready_fails_with_the_cause_and_prints_nothing_later(
    hall: Hall, fault: str
) -> None:
    hall.becomes(Condition.OK)
    hall.simulator.fault(fault)
    assert hall.submit("A012")
    result = hall.result_of("A012")
    cause = {"cover": "cover_open", "cutter": "cutter_error", "silent": "no_answer", "unplug": "unplugged"}
    assert (result.state, result.cause) == ("failed", cause.get(fault, fault))
    hall.simulator.fault(fault, False)
    hall.becomes(Condition.OK)
    assert hall.submit("A013")
    assert hall.result_of("A013").state == "printed"
    assert (hall.slips_of("A012"), hall.slips_of("A013")) == (0, 1)


@EVERY_PROFILE
def test_05_half_a_ticket_is_unknown_and_never_printed_twice(hall: Hall) -> None:
    hall.becomes(Condition.OK)
    hall.simulator.fault("paper_out_mid_ticket")
    hall.submit("A012")
    result = hall.result_of("A012")
    assert (result.state, result.cause) == ("unknown", "paper_out")
    hall.simulator.fault("paper_out_mid_ticket", False)
    until(lambda: hall.simulator.tickets, what="the slip printed from the buffer")
    hall.submit("A013")
    assert hall.result_of("A013").state == "printed"
    assert (hall.slips_of("A012"), hall.slips_of("A013")) == (1, 1)
    assert hall.results.count(result) == 1


def test_05_unplugged_in_the_middle_and_plugged_in_again_is_unknown_and_the_next_ticket_is_whole(
    hall: Hall,
) -> None:
    hall.becomes(Condition.OK)
    hall.submit("A012")
    until(lambda: ("A012", "sent") in hall.steps, what="the ticket on its way")
    hall.simulator.fault("unplug")
    result = hall.result_of("A012")
    assert (result.state, result.cause) == ("unknown", "unplugged")
    hall.becomes(Condition.UNPLUGGED)
    hall.simulator.fault("replug")
    hall.becomes(Condition.OK)
    hall.submit("A013")
    assert hall.result_of("A013").state == "printed"
    whole = hall.simulator.tickets[-1]
    assert "A013" in whole.lines
    assert "A012" not in whole.lines
    assert hall.slips_of("A012") <= 1


@pytest.mark.parametrize("name", ["epson_tm_t20iii"], indirect=True)
def test_05_a_knife_stuck_in_the_middle_is_freed_by_hand_and_the_next_ticket_is_whole_without_a_restart(
    hall: Hall,
) -> None:
    hall.becomes(Condition.OK)
    hall.simulator.fault("slow")
    hall.submit("A012")
    until(lambda: ("A012", "sent") in hall.steps, what="the ticket on its way")
    hall.simulator.fault("cutter_waits")
    hall.simulator.fault("slow", False)
    assert (hall.result_of("A012").state, hall.result_of("A012").cause) == ("unknown", "cutter_error")
    hall.becomes(Condition.CUTTER_ERROR)
    hall.simulator.fault("cover")
    hall.becomes(Condition.COVER_OPEN)
    hall.simulator.fault("cutter_waits", False)
    hall.simulator.fault("cover", False)
    hall.becomes(Condition.OK)
    hall.submit("A013")
    assert hall.result_of("A013").state == "printed"
    whole = hall.simulator.tickets[-1]
    assert "A013" in whole.lines
    assert "A012" not in whole.lines
    assert hall.slips_of("A012") <= 1


def test_a_printer_is_asked_what_it_is_each_time_it_is_plugged_in(hall: Hall) -> None:
    until(lambda: hall.firmware == ["Simulated 1.05"], what="its name")
    hall.simulator.fault("unplug")
    hall.becomes(Condition.UNPLUGGED)
    assert not hall.printer.has_answered(60)
    hall.simulator.fault("replug")
    until(lambda: hall.firmware == ["Simulated 1.05"] * 2, what="its name, again")
    assert hall.printer.has_answered(60)


def test_a_printer_without_paper_says_what_it_is_when_it_has_some(tmp_path: Path) -> None:
    profile = load_printer_profile("generic_80mm", QUICK)
    simulator = PrinterSimulator(profile, tmp_path / "port", tmp_path / "paper")
    simulator.start()
    simulator.fault("paper_out")
    hall = Hall(simulator, tmp_path / "port")
    hall.printer.start()
    hall.becomes(Condition.PAPER_OUT)
    assert hall.firmware == []
    simulator.fault("paper_out", False)
    until(lambda: hall.firmware == ["Simulated 1.05"], what="its name")
    hall.printer.stop()
    simulator.stop()


@pytest.mark.parametrize("name", ["kiosk_58mm"], indirect=True)
def test_a_model_that_does_not_know_the_question_is_not_asked(hall: Hall) -> None:
    hall.submit("A012")
    assert hall.result_of("A012").state == "printed"
    assert (hall.firmware, hall.simulator.unknown_bytes) == ([], 0)


def test_a_job_is_accepted_once(hall: Hall) -> None:
    assert hall.submit("A012")
    assert not hall.submit("A012")
    hall.result_of("A012")
    assert not hall.submit("A012")
    hall.submit("A013")
    hall.result_of("A013")
    assert (hall.slips_of("A012"), len(hall.results)) == (1, 2)


def test_submitting_never_waits_and_stopping_gives_jobs_back(hall: Hall) -> None:
    hall.becomes(Condition.OK)
    for n in range(20):
        assert hall.submit(f"B{n:03d}")
    until(lambda: hall.steps, what="the first ticket on its way")
    hall.printer.stop()
    assert not hall.submit("B999")
    states = {(result.state, result.cause) for result in hall.results}
    assert len(hall.results) == 20
    assert states == {("printed", None), ("failed", "cancelled")}


def test_a_listener_that_fails_does_not_stop_the_printer(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(result: PrintResult) -> None:
        hall.results.append(result)
        raise RuntimeError("a bug in the kiosk")

    other = Hall(hall.simulator, hall.port)
    hall.printer.stop()
    other.printer = TicketPrinter(hall.simulator.profile, str(hall.port), fail, other.statuses.append)
    other.printer.start()
    with caplog.at_level(logging.ERROR):
        other.submit("A012")
        hall.result_of("A012")
        other.submit("A013")
        hall.result_of("A013")
    other.printer.stop()
    assert "a listener failed" in caplog.text


def test_a_second_program_is_kept_out_of_the_port(hall: Hall) -> None:
    hall.becomes(Condition.OK)
    intruder = Hall(hall.simulator, hall.port)
    intruder.printer.start()
    intruder.submit("A012")
    refused = intruder.result_of("A012")
    intruder.printer.stop()
    assert (refused.state, refused.cause) == ("failed", "unplugged")
    assert "exclusively lock" in refused.detail
    hall.submit("A013")
    assert hall.result_of("A013").state == "printed"


def test_a_printer_that_appears_later_is_found(tmp_path: Path) -> None:
    profile = load_printer_profile("generic_80mm", QUICK)
    simulator = PrinterSimulator(profile, tmp_path / "port", tmp_path / "paper")
    hall = Hall(simulator, tmp_path / "port")
    hall.printer.start()
    hall.becomes(Condition.UNPLUGGED)
    simulator.start()
    hall.becomes(Condition.OK)
    hall.printer.stop()
    simulator.stop()


def test_a_printer_that_holds_the_flow_is_waited_for(tmp_path: Path) -> None:
    """XOFF while the head is slow and the buffer small: no byte is lost and the ticket is whole."""
    changes = {**QUICK, "serial": {"flow": "xonxoff", "baud": 115200}, "completion": {"within_s": 30}}
    profile = load_printer_profile("kiosk_58mm", changes)
    simulator = PrinterSimulator(profile, tmp_path / "port", tmp_path / "paper", buffer_bytes=1100)
    simulator.start()
    hall = Hall(simulator, tmp_path / "port")
    hall.printer.start()
    for number in ("A012", "A013"):
        hall.submit(number)
        assert hall.result_of(number).state == "printed"
    hall.printer.stop()
    simulator.stop()
    assert [hall.slips_of(number) for number in ("A012", "A013")] == [1, 1]
    assert simulator.unknown_bytes == 0


def test_a_wrong_speed_is_no_answer_and_not_paper_trouble(tmp_path: Path) -> None:
    simulator = PrinterSimulator(load_printer_profile("generic_80mm"), tmp_path / "port", tmp_path / "paper")
    simulator.start()
    hall = Hall(simulator, tmp_path / "port")
    fast = load_printer_profile("generic_80mm", {**QUICK, "serial": {"baud": 115200}})
    hall.printer = TicketPrinter(fast, str(hall.port), hall.results.append, hall.statuses.append)
    hall.printer.start()
    hall.becomes(Condition.NO_ANSWER)
    hall.printer.stop()
    simulator.stop()


def test_every_callback_comes_from_the_one_thread_that_owns_the_port(hall: Hall) -> None:
    threads: set[str] = set()
    note: Callable[..., None] = lambda *_: threads.add(threading.current_thread().name)  # noqa: E731
    hall.printer.stop()
    printer = TicketPrinter(hall.simulator.profile, str(hall.port), note, note, note)
    printer.start()
    printer.submit(PrintJob("A012", face("A012")))
    until(lambda: hall.simulator.tickets, what="a slip")
    printer.stop()
    assert threads == {"ticket-printer"}
