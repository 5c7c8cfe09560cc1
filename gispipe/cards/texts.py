"""Runs of whole numbers as JSON writes them: millions are turned into text at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe import ragged
from gispipe.arrow import alike, of_buffers

Run = tuple[np.ndarray, np.ndarray]
"""Runs of different length: their numbers one after the other, and the offsets (n + 1,)."""


def beside(*parts: np.ndarray | Run) -> Run:
    """Put parts of n runs side by side: columns (n,), tables (n, k) and runs."""
    runs = [part if isinstance(part, tuple) else _even(part) for part in parts]
    lengths = [np.diff(start) for _, start in runs]
    start = ragged.offsets(np.sum(lengths, axis=0))
    out = np.empty(int(start[-1]), np.int64)
    left = np.ones(len(out), bool)
    at = start[:-1].copy()
    longest = max(range(len(runs)), key=lambda number: len(runs[number][0]))  # it has the places that the others leave
    for number, (part, (numbers, _), length) in enumerate(zip(parts, runs, lengths, strict=True)):
        if number != longest:
            place = ragged.spans(at, length) if isinstance(part, tuple) else (at[:, None] + np.arange(_width(part))).reshape(-1)
            out[place], left[place] = numbers, False
        at += length
    out[left] = runs[longest][0]
    return out, start


def _even(part: np.ndarray) -> Run:
    return part.reshape(-1), np.arange(len(part) + 1, dtype=np.int64) * _width(part)


def _width(part: np.ndarray) -> int:
    return part.shape[1] if part.ndim == 2 else 1


def taken(runs: Run, which: np.ndarray) -> Run:
    """Return some of the runs."""
    flat, start = ragged.taken(runs[1], which)
    return runs[0][flat], start


def written(runs: Run) -> pa.LargeStringArray:
    """Return the numbers of each run with commas between."""
    numbers, start = runs
    return together(pa.array(numbers).cast(pa.large_string()), start)


def together(texts: pa.LargeStringArray, start: np.ndarray) -> pa.LargeStringArray:
    """Return the texts of each of some runs with commas between."""
    return pc.binary_join(pa.ListArray.from_arrays(pa.array(start, pa.int32()), texts), pa.scalar(",", pa.large_string()))


def lengths(texts: pa.LargeStringArray) -> np.ndarray:
    """Return (n,) bytes of each text."""
    return pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)


def same(runs: Run) -> tuple[np.ndarray, np.ndarray]:
    """Number runs that are alike; return (k,) a run of each kind and (n,) the number of each run's kind, in the order in which kinds first come."""
    numbers, start = (np.ascontiguousarray(part, np.int64) for part in runs)
    return alike(of_buffers(pa.large_binary(), start * numbers.itemsize, numbers))
