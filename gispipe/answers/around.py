"""What is around a place in all layers at once: one index of squares for all their pieces, answered at full precision."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gispipe import ragged
from gispipe.answers.shapes import Shapes
from gispipe.arrays import open_arrays, save_arrays

CELL = 64.0
"""Metres: a side of the squares by which pieces are found."""
PARTS = 4.0
"""Steps in a metre by which a piece's box inside a square is kept: 256 to a side."""
SLACK = 0.001
"""Metres added to a reach, so that rounding hides nothing that is exactly so far away."""
WIDE = 4096
"""A piece over more squares than this is listed apart and looked at every time."""
SIDES = ("west", "south", "east", "north")

Near = Sequence[tuple[int, float]]
"""Rows of a layer with their distance in m, nearest first."""


def save_around(path: Path, layers: Sequence[tuple[Shapes, float]], before: Path | None = None, was: Sequence[int] = ()) -> None:
    """Write where the pieces of layers are; each layer with the metres within which its features count as being at a place.

    before: such a file of another time, `was`: of every layer its number there, -1 for one whose pieces were others; only these are looked at again.
    """
    kept = _Listed.kept(before, np.array(was, np.int64), [reach for _, reach in layers]) if before is not None else None
    fresh = [number for number in range(len(layers)) if kept is None or was[number] < 0]
    listed = _Listed.of([(number, *layers[number]) for number in fresh])
    (listed if kept is None else kept.with_others(listed)).save(path, [reach for _, reach in layers])


@dataclass(frozen=True)
class _Listed:
    """A row for every piece in every square, by square, layer and piece: square, layer, piece and box inside the square (four columns); and the wide pieces, by layer and piece:
    layer, piece and box."""

    cell: np.ndarray
    layer: np.ndarray
    piece: np.ndarray
    box: tuple[np.ndarray, ...]
    wide: tuple[np.ndarray, np.ndarray, np.ndarray]

    @classmethod
    def of(cls, layers: Sequence[tuple[int, Shapes, float]]) -> _Listed:
        """List the pieces of layers, each with its number and reach."""
        parts = [_listed(*one) for one in layers]
        cell, layer, piece, box = (np.concatenate([np.zeros(shape, kind), *(part[k] for part in parts)])
                                   for k, (shape, kind) in enumerate([(0, np.int64), (0, np.uint16), (0, np.int32), ((0, 4), np.uint8)]))
        order = np.argsort(cell, kind="stable")
        wide = [(np.full(len(apart), number), apart, box) for (number, _, _), (*_, apart, box) in zip(layers, parts, strict=True)]
        return cls(cell[order], layer[order], piece[order], tuple(box[order, k] for k in range(4)), _wide(*(
            np.concatenate([np.zeros(shape), *(one[k] for one in wide)]) for k, shape in enumerate((0, 0, (0, 4))))))

    @classmethod
    def kept(cls, path: Path, was: np.ndarray, reach: Sequence[float]) -> _Listed | None:
        """Return what a file lists of the layers that had a number there, under their numbers now; None where it is not whole, or their order or reach is another."""
        if (np.diff(was[was >= 0]) < 0).any():
            return None
        try:
            arrays, facts = open_arrays(path)
            if any(old >= 0 and facts["reach"][old] != now for old, now in zip(was.tolist(), reach, strict=True)):
                return None
            number = np.full(len(facts["reach"]) + 1, -1)
            number[was[was >= 0]] = np.flatnonzero(was >= 0)
            layer, wide = number[arrays["layer"]], number[arrays["wide.layer"]]
            stay, there = layer >= 0, wide >= 0
            return cls(np.repeat(arrays["cell"], np.diff(arrays["begin"]))[stay], layer[stay].astype(np.uint16), arrays["piece"][stay], tuple(arrays[name][stay] for name in SIDES),
                       _wide(wide[there], arrays["wide.piece"][there], arrays["wide.box"][there]))
        except (OSError, ValueError, KeyError, IndexError):
            return None

    def with_others(self, other: _Listed) -> _Listed:
        """Return both together; no layer is in both."""
        at = np.searchsorted(self._place, other._place)
        order = np.argsort(np.concatenate([self.wide[0], other.wide[0]]), kind="stable")
        return _Listed(*(np.insert(mine, at, theirs) for mine, theirs in ((self.cell, other.cell), (self.layer, other.layer), (self.piece, other.piece))),
                       tuple(np.insert(mine, at, theirs) for mine, theirs in zip(self.box, other.box, strict=True)),
                       _wide(*(np.concatenate([mine, theirs])[order] for mine, theirs in zip(self.wide, other.wide, strict=True))))

    @property
    def _place(self) -> np.ndarray:
        """Numbers (n,) in the order of squares and layers."""
        return (self.cell << 16) + self.layer

    def save(self, path: Path, reach: list[float]) -> None:
        cells, count = _runs(self.cell)
        save_arrays(path, {"cell": cells, "begin": ragged.offsets(count), "layer": self.layer, "piece": self.piece, **dict(zip(SIDES, self.box, strict=True)),
                           **dict(zip(("wide.layer", "wide.piece", "wide.box"), self.wide, strict=True))}, {"reach": reach})


def _wide(layer: np.ndarray, piece: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return layer.astype(np.uint16), piece.astype(np.int32), box.astype(np.float64)


def _runs(cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different squares of some that are in order, and how often each is there."""
    begin = ragged.grouped(cell)
    return cell[begin[:-1]], np.diff(begin)


def _listed(number: int, shapes: Shapes, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return of one layer, a row for every piece in every square: square, layer, piece and box inside the square; and the wide pieces with their boxes."""
    slack = reach + SLACK if reach else 0.0
    box = shapes.box + np.array([-slack, -slack, slack, slack])
    low, high = np.floor(box[:, :2] / CELL).astype(np.int64), np.floor(box[:, 2:] / CELL).astype(np.int64)
    across = high - low + 1
    wide = across[:, 0] * across[:, 1] > WIDE
    piece, column, line = ragged.cells(low[:, 0], np.where(wide, low[:, 0] - 1, high[:, 0]), low[:, 1], high[:, 1])
    corner = np.column_stack([column, line, column, line]) * CELL
    inside = np.clip(np.floor((box[piece] - corner) * PARTS), 0, CELL * PARTS - 1).astype(np.uint8)
    return ragged.cell_number(column, line), np.full(len(piece), number, np.uint16), piece.astype(np.int32), inside, np.flatnonzero(wide), box[wide]


class Around:
    """The index, opened, over the opened shapes of the same layers in the same order."""

    def __init__(self, path: Path, shapes: Sequence[Shapes]) -> None:
        arrays, facts = open_arrays(path)
        self._reach: list[float] = facts["reach"]
        self._shapes = shapes
        self._layer, self._piece = arrays["layer"], arrays["piece"]
        self._sides = tuple(arrays[name] for name in SIDES)
        self._cell, self._begin = memoryview(arrays["cell"]), memoryview(arrays["begin"])
        self._wide = list(zip(arrays["wide.layer"].tolist(), arrays["wide.piece"].tolist(), arrays["wide.box"].tolist(), strict=True))

    def at(self, x: float, y: float) -> list[Near]:
        """Return for every layer the features within its reach of a point of the plane, a border being distance 0."""
        found: list[Near] = [()] * len(self._shapes)
        pieces = self._candidates(x, y)
        pieces += [(layer, piece) for layer, piece, (west, south, east, north) in self._wide if west <= x <= east and south <= y <= north]
        if not pieces:
            return found
        texts = [self._shapes[layer].text(piece) for layer, piece in pieces]
        away = shapely.distance(shapely.from_wkb(texts), shapely.Point(x, y)).tolist()
        best: dict[int, dict[int, float]] = {}
        for (layer, piece), metres in zip(pieces, away, strict=True):
            if metres <= self._reach[layer]:
                rows = best.setdefault(layer, {})
                row = self._shapes[layer].row(piece)
                if metres < rows.get(row, np.inf):
                    rows[row] = metres
        for layer, rows in best.items():
            found[layer] = sorted(rows.items(), key=_nearest_first) if len(rows) > 1 else list(rows.items())
        return found

    def _candidates(self, x: float, y: float) -> list[tuple[int, int]]:
        """Return layer and piece of what has the point in its box, the reach around it."""
        column, line = int(x // CELL), int(y // CELL)
        number = ragged.cell_number(column, line)
        which = bisect_left(self._cell, number)
        if which == len(self._cell) or self._cell[which] != number:
            return []
        first, last = self._begin[which], self._begin[which + 1]
        east, north = (min(int((at - k * CELL) * PARTS), int(CELL * PARTS) - 1) for at, k in ((x, column), (y, line)))
        sides = [side[first:last] for side in self._sides]
        here = np.flatnonzero((sides[0] <= east) & (sides[1] <= north) & (sides[2] >= east) & (sides[3] >= north)) + first
        return list(zip(self._layer[here].tolist(), self._piece[here].tolist(), strict=True))


def _nearest_first(one: tuple[int, float]) -> tuple[float, int]:
    return one[1], one[0]
