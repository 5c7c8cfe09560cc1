"""Vector tiles of whole layers: from arrays of geometry to a finished PMTiles archive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Lock

import numpy as np

from gispipe.tiles import archive, budget, grid
from gispipe.tiles.crew import Crew
from gispipe.tiles.layer import Batch, TileLayer, TileStream
from gispipe.tiles.levels import COLLAPSED, DRAWN, MERGED, OUTSIDE, SMALL
from gispipe.tiles.mvt import encode_layer
from gispipe.tiles.place import Placed, gathered
from gispipe.tiles.recalled import Loss, Recalled
from gispipe.tiles.rising import Rising
from gispipe.tiles.source import Source, taken_in

__all__ = ["ArchiveReport", "Batch", "Dropped", "TileLayer", "TileStream", "build_archive"]

TOGETHER = 300_000
"""Vertices that are encoded at a time: numbers enough for numpy, few enough for the processor's cache."""


@dataclass(frozen=True)
class Dropped:
    """How many features of a layer are not drawn at a zoom, and why: small, collapsed, outside, merged or budget.

    "small" and "collapsed" are counted at the zoom where they go, and are gone further up. "attributes" counts features that are drawn but lost
    the attributes that were theirs alone. For both "budget" and "attributes" the count is of features in tiles (one feature may be concerned in several).
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
    reused: int = 0
    """Tiles taken over from the build before."""


@dataclass(frozen=True)
class _Done:
    """Finished tiles, and what those over their budget lost as rows of `Memory.losses`."""

    tiles: list[tuple[int, bytes]]
    losses: list[Loss]


def build_archive(path: Path, layers: Sequence[TileLayer | TileStream], *, name: str, attribution: str, workers: int = 1, memory: Path | None = None) -> ArchiveReport:
    """Write ``layers`` as vector tiles into the PMTiles archive ``path``.

    With ``memory`` (a path without suffix) the archive is kept there too, with what it was made of; the next build with that memory makes
    only the tiles whose content changed. The bytes depend on the layers only, never on ``workers`` or on what is remembered. Raise
    TileError, naming layer and row, for what cannot be a tile: wrong geometry type, ids out of range or double layer names, features of
    more than a million tiles.
    """
    with Crew(workers) as crew:
        sources = taken_in(layers, partial(crew.each, 0))
        zooms = (min(s.zoom[0] for s in sources), max(s.zoom[1] for s in sources))
        metadata = {"name": name, "attribution": attribution, "format": "pbf", "type": "overlay", "vector_layers": [s.description() for s in sources]}
        recalled = Recalled.of(memory, sources) if memory else Recalled()
        rising = [Rising(source, recalled.wanted(source)) for source in sources]
        losses = recalled.losses()
        with archive.Writer(path, archive.MVT, _bounds(sources), zooms, metadata) as out:
            out.add(recalled.tiles())
            losses += _make(rising, recalled, zooms, out, crew)
            size, sizes = out.finish(), out.sizes()
    fate = {one.source.id: one.fate for one in rising}
    if memory:
        recalled.keep(memory, path, rising, losses)
    return _report(path, size, sizes, sources, fate, losses, recalled.count)


def _make(rising: list[Rising], recalled: Recalled, zooms: tuple[int, int], out: archive.Writer, crew: Crew) -> list[Loss]:
    """Make the tiles from the deepest zoom upwards and return what they lost.

    A zoom is drawn before the one below it is encoded, so that there is always work for all; no further, as what waits takes memory.
    """
    writing, waiting = Lock(), []  # type: ignore[var-annotated]

    def work(placed: list[tuple[int, Source, list[Placed]]], zoom: int, first: int, last: int) -> list[Loss]:
        done = _encoded(placed, zoom, first, last)
        with writing:
            out.add(done.tiles)
        return done.losses

    for up, zoom in enumerate(range(zooms[1], zooms[0] - 1, -1), 1):
        each = partial(crew.each, 2 * up - 3)
        placed = [(k, one.source, rows) for k, one in enumerate(rising) if (rows := recalled.to_make(one.at(zoom, each), zoom))]
        waiting += [crew.submit(2 * up, work, placed, zoom, first, last) for first, last in pairwise(_batches(placed))]
    return [loss for task in waiting for loss in task.result()]


def _bounds(sources: list[Source]) -> tuple[float, float, float, float]:
    boxes = np.array([source.box for source in sources])
    low, high = boxes.min(axis=0)[:2], boxes.max(axis=0)[2:]
    if not np.isfinite(low).all():
        return 0.0, 0.0, 0.0, 0.0
    low, high = np.clip(low, -grid.HALF, grid.HALF), np.clip(high, -grid.HALF, grid.HALF)
    return *grid.to_lonlat(*low), *grid.to_lonlat(*high)


def _encoded(placed: list[tuple[int, Source, list[Placed]]], zoom: int, first: int, last: int) -> _Done:
    """Return the finished tiles from id ``first`` up to ``last``, layers in the order they were given."""
    here = [(source, rows) for _, source, every in placed if (rows := gathered(every, first, last)) is not None]
    number = {source.id: k for k, source, _ in placed}
    messages: dict[int, list[bytes]] = {}
    for source, rows in here:
        encoded = encode_layer(source.id, rows, source.ids, source.tags)
        for tile, message in zip(encoded.tile.tolist(), encoded.message, strict=True):
            messages.setdefault(tile, []).append(message)
    done = _Done([], [])
    for tile in sorted(messages):
        data = archive.gzipped(b"".join(messages.pop(tile)))
        if len(data) > budget.LIMIT:
            data, lost, fits = budget.fitted(tile, zoom, here, len(data))
            done.losses.extend((tile, number[layer], budget.REASONS.index(reason), count) for (layer, reason), count in lost.items())
            done.losses.extend([] if fits else [(tile, -1, -1, 0)])
        done.tiles.append((tile, data))
    return done


def _batches(placed: list[tuple[int, Source, list[Placed]]]) -> list[int]:
    """Return tile ids between which there are about TOGETHER vertices each, from the first tile to behind the last."""
    tiles, weights = [], []
    for _, _, every in placed:
        for rows in every:
            head = np.flatnonzero(np.append(True, rows.tile[1:] != rows.tile[:-1])[:len(rows.tile)])
            tiles.append(rows.tile[head])
            weights.append(np.add.reduceat(rows.length, head, dtype=np.int64) if len(head) else head)
    if not sum(map(len, tiles)):
        return []
    tile, of = np.unique(np.concatenate(tiles), return_inverse=True)
    before = np.cumsum(np.bincount(of, np.concatenate(weights)))
    new = np.append(True, before[1:] // TOGETHER != before[:-1] // TOGETHER)
    return [*tile[new].tolist(), int(tile[-1]) + 1]


def _report(path: Path, size: int, sizes: list[tuple[int, int]], sources: list[Source], fates: dict[str, np.ndarray], losses: list[Loss],
            reused: int) -> ArchiveReport:
    lengths = [(length, number) for number, length in sizes]
    largest, where = max(lengths, default=(0, -1))
    features, dropped = {}, []
    for source in sources:
        for zoom, fate in enumerate(fates[source.id], source.zoom[0]):
            features[source.id, zoom] = int((fate == DRAWN).sum())
            dropped += _dropped(source, fates[source.id], zoom)
    budgeted: Counter[tuple[str, int, str]] = Counter()
    for tile, layer, reason, count in losses:
        if layer >= 0:
            budgeted[sources[layer].id, grid.tile_zxy(tile)[0], budget.REASONS[reason]] += count
    dropped += [Dropped(*key, count) for key, count in budgeted.items() if count]
    return ArchiveReport(path, len(lengths), size, largest, grid.tile_zxy(where) if where >= 0 else None,
                         int(np.median([n for n, _ in lengths])) if lengths else 0, features,
                         tuple(sorted(dropped, key=lambda d: (d.zoom, d.layer, d.reason))), tuple(grid.tile_zxy(tile) for tile, layer, _, _ in sorted(losses) if layer < 0), reused)


def _dropped(source: Source, fates: np.ndarray, zoom: int) -> Iterator[Dropped]:
    first, last = source.zoom
    fate = fates[zoom - first]
    new = ~np.isin(fates[zoom + 1 - first], (SMALL, COLLAPSED)) if zoom < last else True
    for code, reason, counted in ((SMALL, "small", new), (COLLAPSED, "collapsed", new), (MERGED, "merged", True), (OUTSIDE, "outside", True)):
        count = int(((fate == code) & counted).sum())
        if count:
            yield Dropped(source.id, zoom, reason, count)
