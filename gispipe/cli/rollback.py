"""`gispipe rollback`: back to the release before the current one."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("rollback")
@click.argument("audience", type=click.Choice(["public", "internal"]))
@options.city
@options.as_json
@options.quiet
def command(audience: str, city: Path, as_json: bool, quiet: bool) -> None:
    """Verify the release that was finished before the current one and make it the current one."""
    from gispipe import releases
    from gispipe.errors import NotFound

    catalogue = options.load(city)
    now = releases.current(catalogue.output, audience)  # type: ignore[arg-type]
    names = [one.name for one in releases.releases(catalogue.output, audience)]  # type: ignore[arg-type]
    older = names[: names.index(now.name)] if now.name in names else []
    if not older:
        raise NotFound(audience, Words("there is no earlier release", "これより前の公開物がありません"))
    with options.running(catalogue, quiet or as_json) as run:
        release = releases.switch_all(catalogue.output, {audience: older[-1]}, when_public=run.is_public)[audience]  # type: ignore[dict-item,index]
    options.tell({"audience": audience, "current": release.name}, [f"{audience}: {release.name}"], as_json, quiet)
