"""Commit, then print, then report: one thread sees to it that no slip is printed twice or forgotten (P2, P4, P5).

The printer room's own thread owns the port; this one owns the order of things: a slip is remembered on disk before
its first byte goes out, and its end is remembered together with the report of it.  It never decides to try again.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from kiosk.happenings import Happening, PrintEnded, PrinterChanged
from kiosk.ledger import Ledger
from kiosk.reports import Reports
from kiosk.slips import printer_report, slip_of, was_asked_by_staff
from printer.driver import PrintJob, PrintResult
from printer.status import PrinterStatus
from queue_server.wire.devices import DeviceReport
from queue_server.wire.kiosk import PrintOrder, PrintReport, PrintState

log = structlog.get_logger()

PRINTS = "prints"

# Causes of this room, next to those of the printer room.
RESTARTED = "kiosk_restarted"
NOT_REMEMBERED = "not_remembered"
NOT_SAVED = "kiosk_storage"
NOT_A_TICKET = "not_a_ticket"
SEEN_BEFORE = "seen_before"
NOT_TAKEN = "not_taken"


Submit = Callable[[PrintJob], bool]
"""Print one slip, some time; its end comes as a PrintResult.  False: not taken, nothing will be printed."""


@dataclass(frozen=True, slots=True)
class _Print:
    order: PrintOrder


@dataclass(frozen=True, slots=True)
class _Account:
    orders: tuple[PrintOrder, ...]


@dataclass(frozen=True, slots=True)
class _Firmware:
    text: str


@dataclass(frozen=True, slots=True)
class _Stop:
    pass


class Printing:
    """Give `on_result`, `on_status` and `on_firmware` to the printer.

    `tell` hears what the screen must know, `stands` how the printer stands; both on this object's thread.  `config`:
    the checksum of what the printer is driven by.  `new_id` makes a command id nobody used before.
    """

    def __init__(
        self,
        submit: Submit,
        ledger: Ledger,
        reports: Reports,
        device: str,
        new_id: Callable[[], str],
        tell: Callable[[Happening], None],
        stands: Callable[[DeviceReport], None],
        config: str | None = None,
    ) -> None:
        self._submit = submit
        self._ledger = ledger
        self._reports = reports
        self._device = device
        self._new_id = new_id
        self._tell = tell
        self._stands = stands
        self._config = config
        self._firmware: str | None = None
        self._status = PrinterStatus()
        self._work: queue.SimpleQueue[_Print | _Account | PrintResult | PrinterStatus | _Firmware | _Stop] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(target=self._run, name="kiosk-printing", daemon=True)
        # A disk that takes nothing: what was begun is at least not forgotten while the kiosk runs.
        self._unsaved: set[str] = set()

    def start(self) -> None:
        """Account for the slips the last run did not end, then take work."""
        self._thread.start()

    def print(self, order: PrintOrder) -> None:
        """Print the slip of a ticket just issued; returns at once, PrintEnded is told later."""
        self._work.put(_Print(order))

    def account_for(self, orders: tuple[PrintOrder, ...]) -> None:
        """Print listed slips that staff asked for, once; report listed slips nobody remembers as unknown.  Returns at once."""
        self._work.put(_Account(orders))

    def on_result(self, result: PrintResult) -> None:
        """From the printer: a job ended."""
        self._work.put(result)

    def on_status(self, status: PrinterStatus) -> None:
        """From the printer: its state changed."""
        self._work.put(status)

    def on_firmware(self, text: str) -> None:
        """From the printer: what it says it is."""
        self._work.put(_Firmware(text))

    def stop(self) -> None:
        """End the thread after what is queued."""
        self._work.put(_Stop())
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        self._end_interrupted()
        while True:
            match self._work.get():
                case _Print(order):
                    self._print(order, is_awaited=True)
                case _Account(orders):
                    for order in orders:
                        self._account_for(order)
                case PrintResult(job_id, state, cause, detail):
                    log.info("printer's word", job_id=job_id, state=state, cause=cause, detail=detail)
                    self._end(job_id, state, cause)
                case PrinterStatus() as status:
                    self._status = status
                    self._report_printer()
                    self._tell(PrinterChanged(status.cause))
                case _Firmware(text):
                    self._firmware = text
                    self._report_printer()
                case _Stop():
                    return

    def _end_interrupted(self) -> None:
        try:
            interrupted = self._ledger.interrupted()
        except sqlite3.Error as fault:
            log.error("ledger fault", cause=str(fault))
            return
        for job_id in interrupted:
            # Bytes may have gone out before the power did.
            self._end(job_id, "unknown", RESTARTED)

    def _account_for(self, order: PrintOrder) -> None:
        if was_asked_by_staff(order):
            self._print(order, is_awaited=False)
        elif self._remembered(order.job_id) is None:
            # Issued for a customer this kiosk does not know: the answer never came, or came to a kiosk that has
            # lost its memory.  Printing it now would give a stranger a number, or the customer a second one.
            self._end(order.job_id, "unknown", NOT_REMEMBERED)

    def _print(self, order: PrintOrder, is_awaited: bool) -> None:
        job_id = order.job_id
        try:
            face = slip_of(order.face)
        except (ValueError, KeyError, OSError) as fault:
            # KeyError and OSError: a zone this machine has never heard of.
            log.error("slip not printable", job_id=job_id, cause=str(fault))
            self._end(job_id, "failed", NOT_A_TICKET, str(fault)[:300])
            return
        try:
            # First the memory, then the first byte: the order is the point.
            seen = self._ledger.begin(job_id) if job_id not in self._unsaved else "begun"
        except sqlite3.Error as fault:
            log.error("slip not remembered, so not printed", job_id=job_id, cause=str(fault))
            self._end(job_id, "failed", NOT_SAVED, str(fault)[:300])
            return
        if seen is None:
            if not self._submit(PrintJob(job_id, face)):
                self._end(job_id, "failed", NOT_TAKEN)
        elif is_awaited:
            self._tell(PrintEnded(job_id, "unknown" if seen == "begun" else seen, SEEN_BEFORE))

    def _end(self, job_id: str, state: PrintState, cause: str | None, detail: str = "") -> None:
        """`detail`: what no code can say, such as the words of a disk; people read the code in their own language."""
        report = PrintReport(
            command_id=self._new_id(), job_id=job_id, state=state, cause=cause, detail=detail[:300]
        )
        try:
            is_first = self._ledger.end(job_id, state, PRINTS, report)
        except sqlite3.Error as fault:
            log.error("end of slip not saved", job_id=job_id, state=state, cause=str(fault))
            is_first = job_id not in self._unsaved
            if is_first:
                self._unsaved.add(job_id)
                self._reports.add(PRINTS, report)
        if is_first:
            log.info("slip ended", job_id=job_id, state=state, cause=cause)
            self._reports.look()
            self._tell(PrintEnded(job_id, state, cause))

    def _remembered(self, job_id: str) -> str | None:
        if job_id in self._unsaved:
            return "begun"
        try:
            return self._ledger.state(job_id)
        except sqlite3.Error as fault:
            log.error("ledger fault", cause=str(fault))
            return "begun"

    def _report_printer(self) -> None:
        report = printer_report(self._status, self._device, self._new_id(), self._config, self._firmware)
        if report is not None:
            log.info("printer", device=self._device, state=report.state, fault=report.fault)
            self._stands(report)
