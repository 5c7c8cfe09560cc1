"""`gispipe restore`: bring a city back from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--snapshot", "snapshot", default="", metavar="NAME", help="Which one; its beginning is enough.  [default: the newest]")
@click.option("--city", "city", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR", help="An empty or new directory, which becomes the city directory.")
@options.as_json
@options.quiet
def command(folder: Path, snapshot: str, city: Path, as_json: bool, quiet: bool) -> None:
    """Bring back declarations, stores and releases from FOLDER; every byte is compared with its digest before anything has its name."""
    from gispipe.backup.bring_back import restore

    name, current = restore(folder, city, snapshot)
    options.tell({"snapshot": name, "city": str(city), "current": current},
                 [f"{city}: {name[:24]}…", *(f"  {audience}: {digest}" for audience, digest in current.items())], as_json, quiet)
