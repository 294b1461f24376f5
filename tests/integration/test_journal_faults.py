"""A broken world: full disk, read-only folder, broken file, a second server.  Told by place, and nothing half done (S5)."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.errors import JournalAltered, JournalNotWritable
from queue_server.journal.lock import LOCK_NAME
from queue_server.journal.place import FILE_NAME, SqlitePlace
from queue_server.journal.sql import SqlJournal
from queue_server.journal.tables import schema
from queue_server.journal.verify import verify
from queue_server.records import tables
from queue_server.records.project import project
from queue_server.service import BranchService, open_journal, open_service
from tests.conftest import ROOT
from tests.hall import LOBBY, MORNING, small_branch

BRANCH = small_branch()


def open_door(folder: Path) -> tuple[BranchService, SqlJournal]:
    journal = open_journal(BRANCH, folder)
    return BranchService(BRANCH, journal, SetClock(MORNING), project=partial(project, BRANCH)), journal


def issue(service: BranchService, number: int) -> int:
    return service.dispatch(c.IssueTicket("cash", f"l{number}"), f"c{number}", LOBBY).position


def faults_of(service: BranchService, numbers: range) -> dict[int, str]:
    """Issue ticket after ticket; what was said about those that could not be recorded."""
    faults = {}
    for number in numbers:
        try:
            issue(service, number)
        except JournalNotWritable as fault:
            faults[number] = str(fault)
    return faults


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes: the kernel says no as it does when a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_refuses_the_command_names_the_file_and_loses_nothing(tmp_path: Path) -> None:
    service, journal = open_door(tmp_path)
    for number in range(5):
        issue(service, number)
    day, log = service.day, tmp_path / f"{FILE_NAME}-wal"
    with files_no_larger_than(log.stat().st_size):
        faults = faults_of(service, range(5, 100))
    assert faults
    assert all("branch.db: " in told and told.endswith("nothing was recorded") for told in faults.values())
    # Those before are all there, those refused are not.
    assert service.day.position >= day.position
    assert service.day.issued_count == 100 - len(faults)
    # Room again: the same commands, tried again, act once each.
    for number in (*faults, *faults):
        issue(service, number)
    assert sorted(service.day.tickets) == [f"A{number:03d}" for number in range(1, 101)]
    assert verify(journal.place, BRANCH.code).events == service.day.position
    journal.close()
    again, journal = open_door(tmp_path)
    assert again.day == service.day
    journal.close()


def test_a_database_at_its_own_limit_refuses_and_works_again_with_room(tmp_path: Path) -> None:
    service, journal = open_door(tmp_path)
    issue(service, 0)
    journal.find("opens the writer")
    journal._writer.execute("PRAGMA max_page_count = 1")
    faults = faults_of(service, range(1, 400))
    assert "full" in next(iter(faults.values()))
    told = service.day.issued_count
    # The connection that failed was given up; the next one knows no such limit.
    assert told > 1
    issue(service, 1000)
    assert service.day.issued_count == told + 1
    assert verify(journal.place, BRANCH.code).events == service.day.position
    journal.close()


@contextmanager
def not_root() -> Iterator[None]:
    """Root may write anywhere: be somebody else for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_read_only_folder_is_named() -> None:
    # Not below tmp_path, where nobody else may even look.
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        expected = re.escape(
            f"The journal cannot be written ({folder}: Permission denied): nothing was recorded"
        )
        with not_root(), pytest.raises(JournalNotWritable, match=expected):
            open_service(BRANCH, folder)
        assert list(folder.iterdir()) == []


def test_a_read_only_file_is_named() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        open_journal(BRANCH, folder).close()
        (folder / LOCK_NAME).chmod(0o666)
        (folder / FILE_NAME).chmod(0o444)
        with not_root(), pytest.raises(JournalNotWritable, match=r"branch\.db.*readonly"):
            open_service(BRANCH, folder)


@pytest.mark.parametrize(
    "content", [b"this is no database at all, not in the least" * 200, b"SQLite format 3\0" + b"\xff" * 9000]
)
def test_a_file_that_is_no_journal_is_named_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(JournalNotWritable, match=r"branch\.db: file is not a database"):
        open_service(BRANCH, tmp_path)
    assert path.read_bytes() == content


def test_a_row_that_is_broken_stops_the_start_and_is_named(tmp_path: Path) -> None:
    service, journal = open_door(tmp_path)
    issue(service, 0)
    issue(service, 1)
    journal.close()
    place = SqlitePlace(tmp_path)
    connection = place.writer()
    connection.execute("UPDATE event SET body = '{' WHERE position = 2")
    connection.close()
    place.release()
    with pytest.raises(JournalAltered, match="position 2"):
        open_service(BRANCH, tmp_path)


def test_a_file_of_a_later_version_is_refused(tmp_path: Path) -> None:
    open_journal(BRANCH, tmp_path).close()
    place = SqlitePlace(tmp_path)
    connection = place.writer()
    connection.execute("UPDATE schema SET version = 99")
    connection.close()
    place.release()
    with pytest.raises(JournalNotWritable, match="later version"):
        open_journal(BRANCH, tmp_path)


def test_a_second_server_on_the_same_folder_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    journal = open_journal(BRANCH, tmp_path)
    with pytest.raises(JournalNotWritable, match=rf"in use by process {os.getpid()}\b"):
        open_journal(BRANCH, tmp_path)
    journal.close()
    open_journal(BRANCH, tmp_path).close()


def test_a_lock_whose_process_died_is_no_lock(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from queue_server.journal.lock import FolderLock\n"
        "lock = FolderLock(Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    result = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert result.returncode == -9
    assert int((tmp_path / LOCK_NAME).read_text()) != os.getpid()
    open_journal(BRANCH, tmp_path).close()


def test_readers_can_only_read(tmp_path: Path) -> None:
    journal = open_journal(BRANCH, tmp_path)
    with (
        pytest.raises(JournalNotWritable, match="readonly"),
        journal.place.reader() as connection,
    ):
        connection.execute(schema.delete())
    with journal.place.reader() as connection:
        assert connection.execute(select(schema.c.version)).scalar() == 1
    journal.close()


def test_every_commit_is_synchronous_in_the_write_ahead_log(tmp_path: Path) -> None:
    journal = SqlJournal(SqlitePlace(tmp_path), BRANCH.code, tables.metadata)
    journal.find("opens the writer")
    cursor = journal._writer.cursor()
    assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
    journal.close()
