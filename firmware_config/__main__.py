"""`python -m firmware_config …`: what one can ask about a branch file, and do with it.

Gathers the commands; each lives in a module of its own.
"""

from __future__ import annotations

from pathlib import Path

import click

from firmware_config.commands.check import check
from firmware_config.commands.rollout import Field, apply, plan, probe, restore, verify
from firmware_config.commands.schema import schema
from firmware_config.commands.show import show
from firmware_config.models import BranchFile


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """What a branch has, whether its file is right, and what its devices run."""
    context.obj = _open_field


def _open_field(branch: BranchFile, state_dir: Path, ports_in: Path) -> Field:
    """The way to the devices on the lines; imported when it is needed, so that `check` starts without it."""
    from queue_server.pads.field import PadLines

    return PadLines(branch, state_dir, ports_in)


for command in (check, show, schema, plan, apply, verify, restore, probe):
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="python -m firmware_config")
