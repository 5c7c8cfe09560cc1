"""Ragged arrays: many runs of different length in one flat array, with offsets of shape (runs + 1,)."""

from __future__ import annotations

from typing import Any

import numpy as np

Ints = np.ndarray


def offsets(lengths: Ints) -> Ints:
    """Return int64 offsets of shape (runs + 1,) from lengths of shape (runs,)."""
    out = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=out[1:])
    return out


def spans(start: Ints, length: Ints) -> Ints:
    """Return the flat indices start[i], start[i]+1, … (length[i] of them) for every i, one after the other."""
    ends = np.cumsum(length, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    out = np.arange(total, dtype=np.int64)
    out += np.repeat(start - (ends - length), length)
    return out


def taken(start: Ints, runs: Ints) -> tuple[Ints, Ints]:
    """Return the flat indices of the elements of some runs, in the order of their numbers, and the offsets of what is taken."""
    length = np.diff(start)[runs]
    return spans(start[:-1][runs], length), offsets(length)


def copied(values: np.ndarray, start: Ints, runs: Ints) -> tuple[np.ndarray, Ints]:
    """Return the elements of some runs, in the order of their numbers, and their offsets: for bytes and other runs so long that an index of each element would be larger than they are."""
    first = np.flatnonzero(np.append(True, np.diff(runs) != 1)[:len(runs)])  # runs that follow each other are copied as one
    last = np.append(first[1:], len(runs))[:len(first)] - 1
    parts = [values[a:b] for a, b in zip(start[runs[first]].tolist(), start[runs[last] + 1].tolist(), strict=True)]
    return np.concatenate([values[:0], *parts]), offsets(np.diff(start)[runs])


def cells(x0: Ints, x1: Ints, y0: Ints, y1: Ints) -> tuple[Ints, Ints, Ints]:
    """Expand ranges of columns and lines (n,), last ones included, to (item, column, line): a row for every cell; empty ranges give none."""
    width = np.maximum(x1 - x0 + 1, 0)
    count = width * np.maximum(y1 - y0 + 1, 0)
    start = offsets(count)
    item = owners(start)
    column, line = x0[item], y0[item]
    several = np.flatnonzero(count > 1)  # most ranges are of one cell, and dividing takes its time
    at, nth = spans(start[several], count[several]), spans(np.zeros(len(several), np.int64), count[several])
    wide = np.repeat(width[several], count[several])
    column[at] += nth % wide
    line[at] += nth // wide
    return item, column, line


def cell_number(column: Any, line: Any) -> Any:
    """Return one number for a cell, those of a line following each other; negative columns and lines are allowed."""
    return (line << 24) + column


def distinct(*numbers: Ints) -> Ints:
    """Return the different numbers of some arrays, ascending; NumPy's own way takes several times longer for numbers that are nearly all different."""
    ordered = np.sort(np.concatenate(numbers))
    return ordered[np.append(True, ordered[1:] != ordered[:-1])[:len(ordered)]]


def grouped(group: Ints) -> Ints:
    """Return the offsets, shape (runs + 1,), of the runs in which equal numbers follow each other."""
    return np.append(np.flatnonzero(np.append(True, group[1:] != group[:-1])[:len(group)]), len(group))


def owners(start: Ints) -> Ints:
    """Return, for every element, the number of the run it belongs to."""
    return np.repeat(np.arange(len(start) - 1, dtype=np.int64), np.diff(start))


def sums(values: Ints, start: Ints) -> Ints:
    """Return the sum of every run; empty runs give 0 (integers wrap and unwrap, so totals stay exact)."""
    return np.diff(offsets(values)[start])


def ends(values: Ints, start: Ints, take: np.ufunc) -> Ints:
    """Return minimum or maximum (``take``) of every run; runs must not be empty."""
    return take.reduceat(values, start[:-1]) if len(start) > 1 else values[:0]


def compress(keep: np.ndarray, start: Ints) -> Ints:
    """Return the offsets that remain when only elements with ``keep`` stay."""
    return offsets(keep)[start]


def next_of(values: np.ndarray, start: Ints) -> np.ndarray:
    """Return, for every element of closed runs, the value of the next one (the last wraps to the first)."""
    out = np.empty_like(values)
    out[:-1] = values[1:]
    full = start[1:] > start[:-1]
    out[start[1:][full] - 1] = values[start[:-1][full]]
    return out


def previous_of(values: np.ndarray, start: Ints) -> np.ndarray:
    """Return, for every element of closed runs, the value of the one before (the first wraps to the last)."""
    out = np.empty_like(values)
    out[1:] = values[:-1]
    full = start[1:] > start[:-1]
    out[start[:-1][full]] = values[start[1:][full] - 1]
    return out


def following(start: Ints) -> Ints:
    """Return, for every element of closed runs, the index of the next one (the last wraps to the first)."""
    after = np.arange(1, int(start[-1]) + 1, dtype=np.int64)
    full = start[1:] > start[:-1]
    after[start[1:][full] - 1] = start[:-1][full]
    return after


def preceding(start: Ints) -> Ints:
    """Return, for every element of closed runs, the index of the one before (the first wraps to the last)."""
    before = np.arange(-1, int(start[-1]) - 1, dtype=np.int64)
    full = start[1:] > start[:-1]
    before[start[:-1][full]] = start[1:][full] - 1
    return before
