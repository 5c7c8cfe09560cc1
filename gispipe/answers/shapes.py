"""The shapes of a layer, cut small and found by place: which features are at a point, at full precision."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely

from gispipe import ragged
from gispipe.arrays import open_arrays, save_arrays
from gispipe.geometry import usable

CELL = 64.0
"""Metres: a side of the squares by which shapes are found."""
WIDE = 4096
"""A piece over more squares than this is listed apart and looked at every time."""


def save_shapes(path: Path, geometry: np.ndarray, once: bool = True) -> int:
    """Write the shapes of a layer, (n,) in the city's plane system; return how many had to be mended for the answers.

    once: ground that parts of one shape have in common is kept once, so that its area is right; hazard zones are set
    apart later and do without.
    """
    from gispipe.joins.zones import cut

    geometry, joined = _once(geometry) if once else (geometry, 0)
    pieces, row, mended = cut(geometry)
    mended += joined
    box = shapely.bounds(pieces) if len(pieces) else np.zeros((0, 4))
    cell, piece, wide = _squares(box)
    text = shapely.to_wkb(pieces)
    length = np.array([len(one) for one in text], dtype=np.int64)
    save_arrays(path, {
        "row": row.astype(np.int32), "box": box, "cell": cell, "piece": piece, "wide": wide,
        "begin": ragged.offsets(length), "wkb": np.frombuffer(b"".join(text), dtype=np.uint8)},
        {"features": len(geometry), "extent": [*box[:, :2].min(0).tolist(), *box[:, 2:].max(0).tolist()] if len(box) else None})
    return mended


def _once(geometry: np.ndarray) -> tuple[np.ndarray, int]:
    """Return shapes whose parts do not lie over each other, and how many did."""
    several = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOLYGON)
    if not len(several):
        return geometry, 0
    whole, broken = usable(geometry[several])
    copy = geometry.copy()
    copy[several] = whole
    return copy, int(broken.sum())


def _squares(box: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return squares and pieces as two sorted columns, and the pieces that reach over too many squares."""
    low, high = np.floor(box[:, :2] / CELL).astype(np.int64), np.floor(box[:, 2:] / CELL).astype(np.int64)
    across = high - low + 1
    wide = across[:, 0] * across[:, 1] > WIDE
    piece, column, line = ragged.cells(low[:, 0], np.where(wide, low[:, 0] - 1, high[:, 0]), low[:, 1], high[:, 1])
    cell = square(column, line)
    order = np.lexsort((piece, cell))
    return cell[order], piece[order].astype(np.int32), np.flatnonzero(wide).astype(np.int32)


def square(column: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Return one number for a square; negative columns and lines are allowed."""
    return (line << 24) + column


class Shapes:
    """The shapes of one layer, opened; nothing is read before it is needed."""

    def __init__(self, path: Path) -> None:
        arrays, facts = open_arrays(path)
        self.features: int = facts["features"]
        self._extent: list[float] | None = facts["extent"]
        self._row, self._begin, self._wkb = arrays["row"], arrays["begin"], arrays["wkb"]
        self._wide: list[int] = arrays["wide"].tolist()
        self._plain = _Plain(*(memoryview(arrays[name].reshape(-1)) for name in ("cell", "piece", "box", "row", "begin", "wkb")))

    def near(self, x: float, y: float, reach: float = 0.0) -> Near:
        """Return (row, distance in m) of the features within `reach` metres of a point, nearest first; a border is distance 0."""
        rows, texts = self.around(Window.around(x, y, reach))
        return nearest_rows(rows, distances(texts, x, y), reach)

    def around(self, window: Window) -> tuple[list[int], list[bytes]]:
        """Return row and WKB of the pieces whose box touches a window; distance is not yet asked."""
        west, south, east, north = window[:4]
        extent = self._extent
        if extent is None or extent[0] > east or extent[1] > north or extent[2] < west or extent[3] < south:
            return [], []
        pieces = self._candidates(window)
        if not pieces:
            return [], []
        box, row, begin, wkb = self._plain.box, self._plain.row, self._plain.begin, self._plain.wkb
        found = [piece for piece in pieces if box[(k := 4 * piece)] <= east and box[k + 1] <= north and box[k + 2] >= west and box[k + 3] >= south]
        return [row[piece] for piece in found], [bytes(wkb[begin[piece]:begin[piece + 1]]) for piece in found]

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        """Return all pieces and the row of each, ascending."""
        text, ends = self._wkb.tobytes(), self._begin.tolist()
        return shapely.from_wkb(np.array([*(text[a:b] for a, b in pairwise(ends)), None], dtype=object)[:-1]), self._row.astype(np.int64)

    def of(self, row: int) -> np.ndarray:
        """Return the pieces of one feature."""
        rows, begin, wkb = self._plain.row, self._plain.begin, self._plain.wkb
        first = bisect_left(rows, row)
        return shapely.from_wkb([bytes(wkb[begin[k]:begin[k + 1]]) for k in range(first, bisect_right(rows, row, first))])

    def _candidates(self, window: Window) -> Collection[int]:
        """Return the pieces of all squares that a window touches; the squares of a line follow each other."""
        cells, piece = self._plain.cell, self._plain.piece
        found = self._wide
        for line in range(window.bottom, window.top + 1):
            last = (line << 24) + window.right
            first = bisect_left(cells, (line << 24) + window.left)
            if first < len(cells) and cells[first] <= last:
                here = piece[first:bisect_right(cells, last, first)].tolist()
                found = found + here if found else here
        return set(found) if window.left < window.right or window.bottom < window.top else found


class Window(NamedTuple):
    """The box around a place in metres, and the columns and lines of the squares that it touches."""

    west: float
    south: float
    east: float
    north: float
    left: int
    right: int
    bottom: int
    top: int

    @classmethod
    def around(cls, x: float, y: float, reach: float) -> Window:
        box = (x - reach, y - reach, x + reach, y + reach)
        return cls(*box, *(int(box[k] // CELL) for k in (0, 2, 1, 3)))


@dataclass(frozen=True, slots=True)
class _Plain:
    """What is kept, as plain numbers: to look at a few pieces that is quicker than arrays."""

    cell: memoryview
    piece: memoryview
    box: memoryview
    row: memoryview
    begin: memoryview
    wkb: memoryview


def distances(texts: list[bytes], x: float, y: float) -> list[float]:
    """Return the distance in metres of each shape from a point, all in one go."""
    return shapely.distance(shapely.from_wkb(texts), shapely.Point(x, y)).tolist() if texts else []


Near = Sequence[tuple[int, float]]
"""Rows of a layer with their distance in m, nearest first."""


def nearest_rows(rows: list[int], away: list[float], reach: float) -> Near:
    """Return (row, distance) of the features within reach, nearest first, from their pieces."""
    best: dict[int, float] = {}
    for row, metres in zip(rows, away, strict=True):
        if metres <= reach and metres < best.get(row, np.inf):
            best[row] = metres
    return sorted(best.items(), key=_nearest_first) if len(best) > 1 else list(best.items())


def _nearest_first(one: tuple[int, float]) -> tuple[float, int]:
    return one[1], one[0]
