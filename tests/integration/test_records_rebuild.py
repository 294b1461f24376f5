"""10 Every report equals its rebuild: the rows written with the events are the rows folded from the journal again."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain.branch import HallRules
from queue_server.journal.memory import MemoryJournal
from queue_server.journal.place import SqlitePlace
from queue_server.journal.port import Journal
from queue_server.journal.sql import SqlJournal
from queue_server.journal.verify import verify
from queue_server.records import tables
from queue_server.records.project import project
from queue_server.records.reports import Report, report
from queue_server.service import BranchService, load_day, rebuild_records
from tests.hall import MORNING, pad_branch, teller
from tests.walk import PAUSES_S, accepted_command

# One announcement is enough for a no-show, or a walk at random would hardly ever come to one.
BRANCH = pad_branch(rules=HallRules(announcements_required=1, announcement_gap_s=0, no_show_after_s=0))
DAYS, COMMANDS_A_DAY = 2, 70


def rows(journal: SqlJournal) -> dict[str, list[tuple[Any, ...]]]:
    with journal.place.reader() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in tables.metadata.tables.values()
        }


def report_of(journal: SqlJournal) -> Report:
    with journal.place.reader() as connection:
        return report(connection, BRANCH, date(2026, 11, 23), date(2026, 11, 30))


def live(journal: Journal, random: Random) -> BranchService:
    """Two days of whatever the branch accepts, with restarts in between; returns the door as it is then."""
    clock = SetClock(MORNING)
    service = BranchService(BRANCH, journal, clock, project=partial(project, BRANCH))
    for day in range(DAYS):
        clock.set(MORNING + timedelta(days=day))
        for counter in ("1", "2", "3"):
            service.dispatch(
                c.OpenCounter(counter, f"teller-{counter}"), f"open-{day}-{counter}", teller(counter)
            )
        for index in range(COMMANDS_A_DAY):
            clock.pass_s(random.choice(PAUSES_S))
            command, actor = accepted_command(BRANCH, service.day, clock.now(), random)
            assert service.dispatch(command, f"c-{day}-{index}", actor).events
            if random.random() < 0.02:
                told = service.day
                service = BranchService(BRANCH, journal, clock, project=partial(project, BRANCH))
                assert service.day == told, "a start finds the day as it was"
    return service


@settings(max_examples=15)
@example(2720)  # an arrival that was only assumed, taken back, and nobody came
@given(st.integers(0, 2**32))
def test_10_every_report_equals_its_rebuild(seed: int) -> None:
    with TemporaryDirectory() as folder:
        journal = SqlJournal(SqlitePlace(Path(folder)), BRANCH.code, tables.metadata)
        service = live(journal, Random(seed))
        written, reported = rows(journal), report_of(journal)
        rebuild_records(BRANCH, journal)
        assert rows(journal) == written
        assert report_of(journal) == reported
        assert load_day(journal) == service.day
        assert verify(journal.place, BRANCH.code).events == service.day.position
        journal.close()


def test_10_a_rebuild_repairs_records_that_somebody_changed(tmp_path: Path) -> None:
    journal = SqlJournal(SqlitePlace(tmp_path), BRANCH.code, tables.metadata)
    live(journal, Random(1))
    written, reported = rows(journal), report_of(journal)
    journal.close()
    place = SqlitePlace(tmp_path)
    connection = place.writer()
    connection.execute("UPDATE ticket SET to_first_call_ms = 1, state = 'served'")
    connection.execute("DELETE FROM incident")
    connection.close()
    place.release()
    journal = SqlJournal(SqlitePlace(tmp_path), BRANCH.code, tables.metadata)
    assert report_of(journal) != reported
    rebuild_records(BRANCH, journal)
    assert rows(journal) == written
    assert report_of(journal) == reported
    journal.close()


def test_the_walk_through_the_days_really_meets_everything() -> None:
    met: set[str] = set()
    written: set[str] = set()
    for seed in range(40):
        journal = MemoryJournal(BRANCH.code)
        live(journal, Random(seed))
        met |= {type(recorded.event).__name__ for recorded in journal.events}
        written |= set(journal.rows)
    assert written == set(tables.metadata.tables)
    assert met >= {
        *("TicketMissed", "TicketExpired", "TicketHeld", "TicketTransferred", "TicketMoved", "CallUnheard"),
        *("TransactionStarted", "TransactionCorrected", "SeatLeft", "WrapUpStarted", "IncidentAmended"),
        *("StandardExceeded", "TicketWalkedOut", "TicketCancelled", "CallWithdrawn", "TicketResumed"),
        *("StartRetracted", "VisitRated", "RatingExpired", "IncidentClosed", "ConfigurationLoaded"),
        *("SupervisorCalled", "SupervisorAnswered", "SupervisorEscalated"),
    }
