"""`gispipe schema`: the JSON Schemas of the declarations, for editors, and of the hazard card."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("schema")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def command(folder: Path | None) -> None:
    """Write city, layer, style, map and card schemas into FOLDER (default: the package's own)."""
    from gispipe.catalogue.schema import FOLDER, write_schemas

    for path in write_schemas(folder or FOLDER):
        click.echo(path)
