"""Brings the kiosk's reports to the server, in order, until they are accepted (P2, K2).

What happened (a slip's end, a diversion) waits on disk; what is merely so (how a device stands) is told by
`queue_server.feed.devices`.  One thread; nobody waits for it.
"""

from __future__ import annotations

import random
import sqlite3
import threading
from collections import deque
from dataclasses import dataclass

import structlog

from kiosk.ledger import Ledger
from queue_server.feed.client import Answered, Client, NoAnswer, Refusal
from queue_server.wire.shapes import Shape

log = structlog.get_logger()

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0

# A token that was mistyped or not enrolled yet will be put right; the report must still be there then.
_KEPT_WHEN_REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class _Unsaved:
    path: str
    report: Shape


class Reports:
    """The outbox and its thread."""

    def __init__(self, client: Client, ledger: Ledger) -> None:
        self._client = client
        self._ledger = ledger
        self._changed = threading.Condition()
        self._unsaved: deque[_Unsaved] = deque()
        self._has_work = True
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="kiosk-reports", daemon=True)

    def start(self) -> None:
        """Start the thread; it begins with what the last run left."""
        self._thread.start()

    def add(self, path: str, report: Shape) -> None:
        """Bring `report` to `path` under the API; it is on disk before it is sent.  Returns at once."""
        with self._changed:
            self._unsaved.append(_Unsaved(path, report))
            self._wake()

    def look(self) -> None:
        """There is something new in the ledger, or the server can be reached (again)."""
        with self._changed:
            self._wake()

    def stop(self) -> None:
        """End the thread; what was not accepted waits on disk for the next start."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._save()
        self._client.close()

    def _wake(self) -> None:
        self._has_work = True
        self._changed.notify()

    def _run(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopped or self._has_work)
                if self._is_stopped:
                    return
                self._has_work = False
            if self._bring_all():
                pause_s = FIRST_PAUSE_S
                continue
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopped, pause_s * random.uniform(0.5, 1.5))
                self._has_work = True
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    def _bring_all(self) -> bool:
        """Bring what there is; False when the server or the disk did not let us finish."""
        return self._bring_unsaved() and self._bring_saved()

    def _bring_unsaved(self) -> bool:
        """Save what was added; on a disk that takes nothing, bring it from memory."""
        if self._save():
            return True
        while (unsaved := self._first_unsaved()) is not None:
            if not self._is_settled(
                self._client.post(unsaved.path, unsaved.report.model_dump_json()), unsaved.path
            ):
                return False
            with self._changed:
                self._unsaved.popleft()
        return True

    def _save(self) -> bool:
        while (unsaved := self._first_unsaved()) is not None:
            try:
                self._ledger.keep(unsaved.path, unsaved.report)
            except sqlite3.Error as fault:
                log.error("report not saved", path=unsaved.path, cause=str(fault))
                return False
            with self._changed:
                self._unsaved.popleft()
        return True

    def _first_unsaved(self) -> _Unsaved | None:
        with self._changed:
            return self._unsaved[0] if self._unsaved else None

    def _bring_saved(self) -> bool:
        try:
            while (report := self._ledger.next_report()) is not None:
                if not self._is_settled(self._client.post(report.path, report.body), report.path):
                    return False
                self._ledger.accepted(report.seq)
        except sqlite3.Error as fault:
            log.error("ledger fault", cause=str(fault))
            return False
        return True

    def _is_settled(self, answer: Answered | Refusal | NoAnswer, what: str) -> bool:
        match answer:
            case Answered():
                return True
            case NoAnswer(cause):
                log.debug("report waits", what=what, cause=cause)
                return False
            case Refusal(status, code):
                log.error("report refused", what=what, status=status, code=code)
                return status not in _KEPT_WHEN_REFUSED
