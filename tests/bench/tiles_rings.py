"""Ids and polygons of a parsed tile layer in bulk, written apart from gispipe's own decoder so that they can judge it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

MOVE, LINE = 1, 2
"""Commands that are followed by points; MVT 2.1 §4.3.1."""


def numbers(layer: Any) -> list[int]:
    """Return the ids of a layer's features; where an engine writes none, their attribute fid."""
    if not layer.features or layer.features[0].HasField("id"):
        return [feature.id for feature in layer.features]
    key = list(layer.keys).index("fid")
    pairs = ((feature.tags[k], feature.tags[k + 1]) for feature in layer.features for k in range(0, len(feature.tags), 2))
    return [layer.values[value].ListFields()[0][1] for tag, value in pairs if tag == key]


def polygons(layer: Any) -> np.ndarray:
    """Return the polygons of a layer in units of the tile, y down; rings that hold no ground are left out."""
    steps: list[int] = []
    corners: list[int] = []
    first: list[bool] = []
    for feature in layer.features:
        _read(list(feature.geometry), steps, corners, first)
    return _assembled(np.array(steps, np.int64), np.array(corners, np.int64), np.array(first, bool))


def _read(words: list[int], steps: list[int], corners: list[int], first: list[bool]) -> None:
    """Append the steps of a geometry, how many points each ring has, and whether the ring is its geometry's first."""
    at, begun = 0, len(corners)
    while at < len(words):
        command, points = words[at] & 7, words[at] >> 3
        if command not in (MOVE, LINE):
            at += 1
            continue
        if command == MOVE:
            first.append(len(corners) == begun)
            corners.append(0)
        corners[-1] += points
        steps += words[at + 1:at + 1 + 2 * points]
        at += 1 + 2 * points


def _assembled(steps: np.ndarray, corners: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return polygons from zigzag steps (two for a point), points of each ring, and which rings are the first of their geometry."""
    moved = np.cumsum(((steps >> 1) ^ -(steps & 1)).reshape(-1, 2), axis=0)
    begin = np.cumsum(corners) - corners
    before = np.concatenate([np.zeros((1, 2), np.int64), moved])[begin[first]]  # each geometry begins at the tile's corner again
    point = moved - np.repeat(before[np.cumsum(first) - 1], corners, axis=0)
    ring = np.repeat(np.arange(len(corners)), corners)
    step = np.arange(len(ring)) + 1
    following = point[np.where(step == (begin + corners)[ring], begin[ring], step)]
    twice = np.bincount(ring, point[:, 0] * following[:, 1] - following[:, 0] * point[:, 1], len(corners))
    holds = (corners >= 3) & (twice != 0)
    lines = shapely.linearrings(point[holds[ring]].astype(float), indices=(np.cumsum(holds) - 1)[ring[holds[ring]]])
    outer = np.cumsum(twice[holds] > 0)  # holes follow their ring
    return shapely.polygons(lines[outer > 0], indices=outer[outer > 0] - 1) if len(lines) else lines
