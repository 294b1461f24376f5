"""The journal's tables.  Times are milliseconds since 1970 UTC, dates ISO text, bodies JSON."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

SCHEMA_VERSION = 1
"""What this program writes; a file of a later version is refused."""

metadata = MetaData()

schema = Table("schema", metadata, Column("version", Integer, primary_key=True))

records = Table(
    "records",
    metadata,
    Column("branch", Text, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""Which version of the record tables a branch's records were folded for; a branch without a row has none yet."""

event = Table(
    "event",
    metadata,
    Column("branch", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    # Measured: the key as the table itself beats a row id with a unique index beside it.
    sqlite_with_rowid=False,
)

command = Table(
    "command",
    metadata,
    Column("branch", Text, primary_key=True),
    Column("command_id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("first_position", BigInteger, nullable=False),
    Column("last_position", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

day = Table(
    "day",
    metadata,
    Column("branch", Text, primary_key=True),
    Column("date", Text, primary_key=True),
    Column("first_position", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
