"""Distinct attribute values and how tiles write them, a column of a batch at a time (MVT 2.1 §4.4)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.arrow import buffers
from gispipe.tiles import varint

_VALUE = b"\x22"  # Layer.values = 4, length-delimited


@dataclass(frozen=True)
class Distinct:
    """A column of a batch: ``code`` of every feature (-1 = absent), every distinct value as a Layer.values field, and the values' types."""

    code: np.ndarray
    wire: pa.Array
    types: frozenset[str]


@dataclass(frozen=True)
class Numbered:
    """A column whose values have numbers already: ``code`` of every feature, shape (n,), -1 = absent, in the list of the values ``found``, where one may stand twice."""

    code: np.ndarray
    found: Found

    @classmethod
    def of(cls, code: np.ndarray, values: list[Any] | pa.Array) -> Numbered:
        """Return the column of some numbers in a list of values, none of which is missing; texts may come as Arrow holds them."""
        return cls(code.astype(np.int32, copy=False), Found(values.cast(pa.large_string()) if isinstance(values, pa.Array) else values))

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, some: slice | np.ndarray) -> Numbered:
        """Return the column of some of the features."""
        return Numbered(self.code[some], self.found)

    def plain(self) -> np.ndarray:
        """Return the values themselves, shape (n,), None where absent."""
        return np.array([*self.found.values, None, None], object)[:-1][self.code]


@dataclass(frozen=True)
class Found:
    """Values as they were found, a list or texts as Arrow holds them; written at most once, however many batches a column comes in."""

    given: list[Any] | pa.LargeStringArray

    @cached_property
    def values(self) -> list[Any]:
        """Return the values."""
        return self.given if isinstance(self.given, list) else self.given.to_pylist()

    @cached_property
    def texts(self) -> pa.LargeStringArray:
        """Return the values as texts."""
        return pa.array([*map(str, self.given)], pa.large_string()) if isinstance(self.given, list) else self.given

    @cached_property
    def written(self) -> tuple[pa.Array, frozenset[str]]:
        """Return the values as Layer.values fields, and the names of their types."""
        if isinstance(self.given, list):
            return _written(self.given)
        start, data = buffers(self.given)
        return _text_fields(data, np.diff(start)), frozenset({"String"} if len(self.given) else ())


Column = np.ndarray | Numbered
"""The values of some features, one each; None and NaN are absent."""


def distinct(values: Column) -> Distinct:
    """Number the values of one column; True, 1 and 1.0 stay apart. Raises TypeError or ValueError for a value no tile can hold."""
    if isinstance(values, Numbered):
        return Distinct(values.code, *values.found.written)
    values = np.asarray(values)
    kind = values.dtype.kind
    if kind in _WIDEST:
        return _of_numbers(values.astype(_WIDEST[kind], copy=False))
    if kind == "b":
        return _of_flags(values)
    if kind in "OU":
        return _of_objects(values.tolist())
    return _one_by_one(values)


def _of_numbers(values: np.ndarray) -> Distinct:
    absent = np.isnan(values)
    there = pa.py_buffer(np.packbits(~absent, bitorder="little")) if absent.any() else None
    coded = pa.Array.from_buffers(_ARROW[values.dtype.type], len(values), [there, pa.py_buffer(np.ascontiguousarray(values))]).dictionary_encode()
    found = np.frombuffer(coded.dictionary.buffers()[1] or b"", values.dtype)[:len(coded.dictionary)]
    return Distinct(np.where(absent, np.int32(-1), indices(coded)), _WIRE[float if values.dtype == float else int](found), frozenset({"Number"} if len(found) else ()))


def _of_flags(values: np.ndarray) -> Distinct:
    code = (values != values[:1]).astype(np.int32)
    found = np.array([values[0], ~values[0]])[:1 + code.max()] if len(values) else values
    return Distinct(code, _flags(found), frozenset({"Boolean"} if len(found) else ()))


def indices(coded: pa.DictionaryArray) -> np.ndarray:
    """Return the numbers of an encoded array (of nulls: any), shape (n,) int32; Arrow's own way there loads pandas, which tiles do not need."""
    return np.frombuffer(coded.indices.buffers()[1] or b"", np.int32)[coded.offset:coded.offset + len(coded)]


def _of_objects(values: list[Any]) -> Distinct:
    """Number Python values; those that only equal each other across types (True, 1, 1.0), and those of other types, one by one."""
    kinds = set(map(type, values))
    if not kinds <= _PLAIN or len(kinds & _NUMBERS) > 1:
        return _one_by_one(values)
    number = dict.fromkeys(values, -1)
    found = [value for value in number if value is not None and value == value]  # noqa: PLR0124 — NaN is not
    number.update(zip(found, range(len(found)), strict=True))
    return Distinct(np.fromiter(map(number.__getitem__, values), np.int32, len(values)), *_written(found))


def _written(found: list[Any]) -> tuple[pa.Array, frozenset[str]]:
    """Return different values as fields, those of one plain type together, and the names of their types."""
    kinds = set(map(type, found))
    try:
        wire = _WIRE[next(iter(kinds))](found) if len(kinds) == 1 and kinds <= _WIRE.keys() else None
    except OverflowError:
        wire = None  # a number beyond int64
    names = frozenset("Boolean" if issubclass(kind, (bool, np.bool_)) else "String" if issubclass(kind, str) else "Number" for kind in kinds)
    return _joined([value_field(value) for value in found]) if wire is None else wire, names


def _joined(parts: list[bytes]) -> pa.Array:
    return _binary(np.frombuffer(b"".join(parts), np.uint8), ragged.offsets(np.fromiter(map(len, parts), np.int64, len(parts))))


def _texts(found: list[str]) -> pa.Array:
    texts = [text.encode() for text in found]
    return _text_fields(np.frombuffer(b"".join(texts), np.uint8), np.fromiter(map(len, texts), np.int64, len(texts)))


def _text_fields(data: np.ndarray, length: np.ndarray) -> pa.Array:
    """Return texts of some lengths in bytes, one after the other, as fields."""
    size = length.astype(np.uint64)
    inner = 1 + varint.sizes(size) + length
    return _fields([np.uint64(0x22), inner.astype(np.uint64), np.uint64(0x0A), size], data, length)


def _whole_numbers(found: list[int] | np.ndarray) -> pa.Array:
    found = found if isinstance(found, np.ndarray) else np.array(found, np.int64)
    negative = found < 0
    value = np.where(negative, ~found.astype(np.int64) * 2 + 1, 0).astype(np.uint64) if negative.any() else found.astype(np.uint64)
    value = np.where(negative, value, found.astype(np.uint64))
    return _fields([np.uint64(0x22), (1 + varint.sizes(value)).astype(np.uint64), np.where(negative, 0x30, 0x28).astype(np.uint64), value])


def _reals(found: list[float] | np.ndarray) -> pa.Array:
    return _fields([np.uint64(0x22), np.full(len(found), np.uint64(9)), np.uint64(0x19)], np.asarray(found, "<f8").view(np.uint8), np.full(len(found), 8))


def _flags(found: list[bool] | np.ndarray) -> pa.Array:
    return _fields([np.uint64(0x22), np.uint64(2), np.uint64(0x38), np.asarray(found, np.uint64)])


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


_WIRE: dict[type, Callable[[Any], pa.Array]] = {str: _texts, int: _whole_numbers, float: _reals, bool: _flags}
_PLAIN = {str, int, float, bool, type(None)}
_NUMBERS = {int, float, bool}
_WIDEST = {"i": np.int64, "u": np.uint64, "f": np.float64}
_ARROW = {np.int64: pa.int64(), np.uint64: pa.uint64(), np.float64: pa.float64()}


_ABSENT = ("NaTType", "NAType")
"""What pandas puts where a value is missing; by name, as tiles need no pandas."""


def _one_by_one(values: Iterable[Any]) -> Distinct:
    known: dict[tuple[type, Any], int] = {}
    codes = []
    for value in values:
        absent = value is None or type(value).__name__ in _ABSENT or (isinstance(value, (float, np.floating)) and np.isnan(value))
        codes.append(-1 if absent else known.setdefault((type(value), value), len(known)))
    return Distinct(np.array(codes, np.int32), *_written([value for _, value in known]))


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
