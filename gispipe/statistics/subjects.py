"""What is counted: parcels, buildings, addresses, facilities, sites and shelters, each with its size and the areas it is in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from gispipe.arrow import as_numbers, flat, of_flat, places_among
from gispipe.geometry import anchor_of_usable, of_wkb, usable
from gispipe.model import Layer
from gispipe.statistics.areas import Areas
from gispipe.store import DIGEST
from gispipe.tiles.memory import DAMAGED

ROLES = ("parcel", "building", "address", "facility", "site", "shelter")
HUNDREDTHS = 100
"""Areas are whole hundredths of a square metre, feature by feature, so that sums are exact."""


@dataclass(frozen=True)
class Subject:
    """One layer to count.

    size: (n,) hundredths of m²; floors: (n,) storeys, 0 where unknown, None where the audience has no such column;
    place: (n,) row of each feature in every areas; anchor: (n, 2) x and y of the anchor points, not numbers where there is none.
    """

    layer: Layer
    size: np.ndarray
    floors: np.ndarray | None
    place: dict[str, np.ndarray]
    anchor: np.ndarray
    _totals: dict[tuple[str, str | None], np.ndarray] = field(default_factory=dict)

    @cached_property
    def points(self) -> shapely.STRtree:
        """Return the tree of the anchor points, which few ask for."""
        return _tree(self.anchor)

    def weight(self, name: str) -> np.ndarray:
        """Return (n,) what a feature counts for: its size, size by floors, or whether its floors are unknown."""
        if name == "size":
            return self.size
        assert self.floors is not None
        return self.size * self.floors if name == "floor" else (self.floors == 0).astype(np.int64)

    def total(self, areas: str, weight: str | None, rows: int) -> np.ndarray:
        """Return (rows,) the sum of a weight, the number of features without one, by row of some areas; counted once. Whole numbers below 2**53 are exact."""
        if (areas, weight) not in self._totals:
            self._totals[areas, weight] = np.bincount(self.place[areas], None if weight is None else self.weight(weight), minlength=rows).astype(np.int64)
        return self._totals[areas, weight]

    @property
    def role(self) -> str:
        assert self.layer.card is not None
        return self.layer.card.role


@dataclass(frozen=True)
class Measured:
    """What shapes alone say, by ``own`` digest (as of `store.shape_digests`): the ``columns`` size, anchor and place of `Subject`, for areas of one key."""

    own: pa.FixedSizeBinaryArray
    columns: dict[str, np.ndarray]

    @classmethod
    def nothing(cls) -> Measured:
        return cls(pa.array([], pa.binary(DIGEST)), {})

    @classmethod
    def of_bytes(cls, content: bytes | None, key: str) -> Measured:
        """Return what `save_subject` wrote for the same areas by the same programs; nothing when there is none or it cannot be read."""
        try:
            with np.load(io.BytesIO(content or b""), allow_pickle=False) as held:
                if str(held["key"]) != key:
                    return cls.nothing()
                return cls(of_flat(held["own"], DIGEST), {name: held[name] for name in held.files if name.partition(".")[0] in _MEASURED})
        except DAMAGED:
            return cls.nothing()


_MEASURED = ("size", "anchor", "place")


def subject_of(layer: Layer, table: pa.Table, wkb: pa.Array, own: pa.FixedSizeBinaryArray, areas: Sequence[Areas], before: Measured) -> Subject:
    """Return a layer ready to be counted, from its shapes (WKB, null without one) and their digests (``own``); what is known of the same shapes is taken from ``before``."""
    at = places_among(own, before.own)
    fresh = np.flatnonzero(at < 0)
    columns = _measured(of_wkb(wkb.take(pa.array(fresh))), areas)
    if before.columns:
        columns = {name: _put(new, fresh, before.columns[name], at) for name, new in columns.items()}
    return _subject(layer, _floors(layer, table), columns)


def _measured(shapes: np.ndarray, areas: Sequence[Areas]) -> dict[str, np.ndarray]:
    whole, _ = usable(shapes)
    anchors = anchor_of_usable(whole)
    anchor = np.stack([shapely.get_x(anchors), shapely.get_y(anchors)], 1)
    points = _tree(anchor)
    size = np.rint(np.nan_to_num(shapely.area(whole)) * HUNDREDTHS).astype(np.int64)
    return {"size": size, "anchor": anchor, **{f"place.{one.id}": one.place(points) for one in areas}}


def _put(new: np.ndarray, fresh: np.ndarray, known: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return what is known where it is, else what is new."""
    out = np.empty((len(at), *new.shape[1:]), new.dtype)
    out[at >= 0], out[fresh] = known[at[at >= 0]], new
    return out


def _subject(layer: Layer, floors: np.ndarray | None, columns: Mapping[str, np.ndarray]) -> Subject:
    return Subject(layer, columns["size"], floors, {name.partition(".")[2]: columns[name] for name in columns if name.startswith("place.")}, columns["anchor"])


def save_subject(path: Path, subject: Subject, own: pa.FixedSizeBinaryArray, key: str) -> None:
    """Write what `load_subject` and `Measured.of_bytes` read."""
    floors = {} if subject.floors is None else {"floors": subject.floors}
    with path.open("wb") as out:
        np.savez(out, key=np.array(key), own=flat(own), size=subject.size, anchor=subject.anchor, **floors, **{f"place.{name}": place for name, place in subject.place.items()})


def load_subject(path: Path, layer: Layer) -> Subject:
    """Return a subject as it was saved."""
    with np.load(path, allow_pickle=False) as held:
        return _subject(layer, held["floors"] if "floors" in held.files else None, {name: held[name] for name in held.files if name.partition(".")[0] in _MEASURED})


def _tree(anchor: np.ndarray) -> shapely.STRtree:
    points = np.full(len(anchor), None, object)
    there = np.isfinite(anchor).all(axis=1)
    points[there] = shapely.points(anchor[there])
    return shapely.STRtree(points)


def _floors(layer: Layer, table: pa.Table) -> np.ndarray | None:
    column = layer.card.floors if layer.card else None
    if column is None or column not in table.column_names:
        return None
    given = as_numbers(table[column])
    return np.where(np.isfinite(given) & (given >= 1), np.floor(np.nan_to_num(given)), 0).astype(np.int64)
