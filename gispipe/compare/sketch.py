"""Where something differs, as a small map (SVG) for the report: the outlines of the towns and a mark for every change, or for every cell of many."""

from __future__ import annotations

import numpy as np
import shapely
from markupsafe import escape

from gispipe.compare.layers import Changes

WIDTH, HEIGHT = 880, 560
MARGIN = 12
CELL = 9
"""Pixels of a square in which changes of one kind share a mark."""
PLAIN = 0.8
"""Pixels by which the outlines of towns may be simplified."""


def sketch(changes: Changes, towns: np.ndarray) -> str:
    """Return the map of a layer's changes; empty where nothing that differs has a place. towns: areas in the city's CRS."""
    found, (old, new) = changes.difference, changes.anchors
    anchors = {"removed": old[found.removed], "added": new[found.added], "changed": new[found.changed[:, 1]]}
    points = {kind: shapely.get_coordinates(some) for kind, some in anchors.items()}
    every = [one for one in points.values() if len(one)]
    if not every:
        return ""
    ground = shapely.total_bounds(towns) if len(towns) else np.array([np.nan] * 4)
    west, south, east, north = _frame(np.concatenate(every), ground)
    scale = min((WIDTH - 2 * MARGIN) / (east - west), (HEIGHT - 2 * MARGIN) / (north - south))
    height = round((north - south) * scale) + 2 * MARGIN

    def place(xy: np.ndarray) -> np.ndarray:
        return np.stack([MARGIN + (xy[:, 0] - west) * scale, height - MARGIN - (xy[:, 1] - south) * scale], axis=1)

    marks = "".join(_marks(kind, place(xy)) for kind, xy in points.items())
    return f'<svg viewBox="0 0 {round((east - west) * scale) + 2 * MARGIN} {height}" role="img" aria-label="{escape(changes.layer.title)}の変更箇所"><path class="town" d="{_outlines(towns, scale, place)}"/>{marks}</svg>'


def _frame(xy: np.ndarray, ground: np.ndarray) -> tuple[float, float, float, float]:
    """Return the towns' ground, wider where changes lie outside of it; at least 100 m across."""
    low, high = np.fmin(xy.min(axis=0), ground[:2]), np.fmax(xy.max(axis=0), ground[2:])
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 50.0)
    return (*(middle - half).tolist(), *(middle + half).tolist())


def _outlines(towns: np.ndarray, scale: float, place) -> str:  # type: ignore[no-untyped-def]
    rings = shapely.get_parts(shapely.boundary(shapely.simplify(towns, PLAIN / scale))) if len(towns) else ()
    return "".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in place(shapely.get_coordinates(ring)).tolist()) for ring in rings)


def _marks(kind: str, xy: np.ndarray) -> str:
    """Return the marks of one kind: larger where a cell holds more."""
    if not len(xy):
        return ""
    cells, which, count = np.unique(np.floor(xy / CELL), axis=0, return_inverse=True, return_counts=True)
    middle = np.stack([np.bincount(which.reshape(-1), xy[:, axis], len(cells)) for axis in (0, 1)], axis=1) / count[:, None]
    return f'<g class="{kind}">' + "".join(_mark(kind, x, y, 2.2 + min(3.2, 0.9 * np.log2(n))) for (x, y), n in zip(middle.tolist(), count.tolist(), strict=True)) + "</g>"


def _mark(kind: str, x: float, y: float, r: float) -> str:
    """Return a cross for what went, a plus for what came, a ring for what changed: told apart without colours."""
    if kind == "changed":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'
    if kind == "added":
        return f'<path d="M{x - r:.1f},{y:.1f}h{2 * r:.1f}M{x:.1f},{y - r:.1f}v{2 * r:.1f}"/>'
    return f'<path d="M{x - r:.1f},{y - r:.1f}l{2 * r:.1f},{2 * r:.1f}M{x - r:.1f},{y + r:.1f}l{2 * r:.1f},{-2 * r:.1f}"/>'
