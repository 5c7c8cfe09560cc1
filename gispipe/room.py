"""Whether a disk has room for what is about to be written, asked before anything is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from gispipe.errors import NoRoom
from gispipe.words import Words

_SPARE = 1.05
"""Folders and the file system's own books need a little more than the files."""


def judge_room(parent: Path, sizes: Iterator[int], files: int) -> int:
    """Return the bytes the files will take on the disk under `parent`; raises NoRoom when there are not that many, or not that many files."""
    block, free_files = _file_system(parent)
    needed = int(sum(-(-size // block) for size in sizes) * block * _SPARE)
    free = shutil.disk_usage(parent).free
    if needed > free:
        raise NoRoom(str(parent), Words(f"{files:,} files need {megabytes(needed)}, and {megabytes(free)} are free",
                                        f"ファイル {files:,} 個に {megabytes(needed)} 必要ですが、空きは {megabytes(free)} です"), _MAKE_ROOM)
    if free_files is not None and files > free_files:
        raise NoRoom(str(parent), Words(f"the disk takes {free_files:,} more files, and {files:,} are needed",
                                        f"このディスクに作れるファイルはあと {free_files:,} 個ですが、{files:,} 個必要です"), _MAKE_ROOM)
    return needed


_MAKE_ROOM = Words("make room or name a folder on another disk", "空きを作るか、別のディスクのフォルダーを指定してください")


def _file_system(parent: Path) -> tuple[int, int | None]:
    """Return the block size in bytes and how many more files fit; None when the file system does not count them."""
    if not hasattr(os, "statvfs"):
        return 4096, None
    facts = os.statvfs(parent)
    return max(facts.f_frsize, 1), facts.f_favail if facts.f_files else None


def megabytes(size: int) -> str:
    """Return a size as people read it."""
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"
