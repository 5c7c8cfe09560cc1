"""Smooth fields over the plane: noise, isolines, regions above a level. NumPy and shapely only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely


@dataclass(frozen=True)
class Waves:
    """A sum of plane waves: smooth noise of about ±1 with a known wavelength."""

    kx: np.ndarray
    ky: np.ndarray
    phase: np.ndarray

    def __call__(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the noise at x, y (metres, any equal shape)."""
        total = np.zeros(np.broadcast(x, y).shape)
        for kx, ky, phase in zip(self.kx, self.ky, self.phase, strict=True):
            total += np.sin(kx * x + ky * y + phase)
        return total / np.sqrt(2 * len(self.kx))


def waves(rng: np.random.Generator, wavelength: float, count: int = 6) -> Waves:
    """Draw `count` waves around one wavelength (metres)."""
    angle = rng.uniform(0, 2 * np.pi, count)
    k = 2 * np.pi / (wavelength * rng.uniform(0.7, 1.5, count))
    return Waves(k * np.cos(angle), k * np.sin(angle), rng.uniform(0, 2 * np.pi, count))


@dataclass(frozen=True)
class Grid:
    """Cell centres from (x0, y0) on, rows going north; `step` metres."""

    x0: float
    y0: float
    step: float
    columns: int
    rows: int

    def mesh(self) -> tuple[np.ndarray, np.ndarray]:
        """Return x (1, columns) and y (rows, 1) of the cell centres; they broadcast to (rows, columns)."""
        x = self.x0 + self.step * np.arange(self.columns)
        y = self.y0 + self.step * np.arange(self.rows)
        return x[None, :], y[:, None]


def cover(width: float, height: float, step: float) -> Grid:
    """Return the grid of `step` metre cells that covers the drawn area."""
    return Grid(step / 2, step / 2, step, int(width // step), int(height // step))


# for each of the 16 corner patterns: pairs of cell edges (0 south, 1 east, 2 north, 3 west) that an isoline joins
_JOINS = {
    1: [(3, 0)], 2: [(0, 1)], 3: [(3, 1)], 4: [(1, 2)], 5: [(3, 2), (0, 1)], 6: [(0, 2)], 7: [(3, 2)],
    8: [(2, 3)], 9: [(2, 0)], 10: [(3, 0), (1, 2)], 11: [(2, 1)], 12: [(1, 3)], 13: [(1, 0)], 14: [(0, 3)],
}


def isolines(grid: Grid, z: np.ndarray, level: float) -> np.ndarray:
    """Return the isolines of z at `level` as linestrings (marching squares)."""
    sw, se, nw, ne = z[:-1, :-1], z[:-1, 1:], z[1:, :-1], z[1:, 1:]
    pattern = (sw > level) + 2 * (se > level) + 4 * (ne > level) + 8 * (nw > level)
    ends = {0: (sw, se, 0, 0, 1, 0), 1: (se, ne, 1, 0, 0, 1), 2: (nw, ne, 0, 1, 1, 0), 3: (sw, nw, 0, 0, 0, 1)}

    def crossing(edge: int, r: np.ndarray, c: np.ndarray) -> np.ndarray:
        a, b, dx, dy, along_x, along_y = ends[edge]
        share = (level - a[r, c]) / (b[r, c] - a[r, c])
        return np.stack([grid.x0 + grid.step * (c + dx + along_x * share),
                         grid.y0 + grid.step * (r + dy + along_y * share)], axis=-1)

    pieces = []
    for value, joins in _JOINS.items():
        r, c = np.nonzero(pattern == value)
        pieces += [np.stack([crossing(a, r, c), crossing(b, r, c)], axis=1) for a, b in joins if len(r)]
    if not pieces:
        return np.empty(0, dtype=object)
    # millimetres: both cells of an edge then meet in the very same point
    segments = shapely.linestrings(np.round(np.concatenate(pieces), 3))
    return shapely.get_parts(shapely.line_merge(shapely.multilinestrings(segments[shapely.length(segments) > 0])))


def regions_above(grid: Grid, z: np.ndarray, level: float, smallest: float) -> np.ndarray:
    """Return the areas where z > level as polygons of at least `smallest` square metres."""
    padded = np.full((grid.rows + 2, grid.columns + 2), level - 1.0)
    padded[1:-1, 1:-1] = z
    wide = Grid(grid.x0 - grid.step, grid.y0 - grid.step, grid.step, grid.columns + 2, grid.rows + 2)
    areas = shapely.build_area(shapely.multilinestrings(isolines(wide, padded, level)))
    parts = shapely.get_parts(areas)
    return parts[shapely.area(parts) >= smallest]
