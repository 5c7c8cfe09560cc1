"""The shapes of a layer, cut small, at full precision."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from gispipe import ragged
from gispipe.arrays import open_arrays, save_arrays
from gispipe.geometry import usable


def save_shapes(path: Path, geometry: np.ndarray, once: bool = True) -> int:
    """Write the shapes of a layer, (n,) in the city's plane system; return how many had to be mended for the answers.

    once: ground that parts of one shape have in common is kept once, so that its area is right; hazard zones are set
    apart later and do without.
    """
    from gispipe.joins.zones import cut

    geometry, joined = _once(geometry) if once else (geometry, 0)
    pieces, row, mended = cut(geometry)
    mended += joined
    box = shapely.bounds(pieces) if len(pieces) else np.zeros((0, 4))
    wkb, begin = packed(pieces)
    save_arrays(path, {"row": row.astype(np.int32), "box": box, "begin": begin, "wkb": wkb}, {"features": len(geometry)})
    return mended


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
