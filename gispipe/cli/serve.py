"""`gispipe serve public|internal`: the finished pages, for looking, on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("serve")
@click.argument("audience", type=click.Choice(["public", "internal"]))
@options.city
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. The internal map has no sign-in yet: keep it on this machine.")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port.  [default: 8000 public, 8001 internal]")
@options.quiet
def command(audience: str, city: Path, host: str, port: int | None, quiet: bool) -> None:
    """Serve the current release with byte ranges and strict headers until stopped."""
    from gispipe import releases
    from gispipe.serve import serve

    catalogue = options.load(city)
    releases.verify(releases.current(catalogue.output, audience))  # type: ignore[arg-type]
    port = port if port is not None else (8000 if audience == "public" else 8001)
    if not quiet:
        click.echo(str(Words(f"http://{host}:{port}/  (Ctrl+C ends)", f"http://{host}:{port}/  （Ctrl+C で終了）")))
    serve(catalogue.output, audience, host, port)  # type: ignore[arg-type]
