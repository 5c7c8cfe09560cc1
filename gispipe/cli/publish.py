"""`gispipe publish`: make a finished release the current one, or list what there is."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("publish")
@click.argument("audience", type=click.Choice(["public", "internal"]))
@click.argument("digest", required=False)
@click.option("--list", "listing", is_flag=True, help="List the finished releases, oldest first, and change nothing.")
@options.city
@options.as_json
@options.quiet
def command(audience: str, digest: str | None, listing: bool, city: Path, as_json: bool, quiet: bool) -> None:
    """Verify a finished release (the newest unless named) and make it the current one in one step."""
    from gispipe import releases
    from gispipe.errors import NotFound

    catalogue = options.load(city)
    found = releases.releases(catalogue.output, audience)  # type: ignore[arg-type]
    if listing:
        options.tell({"releases": [one.name for one in found]}, [one.name for one in found], as_json, quiet)
        return
    if not found:
        raise NotFound(audience, Words("no finished release", "作成済みの公開物がありません"), Words("run 'gispipe build' first", "先に「gispipe build」を実行してください"))
    with options.running(catalogue, quiet or as_json) as run:
        release = releases.switch_all(catalogue.output, {audience: digest or found[-1].name}, when_public=run.is_public)[audience]  # type: ignore[dict-item,index]
    options.tell({"audience": audience, "current": release.name}, [f"{audience}: {release.name}"], as_json, quiet)
