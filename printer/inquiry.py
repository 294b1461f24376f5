"""Asking a printer how it is over an open port, and believing only what can be believed.

It listens, sorts replies, and asks `DLE EOT` 1 to 4; tickets are the session's.  A lost port ends it with `PortLost`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from firmware_config.printer_profile import PrinterProfile
from printer.escpos import ASB_ON, NAME_QUERIES, RECOVER, STATUS_QUERIES
from printer.replies import (
    AsbReply,
    FenceReply,
    InfoReply,
    QueuedReply,
    RealTimeReply,
    Reply,
    ReplyDecoder,
)
from printer.status import GARBLED, NO_ANSWER, Contact, PrinterStatus, from_asb, from_real_time
from printer.transport import BytePort, PortStalled

_QUIET_S = 0.05
_NOISE_WATCH_S = 0.3
_NOISE_LIMIT = 3
_ROUNDS = 6
_KEPT = 8
_LONGEST_NAME = 40

Clock = Callable[[], float]


class Inquiry:
    """What the printer behind `port` says; every method runs in the thread that owns the port.

    `queued` and `fences` hold the answers that came up the print buffer, oldest first, until somebody takes them.
    `answered_at`: when the printer last gave an answer that was believed, by `clock`.
    """

    def __init__(
        self,
        port: BytePort,
        profile: PrinterProfile,
        on_status: Callable[[PrinterStatus], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self._port = port
        self._profile = profile
        self._on_status = on_status
        self._clock = clock
        self._decoder = ReplyDecoder()
        self._heard_at = clock()
        self._answers: list[int] = []
        self._is_asking = False
        self._noise = 0
        self._names: list[str] = []
        self.status = PrinterStatus()
        self.has_news = False
        self.answered_at: float | None = None
        self._was_opened = False
        self.queued: list[int] = []
        self.fences: list[bytes] = []

    def begin(self) -> PrinterStatus:
        """Switch on what the printer tells on its own, forget the noise of plugging in, and ask how it is."""
        if self._profile.status.has_asb:
            try:
                self._port.write(ASB_ON)
            except PortStalled:
                return self._tell(NO_ANSWER)
        self.listen(_QUIET_S)
        self._noise = 0
        return self.refresh()

    def listen(self, within_s: float) -> bool:
        """Take in what the printer sends; returns as soon as something came, and whether it did.  Raises PortLost."""
        data = self._port.read(within_s)
        now = self._clock()
        dropped = self._decoder.dropped
        if data:
            self._heard_at = now
            replies = self._decoder.feed(data)
        else:
            # A slow line brings a reply in pieces: only real quiet ends one.
            replies = self._decoder.settle() if now - self._heard_at >= _QUIET_S else []
        for reply in replies:
            self._take(reply)
        self._noise += self._decoder.dropped - dropped
        return bool(data)

    def refresh(self) -> PrinterStatus:
        """Ask all four questions until the answers can be trusted; the new status.  Raises PortLost.

        A change must be said twice in the same words with nothing else on the line: where there is noise, every byte
        can be mistaken for an answer.
        """
        self.listen(0)
        self.has_news = False
        if self._is_noisy():
            return self._tell(GARBLED)
        believed, silent, garbled = None, 0, 0
        for _ in range(_ROUNDS):
            answers, is_clean = self._ask_all()
            if answers is not None and is_clean:
                if answers in (believed, self.status):
                    return self._tell(answers)
                believed = answers
                continue
            believed = None
            silent, garbled = silent + is_clean, garbled + (not is_clean)
            if silent == 2:
                return self._tell(NO_ANSWER)
            if garbled == 3:
                break
        return self._tell(GARBLED)

    def recover(self) -> bool:
        """Tell a printer whose knife or paper path was freed to go on, once each time its cover was closed; whether
        it was told.  What it had to print is forgotten.  Only between tickets.  Raises PortLost.
        """
        status = self.status
        is_stuck = status.has_cutter_error or status.is_jammed
        if not (self._was_opened and is_stuck) or status.is_cover_open or status.is_unrecoverable:
            return False
        # Never on our own: while the cover is open, or was not opened, there may be a finger at the knife.
        self._was_opened = False
        try:
            self._port.write(RECOVER)
        except PortStalled:
            return False
        return True

    def ask_name(self) -> str | None:
        """Model and firmware in the printer's own words, perhaps another maker's; None when it does not say or its
        answer cannot be trusted.  Only for an idle printer that knows the command.  Raises PortLost.
        """
        said = []
        for query in NAME_QUERIES.values():
            # A late answer to an earlier question is none to this one.
            self.listen(0)
            noise = self._noise
            self._names.clear()
            try:
                self._port.write(query)
            except PortStalled:
                return None
            deadline = max(self._clock(), self._port.wire_free_at) + self._profile.status.answer_within_s
            while not self._names and (left := deadline - self._clock()) > 0:
                self.listen(left)
            if len(self._names) != 1 or self._noise != noise:
                return None
            said.append(self._names.pop().strip())
        return " ".join(filter(None, said))[:_LONGEST_NAME] or None

    def is_paper_answer(self, value: int) -> bool:
        """Whether `value` is what `GS r 1` must say of a printer in this status; noise rarely is."""
        return value == 0x03 * self.status.is_near_end | 0x0C * self.status.is_paper_out

    def _is_noisy(self) -> bool:
        """Whether the line is noisy now; a burst that is over does not count."""
        noise, self._noise = self._noise, 0
        if noise < _NOISE_LIMIT:
            return False
        until = self._clock() + _NOISE_WATCH_S
        while (left := until - self._clock()) > 0:
            self.listen(left)
        return self._noise > 0

    def _ask_all(self) -> tuple[PrinterStatus | None, bool]:
        """The status as asked once, None when an answer is missing; and whether nothing else was on the line."""
        noise = self._noise
        answers: dict[int, int] = {}
        self.listen(0)
        self._answers.clear()
        self._is_asking = True
        try:
            for n, query in STATUS_QUERIES.items():
                self._port.write(query)
                # What is still on the wire goes first, also for a real-time command.
                deadline = max(self._clock(), self._port.wire_free_at) + self._profile.status.answer_within_s
                while not self._answers:
                    if (left := deadline - self._clock()) <= 0:
                        return None, self._noise == noise
                    self.listen(left)
                if len(self._answers) > 1:
                    return None, False
                answers[n] = self._answers.pop()
        except PortStalled:
            return None, self._noise == noise
        finally:
            self._is_asking = False
        return from_real_time(answers), self._noise == noise

    def _take(self, reply: Reply) -> None:
        match reply:
            case RealTimeReply(value) if self._is_asking:
                self._answers.append(value)
            case RealTimeReply():
                self._noise += 1
            case FenceReply(token):
                self.fences = [*self.fences[1 - _KEPT :], token]
            case QueuedReply(value):
                self.queued = [*self.queued[1 - _KEPT :], value]
                if value & 0xF0:
                    self._noise += 1
            case InfoReply(text):
                self._names = [*self._names[1 - _KEPT :], text]
            case AsbReply(block):
                # Four bytes of noise can say this too: it is a reason to ask, not a fact.
                self.has_news |= from_asb(block) != self.status
            case _:
                pass

    def _tell(self, status: PrinterStatus) -> PrinterStatus:
        if status.contact is Contact.ANSWERING:
            self.answered_at = self._clock()
            is_stuck = status.has_cutter_error or status.is_jammed
            self._was_opened = status.is_cover_open or (self._was_opened and is_stuck)
        if status != self.status:
            self.status = status
            self._on_status(status)
        return status
