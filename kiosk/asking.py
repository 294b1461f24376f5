"""Asks the server for a ticket, and asks again with the same id until it answers or nobody waits any more (K6, K8).

One thread; the screens see to it that there is one request at a time.  It prints nothing and shows nothing.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

import structlog
from pydantic import ValidationError

from kiosk.happenings import Happening, NoAnswerYet, TicketIssued, TicketRefused
from queue_server.feed.client import Answered, Client, NoAnswer, Refusal
from queue_server.wire.kiosk import TicketIssuedAnswer, TicketRequest

log = structlog.get_logger()

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0


class Asking:
    """`tell` is called on this object's thread with TicketIssued, TicketRefused or NoAnswerYet."""

    def __init__(self, client: Client, tell: Callable[[Happening], None]) -> None:
        self._client = client
        self._tell = tell
        self._changed = threading.Condition()
        self._request: TicketRequest | None = None
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="kiosk-asking", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ask(self, request: TicketRequest) -> None:
        """Ask for a ticket; returns at once."""
        with self._changed:
            self._request = request
            self._changed.notify()

    def abandon(self, command_id: str) -> None:
        """Do not try this one again; an answer already on its way is still told."""
        with self._changed:
            if self._request is not None and self._request.command_id == command_id:
                self._request = None
                self._changed.notify()

    def stop(self) -> None:
        """End the thread; waits for a call in progress."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._client.close()

    def _run(self) -> None:
        while (request := self._next()) is not None:
            self._ask_until_answered(request)

    def _next(self) -> TicketRequest | None:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._request is not None)
            return None if self._is_stopped else self._request

    def _ask_until_answered(self, request: TicketRequest) -> None:
        body = request.model_dump_json()
        pause_s = FIRST_PAUSE_S
        while True:
            happening = _read(request.command_id, self._client.post("tickets", body))
            if not isinstance(happening, NoAnswerYet):
                with self._changed:
                    if self._request is request:
                        self._request = None
                self._tell(happening)
                return
            self._tell(happening)
            # Not all kiosks of a branch at the same moment when the server comes back.
            if not self._is_wanted_after(request, pause_s * random.uniform(0.5, 1.5)):
                return
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _is_wanted_after(self, request: TicketRequest, seconds: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._request is not request, seconds)
            return not self._is_stopped and self._request is request


def _read(command_id: str, answer: Answered | Refusal | NoAnswer) -> Happening:
    match answer:
        case Answered(body):
            try:
                issued = TicketIssuedAnswer.model_validate_json(body)
            except ValidationError as fault:
                # Issued, but in words this kiosk cannot read: it will be listed and accounted for.
                log.error("ticket answer unreadable", command_id=command_id, cause=str(fault))
                return TicketRefused(command_id, "unreadable_answer", {})
            return TicketIssued(command_id, issued.order)
        case Refusal(status, code, details):
            log.info("ticket refused", command_id=command_id, status=status, code=code)
            return TicketRefused(command_id, code, details)
        case NoAnswer(cause):
            log.warning("no answer to ticket request", command_id=command_id, cause=cause)
            return NoAnswerYet(command_id)
