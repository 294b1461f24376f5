"""`python -m firmware_config …`: what one can ask about a branch file, and do with it.

Names the commands; each lives in a module of its own, which is loaded when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from firmware_config.commands.rollout import Field
    from firmware_config.models import BranchFile

COMMANDS = {
    "check": "check",
    "show": "show",
    "schema": "schema",
    "plan": "rollout",
    "apply": "rollout",
    "verify": "rollout",
    "restore": "rollout",
    "probe": "rollout",
    "units": "units",
}
"""Every command and its module in `commands`: `check` starts without what writes to devices, and twice as fast."""


class Commands(click.Group):
    """The commands, in the order in which one needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"firmware_config.commands.{COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands)
@click.pass_context
def main(context: click.Context) -> None:
    """What a branch has, whether its file is right, and what its devices run."""
    context.obj = _open_field


def _open_field(branch: BranchFile, state_dir: Path, ports_in: Path) -> Field:
    """The way to the devices on the lines; imported when it is needed, so that `check` starts without it."""
    from queue_server.pads.field import PadLines

    return PadLines(branch, state_dir, ports_in)


if __name__ == "__main__":
    main(prog_name="python -m firmware_config")
