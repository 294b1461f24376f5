"""The whole kiosk against a line, a server and a printer: taps in, slips and reports out (K6, K8, P2, P4, P5).

The screen is SDL's dummy, the printer the simulator on a pseudo-terminal, the server a stand-in that speaks the wire
models over real HTTP and WebSocket.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from display.screen.window import Screen
from firmware_config.printer_profile import load_printer_profile
from kiosk.app import Installed, KioskApp
from kiosk.happenings import (
    AnswerQuestion,
    Choice,
    ChooseGroup,
    ChooseService,
    GoHome,
    TakeDiversion,
    TakeTicket,
)
from kiosk.layout import draw
from kiosk.scene import Scene
from kiosk.screens import Diverted, Issuing, Refused, Start, Ticket, Unreachable
from printer.driver import OnFirmware, OnResult, OnStatus, TicketPrinter
from printer.simulator import PrinterSimulator
from queue_server.wire.shapes import ErrorShape
from tests import kiosk_offer as offer
from tests.integration.kiosk_stand_in import TOKEN, StandIn
from tests.waiting import until

PROFILE = load_printer_profile("generic_80mm")
TO_CARD: tuple[Choice, ...] = (ChooseGroup("personal"), ChooseService("card"))


class Hall:
    """A branch with one kiosk, its printer and its server."""

    def __init__(self, folder: Path) -> None:
        self.server = StandIn().start()
        self.printer = PrinterSimulator(PROFILE, folder / "port", folder / "paper")
        self.printer.start()
        self.port = folder / "port"
        self.state_dir = folder / "state"
        self.start()

    def start(self) -> None:
        """Switch the kiosk on."""
        self.screen = Screen((1080, 1920), "kiosk")
        self.app = KioskApp(
            self.screen,
            self.server.url,
            TOKEN,
            Installed("kiosk-1", "kiosk-1-printer", "0.1.0", "0a1b2c3d", "4e5f6a7b"),
            self.state_dir,
            self.open_printer,
        )
        self.thread = threading.Thread(target=self.app.run)
        self.thread.start()

    def open_printer(
        self, on_result: OnResult, on_status: OnStatus, on_firmware: OnFirmware
    ) -> TicketPrinter:
        return TicketPrinter(PROFILE, str(self.port), on_result, on_status, on_firmware=on_firmware)

    def stop(self) -> None:
        """Switch the kiosk off."""
        self.screen.stop()
        self.thread.join()
        self.screen.close()

    def close(self) -> None:
        self.stop()
        self.printer.stop()
        self.server.stop()

    def shows(self, kind: type) -> None:
        until(
            lambda: isinstance(self.app.program.kiosk.screen, kind), what=f"the kiosk shows {kind.__name__}"
        )

    def tap(self, *choices: Choice) -> None:
        """Tap where the page has the choice, once it is there and old enough not to be a bounce."""
        for choice in choices:
            self.tap_at(*self.find(choice))

    def find(self, choice: Choice) -> tuple[int, int]:
        """Where the choice is, once it can be tapped."""
        place = until(lambda: self.place(choice), what=f"a place to tap for {choice}")
        assert place is not None
        return place

    def place(self, choice: Choice) -> tuple[int, int] | None:
        kiosk = self.app.program.kiosk
        if time.monotonic() - kiosk.changed_at_s < 0.45:
            return None
        page = draw(Scene(kiosk, self.screen.size, time.monotonic(), "", str))
        return next((target.box.centre for target in page.targets if target.choice == choice), None)

    def tap_at(self, x: int, y: int) -> None:
        """Through the loop, as a touch screen does."""
        self.screen.post(lambda: self.app.program.tapped(x, y, time.monotonic()))

    def shows_outcome(self, outcome: str) -> None:
        until(
            lambda: isinstance(screen := self.app.program.kiosk.screen, Ticket) and screen.outcome == outcome,
            what=f"the kiosk shows a ticket that is {outcome}",
        )

    def take_ticket(self) -> None:
        self.shows(Start)
        self.tap(*TO_CARD, TakeTicket())


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    yield hall
    hall.close()


def test_three_taps_give_a_slip_and_a_report_that_it_is_printed(hall: Hall) -> None:
    hall.take_ticket()
    until(lambda: hall.printer.tickets, what="a slip")
    report = until(lambda: hall.server.prints, what="the report")[0]
    assert (report.job_id, report.state) == ("A001-1", "printed")
    assert any("A001" in line for line in hall.printer.tickets[0].lines)
    assert hall.printer.tickets[0].codes == (offer.face().link,)
    assert [body.service for body in hall.server.requests] == ["card"]
    hall.shows_outcome("printed")


def test_03_double_press_a_hammering_finger_gets_one_slip(hall: Hall) -> None:
    hall.shows(Start)
    hall.tap(*TO_CARD)
    x, y = hall.find(TakeTicket())
    for _ in range(10):
        hall.tap_at(x, y)
    until(lambda: hall.server.prints, what="the report")
    assert len(hall.server.requests) == 1
    assert len(hall.printer.tickets) == 1


def test_03_retry_a_lost_answer_is_asked_again_with_the_same_id_and_printed_once(hall: Hall) -> None:
    hall.server.answers_to_lose = 2
    hall.take_ticket()
    until(lambda: hall.server.prints, what="the report")
    assert len(hall.server.requests) == 3
    assert len({body.command_id for body in hall.server.requests}) == 1
    assert len(hall.printer.tickets) == 1


def test_05_paper_out_shows_the_number_and_reports_that_it_is_not_on_paper(hall: Hall) -> None:
    hall.printer.fault("paper_out")
    until(
        lambda: hall.app.program.kiosk.printer_fault == "paper_out", what="the printer's fault at the kiosk"
    )
    hall.take_ticket()
    report = until(lambda: hall.server.prints, what="the report")[0]
    assert report.state == "failed"
    assert report.cause == "paper_out"
    hall.shows_outcome("failed")
    assert until(
        lambda: [d for d in hall.server.devices if d.fault == "paper_out" and d.state == "fault"],
        what="the lobby manager hears of it",
    )
    hall.printer.fault("paper_out", on=False)
    until(lambda: hall.server.devices[-1].fault is None, what="and that it is over")


def test_05_a_listed_slip_nobody_remembers_is_unknown_and_never_printed(hall: Hall) -> None:
    hall.shows(Start)
    hall.server.offer(offer.sections(print_orders=(offer.order("A007"),)))
    report = until(lambda: hall.server.prints, what="the report")[0]
    assert (report.job_id, report.state, report.cause) == ("A007-1", "unknown", "not_remembered")
    assert hall.printer.tickets == ()


def test_05_a_reprint_is_printed_once_with_its_mark_also_over_a_restart(hall: Hall) -> None:
    hall.shows(Start)
    listed = offer.sections(print_orders=(offer.order("A007", "A007-2", is_reprint=True),))
    hall.server.offer(listed)
    hall.server.offer(listed)
    until(lambda: hall.server.prints, what="the report")
    assert any("补打" in line for line in hall.printer.tickets[0].lines)
    hall.stop()
    hall.start()
    hall.shows(Start)
    # A second slip after the restart would come out before this one.
    hall.take_ticket()
    until(lambda: len(hall.server.prints) == 2, what="the next customer's report")
    assert len(hall.printer.tickets) == 2
    assert [p.job_id for p in hall.server.prints] == ["A007-2", "A001-1"]


def test_reports_wait_on_disk_while_the_server_cannot_take_them(hall: Hall) -> None:
    hall.server.is_disk_full = True
    hall.take_ticket()
    hall.shows_outcome("printed")
    hall.stop()
    assert hall.server.prints == []
    hall.server.is_disk_full = False
    hall.start()
    report = until(lambda: hall.server.prints, what="the report of the last run")[0]
    assert (report.job_id, report.state) == ("A001-1", "printed")


def test_07_the_server_is_gone_and_back(hall: Hall) -> None:
    hall.shows(Start)
    hall.server.stop()
    hall.shows(Unreachable)
    hall.server.start()
    hall.shows(Start)
    hall.take_ticket()
    until(lambda: hall.server.prints, what="the report")


def test_07_a_lost_delta_is_noticed_and_the_snapshot_fetched(hall: Hall) -> None:
    hall.shows(Start)
    hall.server.offer(offer.sections(offer.CORPORATE), skip=3)
    until(lambda: hall.app.program.kiosk.has_one_group, what="the offer behind the gap")
    assert hall.server.resumes == 1


def test_07_a_burst_of_deltas_is_followed_in_order_and_nothing_is_asked_again(hall: Hall) -> None:
    hall.shows(Start)
    for _ in range(100):
        hall.server.offer(offer.sections())
    hall.server.offer(offer.sections(offer.CORPORATE))
    until(lambda: hall.app.program.kiosk.has_one_group, what="the last offer of the burst")
    assert hall.server.resumes == 0


def test_a_ticket_asked_for_while_the_server_is_away_is_issued_when_it_is_back(hall: Hall) -> None:
    hall.shows(Start)
    hall.tap(*TO_CARD)
    hall.find(TakeTicket())
    hall.server.stop()
    hall.tap(TakeTicket())
    until(
        lambda: isinstance(screen := hall.app.program.kiosk.screen, Issuing) and screen.is_slow,
        what="the customer is told that it takes longer",
    )
    hall.server.start()
    until(lambda: hall.server.prints, what="the report")
    assert len(hall.printer.tickets) == 1


def test_a_refusal_is_told_and_nothing_printed(hall: Hall) -> None:
    hall.server.refusal = ErrorShape(code="quota_reached", message="", details={"quota": 60})
    hall.take_ticket()
    hall.shows(Refused)
    hall.tap(GoHome())
    hall.shows(Start)
    assert hall.printer.tickets == ()


def test_a_diversion_is_recorded_and_takes_no_number(hall: Hall) -> None:
    hall.shows(Start)
    hall.tap(ChooseGroup("personal"), ChooseService("cash"), TakeDiversion())
    hall.shows(Diverted)
    diversion = until(lambda: hall.server.diversions, what="the diversion")[0]
    assert (diversion.service, diversion.device) == ("cash", "atm-1")
    assert hall.server.requests == []


def test_a_question_answered_with_yes_takes_the_number(hall: Hall) -> None:
    hall.shows(Start)
    hall.tap(ChooseGroup("personal"), ChooseService("cash"), AnswerQuestion(True))
    until(lambda: hall.server.prints, what="the report")


def test_kiosk_and_printer_say_what_they_run_and_that_they_are_there(hall: Hall) -> None:
    hall.shows(Start)
    until(lambda: ["kiosk-1", "kiosk-1-printer"] in hall.server.heard, 20, "both are heard of")
    told = {one.device: (one.firmware, one.config) for one in hall.server.devices}
    assert told == {
        "kiosk-1": ("0.1.0", "0a1b2c3d"),
        "kiosk-1-printer": ("Simulated 1.05", "4e5f6a7b"),
    }


def test_a_printer_that_is_unplugged_is_not_heard_of_and_the_kiosk_is(hall: Hall) -> None:
    until(lambda: ["kiosk-1", "kiosk-1-printer"] in hall.server.heard, 20, "both are heard of")
    hall.printer.fault("unplug")
    until(lambda: hall.server.devices[-1].fault == "unplugged", what="the lobby manager hears of it")
    hall.server.heard.clear()
    until(lambda: hall.server.heard, 20, "the next heartbeat")
    assert hall.server.heard == [["kiosk-1"]]
    hall.printer.fault("replug")
    until(lambda: ["kiosk-1", "kiosk-1-printer"] in hall.server.heard, 20, "both are heard of again")


def test_a_kiosk_whose_screen_stands_still_is_not_heard_of_though_it_is_connected(hall: Hall) -> None:
    hall.shows(Start)
    until(lambda: hall.server.heard, 20, "the kiosk is heard of")
    goes_on = threading.Event()

    def stand_still() -> None:
        goes_on.wait(60)

    hall.screen.post(stand_still)
    hall.server.heard.clear()
    until(lambda: ["kiosk-1-printer"] in hall.server.heard, 30, "the printer alone")
    assert not any("kiosk-1" in told for told in hall.server.heard[1:])
    goes_on.set()
    until(lambda: "kiosk-1" in hall.server.heard[-1], 20, "the kiosk is heard of again")
