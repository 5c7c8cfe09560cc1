"""Which numbers of inhabitants a public table does not show (秘匿), so that none can be worked out from its totals or from those of the city.

The small ones are hidden; of every line (the classes of an area, the areas of a class) whose total is shown at least two are, which hide no small number
together; and for each small one it is tried whether the others leave it a choice. Zeros are shown. Where that cannot be had for a hazard layer, since few people of the
whole city are in one of its classes perhaps, its inhabitants are shown by area alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gispipe.withheld import hidden_areas


def hidden_cells(tables: Sequence[np.ndarray], wholes: Sequence[np.ndarray], fixed: Sequence[bool], fewest: int) -> list[np.ndarray]:
    """Return for each table (rows, classes + 1) which of its cells and, last, of its rows' totals are not shown.

    tables: (rows, classes) inhabitants by different kinds of area, all with the same sums by class, which the table of the city shows; wholes: (rows,) the
    inhabitants of each row by which is decided whose total is hidden, the same for every hazard layer, so that none shows what another hides; fixed: whether
    the totals of a table's rows are known anyway. fewest: the smallest number that may be shown.
    """
    few = [np.zeros(len(whole), bool) if known else hidden_areas(whole[:, None], np.array([fewest])) for whole, known in zip(wholes, fixed, strict=True)]
    masks = [_hidden(cells, totals, fewest) for cells, totals in zip(tables, few, strict=True)]
    if any(mask is None for mask in masks):
        return [_totals_only(cells, totals, fewest) for cells, totals in zip(tables, few, strict=True)]
    return [mask for mask in masks if mask is not None]


def _totals_only(cells: np.ndarray, totals: np.ndarray, fewest: int) -> np.ndarray:
    """Hide every class, zeros too, since they would tell that nobody is nowhere else; and of the totals the small ones with some behind which they hide."""
    whole = cells.sum(axis=1)
    few = 0 < whole.sum() < fewest
    return np.column_stack([np.ones(cells.shape, bool), (whole > 0) & (few | totals | hidden_areas(whole[:, None], np.array([fewest])))])


def _hidden(cells: np.ndarray, totals: np.ndarray, fewest: int) -> np.ndarray | None:
    """Return what is hidden when the sums by class are shown; None when they may not be, or do not leave enough to hide behind."""
    table = _Table(cells, totals, fewest)
    city = table.value.sum(axis=0)
    if ((city > 0) & (city < fewest)).any():
        return None
    while (line := table.lacking()) is not None:
        shown = np.flatnonzero(line & ~table.hidden.ravel() & table.spare.ravel())
        if not len(shown):
            return None
        table.hide(shown[table.value.ravel()[shown].argmin()])
    return table.hidden


class _Table:
    """A table with its rows' totals as last column; the sums of its columns are shown elsewhere."""

    def __init__(self, cells: np.ndarray, totals: np.ndarray, fewest: int) -> None:
        self.value = np.ascontiguousarray(np.column_stack([cells, cells.sum(axis=1)]))  # line by line in memory, as `hide` counts the cells
        self.fewest = fewest
        self.hidden = (self.value > 0) & (self.value < fewest)
        self.bound = self.hidden.copy()
        """The small numbers of which it is not known yet that the others leave them a choice: whoever has one keeps it when more is hidden."""
        self.hidden[:, -1] |= totals & (self.value[:, -1] > 0)
        several = (cells > 0).sum(axis=1) > 1
        there = self.value > 0  # what may be hidden besides: not what is the same as a number that is known
        self.spare = there & (there.sum(axis=0) > 1)
        self.spare[:, -1] = False  # which totals are hidden is decided for all hazard layers
        self.spare[:, :-1] &= (several | self.hidden[:, -1])[:, None]

    def hide(self, cell: int) -> None:
        """Hide one more of all cells, counted one after the other."""
        self.hidden[np.unravel_index(cell, self.hidden.shape)] = True

    def lacking(self) -> np.ndarray | None:
        """Return the mask (of all cells, one after the other) of a line, or another part, of which more must be hidden; None when nothing is lacking."""
        rows, columns = self.hidden.any(axis=1), self.hidden.any(axis=0)
        together = np.where(self.hidden, self.value, 0)
        alone = rows & ((self.hidden.sum(axis=1) < 2) | (~self.hidden[:, -1] & (together[:, :-1].sum(axis=1) < self.fewest)))
        if alone.any():
            return self._row(int(alone.argmax()))
        alone = columns & ((self.hidden.sum(axis=0) < 2) | (together.sum(axis=0) < self.fewest))
        if alone.any():
            return self._column(int(alone.argmax()))
        for row, column in zip(*np.nonzero(self.bound), strict=True):
            self.bound[row, column] = not self._free(row, column)
            if self.bound[row, column]:
                near = [self._row(row), self._column(column), self._beside(row, column), np.ones(self.value.size, bool)]
                return next((line for line in near if (line & ~self.hidden.ravel() & self.spare.ravel()).any()), near[-1])
        return None

    def _row(self, row: int) -> np.ndarray:
        line = np.zeros(self.value.shape, bool)
        line[row] = True
        return line.ravel()

    def _column(self, column: int) -> np.ndarray:
        line = np.zeros(self.value.shape, bool)
        line[:, column] = True
        return line.ravel()

    def _beside(self, row: int, column: int) -> np.ndarray:
        """Return where the rows of what is hidden in a column cross the columns of what is hidden in a row: there the two can be brought together."""
        return np.outer(self.hidden[:, column], self.hidden[row]).ravel()

    def _free(self, row: int, column: int) -> bool:
        """Return whether a hidden cell could be another number with all that is shown: whether some hidden cells, this one among them, can rise and fall in turns.

        A hidden number is known to be at least 1, so that 1 cannot fall. A total rises with its row and falls against its column: its steps go the other way.
        """
        falls = self.hidden & (self.value > 1)
        onward, back = self.hidden.copy(), falls.copy()  # steps from a row to a column and from a column to a row
        onward[:, -1], back[:, -1] = falls[:, -1], self.hidden[:, -1]
        there, again = bool(onward[row, column]), bool(back[row, column])
        onward[row, column] = back[row, column] = False
        return (there and _leads(back.T, onward, column, row)) or (again and _leads(onward, back.T, row, column))


def _leads(first: np.ndarray, second: np.ndarray, start: int, end: int) -> bool:
    """Return whether steps by `first` (from, to) and `second` (to, from) in turns lead from a start to an end on the other side."""
    here = np.zeros(len(first), bool)
    here[start] = True
    while True:
        other = first[here].any(axis=0)
        if other[end]:
            return True
        more = here | second[other].any(axis=0)
        if (more == here).all():
            return False
        here = more
