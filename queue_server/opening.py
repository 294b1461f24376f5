"""A branch's journal opened, read into its business day, and its records folded again.

What the door and the technician's tools both begin with.  Decides nothing and listens to nobody.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable
from pathlib import Path

from queue_server.domain.branch import Branch
from queue_server.domain.day import Day, new_day
from queue_server.domain.decide import evolve
from queue_server.domain.events import Event
from queue_server.journal.place import Place, PostgresPlace, SqlitePlace
from queue_server.journal.port import Journal
from queue_server.journal.sql import SqlJournal
from queue_server.records import tables
from queue_server.records.project import rebuilt


def open_place(data: Path | str, is_read_only: bool = False) -> Place:
    """Where a branch's journal lies: a folder (SQLite), or the address of a PostgreSQL database."""
    if isinstance(data, str) and "://" in data:
        return PostgresPlace(data)
    return SqlitePlace(Path(data), is_read_only)


def open_journal(branch: Branch, data: Path | str, is_read_only: bool = False) -> SqlJournal:
    """The branch's journal with its records; raises the fault JournalNotWritable naming the place.

    Records that another version of the program folded are folded again, once, unless it is opened for reading only.
    """
    journal = SqlJournal(open_place(data, is_read_only), branch.code, tables.metadata, is_read_only)
    try:
        if not is_read_only and not journal.has_current_records():
            rebuild_records(branch, journal)
    except BaseException:
        journal.close()
        raise
    return journal


def rebuild_records(branch: Branch, journal: SqlJournal) -> None:
    """Throw the records away and fold them from the journal again: the same rows (B1)."""
    events = (recorded.event for recorded in journal.read())
    journal.replace_records(rebuilt(branch, new_day(), events))


def fold(day: Day, happened: Iterable[Event]) -> Day:
    """The day after those events."""
    for event in happened:
        day = evolve(day, event)
    return day


def load_day(journal: Journal) -> Day:
    """The current business day, read from its first event: earlier days are not needed."""
    days = journal.days()
    start = days[-1].first_position - 1 if days else 0
    # A day is a hundred thousand small objects that all stay: looking for garbage among them doubles the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        return fold(new_day(start), (recorded.event for recorded in journal.read(start)))
    finally:
        if collects:
            gc.enable()
