"""Vector tiles of whole layers: from arrays of geometry to a finished PMTiles archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from gispipe.tiles import archive, attributes, budget, grid
from gispipe.tiles.errors import TileError
from gispipe.tiles.layer import TileLayer
from gispipe.tiles.levels import Reasons, Source, levels
from gispipe.tiles.mvt import encode_layer
from gispipe.tiles.place import Placed, place
from gispipe.tiles.shapes import Shapes

__all__ = ["ArchiveReport", "Dropped", "TileLayer", "build_archive"]

BATCH = 200_000
"""Vertices that are encoded at a time: numbers enough for numpy, few enough for the processor's cache."""


@dataclass(frozen=True)
class Dropped:
    """How many features of a layer are not drawn at a zoom, and why: small, collapsed, outside, merged or budget.

    "attributes" counts features that are drawn but lost the attributes that were theirs alone. For both "budget" and
    "attributes" the count is of features in tiles (one feature may be concerned in several).
    """

    layer: str
    zoom: int
    reason: str
    count: int


@dataclass(frozen=True)
class ArchiveReport:
    """What an archive holds: counts, sizes in bytes, features by (layer, zoom), and everything left out."""

    path: Path
    tiles: int
    bytes: int
    largest: int
    largest_tile: tuple[int, int, int] | None
    median: int
    features: dict[tuple[str, int], int]
    dropped: tuple[Dropped, ...]
    over_budget: tuple[tuple[int, int, int], ...]


@dataclass
class _Zoom:
    """One finished zoom: tiles in ascending order with what was dropped."""

    zoom: int
    tile: list[int] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    features: dict[tuple[str, int], int] = field(default_factory=dict)
    dropped: Reasons = field(default_factory=Counter)
    over_budget: list[int] = field(default_factory=list)


def build_archive(path: Path, layers: Sequence[TileLayer], *, name: str, attribution: str, workers: int = 1) -> ArchiveReport:
    """Write ``layers`` as vector tiles into the PMTiles archive ``path``.

    The bytes depend on the arguments only, never on ``workers``. Raise TileError, naming layer and row, for what cannot
    be a tile: wrong geometry type, ids out of range or double layer names, features of more than a million tiles.
    """
    sources = _checked(layers)
    bounds = _bounds(layers)
    zooms = (min(l.zoom[0] for l in layers), max(l.zoom[1] for l in layers))
    done = _zooms(levels(sources, zooms), workers)
    metadata = {"name": name, "attribution": attribution, "format": "pbf", "type": "overlay",
                "vector_layers": [s.description() for s in sources]}
    with archive.Writer(path, archive.MVT, bounds, zooms, metadata) as out:
        for zoom in done:
            out.add(zip(zoom.tile, zoom.data, strict=True))
        size = out.finish()
    return _report(path, size, done)


def _zooms(ready: Iterator[tuple[int, list[tuple[Source, Shapes, Reasons]]]], workers: int) -> list[_Zoom]:
    """Encode all zooms and return them in ascending order; numpy, GEOS and zlib let other threads run meanwhile."""
    if workers <= 1:
        return [_zoom(*one) for one in ready][::-1]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return [task.result() for task in [pool.submit(_zoom, *one) for one in ready]][::-1]


def _checked(layers: Sequence[TileLayer]) -> list[Source]:
    if not layers:
        raise TileError("an archive needs at least one layer")
    names = [layer.id for layer in layers]
    for layer in layers:
        if names.count(layer.id) > 1:
            raise TileError(f"layer {layer.id} is named twice")
        if layer.kind not in ("point", "line", "polygon"):
            raise TileError(f"layer {layer.id}: kind {layer.kind!r} is not point, line or polygon")
        if len(layer.ids) != len(layer.geometry):
            raise TileError(f"layer {layer.id}: {len(layer.ids)} ids for {len(layer.geometry)} features")
        ids = np.asarray(layer.ids)
        if len(ids) and (ids.dtype.kind not in "iu" or int(ids.min()) < 0 or int(ids.max()) >= 2**53):
            raise TileError(f"layer {layer.id}: ids must be whole numbers from 0 to 2**53 - 1")
        if len(np.unique(ids)) < len(ids):
            raise TileError(f"layer {layer.id}: an id appears twice")
        if not 0 <= layer.zoom[0] <= layer.zoom[1] <= grid.MAX_ZOOM:
            raise TileError(f"layer {layer.id}: zooms {layer.zoom} are not within 0–{grid.MAX_ZOOM}")
    return [Source(layer, attributes.tags(layer.attributes, len(layer.geometry), layer.id)) for layer in layers]


def _bounds(layers: Sequence[TileLayer]) -> tuple[float, float, float, float]:
    boxes = [shapely.total_bounds(layer.geometry) for layer in layers if len(layer.geometry)]
    boxes = [box for box in boxes if np.isfinite(box).all()]
    if not boxes:
        return 0.0, 0.0, 0.0, 0.0
    low, high = np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[2:]
    low, high = np.clip(low, -grid.HALF, grid.HALF), np.clip(high, -grid.HALF, grid.HALF)
    return *grid.to_lonlat(*low), *grid.to_lonlat(*high)


def _zoom(zoom: int, ready: list[tuple[Source, Shapes, Reasons]]) -> _Zoom:
    """Place, encode and compress all tiles of one zoom."""
    out = _Zoom(zoom)
    placed: list[tuple[Source, Placed]] = []
    for source, shapes, dropped in ready:
        rows = place(shapes, source.layer.id)
        placed.append((source, rows))
        out.dropped.update(dropped)
        drawn = np.zeros(len(source.layer.geometry), bool)
        drawn[rows.feature] = True
        out.features[source.layer.id, zoom] = int(drawn.sum())
        missing = np.zeros(len(drawn), bool)
        missing[shapes.feature] = True
        outside = int((missing & ~drawn).sum())
        if outside:
            out.dropped[source.layer.id, zoom, "outside"] += outside
    for tile, raw in _joined(placed):
        data = archive.gzipped(raw)
        if len(data) > budget.LIMIT:
            data, lost, fits = budget.fitted(tile, zoom, placed, len(data))
            for (layer, reason), count in lost.items():
                out.dropped[layer, zoom, reason] += count
            if not fits:
                out.over_budget.append(tile)
        out.tile.append(tile)
        out.data.append(data)
    return out


def _joined(placed: list[tuple[Source, Placed]]) -> Iterator[tuple[int, bytes]]:
    """Yield (tile id, uncompressed tile) in ascending order, layers in the order they were given."""
    for first, last in pairwise(_batches(placed)):
        tiles: dict[int, list[bytes]] = {}
        for source, rows in placed:
            these = rows.rows(slice(*np.searchsorted(rows.tile, [first, last])))
            encoded = encode_layer(source.layer.id, these, source.ids, source.tags)
            for tile, message in zip(encoded.tile.tolist(), encoded.message, strict=True):
                tiles.setdefault(tile, []).append(message)
        for tile in sorted(tiles):
            yield tile, b"".join(tiles.pop(tile))


def _batches(placed: list[tuple[Source, Placed]]) -> list[int]:
    """Return tile ids between which there are about BATCH vertices each, from the first tile to behind the last."""
    tile, of = np.unique(np.concatenate([rows.tile for _, rows in placed]), return_inverse=True)
    if not len(tile):
        return []
    before = np.cumsum(np.bincount(of, np.concatenate([rows.length for _, rows in placed])))
    new = np.append(True, before[1:] // BATCH != before[:-1] // BATCH)
    return [*tile[new].tolist(), int(tile[-1]) + 1]


def _report(path: Path, size: int, zooms: list[_Zoom]) -> ArchiveReport:
    lengths = [(len(data), tile) for z in zooms for tile, data in zip(z.tile, z.data, strict=True)]
    largest, where = max(lengths, default=(0, -1))
    features = {key: count for z in zooms for key, count in z.features.items()}
    dropped = tuple(Dropped(*key, count) for z in zooms for key, count in sorted(z.dropped.items()) if count)
    return ArchiveReport(path, len(lengths), size, largest, grid.tile_zxy(where) if where >= 0 else None,
                         int(np.median([n for n, _ in lengths])) if lengths else 0, features, dropped,
                         tuple(grid.tile_zxy(t) for z in zooms for t in z.over_budget))
