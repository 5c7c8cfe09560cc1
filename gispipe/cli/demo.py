"""`gispipe demo`: the demo city's sources, then the whole pipeline, then where to look."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


DECLARATIONS = Path(__file__).resolve().parents[2]
"""The repository is itself a city directory: its layers and styles describe the demo city."""


@click.command("demo")
@click.option("--size", type=click.Choice(["small", "full"]), default="small", show_default=True, help="About 12,000 or 150,000 parcels.")
@click.option("--sources-only", is_flag=True, help="Write the source files and stop.")
@options.city
@options.as_json
@options.quiet
def command(size: str, sources_only: bool, city: Path, as_json: bool, quiet: bool) -> None:
    """Make the demo city (real formats, invented content), run the whole pipeline on it and say where to look."""
    from gispipe import pipeline
    from gispipe.cli.run import closing_lines
    from gispipe.demo import write_city

    _declarations(city)
    catalogue = options.load(city)
    with options.running(catalogue, quiet or as_json) as run:
        with run.stage(Words("demo city", "架空の市の作成")):
            shutil.rmtree(catalogue.sources, ignore_errors=True)
            write_city(catalogue.sources, size)
        if sources_only:
            options.tell({"sources": str(catalogue.sources)}, [str(catalogue.sources)], as_json, quiet)
            return
        pipeline.examples(run, catalogue)
        built = pipeline.run_all(run, catalogue)
    options.tell({"run": run.id, "releases": {one: release.name for one, release in built.items()}, "report": str(run.folder), "stages": run.stages},
                 closing_lines(catalogue.output, city, run.folder), as_json, quiet)


def _declarations(city: Path) -> None:
    """Put the demo city's declarations into a directory that has none yet."""
    if (city / "city.toml").exists() or city.resolve() == DECLARATIONS.resolve():
        return
    city.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(DECLARATIONS / "city.toml", city / "city.toml")
    for folder in ("layers", "styles"):
        shutil.copytree(DECLARATIONS / folder, city / folder, dirs_exist_ok=True)
