"""What a layer became from one state of the store to another: how many came, went, changed and stayed, where, by how much, and in which columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe.catalogue import Catalogue
from gispipe.compare.apart import apart
from gispipe.compare.difference import Difference, difference
from gispipe.compare.towns import Towns
from gispipe.geometry import anchor_of_usable, of_wkb, usable
from gispipe.history import State
from gispipe.model import Layer
from gispipe.store import Store


@dataclass(frozen=True)
class Change:
    """One thing that came (no `old`), went (no `new`) or changed: its key, town, the columns that differ, how far its outline moved in metres, and whether it was paired by the ground."""

    key: tuple[Any, ...]
    town: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None
    columns: tuple[str, ...] = ()
    moved: bool = False
    metres: float = 0.0
    guessed: bool = False

    @property
    def kind(self) -> str:
        return "added" if self.old is None else "removed" if self.new is None else "changed"


class Changes:
    """What a vector layer or a table became."""

    def __init__(self, layer: Layer, found: Difference, towns: Towns) -> None:
        self.layer, self.difference = layer, found
        self._towns = towns

    @property
    def counts(self) -> dict[str, int]:
        found = self.difference
        return {"old": found.rows[0], "new": found.rows[1], "added": len(found.added), "removed": len(found.removed), "changed": len(found.changed), "same": found.same,
                "guessed": int(found.guessed.sum())}

    @cached_property
    def labels(self) -> dict[str, str]:
        """What people call the columns, by name; a column that is no longer declared has none."""
        return {name: column.label or name for name, column in self.layer.all_columns().items()}

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """By column that both versions have, without the shape: whether it differs, for every changed thing."""
        return {name: self.difference.differing(name) for name in self.difference.new.column_names if name != self.difference.shape}

    @cached_property
    def moved(self) -> np.ndarray:
        """Whether the shape of a changed thing is another one."""
        found = self.difference
        return found.differing(found.shape) if found.shape is not None else np.zeros(len(found.changed), dtype=bool)

    @cached_property
    def metres(self) -> np.ndarray:
        """How far a corner of a changed thing lies from the nearest of its other outline, at most; infinite where only one side has a shape."""
        out = np.zeros(len(self.difference.changed))
        old, new = self._usable
        which = np.flatnonzero(self.moved)
        away = apart(old[self.difference.changed[which, 0]], new[self.difference.changed[which, 1]])
        out[which] = np.where(np.isnan(away), np.inf, away)
        return out

    @cached_property
    def shapes(self) -> tuple[np.ndarray, np.ndarray]:
        """The shapes of the rows that are not the same, of the old and the new version; none for a table."""
        found = self.difference
        if found.shape is None:
            return np.full(len(found.old), None, dtype=object), np.full(len(found.new), None, dtype=object)
        return of_wkb(found.old[found.shape]), of_wkb(found.new[found.shape])

    @cached_property
    def _usable(self) -> tuple[np.ndarray, np.ndarray]:
        old, new = self.shapes
        return usable(old)[0], usable(new)[0]

    @cached_property
    def anchors(self) -> tuple[np.ndarray, np.ndarray]:
        """A point for each of the shapes; of the old version for those alone that went."""
        old, new = self._usable
        gone = np.full(len(old), None, dtype=object)
        gone[self.difference.removed] = anchor_of_usable(old[self.difference.removed])
        return gone, anchor_of_usable(new)

    @cached_property
    def _town_of(self) -> tuple[list[str], list[str]]:
        """The town of what went, and of what there is now; something that changed and lies in none now is where it was."""
        old, new = (self._towns.of(some) for some in self.anchors)
        lost = [(a, b) for a, b in self.difference.changed.tolist() if not new[b]]
        for (_, b), town in zip(lost, self._towns.of(anchor_of_usable(self._usable[0][[a for a, _ in lost]])), strict=True):
            new[b] = town
        return old, new

    @cached_property
    def by_town(self) -> dict[str, dict[str, int]]:
        """How many of each kind by town, worst first."""
        found: dict[str, dict[str, int]] = {}
        for kind, town in self._kinds():
            counts = found.setdefault(town, {"added": 0, "removed": 0, "changed": 0})
            counts[kind] += 1
        return dict(sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0])))

    def _kinds(self) -> Iterator[tuple[str, str]]:
        before, after = self._town_of
        yield from (("removed", before[k]) for k in self.difference.removed.tolist())
        yield from (("added", after[k]) for k in self.difference.added.tolist())
        yield from (("changed", after[b]) for _, b in self.difference.changed.tolist())

    @cached_property
    def each(self) -> list[Change]:
        """All that differs: what went, what came, what changed, each in the order of its table."""
        return list(self._each())

    def _each(self) -> Iterator[Change]:
        found, (before, after) = self.difference, self._town_of
        names = [name for name in found.new.column_names if name != found.shape]
        key = [name for name in self.layer.key if name in names]
        old, new = (_rows(side, names) for side in (found.old, found.new))
        for k in found.removed.tolist():
            yield Change(tuple(old[k][name] for name in key), before[k], old[k], None)
        for k in found.added.tolist():
            yield Change(tuple(new[k][name] for name in key), after[k], None, new[k])
        for at, (a, b) in enumerate(found.changed.tolist()):
            differ = tuple(name for name in names if self.columns[name][at])
            yield Change(tuple(new[b][name] for name in key), after[b], old[a], new[b], differ, bool(self.moved[at]), float(self.metres[at]), bool(found.guessed[at]))


def _rows(table: pa.Table, names: list[str]) -> list[dict[str, Any]]:
    return table.select(names).to_pylist()


def changes_of(catalogue: Catalogue, layer: Layer, old: State, new: State, towns: Towns) -> Changes:
    """Compare a layer that both states have as a table; what a join by place worked out is no delivery and is left out."""
    store = Store(catalogue.output, "internal")
    derived = {name for join in layer.join.values() if join.how != "key" for name in join.columns} - set(layer.columns)
    (before, shape), (after, same_shape) = (store.whole(layer.id, state.layers[layer.id]["version"]) for state in (old, new))
    one, other = (table.drop_columns([name for name in table.column_names if name in derived]) for table in (before, after))
    return Changes(layer, difference(one, other, layer.key, shape if shape == same_shape else None, set(layer.columns)), towns)


def is_table(entry: Mapping[str, Any]) -> bool:
    """Return whether a state's entry of a layer is a table and not a picture."""
    return entry["suffix"] == ".parquet"
