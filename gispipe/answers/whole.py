"""Whether a kept file is there and whole, told from its beginning and its length: a damaged one is made again."""

from __future__ import annotations

from pathlib import Path

from gispipe.arrays import open_arrays

_SQLITE = b"SQLite format 3\0"


def is_whole(path: Path) -> bool:
    """Return whether a file of arrays or a register (.sqlite) is there and not cut off."""
    if not path.is_file():
        return False
    return _whole_register(path) if path.suffix == ".sqlite" else _whole_arrays(path)


def _whole_arrays(path: Path) -> bool:
    try:
        open_arrays(path)
    except ValueError:
        return False
    return True


def _whole_register(path: Path) -> bool:
    """Compare the length with the pages that the header counts (bytes 16 and 28 of the SQLite file format)."""
    with path.open("rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big")
    return head.startswith(_SQLITE) and path.stat().st_size == (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
