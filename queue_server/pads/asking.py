"""Brings one device's presses to the server, one after the other, until each is answered or 10 s have passed (C6, H3).

A thread for each device, so that no press waits behind another device's.  A press is asked again with the same id;
it is never asked again once it was given up, for a customer must not be called half a minute after the key.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from queue_server.feed.client import ANSWER_TIMEOUT_S, Answered, Client, NoAnswer, Refusal
from queue_server.pads.refusals import NO_SERVER

GIVEN_UP_AFTER_S = 10.0
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 1.0

log = structlog.get_logger("pads.asking")


@dataclass(frozen=True, slots=True)
class Question:
    """A press or a rating on its way.  `path` under the API; `body` makes its JSON from its command id.

    `heard_s`: when it was heard, monotonic.  `identify` gives its command id; it may write to the disk.
    """

    device: str
    press_id: str
    path: str
    identify: Callable[[], str]
    body: Callable[[str], str]
    heard_s: float


@dataclass(frozen=True, slots=True)
class Done:
    """The server acted on it, now or when it was asked the first time."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no; or nobody said anything for 10 s (`no_server`), or only that it is broken (`fault`).

    `in_doubt`: the command id of a press that may have been acted upon although nobody answered.
    """

    code: str
    details: dict[str, Any] = field(default_factory=dict)
    in_doubt: str | None = None


Outcome = Done | Refused


class Asking:
    """One device's presses.  `tell` is called on this object's thread, once for each question but those of a stop."""

    def __init__(self, client: Client, tell: Callable[[Question, Outcome], None]) -> None:
        self._client = client
        self._tell = tell
        self._questions: queue.SimpleQueue[Question | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._is_stopped = False
        self._is_nudged = False
        self._thread = threading.Thread(target=self._run, name="pads asking", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def ask(self, question: Question) -> None:
        """Ask when those before it are answered; returns at once."""
        self._questions.put(question)

    def nudge(self) -> None:
        """The server is back: ask now."""
        with self._changed:
            self._is_nudged = True
            self._changed.notify()

    def stop(self) -> None:
        """End the thread; what it is asking now is asked again by the next start, which the pad tells."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self._questions.put(None)

    def join(self) -> None:
        """Wait for the thread, as long as a request may take."""
        if self._thread.is_alive():
            self._thread.join(timeout=ANSWER_TIMEOUT_S)

    def _run(self) -> None:
        while (question := self._questions.get()) is not None and not self._is_stopped:
            outcome = self._answer(question)
            if outcome is not None:
                self._tell(question, outcome)
        self._client.close()

    def _answer(self, question: Question) -> Outcome | None:
        command_id = question.identify()
        body = question.body(command_id)
        until_s = question.heard_s + GIVEN_UP_AFTER_S
        pause_s, is_unsent, cause = FIRST_PAUSE_S, True, ""
        while (left_s := until_s - time.monotonic()) > 0:
            with self._changed:
                self._is_nudged = False
            answer = self._client.post(question.path, body, min(ANSWER_TIMEOUT_S, left_s))
            match answer:
                case Answered():
                    return Done()
                case Refusal(status, code, details):
                    log.info(
                        "refused", device=question.device, command_id=command_id, status=status, code=code
                    )
                    return Refused(code, details)
                case NoAnswer(cause):
                    is_unsent = is_unsent and answer.is_unsent
                    log.warning("no answer", device=question.device, command_id=command_id, cause=cause)
            if not self._is_wanted_after(min(pause_s * random.uniform(0.5, 1.5), until_s - time.monotonic())):
                return None
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)
        code = "fault" if cause.startswith("http_") else NO_SERVER
        return Refused(code, in_doubt=None if is_unsent else command_id)

    def _is_wanted_after(self, seconds: float) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._is_nudged, max(0.0, seconds))
            return not self._is_stopped
