"""`gispipe backup`: copy everything to a second place, list and prove what is there."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--list", "listing", is_flag=True, help="List the snapshots, oldest first, and change nothing.")
@click.option("--verify", "verify", is_flag=True, help="Read every byte of the backup and say what is not what it was; change nothing.")
@options.city
@options.as_json
@options.quiet
def command(folder: Path | None, listing: bool, verify: bool, city: Path, as_json: bool, quiet: bool) -> None:
    """Copy declarations, stores, releases and reports to FOLDER (else `backup` of city.toml); bytes that are there are not copied again."""
    from gispipe.backup.make import back_up
    from gispipe.backup.place import Place, damaged
    from gispipe.errors import NotFound, ReleaseDamaged

    catalogue = options.load(city)
    root = folder or (catalogue.directory / catalogue.city.backup if catalogue.city.backup else None)
    if root is None:
        raise click.UsageError(str(Words("name a folder, or write backup = \"…\" in city.toml", "フォルダーを指定するか、city.toml に backup = \"…\" を書いてください")))
    if listing or verify:
        names = Place(root).snapshots()
        if not names:
            raise NotFound(str(root), Words("there is no backup", "バックアップがありません"))
        wrong = damaged(Place(root)) if verify else []
        if wrong:
            lines = "\n".join(f"  {what}: {one[:24]}… {of}" for one, of, what in wrong)
            raise ReleaseDamaged(str(root), Words(f"{len(wrong)} files of the backup are not what they were:\n{lines}\n", f"バックアップのうち {len(wrong)} 個のファイルが壊れています:\n{lines}\n"),
                                 Words("delete these objects and back up again, or use another backup", "これらを削除してからもう一度バックアップするか、別のバックアップを使ってください"))
        options.tell({"snapshots": names, "verified": verify}, [*names, *([str(Words("every byte is what it was", "すべて正しく保存されています"))] if verify else [])], as_json, quiet)
        return
    with options.running(catalogue, quiet or as_json) as run, run.stage(Words("backup", "バックアップ")):
        made = back_up(catalogue, root, run.told)
    options.tell({"snapshot": made.name, "files": made.files, "bytes": made.size, "new_files": made.new_files, "new_bytes": made.new_size},
                 [f"{root}: {made.name[:24]}… {Words('files', 'ファイル')} {made.files:,} / {made.size / 1e6:,.1f} MB"], as_json, quiet)
