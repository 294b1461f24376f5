"""One ticket at a time to a printer over one open port: ask, send, wait for the fence, say how it ended.

It never prints anything twice.  Opening ports, threads and queues are the driver's; a port lost between tickets ends
the session with `PortLost`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from firmware_config.printer_profile import PrinterProfile
from printer.escpos import QUEUED_QUERY, EncodedTicket, separate
from printer.inquiry import Clock, Inquiry
from printer.transport import BytePort, PortLost, PortStalled

_SLICE_S = 0.25
_QUIET_S = 0.05

PrintState = Literal["printed", "failed", "unknown"]
"""failed = no complete slip exists and none will come · unknown = bytes went out and nobody can say."""


@dataclass(frozen=True, slots=True)
class PrintResult:
    """How a job ended; `cause` is a stable code (`printer.status.Condition` or `cancelled`), `detail` is for the log."""

    job_id: str
    state: PrintState
    cause: str | None = None
    detail: str = ""


class Session:
    """Prints over `port`; `on_late` hears of a ticket given up as unknown that came out after all."""

    def __init__(
        self,
        port: BytePort,
        profile: PrinterProfile,
        inquiry: Inquiry,
        on_late: Callable[[PrintResult], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self._port = port
        self._profile = profile
        self._inquiry = inquiry
        self._on_late = on_late
        self._clock = clock
        self._owed_tokens: dict[bytes, str] = {}
        self._owed_answer: str | None = None
        self._backlog_mm = 0.0

    def settle_late(self) -> None:
        """Tell of tickets given up as unknown whose fence has been answered since; call between tickets."""
        inquiry = self._inquiry
        for token in [token for token in inquiry.fences if token in self._owed_tokens]:
            inquiry.fences.remove(token)
            self._late(self._owed_tokens.pop(token))
        if self._owed_answer is not None and inquiry.status.cause is None and inquiry.queued:
            answer = inquiry.queued[-1]
            inquiry.queued.clear()
            if inquiry.is_paper_answer(answer):
                self._late(self._owed_answer)
                self._owed_answer = None

    def free(self, longest_command: int) -> None:
        """Free a printer that may hang in the middle of a ticket and cut off what hangs out of it.  Raises PortLost,
        PortStalled.
        """
        self._port.write(separate(self._profile, longest_command))

    def print_ticket(
        self, job_id: str, ticket: EncodedTicket, token: bytes, on_step: Callable[[str], None]
    ) -> PrintResult:
        """Send a ticket and wait for its fence; `on_step` hears 'sending' before the first byte and 'sent'
        when the last one was handed over.
        """
        try:
            refused = self._prepare(job_id)
        except (PortLost, PortStalled) as fault:
            return PrintResult(job_id, "failed", fault.code, f"not sent: {fault}")
        if refused is not None:
            return refused
        on_step("sending")
        try:
            self._port.write(ticket.data)
        except (PortLost, PortStalled) as fault:
            detail = f"{fault}; {fault.sent} of {len(ticket.data)} bytes had left"
            return PrintResult(job_id, "unknown" if fault.sent else "failed", fault.code, detail)
        on_step("sent")
        try:
            result = self._await_completion(job_id, ticket, token)
        except (PortLost, PortStalled) as fault:
            return PrintResult(job_id, "unknown", fault.code, f"{fault}, after the ticket was sent")
        if result.state == "printed":
            self._backlog_mm = 0.0
        else:
            self._owe(job_id, ticket, token)
        return result

    def _prepare(self, job_id: str) -> PrintResult | None:
        """Why nothing may be sent now, or None."""
        status = self._inquiry.refresh()
        if status.cause is not None:
            return PrintResult(job_id, "failed", status.cause, f"not sent: {status.in_words(str)}")
        self.settle_late()
        if self._owed_answer is not None and not self._catch_up(self._owed_answer):
            return PrintResult(
                job_id, "failed", "no_answer", "not sent: an earlier ticket is still in the printer"
            )
        self._inquiry.queued.clear()
        return None

    def _catch_up(self, owed: str) -> bool:
        """Let the printer finish what it still holds, or its late answer would be taken for the next ticket's."""
        inquiry = self._inquiry
        inquiry.queued.clear()
        self._port.write(QUEUED_QUERY)
        deadline = self._clock() + self._profile.completion.within_s
        while not inquiry.queued and self._clock() < deadline:
            inquiry.listen(_SLICE_S)
        if not inquiry.queued:
            return False
        # Two answers come one right after the other; a printer that lost its buffer gives only the new one.
        quiet_at = self._clock() + _SLICE_S
        while len(inquiry.queued) < 2 and self._clock() < quiet_at:
            inquiry.listen(_QUIET_S)
        self._owed_answer = None
        if len(inquiry.queued) >= 2:
            self._late(owed)
        return True

    def _await_completion(self, job_id: str, ticket: EncodedTicket, token: bytes) -> PrintResult:
        inquiry, completion = self._inquiry, self._profile.completion
        takes_s = (ticket.paper_mm + self._backlog_mm) / completion.speed_mm_s + self._profile.cut.takes_s
        free_at = self._port.wire_free_at
        done_at, deadline = free_at + takes_s, free_at + takes_s + completion.within_s
        last_chance = deadline + completion.blocked_within_s
        blocked_since: float | None = None
        ask_at = free_at
        while True:
            inquiry.listen(max(0.0, min(_SLICE_S, ask_at - self._clock())))
            if token and token in inquiry.fences:
                inquiry.fences.remove(token)
                return PrintResult(job_id, "printed", None, "the printer echoed the fence")
            is_answered = completion.method == "gs_r" and bool(inquiry.queued)
            if not is_answered and self._clock() < ask_at:
                continue
            status = inquiry.refresh()
            now = self._clock()
            ask_at = now + _SLICE_S
            if completion.method == "gs_r" and inquiry.queued:
                # On a noisy line any byte may look like the answer: it must agree with the status and be alone.
                answers, inquiry.queued = inquiry.queued, []
                if status.cause is None and all(map(inquiry.is_paper_answer, answers)):
                    return PrintResult(job_id, "printed", None, "the printer answered behind the cut")
                self._port.write(QUEUED_QUERY)
            if status.cause is None:
                if blocked_since is not None:
                    # It prints on from its buffer now, and needs the time again.
                    blocked_since, done_at = None, now + takes_s
                    deadline = min(done_at + completion.within_s, last_chance)
                if completion.method == "poll" and now >= done_at:
                    return PrintResult(
                        job_id, "printed", None, "nothing stopped it for as long as a ticket takes"
                    )
            else:
                blocked_since = now if blocked_since is None else blocked_since
                if now - blocked_since >= completion.blocked_within_s:
                    return PrintResult(job_id, "unknown", status.cause, status.in_words(str))
            if now >= deadline:
                return PrintResult(
                    job_id, "unknown", status.cause or "no_answer", "no word that it is complete"
                )

    def _owe(self, job_id: str, ticket: EncodedTicket, token: bytes) -> None:
        """Remember a ticket whose end is not known: what it left in the printer comes before the next."""
        self._backlog_mm += ticket.paper_mm
        if token:
            self._owed_tokens[token] = job_id
        elif self._profile.completion.method == "gs_r":
            self._owed_answer = job_id

    def _late(self, job_id: str) -> None:
        self._backlog_mm = 0.0
        self._on_late(PrintResult(job_id, "printed", None, "after it had been given up as unknown"))
