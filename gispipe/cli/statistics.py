"""`gispipe statistics`: tables and charts of the hazards by town, school district and city, from the store."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("statistics")
@options.city
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public", show_default=True)
@click.option("--out", "out", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="DIR",
              help="Folder to write into.  [default: output/statistics/AUDIENCE of the city]")
@options.as_json
@options.quiet
def command(city: Path, audience: str, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Count parcels, buildings, addresses and people by the class of each hazard, and draw the charts of the yearly report."""
    from gispipe.statistics.write import write_statistics

    catalogue = options.load(city)
    folder = out or catalogue.output / "statistics" / audience
    report = write_statistics(catalogue, audience, folder)  # type: ignore[arg-type]
    options.tell({"folder": str(folder), "files": report.files, "outside": report.outside, "towns_without_people": report.towns_without_people},
                 _lines(folder, report.files), as_json, quiet)


def _lines(folder: Path, files: list[str]) -> list[str]:
    if not files:
        return [str(Words("nothing to count: the city has no hazard layer, or no layer with a part in the answers (card)",
                          "集計するものがありません。災害のレイヤーか、役割（card）のあるレイヤーが必要です"))]
    tables, charts = (sum(name.endswith(suffix) for name in files) for suffix in (".csv", ".png"))
    return [str(Words(f"{tables} tables and {charts} charts: {folder}", f"表 {tables} 件、グラフ {charts} 件: {folder}"))]
