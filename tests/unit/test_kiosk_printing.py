"""Commit, then print, then report: the order of things at the printer, without a printer (P2, P4)."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kiosk.happenings import Happening, PrintEnded, PrinterChanged
from kiosk.ledger import Ledger
from kiosk.printing import Printing
from kiosk.reports import Reports
from kiosk.slips import printer_report, slip_of
from printer.driver import PrintJob, PrintResult
from printer.status import GARBLED, NO_ANSWER, UNPLUGGED, Contact, PrinterStatus
from queue_server.feed.client import Client
from queue_server.wire.devices import DeviceReport
from queue_server.wire.kiosk import PrintReport
from tests import kiosk_offer as offer


class Bench:
    """The printing thread between a queue of jobs and a queue of happenings."""

    def __init__(self, folder: Path) -> None:
        numbers = count(1)
        self.ledger = Ledger(folder)
        self.jobs: queue.Queue[PrintJob] = queue.Queue()
        self.told: queue.Queue[Happening] = queue.Queue()
        self.is_taking = True
        # Never started: what it would send stays in the ledger, where it can be read.
        reports = Reports(Client("http://127.0.0.1:9", ""), self.ledger)
        self.stood: queue.Queue[DeviceReport] = queue.Queue()
        self.printing = Printing(
            self.submit,
            self.ledger,
            reports,
            "kiosk-1-printer",
            lambda: f"kiosk-1-test-{next(numbers):04d}",
            self.told.put,
            self.stood.put,
            "0a1b2c3d",
        )

    def submit(self, job: PrintJob) -> bool:
        if self.is_taking:
            # What was not remembered before the first byte would be printed twice after a power cut.
            assert self.ledger.state(job.job_id) == "begun"
            self.jobs.put(job)
        return self.is_taking

    def job(self) -> PrintJob:
        return self.jobs.get(timeout=10)

    def happening(self) -> Happening:
        return self.told.get(timeout=10)

    def reports(self) -> list[PrintReport]:
        found = []
        while (waiting := self.ledger.next_report()) is not None:
            self.ledger.accepted(waiting.seq)
            found.append(PrintReport.model_validate_json(waiting.body))
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.printing.stop()


def test_a_slip_is_remembered_then_printed_then_reported(bench: Bench) -> None:
    bench.printing.start()
    bench.printing.print(offer.order("A012"))
    assert bench.job().face.number == "A012"
    bench.printing.on_result(PrintResult("A012-1", "printed"))
    assert bench.happening() == PrintEnded("A012-1", "printed")
    assert [(r.job_id, r.state) for r in bench.reports()] == [("A012-1", "printed")]


def test_a_slip_asked_for_twice_is_printed_once(bench: Bench) -> None:
    bench.printing.start()
    order = offer.order("A012")
    bench.printing.print(order)
    bench.printing.print(order)
    assert bench.happening() == PrintEnded("A012-1", "unknown", "seen_before")
    bench.printing.stop()
    assert bench.jobs.qsize() == 1


def test_a_slip_cut_short_by_a_power_cut_is_unknown_after_the_start_and_not_printed(bench: Bench) -> None:
    bench.ledger.begin("A011-1")
    bench.printing.start()
    assert bench.happening() == PrintEnded("A011-1", "unknown", "kiosk_restarted")
    bench.printing.print(offer.order("A011"))
    assert bench.happening() == PrintEnded("A011-1", "unknown", "seen_before")
    assert [(r.job_id, r.state, r.cause) for r in bench.reports()] == [
        ("A011-1", "unknown", "kiosk_restarted")
    ]
    assert bench.jobs.empty()


def test_listed_slips_are_unknown_reprints_and_requeued_numbers_are_printed_once(bench: Bench) -> None:
    requeued = offer.order("A020")
    requeued = requeued.model_copy(update={"face": requeued.face.model_copy(update={"requeue_of": "A005"})})
    listed = (offer.order("A007"), offer.order("A008", "A008-2", is_reprint=True), requeued)
    bench.printing.start()
    bench.printing.account_for(listed)
    bench.printing.account_for(listed)
    assert bench.happening() == PrintEnded("A007-1", "unknown", "not_remembered")
    bench.printing.stop()
    jobs = [bench.job(), bench.job()]
    assert [(job.job_id, job.face.is_reprint, job.face.requeue_of) for job in jobs] == [
        ("A008-2", True, None),
        ("A020-1", False, "A005"),
    ]
    assert bench.jobs.empty()


def test_a_printer_that_takes_no_more_jobs_fails_the_slip(bench: Bench) -> None:
    bench.is_taking = False
    bench.printing.start()
    bench.printing.print(offer.order("A012"))
    assert bench.happening() == PrintEnded("A012-1", "failed", "not_taken")


def test_a_disk_that_remembers_nothing_prints_nothing(bench: Bench) -> None:
    bench.ledger.close()
    bench.printing.start()
    bench.printing.print(offer.order("A012"))
    assert bench.happening() == PrintEnded("A012-1", "failed", "kiosk_storage")
    assert bench.jobs.empty()


def test_a_face_no_paper_can_carry_fails_and_the_next_slip_prints(bench: Bench) -> None:
    broken = offer.order("A012")
    broken = broken.model_copy(update={"face": broken.face.model_copy(update={"zone": "Mars/Olympus"})})
    bench.printing.start()
    bench.printing.print(broken)
    happening = bench.happening()
    assert isinstance(happening, PrintEnded)
    assert (happening.state, happening.cause) == ("failed", "not_a_ticket")
    bench.printing.print(offer.order("A013"))
    assert bench.job().job_id == "A013-1"


def test_the_printers_state_reaches_the_screen(bench: Bench) -> None:
    bench.printing.start()
    bench.printing.on_status(PrinterStatus(Contact.ANSWERING, is_paper_out=True))
    assert bench.happening() == PrinterChanged("paper_out")
    bench.printing.on_status(PrinterStatus(Contact.ANSWERING, is_near_end=True))
    assert bench.happening() == PrinterChanged(None)


@pytest.mark.parametrize(
    ("status", "state", "fault"),
    [
        (PrinterStatus(Contact.ANSWERING), "online", None),
        (PrinterStatus(Contact.ANSWERING, is_near_end=True), "online", "near_end"),
        (PrinterStatus(Contact.ANSWERING, is_paper_out=True), "fault", "paper_out"),
        (PrinterStatus(Contact.ANSWERING, is_cover_open=True, is_paper_out=True), "fault", "cover_open"),
        (NO_ANSWER, "offline", "no_answer"),
        (GARBLED, "offline", "garbled"),
        (UNPLUGGED, "offline", "unplugged"),
        (PrinterStatus(Contact.ANSWERING, has_cutter_error=True), "fault", "cutter_error"),
        (PrinterStatus(Contact.ANSWERING, is_jammed=True), "fault", "jammed"),
        (PrinterStatus(Contact.ANSWERING, is_overheated=True), "fault", "overheated"),
        (PrinterStatus(Contact.ANSWERING, is_unrecoverable=True), "fault", "unrecoverable"),
        (PrinterStatus(Contact.ANSWERING, is_offline=True), "fault", "offline"),
    ],
)
def test_no_answer_is_never_paper_out_and_never_paper_ok(
    status: PrinterStatus, state: str, fault: str | None
) -> None:
    report = printer_report(status, "kiosk-1-printer", "kiosk-1-test-0001")
    assert report is not None
    assert (report.state, report.fault) == (state, fault)
    # In words by whoever reads it, in the language of the page.
    assert report.detail == ""


def test_a_printer_nobody_asked_yet_is_not_reported() -> None:
    assert printer_report(PrinterStatus(), "kiosk-1-printer", "kiosk-1-test-0001") is None


def test_the_printers_firmware_is_told_when_it_is_known_and_with_every_state_after_that(bench: Bench) -> None:
    bench.printing.start()
    bench.printing.on_status(PrinterStatus(Contact.ANSWERING))
    bench.printing.on_firmware("Simulated 1.05")
    bench.printing.on_status(NO_ANSWER)
    reports = [bench.stood.get(timeout=10) for _ in range(3)]
    assert [(r.state, r.firmware, r.config) for r in reports] == [
        ("online", None, "0a1b2c3d"),
        ("online", "Simulated 1.05", "0a1b2c3d"),
        ("offline", "Simulated 1.05", "0a1b2c3d"),
    ]


def test_a_slips_end_is_reported_by_its_cause_and_not_in_the_words_of_the_printer_room(bench: Bench) -> None:
    bench.printing.start()
    bench.printing.print(offer.order("A012"))
    bench.job()
    bench.printing.on_result(PrintResult("A012-1", "unknown", "unplugged", "12 of 315 bytes had left"))
    bench.happening()
    assert [(r.cause, r.detail) for r in bench.reports()] == [("unplugged", "")]


def test_the_paper_shows_the_branchs_local_time_and_the_customers_language() -> None:
    face = offer.face(customer_class="priority").model_copy(update={"language": "en"})
    slip = slip_of(face)
    assert f"{slip.issued_at:%Y-%m-%d %H:%M}" == "2026-11-23 10:05"
    assert (slip.bank, slip.language, slip.is_priority, slip.qr_url) == (
        "Example Bank",
        "en",
        True,
        face.link,
    )
