"""`show FILE`: what a branch has, in a few lines, or all of it as it counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from firmware_config.commands.words import in_language, refuse
from firmware_config.load import read_branch_file
from firmware_config.models import BranchFile, Label
from firmware_config.problems import BranchFileRefused, catalogue_text
from firmware_config.resolved import resolved_yaml
from firmware_config.version import version_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--resolved", is_flag=True, help="All of it as YAML, what is inherited or left out included.")
@click.option("--origins", is_flag=True, help="With --resolved: where every value came from.")
@in_language
def show(file: Path, resolved: bool, origins: bool, language: str) -> None:
    """Show what a branch FILE means; tokens are never shown."""
    try:
        branch, tree = read_branch_file(file)
    except BranchFileRefused as refusal:
        refuse(refusal, language)
    if resolved or origins:
        click.echo(resolved_yaml(branch, tree, origins), nl=False)
        return
    for line in _summary(branch, language):
        click.echo(line)


def _summary(branch: BranchFile, language: str) -> Iterator[str]:
    def say(text: str, **values: object) -> str:
        return catalogue_text(language, text).format(**values)

    def name(label: Label) -> str:
        return label.en if language.startswith("en") else label.zh

    yield say("{name}, version {version}", name=name(branch.branch.name), version=version_of(branch))
    for service in branch.services:
        counters = [counter.code for counter in branch.counters if service.code in counter.services]
        yield say(
            "  service {code} {name}: series {series}, pad code {pad_code}, counters {counters}",
            code=service.code,
            name=name(service.name),
            series=service.series,
            pad_code=branch.pad_codes[service.code],
            counters=", ".join(counters),
        )
    devices = branch.devices
    for kiosk in devices.kiosks:
        yield say("  kiosk {id}: printer {printer}", id=kiosk.id, printer=kiosk.printer or "-")
    for printer in devices.printers:
        yield say(
            "  printer {id}: {profile} on {port}", id=printer.id, profile=printer.profile, port=printer.port
        )
    for display in devices.displays:
        yield say("  display {id}", id=display.id)
    for line in devices.lines:
        yield say("  line {id}: {port}, {baud} baud", id=line.id, port=line.port, baud=line.baud)
        for device in sorted(devices.on_lines, key=lambda one: one.address):
            if device.line == line.id:
                yield say(
                    "    {address:>3} {id}: {profile}, counter {counter}",
                    address=device.address,
                    id=device.id,
                    profile=device.profile,
                    counter=device.counter,
                )
