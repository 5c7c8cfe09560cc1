"""Two states of the store compared: every layer that both have, what is new and what is no longer there, and what of it needs a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gispipe.catalogue import Catalogue
from gispipe.compare.layers import Changes, changes_of, is_table
from gispipe.compare.limits import Doubt, doubts, limits_of
from gispipe.compare.pictures import PictureChange, picture_change
from gispipe.compare.towns import Towns
from gispipe.history import State
from gispipe.model import Layer
from gispipe.words import Words


@dataclass(frozen=True)
class Compared:
    """What became of the store. same: ids of layers that are what they were; came, gone: ids that only one state has; doubts: reasons to ask a person."""

    old: State
    new: State
    towns: Towns
    changes: Mapping[str, Changes]
    pictures: Mapping[str, PictureChange]
    same: Sequence[str]
    came: Sequence[str]
    gone: Sequence[str]
    doubts: Sequence[Doubt] = field(default_factory=list)


def compare(catalogue: Catalogue, old: State, new: State, earlier: Sequence[State] = (), layers: Sequence[str] = ()) -> Compared:
    """Compare two states, only some layers when they are named. earlier: states before the old one, in which a delivery that comes again may be found."""
    declared = {name: layer for name, layer in catalogue.layers.items() if not layers or name in layers}
    both = [name for name in declared if name in old.layers and name in new.layers]
    towns = Towns.of_state(catalogue, new)
    differing = [name for name in both if old.layers[name]["version"] != new.layers[name]["version"]]
    tables = [name for name in differing if is_table(old.layers[name]) and is_table(new.layers[name])]
    pictures = {name: picture_change(catalogue, declared[name], old.layers[name], new.layers[name]) for name in differing if name not in tables}
    changes = {name: changes_of(catalogue, declared[name], old, new, towns) for name in tables}
    changes = {name: one for name, one in changes.items() if one.counts["same"] != max(one.difference.rows) or one.difference.lost.column_names or one.difference.gained.column_names}
    asked = [doubt for one in changes.values() for doubt in doubts(one)] + [doubt for one in pictures.values() for doubt in one.doubts]
    asked += [doubt for name in (*changes, *pictures) if (doubt := _again(declared[name], old.layers[name], new.layers[name], earlier))]
    gone = [name for name in old.layers if name not in new.layers and (not layers or name in layers)]
    asked += [_leaves(catalogue, name) for name in gone]
    return Compared(old, new, towns, changes, pictures, [name for name in both if name not in changes and name not in pictures],
                    [name for name in declared if name in new.layers and name not in old.layers], gone, asked)


def _leaves(catalogue: Catalogue, layer: str) -> Doubt:
    """Say that a layer which had data leaves the maps: a slip in a layer file must not take a hazard off the map overnight."""
    why = Words("its layer file is marked pending", "レイヤーのファイルが pending になりました") if layer in catalogue.layers else Words("its layer file is gone", "レイヤーのファイルがなくなりました")
    return Doubt(layer, "gone", Words(f"the layer leaves the maps: {why.en}", f"{why.ja}。地図から消えます"))


def _again(layer: Layer, old: Mapping[str, Any], new: Mapping[str, Any], earlier: Sequence[State]) -> Doubt | None:
    """Say when a delivery is one that was there before what is there now: last year's, once more."""
    first = old.get("base", old["version"]), new.get("base", new["version"])
    if first[0] == first[1] or limits_of(layer).again:
        return None
    for state in reversed(earlier):
        entry = state.layers.get(layer.id)
        if entry is not None and entry.get("base", entry["version"]) == first[1]:
            return Doubt(layer.id, "again", Words(f"this is what was delivered for {state.label} ({state.at[:10]}), which newer data had replaced",
                                                  f"{state.label}（{state.at[:10]}）に取り込んだものと同じです。その後の新しいデータが古いものに戻ります"))
    return None
