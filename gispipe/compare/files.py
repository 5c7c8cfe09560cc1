"""What differs as files for other programs: one table of all changes (CSV) and their shapes (GeoPackage)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.compare.layers import Change, Changes
from gispipe.compare.states import Compared
from gispipe.geopackage import write_layer
from gispipe.statistics.table import csv_bytes

KINDS = {"added": "追加", "removed": "削除", "changed": "変更"}
HEADER = ("レイヤー", "レイヤーID", "担当課", "区分", "キー", "町丁目", "変わった項目", "前の値", "今の値", "図形の移動（m）", "推定")


def write_table(path: Path, compared: Compared) -> None:
    """Write a line for everything that came, went or changed; of what changed, a line for each thing with all its columns."""
    path.write_bytes(csv_bytes([HEADER, *(line for one in compared.changes.values() for line in _lines(one))]))


def _lines(changes: Changes) -> Iterable[tuple[str, ...]]:
    layer, labels = changes.layer, changes.labels
    for one in changes.each:
        names = list(one.columns) if one.kind == "changed" else []
        told = [*(labels.get(name, name) for name in names), *(["図形"] if one.moved else [])]
        yield (layer.title, layer.id, layer.owner, KINDS[one.kind], key_text(one), one.town, "、".join(told), _values(one.old, names), _values(one.new, names),
               f"{one.metres:.3f}" if one.moved and np.isfinite(one.metres) else "", "推定" if one.guessed else "")


def key_text(one: Change) -> str:
    """Return a key as people read it."""
    return " ".join(str(value) for value in one.key if value is not None)


def _values(row: Mapping[str, Any] | None, names: list[str]) -> str:
    return "" if row is None else "、".join("（なし）" if row[name] is None else str(row[name]) for name in names)


def write_geopackage(path: Path, compared: Compared, crs: str) -> None:
    """Write the shapes of what came, went and changed, a layer of the file for each layer; nothing for a city in which no shape differs."""
    written = False
    for layer, changes in compared.changes.items():
        found = changes.difference
        if found.shape is None:
            continue
        each = changes.each
        old, new = changes.shapes
        shapes = np.concatenate([old[found.removed], new[found.added], new[found.changed[:, 1]]])
        rows = {"change": [one.kind for one in each], "key": [key_text(one) for one in each], "town": [one.town for one in each], "guessed": [one.guessed for one in each],
                "columns": [",".join((*one.columns, *(["shape"] if one.moved else []))) for one in each],
                "old": [_row(one.old) for one in each], "new": [_row(one.new) for one in each]}
        if each:
            write_layer(path, layer, rows, shapes, crs, more=written)
            written = True


def _row(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, default=str)
