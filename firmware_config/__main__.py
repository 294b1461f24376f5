"""`python -m firmware_config check FILE`: everything that is wrong with a branch file, or that it is fine.

For people at a shell; programs call `load_branch_file`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from firmware_config.load import load_branch_file
from firmware_config.problems import BranchFileRefused, catalogue_text


@click.group()
def main() -> None:
    """What a branch has, and whether its file is right."""


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--language", default="zh_CN", show_default=True, help="Language of the answer: zh_CN or en.")
def check(file: Path, language: str) -> None:
    """List every problem of a branch FILE as file:line:column: key: what was expected."""
    try:
        branch = load_branch_file(file)
    except BranchFileRefused as refusal:
        for problem in refusal.problems:
            click.echo(problem.read(language), err=True)
        said = catalogue_text(language, "{count} problem(s)")
        click.echo(said.format(count=len(refusal.problems)), err=True)
        sys.exit(1)
    name = branch.branch.name.en if language.startswith("en") else branch.branch.name.zh
    said = catalogue_text(
        language, "ok: {name}, {services} services, {counters} counters, {devices} devices, {staff} staff"
    )
    devices = branch.devices
    click.echo(
        said.format(
            name=name,
            services=len(branch.services),
            counters=len(branch.counters),
            devices=sum(len(getattr(devices, kind)) for kind in type(devices).model_fields),
            staff=len(branch.staff),
        )
    )


if __name__ == "__main__":
    main(prog_name="python -m firmware_config")
