"""`gispipe diff`: what became of the store between two states."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("diff")
@click.argument("old", default="before", required=False)
@click.argument("new", default="now", required=False)
@click.option("--layer", "layers", multiple=True, metavar="ID", help="Compare only this layer; may be given several times.")
@click.option("--out", "out", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="DIR", help="Where the report goes.  [default: output/reports/diff]")
@options.city
@options.as_json
@options.quiet
def command(old: str, new: str, layers: tuple[str, ...], out: Path | None, city: Path, as_json: bool, quiet: bool) -> None:
    """Compare two states (令和7 令和8, before now, or a date): added, removed, changed, same, by layer, town and column. Writes a page, a table, shapes and JSON."""
    from gispipe.catalogue.mistakes import unknown_name
    from gispipe.compare.document import document
    from gispipe.compare.report import write_diff
    from gispipe.compare.states import compare
    from gispipe.errors import NotFound
    from gispipe.history import read_states, state_of

    catalogue = options.load(city)
    for name in layers:
        if name not in catalogue.layers:
            raise NotFound("gispipe diff", unknown_name(Words("layer", "レイヤー"), name, catalogue.layers))
    states = read_states(catalogue.output)
    one, other = state_of(states, old), state_of(states, new)
    found = compare(catalogue, one, other, states[:states.index(one)], layers)
    page = write_diff(out or catalogue.output / "reports" / "diff", catalogue, found)
    told = document(found)
    lines = [f"{one.label} {one.at[:10]} → {other.label} {other.at[:10]}"]
    lines += [f"  {row['title']} ({row['id']}): " + (str(Words("{old:,} → {new:,}; added {added:,}, removed {removed:,}, changed {changed:,} (guessed {guessed:,}), same {same:,}",
                                                              "{old:,} → {new:,} 件、追加 {added:,}・削除 {removed:,}・変更 {changed:,}（うち推定 {guessed:,}）・同一 {same:,}").format(**row["counts"])) if "counts" in row
                                                    else str(Words("the picture is another one", "画像が差し替わりました"))) for row in told["layers"]]
    lines += [str(Words(f"{len(found.same)} layers are what they were", f"変わらないレイヤー {len(found.same)}")), f"{Words('report', '報告')}: {page}"]
    options.tell({**told, "report": str(page)}, lines, as_json, quiet)
