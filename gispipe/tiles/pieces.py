"""What the parts of a layer became at one zoom: their runs in tiles and their squares, small enough to be kept beside the archive.

What a part becomes depends on the part alone, so that a build works out only those that are new and takes the others as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from gispipe import ragged
from gispipe.tiles.grid import EXTENT
from gispipe.tiles.place import Placed, side_by_side
from gispipe.tiles.small import Squares

Rows = tuple[list[Placed], list[Placed]]
"""Those that go whole, and those that are cut; ``feature`` says which part of the layer a row is of. A part is in one of them only, and within each
its rows of a tile stand in their order."""


@dataclass(frozen=True)
class Pieces:
    """The rows of a layer at one zoom as they are kept.

    ``tile``: of rows that follow each other in one tile its id, tx, ty and their number, shape (t, 4); ``part`` and ``length`` of every row, shape (rows,), the
    first ``whole`` (shape (1,)) of which are not cut; ``xy``: their vertices in units from the tile's north-west corner, shape (vertices, 2); ``square``: column, row and part
    of the squares that stand for parts, shape (s, 3).
    """

    tile: np.ndarray
    whole: np.ndarray
    part: np.ndarray
    length: np.ndarray
    xy: np.ndarray
    square: np.ndarray

    @classmethod
    def of(cls, rows: Rows, squares: Sequence[Squares]) -> Pieces:
        """Take the rows and squares of a zoom."""
        x, y, tile, tx, ty, part, length = side_by_side([*rows[0], *rows[1]])
        head = np.flatnonzero(np.append(True, tile[1:] != tile[:-1])[:len(tile)])
        table = np.stack([column[head].astype(np.int64) for column in (tile, tx, ty)] + [np.diff(np.append(head, len(tile)))], axis=1)
        vertices = np.add.reduceat(length, head, dtype=np.int64) if len(head) else head
        xy = np.stack([column - np.repeat((table[:, 1 + k] * EXTENT).astype(np.int32), vertices) for k, column in enumerate((x, y))], axis=1)
        square = [np.stack([one.column, one.row, one.feature], axis=1) for one in squares]
        whole = sum(len(one.tile) for one in rows[0])
        return cls(table, np.array([whole]), part, length, _short(xy), np.concatenate([np.zeros((0, 3), np.int32), *square]).astype(np.int32))

    def rows(self, kind: str, number: np.ndarray) -> Rows:
        """Return the rows by the parts' new ``number`` (shape (parts,), -1: none any more)."""
        tile, tx, ty = (np.repeat(column, self.tile[:, 3]) for column in self.tile[:, :3].T)
        start = ragged.offsets(self.length.astype(np.int64))
        vertices = np.diff(start[ragged.offsets(self.tile[:, 3])])
        x, y = (self.xy[:, k] + np.repeat((self.tile[:, 1 + k] * EXTENT).astype(np.int32), vertices) for k in (0, 1))
        part = number[self.part]
        every = Placed(kind, x, y, tile, tx, ty, part, start[:-1], self.length)
        there, whole = part >= 0, int(self.whole[0])
        return [every.rows(np.flatnonzero(there[:whole]))], [every.rows(whole + np.flatnonzero(there[whole:]))]

    def squares(self, side: int, number: np.ndarray) -> Squares:
        """Return the squares, of ``side`` units, by the parts' new ``number`` as of `rows`."""
        part = number[self.square[:, 2]]
        column, row = self.square[part >= 0, :2].T
        return Squares(side, column, row, part[part >= 0])

    def columns(self) -> dict[str, np.ndarray]:
        """Return the arrays that are saved, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @classmethod
    def of_columns(cls, held: Mapping[str, np.ndarray], where: str) -> Pieces:
        """Return what was saved under names that begin with ``where``."""
        return cls(*(held[where + one.name] for one in fields(cls)))


def together(known: list[Placed], new: list[Placed]) -> list[Placed]:
    """Return the rows of parts that were known and of new ones as one, in the order in which all of them would have been made."""
    every = [one for one in (*known, *new) if len(one.tile)]
    if not every:
        return []
    x, y, tile, tx, ty, part, length = side_by_side(every)
    order = np.argsort((tile - tile.min()) * (int(part.max()) + 1) + part, kind="stable")
    return [Placed(every[0].kind, x, y, *(column[order] for column in (tile, tx, ty, part, ragged.offsets(length.astype(np.int64))[:-1], length))).narrow()]


def _short(xy: np.ndarray) -> np.ndarray:
    """Return whole numbers in half the room where they fit, as they do of all that reaches not far out of its tile."""
    room = np.iinfo(np.int16)
    return xy.astype(np.int16) if not xy.size or (xy.min() >= room.min and xy.max() <= room.max) else xy.astype(np.int32)
