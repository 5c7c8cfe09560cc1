"""What is too small to draw at a zoom: dropped and counted, or, for layers that must stay visible, drawn as pixels."""

from __future__ import annotations

import numpy as np

from gispipe import ragged
from gispipe.tiles.grid import PIXEL
from gispipe.tiles.shapes import Shapes
from gispipe.tiles.simplify import doubled_areas

FINE = 2  # units of the smallest square at the deepest zoom: 0.3 m at z16


def part_sizes(shapes: Shapes) -> np.ndarray:
    """Return the size of every part in units: square root of the exterior's area, longer bounding side of lines; 0 when collapsed."""
    size = np.zeros(len(shapes.feature))
    if shapes.kind == "polygon":
        area = np.abs(doubled_areas(shapes.x, shapes.y, shapes.start)) / 2
        outer = ~shapes.hole
        size[shapes.part[outer]] = np.sqrt(area[outer])
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


def with_pixels(shapes: Shapes, tiny: np.ndarray, fine: Shapes, group: np.ndarray, deepest: int) -> Shapes:
    """Replace the parts marked ``tiny`` by the grid squares their outline passes.

    ``fine`` holds the same parts unsimplified at the deepest zoom, so nothing that collapsed on the way is lost. Features of one ``group`` (all attributes equal) share a square; above the
    deepest zoom squares are one pixel, at the deepest `FINE` units and never shared between features.
    """
    cell = PIXEL if shapes.zoom < deepest else FINE
    shift = fine.zoom - shapes.zoom
    cx, cy, feature = _outline_cells(fine, np.flatnonzero(tiny), cell << shift)
    if shapes.zoom == deepest:
        group = np.arange(len(group))
    order = np.lexsort((feature, cx, cy, group[feature]))
    cx, cy, feature = cx[order], cy[order], feature[order]
    first = np.ones(len(order), bool)
    first[1:] = (cx[1:] != cx[:-1]) | (cy[1:] != cy[:-1]) | (group[feature[1:]] != group[feature[:-1]])
    x0, x1, y0, feature = _merged(cx[first], cy[first], feature[first])
    x = np.stack([x0, x1, x1, x0], 1).ravel() * cell
    y = np.stack([y0, y0, y0 + 1, y0 + 1], 1).ravel() * cell
    rest = without(shapes, tiny)
    return _appended(rest, x, y, feature)


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


def _appended(shapes: Shapes, x: np.ndarray, y: np.ndarray, feature: np.ndarray) -> Shapes:
    """Add quadrilaterals (four vertices each) as parts of their features; parts stay in the order of features."""
    count = len(feature)
    features = np.concatenate([shapes.feature, feature])
    order = np.argsort(features, kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    part = number[np.concatenate([shapes.part, len(shapes.feature) + np.arange(count)])]
    hole = np.concatenate([shapes.hole, np.zeros(count, bool)])
    start = ragged.offsets(np.concatenate([np.diff(shapes.start), np.full(count, 4)]))
    runs = np.argsort(part, kind="stable")
    length = np.diff(start)[runs]
    flat = ragged.spans(start[:-1][runs], length)
    return Shapes(shapes.kind, shapes.zoom, np.concatenate([shapes.x, x])[flat], np.concatenate([shapes.y, y])[flat],
                  ragged.offsets(length), part[runs], hole[runs], features[order])
