"""Backup and restore of a branch's SQLite file: one consistent copy, checked before anybody relies on it (S5).

A backup runs while the server works.  A restore needs the folder for itself and throws nothing away: the file it
replaces stays beside it.  Many branches on PostgreSQL are backed up with PostgreSQL's own tools.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from queue_server.errors import JournalNotWritable
from queue_server.journal.lock import FolderLock
from queue_server.journal.place import FILE_NAME, SqlitePlace
from queue_server.journal.verify import Verified, branches, verify

REPLACED = ".replaced"
"""What a restore adds to the name of the file it takes away."""


class WouldOverwrite(JournalNotWritable):
    """There is a file already, and nobody said that it may go."""

    code = "would_overwrite"
    template = "{path} exists; nothing was written"


def backup(folder: Path, target: Path, is_forced: bool = False) -> dict[str, Verified]:
    """Copy the journal in `folder` to the file `target`; returns what the copy was verified to hold, by branch.

    The target appears whole or not at all.  Raises WouldOverwrite unless forced, JournalNotWritable, JournalAltered.
    """
    if target.exists() and not is_forced:
        raise WouldOverwrite(path=target)
    half = target.with_name(target.name + ".half")
    place = SqlitePlace(folder, is_read_only=True)
    try:
        half.unlink(missing_ok=True)
        with place.reader() as connection:
            # Not a copy of the file: that would tear a transaction, and leave out what is still in the log.
            connection.exec_driver_sql("VACUUM INTO ?", (str(half),))
        found = verified(half)
        _make_durable(half)
        half.replace(target)
        _make_durable(target.parent)
    except OSError as error:
        raise JournalNotWritable(cause=f"{target}: {error.strerror}") from error
    finally:
        place.release()
        with suppress(OSError):
            half.unlink(missing_ok=True)
    return found


def verified(file: Path) -> dict[str, Verified]:
    """Check every branch's journal in a database file; raises JournalAltered or JournalNotWritable."""
    place = SqlitePlace(file.parent, is_read_only=True, name=file.name)
    try:
        return {branch: verify(place, branch) for branch in branches(place)}
    finally:
        place.release()


def restore(source: Path, folder: Path, is_forced: bool = False) -> dict[str, Verified]:
    """Put the backup `source` into `folder` as its journal; returns what it holds, by branch.

    Raises WouldOverwrite when there is a journal already, unless forced; JournalNotWritable also when a server uses
    the folder; JournalAltered, and nothing is touched, when the backup is not in order.
    """
    found = verified(source)
    lock = FolderLock(folder)
    path = folder / FILE_NAME
    half = folder / (FILE_NAME + ".half")
    try:
        if path.exists():
            if not is_forced:
                raise WouldOverwrite(path=path)
            _set_aside(path)
        shutil.copyfile(source, half)
        _make_durable(half)
        half.replace(path)
        _make_durable(folder)
    except OSError as error:
        raise JournalNotWritable(cause=f"{path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        lock.release()
    return found


def _set_aside(path: Path) -> None:
    """Take the present file away, with what is still in its log."""
    with suppress(sqlite3.Error):
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    # The log first: beside another file it would be taken for that file's own.
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).replace(path.with_name(path.name + REPLACED + suffix))


def _make_durable(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
