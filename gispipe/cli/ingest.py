"""`gispipe ingest [LAYER…]`: sources → store."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("ingest")
@click.argument("layers", nargs=-1, metavar="[LAYER…]")
@options.city
@options.data
@options.locked
@options.as_json
@options.quiet
def command(layers: tuple[str, ...], city: Path, data: Path | None, locked: bool, as_json: bool, quiet: bool) -> None:
    """Read, check and join the named layers (all when none is named) and put them into the stores."""
    from gispipe import pipeline

    catalogue = options.load(city, data)
    with options.running(catalogue, quiet or as_json) as run:
        pipeline.ingest(run, catalogue, layers, locked=locked)
    options.tell({"run": run.id, "report": str(run.folder)}, [str(Words(f"report: {run.folder}/index.html", f"検査結果: {run.folder}/index.html"))], as_json, quiet)
