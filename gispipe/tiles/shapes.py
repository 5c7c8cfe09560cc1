"""From shapely geometries to flat integer arrays on one zoom's grid, and the same arrays one zoom up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe import ragged
from gispipe.tiles import grid
from gispipe.tiles.errors import TileError
from gispipe.tiles.simplify import Corners, clean_lines, clean_rings

_TYPES = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}  # shapely type numbers, single and multi


@dataclass(frozen=True)
class Shapes:
    """All vertices of a layer on one zoom's grid.

    ``x``, ``y``: int64 grid units, shape (vertices,). ``start``: int64 offsets of runs (points, lines or open rings
    whose last vertex is not repeated), shape (runs + 1,). ``part``: the part (one polygon with its holes, one line, one
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


def snapped(kind: str, geometry: np.ndarray, zoom: int, name: str, *, clean: bool = True) -> Shapes:
    """Snap EPSG:3857 ``geometry`` of shape (features,) to the grid of ``zoom``; raise TileError for a wrong type or NaN.

    With ``clean=False`` runs keep every vertex, also those that collapse on the grid.
    """
    types = shapely.get_type_id(geometry)
    wrong = ~np.isin(types, _TYPES[kind])
    if wrong.any():
        number = int(np.flatnonzero(wrong)[0])
        what = "no geometry" if types[number] < 0 else geometry[number].geom_type
        raise TileError(f"layer {name}, row {number}: {what} in a layer of kind {kind}")
    xy, start, part, feature = _flat(kind, geometry)
    if not np.isfinite(xy).all():
        raise TileError(f"layer {name}: a coordinate is not finite")
    if len(xy) and np.abs(xy).max() > 8 * grid.HALF:
        raise TileError(f"layer {name}: a coordinate is not EPSG:3857 metres")
    x, y = grid.snap(xy, zoom)
    hole = np.zeros(len(part), bool)
    hole[1:] = (part[1:] == part[:-1]) & (kind == "polygon")
    shapes = Shapes(kind, zoom, x, y, start, part, hole, feature)
    return _cleaned(shapes) if clean else shapes


class Outlines:
    """The shapes of the deepest zoom, from which those of every zoom above are drawn, each with fewer corners."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._corners = None if shapes.kind == "point" else Corners(shapes.x, shapes.y, shapes.start, closed=shapes.kind == "polygon")

    def on(self, zoom: int, tolerance: int) -> Shapes:
        """Return the shapes on the grid of ``zoom``, without corners smaller than ``tolerance`` of its units; zooms are asked downwards."""
        deep = self._shapes
        up = deep.zoom - zoom
        if self._corners is None:
            return Shapes(deep.kind, zoom, _rounded(deep.x, up), _rounded(deep.y, up), deep.start, deep.part, deep.hole, deep.feature)
        self._corners.thin(tolerance << up)
        self._corners = corners = self._corners.packed()
        return _cleaned(Shapes(deep.kind, zoom, _rounded(corners.x, up), _rounded(corners.y, up), corners.start, deep.part, deep.hole, deep.feature))

    def without(self, gone: np.ndarray) -> None:
        """Leave out parts (mask) from now on: their runs come out empty."""
        if self._corners is not None and gone.any():
            self._corners.remove(gone[self._shapes.part])


def _rounded(v: np.ndarray, up: int) -> np.ndarray:
    """Round grid units to the grid ``up`` zooms above, half away upwards, everywhere the same."""
    return (v + (1 << up >> 1)) >> up


def _flat(kind: str, geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return coordinates (n, 2), run offsets, part of each run and feature of each part."""
    if kind == "point":
        xy, feature = shapely.get_coordinates(geometry, return_index=True)
        return xy, np.arange(len(xy) + 1), np.arange(len(xy)), feature
    if len(geometry) == 0:
        none = np.zeros(0, np.int64)
        return np.zeros((0, 2)), np.zeros(1, np.int64), none, none
    if kind == "line":
        parts, feature = shapely.get_parts(geometry, return_index=True)
        xy, run = shapely.get_coordinates(parts, return_index=True)
        start = ragged.offsets(np.bincount(run, minlength=len(parts)))
        return xy, start, np.arange(len(parts)), feature
    found, xy, levels = shapely.to_ragged_array(geometry, include_z=False)
    if found == shapely.GeometryType.POLYGON:
        start, rings = levels
        feature = np.arange(len(geometry))
    else:
        start, rings, polygons = levels
        feature = ragged.owners(np.asarray(polygons, np.int64))
    return xy, np.asarray(start, np.int64), ragged.owners(np.asarray(rings, np.int64)), feature


def _cleaned(shapes: Shapes) -> Shapes:
    """Drop repeated and straight-through vertices and rings without area; turn rings the way MVT 2.1 §4.3.4.4 asks.

    Runs that collapse stay as empty runs, so that the caller sees which part lost its shape.
    """
    if shapes.kind == "point":
        return shapes
    if shapes.kind == "line":
        x, y, start = clean_lines(shapes.x, shapes.y, shapes.start)
    else:
        x, y, start = clean_rings(shapes.x, shapes.y, shapes.start, shapes.hole)
    return Shapes(shapes.kind, shapes.zoom, x, y, start, shapes.part, shapes.hole, shapes.feature)
