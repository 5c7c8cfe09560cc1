"""Where an export goes: refused when something else stands there, written aside, put in place whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gispipe import releases
from gispipe.errors import PlaceTaken
from gispipe.words import Words

def apart_from_ours(target: Path, output: Path) -> None:
    """Raise PlaceTaken when `target` stands in a folder that is gispipe's own."""
    for kept in ("public", "internal", "store", "reports"):
        if target.resolve().is_relative_to((output / kept).resolve()):
            raise PlaceTaken(str(target), Words(f"{output / kept} is gispipe's own", f"{output / kept} は gispipe が使うフォルダーです"), _ELSEWHERE)


def judge_target(target: Path, output: Path) -> None:
    """Raise PlaceTaken when `target` stands among the releases, or is anything but an empty folder, or an earlier export and nothing else."""
    apart_from_ours(target, output)
    if not os.path.lexists(target) or (target.is_dir() and not target.is_symlink() and not any(target.iterdir())):
        return
    stated = _earlier_export(target)
    if stated is None:
        raise PlaceTaken(str(target), Words("something stands there that is no earlier export", "以前に書き出したもの以外のファイルやフォルダーがあります"), _ELSEWHERE)
    for path in sorted(p for p in target.rglob("*") if not p.is_dir()):
        name = path.relative_to(target).as_posix()
        if name not in stated and name != releases.RECORD:
            raise PlaceTaken(f"{target}/{name}", Words("this file was not exported and would be lost", "書き出した後に加えられたファイルで、上書きすると失われます"),
                             Words("move it away, or name another folder", "別の場所へ移すか、別のフォルダー名を指定してください"))


_ELSEWHERE = Words("name another folder", "別のフォルダー名を指定してください")


def _earlier_export(target: Path) -> dict[str, object] | None:
    """Return the files an earlier export says it holds, or None when this is none."""
    try:
        record = json.loads((target / releases.RECORD).read_text("utf-8"))
        return dict(record["files"]) if "export" in record and not target.is_symlink() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def put_in_place(target: Path) -> Iterator[Path]:
    """Give a folder beside `target` to fill; when that ended well it takes the target's place whole, else it goes.

    An earlier export stays until then. One that a killed run had moved aside is put back first.
    """
    draft, old = target.with_name(f".draft-{target.name}"), target.with_name(f".old-{target.name}")
    if old.is_dir() and not target.exists():
        os.rename(old, target)
    for rest in (draft, old):
        shutil.rmtree(rest, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        yield draft
        if hasattr(os, "sync"):
            os.sync()  # once for all: one call a file would take minutes for tens of thousands
        if target.exists():
            os.rename(target, old)
        os.rename(draft, target)
    except BaseException:
        if old.is_dir() and not target.exists():
            os.rename(old, target)
        shutil.rmtree(draft, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
