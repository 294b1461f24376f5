"""The composition of a kiosk: which thread gets which news, and who does which effect.

The screen's thread runs the pure part; asking, reports, feed and printing each have a thread of their own and post
what they learn to the screen.  Nothing here decides anything.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, assert_never

import structlog

from display.screen.pulse import is_turning
from display.screen.stream import encode
from display.screen.window import Screen
from kiosk.asking import Asking
from kiosk.feed import Feed
from kiosk.happenings import (
    AbandonRequest,
    AccountFor,
    Effect,
    Happening,
    OfferCame,
    PrintSlip,
    RequestTicket,
    SendDiversion,
)
from kiosk.ledger import Ledger
from kiosk.printing import Printing
from kiosk.reports import Reports
from kiosk.screens import Kiosk
from kiosk.view import KioskProgram
from printer.driver import OnFirmware, OnResult, OnStatus, PrintJob
from queue_server.feed.client import Client
from queue_server.feed.devices import DeviceReports
from queue_server.wire.devices import DeviceReport

log = structlog.get_logger()

PRINTER_SILENT_S = 15.0
"""An idle printer is asked every 10 s at least, and a ticket on its way takes its time."""


class Printer(Protocol):
    """The printer room's driver."""

    def start(self) -> None: ...

    def submit(self, job: PrintJob) -> bool: ...

    def has_answered(self, within_s: float) -> bool: ...

    def stop(self) -> None: ...


OpenPrinter = Callable[[OnResult, OnStatus, OnFirmware], Printer]


@dataclass(frozen=True, slots=True)
class Installed:
    """The codes of this kiosk and of its printer in the branch, and what both run (H1): the version of this program,
    the checksum of what it was configured with, and that of what the printer is driven by.
    """

    kiosk: str
    printer: str
    firmware: str | None = None
    config: str | None = None
    printer_config: str | None = None


class KioskApp:
    """One kiosk, running on `screen` until the screen is stopped."""

    def __init__(
        self,
        screen: Screen,
        server: str,
        token: str,
        installed: Installed,
        state_dir: Path,
        open_printer: OpenPrinter,
    ) -> None:
        self._installed, self._kiosk_id = installed, installed.kiosk
        # New at each start: a serial number that starts again must not make an old command id.
        self._identity = f"{self._kiosk_id}-{secrets.token_hex(4)}"
        self._screen = screen
        self._ledger = Ledger(state_dir)
        self._asking = Asking(Client(server, token), self._tell)
        self._reports = Reports(Client(server, token), self._ledger)
        self._devices = DeviceReports(Client(server, token), self._new_id, self._there)
        self._feed = Feed(server, token, self._tell)
        self._printing = Printing(
            self._submit,
            self._ledger,
            self._reports,
            installed.printer,
            self._new_id,
            self._tell,
            self._devices.tell,
            installed.printer_config,
        )
        printing = self._printing
        self._printer = open_printer(printing.on_result, printing.on_status, printing.on_firmware)
        self.program = KioskProgram(
            Kiosk(self._identity), screen.size, self._perform, lambda: datetime.now(UTC), self._note
        )

    def run(self) -> None:
        """Serve customers until the screen is stopped; what was not reported waits on disk."""
        self._devices.tell(
            DeviceReport(
                command_id=self._new_id(),
                device=self._kiosk_id,
                kind="kiosk",
                state="online",
                firmware=self._installed.firmware,
                config=self._installed.config,
            )
        )
        self._printing.start()
        self._reports.start()
        self._devices.start()
        self._asking.start()
        self._printer.start()
        self._feed.start()
        try:
            self._screen.run(self.program)
        finally:
            # First nothing new, then the printer's last word, then its memory and report.
            self._feed.stop()
            self._asking.stop()
            self._printer.stop()
            self._printing.stop()
            self._devices.stop()
            self._reports.stop()
            self._ledger.close()

    def _note(self, screen: str) -> None:
        """Tell whoever watches the stream which screen is shown."""
        if self._screen.stream is not None:
            self._screen.stream.offer(encode("note", screen=screen))

    def _submit(self, job: PrintJob) -> bool:
        return self._printer.submit(job)

    def _there(self) -> Sequence[str]:
        """A kiosk whose screen stands still serves nobody, however well it is connected."""
        kiosk, printer = self._installed.kiosk, self._installed.printer
        return [
            *([kiosk] if is_turning(self._screen.post) else []),
            *([printer] if self._printer.has_answered(PRINTER_SILENT_S) else []),
        ]

    def _tell(self, happening: Happening) -> None:
        self._screen.post(lambda: self._happen(happening))

    def _happen(self, happening: Happening) -> None:
        # Here and not where the news came from: a screen that stands still does not call itself well again.
        if isinstance(happening, OfferCame) and self.program.kiosk.lost_at_s is not None:
            self._devices.reconnected()
            self._reports.look()
        self.program.happen(happening, time.monotonic())

    def _perform(self, effect: Effect) -> None:
        match effect:
            case RequestTicket(request):
                self._asking.ask(request)
            case AbandonRequest(command_id):
                self._asking.abandon(command_id)
            case SendDiversion(request):
                self._reports.add("diversions", request)
            case PrintSlip(order):
                self._printing.print(order)
            case AccountFor(orders):
                self._printing.account_for(orders)
            case _:
                assert_never(effect)

    def _new_id(self) -> str:
        return f"{self._kiosk_id}-{secrets.token_hex(12)}"
