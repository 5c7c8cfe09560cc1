"""A tile archive → a folder of files `{z}/{x}/{y}.ending`, and the list of them that a page needs.

Vector tiles are stored unpacked: a packed one would need `Content-Encoding: gzip`, which a plain file server does not
send. The list lets the page ask for what is there only; without it every empty square would be a failed request.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gispipe.tiles import archive, grid
from gispipe.tiles.opening import Archive, open_archive
from gispipe.tiles.read import iter_tiles

ENDINGS = {archive.MVT: "mvt", archive.PNG: "png", archive.JPEG: "jpg", archive.WEBP: "webp"}
_GZIP = 2


@dataclass(frozen=True)
class Folder:
    """An archive as it will be unpacked: `tiles` (n, 3) of z, x, y in the archive's order, their `sizes` (n,) in bytes, and `packed` as stored (n,)."""

    source: Path
    ending: str
    tiles: np.ndarray
    sizes: np.ndarray
    packed: np.ndarray

    @property
    def name(self) -> str:
        """The folder under tiles/: the archive's own name, which carries the digest of its bytes."""
        return self.source.stem


def plan_folder(source: Path) -> Folder:
    """Return what an archive will become, without unpacking a tile; raises TileError for an archive that is not sound."""
    opened = open_archive(source)
    rows = [(*grid.tile_zxy(number + k), size, length) for number, size, length, run in _entries(opened) for k in range(run)]
    table = np.array(rows, np.int64).reshape(-1, 5)
    return Folder(source, ENDINGS[opened.header.tile_type], table[:, :3], table[:, 3], table[:, 4])


def _entries(opened: Archive) -> Iterable[tuple[int, int, int, int]]:
    """Yield (tile id, unpacked bytes, stored bytes, run) of every entry; a gzip member ends with its unpacked size (RFC 1952 §2.3.1)."""
    packed = opened.header.tile_compression == _GZIP
    for number, offset, length, run in opened.table.tolist():
        size = struct.unpack("<I", opened.stored(offset + length - 4, 4))[0] if packed else length
        yield number, size, length, run


def unpack(folder: Folder, tiles: Path) -> None:
    """Write every tile of an archive under `tiles`."""
    made: set[Path] = set()
    for (z, x, y), data in iter_tiles(folder.source):
        column = tiles / folder.name / str(z) / str(x)
        if column not in made:
            column.mkdir(parents=True, exist_ok=True)
            made.add(column)
        (column / f"{y}.{folder.ending}").write_bytes(data)


def listing(tiles: np.ndarray) -> dict[str, list[object]]:
    """Return what is there by zoom: first x, first y, width, height, and one bit a tile row by row, highest bit first, as base64.

    `tiles` is (n, 3): z, x, y.
    """
    made: dict[str, list[object]] = {}
    for zoom in np.unique(tiles[:, 0]).tolist():
        place = tiles[tiles[:, 0] == zoom, 1:]
        low = place.min(axis=0)
        width, height = (place.max(axis=0) - low + 1).tolist()
        bits = np.zeros((height, width), bool)
        bits[place[:, 1] - low[1], place[:, 0] - low[0]] = True
        made[str(zoom)] = [*low.tolist(), width, height, base64.b64encode(np.packbits(bits).tobytes()).decode()]
    return made
