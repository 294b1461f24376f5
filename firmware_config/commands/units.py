"""`units FILE`: the systemd units, udev rules and folders of a real branch PC, to look at and to copy."""

from __future__ import annotations

import json
from pathlib import Path

import click

from firmware_config.commands.words import in_language, refuse
from firmware_config.load import load_branch_file
from firmware_config.problems import BranchFileRefused, catalogue_text
from firmware_config.units.machine import machine_files
from firmware_config.units.names import TARGET


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write them to, as they will be below /.",
)
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("/opt/jiaohao"),
    show_default=True,
    help="Where the project is installed, with its .venv.",
)
@click.option("--json", "is_json", is_flag=True, help="The answer for a machine.")
@in_language
def units(file: Path, out: Path, home: Path, is_json: bool, language: str) -> None:
    """Write systemd units, udev rules, account and folders for the programs of a branch FILE; nothing is installed."""
    try:
        branch = load_branch_file(file)
    except BranchFileRefused as refusal:
        refuse(refusal, language)
    written = []
    for path, text in machine_files(branch, home).items():
        place = out / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        written.append(str(path))
    if is_json:
        click.echo(json.dumps({"out": str(out), "files": written}, ensure_ascii=False, indent=2))
        return
    for name in written:
        click.echo(name)
    said = catalogue_text(language, "To install them, as root, after a look at them:")
    click.echo(f"\n{said}")
    for command in (
        f"cp -r {out}/etc /",
        "systemd-sysusers && systemd-tmpfiles --create && udevadm control --reload && udevadm trigger",
        f"systemctl daemon-reload && systemctl enable --now {TARGET}",
    ):
        click.echo(f"    {command}")
