"""In which town (町丁目) a shape lies, for reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import shapely

from gispipe.catalogue import Catalogue
from gispipe.geometry import of_wkb, present, usable
from gispipe.history import State
from gispipe.model import Layer
from gispipe.store import Store


class Towns:
    """The towns of one state of the store; `of` names the town of each shape."""

    def __init__(self, store: Store, versions: Mapping[str, tuple[Layer, str]]) -> None:
        self._store, self._versions = store, versions

    @classmethod
    def of_state(cls, catalogue: Catalogue, state: State) -> Towns:
        """Return the towns of the layers that have this part in the answers."""
        layers = [layer for layer in catalogue.layers.values() if layer.card is not None and layer.card.role == "town" and layer.geometry == "polygon" and layer.id in state.layers]
        return cls(Store(catalogue.output, "internal"), {layer.id: (layer, state.layers[layer.id]["version"]) for layer in layers})

    @cached_property
    def areas(self) -> tuple[np.ndarray, list[str]]:
        """The areas and their names."""
        shapes, names = [np.empty(0, dtype=object)], []
        for layer, version in self._versions.values():
            assert layer.card is not None
            table, shape = self._store.whole(layer.id, version)
            if shape is None:
                continue
            shapes.append(usable(of_wkb(table[shape]))[0])
            names += [layer.card.named(row) for row in table.select([name for name in layer.card.name if name in table.column_names]).to_pylist()]
        return np.concatenate(shapes), names

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.areas[0])

    def of(self, points: np.ndarray) -> list[str]:
        """Return the name of the town that each point is in, the first of several; empty where there is none, or no point."""
        _, names = self.areas
        told = [""] * len(points)
        there = np.flatnonzero(present(points)) if len(names) else np.empty(0, np.int64)
        if len(there):
            which, area = self._tree.query(points[there], predicate="intersects")
            for one, town in sorted(zip(there[which].tolist(), area.tolist(), strict=True), reverse=True):
                told[one] = names[town]
        return told
