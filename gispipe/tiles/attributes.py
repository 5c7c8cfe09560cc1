"""Attribute columns, numbered once: each distinct value is written once and tiles refer to it by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.arrow import buffers
from gispipe.tiles import values
from gispipe.tiles.errors import TileError

_KEY = b"\x1a"  # Layer.keys = 3, length-delimited


@dataclass(frozen=True)
class Tags:
    """All attributes of a layer.

    ``names``: column names; ``types``: "String", "Number" or "Boolean" of each, for the archive's metadata. ``code``: number of the value of
    every feature in every column, shape (features, columns), -1 = absent. ``data`` with offsets ``at``: every distinct value as a
    complete Layer.values field. The numbers say nothing and stand in no tile.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    code: np.ndarray
    data: np.ndarray
    at: np.ndarray

    @cached_property
    def group(self) -> np.ndarray:
        """Return a number for each feature, the same for features whose values are all the same."""
        group = np.zeros(len(self.code), np.int64)
        for column in self.code.T:
            group = np.unique(group * (int(column.max(initial=-1)) + 2) + column + 1, return_inverse=True)[1]
        return group

    @cached_property
    def own(self) -> np.ndarray:
        """Return the mask of columns whose values are mostly a feature's own (lot numbers, names)."""
        return np.array([2 * np.count_nonzero(times[1:]) > times[1:].sum() for times in (np.bincount(column + 1, minlength=1) for column in self.code.T)], bool)

    def without_own(self) -> Tags:
        """Return the tags without columns whose values are mostly a feature's own; self when there are none."""
        if not (self.own & (self.code >= 0).any(axis=0)).any():
            return self
        return replace(self, code=np.where(self.own, np.int32(-1), self.code))

    def keys(self) -> bytes:
        """Return all Layer.keys fields."""
        return b"".join(values.field(_KEY, name.encode()) for name in self.names)


class Columns:
    """The columns of a layer, which comes batch by batch."""

    def __init__(self, layer: str) -> None:
        self._layer = layer
        self._names: tuple[str, ...] | None = None

    def agree(self, attributes: Mapping[str, values.Column]) -> None:
        """Raise TileError when a batch has other columns than the first."""
        self._names = tuple(attributes) if self._names is None else self._names
        if tuple(attributes) != self._names:
            raise TileError(f"layer {self._layer}: a batch has columns {', '.join(attributes)} after one with {', '.join(self._names)}")

    def distinct(self, attributes: Mapping[str, values.Column], features: int) -> list[values.Distinct]:
        """Number the values of a batch, each column of shape (features,); None and NaN are absent. Raise TileError for a type MVT cannot hold."""
        return [self._distinct(column, given, features) for column, given in attributes.items()]

    def _distinct(self, column: str, given: values.Column, features: int) -> values.Distinct:
        if len(given) != features:
            raise TileError(f"layer {self._layer}, column {column}: {len(given)} values for {features} features")
        try:
            return values.distinct(given)
        except (TypeError, ValueError, pa.ArrowException) as error:
            raise TileError(f"layer {self._layer}, column {column}: {error}") from error

    def tags(self, batches: list[list[values.Distinct]], features: int) -> Tags:
        """Number the values of all batches and columns together."""
        names = self._names or ()
        wires = {id(part.wire): part.wire for batch in batches for part in batch}  # batches of a column that was numbered as a whole share theirs
        every = pc.dictionary_encode(pa.chunked_array(list(wires.values()), pa.large_binary())).combine_chunks()
        number, found = values.indices(every), every.dictionary
        own, at = {}, 0
        for name, wire in wires.items():
            own[name] = np.append(number[at:at + len(wire)], -1).astype(np.int32)
            at += len(wire)
        code, row = np.empty((features, len(names)), np.int32), 0
        for batch in batches:
            for k, part in enumerate(batch):
                code[row:row + len(part.code), k] = own[id(part.wire)][part.code]
            row += len(batch[0].code) if batch else 0
        types = [frozenset().union(*(batch[k].types for batch in batches)) for k in range(len(names))]
        start, data = buffers(found)
        return Tags(names, tuple(next(iter(one)) if len(one) == 1 else "String" for one in types), code, data, start)
