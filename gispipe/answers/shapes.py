"""The shapes of a layer, cut small, at full precision."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from gispipe import ragged
from gispipe.arrays import open_arrays, save_arrays
from gispipe.arrow import of_flat, places_among
from gispipe.geometry import usable


def save_shapes(path: Path, geometry: np.ndarray, once: bool = True, before: Path | None = None) -> int:
    """Write the shapes of a layer, (n,) in the city's plane system; return how many had to be mended for the answers.

    once: ground that parts of one shape have in common is kept once, so that its area is right; hazard zones are set
    apart later and do without. They are giants: each is named by what it was cut from, and one that was in the file
    `before` too is taken from there.
    """
    if not once:
        return _save_giants(path, geometry, _Giants.kept(before) if before is not None else _Giants.none())
    geometry, joined = _once(geometry)
    cut = _Cut.of(geometry)
    cut.save(path, len(geometry))
    return int(cut.mended.sum()) + joined


@dataclass(frozen=True)
class _Cut:
    """Shapes cut small: row (m,) of each piece, ascending, its box (m, 4), WKB one after the other, where each begins (m + 1,); mended: (n,) rows that had to be."""

    row: np.ndarray
    box: np.ndarray
    wkb: np.ndarray
    begin: np.ndarray
    mended: np.ndarray

    @classmethod
    def of(cls, geometry: np.ndarray) -> _Cut:
        from gispipe.joins.zones import cut

        pieces, row, mended = cut(geometry)
        box = shapely.bounds(pieces) if len(pieces) else np.zeros((0, 4))
        return cls(row.astype(np.int32), box, *packed(pieces), np.isin(np.arange(len(geometry)), mended))

    def save(self, path: Path, features: int, **more: np.ndarray) -> None:
        save_arrays(path, {"row": self.row, "box": self.box, "begin": self.begin, "wkb": self.wkb, **more}, {"features": features})


@dataclass(frozen=True)
class _Giants:
    """Hazard zones cut at another time: arrays of their file, and a digest (n,) of what each was cut from."""

    source: pa.FixedSizeBinaryArray
    arrays: Mapping[str, np.ndarray]

    @classmethod
    def none(cls) -> _Giants:
        return cls(of_flat(b"", _DIGEST), {})

    @classmethod
    def kept(cls, path: Path) -> _Giants:
        """Return those of a file; none where it is not whole."""
        try:
            arrays, _ = open_arrays(path)
            return cls(of_flat(arrays["source"].reshape(-1), _DIGEST), arrays)
        except (OSError, ValueError, KeyError):
            return cls.none()

    def taken(self, of: np.ndarray, rows: np.ndarray, features: int) -> _Cut:
        """Return the pieces of some zones (by number, `of`) as those of rows now."""
        begin = np.searchsorted(self.arrays["row"], np.arange(len(self.source) + 1))
        pieces, start = ragged.taken(begin, of)
        wkb, at = ragged.copied(self.arrays["wkb"], self.arrays["begin"].astype(np.int64), pieces)
        mended = np.zeros(features, dtype=bool)
        mended[rows] = self.arrays["mended"][of].astype(bool)
        return _Cut(np.repeat(rows, np.diff(start)).astype(np.int32), self.arrays["box"][pieces], wkb, at, mended)


_DIGEST = 16


def _save_giants(path: Path, geometry: np.ndarray, before: _Giants) -> int:
    text = [b"" if one is None else one for one in shapely.to_wkb(geometry)]
    source = np.frombuffer(b"".join(hashlib.blake2b(one, digest_size=_DIGEST).digest() for one in text), np.uint8)
    at = places_among(of_flat(source, _DIGEST), before.source)
    stays, fresh = np.flatnonzero(at >= 0), np.flatnonzero(at < 0)
    whole = cut = _Cut.of(np.where(at < 0, geometry, None) if len(stays) else geometry)
    if len(stays):
        whole = _beside(before.taken(at[stays], stays, len(geometry)), cut) if len(fresh) else before.taken(at[stays], stays, len(geometry))
    whole.save(path, len(geometry), source=source.reshape(-1, _DIGEST), mended=whole.mended.astype(np.uint8))
    return int(whole.mended.sum())


def _beside(one: _Cut, other: _Cut) -> _Cut:
    """Return the pieces of both, row by row; no row has pieces of both."""
    row = np.concatenate([one.row, other.row])
    order = np.argsort(row, kind="stable")
    start = np.concatenate([one.begin[:-1], other.begin + one.begin[-1]])
    wkb, begin = ragged.copied(np.concatenate([one.wkb, other.wkb]), start, order)
    return _Cut(row[order], np.concatenate([one.box, other.box])[order], wkb, begin, one.mended | other.mended)


def packed(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return shapes (n,) as WKB, one after the other (uint8), and where each begins (n + 1,)."""
    text = shapely.to_wkb(shapes)
    return np.frombuffer(b"".join(text), dtype=np.uint8), ragged.offsets(np.array([len(one) for one in text], dtype=np.int64))


def unpacked(wkb: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """Return what `packed` was given."""
    text = wkb.tobytes()
    return opened(text[a:b] for a, b in pairwise(begin.tolist()))


def opened(texts: Iterable[bytes]) -> np.ndarray:
    """Return the shapes of some WKB."""
    return shapely.from_wkb(np.array([*texts, None], dtype=object)[:-1])  # type: ignore[no-any-return]


def _once(geometry: np.ndarray) -> tuple[np.ndarray, int]:
    """Return shapes whose parts do not lie over each other, and how many did."""
    several = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOLYGON)
    if not len(several):
        return geometry, 0
    whole, broken = usable(geometry[several])
    copy = geometry.copy()
    copy[several] = whole
    return copy, int(broken.sum())


class Shapes:
    """The shapes of one layer, opened; nothing is read before it is needed."""

    def __init__(self, path: Path) -> None:
        arrays, facts = open_arrays(path)
        self.features: int = facts["features"]
        self.box: np.ndarray = arrays["box"]
        """(m, 4) west, south, east, north of each piece."""
        self._arrays = arrays
        self._row, self._begin, self._wkb = (memoryview(arrays[name]) for name in ("row", "begin", "wkb"))  # plain numbers: for a few pieces quicker than arrays

    def row(self, piece: int) -> int:
        """Return the feature a piece belongs to."""
        return self._row[piece]

    def text(self, piece: int) -> bytes:
        """Return a piece as WKB."""
        return bytes(self._wkb[self._begin[piece]:self._begin[piece + 1]])

    @property
    def packed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All pieces as WKB, one after the other (uint8), where each begins (m + 1,), and the row of each, ascending."""
        return self._arrays["wkb"], self._arrays["begin"], self._arrays["row"].astype(np.int64)

    @property
    def areal(self) -> np.ndarray:
        """(m,) which pieces are areas, as their WKB says."""
        kind = self._arrays["wkb"][self._arrays["begin"][:-1].astype(np.int64) + 1]  # the lowest byte of the kind: pieces are single, and written so
        return (kind == shapely.GeometryType.POLYGON) if len(kind) else np.zeros(0, dtype=bool)

    def all(self) -> tuple[np.ndarray, np.ndarray]:
        """Return all pieces and the row of each, ascending."""
        return unpacked(self._arrays["wkb"], self._arrays["begin"]), self._arrays["row"].astype(np.int64)

    def pieces(self, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return some pieces by number and the row of each."""
        return opened(map(self.text, which.tolist())), self._arrays["row"][which].astype(np.int64)

    def some(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the pieces of some features, a mask (n,), and the row of each, ascending."""
        return self.pieces(np.flatnonzero(features[self._arrays["row"]]))

    def bounds(self, first: np.ndarray) -> np.ndarray:
        """Return the boxes (k, 4) of features by the number of the first piece of each; every feature that has pieces is among them."""
        if not len(first):
            return np.zeros((0, 4))
        return np.hstack([np.minimum.reduceat(self.box[:, :2], first), np.maximum.reduceat(self.box[:, 2:], first)])

    def first(self, rows: np.ndarray) -> np.ndarray:
        """Return the first piece of each of some features."""
        return np.searchsorted(np.asarray(self._row), rows)

    def of(self, row: int) -> np.ndarray:
        """Return the pieces of one feature."""
        first = bisect_left(self._row, row)
        return shapely.from_wkb([self.text(piece) for piece in range(first, bisect_right(self._row, row, first))])
