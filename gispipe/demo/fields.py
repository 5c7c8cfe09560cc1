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
        if x.ndim == y.ndim == 2 and len(x) == y.shape[1] == 1:
            return self._mesh(x[0], y[:, 0], total)
        for kx, ky, phase in zip(self.kx, self.ky, self.phase, strict=True):
            total += np.sin(kx * x + ky * y + phase)
        return total / np.sqrt(2 * len(self.kx))

    def _mesh(self, x: np.ndarray, y: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Add the waves on a whole grid: sin(a + b) from the sines of a row and a column, strip by strip."""
        a, b = self.kx[:, None] * x, self.ky[:, None] * y + self.phase[:, None]
        row, column = np.concatenate([np.sin(a), np.cos(a)]), np.concatenate([np.cos(b), np.sin(b)])
        for start in range(0, len(y), 16):
            strip = total[start:start + 16]
            for along, across in zip(row, column[:, start:start + 16], strict=True):
                strip += across[:, None] * along
        total /= np.sqrt(2 * len(self.kx))
        return total


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


def blotches(rng: np.random.Generator, shape: tuple[int, int], cell: int) -> np.ndarray:
    """Return blotchy noise of ±1 with blotches of `cell` cells (bilinear, rows first)."""
    rows, columns = shape
    small = rng.random((rows // cell + 3, columns // cell + 3), np.float32) * 2 - 1
    y, x = np.arange(rows, dtype=np.float32) / cell, np.arange(columns, dtype=np.float32) / cell
    r, c = y.astype(int), x.astype(int)
    fy, fx = (y - r)[:, None], (x - c)[None]
    tall = small[r] * (1 - fy) + small[r + 1] * fy
    return tall[:, c] * (1 - fx) + tall[:, c + 1] * fx


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


def mappings(polygons: np.ndarray) -> list[dict[str, object]]:
    """Return polygons as GeoJSON mappings, from all their coordinates at once (their own interface is slow)."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points = shapely.get_coordinates(rings).tolist()
    ends = np.cumsum(shapely.get_num_coordinates(rings))
    starts = np.concatenate([[0], ends[:-1]])
    nested: list[list[list[list[float]]]] = [[] for _ in parts]
    for k, start, end in zip(part.tolist(), starts.tolist(), ends.tolist(), strict=True):
        nested[k].append(points[start:end])
    grouped: list[list[list[list[list[float]]]]] = [[] for _ in polygons]
    for k, rings_of in zip(owner.tolist(), nested, strict=True):
        grouped[k].append(rings_of)
    return [{"type": "MultiPolygon", "coordinates": one} for one in grouped]
