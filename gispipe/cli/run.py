"""`gispipe run`: check, ingest, join, build, publish — the main job."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection
from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("run")
@options.city
@options.data
@options.locked
@options.as_json
@options.quiet
def command(city: Path, data: Path | None, locked: bool, as_json: bool, quiet: bool) -> None:
    """Check, ingest, join, build and publish both maps. When anything fails, the releases before stay current."""
    from gispipe import pipeline

    catalogue = options.load(city, data)
    with options.running(catalogue, quiet or as_json) as run:
        pipeline.examples(run, catalogue)
        built = pipeline.run_all(run, catalogue, locked=locked)
    options.tell({"run": run.id, "releases": {one: release.name for one, release in built.items()}, "report": str(run.folder), "stages": run.stages},
                 closing_lines(catalogue.output, city, run.folder, built), as_json, quiet)


def closing_lines(output: Path, city: Path, report: Path, built: Collection[str] = ("public", "internal")) -> list[str]:
    """Return what a person reads at the end: where the maps that were built are and how to open them."""
    where = "" if city == Path(".") else f" --city {city}"
    program = _program()
    public = [f"  {Words('public', '公開版')}:   {output}/public/current   → {program} serve public{where}"] if "public" in built else [
        "  " + str(Words("Nothing is public: no public map was built.", "公開する主題図がないため、公開版は作っていません。"))]
    return [
        str(Words("Both maps are ready.", "公開版・庁内版の地図ができました。") if "public" in built else Words("The internal map is ready.", "庁内版の地図ができました。")),
        *public,
        f"  {Words('internal', '庁内版')}: {output}/internal/current → {program} serve internal{where}",
        f"  {Words('check report', '検査結果')}: {report}/index.html",
    ]


def _program() -> str:
    """Return how this very program is called from here: by name when that finds it, else by its path."""
    called = Path(sys.argv[0])
    found = shutil.which("gispipe")
    if found and Path(found).resolve() == called.resolve():
        return "gispipe"
    return os.path.relpath(called) if called.name.startswith("gispipe") else "gispipe"
