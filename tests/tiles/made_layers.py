"""Small synthetic layers for the tile tests, made in code from fixed seeds."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.tiles import grid
from gispipe.tiles.encode import TileLayer

ORIGIN = np.array([15_080_000.0, 4_120_000.0])  # EPSG:3857, somewhere in western Japan


def parcels(side: int, seed: int = 1) -> np.ndarray:
    """Return side² polygons of 8 vertices that share every border exactly."""
    rng = np.random.default_rng(seed)
    east, north = np.meshgrid(np.arange(side + 1) * 20.0, np.arange(side + 1) * 18.0)
    node = np.stack([east, north], -1) + rng.uniform(-4, 4, (side + 1, side + 1, 2)) + ORIGIN
    across = (node[:, 1:] + node[:, :-1]) / 2 + rng.uniform(-1.5, 1.5, (side + 1, side, 2))
    up = (node[1:] + node[:-1]) / 2 + rng.uniform(-1.5, 1.5, (side, side + 1, 2))
    ring = np.stack([node[:-1, :-1], across[:-1], node[:-1, 1:], up[:, 1:], node[1:, 1:], across[1:], node[1:, :-1], up[:, :-1]], 2)
    return shapely.polygons(ring.reshape(-1, 8, 2))


def stairs(side: int, step: float = 5.0, seed: int = 2) -> np.ndarray:
    """Return one multipolygon with stair-step edges and holes for each of three ranks, as depth grids are delivered."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side]
    depth = np.sin(x / 17 + 1) * np.cos(y / 23) + 0.6 * np.sin(x / 5) * np.sin(y / 7) + rng.normal(0, 0.1, (side, side))
    rank = np.digitize(depth, [0.2, 0.6, 0.9])
    out = []
    for value in (1, 2, 3):
        row, column = np.nonzero(rank == value)
        west, south = ORIGIN[0] + column * step, ORIGIN[1] + row * step
        out.append(shapely.union_all(shapely.box(west, south, west + step, south + step)))
    return np.array(out)


def layer(geometry: object, kind: str, zoom: tuple[int, int] = (10, 14), **other: object) -> TileLayer:
    """Return a layer with running ids and a name attribute."""
    shapes = np.atleast_1d(np.asarray(geometry, object))
    ids = np.arange(1, len(shapes) + 1, dtype=np.uint64)
    values = {"name": np.array([f"n{i}" for i in ids], object)}
    return TileLayer(**{"id": "thing", "kind": kind, "geometry": shapes, "ids": ids, "attributes": values, "zoom": zoom} | other)


def bounds_of_tile(zoom: int, column: int, row: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile in EPSG:3857 metres, by the definition of the tile scheme and not by gispipe's grid."""
    side = 2 * grid.HALF / 2**zoom
    return column * side - grid.HALF, grid.HALF - (row + 1) * side, (column + 1) * side - grid.HALF, grid.HALF - row * side
