"""A comparison as a plain document, for programs and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gispipe.compare.layers import Changes
from gispipe.compare.limits import Doubt
from gispipe.compare.pictures import PictureChange, Seen
from gispipe.compare.states import Compared
from gispipe.history import State


def document(compared: Compared) -> dict[str, Any]:
    """Return what differs between two states: layers with counts by town and column, by owner, and what needs a person."""
    layers = [_table(one) for one in compared.changes.values()] + [_picture(one) for one in compared.pictures.values()]
    layers.sort(key=lambda one: (one["owner"], one["id"]))
    owners: dict[str, dict[str, int]] = {}
    for one in layers:
        counts = owners.setdefault(one["owner"], {"layers": 0, "added": 0, "removed": 0, "changed": 0})
        counts["layers"] += 1
        for kind in ("added", "removed", "changed"):
            counts[kind] += one.get("counts", {}).get(kind, 0)
    return {"from": _state(compared.old), "to": _state(compared.new), "layers": layers, "owners": owners, "same": list(compared.same), "came": list(compared.came), "gone": list(compared.gone),
            "doubts": doubts_document(compared.doubts)}


def doubts_document(doubts: Sequence[Doubt]) -> list[dict[str, Any]]:
    return [{"layer": one.layer, "limit": one.limit, "what": one.words.both()} for one in doubts]


def _state(state: State) -> dict[str, Any]:
    return {"label": state.label, "at": state.at, "run": state.run}


def _table(one: Changes) -> dict[str, Any]:
    layer, found = one.layer, one.difference
    stretch = one.metres[one.moved & np.isfinite(one.metres)]
    return {
        "id": layer.id, "title": layer.title, "owner": layer.owner, "audience": layer.audience, "kind": layer.kind, "counts": one.counts,
        "columns": {name: int(differs.sum()) for name, differs in one.columns.items() if differs.any()},
        "moved": {"count": int(one.moved.sum()), "median_m": round(float(np.median(stretch)), 3) if len(stretch) else None, "most_m": round(float(stretch.max()), 3) if len(stretch) else None},
        "columns_gained": found.gained.column_names, "columns_lost": found.lost.column_names, "towns": one.by_town}


def _picture(one: PictureChange) -> dict[str, Any]:
    return {"id": one.layer.id, "title": one.layer.title, "owner": one.layer.owner, "audience": one.layer.audience, "kind": "raster", "before": _seen(one.old), "now": _seen(one.new)}


def _seen(one: Seen) -> dict[str, Any]:
    return {"bounds": list(one.bounds), "pixel_m": one.pixel, "filled": round(one.filled, 4), "middle_height_m": None if one.height is None else round(one.height, 2)}
