"""`gispipe inspect PATH…`: what any file is, before it is declared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gispipe.cli import options
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.catalogue import Catalogue
    from gispipe.inspect import Description
    from gispipe.intake import Readers


@click.command("inspect")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…")
@options.city
@options.as_json
@options.quiet
def command(paths: tuple[Path, ...], city: Path, as_json: bool, quiet: bool) -> None:
    """Say of files, or of every file in a folder, what they are: format, coordinate system and encoding and how they are
    known, counts, columns with samples, defects, and which layer of the city (--city) reads them. Nothing is changed. Ends with 21
    when something could not be read.
    """
    from gispipe.inspect.show import lines_of
    from gispipe.intake import readers

    catalogue = options.load(city) if (city / "city.toml").is_file() else None
    found, failures = [], []
    with readers() as group:
        for path, name in _files(paths):
            for one in _look(group, path, name, catalogue, failures):
                found.append(one)
                if not (as_json or quiet):
                    click.echo("\n".join(lines_of(one)) + "\n")
    if as_json:
        options.tell({"files": [one.as_json() for one in found], "unreadable": [{"file": name, "what": str(failure)} for name, failure in failures]}, [], True, quiet)
    else:
        for _, failure in failures:
            click.echo(str(failure), err=True)
    if failures or any(one.failure for one in found):
        raise click.exceptions.Exit(21)


def _look(group: Readers, path: Path, name: str, catalogue: Catalogue | None, failures: list) -> Iterator[Description]:
    from gispipe.errors import Failure
    from gispipe.inspect import describe, recognise
    from gispipe.inspect.declared import declared_by

    try:
        for thing in recognise(group, path, name):
            yield describe(thing, declared_by(catalogue, thing, path) if catalogue else ())
    except Failure as failure:
        failures.append((name, failure))
    except OSError as error:
        from gispipe.errors import UnreadableInput

        failures.append((name, UnreadableInput(name, Words(error.strerror or str(error), error.strerror or str(error)))))


def _files(paths: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    """Yield each file with its name; of a folder every file that may hold data."""
    from gispipe.scan.files import walk

    for path in paths:
        if path.is_dir():
            yield from ((one, one.relative_to(path).as_posix()) for one in walk(path).data)
        else:
            yield path, path.name
