"""What the kiosk must not forget over a power cut: slips it began, and reports nobody has accepted yet.

A slip is remembered *before* its first byte goes to the printer, so that no restart can print it twice (P4), and its
end and the report of it are one transaction, so that neither exists without the other (P2).  One small SQLite file;
safe to use from several threads.  It prints nothing and sends nothing.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import structlog

from queue_server.wire.kiosk import PrintState
from queue_server.wire.shapes import Shape

log = structlog.get_logger()

SlipState = Literal["begun"] | PrintState

_TABLES = """
create table if not exists slip (
    job_id text primary key,
    state text not null,
    begun_at text not null default current_timestamp
) without rowid;
create table if not exists report (
    seq integer primary key autoincrement,
    path text not null,
    body text not null
);
"""

# The server lists a slip for a day at most; a month is more than anybody will ask about.
_KEPT = "-31 days"


@dataclass(frozen=True, slots=True)
class WaitingReport:
    """A report the server has not accepted yet: `body` is its JSON, to be posted to `path` under the API."""

    seq: int
    path: str
    body: str


class Ledger:
    """The kiosk's memory on disk.

    Every method may raise sqlite3.Error when the disk is full or cannot be written; nothing has changed then.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = _opened(folder / "kiosk.db")

    def begin(self, job_id: str) -> SlipState | None:
        """Remember that a slip is about to be printed; None when it may be, else what is remembered of it."""
        with self._transaction() as db:
            row = db.execute("select state from slip where job_id = ?", (job_id,)).fetchone()
            if row is not None:
                return cast(SlipState, row[0])
            db.execute("insert into slip (job_id, state) values (?, 'begun')", (job_id,))
            return None

    def end(self, job_id: str, state: PrintState, path: str, report: Shape) -> bool:
        """Remember how a slip ended and what to report; False, and nothing, when its end is remembered already.

        Only an `unknown` can still become `printed`: new paper, and the printer went on from its buffer.
        """
        with self._transaction() as db:
            row = db.execute("select state from slip where job_id = ?", (job_id,)).fetchone()
            if row is not None and row[0] != "begun" and (row[0], state) != ("unknown", "printed"):
                return False
            db.execute("insert or replace into slip (job_id, state) values (?, ?)", (job_id, state))
            db.execute("insert into report (path, body) values (?, ?)", (path, report.model_dump_json()))
            return True

    def state(self, job_id: str) -> SlipState | None:
        """What is remembered of a slip."""
        with self._lock:
            row = self._db.execute("select state from slip where job_id = ?", (job_id,)).fetchone()
        return None if row is None else cast(SlipState, row[0])

    def interrupted(self) -> list[str]:
        """Slips begun and not ended: at a start, those that a power cut or a crash fell into."""
        with self._lock:
            rows = self._db.execute(
                "select job_id from slip where state = 'begun' order by begun_at"
            ).fetchall()
        return [row[0] for row in rows]

    def keep(self, path: str, report: Shape) -> None:
        """Keep a report until it is accepted."""
        with self._transaction() as db:
            db.execute("insert into report (path, body) values (?, ?)", (path, report.model_dump_json()))

    def next_report(self) -> WaitingReport | None:
        """The oldest report nobody has accepted."""
        with self._lock:
            row = self._db.execute("select seq, path, body from report order by seq limit 1").fetchone()
        return None if row is None else WaitingReport(*row)

    def accepted(self, seq: int) -> None:
        """A report was accepted (or refused for good): forget it."""
        with self._transaction() as db:
            db.execute("delete from report where seq = ?", (seq,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            self._db.execute("begin immediate")
            yield self._db


def _opened(path: Path) -> sqlite3.Connection:
    try:
        return _connected(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as fault:
        # Without its memory the kiosk reports what it finds listed as unknown, which is true; without a kiosk
        # there are no tickets at all.
        aside = path.with_suffix(".broken")
        log.error("kiosk ledger unreadable, set aside", path=str(path), aside=str(aside), cause=str(fault))
        path.replace(aside)
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        # A slip that was printed must still be remembered after a power cut.
        db.execute("pragma synchronous = full")
        db.executescript(_TABLES)
        db.execute("delete from slip where state != 'begun' and begun_at < datetime('now', ?)", (_KEPT,))
    except sqlite3.Error:
        db.close()
        raise
    return db
