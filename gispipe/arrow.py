"""Arrow columns taken apart into plain arrays, which NumPy keeps, and put together again."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class _Absent:
    """A finder of modules by which there is no pandas."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def spare_pandas() -> None:
    """Keep Arrow from loading pandas, a fifth of a second, only to ask whether the first values it is given are of pandas.

    It asks once in a process, here. Whoever needs pandas later imports it, and gets it from Arrow too; only what is given to Arrow must then be no longer of pandas.
    """
    if "pandas" in sys.modules:
        return
    sys.meta_path.insert(0, absent := _Absent())  # type: ignore[arg-type]
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(absent)  # type: ignore[arg-type]


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


def alike(values: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Number values that are alike, in the order in which they first come: return where each kind stands first, and (n,) the number of each value's kind (int64)."""
    which = values.dictionary_encode().indices.to_numpy().astype(np.int64)
    first = np.empty(int(which.max(initial=-1)) + 1, np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    return first, which


def plain(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece, none of its values numbered; one that has none is of texts."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else pa.string() if pa.types.is_null(column.type) else column.type
    return column.cast(kind).combine_chunks()


def as_numbers(column: pa.ChunkedArray) -> np.ndarray:
    """Return a column as float64, not a number where there is none; texts are read as numbers are written in ASCII."""
    column = plain(column)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        column = pa.array([_number(value) for value in column.to_pylist()], pa.float64())
    return column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)


def _number(value: object) -> float | None:
    try:
        return None if isinstance(value, str) and ("_" in value or not value.isascii()) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
