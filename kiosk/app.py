"""The composition of a kiosk: which thread gets which news, and who does which effect.

The screen's thread runs the pure part; asking, reports, feed and printing each have a thread of their own and post
what they learn to the screen.  Nothing here decides anything.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, assert_never

import structlog

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
from printer.driver import OnResult, OnStatus, PrintJob
from queue_server.feed.client import Client
from queue_server.wire.kiosk import DeviceReport

log = structlog.get_logger()


class Printer(Protocol):
    """The printer room's driver."""

    def start(self) -> None: ...

    def submit(self, job: PrintJob) -> bool: ...

    def stop(self) -> None: ...


OpenPrinter = Callable[[OnResult, OnStatus], Printer]


class KioskApp:
    """One kiosk, running on `screen` until the screen is stopped.

    `names`: the codes of this kiosk and of its printer in the branch.
    """

    def __init__(
        self,
        screen: Screen,
        server: str,
        token: str,
        names: tuple[str, str],
        state_dir: Path,
        open_printer: OpenPrinter,
    ) -> None:
        # New at each start: a serial number that starts again must not make an old command id.
        self._kiosk_id, printer_id = names
        self._identity = f"{self._kiosk_id}-{secrets.token_hex(4)}"
        self._screen = screen
        self._ledger = Ledger(state_dir)
        self._asking = Asking(Client(server, token), self._tell)
        self._reports = Reports(Client(server, token), self._ledger, self._new_id)
        self._feed = Feed(server, token, self._tell)
        self._printing = Printing(
            self._submit, self._ledger, self._reports, printer_id, self._new_id, self._tell
        )
        self._printer = open_printer(self._printing.on_result, self._printing.on_status)
        self.program = KioskProgram(
            Kiosk(self._identity), screen.size, self._perform, lambda: datetime.now(UTC), self._note
        )

    def run(self) -> None:
        """Serve customers until the screen is stopped; what was not reported waits on disk."""
        self._reports.device(
            DeviceReport(command_id=self._new_id(), device=self._kiosk_id, kind="kiosk", state="online")
        )
        self._printing.start()
        self._reports.start()
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
            self._reports.stop()
            self._ledger.close()

    def _note(self, screen: str) -> None:
        """Tell whoever watches the stream which screen is shown."""
        if self._screen.stream is not None:
            self._screen.stream.offer(encode("note", screen=screen))

    def _submit(self, job: PrintJob) -> bool:
        return self._printer.submit(job)

    def _tell(self, happening: Happening) -> None:
        if isinstance(happening, OfferCame) and self.program.kiosk.lost_at_s is not None:
            self._reports.reconnected()
        self._screen.post(lambda: self.program.happen(happening, time.monotonic()))

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
