"""The display's end of the line to the queue server: messages in, reports of what was shown and spoken home (D3, D4).

The line itself is `queue_server.feed.connection`.  Knows no board: what to do with a message is decided by whoever
listens.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import structlog

from display.outbox import Outbox, Report
from queue_server.feed.connection import Connection
from queue_server.wire.display import ShownReport, SpokenReport
from queue_server.wire.shapes import Delta, Snapshot

NAMESPACE = "/display"
# Codes of the server's own troubles: the report is right and will be taken later.  Anything else is final.
_TEMPORARY = frozenset({"fault", "journal_not_writable", "too_busy"})
TRY_AGAIN_S = 2.0

log = structlog.get_logger("display.client")


class Client:
    """Set the listeners, then `start`.  They are called on the client's threads."""

    def __init__(self, url: str, token: str, have: Callable[[], int | None]) -> None:
        self.on_message: Callable[[Snapshot | Delta], None] = lambda message: None
        self.on_lost: Callable[[], None] = lambda: None
        self.on_refused: Callable[[], None] = lambda: None
        self._outbox = Outbox()
        self._outbox_lock = threading.Lock()
        self._connection = Connection(url, NAMESPACE, token, have)
        self._connection.on_message = lambda message: self.on_message(message)
        self._connection.on_connected = self._send_open_reports
        self._connection.on_lost = lambda: self.on_lost()
        self._connection.on_refused = lambda: self.on_refused()

    def start(self) -> None:
        """Begin to connect, and stay connected until `close`."""
        self._connection.start()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def resume(self, have: int | None) -> None:
        """There was a gap: ask for the truth."""
        self._connection.resume(have)

    def shown(self, announcement_id: int, at: datetime) -> None:
        """Report that the call is on the screen."""
        report_id = uuid.uuid4().hex
        report = ShownReport(report_id=report_id, announcement_id=announcement_id, shown_at=at)
        self._report(Report(report_id, "shown", report.model_dump(mode="json")))

    def spoken(self, announcement_id: int, at: datetime) -> None:
        """Report that the announcement was heard to its end."""
        report_id = uuid.uuid4().hex
        report = SpokenReport(report_id=report_id, announcement_id=announcement_id, spoken_at=at)
        self._report(Report(report_id, "spoken", report.model_dump(mode="json")))

    @property
    def unsettled(self) -> int:
        """How many reports the server has not acknowledged yet."""
        return len(self._outbox.open())

    def _report(self, report: Report) -> None:
        with self._outbox_lock:
            self._outbox.put(report)
        self._send(report)

    def _send_open_reports(self) -> None:
        with self._outbox_lock:
            reports = self._outbox.open()
        for report in reports:
            self._send(report)

    def _send(self, report: Report) -> None:
        def answered(answer: Any = None) -> None:
            code = "" if not isinstance(answer, Mapping) or answer.get("ok") else str(answer.get("code", ""))
            if code in _TEMPORARY:
                log.warning("report not taken now", kind=report.event, code=code)
                again = threading.Timer(TRY_AGAIN_S, self._send, [report])
                again.daemon = True
                again.start()
                return
            if code:
                log.warning("report refused", kind=report.event, code=code, payload=dict(report.payload))
            with self._outbox_lock:
                self._outbox.settled(report.report_id)

        self._connection.emit(report.event, dict(report.payload), answered)
