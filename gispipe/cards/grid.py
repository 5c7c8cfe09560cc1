"""The squares that the ground is cut into: large where little is known, small where much is, and which things meet which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gispipe import ragged

ROOT = 1024.0
"""Metres: the side of the largest squares."""
DEPTH = 3
"""How often a square may be cut in four: the smallest has a side of 128 m."""
FULL = 64_000
"""Bytes of a square's file from which on it is cut."""
MARGIN = 0.01
"""Metres around a thing's box: a place on the edge of two squares finds it in either."""


@dataclass(frozen=True)
class Things:
    """Things that belong into the files: boxes (n, 4) west, south, east, north in metres from the origin, and the bytes (n,) each takes."""

    box: np.ndarray
    size: np.ndarray

    @cached_property
    def wide(self) -> np.ndarray:
        return self.box + np.array([-MARGIN, -MARGIN, MARGIN, MARGIN])


@dataclass(frozen=True)
class Grid:
    """roots (r, 2): columns and lines of the largest squares, line by line; leaves (k, 3): depth, column and line (counted in squares of that depth) of the
    squares that are not cut, in the order of `text`, which tells for every root, square by square: + it is cut in four (south-west, south-east,
    north-west, north-east follow), o it is not."""

    roots: np.ndarray
    leaves: np.ndarray
    text: str

    @property
    def west_south(self) -> np.ndarray:
        """(k, 2) metres from the origin."""
        return self.leaves[:, 1:] * (ROOT / 2 ** self.leaves[:, :1])

    @property
    def side(self) -> np.ndarray:
        """(k,) metres."""
        return ROOT / 2 ** self.leaves[:, 0]

    def meeting(self, box: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return leaf and number of every thing (boxes (n, 4), metres) that meets a leaf, by leaf and number."""
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        for depth in range(DEPTH + 1):
            at_depth = np.flatnonzero(self.leaves[:, 0] == depth)
            if not len(at_depth):
                continue
            numbers = ragged.cell_number(self.leaves[at_depth, 1], self.leaves[at_depth, 2])
            order = np.argsort(numbers)
            thing, column, line = _squares(box, depth)
            number = ragged.cell_number(column, line)
            place = np.minimum(np.searchsorted(numbers[order], number), len(order) - 1)
            there = numbers[order][place] == number
            found.append((at_depth[order][place[there]], thing[there]))
        leaf, thing = (np.concatenate(part) for part in zip(*found, strict=True))
        sort = np.lexsort((thing, leaf))
        return leaf[sort], thing[sort]

    def roots_of_cells(self, side: float) -> tuple[np.ndarray, np.ndarray]:
        """Return column and line of all squares of a side that divides the roots."""
        many = int(ROOT / side)
        line, column = np.divmod(np.arange(many * many), many)
        return (self.roots[:, :1] * many + column).reshape(-1), (self.roots[:, 1:] * many + line).reshape(-1)


def _squares(box: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return thing, column and line of every square of a depth that things meet."""
    low, high = (np.floor(box[:, k:k + 2] * (2 ** depth / ROOT)).astype(np.int64) for k in (0, 2))
    return ragged.cells(low[:, 0], high[:, 0], low[:, 1], high[:, 1])


def roots_of(ground: np.ndarray) -> np.ndarray:
    """Return the largest squares (their numbers, ascending) that some ground (m, 4) meets, boxes in metres from the origin."""
    _, column, line = _squares(ground, 0)
    return ragged.distinct(ragged.cell_number(column, line))


def within(numbers: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return (r,) which of the largest squares a box (4,), metres from the origin, meets."""
    column, line = _column(numbers), _line(numbers)
    west, south, east, north = np.floor(box / ROOT)
    return (column >= west) & (column <= east) & (line >= south) & (line <= north)  # type: ignore[no-any-return]


def cut(numbers: np.ndarray, some: list[Things]) -> Grid:
    """Return the grid of the largest squares of some numbers, for the things in it."""
    box, size = np.concatenate([one.wide for one in some]), np.concatenate([one.size for one in some])
    roots = np.stack([_column(numbers), _line(numbers)], axis=1)
    opened, leaves, known = numbers, [], []
    for depth in range(DEPTH + 1):
        thing, column, line = _squares(box, depth)
        number = ragged.cell_number(column, line)
        place = np.minimum(np.searchsorted(opened, number), max(len(opened) - 1, 0))
        there = opened[place] == number if len(opened) else np.zeros(len(number), bool)
        bytes_ = np.bincount(place[there], weights=_share(box, thing[there], column[there], line[there], depth) * size[thing[there]], minlength=len(opened))
        more = (bytes_ > FULL) & (depth < DEPTH)
        known.append((opened, more))
        column, line = _column(opened[more]), _line(opened[more])
        leaves.append(np.stack([np.full(int((~more).sum()), depth), _column(opened[~more]), _line(opened[~more])], axis=1))
        inside = [(2 * column + east, 2 * line + north) for north in (0, 1) for east in (0, 1)]
        opened = np.sort(np.concatenate([ragged.cell_number(*one) for one in inside]))
    told, order = _told(numbers, known)
    return Grid(roots, np.array(order, np.int64).reshape(-1, 3), told)


def _share(box: np.ndarray, thing: np.ndarray, column: np.ndarray, line: np.ndarray, depth: int) -> np.ndarray:
    """Return about which part of a thing a square tells: what is far from the square is left out."""
    side, corner = ROOT / 2 ** depth, np.stack([column, line], axis=1)
    inside = np.minimum(box[thing, 2:], (corner + 1) * side) - np.maximum(box[thing, :2], corner * side)
    return np.prod(inside, axis=1) / np.maximum(np.prod(box[thing, 2:] - box[thing, :2], axis=1), 1e-9)


def _column(number: np.ndarray) -> np.ndarray:
    return (number + (1 << 23) & (1 << 24) - 1) - (1 << 23)


def _line(number: np.ndarray) -> np.ndarray:
    return number + (1 << 23) >> 24


def _told(roots: np.ndarray, known: list[tuple[np.ndarray, np.ndarray]]) -> tuple[str, list[tuple[int, int, int]]]:
    """Return the text of the grid, and its leaves in the same order."""
    is_cut = [dict(zip(numbers.tolist(), more.tolist(), strict=True)) for numbers, more in known]
    text, leaves = [], []

    def tell(depth: int, column: int, line: int) -> None:
        if is_cut[depth][int(ragged.cell_number(column, line))]:
            text.append("+")
            for north in (0, 1):
                for east in (0, 1):
                    tell(depth + 1, 2 * column + east, 2 * line + north)
        else:
            text.append("o")
            leaves.append((depth, column, line))

    for number in roots.tolist():
        tell(0, int(_column(np.int64(number))), int(_line(np.int64(number))))
    return "".join(text), leaves
