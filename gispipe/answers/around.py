"""What is around a place in all layers at once: one index of squares for all their pieces, answered at full precision."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
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


def save_around(path: Path, layers: Sequence[tuple[Shapes, float]]) -> None:
    """Write where the pieces of layers are; each layer with the metres within which its features count as being at a place."""
    parts = [_listed(number, *one) for number, one in enumerate(layers)]
    cell, layer, piece, box = (np.concatenate([np.zeros(shape, kind), *(part[k] for part in parts)])
                               for k, (shape, kind) in enumerate([(0, np.int64), (0, np.uint16), (0, np.int32), ((0, 4), np.uint8)]))
    order = np.argsort(cell, kind="stable")
    cells, count = np.unique(cell[order], return_counts=True)
    wide = [(np.full(len(apart), number), apart, box) for number, (*_, apart, box) in enumerate(parts)]
    save_arrays(path, {
        "cell": cells, "begin": ragged.offsets(count), "layer": layer[order], "piece": piece[order],
        **{name: box[order, k] for k, name in enumerate(SIDES)},
        **{name: np.concatenate([np.zeros(shape), *(one[k] for one in wide)]).astype(kind)
           for k, (name, shape, kind) in enumerate([("wide.layer", 0, np.uint16), ("wide.piece", 0, np.int32), ("wide.box", (0, 4), np.float64)])}},
        {"reach": [reach for _, reach in layers]})


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
