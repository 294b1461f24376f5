"""`check FILE`: everything that is wrong with a branch file or a profile, or that it is fine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from firmware_config.commands.words import in_language, refuse
from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.pad_profile import load_pad_profile
from firmware_config.printer_profile import load_printer_profile
from firmware_config.problems import BranchFileRefused, catalogue_text
from firmware_config.ticket_layout import load_ticket_layout
from firmware_config.version import version_of
from firmware_config.voice_profile import load_voice_profile

PROFILES: dict[str, Callable[[Path], Any]] = {
    "printer": load_printer_profile,
    "pad": load_pad_profile,
    "ticket": load_ticket_layout,
    "voice": load_voice_profile,
}
"""Kinds of profiles, and what loads each."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", type=click.Choice(list(PROFILES)), help="FILE is a profile of this kind.")
@in_language
def check(file: Path, profile: str | None, language: str) -> None:
    """List every problem of a branch FILE as file:line:column: key: what was expected."""
    try:
        if profile is not None:
            loaded = PROFILES[profile](file)
            said = catalogue_text(language, "ok: {name}, {title}")
            click.echo(said.format(name=loaded.name, title=loaded.title))
        else:
            click.echo(_verdict(load_branch_file(file), language))
    except BranchFileRefused as refusal:
        refuse(refusal, language)


def _verdict(branch: BranchFile, language: str) -> str:
    said = catalogue_text(
        language, "ok: {name}, {services} services, {counters} counters, {devices} devices, {staff} staff"
    )
    devices = branch.devices
    return said.format(
        name=branch.branch.name.en if language.startswith("en") else branch.branch.name.zh,
        services=len(branch.services),
        counters=len(branch.counters),
        devices=sum(len(getattr(devices, kind)) for kind in type(devices).model_fields),
        staff=len(branch.staff),
    ) + catalogue_text(language, ", version {version}").format(version=version_of(branch))
