"""One thread owns the ticket printer's port: jobs and status go in and out of it, nobody waits for it (P5).

It never decides to print again: a job whose fate is unclear is reported `unknown`, and a person decides (P4).
"""

from __future__ import annotations

import logging
import random
import string
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from firmware_config.printer_profile import PrinterProfile
from firmware_config.ticket_layout import TicketLayout, load_ticket_layout
from printer.escpos import TOKEN_LENGTH, EncodedTicket, encode
from printer.inquiry import Inquiry
from printer.layout import TicketFace, compose
from printer.session import PrintResult, PrintState, Session
from printer.status import UNPLUGGED, Condition, PrinterStatus
from printer.transport import PortLost, PortStalled, SerialPort
from printer.words import say_in

__all__ = [
    "OnFirmware",
    "OnProgress",
    "OnResult",
    "OnStatus",
    "PrintJob",
    "PrintResult",
    "PrintState",
    "TicketPrinter",
]

_log = logging.getLogger(__name__)

_FIRST_BACK_OFF_S = 0.25
_LONGEST_BACK_OFF_S = 1.0
_LONGEST_SILENCE_S = 10.0
"""However rarely a profile wants to be asked: a device is missed after 30 s (H1)."""
_NAME_TRIES = 3
_REMEMBERED_JOBS = 20_000
_TOKEN_LETTERS = string.digits + string.ascii_uppercase


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip to print; `job_id` is the caller's and is accepted once in a driver's life."""

    job_id: str
    face: TicketFace


OnResult = Callable[[PrintResult], None]
OnStatus = Callable[[PrinterStatus], None]
OnFirmware = Callable[[str], None]
"""Model and firmware as the printer tells them; not called for one that tells nothing."""
OnProgress = Callable[[str, str], None]
"""Job id and 'sending' or 'sent'."""


class TicketPrinter:
    """A ticket printer on `port` (a path, or a pyserial URL).

    Every accepted job ends in exactly one `on_result`, within the profile's limits, with one exception: an `unknown`
    is followed by `printed` if the printer proves later that the slip came out (new paper, and it printed on from its
    buffer).  `on_status` hears every change.  All are called from the printer's thread and must be quick.
    `layout`: what stands where on a ticket, the shipped standard one by default.
    """

    def __init__(
        self,
        profile: PrinterProfile,
        port: str,
        on_result: OnResult,
        on_status: OnStatus,
        on_progress: OnProgress | None = None,
        layout: TicketLayout | None = None,
        on_firmware: OnFirmware | None = None,
    ) -> None:
        self.profile = profile
        self._layout = layout if layout is not None else load_ticket_layout()
        self._port = SerialPort(port, profile.serial)
        self._port_name = port
        self._on_result = on_result
        self._on_status = on_status
        self._on_progress = on_progress
        self._on_firmware = on_firmware
        self._inquiry: Inquiry | None = None
        self._name_tries = 0
        self._status = PrinterStatus()
        self._jobs: deque[PrintJob] = deque()
        self._seen: dict[str, None] = {}
        self._lock = threading.Lock()
        self._is_stopping = False
        self._torn = 0
        self._tokens = _tokens()
        self._thread = threading.Thread(target=self._run, name="ticket-printer", daemon=True)

    @property
    def status(self) -> PrinterStatus:
        """What is known about the printer now."""
        return self._status

    def has_answered(self, within_s: float) -> bool:
        """Whether the printer gave an answer that makes sense within the last seconds; any thread may ask."""
        at = None if self._inquiry is None else self._inquiry.answered_at
        return at is not None and time.monotonic() - at <= within_s

    def start(self) -> None:
        """Begin to look for the printer; returns at once."""
        self._thread.start()

    def submit(self, job: PrintJob) -> bool:
        """Queue a job; returns at once.  False, and nothing printed, for a job id seen before or after `stop`."""
        with self._lock:
            if self._is_stopping or job.job_id in self._seen:
                return False
            self._seen[job.job_id] = None
            if len(self._seen) > _REMEMBERED_JOBS:
                del self._seen[next(iter(self._seen))]
            self._jobs.append(job)
        self._port.wake()
        return True

    def stop(self, within_s: float = 30.0) -> None:
        """Finish the ticket in hand, give back the rest as failed (`cancelled`), close the port."""
        with self._lock:
            self._is_stopping = True
        self._port.wake()
        if self._thread.is_alive():
            self._thread.join(within_s)
        else:
            self._refuse_all("cancelled", "the printer was never started")

    def _run(self) -> None:
        back_off_s = _FIRST_BACK_OFF_S
        while not self._is_stopping:
            try:
                self._port.open()
                self._serve()
            except PortLost as lost:
                if self._status != UNPLUGGED:
                    _log.warning("printer port=%s lost: %s", self._port_name, lost)
                    back_off_s = _FIRST_BACK_OFF_S
                self._inquiry = None
                self._heard(UNPLUGGED)
                self._port.close()
                self._refuse_all(Condition.UNPLUGGED, str(lost))
                self._port.pause(back_off_s)
                back_off_s = min(_LONGEST_BACK_OFF_S, back_off_s * 2)
            except Exception:
                # A bug of ours must not take the printer away from the hall for the rest of the day.
                _log.exception("printer port=%s: a bug", self._port_name)
                self._port.pause(_LONGEST_BACK_OFF_S)
        self._refuse_all("cancelled", "the kiosk is stopping")
        self._port.discard()

    def _serve(self) -> None:
        """Talk to the printer until told to stop.  Raises PortLost."""
        inquiry = Inquiry(self._port, self.profile, self._heard)
        session = Session(self._port, self.profile, inquiry, self._finished)
        self._inquiry = inquiry
        self._name_tries = _NAME_TRIES if self.profile.status.tells_name else 0
        inquiry.begin()
        self._learn_name(inquiry)
        _log.info(
            "printer port=%s profile=%s is %s", self._port_name, self.profile.name, inquiry.status.condition
        )
        poll_every_s = min(self.profile.status.poll_every_s, _LONGEST_SILENCE_S)
        ask_at = time.monotonic() + poll_every_s
        while not self._is_stopping:
            with self._lock:
                job = self._jobs.popleft() if self._jobs else None
            if job is not None:
                self._print(session, inquiry, job)
            elif inquiry.has_news or time.monotonic() >= ask_at:
                inquiry.refresh()
                self._recover(inquiry)
                self._learn_name(inquiry)
            else:
                inquiry.listen(max(0.0, ask_at - time.monotonic()))
                session.settle_late()
                continue
            session.settle_late()
            ask_at = time.monotonic() + poll_every_s

    def _recover(self, inquiry: Inquiry) -> None:
        if self.profile.status.waits_for_host and inquiry.recover():
            _log.info("printer port=%s was told to go on", self._port_name)
            # Half a slip may hang out of it: the next one does not begin on its paper.
            self._torn = max(1, self._torn)

    def _learn_name(self, inquiry: Inquiry) -> None:
        """Ask a printer just found what it is, a few times.  Silence is an answer too: nothing is wrong with it."""
        # Asked when it is idle and well: the question goes through the print buffer.
        if not self._name_tries or inquiry.status.cause is not None or self._torn:
            return
        name, on_firmware = inquiry.ask_name(), self._on_firmware
        self._name_tries = 0 if name else self._name_tries - 1
        if name is not None:
            _log.info("printer port=%s says it is %s", self._port_name, name)
            if on_firmware is not None:
                self._call(lambda: on_firmware(name))

    def _print(self, session: Session, inquiry: Inquiry, job: PrintJob) -> None:
        try:
            token = next(self._tokens) if self.profile.completion.method == "gs_h" else b""
            ticket = self._encoded(job.face, token)
        except Exception as bug:
            _log.exception("printer job=%s cannot be laid out", job.job_id)
            self._finished(PrintResult(job.job_id, "failed", "not_a_ticket", f"cannot be laid out: {bug}"))
            return
        if self._torn and inquiry.status.cause is None:
            try:
                session.free(self._torn)
                self._torn = 0
            except (PortLost, PortStalled) as fault:
                self._finished(PrintResult(job.job_id, "failed", fault.code, f"not sent: {fault}"))
                return
        result = session.print_ticket(
            job.job_id, ticket, token, lambda step: self._progress(job.job_id, step)
        )
        if result.state == "unknown" and result.cause in (Condition.UNPLUGGED, Condition.OFFLINE):
            # Bytes may have been lost on the way: the printer may wait for the rest of a command.
            self._torn = ticket.longest_command
        self._finished(result)

    def _encoded(self, face: TicketFace, token: bytes) -> EncodedTicket:
        pieces = compose(face, self.profile.paper.cells, say_in(face.language), self._layout)
        return encode(pieces, self.profile, token)

    def _refuse_all(self, cause: str, detail: str) -> None:
        while True:
            with self._lock:
                job = self._jobs.popleft() if self._jobs else None
            if job is None:
                return
            self._finished(PrintResult(job.job_id, "failed", str(cause), f"not sent: {detail}"))

    def _finished(self, result: PrintResult) -> None:
        _log.info(
            "printer job=%s state=%s cause=%s: %s", result.job_id, result.state, result.cause, result.detail
        )
        self._call(lambda: self._on_result(result))

    def _heard(self, status: PrinterStatus) -> None:
        if status != self._status:
            self._status = status
            self._call(lambda: self._on_status(status))

    def _progress(self, job_id: str, step: str) -> None:
        on_progress = self._on_progress
        if on_progress is not None:
            self._call(lambda: on_progress(job_id, step))

    def _call(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:
            # Whoever listens badly must not stop the printer.
            _log.exception("printer port=%s: a listener failed", self._port_name)


def _tokens() -> Iterator[bytes]:
    """Fence tokens, starting anywhere: an echo meant for a process that died must not answer ours."""
    for number in count(random.randrange(len(_TOKEN_LETTERS) ** TOKEN_LENGTH)):
        letters = []
        for _ in range(TOKEN_LENGTH):
            number, digit = divmod(number, len(_TOKEN_LETTERS))
            letters.append(_TOKEN_LETTERS[digit])
        yield "".join(letters).encode("ascii")
