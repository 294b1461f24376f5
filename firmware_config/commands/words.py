"""What every command shares: the language of its answers, and how a refused file is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, TypeVar

import click

from firmware_config.problems import BranchFileRefused, catalogue_text

Command = TypeVar("Command", bound=Callable[..., object])


def in_language(command: Command) -> Command:
    """The option `--language` of a command."""
    told = "Language of the answer: zh_CN or en."
    return click.option("--language", default="zh_CN", show_default=True, help=told)(command)


def refuse(refusal: BranchFileRefused, language: str) -> NoReturn:
    """Every problem on a line of its own, how many there are, and the exit status of a failure."""
    for problem in refusal.problems:
        click.echo(problem.read(language), err=True)
    said = catalogue_text(language, "{count} problem(s)")
    click.echo(said.format(count=len(refusal.problems)), err=True)
    raise SystemExit(1)
