"""Where a journal lies: a SQLite file in a branch, a PostgreSQL database for many.

A place knows how to connect and how to begin a write, and nothing of what is written.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Executable, MetaData, create_engine, inspect, select, text
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from queue_server.errors import JournalNotWritable
from queue_server.journal import tables
from queue_server.journal.lock import FolderLock

FILE_NAME = "branch.db"
"""The database's name in a branch's data folder."""


class Place(Protocol):
    """One database.  `name` stands in faults; a place opened for reading only has no writer.

    `is_local`: only a commit waits; elsewhere every statement does.
    """

    name: str
    is_local: bool
    faults: tuple[type[Exception], ...]

    @property
    def dialect(self) -> Dialect:
        """How SQL is written here."""
        ...

    def writer(self) -> Any:
        """A new DBAPI connection for writing."""
        ...

    def begin(self, cursor: Any) -> None:
        """Begin a write transaction with a cursor of the writer."""
        ...

    def reader(self) -> Any:
        """A context manager: a SQLAlchemy connection that only reads."""
        ...

    def create(self, records: MetaData) -> None:
        """Make the tables that are missing; record tables of another shape are made anew, empty."""
        ...

    def release(self) -> None:
        """Let go of everything that is held."""
        ...


class SqlitePlace:
    """A SQLite file in a data folder, in WAL mode, every commit on the disk before it is told.

    SQLite before 3.51.3 can corrupt a WAL that two connections write or checkpoint: the writer is the only connection
    that does either, readers open `mode=ro`, and the folder is locked against other processes.
    """

    is_local = True
    faults: tuple[type[Exception], ...] = (sqlite3.DatabaseError, OSError)

    def __init__(self, folder: Path, is_read_only: bool = False, name: str = FILE_NAME) -> None:
        self.path = folder / name
        self.name = str(self.path)
        self._lock = None if is_read_only else FolderLock(folder)
        if is_read_only and not self.path.exists():
            raise JournalNotWritable(cause=f"{self.path}: there is no journal")
        self._writers = create_engine("sqlite+pysqlite://", creator=self._connect_writer, poolclass=NullPool)
        self._readers = create_engine("sqlite+pysqlite://", creator=self._connect_reader, poolclass=NullPool)

    @property
    def dialect(self) -> Dialect:
        """How SQL is written here."""
        return self._writers.dialect

    def _connect_writer(self) -> sqlite3.Connection:
        if self._lock is None:
            raise JournalNotWritable(cause=f"{self.path} was opened for reading only")
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            connection.execute("PRAGMA busy_timeout=5000")
            connection.execute("PRAGMA journal_mode=WAL")
            # FULL: a ticket that was printed must still exist after a power cut.
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA temp_store=MEMORY")
            # Every 4000 pages (16 MB) instead of 1000: the same few pages change again and again in between.
            connection.execute("PRAGMA wal_autocheckpoint=4000")
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect_reader(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(str(self.path))}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )

    def writer(self) -> Any:
        """A new connection for writing; there must be no other."""
        # The driver's own connection: a pool's wrapper would cost as much as an insert.
        return self._connect_writer()

    def begin(self, cursor: Any) -> None:
        """IMMEDIATE: take the write lock now, not in the middle."""
        cursor.execute("BEGIN IMMEDIATE")

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A connection that only reads."""
        with _translated(self), self._readers.connect() as connection:
            yield connection

    def create(self, records: MetaData) -> None:
        """See `Place.create`; a file of a later version is refused."""
        with _translated(self):
            with self._writers.begin() as connection:
                _create(connection, records)
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                # The file's name must survive a power cut as well as what is in it.
                os.fsync(folder)
            finally:
                os.close(folder)

    def release(self) -> None:
        """Let go of the folder."""
        self._writers.dispose()
        self._readers.dispose()
        if self._lock is not None:
            self._lock.release()


class PostgresPlace:
    """A PostgreSQL database, with whatever durability its server has; leave `synchronous_commit` on."""

    is_local = False

    def __init__(self, url: str) -> None:
        # "format": rows go in as tuples, the same as on SQLite.
        self._engine: Engine = create_engine(url, paramstyle="format", pool_pre_ping=True)
        self.name = self._engine.url.render_as_string(hide_password=True)
        dbapi: Any = self._engine.dialect.loaded_dbapi
        self.faults: tuple[type[Exception], ...] = (
            dbapi.OperationalError,
            dbapi.InterfaceError,
            dbapi.InternalError,
        )

    @property
    def dialect(self) -> Dialect:
        """How SQL is written here."""
        return self._engine.dialect

    def writer(self) -> Any:
        """A new connection for writing."""
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        return self._engine.dialect.connect(*arguments, **options)

    def begin(self, cursor: Any) -> None:
        """Nothing to do: the driver begins with the first statement."""

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A connection that only reads."""
        with _translated(self), self._engine.connect() as connection:
            yield connection

    def create(self, records: MetaData) -> None:
        """See `Place.create`; processes that start together take turns."""
        with _translated(self), self._engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(20260105)"))
            _create(connection, records)

    def release(self) -> None:
        """Close what is open."""
        self._engine.dispose()


def _create(connection: Connection, records: MetaData) -> None:
    tables.metadata.create_all(connection)
    found = connection.execute(select(tables.schema.c.version)).scalar()
    if found is None:
        connection.execute(tables.schema.insert().values(version=tables.SCHEMA_VERSION))
    elif found > tables.SCHEMA_VERSION:
        raise JournalNotWritable(cause=f"it was written by a later version of this program (schema {found})")
    else:
        # SQLite opens a file it may not write without a word: find out now, not at the first ticket.
        connection.execute(tables.schema.update().values(version=found))
    _create_records(connection, records)


def _create_records(connection: Connection, records: MetaData) -> None:
    """Record tables of another shape are thrown away: whoever opens a branch's journal folds its records again."""
    known = inspect(connection)
    present = [table for table in records.tables.values() if known.has_table(table.name)]
    is_other = any(
        {column["name"] for column in known.get_columns(table.name)} != set(table.columns.keys())
        for table in present
    )
    if is_other:
        records.drop_all(connection, tables=present)
        connection.execute(tables.records.delete())
    records.create_all(connection)


def fetch(connection: Connection, query: Executable) -> Iterator[Any]:
    """The rows of a query, a few thousand at a time."""
    result = connection.execute(query)
    while rows := result.fetchmany(5000):
        yield from rows


@contextmanager
def _translated(place: Place) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise JournalNotWritable(cause=f"{place.name}: {cause}") from error
    except place.faults as error:
        raise JournalNotWritable(cause=f"{place.name}: {error}") from error
