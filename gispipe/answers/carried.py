"""What is known of features that are where they were, near zones that are what they were: taken over from the answers kept for the versions before.

Taken over is what working it out anew would give, bit by bit: the ground that a feature shares with a zone is worked out from the two alone, and
what is left of a zone under another depends on those that lie over it and on nothing farther.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from gispipe import ragged
from gispipe.answers.exposure import Exposure
from gispipe.answers.exposing import Ranked
from gispipe.answers.shapes import Shapes
from gispipe.arrow import of_buffers, places_among
from gispipe.joins.zones import Exposed
from gispipe.squares import Squares

_SIDE = 16.0
"""Metres: squares by which most features are known to be far from what changed."""


@dataclass(frozen=True)
class Stayed:
    """The features of a layer that have the very shape of one that was there before: was (n,) its number then, -1 for others."""

    shapes: Shapes
    was: np.ndarray
    box: np.ndarray

    @classmethod
    def of(cls, before: Shapes | None, now: Shapes) -> Stayed:
        """Compare with the shapes there were; None where these are the same file."""
        return cls(now, np.arange(now.features) if before is None else places_among(_features(now), _features(before)), _boxes(now))

    def away_from(self, dirty: np.ndarray) -> np.ndarray:
        """Return (n,) which of them stayed and touch none of the boxes (k, 4)."""
        stayed = self.was >= 0
        asked = np.flatnonzero(stayed & ~np.isnan(self.box[:, 0]))
        if len(dirty) and len(asked):
            asked = asked[Squares.over(dirty.reshape(-1, 2), _SIDE).boxes_near(self.box[asked], dirty, 0.0)]
            stayed[asked[shapely.STRtree(shapely.box(*dirty.T)).query(shapely.box(*self.box[asked].T))[0]]] = False
        return stayed


@dataclass(frozen=True)
class Zone:
    """A hazard layer at one time: its shapes and the ranks and names of its rows."""

    shapes: Shapes
    rows: Ranked

    def told(self) -> tuple[np.ndarray, np.ndarray]:
        """Return rank and name of each piece."""
        row = self.shapes.packed[2]
        return self.rows.rank[row], np.array([*self.rows.names, ""], dtype=object)[self.rows.group[row]]


@dataclass(frozen=True)
class Changed:
    """How a hazard layer differs from what it was: was (m,) the number that each piece had, -1 for new ones, ascending; boxes (k, 4) outside of which it says what it said."""

    was: np.ndarray
    boxes: np.ndarray


def changed_ground(before: Zone, now: Zone) -> Changed | None:
    """Return where a hazard layer differs; None where that cannot be told: pieces stand in another order."""
    (old, new), (told, tell) = (_pieces(one.shapes) for one in (before, now)), (before.told(), now.told())
    there, here = places_among(new, old), places_among(old, new)
    same = [_alike(there, tell, told), _alike(here, told, tell)]
    kept = there[same[0]]
    if len(kept) and not (np.diff(kept) > 0).all():  # of two that are alike the first keeps the ground
        return None
    dirty = [_with_neighbours(one.shapes.box, ~stays) for one, stays in zip((now, before), same, strict=True)]
    return Changed(np.where(same[0], there, -1), np.concatenate(dirty))


def _with_neighbours(box: np.ndarray, dirty: np.ndarray) -> np.ndarray:
    """Return the boxes of some pieces and of those that may lie over them."""
    if not dirty.any():
        return np.zeros((0, 4))
    near = shapely.STRtree(shapely.box(*box.T)).query(shapely.box(*box[dirty].T))[1]
    return box[np.unique(near)]


def _alike(place: np.ndarray, own: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    found = place >= 0
    for mine, theirs in zip(own, other, strict=True):
        found[found] = mine[found] == theirs[place[found]]
    return found


def taken_over(kept: Exposure, now: Ranked, was: np.ndarray, fresh: Exposed) -> Exposed:
    """Return what is known of all features. was: (n,) the numbers that features had in what was kept, -1 for those that `fresh` tells of."""
    arrays, facts = kept.arrays, kept.facts
    here = np.flatnonzero(was >= 0)
    number = {name: place for place, name in enumerate(now.names)}
    group = np.array([number.get(name, -1) for name in facts["groups"]], np.int64)
    owner, at = _rows(arrays["owner"], was[here], facts["features"])
    of_group, named = _rows(arrays["group_owner"], was[here], facts["features"])
    sliver, _ = _rows(arrays["sliver"], was[here], facts["features"])
    owner, rank, area = (np.concatenate(both) for both in ((here[owner], fresh.owner), (arrays["rank"][at].astype(np.int64), fresh.rank), (arrays["area"][at], fresh.area)))
    order = np.argsort(owner, kind="stable")
    worst = fresh.worst.copy()
    worst[owner[order][::-1]] = rank[order][::-1]
    grouped = [np.concatenate(both) for both in ((here[of_group], fresh.group_owner), (group[arrays["group"][named]], fresh.group), (arrays["group_rank"][named].astype(np.int64), fresh.group_rank))]
    by_owner = np.lexsort((grouped[1], -grouped[2], grouped[0]))
    return Exposed(owner[order], rank[order], area[order], worst, *(one[by_owner] for one in grouped), np.sort(np.concatenate([here[sliver], fresh.sliver])))


def _rows(owner: np.ndarray, wanted: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return of rows sorted by owner those of some owners: the place of the owner among those wanted, and the place of the row."""
    start = ragged.offsets(np.bincount(owner, minlength=count))
    rows, begin = ragged.taken(start, wanted)
    return ragged.owners(begin), rows


def _pieces(shapes: Shapes) -> pa.Array:
    wkb, begin, _ = shapes.packed
    return of_buffers(pa.large_binary(), begin, wkb)


def _features(shapes: Shapes) -> pa.Array:
    """Return of each feature all its pieces as one run of bytes."""
    wkb, begin, row = shapes.packed
    return of_buffers(pa.large_binary(), begin[np.searchsorted(row, np.arange(shapes.features + 1))], wkb)


def _boxes(shapes: Shapes) -> np.ndarray:
    """Return (n, 4) the bounds of each feature, NaN for one without a shape."""
    row = shapes.packed[2]
    box = np.full((shapes.features, 4), np.nan)
    first = ragged.grouped(row)[:-1]
    box[row[first]] = shapes.bounds(first)
    return box
