"""`gispipe check`: declarations, examples and sources; changes nothing."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("check")
@options.city
@options.data
@click.option("--declarations", is_flag=True, help="Only the declarations and their examples; do not open the sources.")
@options.locked
@options.as_json
@options.quiet
def command(city: Path, data: Path | None, declarations: bool, locked: bool, as_json: bool, quiet: bool) -> None:
    """Check declarations, examples and sources; change nothing but the report of the run."""
    from gispipe import pipeline

    catalogue = options.load(city, data)
    with options.running(catalogue, quiet or as_json) as run:
        if declarations:
            pipeline.examples(run, catalogue)
            findings = []
        else:
            findings = pipeline.check(run, catalogue, locked=locked).findings
    document = {"layers": len(catalogue.layers), "maps": len(catalogue.maps), "findings": [f.as_json() for f in findings], "report": str(run.folder)}
    lines = [f"{f.layer}: {f.code} {f.rule.sentence} ×{f.count:,}" + (f" — {Words('accepted', '了承済み')}: {f.reason}" if f.reason else "") for f in findings]
    lines.append(str(Words(f"{len(catalogue.layers)} layers, {len(catalogue.maps)} maps: no mistake", f"レイヤー {len(catalogue.layers)}、主題図 {len(catalogue.maps)}：誤りはありません")))
    options.tell(document, lines, as_json, quiet)
