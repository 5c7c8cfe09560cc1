"""The shapes of a table as they are drawn, named and found; what the build before knew of the very same bytes is not worked out again.

Whether a shape is valid, where it lies in the web's coordinates, where its name stands: all this depends on its own bytes and on the programs,
never on other rows. So a table of which few shapes changed is made ready for little more than reading it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from gispipe import ragged
from gispipe.arrow import buffers, flat, of_buffers, of_flat, places_among
from gispipe.crs import WEB, transform, transform_points
from gispipe.finished import finished
from gispipe.geometry import anchor_of_usable, of_kind, of_wkb, present, usable
from gispipe.model import Layer
from gispipe.shelf import key_of
from gispipe.store import DIGEST, shape_digests
from gispipe.tiles.labels import label_points
from gispipe.tiles.memory import DAMAGED
from gispipe.tiles.outlines import Outlines, Wkb

_FEW = 1 << 16
"""Bytes of shapes without names that are sooner worked out again than read."""
_STALE = 0.9
"""Share of known shapes that must still be there: with fewer, those that went are forgotten."""
_RARE = 0.03
"""Share of new shapes up to which what is known is not written anew: they are sooner worked out once more by the next build."""


@dataclass(frozen=True)
class _Known:
    """What is known of n shapes, all valid as stored and drawn: a digest of their WKB as stored (``own``), WKB in EPSG:3857 (``web``); ``label`` (n, 3): x, y and
    room, not finite where nobody asked; ``place``: as of `places_of`, empty where nobody asked."""

    own: pa.FixedSizeBinaryArray
    web: pa.LargeBinaryArray
    label: np.ndarray
    place: pa.LargeStringArray

    @classmethod
    def nothing(cls) -> _Known:
        return cls(pa.array([], pa.binary(DIGEST)), pa.array([], pa.large_binary()), np.zeros((0, 3)), pa.array([], pa.large_string()))

    @classmethod
    def load(cls, path: Path, key: str) -> _Known:
        """Return what was saved with the same key; nothing when there is none or it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as held:
                if str(held["key"]) != key:
                    return cls.nothing()
                own = of_flat(held["own"], DIGEST)
                web, place = (of_buffers(kind, held[f"{name}.at"], held[name]) for name, kind in (("web", pa.large_binary()), ("place", pa.large_string())))
                label = held["label"]
        except DAMAGED:
            return cls.nothing()
        return cls(own, web, label, place) if len({len(own), len(web), len(label), len(place)}) == 1 else cls.nothing()

    def save(self, path: Path, key: str) -> None:
        """Write what is known, complete or not at all."""
        columns = {f"{name}{part}": values for name, column in (("web", self.web), ("place", self.place)) for part, values in zip((".at", ""), buffers(column), strict=True)}
        with finished(path, durable=False) as draft, draft.open("wb") as out:
            np.savez(out, key=np.array(key), own=flat(self.own), label=self.label, **columns)


class Drawn:
    """The shapes of a layer's table, from their WKB (n rows, null without one).

    ``rows``: numbers of those that are drawn, ascending; ``web``: these as valid shapes in EPSG:3857, WKB of shape (rows,). Another kind than the
    layer's, accepted under GP16, is stored and not drawn. ``own``: digests of all shapes as stored (`shape_digests`). ``places``: what `places_of` says of all rows; None for a layer that is not searched apart from the register.
    Raises CrsError as `transform` does.
    """

    def __init__(self, layer: Layer, wkb: pa.Array, crs: str, memory: Path | None = None) -> None:
        assert layer.geometry is not None
        self._layer, self._crs, self._memory = layer, crs, memory
        wkb, self._size = wkb.cast(pa.large_binary()), wkb.nbytes
        self.own = shape_digests(wkb)
        self._key = key_of([layer.id, layer.geometry, crs, bool(layer.label), layer.searched_apart(), shapely.geos_version_string], "build/drawn.py", "arrow.py", "geometry.py", "crs.py",
                           "tiles/labels.py", libraries=("shapely", "pyproj", "numpy", "pyarrow"))
        self._before = _Known.load(memory, self._key) if memory else _Known.nothing()
        at = places_among(self.own, self._before.own)
        self._held, self._fresh = np.flatnonzero(at >= 0), np.flatnonzero(at < 0)
        shapes, broken = usable(_shapes(wkb, self._fresh))
        there = present(shapes) & of_kind(shapes, layer.geometry)
        self._new = self._fresh[there]  # rows made ready now
        self._made = usable(transform(shapes[there], crs, WEB, layer.id)[0])[0] if there.any() else np.zeros(0, object)
        self._plain = ~broken[there] & present(self._made)
        self._every = pa.concat_arrays([self._before.web, pa.array(shapely.to_wkb(self._made), pa.large_binary())])
        self._at = at.copy()
        """Of every row the number of its shape in ``_every``, -1 of one that is not drawn."""
        self._at[self._new] = len(self._before.web) + np.arange(len(self._new))
        self.rows = np.flatnonzero(self._at >= 0)
        self.web = _taken(self._every, self._at[self.rows])
        self._label = np.full((len(self.own), 3), np.nan)
        self._label[self._held] = self._before.label[at[self._held]]
        self._asked = 0
        self.places = self._places(shapes) if layer.searched_apart() else None

    def outlines(self) -> Outlines:
        """Return the drawn shapes as tiles take them."""
        at, data = buffers(self.web)
        return Outlines.of(Wkb(data, at))

    def labels(self, named: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return of the drawn shapes that are ``named`` (mask of shape (rows,)) what `label_points` says: x and y, shape (n, 2), and the room there."""
        assert self._layer.geometry is not None
        rows = self.rows[named]
        new = rows[np.isnan(self._label[rows]).any(axis=1)]
        if len(new):
            points, room = label_points(self._objects(new), self._layer.geometry)
            self._label[new] = np.column_stack([shapely.get_x(points), shapely.get_y(points), room])
            self._asked += len(new)
        return self._label[rows, :2], self._label[rows, 2]

    def _objects(self, rows: np.ndarray) -> np.ndarray:
        """Return drawn shapes as objects: as they were made ready just now, else from their WKB."""
        at = self._at[rows] - len(self._before.web)
        found, known = np.empty(len(rows), object), np.flatnonzero(at < 0)
        found[at >= 0] = self._made[at[at >= 0]]
        found[known] = _shapes(self._every, self._at[rows[known]])
        return found

    def _places(self, fresh: np.ndarray) -> pa.LargeStringArray:
        """Return what `places_of` says of all shapes of the table, ``fresh`` ones among them."""
        every = pa.concat_arrays([self._before.place, places_of(fresh, self._crs, self._layer.id)])
        at = self._at.copy()
        at[self._fresh] = len(self._before.place) + np.arange(len(self._fresh))
        return _taken(every, at)

    def keep(self) -> None:
        """Leave what is known now to the next build; once all was asked."""
        new = self._new[self._plain]
        whole = len(self._held) == 0 or len(ragged.distinct(self._at[self._held])) >= _STALE * len(self._before.own)
        small = self._size < _FEW and not self._layer.label
        if self._memory is None or small or (whole and max(len(new), self._asked) <= _RARE * len(self._held)):
            return
        rows = np.concatenate([self._held, new])
        place = pa.array([""] * len(rows), pa.large_string()) if self.places is None else _taken(self.places, rows).fill_null("")
        _Known(_taken(self.own, rows), _taken(self._every, self._at[rows]), self._label[rows], place).save(self._memory, self._key)


def places_of(shapes: np.ndarray, crs: str, where: str) -> pa.LargeStringArray:
    """Return where usable shapes are found, "longitude,latitude" as JSON writes them, one point of each; null of those that have none."""
    out = np.full(len(shapes), None, object)
    there = present(shapes)
    if there.any():
        points = anchor_of_usable(shapes[there])
        lon, lat = transform_points(shapely.get_x(points), shapely.get_y(points), crs, "EPSG:4326", where)
        out[there] = [f"{round(x, 6)!r},{round(y, 6)!r}" for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    return pa.array(out, pa.large_string())


def _shapes(wkb: pa.Array, rows: np.ndarray) -> np.ndarray:
    return of_wkb(_taken(wkb, rows))


def _taken(column: pa.Array, rows: np.ndarray) -> pa.Array:
    """Return some rows of a column; those that follow each other, as all of a table that has not changed, are not copied."""
    if len(rows) and rows[0] >= 0 and (np.diff(rows) == 1).all():
        return column.slice(int(rows[0]), len(rows))
    return column.take(pa.array(rows))
