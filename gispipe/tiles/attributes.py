"""Attribute columns, factorised once: each distinct value is encoded once and tiles refer to it by number."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from gispipe import ragged
from gispipe.tiles import varint
from gispipe.tiles.errors import TileError

_KEY, _VALUE = b"\x1a", b"\x22"  # Layer.keys = 3, Layer.values = 4, both length-delimited


@dataclass(frozen=True)
class Tags:
    """All attributes of a layer.

    ``names``: column names; ``types``: "String", "Number" or "Boolean" of each, for the archive's metadata. ``start``: offsets of
    each feature's tags, shape (features + 1,); ``key``: column number and ``value``: number of the distinct value, one
    a tag. ``data`` with offsets ``at``: every distinct value as a complete Layer.values field, most frequent first.
    ``group``: number of the distinct row of values of each feature.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    start: np.ndarray
    key: np.ndarray
    value: np.ndarray
    data: np.ndarray
    at: np.ndarray
    group: np.ndarray

    def without_own(self) -> Tags:
        """Return the tags without columns whose values are mostly a feature's own (lot numbers, names); self when there are none."""
        distinct = np.zeros(len(self.names), np.int64)
        used = np.unique(self.key * max(len(self.at), 1) + self.value)
        np.add.at(distinct, used // max(len(self.at), 1), 1)
        own = 2 * distinct > np.bincount(self.key, minlength=len(self.names))
        keep = ~own[self.key]
        if keep.all():
            return self
        return replace(self, start=ragged.compress(keep, self.start), key=self.key[keep], value=self.value[keep])

    def keys(self) -> bytes:
        """Return all Layer.keys fields."""
        return b"".join(_field(_KEY, name.encode()) for name in self.names)


def tags(attributes: dict[str, np.ndarray], features: int, name: str) -> Tags:
    """Factorise columns of shape (features,); None and NaN are absent. Raise TileError for a type MVT cannot hold."""
    columns: list[np.ndarray] = []
    number: dict[bytes, int] = {}
    encoded: list[bytes] = []
    types: list[str] = []
    for column, values in attributes.items():
        if len(values) != features:
            raise TileError(f"layer {name}, column {column}: {len(values)} values for {features} features")
        codes, distinct = _factorised(np.asarray(values))
        types.append(_type_name(distinct))
        own = np.full(len(distinct) + 1, -1, np.int64)
        for i, value in enumerate(distinct):
            try:
                wire = value_field(value)
            except (TypeError, ValueError) as error:
                raise TileError(f"layer {name}, column {column}: {error}") from error
            if wire not in number:
                number[wire] = len(encoded)
                encoded.append(wire)
            own[i] = number[wire]
        columns.append(own[codes])
    table = np.stack(columns, axis=1) if columns else np.zeros((features, 0), np.int64)
    present = table >= 0
    used = np.bincount(table[present], minlength=len(encoded))
    frequent = np.argsort(-used, kind="stable")  # small numbers for frequent values: fewer bytes
    rank = np.empty(len(encoded), np.int64)
    rank[frequent] = np.arange(len(encoded))
    pieces = [encoded[i] for i in frequent]
    return Tags(tuple(attributes), tuple(types), ragged.offsets(present.sum(axis=1)), np.nonzero(present)[1],
                rank[table[present]] if len(encoded) else np.zeros(0, np.int64), np.frombuffer(b"".join(pieces), np.uint8),
                ragged.offsets(np.fromiter(map(len, pieces), np.int64, len(pieces))), _groups(table))


def _groups(table: np.ndarray) -> np.ndarray:
    group = np.zeros(len(table), np.int64)
    for column in table.T:
        group = np.unique(group * (int(column.max(initial=-1)) + 2) + column + 1, return_inverse=True)[1]
    return group


def _factorised(values: np.ndarray) -> tuple[np.ndarray, list[Any]]:
    """Return a code for every value (-1 when absent) and the distinct values; True, 1 and 1.0 stay apart."""
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) not in ("string", "empty"):
        known: dict[tuple[type, Any], int] = {}
        codes = np.full(len(values), -1, np.int64)
        for i, value in enumerate(values):
            if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, (float, np.floating)) and np.isnan(value)):
                continue
            codes[i] = known.setdefault((type(value), value), len(known))
        return codes, [value for _, value in known]
    codes, distinct = pd.factorize(values)
    return codes.astype(np.int64), list(distinct)


def _type_name(distinct: list[Any]) -> str:
    kinds = {"Boolean" if isinstance(v, (bool, np.bool_)) else "String" if isinstance(v, str) else "Number" for v in distinct}
    return kinds.pop() if len(kinds) == 1 else "String"


def value_field(value: Any) -> bytes:
    """Encode one Layer.values field (MVT 2.1 §4.4): string 1, double 3, unsigned 5, zigzag 6 for negatives, bool 7."""
    if isinstance(value, str):
        return _field(_VALUE, _field(b"\x0a", value.encode("utf-8")))
    if isinstance(value, (bool, np.bool_)):
        return _field(_VALUE, b"\x38" + bytes([bool(value)]))
    if isinstance(value, (int, np.integer)):
        number = int(value)
        if not -(2**63) <= number < 2**64:
            raise ValueError(f"the number {number} does not fit into 64 bits")
        return _field(_VALUE, b"\x28" + varint.one(number) if number >= 0 else b"\x30" + varint.one(-2 * number - 1))
    if isinstance(value, (float, np.floating)):
        return _field(_VALUE, b"\x19" + struct.pack("<d", value))
    raise TypeError(f"a value of type {type(value).__name__} cannot be put into a tile")


def _field(tag: bytes, body: bytes) -> bytes:
    return tag + varint.one(len(body)) + body
