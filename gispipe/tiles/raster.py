"""Aerial photos as raster tiles: many GeoTIFF sheets, read in windows, one PMTiles archive of WebP pictures."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gispipe.tiles import archive, grid
from gispipe.tiles.errors import TileError
from gispipe.tiles.mosaic import Sheet, open_sheets, read_block

__all__ = ["RasterReport", "build_raster_archive"]

SIDE = 256  # pixels of a tile
_DEPTH = 3  # zooms that one block covers: 8 × 8 tiles, 16 MB of pixels
_EFFORT = 2  # WebP method: half the time of the default for 2 % more bytes


@dataclass(frozen=True)
class RasterReport:
    """What a raster archive holds: number of tiles, bytes, the largest tile in bytes."""

    path: Path
    tiles: int
    bytes: int
    largest: int


def build_raster_archive(path: Path, sources: Sequence[Path], *, crs: str | None, zoom: tuple[int, int], quality: int = 80,
                         name: str, attribution: str, workers: int = 1) -> RasterReport:
    """Mosaic GeoTIFF ``sources`` (8 bit, any CRS) into WebP tiles of 256 px; the first source lies on top.

    ``crs`` stands in for sheets that state none. No-data and everything outside the sheets is transparent; the deepest zoom is resampled
    from the sheets, every other from its four children. Raise TileError for a sheet that cannot be read so.
    """
    sheets = open_sheets(sources, crs, zoom[1])
    bounds = _bounds(sheets)
    depth = min(_DEPTH, zoom[1] - zoom[0])
    blocks = _blocks(sheets, zoom[1], depth)
    metadata = {"name": name, "attribution": attribution, "format": "webp", "type": "overlay"}
    spool: list[tuple[int, int, int]] = []
    with tempfile.TemporaryFile(dir=path.parent) as store, archive.Writer(path, archive.WEBP, bounds, zoom, metadata) as out:
        def keep(tiles: list[tuple[int, bytes]]) -> None:
            for number, data in tiles:
                spool.append((number, store.tell(), len(data)))
                store.write(data)

        tops: dict[tuple[int, int], np.ndarray] = {}
        for place, (tiles, top) in zip(blocks, _worked(sheets, blocks, zoom[1], depth, quality, workers), strict=True):
            keep(tiles)
            if top is not None:
                tops[place] = top
        for level in range(zoom[1] - depth - 1, zoom[0] - 1, -1):
            tops = _parents(tops)
            keep([(_number(level, *place), _webp(picture, quality)) for place, picture in sorted(tops.items())])
        spool.sort()
        out.add((number, _at(store, offset, length)) for number, offset, length in spool)
        size = out.finish()
    return RasterReport(path, len(spool), size, max((length for *_, length in spool), default=0))


def _at(store: Any, offset: int, length: int) -> bytes:
    store.seek(offset)
    return store.read(length)  # type: ignore[no-any-return]


def _bounds(sheets: Sequence[Sheet]) -> tuple[float, float, float, float]:
    boxes = np.array([sheet.bounds for sheet in sheets])
    low, high = boxes.min(axis=0)[:2], boxes.max(axis=0)[2:]
    return *grid.to_lonlat(*low), *grid.to_lonlat(*high)


def _blocks(sheets: Sequence[Sheet], zoom: int, depth: int) -> list[tuple[int, int]]:
    """Return the tiles of zoom - depth that any sheet meets, in Hilbert order."""
    found = set()
    for sheet in sheets:
        x0, y0, x1, y1 = (v // (SIDE << depth) for v in sheet.pixels)
        found.update((x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1))
    return sorted(found, key=lambda place: _number(zoom - depth, *place))


def _worked(sheets: Sequence[Sheet], blocks: list[tuple[int, int]], zoom: int, depth: int, quality: int,
            workers: int) -> Iterator[tuple[list[tuple[int, bytes]], np.ndarray | None]]:
    """Yield the blocks' tiles in order; GDAL and WebP run outside the interpreter's lock, and few blocks wait at a time."""
    def work(place: tuple[int, int]) -> tuple[list[tuple[int, bytes]], np.ndarray | None]:
        return _block(sheets, place, zoom, depth, quality)

    if workers <= 1:
        yield from map(work, blocks)
        return
    with ThreadPoolExecutor(workers) as pool:
        rest = iter(blocks)
        waiting = [pool.submit(work, place) for place in islice(rest, 2 * workers)]
        while waiting:
            done = waiting.pop(0).result()
            waiting += [pool.submit(work, place) for place in islice(rest, 1)]
            yield done


def _block(sheets: Sequence[Sheet], place: tuple[int, int], zoom: int, depth: int,
           quality: int) -> tuple[list[tuple[int, bytes]], np.ndarray | None]:
    """Return the encoded tiles of a block at all its zooms, and its top picture (256 × 256 × 4, or None when empty)."""
    picture = read_block(sheets, place[0] * (SIDE << depth), place[1] * (SIDE << depth), SIDE << depth)
    if picture is None:
        return [], None
    out = []
    for up in range(depth + 1):
        side = 1 << (depth - up)
        for row in range(side):
            for column in range(side):
                part = picture[row * SIDE:(row + 1) * SIDE, column * SIDE:(column + 1) * SIDE]
                if part[..., 3].any():
                    out.append((_number(zoom - up, place[0] * side + column, place[1] * side + row), _webp(part, quality)))
        if up < depth:
            picture = _halved(picture)
    return out, picture


def _parents(children: dict[tuple[int, int], np.ndarray]) -> dict[tuple[int, int], np.ndarray]:
    """Return the pictures one zoom up from 256 × 256 × 4 children."""
    whole: dict[tuple[int, int], np.ndarray] = {}
    for (x, y), picture in children.items():
        four = whole.setdefault((x // 2, y // 2), np.zeros((2 * SIDE, 2 * SIDE, 4), np.uint8))
        four[(y % 2) * SIDE:(y % 2 + 1) * SIDE, (x % 2) * SIDE:(x % 2 + 1) * SIDE] = picture
    return {place: _halved(picture) for place, picture in whole.items()}


def _halved(picture: np.ndarray) -> np.ndarray:
    """Halve a picture of shape (h, w, 4): mean of 2 × 2 pixels weighted by alpha, so no-data never bleeds into the colours."""
    image = Image.fromarray(picture, "RGBA")
    if picture[..., 3].min() == 255:
        return np.asarray(image.reduce(2))
    return np.asarray(image.convert("RGBa").reduce(2).convert("RGBA"))


def _webp(picture: np.ndarray, quality: int) -> bytes:
    out = io.BytesIO()
    solid = picture[..., 3].min() == 255
    image = Image.fromarray(np.ascontiguousarray(picture[..., :3] if solid else picture), "RGB" if solid else "RGBA")
    image.save(out, "WEBP", quality=quality, method=_EFFORT, alpha_quality=100)
    return out.getvalue()


def _number(zoom: int, x: int, y: int) -> int:
    if not 0 <= x < 2**zoom or not 0 <= y < 2**zoom:
        raise TileError(f"a sheet reaches beyond the map square at zoom {zoom}")
    return grid.tile_number(zoom, x, y)
