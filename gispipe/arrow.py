"""Arrow columns taken apart into plain arrays, which NumPy keeps, and put together again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def buffers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return offsets and bytes of an array without nulls."""
    _, at, data = column.buffers()
    start = np.frombuffer(at, np.int64)[column.offset:column.offset + len(column) + 1] if at is not None and len(column) else np.zeros(1, np.int64)
    return start - start[0], np.frombuffer(data or b"", np.uint8)[start[0]:start[-1]]


def of_buffers(kind: pa.DataType, at: np.ndarray, data: np.ndarray) -> pa.Array:
    """Return what `buffers` took apart; raise ValueError when it does not fit together."""
    column = pa.Array.from_buffers(kind, len(at) - 1, [None, pa.py_buffer(at), pa.py_buffer(data)])
    column.validate(full=True)
    return column


def flat(column: pa.FixedSizeBinaryArray) -> np.ndarray:
    """Return the bytes (uint8) of all values of an array without nulls, one after the other."""
    wide = column.type.byte_width
    return np.frombuffer(column.buffers()[1] or b"", np.uint8)[column.offset * wide:(column.offset + len(column)) * wide]


def of_flat(data: np.ndarray | bytes, wide: int) -> pa.FixedSizeBinaryArray:
    """Return what `flat` took apart: values of ``wide`` bytes each."""
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(wide), len(data) // wide, [None, pa.py_buffer(data)])


def places_among(some: pa.Array, known: pa.Array) -> np.ndarray:
    """Return for every one of some values the number of an equal one among those known (int64), -1 for none."""
    if not len(known):
        return np.full(len(some), -1, np.int64)
    return pc.index_in(some, value_set=known).fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
