"""`gispipe new DIR`: a new city directory to edit, with every theme commented, or found by looking through a folder."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("new")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--scan", "folder", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="FOLDER", help="Look through FOLDER and declare every file in it.")
@click.option("--open-data", is_flag=True, help="FOLDER is published already: open the layers and columns (those that sound personal stay closed).")
@click.option("--name", default=None, help="Name of the municipality.")
@click.option("--code", default=None, help="6-digit municipality code.")
@options.as_json
@options.quiet
def command(directory: Path, folder: Path | None, open_data: bool, name: str | None, code: str | None, as_json: bool, quiet: bool) -> None:
    """Write a new city directory into DIR; what is there already is never overwritten."""
    from gispipe.errors import UnreadableInput

    if directory.exists() and any(directory.iterdir()):
        raise UnreadableInput(str(directory), Words("the folder is not empty", "フォルダーが空ではありません"), Words("name a new folder", "新しいフォルダー名を指定してください"))
    if folder is None:
        from gispipe.scan.template import write_template

        layers = write_template(directory, name, code)
        options.tell({"directory": str(directory), "layers": layers}, [str(Words(f"{directory}: {len(layers)} layers to edit; put files under {directory}/sources and delete 'pending'",
                     f"{directory} に {len(layers)} レイヤーのひな型を作りました。{directory}/sources にファイルを置き、pending の行を消してください"))], as_json, quiet)
        return
    from gispipe.scan import scan_city

    report = scan_city(folder, directory, name=name, code=code, public=open_data)
    lines = [str(Words(f"{len(report.layers)} layers written to {directory}/layers ({report.doubtful} with doubts marked), {len(report.unreadable)} files could not be read",
                       f"{directory}/layers に {len(report.layers)} レイヤーを書きました（要確認 {report.doubtful}、読めないファイル {len(report.unreadable)}）"))]
    lines += [f"  {path}: {why}" for path, why in report.unreadable]
    lines.append(str(Words(f"next: edit the files, then 'gispipe run --city {directory}'", f"次は内容を直して「gispipe run --city {directory}」")))
    options.tell({"directory": str(directory), "layers": list(report.layers), "doubtful": report.doubtful, "unreadable": [list(u) for u in report.unreadable]}, lines, as_json, quiet)

