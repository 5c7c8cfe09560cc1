"""`gispipe build [public|internal]`: store → a staged, gated release."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options


@click.command("build")
@click.argument("audience", type=click.Choice(["public", "internal"]), required=False)
@options.city
@options.as_json
@options.quiet
def command(audience: str | None, city: Path, as_json: bool, quiet: bool) -> None:
    """Build and gate the release of one audience, or of both; `gispipe publish` makes it the current one."""
    from gispipe.build import child

    if audience != "internal":
        child.PUBLIC.start()  # it takes as long as all that comes before it is needed
    from gispipe.arrow import spare_pandas
    from gispipe.build.both import build
    from gispipe.model import AUDIENCES

    spare_pandas()
    catalogue = options.load(city)
    with options.running(catalogue, quiet or as_json) as run:
        built = build(run, catalogue, [one for one in AUDIENCES if audience in (None, one)])
    options.tell({one: release.name for one, release in built.items()}, [f"{one}: {release}" for one, release in built.items()], as_json, quiet)
