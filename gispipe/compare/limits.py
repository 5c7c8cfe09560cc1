"""What of a delivery is beyond the limits of its layer: reasons to stop and ask a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from gispipe.compare.layers import Changes
from gispipe.model import Layer, Refresh
from gispipe.words import Words

NORMAL = Refresh()
"""The limits of a layer that declares none."""


@dataclass(frozen=True)
class Doubt:
    """One reason to ask: the layer, what was found, and the key of its limit in the layer file."""

    layer: str
    limit: str
    words: Words


def limits_of(layer: Layer) -> Refresh:
    return layer.refresh or NORMAL


def doubts(changes: Changes) -> list[Doubt]:
    """Return what of a layer's changes is beyond its limits."""
    return [Doubt(changes.layer.id, limit, words) for limit, words in (*_counted(changes), *_columns(changes), *_moved(changes))]


def _beyond(count: int, whole: int, share: float, few: int) -> bool:
    return count > few and count > share * whole


def _counted(changes: Changes) -> Iterator[tuple[str, Words]]:
    limits, counts = limits_of(changes.layer), changes.counts
    old = counts["old"]
    if old and not counts["new"]:
        yield "removed", Words(f"nothing is left of {old:,}", f"{old:,} 件がすべてなくなりました")
        return
    if _beyond(counts["removed"], old, limits.removed, limits.few):
        yield "removed", _share(Words("are gone", "がなくなりました"), counts["removed"], old, limits.removed)
    if _beyond(counts["added"], old, limits.added, limits.few):
        yield "added", _share(Words("came", "が増えました"), counts["added"], old, limits.added)


def _columns(changes: Changes) -> Iterator[tuple[str, Words]]:
    labels, limits, found = changes.labels, limits_of(changes.layer), changes.difference
    stayed = found.same + len(found.changed)
    for name, differs in changes.columns.items():
        share, count = limits.columns.get(name, limits.changed), int(differs.sum())
        if _beyond(count, stayed, share, limits.few):
            yield f"columns.{name}", _share(Words(f"have another value in '{labels.get(name, name)}'", f"の「{labels.get(name, name)}」が変わりました"), count, stayed, share)
        gone = _emptied(changes, name, differs)
        if _beyond(gone, stayed, limits.emptied, limits.few):
            yield "emptied", _share(Words(f"lost their value in '{labels.get(name, name)}'", f"の「{labels.get(name, name)}」が空になりました"), gone, stayed, limits.emptied)
    for name in found.lost.column_names:
        if name not in found.gained.column_names and name in labels and found.lost[name].null_count < len(found.lost):
            yield "columns", Words(f"the column '{labels[name]}' is gone", f"列「{labels[name]}」がなくなりました")


def _emptied(changes: Changes, name: str, differs: np.ndarray) -> int:
    """Return how many things that changed had a value in a column and have none now."""
    found = changes.difference
    pairs = found.changed[differs]
    had = ~pc.is_null(found.old[name]).to_numpy()[pairs[:, 0]]
    lacks = pc.is_null(found.new[name]).to_numpy()[pairs[:, 1]]
    return int((had & lacks).sum())


def _moved(changes: Changes) -> Iterator[tuple[str, Words]]:
    limits, found = limits_of(changes.layer), changes.difference
    stayed = found.same + len(found.changed)
    far = changes.metres > limits.moved_m
    if _beyond(int(far.sum()), stayed, limits.moved, limits.few):
        middle = float(np.median(changes.metres[far]))
        how = Words(f"moved more than {limits.moved_m:g} m, half of them {middle:,.1f} m or more", f"が {limits.moved_m:g} m を超えて動きました（中央値 {middle:,.1f} m）") if np.isfinite(middle) else Words(
            "have no shape any more, or have one that they had not", "の図形がなくなったか、新しく付きました")
        yield "moved", _share(how, int(far.sum()), stayed, limits.moved)


def _share(what: Words, count: int, whole: int, limit: float) -> Words:
    part = 100 * count / whole if whole else 100.0
    return Words(f"{count:,} of {whole:,} {what.en} ({part:.1f} %; up to {100 * limit:g} % is normal)", f"{whole:,} 件のうち {count:,} 件{what.ja}（{part:.1f}%、目安は {100 * limit:g}% まで）")


def summed(found: Sequence[Doubt], titles: Mapping[str, str]) -> Words:
    """Return all reasons in one text, a line for each."""
    return Words("\n".join(f"  {titles.get(one.layer, one.layer)} ({one.layer}): {one.words.en}" for one in found), "\n".join(f"  {titles.get(one.layer, one.layer)}（{one.layer}）: {one.words.ja}" for one in found))
