"""Attributes of city objects: every text element by its local name, generic attributes by the name they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gispipe.intake.citygml.risks import RISK
from gispipe.intake.tags import Tags

if TYPE_CHECKING:
    import pyarrow as pa

_SHAPES = "lod"
_ASIDE = ("boundedBy", "Appearance", "appearance", "externalReference")


def columns_of(tags: Tags, rows: np.ndarray) -> dict[str, pa.Array]:
    """Return the columns; values that come several times are joined by a semicolon, those of generic sets are named set_name."""
    leaves, owner = _leaves(tags, rows)
    names = _names(tags, rows, leaves)
    columns: dict[str, pa.Array] = {}
    order = {name: k for k, name in enumerate(dict.fromkeys(names))}
    code = np.array([order[name] for name in names], int)
    for name, k in order.items():
        mine = np.flatnonzero(code == k)
        columns[name] = _spread(tags.column(leaves[mine]), owner[mine], len(rows)).dictionary_encode()
    return columns


def _leaves(tags: Tags, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the text elements of the objects outside shapes, appearance and risks, with their rows."""
    aside = np.array([name.startswith(_SHAPES) or name in _ASIDE or bool(RISK.search(name)) for name in tags.names], bool)
    covers = np.flatnonzero(aside[tags.name] & (tags.depth > 3))
    hidden = np.zeros(len(tags.name) + 1, np.int32)
    np.add.at(hidden, covers, 1)
    np.add.at(hidden, tags.after[covers], -1)
    shown = (np.cumsum(hidden[:-1]) == 0) & tags.leaf & (tags.depth > 3)
    leaves = np.flatnonzero(shown)
    owner = tags.owner(rows, leaves)
    return leaves[owner >= 0], owner[owner >= 0]


def _names(tags: Tags, rows: np.ndarray, leaves: np.ndarray) -> list[str]:
    """Return each element's column: its local name; the parent's before it where two kinds of parent have a child of that name."""
    own = [tags.names[code] for code in tags.name[leaves].tolist()]
    parent = tags.parent[leaves]
    above = [tags.names[code] for code in tags.name[parent].tolist()]
    direct = np.isin(parent, rows)
    places: dict[str, set[str]] = {}
    for name, holder, at_top in zip(own, above, direct.tolist(), strict=True):
        places.setdefault(name, set()).add("" if at_top else holder)
    names = [name if at_top or len(places[name]) == 1 else f"{holder}_{name}" for name, holder, at_top in zip(own, above, direct.tolist(), strict=True)]
    generic = [k for k, (name, holder) in enumerate(zip(own, above, strict=True)) if name == "value" and holder.endswith("Attribute")]
    sets = tags.named("genericAttributeSet")
    titles = tags.attribute(sets, "name")
    of_set = tags.owner(sets, leaves[generic]).tolist()
    for k, title, place in zip(generic, tags.attribute(parent[generic], "name"), of_set, strict=True):
        names[k] = f"{titles[place]}_{title}" if place >= 0 else str(title)
    return names


def _spread(texts: pa.Array, owner: np.ndarray, count: int) -> pa.Array:
    import pyarrow as pa

    if len(owner) == count and (owner == np.arange(count)).all():
        return texts
    out: list[str | None] = [None] * count
    for text, row in zip(texts.to_pylist(), owner.tolist(), strict=True):
        out[row] = text if out[row] is None or text is None else f"{out[row]};{text}"
    return pa.array(out, pa.large_string())
