"""The subcommands story, verify-journal, rebuild-records, backup and restore.

They read while a server runs; rebuild-records and restore need the data folder for themselves and are refused then.
A fault is one sentence on standard error and exit status 1.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from firmware_config.problems import BranchFileRefused
from queue_server.domain.branch import Branch
from queue_server.errors import Fault, Refusal
from queue_server.journal import backup as copies
from queue_server.journal.verify import Verified, branches, verify
from queue_server.service import open_journal, open_place
from queue_server.service import rebuild_records as rebuild
from queue_server.settings import load_branch
from queue_server.story import story_of

P = ParamSpec("P")
FAILED = 1

# Without a word the reading ones read what `make run` wrote; a branch of one's own is named here or in the
# environment.  Backup and restore are never done by default.
_data = click.option(
    "--data",
    envvar="JIAOHAO_DATA",
    default="var/virtual/journal",
    show_default=True,
    help="The data folder, or the address of a PostgreSQL database.",
)
_folder = click.option(
    "--data",
    envvar="JIAOHAO_DATA",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder of the journal.",
)
_branch_file = click.option(
    "--branch",
    "branch_file",
    envvar="JIAOHAO_BRANCH",
    default=Path("firmware_config/branches/virtual.yaml"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="The branch file.",
)


def _in_words(command: Callable[P, None]) -> Callable[P, None]:
    """Faults and refusals as a sentence, not as a traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (Fault, Refusal, BranchFileRefused) as reason:
            click.echo(f"queue_server: {reason}", err=True)
            sys.exit(FAILED)

    return told


def _branch(branch_file: Path) -> Branch:
    return load_branch(branch_file).branch


@click.command()
@click.argument("number")
@_branch_file
@_data
@click.option(
    "--date", "on", type=click.DateTime(["%Y-%m-%d"]), help="The business day; the last one by default."
)
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@_in_words
def story(number: str, branch_file: Path, data: str, on: datetime | None, lang: str) -> None:
    """Tell the whole life of one ticket, line by line."""
    setup = load_branch(branch_file)
    branch, day = setup.branch, on.date() if on is not None else None
    journal = open_journal(branch, data, is_read_only=True)
    try:
        lines = story_of(journal, branch, number.upper(), lang, on=day, name_of=setup.name_of)
    finally:
        journal.close()
    for line in lines:
        click.echo(f"{line.at.astimezone(branch.timezone):%H:%M:%S}  {line.text}")


@click.command("verify-journal")
@_data
@_in_words
def verify_journal(data: str) -> None:
    """Check every row against the hash chain; name the first altered one."""
    place = open_place(data, is_read_only=True)
    try:
        _tell({branch: verify(place, branch) for branch in branches(place)})
    finally:
        place.release()


@click.command("rebuild-records")
@_branch_file
@_data
@_in_words
def rebuild_records(branch_file: Path, data: str) -> None:
    """Throw the records away and fold them from the journal again."""
    branch = _branch(branch_file)
    journal = open_journal(branch, data)
    try:
        rebuild(branch, journal)
        click.echo(f"{branch.code}: records rebuilt from {journal.head().position} events")
    finally:
        journal.close()


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@_folder
@click.option("--force", is_flag=True, help="Replace the target if it exists.")
@_in_words
def backup(target: Path, data: Path, force: bool) -> None:
    """Copy the journal to TARGET, while the server runs, and verify the copy."""
    _tell(copies.backup(data, target, force))
    click.echo(f"backed up to {target}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_folder
@click.option(
    "--force", is_flag=True, help="Replace the journal that is there; it is kept beside the new one."
)
@_in_words
def restore(source: Path, data: Path, force: bool) -> None:
    """Verify the backup SOURCE and make it the journal of the data folder."""
    _tell(copies.restore(source, data, force))
    click.echo(f"restored to {data}")


def _tell(found: dict[str, Verified]) -> None:
    for branch, verified in found.items():
        click.echo(f"{branch}: {verified.events} events in order, last hash {verified.hash.hex()}")
    if not found:
        click.echo("the journal is empty")
