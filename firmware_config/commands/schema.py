"""`schema`: the JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from firmware_config.schemas import FOLDER, MODELS, schema_text


@click.command()
@click.option("--kind", type=click.Choice(list(MODELS)), help="Print this one instead of writing them all.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    help="Folder to write them to [that of this program].",
)
def schema(kind: str | None, out: Path) -> None:
    """Write the JSON Schemas of branch files and profiles."""
    if kind is not None:
        click.echo(schema_text(kind), nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        path = out / f"{name}.json"
        path.write_text(schema_text(name), encoding="utf-8")
        click.echo(path)
