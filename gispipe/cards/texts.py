"""Runs of whole numbers as JSON writes them: millions are turned into text at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe import ragged

Run = tuple[np.ndarray, np.ndarray]
"""Runs of different length: their numbers one after the other, and the offsets (n + 1,)."""


def beside(*parts: np.ndarray | Run) -> Run:
    """Put parts of n runs side by side: columns (n,), tables (n, k) and runs."""
    runs = [part if isinstance(part, tuple) else _even(part) for part in parts]
    lengths = [np.diff(start) for _, start in runs]
    start = ragged.offsets(np.sum(lengths, axis=0))
    out = np.empty(int(start[-1]), np.int64)
    at = start[:-1].copy()
    for (numbers, _), length in zip(runs, lengths, strict=True):
        out[ragged.spans(at, length)] = numbers
        at += length
    return out, start


def _even(part: np.ndarray) -> Run:
    width = part.shape[1] if part.ndim == 2 else 1
    return part.reshape(-1), np.arange(len(part) + 1, dtype=np.int64) * width


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
    """Number runs that are alike; return (k,) a run of each kind and (n,) the number of each run's kind, in the order in which kinds first come.

    Runs are told apart by a 64-bit sum; that those of a kind are alike indeed is looked at afterwards.
    """
    numbers, start = runs
    length = np.diff(start)
    place = np.arange(len(numbers)) - np.repeat(start[:-1], length)
    factor = _mixed(np.arange(int(length.max(initial=0)), dtype=np.uint64) + _PLACES)
    mixed = _mixed(numbers.astype(np.uint64) * np.uint64(2) + np.uint64(1)) * factor[place]
    key = length.astype(np.uint64)
    some = np.flatnonzero(length)
    if len(some):
        key[some] += np.add.reduceat(mixed, start[:-1][some])
    _, first, kind = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    first, kind = first[order], rank[kind.reshape(-1)]
    if not (np.array_equal(length, length[first][kind]) and np.array_equal(taken(runs, first[kind])[0], numbers)):
        raise AssertionError("two different runs have the same sum")  # one in 2**64
    return first, kind


_PLACES = np.uint64(1 << 63)
"""Places are scattered from here on, numbers from 0: were they the same, a number and a place could stand for each other."""


def _mixed(word: np.ndarray) -> np.ndarray:
    """Scatter numbers over all 64 bits (the steps of SplitMix64)."""
    word = word * np.uint64(0x9E3779B97F4A7C15)
    word = (word ^ word >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ word >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return word ^ word >> np.uint64(31) | np.uint64(1)
