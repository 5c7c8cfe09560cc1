"""Aerial photos as raster tiles: many GeoTIFF sheets, read in windows, one PMTiles archive of WebP pictures."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import IO

import numpy as np
import rasterio

from gispipe.tiles import archive, grid
from gispipe.tiles.errors import TileError
from gispipe.tiles.journal import Journal
from gispipe.tiles.mosaic import Sheet, open_sheets, read_block
from gispipe.tiles.webp import SIDE, encoded, encoder, halved

__all__ = ["RasterReport", "Resume", "build_raster_archive"]

_DEPTH = 3  # zooms that one block covers: 8 × 8 tiles, 16 MB of pixels
_CACHE = 256 * 1024**2  # bytes of decoded file blocks GDAL may keep; its own default is a twentieth of the machine

Place = tuple[int, int]
Placed = tuple[Place, np.ndarray]
Progress = Callable[[int, int], None]
"""Takes the blocks done and all blocks."""


@dataclass(frozen=True)
class RasterReport:
    """What a raster archive holds: number of tiles, bytes, the largest tile in bytes; and how many blocks an earlier run had done."""

    path: Path
    tiles: int
    bytes: int
    largest: int
    resumed: int = 0


@dataclass(frozen=True)
class Resume:
    """Where finished blocks are kept until the archive is there, and what names the content of the sheets."""

    path: Path
    made_of: str


def build_raster_archive(path: Path, sources: Sequence[Path], *, crs: str | None, zoom: tuple[int, int], quality: int = 80, name: str, attribution: str,
                         workers: int = 1, resume: Resume | None = None, progress: Progress | None = None) -> RasterReport:
    """Mosaic GeoTIFF ``sources`` (8 bit, any CRS) into WebP tiles of 256 px; the first source lies on top.

    ``crs`` stands in for sheets that state none. No-data and everything outside the sheets is transparent; the deepest zoom is resampled
    from the sheets, every other from its four children. With ``resume`` a killed run is gone on with; the bytes are the same either way.
    Raise TileError for a sheet that cannot be read so.
    """
    sheets = open_sheets(sources, crs, zoom[1])
    depth = min(_DEPTH, zoom[1] - zoom[0])
    blocks = _blocks(sheets, zoom[1], depth)
    metadata = {"name": name, "attribution": attribution, "format": "webp", "type": "overlay"}
    with _journal(path, resume, [zoom, quality, blocks]) as done, rasterio.Env(GDAL_CACHEMAX=_CACHE):
        before = len(done)
        _work(done, sheets, blocks, zoom[1], depth, quality, workers, progress)
        with tempfile.TemporaryFile(dir=path.parent) as above, archive.Writer(path, archive.WEBP, _bounds(sheets), zoom, metadata) as out:
            low = _above(above, done, blocks, (zoom[0], zoom[1] - depth), quality)
            places = np.concatenate([low, done.places()])  # lower zooms have the lower numbers
            out.add((int(number), _tile(above, done, k < len(low), int(offset), int(length))) for k, number, offset, length in _in_order(places))
            size = out.finish()
    return RasterReport(path, len(places), size, int(places[:, 2].max(initial=0)), before)


def _in_order(places: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    for k in np.argsort(places[:, 0], kind="stable"):
        yield int(k), *places[k]


def _tile(above: IO[bytes], done: Journal, low: bool, offset: int, length: int) -> bytes:
    if not low:
        return done.read(offset, length)
    above.seek(offset)
    return above.read(length)


@contextmanager
def _journal(path: Path, resume: Resume | None, how: list[object]) -> Iterator[Journal]:
    """Open the journal of finished blocks; it is left behind only by a run that did not come to its end."""
    file = resume.path if resume else path.with_name(f".{path.name}.blocks")
    if resume is None:
        file.unlink(missing_ok=True)
    made_of = json.dumps([resume.made_of if resume else "", how, encoder(), rasterio.__gdal_version__, np.__version__])
    try:
        with Journal(file, made_of) as journal:
            yield journal
    except Exception:
        if resume is None:
            file.unlink(missing_ok=True)
        raise
    file.unlink()


def _bounds(sheets: Sequence[Sheet]) -> tuple[float, float, float, float]:
    boxes = np.array([sheet.bounds for sheet in sheets])
    low, high = boxes.min(axis=0)[:2], boxes.max(axis=0)[2:]
    return *grid.to_lonlat(*low), *grid.to_lonlat(*high)


def _blocks(sheets: Sequence[Sheet], zoom: int, depth: int) -> list[Place]:
    """Return the tiles of zoom - depth that any sheet meets, in Hilbert order."""
    found: set[Place] = set()
    for sheet in sheets:
        x0, y0, x1, y1 = (v // (SIDE << depth) for v in sheet.pixels)
        found.update((x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1))
    return sorted(found, key=lambda place: _number(zoom - depth, *place))


def _work(done: Journal, sheets: Sequence[Sheet], blocks: list[Place], zoom: int, depth: int, quality: int, workers: int,
          progress: Progress | None) -> None:
    """Make the blocks that are not done yet, in order; GDAL and WebP run outside the interpreter's lock, and few blocks wait at a time."""
    def work(place: Place) -> tuple[list[tuple[int, bytes]], bytes]:
        return _block(sheets, place, zoom, depth, quality)

    with ThreadPoolExecutor(workers) as pool:
        rest = iter(blocks[len(done):])
        waiting = [pool.submit(work, place) for place in islice(rest, 2 * workers)]
        while waiting:
            done.append(*waiting.pop(0).result())
            waiting += [pool.submit(work, place) for place in islice(rest, 1)]
            if progress:
                progress(len(done), len(blocks))


def _block(sheets: Sequence[Sheet], place: Place, zoom: int, depth: int, quality: int) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return the encoded tiles of a block at all its zooms, and the pixels of its top picture (256 × 256 × 4, none when empty)."""
    picture = read_block(sheets, place[0] * (SIDE << depth), place[1] * (SIDE << depth), SIDE << depth)
    if picture is None:
        return [], b""
    out = []
    for up in range(depth + 1):
        side = 1 << (depth - up)
        for row in range(side):
            for column in range(side):
                part = picture[row * SIDE:(row + 1) * SIDE, column * SIDE:(column + 1) * SIDE]
                if part[..., 3].any():
                    out.append((_number(zoom - up, place[0] * side + column, place[1] * side + row), encoded(part, quality)))
        if up < depth:
            picture = halved(picture)
    return out, picture.tobytes()


def _above(store: IO[bytes], done: Journal, blocks: list[Place], zoom: tuple[int, int], quality: int) -> np.ndarray:
    """Write the tiles above the blocks' own and return number, offset and length of each, (n, 3).

    In Hilbert order the four children of a tile follow each other, so that no more than four pictures a zoom are held.
    """
    places: list[tuple[int, int, int]] = []

    def kept(level: int, pictures: Iterator[Placed]) -> Iterator[Placed]:
        for place, picture in pictures:
            data = encoded(picture, quality)
            places.append((_number(level, *place), store.tell(), len(data)))
            store.write(data)
            yield place, picture

    rising: Iterator[Placed] = ((place, np.frombuffer(top, np.uint8).reshape(SIDE, SIDE, 4))
                                for place, top in zip(blocks, done.tops(), strict=True) if top)
    for level in range(zoom[1] - 1, zoom[0] - 1, -1):
        rising = kept(level, _parents(rising))
    for _ in rising:
        pass
    return np.array(places, np.int64).reshape(-1, 3)


def _parents(children: Iterable[Placed]) -> Iterator[Placed]:
    """Yield the pictures one zoom up from 256 × 256 × 4 children in Hilbert order."""
    for (x, y), four in groupby(children, key=lambda child: (child[0][0] // 2, child[0][1] // 2)):
        whole = np.zeros((2 * SIDE, 2 * SIDE, 4), np.uint8)
        for (column, row), picture in four:
            whole[(row - 2 * y) * SIDE:(row - 2 * y + 1) * SIDE, (column - 2 * x) * SIDE:(column - 2 * x + 1) * SIDE] = picture
        yield (x, y), halved(whole)


def _number(zoom: int, x: int, y: int) -> int:
    if not 0 <= x < 2**zoom or not 0 <= y < 2**zoom:
        raise TileError(f"a sheet reaches beyond the map square at zoom {zoom}")
    return grid.tile_number(zoom, x, y)
