"""Which roads can be the nearest to some place in a square of the ground."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
import shapely

from gispipe import ragged
from gispipe.roads.network import REACH
from gispipe.roads.shapes import Shapes

SIDE = 64.0
"""Metres: the squares for which this is worked out."""
BLOCK = 2048.0
"""Metres: a side of the ground of which what was worked out is kept together."""
_ROOT = 2 ** 0.5
Kept = Callable[[Mapping[str, str], Callable[[str], bytes]], Mapping[str, bytes]]
"""Takes digests of what blocks depend on, and what works a block out; gives the bytes of each block."""


def roadside(shapes: Shapes, column: np.ndarray, line: np.ndarray, origin: tuple[float, float], kept: Kept) -> tuple[np.ndarray, np.ndarray]:
    """Return square and edge of every edge that may be nearest to a place of a square (column, line (n,) from the origin), by square and edge.

    It is worked out block by block, each from the squares in it and the edges that any place of it may reach alone: where neither changed, `kept` has it.
    """
    many = int(BLOCK / SIDE)
    number = ragged.cell_number(column // many, line // many)
    order = np.argsort(number, kind="stable")
    blocks = np.split(order, ragged.grouped(number[order])[1:-1])
    west, south, east, north = np.ascontiguousarray((shapes.boxes - np.tile(origin, 2)).T)
    edges, own, digests = {}, {}, {}
    away = REACH + SIDE  # more than the ground that any square asks about
    for squares in blocks if len(order) else ():
        x, y = float(column[squares[0]] // many) * BLOCK, float(line[squares[0]] // many) * BLOCK
        near = (west <= x + BLOCK + away) & (east >= x - away) & (south <= y + BLOCK + away) & (north >= y - away)
        name = f"{x:.0f},{y:.0f}"
        edges[name], own[name] = np.flatnonzero(near), squares
        digests[name] = _digest(column[squares], line[squares], *_some(shapes, edges[name]))

    def make(name: str) -> bytes:
        near = Shapes(*_some(shapes, edges[name]))
        return np.stack(_roadside(near, column[own[name]], line[own[name]], origin)).astype("<i4").tobytes()

    found = [np.zeros(0, np.int64)]
    for name, content in kept(digests, make).items():
        square, edge = np.frombuffer(content, "<i4").reshape(2, -1)
        found.append(own[name][square] << 32 | edges[name][edge])
    pairs = ragged.distinct(*found)
    return pairs >> 32, pairs & (1 << 32) - 1


def _some(shapes: Shapes, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners of some lines, and where each line begins among them."""
    corners, start = ragged.taken(shapes.start, which)
    return shapes.xy[corners], start


def _digest(*arrays: np.ndarray) -> str:
    """Return a digest of arrays: of their types, their shapes and every number in them."""
    told = hashlib.sha256()
    for array in arrays:
        told.update(f"{array.dtype.str} {array.shape} ".encode())
        told.update(np.ascontiguousarray(array))
    return told.hexdigest()


def _roadside(shapes: Shapes, column: np.ndarray, line: np.ndarray, origin: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Do so for squares whose edges are all at hand.

    From no place of a square is the nearest road farther than from the square's middle and from there on to its corner; an edge that is farther than
    that from the whole square is nobody's nearest. Beyond REACH no road counts. What remains is asked again for each quarter of a square.
    """
    corner = np.flatnonzero(shapes.owner[1:] == shapes.owner[:-1])
    begin, end = shapes.xy[corner], shapes.xy[corner + 1]
    middle = (np.stack([column, line], axis=1) + 0.5) * SIDE + np.array(origin)
    half = SIDE / 2
    tree = shapely.STRtree(shapely.linestrings(np.stack([begin, end], axis=1)))
    wide = (np.minimum(_nearest(tree, middle) + half * _ROOT, REACH) + half + 0.01)[:, None]
    square, segment = tree.query(shapely.box(*np.concatenate([middle - wide, middle + wide], axis=1).T))
    owner, first = shapes.owner[corner][segment], ragged.grouped(square)
    along_x, along_y = (np.ascontiguousarray(part)[segment] for part in (end - begin).T)
    off_x, off_y = (np.ascontiguousarray(mid)[square] - np.ascontiguousarray(one)[segment] for mid, one in zip(middle.T, begin.T, strict=True))
    length = np.maximum(along_x * along_x + along_y * along_y, 1e-12)
    share = (off_x * along_x + off_y * along_y) / length
    found = [np.zeros(0, np.int64)]
    for x, y in ((-half / 2, -half / 2), (half / 2, -half / 2), (-half / 2, half / 2), (half / 2, half / 2)):
        part = np.clip(share + (x * along_x + y * along_y) / length, 0, 1)
        metres = np.sqrt((off_x + x - part * along_x) ** 2 + (off_y + y - part * along_y) ** 2)
        least = np.minimum(np.repeat(ragged.ends(metres, first, np.minimum), np.diff(first)), REACH)
        reach = np.minimum(least + half / 2 * _ROOT, REACH) + half / 2 * _ROOT + 0.01
        kept = metres <= reach
        found.append(square[kept] << 32 | owner[kept])
    pairs = ragged.distinct(*found)
    return pairs >> 32, pairs & (1 << 32) - 1


def _nearest(tree: shapely.STRtree, middle: np.ndarray) -> np.ndarray:
    """Return how far the nearest road is from places (n, 2), REACH where none is nearer."""
    away = np.full(len(middle), REACH)
    if len(tree):
        (place, _), metres = tree.query_nearest(shapely.points(middle), max_distance=REACH, return_distance=True, all_matches=False)
        away[place] = metres
    return away
