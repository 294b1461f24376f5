"""The commands of a technician: story, verify-journal, rebuild-records, backup, restore."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import Branch
from queue_server.journal.place import FILE_NAME, SqlitePlace
from queue_server.records.project import project
from queue_server.records.reports import report
from queue_server.service import BranchService, open_journal
from queue_server.tools import commands
from tests.conftest import BRANCHES
from tests.hall import MORNING

BRANCH_FILE = str(BRANCHES / "virtual.yaml")
LOBBY = Actor("chen_jie", Role.LOBBY_MANAGER)


@pytest.fixture
def data(virtual_branch: Branch, tmp_path: Path) -> Path:
    """A data folder with three tickets in it."""
    folder = tmp_path / "data"
    fill(virtual_branch, folder, 0, 3)
    return folder


def fill(branch: Branch, folder: Path, first: int, last: int) -> None:
    journal = open_journal(branch, folder)
    service = BranchService(branch, journal, SetClock(MORNING), project=partial(project, branch))
    for number in range(first, last):
        service.dispatch(c.IssueTicket(branch.services[0].code, f"l{number}"), f"c{number}", LOBBY)
    journal.close()


def run(name: str, *arguments: object) -> Result:
    command = getattr(commands, name)
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def tamper(data: Path, statement: str) -> None:
    place = SqlitePlace(data)
    connection = place.writer()
    connection.execute(statement)
    connection.close()
    place.release()


def test_a_story_is_told_in_chinese_by_default_and_in_english_when_asked(data: Path) -> None:
    number = "A002"
    told = run("story", number, "--branch", BRANCH_FILE, "--data", data)
    assert told.exit_code == 0
    assert told.output.startswith("10:00:00  取号 A002：")
    told = run(
        "story", "a002", "--branch", BRANCH_FILE, "--data", data, "--lang", "en", "--date", "2026-11-23"
    )
    assert told.output.startswith("10:00:00  A002 issued: ")


@pytest.mark.parametrize("arguments", [("Z999",), ("A001", "--date", "2020-01-01")])
def test_a_ticket_that_never_was_has_no_story(data: Path, arguments: tuple[str, ...]) -> None:
    told = run("story", *arguments, "--branch", BRANCH_FILE, "--data", data)
    assert told.exit_code == 1
    assert "There is no ticket" in told.stderr


def test_a_folder_without_a_journal_is_named(tmp_path: Path) -> None:
    told = run("verify_journal", "--data", tmp_path)
    assert told.exit_code == 1
    assert f"{tmp_path / FILE_NAME}: there is no journal" in told.stderr
    assert not (tmp_path / FILE_NAME).exists()


def test_verify_journal_counts_what_is_in_order_and_names_what_is_not(data: Path) -> None:
    told = run("verify_journal", "--data", data)
    assert told.exit_code == 0
    assert "virtual: 4 events in order, last hash " in told.output
    tamper(data, "UPDATE event SET by_id = 'somebody else' WHERE position = 3")
    told = run("verify_journal", "--data", data)
    assert told.exit_code == 1
    assert "The journal was altered at position 3" in told.stderr


def test_rebuild_records_writes_the_rows_again(data: Path, virtual_branch: Branch) -> None:
    tamper(data, "DELETE FROM ticket")
    told = run("rebuild_records", "--branch", BRANCH_FILE, "--data", data)
    assert told.exit_code == 0
    journal = open_journal(virtual_branch, data, is_read_only=True)
    day = date(2026, 11, 23)
    with journal.place.reader() as connection:
        assert report(connection, virtual_branch, day, day).total.issued == 3
    journal.close()


def test_rebuild_and_restore_are_refused_while_a_server_runs_and_reading_is_not(
    data: Path, virtual_branch: Branch, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    journal = open_journal(virtual_branch, data)
    assert run("verify_journal", "--data", data).exit_code == 0
    assert run("story", "A001", "--branch", BRANCH_FILE, "--data", data).exit_code == 0
    assert run("backup", copy, "--data", data).exit_code == 0
    for refused in (
        run("rebuild_records", "--branch", BRANCH_FILE, "--data", data),
        run("restore", copy, "--data", data, "--force"),
    ):
        assert refused.exit_code == 1
        assert "in use by process" in refused.stderr
    journal.close()


def test_a_backup_is_restored_to_what_it_was(data: Path, virtual_branch: Branch, tmp_path: Path) -> None:
    copy, elsewhere = tmp_path / "copy.db", tmp_path / "elsewhere"
    told = run("backup", copy, "--data", data)
    assert told.exit_code == 0
    assert "virtual: 4 events in order" in told.output
    fill(virtual_branch, data, 3, 5)
    told = run("restore", copy, "--data", elsewhere)
    assert told.exit_code == 0
    assert "virtual: 4 events" in run("verify_journal", "--data", elsewhere).output
    fill(virtual_branch, elsewhere, 3, 4)
    assert "virtual: 6 events" in run("verify_journal", "--data", data).output


def test_a_restore_over_a_journal_needs_force_and_keeps_the_old_one(
    data: Path, virtual_branch: Branch, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    assert run("backup", copy, "--data", data).exit_code == 0
    fill(virtual_branch, data, 3, 5)
    told = run("restore", copy, "--data", data)
    assert told.exit_code == 1
    assert f"{data / FILE_NAME} exists; nothing was written" in told.stderr
    assert "6 events" in run("verify_journal", "--data", data).output
    assert run("restore", copy, "--data", data, "--force").exit_code == 0
    assert "4 events" in run("verify_journal", "--data", data).output
    kept = tmp_path / "kept"
    kept.mkdir()
    (data / f"{FILE_NAME}.replaced").rename(kept / FILE_NAME)
    assert "6 events" in run("verify_journal", "--data", kept).output


def test_a_backup_does_not_overwrite_without_force(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    told = run("backup", copy, "--data", data)
    assert told.exit_code == 1
    assert copy.read_text() == "precious"
    assert run("backup", copy, "--data", data, "--force").exit_code == 0
    assert not list(tmp_path.glob("*.half"))


def test_an_altered_backup_is_not_restored(data: Path, tmp_path: Path) -> None:
    tamper(data, "UPDATE event SET body = '{}' WHERE position = 2")
    told = run("backup", tmp_path / "copy.db", "--data", data)
    assert told.exit_code == 1
    assert "altered at position 2" in told.stderr
    assert not (tmp_path / "copy.db").exists()
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no backup" * 100)
    told = run("restore", broken, "--data", data, "--force")
    assert told.exit_code == 1
    assert "not a database" in told.stderr
    assert (data / FILE_NAME).exists()
