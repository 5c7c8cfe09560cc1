"""`gispipe refresh`: the main job for a timer — what is delivered is compared with last time before anything is published."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gispipe.cli import options
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.catalogue import Catalogue
    from gispipe.notify import Outcome


@click.command("refresh")
@click.option("--accept", "reason", metavar="REASON", default=None, help="Let changes beyond the limits through; say why. Recorded.")
@click.option("--by", "by", metavar="NAME", default=None, help="Who accepts.  [default: the login name]")
@click.option("--delivery", "seen", metavar="SIGN", default="", help="Accept only the delivery that the report named so.")
@click.option("--label", "label", metavar="YEAR", default=None, help="What the new state is called.  [default: the fiscal year, 令和8年度]")
@options.city
@options.data
@options.as_json
@options.quiet
def command(reason: str | None, by: str | None, seen: str, label: str | None, city: Path, data: Path | None, as_json: bool, quiet: bool) -> None:
    """Read, check, compare with last time, build what changed, gate and publish; or stop with exit 26, publish nothing, and say what to look at."""
    from gispipe import pipeline
    from gispipe.cli.run import closing_lines
    from gispipe.errors import Failure, of_system
    from gispipe.notify import ended_by, outcome
    from gispipe.refresh import Acceptance, Review

    if reason is not None and not reason.strip():
        raise click.UsageError(str(Words("--accept needs a reason", "--accept には理由を書いてください")))
    catalogue = options.load(city, data)
    review = Review(Acceptance(reason.strip(), by or getpass.getuser(), seen) if reason is not None else None, str(city))
    report = None
    try:
        with options.running(catalogue, quiet or as_json) as run:
            report = run.folder
            pipeline.examples(run, catalogue)
            built = pipeline.run_all(run, catalogue, label=label, review=review)
    except (Failure, OSError) as ended:
        _tell(catalogue, ended_by(catalogue.city, of_system(ended) if isinstance(ended, OSError) else ended, report))
        raise
    _tell(catalogue, outcome(catalogue.city, 0, str(_said(run.facts)), report, {one: release.name for one, release in built.items()}))
    options.tell({"run": run.id, "releases": {one: release.name for one, release in built.items()}, "report": str(run.folder), "refresh": run.facts.get("refresh"), "accepted": run.facts.get("accepted"),
                  "stages": run.stages}, closing_lines(catalogue.output, city, run.folder, built), as_json, quiet)


def _said(facts: dict[str, object]) -> Words:
    """Return in a sentence what was published."""
    found = facts.get("refresh")
    layers = list(found["layers"]) if isinstance(found, dict) else []
    if not layers:
        return Words("published; no layer differs from last time", "公開しました（前回と違うレイヤーはありません）")
    return Words(f"published; {len(layers)} layers differ: {', '.join(layers)}", f"公開しました（{len(layers)} レイヤーが前回と違います: {'、'.join(layers)}）")


def _tell(catalogue: Catalogue, what: Outcome) -> None:
    from gispipe.errors import DiskFailed, NoRoom, of_system
    from gispipe.notify import tell

    try:
        untold = tell(catalogue.output, catalogue.city, what)
    except OSError as error:  # the disk that stopped the run stops the log too, which need not be said twice
        untold = [] if what.exit in (NoRoom.exit_status, DiskFailed.exit_status) else [str(of_system(error, what.exit == 0))]
    for sentence in untold:
        click.echo(sentence, err=True)
