"""`gispipe export …`: a finished release in another form."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.group("export", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Write a finished release in another form, or a layer as it was."""


@command.command("past")
@click.argument("layer", metavar="LAYER")
@click.argument("state", metavar="STATE")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@options.city
@options.as_json
@options.quiet
def past(layer: str, state: str, file: Path, city: Path, as_json: bool, quiet: bool) -> None:
    """Write LAYER as it was in STATE (令和7, before, or a date; see `gispipe history`) into FILE: .gpkg or .parquet, .csv of a table without shapes, .tif of a picture.

    It has all columns, internal ones too. Declared as a layer of its own it stands beside the present one on the map.
    """
    from gispipe.export.past import SUFFIXES, entry_of, export_past
    from gispipe.history import read_states, state_of

    catalogue = options.load(city)
    chosen = state_of(read_states(catalogue.output), state)
    wanted = SUFFIXES[str(entry_of(chosen, layer)["kind"])]
    if file.suffix not in wanted:
        raise click.BadParameter(str(Words(f"this layer can be written as {' or '.join(wanted)}", f"このレイヤーは {' か '.join(wanted)} で書き出せます")), param_hint="FILE")
    with options.running(catalogue, quiet or as_json):
        rows = export_past(catalogue, chosen, layer, file)
    said = Words(f"{file}: {layer} of {chosen.label} ({chosen.at[:10]}){'' if rows is None else f', {rows:,} rows'}; internal data: not to be passed on as it is",
                 f"{file}: {chosen.label}（{chosen.at[:10]}）の {layer}{'' if rows is None else f'、{rows:,} 件'}。庁内データです。そのまま外部に渡さないでください")
    options.tell({"layer": layer, "label": chosen.label, "at": chosen.at, "rows": rows, "file": str(file)}, [str(said)], as_json, quiet)


@command.command("tiles")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public", show_default=True)
@click.option("--release", "digest", default=None, metavar="DIGEST", help="Release to export.  [default: the current one]")
@options.city
@options.as_json
@options.quiet
def tiles(directory: Path, audience: str, digest: str | None, city: Path, as_json: bool, quiet: bool) -> None:
    """Write the whole site into DIR with every tile a file of its own, for web servers that do not answer byte ranges.

    DIR must be new or empty, or hold an earlier export, which is replaced when the new one is whole.
    """
    from gispipe import releases
    from gispipe.export import export_site

    catalogue = options.load(city)
    with options.running(catalogue, quiet or as_json) as run:
        release = releases.named(catalogue.output, audience, digest) if digest else releases.current(catalogue.output, audience)  # type: ignore[arg-type]
        made = export_site(release, directory, catalogue.output, run.say)
    document = {"audience": audience, **asdict(made), "folder": str(made.folder)}
    options.tell(document, _lines(made.folder, made.files, made.tiles, audience), as_json, quiet)


def _lines(folder: Path, files: int, tiles: int, audience: str) -> list[str]:
    done = Words(f"{folder}: {files:,} files, {tiles:,} of them tiles; copy the folder to the web server as it is",
                 f"{folder}: ファイル {files:,} 個（うちタイル {tiles:,} 個）。このフォルダーをそのままウェブサーバーに置いてください")
    closed = Words("This is the internal map: put it only where none but staff can read it.", "庁内版です。職員以外が閲覧できない場所に置いてください。")
    return [str(done), *([str(closed)] if audience == "internal" else [])]
