"""What is too small to draw at a zoom: dropped and counted, or, for layers that must stay visible, drawn as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles.grid import PIXEL
from gispipe.tiles.shapes import Shapes

FINE = 2  # units of the smallest square at the deepest zoom: 0.3 m at z16


def part_sizes(shapes: Shapes) -> np.ndarray:
    """Return the size of every part in units: square root of the exterior's area, longer bounding side of lines; 0 when collapsed."""
    size = np.zeros(len(shapes.feature))
    if shapes.kind == "polygon":
        outer = ~shapes.hole
        size[shapes.part[outer]] = np.sqrt(shapes.areas[outer] / 2)
    elif shapes.kind == "line":
        runs = np.flatnonzero(np.diff(shapes.start) > 0)
        length = np.diff(shapes.start)[runs]
        flat = ragged.spans(shapes.start[:-1][runs], length)
        start = ragged.offsets(length)
        span = [ragged.ends(v[flat], start, np.maximum) - ragged.ends(v[flat], start, np.minimum) for v in (shapes.x, shapes.y)]
        size[shapes.part[runs]] = np.maximum(*span)
    return size


def without(shapes: Shapes, gone: np.ndarray) -> Shapes:
    """Return the shapes without the parts marked in ``gone`` (bool, one a part) and without empty runs."""
    runs = np.flatnonzero(~gone[shapes.part] & (np.diff(shapes.start) > 0))
    flat, start = ragged.taken(shapes.start, runs)
    number = np.cumsum(~gone) - 1
    return Shapes(shapes.kind, shapes.zoom, shapes.x[flat], shapes.y[flat], start,
                  number[shapes.part[runs]], shapes.hole[runs], shapes.feature[~gone])


@dataclass(frozen=True)
class Squares:
    """Squares of the grid, by ``column`` and ``row`` in steps of ``side`` units, and the ``feature`` each stands for; shape (n,)."""

    side: int
    column: np.ndarray
    row: np.ndarray
    feature: np.ndarray


def side(zoom: int, deepest: int) -> int:
    """Return the units of a square's side at ``zoom``: one screen pixel, at the deepest zoom `FINE`."""
    return PIXEL if zoom < deepest else FINE


def squares(outlines: Shapes, tiny: np.ndarray, zoom: int) -> Squares:
    """Return the squares of ``zoom`` that the outlines of the parts marked ``tiny`` pass, each once a feature.

    ``outlines`` holds the parts unsimplified at the deepest zoom, so nothing that collapsed on the way is lost.
    """
    unit = side(zoom, outlines.zoom)
    column, row, feature = _outline_cells(outlines.wide(), np.flatnonzero(tiny), unit << outlines.zoom - zoom)
    order = np.lexsort((column, row, feature))
    column, row, feature = column[order], row[order], feature[order]
    new = np.ones(len(order), bool)
    new[1:] = (column[1:] != column[:-1]) | (row[1:] != row[:-1]) | (feature[1:] != feature[:-1])
    return Squares(unit, column[new], row[new], feature[new])


def drawn_squares(found: Sequence[Squares], group: np.ndarray | None, zoom: int) -> Shapes:
    """Return all squares as polygons, those side by side as one; of features of one ``group`` (shape (features,)) only the first has a shared square.

    Without groups every feature is one of its own. However often and in whatever order squares were found, they are drawn the same.
    """
    column, row, feature = (np.concatenate([getattr(one, name) for one in found]) for name in ("column", "row", "feature"))
    like = feature if group is None else group[feature]
    order = np.lexsort((feature, column, row, like))
    column, row, feature, like = column[order], row[order], feature[order], like[order]
    first = np.ones(len(order), bool)
    first[1:] = (column[1:] != column[:-1]) | (row[1:] != row[:-1]) | (like[1:] != like[:-1])
    column, row, feature = column[first], row[first], feature[first]
    x0, x1, y0, feature = _merged(column, row, feature)
    unit, runs = found[0].side, np.arange(len(feature))
    x = np.stack([x0, x1, x1, x0], 1).ravel() * unit
    y = np.stack([y0, y0, y0 + 1, y0 + 1], 1).ravel() * unit
    return Shapes("polygon", zoom, x, y, 4 * np.arange(len(feature) + 1), runs, np.zeros(len(feature), bool), feature).narrow()


def _outline_cells(fine: Shapes, parts: np.ndarray, cell: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return column, row and feature of the squares of ``cell`` fine units that exteriors of ``parts`` pass."""
    wanted = np.zeros(len(fine.feature), bool)
    wanted[parts] = True
    runs = np.flatnonzero(wanted[fine.part] & ~fine.hole & (np.diff(fine.start) > 0))
    length = np.diff(fine.start)[runs]
    flat, start = ragged.spans(fine.start[:-1][runs], length), ragged.offsets(length)
    x, y = fine.x[flat], fine.y[flat]
    span = [ragged.ends(v, start, np.maximum) - ragged.ends(v, start, np.minimum) for v in (x, y)]
    small = np.maximum(*span) <= cell
    middle = [(ragged.ends(v, start, np.maximum) + ragged.ends(v, start, np.minimum)) // 2 for v in (x, y)]
    feature = fine.feature[fine.part[runs]]
    after = ragged.following(start)
    steps = 2 * np.maximum(np.abs(x[after] - x), np.abs(y[after] - y)) // cell + 1
    steps[np.repeat(small, length)] = 0
    vertex = np.repeat(np.arange(len(x)), steps)
    nth = np.arange(len(vertex)) - np.repeat(np.cumsum(steps) - steps, steps)
    along_x = x[vertex] + (x[after][vertex] - x[vertex]) * nth // steps[vertex]
    along_y = y[vertex] + (y[after][vertex] - y[vertex]) * nth // steps[vertex]
    owner = feature[np.repeat(np.arange(len(runs)), length)[vertex]]
    return (np.concatenate([middle[0][small], along_x]) // cell, np.concatenate([middle[1][small], along_y]) // cell,
            np.concatenate([feature[small], owner]))


def _merged(cx: np.ndarray, cy: np.ndarray, feature: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Join squares of one feature that stand side by side: first column, column after the last, row, feature."""
    order = np.lexsort((cx, cy, feature))
    cx, cy, feature = cx[order], cy[order], feature[order]
    new = np.ones(len(cx), bool)
    new[1:] = (cx[1:] != cx[:-1] + 1) | (cy[1:] != cy[:-1]) | (feature[1:] != feature[:-1])
    head = np.flatnonzero(new)
    last = np.append(head[1:], len(cx)) - 1
    return cx[head], cx[last] + 1, cy[head], feature[head]
