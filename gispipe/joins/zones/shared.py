"""The exact area two polygons share, for hundreds of thousands of pairs at once.

The ground of a polygon is the sum, with signs, of the ground below each of its edges down to one base line. What two
polygons share is therefore the sum over pairs of edges of the ground that lies below both, and that is the integral of
the lower of two straight lines: no outline is ever cut, no corner computed, so there is nothing to go wrong where
borders coincide, and numpy does all pairs in one go. It is about ten times faster than cutting outlines.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from gispipe import ragged
from gispipe.joins.zones.edges import Edges

CHUNK = 60_000
"""Edge pairs in one go: the arrays of a chunk stay in the processor's cache."""


def shared_area(small: Edges, large: Edges, one: np.ndarray, other: np.ndarray, workers: int | None = None) -> np.ndarray:
    """Return the area in m² that polygon one[k] of `small` shares with polygon other[k] of `large`, (k,).

    Both sides hold valid polygons. It is quickest when the polygons of `small` are the smaller ones.
    """
    if not len(one):
        return np.zeros(0)
    ends = np.cumsum(large.start[other + 1] - large.start[other])
    cuts = np.unique(np.append(np.searchsorted(ends, np.arange(CHUNK, int(ends[-1]), CHUNK)), [0, len(one)]))
    pieces = [slice(a, b) for a, b in zip(cuts[:-1], cuts[1:], strict=True)]
    if len(pieces) == 1:
        return _areas(small, large, one, other)
    with ThreadPoolExecutor(workers or min(4, os.cpu_count() or 1)) as pool:
        return np.concatenate(list(pool.map(lambda part: _areas(small, large, one[part], other[part]), pieces)))


def _areas(small: Edges, large: Edges, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Do a run of pairs; coordinates count from the lower left corner of the small polygon, which keeps all digits."""
    pair, x0, x1, y0, y1, side = _upper(small, large, one, other)
    slope = (y1 - y0) / (x1 - x0)
    own = one[pair]
    count = small.start[own + 1] - small.start[own]
    high = np.repeat(np.arange(len(pair)), count)
    edge = ragged.spans(small.start[own], count)
    corner = small.box[one]
    of = pair[high]
    left, right = small.ends[edge, 0] - corner[of, 0], small.ends[edge, 2] - corner[of, 0]
    a, b = np.maximum(left, x0[high]), np.minimum(right, x1[high])
    meet = np.flatnonzero(b > a)
    high, edge, of, a, b, left, right = (v[meet] for v in (high, edge, of, a, b, left, right))
    foot = small.ends[edge, 1] - corner[of, 1]
    rise = (small.ends[edge, 3] - corner[of, 1] - foot) / (right - left)
    fa, fb = y0[high] + slope[high] * (a - x0[high]), y0[high] + slope[high] * (b - x0[high])
    ea, eb = foot + rise * (a - left), foot + rise * (b - left)
    return np.bincount(of, _below_both(ea, eb, fa, fb, b - a) * small.side[edge] * side[high], minlength=len(one))


def _below_both(ea: np.ndarray, eb: np.ndarray, fa: np.ndarray, fb: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Return the area below the lower of two lines, each given by its heights at both ends: half of (sum - difference)."""
    da, db = np.abs(ea - fa), np.abs(eb - fb)
    apart = da + db
    crossing = (ea - fa) * (eb - fb) < 0
    difference = np.where(crossing, (da * da + db * db) / np.where(crossing, apart, 1.0), apart)
    return width * (ea + eb + fa + fb - difference) * 0.25


def _upper(small: Edges, large: Edges, one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the edges of the large polygons over the box of the small one of their pair, cut to the part above its foot.

    Arrays of one length: pair, left and right x, left and right y (from the corner of the small one's box), side.
    """
    count = large.start[other + 1] - large.start[other]
    pair = np.repeat(np.arange(len(one)), count)
    edge = ragged.spans(large.start[other], count)
    box = small.box[one]
    xl, xr = large.ends[edge, 0] - box[pair, 0], large.ends[edge, 2] - box[pair, 0]
    yl, yr = large.ends[edge, 1] - box[pair, 1], large.ends[edge, 3] - box[pair, 1]
    wide = (box[:, 2] - box[:, 0])[pair]
    over = np.flatnonzero((xr > 0) & (xl < wide) & ((yl > 0) | (yr > 0)))
    pair, edge, xl, xr, yl, yr, wide = (v[over] for v in (pair, edge, xl, xr, yl, yr, wide))
    slope = (yr - yl) / (xr - xl)
    x0, x1 = np.maximum(xl, 0.0), np.minimum(xr, wide)
    y0, y1 = yl + slope * (x0 - xl), yr + slope * (x1 - xr)
    with np.errstate(divide="ignore", invalid="ignore"):
        foot = np.clip(xl - yl / slope, x0, x1)  # where the edge passes the base line
    x0, x1 = np.where(y0 < 0, foot, x0), np.where(y1 < 0, foot, x1)
    y0, y1 = np.maximum(y0, 0.0), np.maximum(y1, 0.0)
    kept = np.flatnonzero(x1 > x0)
    return pair[kept], x0[kept], x1[kept], y0[kept], y1[kept], large.side[edge[kept]]
