"""`gispipe new DIR`: a new city directory to edit, with every theme commented, or found by looking through a folder."""

from __future__ import annotations

import re
from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


def _municipality_code(context: click.Context, parameter: click.Parameter, code: str | None) -> str | None:
    """Refuse a code that is none, and say which check digit would be right."""
    if code is None:
        return None
    from gispipe.catalogue.agree import check_digit

    right = code[:5] + check_digit(code[:5]) if re.fullmatch(r"[0-9]{5,6}", code) else ""
    if not right:
        raise click.BadParameter(str(Words("six digits, such as 131016", "6桁の数字で指定してください（例 131016）")))
    if code != right:
        raise click.BadParameter(str(Words(f"with its check digit it would be {right}", f"検査数字を含む6桁では {right} です")))
    return code


@click.command("new")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--scan", "folder", type=click.Path(path_type=Path, file_okay=False), default=None, metavar="FOLDER", help="Look through FOLDER and declare every file in it.")
@click.option("--open-data", is_flag=True, help="FOLDER is published already: open the layers and columns (those that sound personal stay closed).")
@click.option("--name", default=None, help="Name of the municipality.")
@click.option("--code", default=None, callback=_municipality_code, help="6-digit municipality code.")
@options.as_json
@options.quiet
def command(directory: Path, folder: Path | None, open_data: bool, name: str | None, code: str | None, as_json: bool, quiet: bool) -> None:
    """Write a new city directory into DIR; what is there already is never overwritten."""
    from gispipe.errors import UnreadableInput

    if open_data and folder is None:
        raise click.UsageError(str(Words("--open-data goes with --scan FOLDER", "--open-data は --scan FOLDER と一緒に使います")))
    if directory.exists() and any(directory.iterdir()):
        raise UnreadableInput(str(directory), Words("the folder is not empty", "フォルダーが空ではありません"), Words("name a new folder", "新しいフォルダー名を指定してください"))
    if folder is None:
        _from_template(directory, name, code, as_json, quiet)
    else:
        _from_files(directory, folder, name, code, open_data, as_json, quiet)


def _from_template(directory: Path, name: str | None, code: str | None, as_json: bool, quiet: bool) -> None:
    from gispipe.scan.template import write_template

    layers = write_template(directory, name, code)
    said = Words(f"{directory}: {len(layers)} layers to edit; put files under {directory}/sources and delete 'pending' in their layer files",
                 f"{directory} に {len(layers)} レイヤーのひな型を作りました。{directory}/sources にファイルを置き、レイヤーの pending の行を消してください")
    options.tell({"directory": str(directory), "layers": layers}, [str(said), *_next(directory)], as_json, quiet)


def _from_files(directory: Path, folder: Path, name: str | None, code: str | None, open_data: bool, as_json: bool, quiet: bool) -> None:
    from gispipe.scan import scan_city

    report = scan_city(folder, directory, name=name, code=code, public=open_data)
    lines = [str(Words(f"{len(report.layers)} layers written to {directory}/layers: {report.doubtful} with doubts marked, {report.pending} of them waiting (pending)",
                       f"{directory}/layers に {len(report.layers)} レイヤーを書きました（要確認 {report.doubtful}、うち保留 {report.pending}）"))]
    if report.unreadable:
        lines.append(str(Words(f"{len(report.unreadable)} not read (also in {directory}/unreadable.txt):", f"読まなかったもの {len(report.unreadable)} 件（{directory}/unreadable.txt にもあります）：")))
    lines += [f"  {path.encode('utf-8', 'replace').decode()}: {why}" for path, why in report.unreadable]
    document = {"directory": str(directory), "layers": list(report.layers), "doubtful": report.doubtful, "pending": report.pending,
                "unreadable": [[path.encode("utf-8", "replace").decode(), why] for path, why in report.unreadable]}
    options.tell(document, lines + _next(directory), as_json, quiet)


def _next(directory: Path) -> list[str]:
    return [str(Words(f"next: edit the files, then 'gispipe run --city {directory}'", f"次は内容を直して「gispipe run --city {directory}」"))]
