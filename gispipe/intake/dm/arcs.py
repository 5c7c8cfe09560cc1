"""Circles and arcs by three points, as chains of straight steps."""

from __future__ import annotations

import numpy as np

SAGITTA = 0.01
"""Metres: the largest distance between a curve and its chain."""
_MOST = 3600
_LARGEST = 100_000.0


def circles(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return middles (n, 2) and radii (n,) of circles through (n, 3, 2) points; NaN where the points lie in a row.

    Reckoned in whole millimetres from the first point, so that points in a row are known exactly; a circle larger than
    a prefecture is a row too.
    """
    a, b = np.rint((points[:, 1] - points[:, 0]) * 1000), np.rint((points[:, 2] - points[:, 0]) * 1000)
    cross = 2 * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    aa, bb = (a**2).sum(axis=1), (b**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.column_stack([b[:, 1] * aa - a[:, 1] * bb, a[:, 0] * bb - b[:, 0] * aa]) / cross[:, None] / 1000
        radius = np.hypot(shift[:, 0], shift[:, 1])
        row = (cross == 0) | ~(radius < _LARGEST)
    shift[row], radius[row] = np.nan, np.nan
    return points[:, 0] + shift, radius


def arc(points: np.ndarray, middle: np.ndarray, radius: float, whole: bool) -> np.ndarray | None:
    """Return (n, 2) points from the first of `points` over the second to the third, or all the way round.

    Three points in a row stay as they are; no circle goes through them (None).
    """
    if not np.isfinite(radius):
        return None if whole else points
    first, over, last = np.arctan2(*(points - middle).T[::-1])
    there, end = (over - first) % (2 * np.pi), (last - first) % (2 * np.pi)
    turn = 2 * np.pi if whole else end if there <= end else end - 2 * np.pi
    step = 2 * np.arccos(max(1 - SAGITTA / radius, -1.0)) if radius > SAGITTA else np.pi / 4
    angle = first + np.linspace(0, turn, int(np.clip(np.ceil(abs(turn) / step), 8, _MOST)) + 1)
    chain = middle + radius * np.column_stack([np.cos(angle), np.sin(angle)])
    chain[0], chain[-1] = points[0], points[0] if whole else points[2]
    return chain
