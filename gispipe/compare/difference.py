"""What makes one version of a table into another, exact both ways: old + difference = new, new − difference = old."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from gispipe.arrow import plain
from gispipe.compare.pairing import Pairing, paired, without


class NotThatVersion(ValueError):
    """The table is not the one that the difference begins with."""


@dataclass(frozen=True)
class Difference:
    """Two versions of a table by their rows: those that were taken over as they are, and the others of each side.

    before, after: the schemas; old_at, new_at: ascending numbers of the rows that were not taken over, `old` and `new` those rows whole (columns that both have);
    order: for each row that was taken over, in the order of the new table, which one of the old ones it is, None when they come in the same order;
    lost, gained: whole columns that only one side has, or that are of another type; changed: (n, 2) places in old_at and new_at of one thing;
    guessed: (n,) paired by the ground it covers and not by its key.
    """

    before: pa.Schema
    after: pa.Schema
    rows: tuple[int, int]
    old_at: np.ndarray
    new_at: np.ndarray
    old: pa.Table
    new: pa.Table
    order: np.ndarray | None
    lost: pa.Table
    gained: pa.Table
    changed: np.ndarray
    guessed: np.ndarray
    shape: str | None

    @cached_property
    def removed(self) -> np.ndarray:
        """Places in old_at of what went."""
        return without(len(self.old_at), self.changed[:, 0])

    @cached_property
    def added(self) -> np.ndarray:
        """Places in new_at of what came."""
        return without(len(self.new_at), self.changed[:, 1])

    @property
    def same(self) -> int:
        """Rows that are in both versions as they are."""
        return self.rows[0] - len(self.old_at)

    def differing(self, name: str) -> np.ndarray:
        """Return for every changed pair whether a column that both versions have is another now."""
        one, other = self.old[name].take(pa.array(self.changed[:, 0])), self.new[name].take(pa.array(self.changed[:, 1]))
        return np.array([a != b and not (a != a and b != b) for a, b in zip(one.to_pylist(), other.to_pylist(), strict=True)], dtype=bool)

    def apply(self, old: pa.Table) -> pa.Table:
        """Return the new version from the old one; raises NotThatVersion for another table."""
        return _rebuilt(old, self.before, self.after, self.rows, (self.old_at, self.old), (self.new_at, self.new), self.order, self.lost, self.gained)

    def take_back(self, new: pa.Table) -> pa.Table:
        """Return the old version from the new one; raises NotThatVersion for another table."""
        order = None if self.order is None else np.argsort(self.order)
        return _rebuilt(new, self.after, self.before, self.rows[::-1], (self.new_at, self.new), (self.old_at, self.old), order, self.gained, self.lost)


def difference(old: pa.Table, new: pa.Table, key: Sequence[str], shape: str | None, own: Collection[str] | None = None) -> Difference:
    """Return what makes the old version the new one. key: columns by which a thing is known; shape: the column with its shape as WKB; own: those that are no ledger's."""
    common = [name for name in new.column_names if name in old.column_names and _kind(old.schema.field(name).type) == _kind(new.schema.field(name).type)]
    mine, theirs = old.select(common), new.select(common)
    at = shape if shape in common else None
    pairs = paired(mine, theirs, [name for name in key if name in common] if set(key) <= set(common) else [], at, own)
    return _of(old, new, mine, theirs, pairs, at)


def _of(old: pa.Table, new: pa.Table, mine: pa.Table, theirs: pa.Table, pairs: Pairing, shape: str | None) -> Difference:
    old_at, new_at = without(len(old), pairs.same[:, 0]), without(len(new), pairs.same[:, 1])
    ranks = np.argsort(np.argsort(pairs.same[:, 0]))
    changed = np.stack([np.searchsorted(old_at, pairs.changed[:, 0]), np.searchsorted(new_at, pairs.changed[:, 1])], axis=1)
    order = None if (ranks[1:] > ranks[:-1]).all() else ranks
    return Difference(old.schema, new.schema, (len(old), len(new)), old_at, new_at, mine.take(pa.array(old_at)).combine_chunks(), theirs.take(pa.array(new_at)).combine_chunks(), order,
                      old.drop_columns(mine.column_names), new.drop_columns(theirs.column_names), changed, pairs.guessed, shape)


def _kind(kind: pa.DataType) -> pa.DataType:
    """Return the type of a column's values, however they are stored; a column that has none is of texts."""
    return kind.value_type if pa.types.is_dictionary(kind) else pa.string() if pa.types.is_null(kind) else kind


def _rebuilt(table: pa.Table, before: pa.Schema, after: pa.Schema, rows: tuple[int, int], leaving: tuple[np.ndarray, pa.Table], coming: tuple[np.ndarray, pa.Table], order: np.ndarray | None,
             lost: pa.Table, gained: pa.Table) -> pa.Table:
    gone, there = leaving
    if not table.schema.equals(before) or len(table) != rows[0] or not same_rows(table.select(there.column_names).take(pa.array(gone)), there) or not same_rows(table.select(lost.column_names), lost):
        raise NotThatVersion("not the version that the difference begins with")
    kept = without(rows[0], gone)
    if order is not None:
        kept = kept[order]
    place, (at, new) = np.empty(rows[1], dtype=np.int64), coming
    place[without(rows[1], at)] = kept
    place[at] = rows[0] + np.arange(len(at))
    columns = {name: pa.concat_arrays([plain(table[name]), plain(new[name])]).take(pa.array(place)) for name in new.column_names}
    columns |= {name: gained[name] for name in gained.column_names}
    return pa.Table.from_arrays([_stored_as(columns[field.name], field.type) for field in after], schema=after)


def _stored_as(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    return column if column.type == kind else pa.nulls(len(column)) if pa.types.is_null(kind) else column.cast(kind)


def same_rows(one: pa.Table, other: pa.Table) -> bool:
    """Return whether two tables have the same values, bit by bit, however they are stored."""
    return one.column_names == other.column_names and len(one) == len(other) and all(_bits(one[name]).equals(_bits(other[name])) for name in one.column_names)


def _bits(column: pa.ChunkedArray) -> pa.Array:
    values = plain(column)
    return pa.array(values.to_numpy(zero_copy_only=False).view(f"i{values.type.bit_width // 8}"), mask=values.is_null().to_numpy(zero_copy_only=False)) if pa.types.is_floating(values.type) else values
