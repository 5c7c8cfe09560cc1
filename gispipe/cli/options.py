"""Options that several commands share: --city, --data, --json, --quiet, and the run they are for."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gispipe.catalogue import Catalogue
    from gispipe.runs import Run

Command = Callable[..., Any]
_CLEAR = "\r\x1b[K"
"""Back to the start of a terminal's line, which is emptied."""

city = click.option("--city", "city", type=click.Path(path_type=Path, file_okay=False), default=Path("."), metavar="DIR",
                    help="City directory with city.toml, layers/ and styles/.  [default: here]")
data = click.option("--data", "data", type=click.Path(path_type=Path, file_okay=False, exists=True), default=None, envvar="GISPIPE_DATA", metavar="DIR",
                    help="Folder the source paths start from, instead of the one in city.toml.")
as_json = click.option("--json", "as_json", is_flag=True, help="Report as JSON on standard output.")
locked = click.option("--locked", "locked", is_flag=True, help="Stop when a source is not the file that output/inputs.lock names.")
quiet = click.option("--quiet", "quiet", is_flag=True, help="Say nothing but failures.")


def load(city_directory: Path, data_directory: Path | None = None) -> Catalogue:
    """Load the catalogue of a city directory."""
    from gispipe.catalogue import load_catalogue

    return load_catalogue(city_directory, data_directory)


@contextlib.contextmanager
def running(catalogue: Catalogue, be_quiet: bool) -> Iterator[Run]:
    """Hold the city's lock for a run that talks on standard error unless it shall be quiet; on a terminal it also shows how far it is."""
    from gispipe.garbage import collect_seldom
    from gispipe.runs import one_run

    terminal = not be_quiet and sys.stderr.isatty()

    def say(text: str) -> None:
        if not be_quiet:
            click.echo(_CLEAR + text if terminal else text, err=True)

    def live(text: str) -> None:
        click.echo(_CLEAR + text[:shutil.get_terminal_size().columns - 1], nl=False, err=True)

    collect_seldom()
    with one_run(catalogue.output, say, live if terminal else None) as run:
        yield run


def tell(document: dict[str, object], lines: list[str], json_wanted: bool, be_quiet: bool) -> None:
    """Print the result: one JSON document, or lines for a person."""
    if json_wanted:
        click.echo(json.dumps(document, ensure_ascii=False))
    elif not be_quiet:
        click.echo("\n".join(lines))
