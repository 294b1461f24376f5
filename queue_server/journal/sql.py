"""The journal in SQL: SQLite in a branch, PostgreSQL for many branches, the same code.

`append` is a compare-and-set: the key (branch, position) can be taken once.  It writes with statements that
SQLAlchemy compiled once and the driver runs on plain tuples, because this is the path every press of a key waits for.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NoReturn

from sqlalchemy import MetaData, Table, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from queue_server.clock import at_ms, from_ms
from queue_server.domain.events import DayOpened
from queue_server.errors import JournalAltered, JournalNotWritable
from queue_server.journal import chain, codec, tables
from queue_server.journal.place import Place, fetch
from queue_server.journal.port import (
    DayStart,
    Entry,
    Head,
    JournalMoved,
    KnownCommand,
    Recorded,
    RecordRows,
    RunBlocking,
    direct_call,
)

_READ_AT_ONCE = 2000
_READ_COLUMNS = tuple(
    tables.event.c[name]
    for name in ("position", "at", "type", "version", "body", "by_id", "by_role", "command_id")
)
log = logging.getLogger(__name__)


class SqlJournal:
    """One branch's journal and records in one database.

    `records` are the tables its rows go to in the same transaction, of the version that `records.info` says; they and
    the journal's own are made when missing, and made anew, empty, when they have another shape.
    Raises the fault JournalNotWritable naming the place, from the constructor too.
    """

    def __init__(self, place: Place, branch: str, records: MetaData, is_read_only: bool = False) -> None:
        self.place = place
        self._branch = branch
        self._records = records
        self._records_version: int = records.info.get("version", 0)
        self._writer: Any = None
        self._head: Head | None = None
        self._insert_event = self._compiled(insert(tables.event))
        self._insert_command = self._compiled(insert(tables.command))
        self._insert_day = self._compiled(insert(tables.day))
        self._upserts = {table.name: self._upsert(table) for table in records.tables.values()}
        if not is_read_only:
            place.create(records)

    # --- writing ---------------------------------------------------------------------------------------------------

    def append(
        self,
        expected: int,
        entries: Sequence[Entry],
        records: RecordRows,
        run_blocking: RunBlocking = direct_call,
    ) -> list[Recorded]:
        """See `Journal.append`."""
        head = self._head or self.head()
        self._head = None
        if head.position != expected:
            raise JournalMoved(f"the journal is at {head.position}, not at {expected}")
        # Everything that can be wrong with the events themselves goes wrong before the transaction begins.
        recorded, events, commands, days = self._rows(head, entries)
        writes = [
            (self._insert_event, events),
            (self._insert_command, commands),
            (self._insert_day, days),
            *((self._upserts[name], rows) for name, rows in records.items()),
        ]
        if self.place.is_local:
            # Rows go into the cache at once; only the commit waits for the disk.  In another thread each statement
            # would have to win the interpreter back from whoever is busy.
            error = self._written(writes) or self._off_thread(run_blocking, self._committed)
        else:
            error = self._off_thread(run_blocking, lambda: self._written(writes) or self._committed())
        if error is not None:
            self._give_up(error)
        last = events[-1]
        self._head = Head(last[1], from_ms(last[2]), last[9])
        return recorded

    def _off_thread(
        self, run_blocking: RunBlocking, work: Callable[[], Exception | None]
    ) -> Exception | None:
        try:
            return run_blocking(work)
        except BaseException:
            # The caller was killed, the work may still run: leave it the connection.  Whoever writes next waits for
            # its transaction and finds that the journal moved.
            self._writer = None
            raise

    def _written(self, writes: Iterable[tuple[str, Sequence[tuple[Any, ...]]]]) -> Exception | None:
        """Begin a transaction and write the rows; an error is returned, because it may cross a thread."""
        try:
            cursor = self._connection().cursor()
            self.place.begin(cursor)
            for statement, rows in writes:
                _write(cursor, statement, rows)
        except Exception as error:
            return error
        return None

    def _committed(self) -> Exception | None:
        try:
            self._connection().commit()
        except Exception as error:
            return error
        return None

    def has_current_records(self) -> bool:
        """Whether the records were folded by the program as it is; False for a branch without any, and for old ones."""
        table = tables.records
        with self.place.reader() as connection:
            version = connection.execute(
                select(table.c.version).where(table.c.branch == self._branch)
            ).scalar()
        return bool(version == self._records_version)

    def replace_records(self, chunks: Iterable[RecordRows]) -> None:
        """Throw away the branch's record rows and write these instead, all or nothing: for a rebuild."""
        writes = ((self._upserts[name], rows) for chunk in chunks for name, rows in chunk.items())
        try:
            cursor = self._connection().cursor()
            self.place.begin(cursor)
            for table in self._records.tables.values():
                statement = table.delete().where(table.c.branch == self._branch)
                cursor.execute(self._compiled(statement), (self._branch,))
            for upsert, rows in writes:
                _write(cursor, upsert, rows)
            _write(cursor, self._upsert(tables.records), [(self._branch, self._records_version)])
            self._connection().commit()
        except Exception as error:
            self._give_up(error)

    def _rows(
        self, head: Head, entries: Sequence[Entry]
    ) -> tuple[list[Recorded], list[Any], list[Any], list[Any]]:
        recorded: list[Recorded] = []
        event_rows: list[Any] = []
        command_rows: list[Any] = []
        day_rows: list[Any] = []
        position, previous, branch = head.position, head.hash, self._branch
        for entry in entries:
            first = position + 1
            command_id, by_id, by_role = entry.command_id, entry.by.id, entry.by.role.value
            at = 0
            for event in entry.events:
                position += 1
                at = at_ms(event.at)
                kind, version, body = codec.encode(event)
                previous = chain.link(
                    previous, branch, position, at, kind, version, body, by_id, by_role, command_id
                )
                event_rows.append(
                    (branch, position, at, kind, version, body, by_id, by_role, command_id, previous)
                )
                recorded.append(Recorded(position, event, by_id, by_role, command_id))
                if type(event) is DayOpened:
                    day_rows.append((branch, event.date.isoformat(), position))
            command_rows.append((branch, command_id, entry.digest, first, position, at))
        return recorded, event_rows, command_rows, day_rows

    def _connection(self) -> Any:
        if self._writer is None:
            self._writer = self.place.writer()
        return self._writer

    def _give_up(self, error: Exception) -> NoReturn:
        """Roll back and say what went wrong: moved, fault or bug."""
        dbapi: Any = self.place.dialect.loaded_dbapi
        connection, self._writer = self._writer, None
        if connection is not None:
            try:
                connection.rollback()
                if isinstance(error, dbapi.IntegrityError):
                    self._writer = connection
            except Exception:
                log.warning("rollback failed place=%s", self.place.name)
            if self._writer is None:
                # A connection that failed is not trusted again.
                with suppress(Exception):
                    connection.close()
        if isinstance(error, dbapi.IntegrityError):
            raise JournalMoved(str(error)) from error
        if isinstance(error, (dbapi.DataError, dbapi.ProgrammingError)):
            raise error
        if isinstance(error, self.place.faults):
            raise JournalNotWritable(cause=f"{self.place.name}: {error}") from error
        raise error

    def _compiled(self, statement: Any) -> str:
        return str(statement.compile(dialect=self.place.dialect))

    def _upsert(self, table: Table) -> str:
        keys = [column.name for column in table.primary_key.columns]
        make: Any = sqlite_insert if self.place.dialect.name == "sqlite" else postgresql_insert
        statement = make(table)
        others = {
            column.name: statement.excluded[column.name] for column in table.c if column.name not in keys
        }
        return self._compiled(statement.on_conflict_do_update(index_elements=keys, set_=others))

    # --- reading ---------------------------------------------------------------------------------------------------

    def head(self) -> Head:
        """See `Journal.head`."""
        table = tables.event
        query = (
            select(table.c.position, table.c.at, table.c.hash)
            .where(table.c.branch == self._branch)
            .order_by(table.c.position.desc())
            .limit(1)
        )
        with self.place.reader() as connection:
            row = connection.execute(query).first()
        self._head = (
            Head(0, None, chain.GENESIS) if row is None else Head(row[0], from_ms(row[1]), bytes(row[2]))
        )
        return self._head

    def find(self, command_id: str) -> KnownCommand | None:
        """See `Journal.find`."""
        marker = "?" if self.place.dialect.name == "sqlite" else "%s"
        try:
            connection = self._connection()
            cursor = connection.cursor()
            cursor.execute(
                "SELECT digest, first_position, last_position FROM command"
                f" WHERE branch = {marker} AND command_id = {marker}",
                (self._branch, command_id),
            )
            row = cursor.fetchone()
            connection.rollback()
        except Exception as error:
            self._give_up(error)
        return None if row is None else KnownCommand(bytes(row[0]), row[1], row[2])

    def read(
        self, after: int = 0, until: int | None = None, mention: str | None = None
    ) -> Iterator[Recorded]:
        """See `Journal.read`."""
        table = tables.event
        query = select(*_READ_COLUMNS).where(table.c.branch == self._branch, table.c.position > after)
        if until is not None:
            query = query.where(table.c.position <= until)
        if mention is not None:
            query = query.where(
                table.c.body.contains(json.dumps(mention, ensure_ascii=False), autoescape=True)
            )
        with self.place.reader() as connection:
            result = connection.execute(query.order_by(table.c.position))
            while rows := result.fetchmany(_READ_AT_ONCE):
                yield from _decoded(rows)

    def days(self) -> list[DayStart]:
        """See `Journal.days`."""
        table = tables.day
        query = (
            select(table.c.date, table.c.first_position)
            .where(table.c.branch == self._branch)
            .order_by(table.c.first_position)
        )
        with self.place.reader() as connection:
            return [DayStart(date.fromisoformat(row[0]), row[1]) for row in fetch(connection, query)]

    def close(self) -> None:
        """See `Journal.close`."""
        connection, self._writer = self._writer, None
        if connection is not None:
            connection.close()
        self.place.release()


def _write(cursor: Any, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    # Most commands write one row to each table, and for one row `executemany` is the slower way.
    if len(rows) == 1:
        cursor.execute(statement, rows[0])
    elif rows:
        cursor.executemany(statement, rows)


def _decoded(rows: Sequence[Any]) -> Iterator[Recorded]:
    try:
        # One call for many bodies: four times as fast as one each, and a start reads a whole day.
        bodies = json.loads(f"[{','.join([row[4] for row in rows])}]")
    except (ValueError, RecursionError):
        bodies = []
    if len(bodies) != len(rows):
        for position, at, kind, version, body, by_id, by_role, command_id in rows:
            event = codec.decode(position, from_ms(at), kind, version, body)
            yield Recorded(position, event, by_id, by_role, command_id)
        return
    for (position, at, kind, version, _, by_id, by_role, command_id), body in zip(rows, bodies, strict=True):
        try:
            event = codec.decode_body(from_ms(at), kind, version, body)
        except ValueError as error:
            raise JournalAltered(position=position, cause=f"{kind}: {error}") from None
        yield Recorded(position, event, by_id, by_role, command_id)
