"""Distinct attribute values and how tiles write them, a column of a batch at a time (MVT 2.1 §4.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.tiles import varint

_VALUE = b"\x22"  # Layer.values = 4, length-delimited


@dataclass(frozen=True)
class Distinct:
    """A column of a batch: ``code`` of every feature (-1 = absent), every distinct value as a Layer.values field, and the values' types."""

    code: np.ndarray
    wire: pa.Array
    types: frozenset[str]


def distinct(values: np.ndarray) -> Distinct:
    """Number the values of one column; None and NaN are absent; True, 1 and 1.0 stay apart. Raises TypeError or ValueError for a value no tile can hold."""
    values = np.asarray(values)
    kind = values.dtype.kind
    if kind == "O":
        return _of_objects(values)
    if kind not in _WIRE:
        return _one_by_one(values)
    return _numbered(pa.array(values if kind == "U" else values.astype(_WIDEST[kind], copy=False), _ARROW[kind], from_pandas=True), kind)


def _numbered(values: pa.Array, kind: str) -> Distinct:
    coded = values.dictionary_encode()
    found = coded.dictionary
    return Distinct(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False), _WIRE[kind](found if kind == "U" else found.to_numpy(zero_copy_only=False)),
                    frozenset({_NAMES[kind]} if len(found) else ()))


def _of_objects(values: np.ndarray) -> Distinct:
    """Number Python values: texts together, and others one by one."""
    if set(map(type, values)) <= {str, float, type(None)}:
        try:
            return _numbered(pa.array(values, _ARROW["U"], from_pandas=True), "U")
        except (pa.ArrowException, TypeError, ValueError):
            pass  # a number among the texts, or a text that is not Unicode: told by value
    return _one_by_one(values)


def _texts(texts: pa.Array) -> pa.Array:
    at = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset:texts.offset + len(texts) + 1]
    data = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    size = np.diff(at).astype(np.uint64)
    inner = 1 + varint.sizes(size) + size.astype(np.int64)
    return _fields([np.uint64(0x22), inner.astype(np.uint64), np.uint64(0x0A), size], data[at[0]:at[-1]], np.diff(at))


def _whole_numbers(found: np.ndarray) -> pa.Array:
    negative = found < 0
    value = np.where(negative, ~found.astype(np.int64) * 2 + 1, 0).astype(np.uint64) if negative.any() else found.astype(np.uint64)
    value = np.where(negative, value, found.astype(np.uint64))
    return _fields([np.uint64(0x22), (1 + varint.sizes(value)).astype(np.uint64), np.where(negative, 0x30, 0x28).astype(np.uint64), value])


def _reals(found: np.ndarray) -> pa.Array:
    head = np.uint64(9)
    return _fields([np.uint64(0x22), np.full(len(found), head), np.uint64(0x19)], found.astype("<f8").view(np.uint8), np.full(len(found), 8))


def _flags(found: np.ndarray) -> pa.Array:
    return _fields([np.uint64(0x22), np.uint64(2), np.uint64(0x38), found.astype(np.uint64)])


def _fields(heads: list[Any], data: np.ndarray | None = None, length: np.ndarray | None = None) -> pa.Array:
    """Return fields of some varints (columns) and the bytes that follow them."""
    many = max((len(h) for h in heads if isinstance(h, np.ndarray)), default=0)
    numbers = np.stack([np.broadcast_to(h, many) for h in heads], 1).ravel().astype(np.uint64) if many else np.zeros(0, np.uint64)
    sizes = varint.sizes(numbers)
    head, head_size = varint.encode(numbers), sizes.reshape(many, -1).sum(axis=1) if many else np.zeros(0, np.int64)
    if data is None or length is None:
        return _binary(head, ragged.offsets(head_size))
    start = ragged.offsets(head_size + length)
    out = np.empty(int(start[-1]), np.uint8)
    out[ragged.spans(start[:-1], head_size)] = head
    out[ragged.spans(start[:-1] + head_size, length)] = data
    return _binary(out, start)


def _binary(data: np.ndarray, start: np.ndarray) -> pa.Array:
    return pa.Array.from_buffers(pa.large_binary(), len(start) - 1, [None, pa.py_buffer(start.astype(np.int64)), pa.py_buffer(data)])


_WIRE = {"U": _texts, "i": _whole_numbers, "u": _whole_numbers, "f": _reals, "b": _flags}
_ARROW = {"U": pa.large_string(), "i": pa.int64(), "u": pa.uint64(), "f": pa.float64(), "b": pa.bool_()}
_WIDEST = {"i": np.int64, "u": np.uint64, "f": np.float64, "b": np.bool_}
_NAMES = {"U": "String", "i": "Number", "u": "Number", "f": "Number", "b": "Boolean"}


_ABSENT = ("NaTType", "NAType")
"""What pandas puts where a value is missing; by name, as tiles need no pandas."""


def _one_by_one(values: np.ndarray) -> Distinct:
    known: dict[tuple[type, Any], int] = {}
    codes = np.full(len(values), -1, np.int32)
    for i, value in enumerate(values):
        if value is None or type(value).__name__ in _ABSENT or (isinstance(value, (float, np.floating)) and np.isnan(value)):
            continue
        codes[i] = known.setdefault((type(value), value), len(known))
    found = [value for _, value in known]
    kinds = {"Boolean" if isinstance(v, (bool, np.bool_)) else "String" if isinstance(v, str) else "Number" for v in found}
    return Distinct(codes, pa.array([value_field(value) for value in found], pa.large_binary()), frozenset(kinds))


def value_field(value: Any) -> bytes:
    """Encode one Layer.values field: string 1, double 3, unsigned 5, zigzag 6 for negatives, bool 7."""
    if isinstance(value, str):
        return field(_VALUE, field(b"\x0a", value.encode("utf-8")))
    if isinstance(value, (bool, np.bool_)):
        return field(_VALUE, b"\x38" + bytes([bool(value)]))
    if isinstance(value, (int, np.integer)):
        number = int(value)
        if not -(2**63) <= number < 2**64:
            raise ValueError(f"the number {number} does not fit into 64 bits")
        return field(_VALUE, b"\x28" + varint.one(number) if number >= 0 else b"\x30" + varint.one(-2 * number - 1))
    if isinstance(value, (float, np.floating)):
        return field(_VALUE, b"\x19" + struct.pack("<d", value))
    raise TypeError(f"a value of type {type(value).__name__} cannot be put into a tile")


def field(tag: bytes, body: bytes) -> bytes:
    """Return a length-delimited field."""
    return tag + varint.one(len(body)) + body
