"""What every journal promises: the same tests over memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, Text, select

from queue_server.domain import events
from queue_server.domain.actors import Actor, Role
from queue_server.domain.events import Event
from queue_server.errors import JournalAltered
from queue_server.journal.memory import MemoryJournal
from queue_server.journal.place import Place, PostgresPlace, SqlitePlace
from queue_server.journal.port import DayStart, Entry, Journal, JournalMoved, KnownCommand
from queue_server.journal.sql import SqlJournal
from queue_server.journal.verify import verify
from tests import postgres

AT = datetime(2026, 1, 5, 1, 0, 0, 250_000, tzinfo=UTC)
TELLER = Actor("li", Role.TELLER, "3")

records = MetaData()
pot = Table(
    "pot",
    records,
    Column("branch", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text),
)

SQL_PLACES = ["sqlite"] + (["postgresql"] if postgres.binaries() else [])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.cluster() as server:
        yield server


OpenPlace = Callable[[], Place]


@pytest.fixture(params=SQL_PLACES)
def open_place(request: pytest.FixtureRequest, tmp_path: Path) -> OpenPlace:
    if request.param == "sqlite":
        return lambda: SqlitePlace(tmp_path)
    url = postgres.new_database(request.getfixturevalue("postgres_server"))
    return lambda: PostgresPlace(url)


@pytest.fixture
def sql(open_place: OpenPlace) -> Iterator[SqlJournal]:
    journal = SqlJournal(open_place(), "b1", records)
    yield journal
    journal.close()


@pytest.fixture(params=["memory", *SQL_PLACES])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal("b1")
        return
    if request.param == "sqlite":
        place: Place = SqlitePlace(tmp_path)
    else:
        place = PostgresPlace(postgres.new_database(request.getfixturevalue("postgres_server")))
    made = SqlJournal(place, "b1", records)
    yield made
    made.close()


def entry(command_id: str, *happened: Event) -> Entry:
    return Entry(command_id, command_id.encode(), TELLER, happened)


def posted(number: int) -> Event:
    return events.NoticePosted(AT + timedelta(seconds=number), f"n{number}", "公告", "notice")


OPENED = events.DayOpened(AT, date(2026, 1, 5))


def rows(journal: SqlJournal, table: Table) -> list[tuple[Any, ...]]:
    with journal.place.reader() as connection:
        return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]


def test_an_empty_journal_is_at_position_zero(journal: Journal) -> None:
    assert journal.head().position == 0
    assert journal.head().at is None
    assert list(journal.read()) == []
    assert journal.days() == []
    assert journal.find("nobody") is None


def test_what_was_appended_is_read_back_in_order_with_who_and_why(journal: Journal) -> None:
    recorded = journal.append(0, [entry("c1", OPENED, posted(1)), entry("c2", posted(2))], {})
    assert [r.position for r in recorded] == [1, 2, 3]
    assert list(journal.read()) == recorded
    assert [r.event for r in recorded] == [OPENED, posted(1), posted(2)]
    assert {(r.by_id, r.by_role) for r in recorded} == {("li", "teller")}
    assert [r.command_id for r in recorded] == ["c1", "c1", "c2"]
    assert journal.head().position == 3
    assert journal.head().at == posted(2).at
    assert list(journal.read(after=1, until=2)) == recorded[1:2]


def test_events_that_mention_a_text_are_read_alone(journal: Journal) -> None:
    journal.append(0, [entry("c1", OPENED, posted(1)), entry("c2", posted(11), posted(1))], {})
    assert [r.position for r in journal.read(mention="n1")] == [2, 4]
    assert [r.position for r in journal.read(after=2, mention="n1")] == [4]
    # Neither a wildcard nor a quotation mark means anything but itself.
    assert [list(journal.read(mention=odd)) for odd in ("n%", "n_", '"', "公%")] == [[], [], [], []]
    assert len(list(journal.read(mention="公告"))) == 3


def test_a_command_is_found_with_its_span(journal: Journal) -> None:
    journal.append(0, [entry("c1", OPENED, posted(1)), entry("c2", posted(2))], {})
    assert journal.find("c1") == KnownCommand(b"c1", 1, 2)
    assert journal.find("c2") == KnownCommand(b"c2", 3, 3)


def test_a_stale_position_appends_nothing(journal: Journal) -> None:
    journal.append(0, [entry("c1", OPENED)], {})
    for stale in (0, 2):
        with pytest.raises(JournalMoved):
            journal.append(stale, [entry("c2", posted(2))], {"pot": [("b1", "k", "v")]})
    assert journal.head().position == 1
    journal.append(1, [entry("c2", posted(2))], {})


def test_a_command_id_is_taken_once(journal: Journal) -> None:
    journal.append(0, [entry("c1", OPENED)], {})
    with pytest.raises(JournalMoved):
        journal.append(1, [entry("c2", posted(1)), entry("c1", posted(2))], {})
    assert [r.event for r in journal.read()] == [OPENED]
    journal.append(1, [entry("c2", posted(1))], {})


def test_business_days_are_found_by_their_first_position(journal: Journal) -> None:
    tomorrow = events.DayOpened(AT + timedelta(days=1), date(2026, 1, 6))
    journal.append(0, [entry("c1", OPENED, posted(1))], {})
    journal.append(2, [entry("c2", events.DayClosed(AT, "next_day"), tomorrow)], {})
    assert journal.days() == [DayStart(date(2026, 1, 5), 1), DayStart(date(2026, 1, 6), 4)]


def test_an_event_that_cannot_be_written_leaves_nothing_behind(journal: Journal) -> None:
    half = events.NoticePosted(AT, "n1", "\ud800", "half a surrogate pair")
    with pytest.raises(ValueError, match="surrogates"):
        journal.append(0, [entry("c1", OPENED), entry("c2", half)], {})
    assert list(journal.read()) == []
    journal.append(0, [entry("c1", OPENED)], {})


def test_record_rows_are_written_with_the_events_and_replaced_by_key(sql: SqlJournal) -> None:
    sql.append(0, [entry("c1", OPENED)], {"pot": [("b1", "a", "1"), ("b1", "b", "1")]})
    sql.append(1, [entry("c2", posted(1))], {"pot": [("b1", "b", "2")]})
    assert rows(sql, pot) == [("b1", "a", "1"), ("b1", "b", "2")]


def test_record_rows_of_a_refused_append_are_not_written(sql: SqlJournal) -> None:
    sql.append(0, [entry("c1", OPENED)], {"pot": [("b1", "a", "1")]})
    with pytest.raises(JournalMoved):
        sql.append(1, [entry("c1", posted(1))], {"pot": [("b1", "a", "2")]})
    with pytest.raises(Exception, match=r"(?i)bind|parameter|placeholder"):
        sql.append(1, [entry("c2", posted(1))], {"pot": [("b1", "a")]})
    assert rows(sql, pot) == [("b1", "a", "1")]
    assert sql.head().position == 1
    sql.append(1, [entry("c2", posted(1))], {"pot": [("b1", "a", "3")]})
    assert rows(sql, pot) == [("b1", "a", "3")]


def test_it_is_all_there_when_opened_again(open_place: OpenPlace) -> None:
    first = SqlJournal(open_place(), "b1", records)
    recorded = first.append(0, [entry("c1", OPENED, posted(1))], {})
    head = first.head()
    first.close()
    again = SqlJournal(open_place(), "b1", records)
    assert list(again.read()) == recorded
    assert again.head() == head
    again.append(2, [entry("c2", posted(2))], {})
    assert verify(again.place, "b1").events == 3
    again.close()


def test_branches_in_one_database_do_not_see_each_other(sql: SqlJournal) -> None:
    other = SqlJournal(sql.place, "b2", records)
    sql.append(0, [entry("c1", OPENED)], {})
    assert other.head().position == 0
    assert other.find("c1") is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", '{"notice_id":"n2","zh":"改","en":"notice"}'),
        ("at", 1),
        ("by_id", "wang"),
        ("by_role", "kiosk"),
        ("command_id", "c9"),
        ("type", "notice_withdrawn"),
        ("version", 2),
        ("hash", b"\0" * 32),
    ],
)
def test_verify_names_the_first_altered_row(sql: SqlJournal, column: str, value: Any) -> None:
    for number in range(5):
        sql.append(number, [entry(f"c{number}", posted(number))], {})
    assert verify(sql.place, "b1").events == 5
    assert verify(sql.place, "b1").hash == sql.head().hash
    _tamper(sql, f"UPDATE event SET {column} = :value WHERE position = 3", value)
    with pytest.raises(JournalAltered) as altered:
        verify(sql.place, "b1")
    assert altered.value.details["position"] == 3


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("DELETE FROM event WHERE position = 2", 2),
        ("DELETE FROM event WHERE position >= 5", 5),
        ("DELETE FROM command WHERE command_id = 'c1'", 2),
        ("UPDATE command SET last_position = 9 WHERE command_id = 'c3'", 4),
        ("DELETE FROM day", 1),
    ],
)
def test_verify_names_what_was_taken_out(sql: SqlJournal, statement: str, position: int) -> None:
    sql.append(0, [entry("c0", OPENED)], {})
    for number in range(1, 5):
        sql.append(number, [entry(f"c{number}", posted(number))], {})
    _tamper(sql, statement, None)
    with pytest.raises(JournalAltered) as altered:
        verify(sql.place, "b1")
    assert altered.value.details["position"] == position


def test_a_row_that_cannot_be_read_is_named(sql: SqlJournal) -> None:
    for number in range(3):
        sql.append(number, [entry(f"c{number}", posted(number))], {})
    _tamper(sql, "UPDATE event SET body = :value WHERE position = 2", "{broken")
    with pytest.raises(JournalAltered) as altered:
        list(sql.read())
    assert altered.value.details["position"] == 2


def _tamper(journal: SqlJournal, statement: str, value: Any) -> None:
    connection = journal.place.writer()
    cursor = connection.cursor()
    marker = "?" if journal.place.dialect.name == "sqlite" else "%s"
    if ":value" in statement:
        cursor.execute(statement.replace(":value", marker), (value,))
    else:
        cursor.execute(statement)
    connection.commit()
    connection.close()
