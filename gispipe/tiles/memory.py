"""What a build remembers, so that the next one makes only the tiles whose content changed.

Beside an archive stand, for every feature, a digest of all that decides how it is drawn, its box, and what became of it. A tile's
content depends on the features that meet it and, for the corners of shared borders, on those that touch them; so the tiles of all
features that changed, or touch one that did, are made again, and no other.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import shapely

from gispipe import ragged, shelf
from gispipe.finished import finished
from gispipe.tiles import grid
from gispipe.tiles.attributes import Tags
from gispipe.tiles.shapes import Shapes
from gispipe.tiles.source import Source

DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
"""What numpy raises for a file of arrays that is not there, cut off or damaged."""
_MOST = 0.2
"""Share of changed features beyond which everything is made anew: finding out what may stay would cost more than it saves."""
_MOST_CELLS = 2_000_000
_FEATURES = 200_000  # whose tiles are looked up at a time
_TOGETHER = 1 << 20  # bytes of values that are digested at a time


@dataclass(frozen=True)
class Features:
    """By feature of a layer: ``ids``, ``digest`` (uint64), ``box`` (n, 4: west, north, east, south in units of the deepest zoom) and ``fate`` (zooms, n)."""

    ids: np.ndarray
    digest: np.ndarray
    box: np.ndarray
    fate: np.ndarray


@dataclass(frozen=True)
class Memory:
    """What was remembered of an ``archive`` (SHA-256 of its bytes): its ``key``, its layers' features, and the losses of tiles over budget as rows of
    (tile, layer number, reason number, count), -1 for a tile still over."""

    key: str
    archive: str
    features: dict[str, Features]
    losses: np.ndarray

    def save(self, path: Path) -> None:
        """Write the memory, complete or not at all."""
        columns = {f"{name}.{k}": getattr(one, name) for k, one in enumerate(self.features.values()) for name in ("ids", "digest", "box", "fate")}
        with finished(path) as draft, draft.open("wb") as out:
            np.savez(out, key=np.array(self.key), archive=np.array(self.archive), names=np.array(list(self.features)), losses=self.losses, **columns)

    @classmethod
    def load(cls, path: Path) -> Memory | None:
        """Return what was saved; None when there is nothing or it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as held:
                features = {str(name): Features(*(held[f"{column}.{k}"] for column in ("ids", "digest", "box", "fate"))) for k, name in enumerate(held["names"])}
                return cls(str(held["key"]), str(held["archive"]), features, held["losses"])
        except DAMAGED:
            return None


@dataclass(frozen=True)
class Changed:
    """The tiles to make again, by zoom (sorted ids), and by layer the features that meet one of them (mask; None: all)."""

    tiles: dict[int, np.ndarray]
    wanted: dict[str, np.ndarray | None]


@cache
def engine() -> str:
    """Return a digest of everything but the data that decides a tile's bytes: this package's programs and the libraries under it."""
    return shelf.key_of(shapely.geos_version_string, "tiles", "ragged.py", libraries=("numpy", "shapely", "deflate", "pyarrow", "pandas"))


def key_of(sources: Sequence[Source]) -> str:
    """Return what must be the same for any tile to stay: the engine and the layers' declarations."""
    layers = [[s.id, s.kind, s.zoom, s.keep, s.min_pixels, s.tags.names, s.tags.own.tolist()] for s in sources]
    return shelf.key_of([engine(), layers])


def features_of(source: Source, fate: np.ndarray) -> Features:
    """Return what is to be remembered of a layer's features."""
    return Features(source.ids, digests(source), boxes(source), fate)


def boxes(source: Source) -> np.ndarray:
    """Return west, north, east and south of every feature in units of the deepest zoom, shape (n, 4) int32; west over east without a shape."""
    low, high = np.iinfo(np.int32).max, np.iinfo(np.int32).min
    out = np.full((len(source.ids), 4), (low, low, high, high), np.int32)
    for block in source.outlines:
        runs = np.flatnonzero(np.diff(block.start) > 0)
        start = np.append(block.start[:-1][runs], block.start[-1])
        feature = block.feature[block.part[runs]]
        for k, (column, take) in enumerate(((block.x, np.minimum), (block.y, np.minimum), (block.x, np.maximum), (block.y, np.maximum))):
            take.at(out[:, k], feature, ragged.ends(column, start, take))
    return out


def digests(source: Source) -> np.ndarray:
    """Return a digest (uint64) of every feature: id, rank, values, and all its points in their order."""
    out = _mixed(source.ids) + _mixed(source.rank.view(np.uint64) ^ np.uint64(1))
    values = np.append(_value_digests(source.tags), np.uint64(0))
    for k, column in enumerate(source.tags.code.T):
        out += _mixed(values[column] + np.uint64(k + 2 << 56))
    parts = np.zeros(len(out), np.int64)
    for block in source.outlines:
        nth = parts[block.feature] + np.arange(len(block.feature)) - np.searchsorted(block.feature, block.feature)
        np.add.at(out, block.feature, _part_digests(block, nth))
        np.add.at(parts, block.feature, 1)
    return _mixed(out)


def _part_digests(block: Shapes, nth: np.ndarray) -> np.ndarray:
    """Return a digest of every part: its points, the run they are in and their place there, and its place (``nth``) among the feature's parts."""
    length = np.diff(block.start)
    first = np.searchsorted(block.part, np.arange(len(block.feature)))
    ring = np.arange(len(block.part)) - first[block.part]
    at = np.arange(len(block.x)) - np.repeat(block.start[:-1], length)
    where = (np.repeat(ring, length) << 32 | at).astype(np.uint64)
    point = (block.x.astype(np.int64) << 32 ^ block.y).view(np.uint64)
    runs = ragged.sums(_mixed(_mixed(point) ^ where).view(np.int64), block.start).view(np.uint64)
    out = np.zeros(len(block.feature), np.uint64)
    np.add.at(out, block.part, runs)
    return _mixed(out ^ _mixed(nth.astype(np.uint64)))


def _value_digests(tags: Tags) -> np.ndarray:
    """Return a digest of every distinct value's bytes."""
    out = np.zeros(len(tags.at) - 1, np.uint64)
    first = 0
    while first < len(out):
        last = max(int(np.searchsorted(tags.at, tags.at[first] + _TOGETHER, side="right")) - 1, first + 1)
        start = tags.at[first:last + 1] - tags.at[first]
        byte = tags.data[tags.at[first]:tags.at[last]].astype(np.uint64)
        at = (np.arange(len(byte)) - np.repeat(start[:-1], np.diff(start))).astype(np.uint64)
        out[first:last] = ragged.sums(_mixed(byte << np.uint64(48) ^ at).view(np.int64), start).view(np.uint64)
        first = last
    return _mixed(out)


def _mixed(v: np.ndarray) -> np.ndarray:
    """Return well mixed numbers (uint64), different ones for different numbers (the finaliser of SplitMix64)."""
    v = v.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    v = (v ^ (v >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    v = (v ^ (v >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return v ^ (v >> np.uint64(31))


def changed(before: Memory, sources: Sequence[Source], now: Mapping[str, Features]) -> Changed | None:
    """Return what must be made again since ``before``; None when everything must."""
    if before.key != key_of(sources):
        return None
    tiles: dict[int, list[np.ndarray]] = {}
    for source in sources:
        touched = _touched(before.features[source.id], now[source.id])
        if touched is None:
            return None
        for zoom in range(source.zoom[0], source.zoom[1] + 1):
            met = _tiles(touched, source, zoom)
            if met is None:
                return None
            tiles.setdefault(zoom, []).append(np.unique(met[1]))
    every = {zoom: np.unique(np.concatenate(parts)) for zoom, parts in tiles.items()}
    return Changed(every, {source.id: _meeting(source, now[source.id].box, every) for source in sources})


def _touched(old: Features, new: Features) -> np.ndarray | None:
    """Return the boxes of features that changed, and of those that touch one; None when too many did, or their order is another."""
    _, was, now = np.intersect1d(old.ids, new.ids, assume_unique=True, return_indices=True)
    if (np.diff(was[np.argsort(now)]) < 0).any():
        return None
    same = old.digest[was] == new.digest[now]
    gone, come = np.ones(len(old.ids), bool), np.ones(len(new.ids), bool)
    gone[was[same]] = come[now[same]] = False
    if gone.sum() + come.sum() > _MOST * max(len(new.ids), 1):
        return None
    boxes = np.concatenate([old.box[gone], new.box[come]])
    boxes = boxes[boxes[:, 0] <= boxes[:, 2]]
    if not len(boxes):
        return boxes
    there = np.flatnonzero(new.box[:, 0] <= new.box[:, 2])
    tree = shapely.STRtree(shapely.box(*new.box[there].T))
    beside = np.unique(tree.query(shapely.box(*boxes.T))[1])
    return np.concatenate([boxes, new.box[there[beside]]])


def _tiles(box: np.ndarray, source: Source, zoom: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return which box meets which tile of ``zoom``, as it may be drawn there; None for more than is worth knowing."""
    up, room = source.zoom[1] - zoom, grid.PIXEL + 1 if source.keep else 1
    there = box[:, 0] <= box[:, 2]
    low, high = (box[:, :2].astype(np.int64) >> up) - room, (box[:, 2:].astype(np.int64) >> up) + room
    (tx0, tx1), (ty0, ty1) = (grid.tile_range(low[:, k], np.where(there, high[:, k], low[:, k] - 8 * grid.EXTENT), zoom) for k in (0, 1))
    if (np.maximum(tx1 - tx0 + 1, 0) * np.maximum(ty1 - ty0 + 1, 0)).sum() > _MOST_CELLS:
        return None
    item, tx, ty = ragged.cells(tx0, tx1, ty0, ty1)
    return item, grid.tile_id(zoom, tx, ty)


def _meeting(source: Source, box: np.ndarray, tiles: Mapping[int, np.ndarray]) -> np.ndarray | None:
    """Return the features that meet a tile to be made (mask); those of a layer to keep share squares, so all of them."""
    if source.keep:
        return None
    found = np.zeros(len(box), bool)
    for zoom in range(source.zoom[0], source.zoom[1] + 1):
        for at in range(0, len(box) if len(tiles[zoom]) else 0, _FEATURES):
            met = _tiles(box[at:at + _FEATURES], source, zoom)
            if met is None:
                return None
            found[at + met[0][np.isin(met[1], tiles[zoom])]] = True
    return found
