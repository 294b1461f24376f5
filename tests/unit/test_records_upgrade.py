"""A data folder that the version before pads wrote: its journal is read, its records are folded again, it goes on.

`tests/golden/journal_before_pads.sql` is the dump of such a folder: two business days, a printer out of paper, a
display that failed over night.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, inspect, select

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain.branch import Branch
from queue_server.journal.place import FILE_NAME, SqlitePlace
from queue_server.journal.sql import SqlJournal
from queue_server.journal.verify import verify
from queue_server.opening import load_day, open_journal
from queue_server.records import tables
from queue_server.records.project import project
from queue_server.records.reports import report
from queue_server.service import BranchService
from queue_server.story import story_of
from tests.conftest import ROOT
from tests.hall import DISPLAY, KIOSK, small_branch, teller

BRANCH: Branch = small_branch()
DUMP = ROOT / "tests" / "golden" / "journal_before_pads.sql"
EVENTS = 35


@pytest.fixture
def old_folder(tmp_path: Path) -> Path:
    """The folder as the version before left it."""
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.executescript(DUMP.read_text(encoding="utf-8"))
    connection.close()
    return tmp_path


def columns(connection: Connection, table: str) -> set[str]:
    """What the table has."""
    return {column["name"] for column in inspect(connection).get_columns(table)}


def test_the_folder_is_really_old(old_folder: Path) -> None:
    connection = sqlite3.connect(old_folder / FILE_NAME)
    names = {row[1] for row in connection.execute("PRAGMA table_info(ticket)")}
    assert "devices" not in names
    bodies = [row[0] for row in connection.execute("SELECT body FROM event WHERE type = 'device_reported'")]
    assert bodies
    assert not any("firmware" in body for body in bodies)
    connection.close()


def test_old_events_are_read_and_an_unaltered_journal_stays_unaltered(old_folder: Path) -> None:
    journal = open_journal(BRANCH, old_folder)
    day = load_day(journal)
    assert day.position == EVENTS
    assert verify(journal.place, BRANCH.code).events == EVENTS
    display = day.devices["lobby-1"]
    assert (display.state, display.firmware, display.counters) == ("offline", None, ())
    assert day.device_incidents["lobby-1"] in day.incidents
    # The display is still out of order, and so it touched the call of the second day.
    assert day.tickets["A001"].devices == ("lobby-1",)
    journal.close()


def test_old_records_are_folded_again_once(old_folder: Path) -> None:
    with opened(old_folder) as connection:
        for table in tables.metadata.tables.values():
            assert columns(connection, table.name) == set(table.columns.keys())
        assert tickets(connection) == 3
        closed = select(tables.incident.c.span_ms).where(tables.incident.c.cause == "paper_out")
        assert 60_000 in connection.execute(closed).scalars().all()
    # Somebody's hand in the records is not mended by opening again: they are of this version now.
    hand = sqlite3.connect(old_folder / FILE_NAME)
    hand.execute("DELETE FROM ticket")
    hand.commit()
    hand.close()
    with opened(old_folder) as again:
        assert tickets(again) == 0


@contextmanager
def opened(folder: Path) -> Iterator[Connection]:
    """The records after the journal was opened as a server does it."""
    open_journal(BRANCH, folder).close()
    with SqlitePlace(folder, is_read_only=True).reader() as connection:
        yield connection


def tickets(connection: Connection) -> int:
    """How many rows of tickets there are."""
    return connection.execute(select(func.count()).select_from(tables.ticket)).scalar_one()


def test_a_rebuild_that_was_cut_off_is_begun_again(old_folder: Path) -> None:
    # The tables are made anew before the records are folded: this is as far as a power cut may come.
    SqlJournal(SqlitePlace(old_folder), BRANCH.code, tables.metadata).close()
    with opened(old_folder) as connection:
        assert tickets(connection) == 3


def test_an_old_journal_opened_for_reading_only_is_left_as_it_is(old_folder: Path) -> None:
    before = (old_folder / FILE_NAME).read_bytes()
    journal = open_journal(BRANCH, old_folder, is_read_only=True)
    assert story_of(journal, BRANCH, "A001", "en")
    journal.close()
    assert (old_folder / FILE_NAME).read_bytes() == before


def test_the_branch_goes_on_where_it_was(old_folder: Path) -> None:
    journal = open_journal(BRANCH, old_folder)
    last = journal.head().at
    assert last is not None
    clock = SetClock(last)
    service = BranchService(BRANCH, journal, clock, project=partial(project, BRANCH))
    clock.pass_s(60)
    service.dispatch(c.ReportDevice("lobby-1", "lobby_display", "online"), "d1", DISPLAY)
    service.dispatch(c.IssueTicket("cash", "new", kiosk="kiosk-1"), "d2", KIOSK)
    service.dispatch(c.CallNext("1"), "d3", teller("1"))
    with journal.place.reader() as connection:
        told = report(connection, BRANCH, date(2026, 11, 23), date(2026, 11, 24))
    assert (told.total.issued, told.total.served) == (4, 2)
    assert any(figures.device_affected for figures in told.services)
    journal.close()
    again = open_journal(BRANCH, old_folder)
    assert load_day(again) == service.day
    again.close()


def test_the_story_of_an_old_ticket_is_told(old_folder: Path) -> None:
    journal = open_journal(BRANCH, old_folder)
    told = [line.text for line in story_of(journal, BRANCH, "A001", "en", on=date(2026, 11, 23))]
    assert "The slip was not printed: paper out" in told
    journal.close()
