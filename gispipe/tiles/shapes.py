"""From geometries to integer arrays on one zoom's grid, in blocks of a size that memory does not notice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gispipe import ragged
from gispipe.tiles import grid
from gispipe.tiles.errors import TileError
from gispipe.tiles.outlines import Geometries, Outlines
from gispipe.tiles.simplify import clean_lines, clean_rings, doubled_areas

_TYPES = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}  # shapely type numbers, single and multi
_NAMES = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection", "no geometry")
_FURTHEST = 2.5 * grid.HALF  # metres; on the grid of zoom 18 that still fits into 32 bits
BLOCK = 500_000
"""Vertices that are worked on together; a single larger part is a block of its own."""


@dataclass(frozen=True)
class Shapes:
    """Vertices on one zoom's grid.

    ``x``, ``y``: grid units (kept as int32, worked on as int64), shape (vertices,). ``start``: int64 offsets of runs (points, lines or open
    rings whose last vertex is not repeated), shape (runs + 1,). ``part``: the part (one polygon with its holes, one line, one
    point) of each run. ``hole``: which runs are interior rings. ``feature``: the feature of each part, ascending.
    """

    kind: str
    zoom: int
    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    part: np.ndarray
    hole: np.ndarray
    feature: np.ndarray

    @cached_property
    def areas(self) -> np.ndarray:
        """Return twice the area of every ring in square units, shape (runs,)."""
        return np.abs(doubled_areas(self.x, self.y, self.start))

    def wide(self) -> Shapes:
        """Return the shapes with coordinates that may be multiplied (int64)."""
        return replace(self, x=self.x.astype(np.int64), y=self.y.astype(np.int64))

    def narrow(self) -> Shapes:
        """Return the shapes as they are kept, in half the memory."""
        return replace(self, x=self.x.astype(np.int32), y=self.y.astype(np.int32), part=self.part.astype(np.int32), feature=self.feature.astype(np.int32))

    def of_parts(self, first: int, last: int) -> Shapes:
        """Return the parts from number ``first`` up to ``last`` alone."""
        a, b = np.searchsorted(self.part, [first, last])
        low, high = int(self.start[a]), int(self.start[b])
        return replace(self, x=self.x[low:high], y=self.y[low:high], start=self.start[a:b + 1] - low, part=self.part[a:b] - first,
                       hole=self.hole[a:b], feature=self.feature[first:last])

    def chosen(self, parts: np.ndarray) -> tuple[Shapes, np.ndarray]:
        """Return the parts of a mask alone, and the numbers of their vertices."""
        runs = np.flatnonzero(parts[self.part])
        flat, start = ragged.taken(self.start, runs)
        number = np.cumsum(parts) - 1
        return replace(self, x=self.x[flat], y=self.y[flat], start=start, part=number[self.part[runs]].astype(self.part.dtype), hole=self.hole[runs],
                       feature=self.feature[parts]), flat


def snapped(kind: str, geometry: Geometries, zoom: int, name: str, *, row: int = 0, clean: bool = True) -> Shapes:
    """Snap EPSG:3857 ``geometry`` of shape (features,) to the grid of ``zoom``; raise TileError for a wrong type or NaN.

    ``row``: the number of the first feature. With ``clean=False`` runs keep every vertex, also those that collapse on the grid.
    """
    lines = Outlines.of(geometry)
    wrong = ~np.isin(lines.kinds, _TYPES[kind])
    if wrong.any():
        number = int(np.flatnonzero(wrong)[0])
        raise TileError(f"layer {name}, row {row + number}: {_NAMES[lines.kinds[number]]} in a layer of kind {kind}")
    if not np.isfinite(lines.xy).all():
        raise TileError(f"layer {name}: a coordinate is not finite")
    if len(lines.xy) and np.abs(lines.xy).max() > _FURTHEST:
        raise TileError(f"layer {name}: a coordinate is not EPSG:3857 metres")
    x, y = grid.snap(lines.xy, zoom)
    hole = np.zeros(len(lines.part), bool)
    hole[1:] = (lines.part[1:] == lines.part[:-1]) & (kind == "polygon")
    shapes = Shapes(kind, zoom, x, y, lines.start, lines.part, hole, lines.feature + row)
    return cleaned(shapes) if clean else shapes


def cuts(shapes: Shapes) -> list[tuple[int, int]]:
    """Return the ranges of parts that make blocks: whole parts, at least one."""
    size = np.cumsum(np.bincount(shapes.part, np.diff(shapes.start), len(shapes.feature)), dtype=np.int64)
    ranges, first = [], 0
    while first < len(size):
        before = int(size[first - 1]) if first else 0
        last = max(int(np.searchsorted(size, before + BLOCK, side="right")), first + 1)
        ranges.append((first, last))
        first = last
    return ranges


def rounded(v: np.ndarray, up: int) -> np.ndarray:
    """Round grid units to the grid ``up`` zooms above, half away upwards, everywhere the same."""
    return (v + (1 << up >> 1)) >> up


def cleaned(shapes: Shapes) -> Shapes:
    """Drop repeated and straight-through vertices and rings without area; turn rings the way MVT 2.1 §4.3.4.4 asks.

    Runs that collapse stay as empty runs, so that the caller sees which part lost its shape.
    """
    if shapes.kind == "point":
        return shapes
    if shapes.kind == "line":
        x, y, start = clean_lines(shapes.x, shapes.y, shapes.start)
    else:
        x, y, start = clean_rings(shapes.x, shapes.y, shapes.start, shapes.hole)
    return replace(shapes, x=x, y=y, start=start)


def with_collapsed(fine: Shapes, raw: Shapes) -> Shapes:
    """Return the shapes with the runs of ``raw`` (the same before cleaning) where they have collapsed."""
    empty = np.diff(fine.start) == 0
    if not (empty & (np.diff(raw.start) > 0)).any():
        return fine
    length = np.where(empty, np.diff(raw.start), np.diff(fine.start))
    index = ragged.spans(np.where(empty, raw.start[:-1] + len(fine.x), fine.start[:-1]), length)
    x, y = (np.concatenate(pair)[index] for pair in ((fine.x, raw.x), (fine.y, raw.y)))
    return replace(fine, x=x, y=y, start=ragged.offsets(length))
