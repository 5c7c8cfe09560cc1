"""Random places to ask at: half anywhere in the city, half where engines err — near the borders of zones and exactly on their corners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

NEAR_M = 1.0
ON_CORNER = 0.1
"""Share of all points that are corners of zones themselves."""


def random_points(count: int, layers: Sequence[np.ndarray], seed: int) -> np.ndarray:
    """Return (count,) points: 50 % over the city's extent, 40 % within 1 m of a border, 10 % on corners; the same for the same seed."""
    rng = np.random.default_rng(seed)
    corner = [shapely.get_coordinates(zones) for zones in layers]
    corner = [xy[np.isfinite(xy).all(axis=1)] for xy in corner if len(xy)]
    box = np.concatenate(corner)
    on = round(count * ON_CORNER)
    near = count // 2 - on
    anywhere = rng.uniform(box.min(axis=0), box.max(axis=0), (count - near - on, 2))
    return shapely.points(np.concatenate([anywhere, _near(near, corner, rng), _corners(on, corner, rng)]))


def _share(count: int, layers: list[np.ndarray], k: int) -> int:
    """Give every layer the same number of points, whatever its number of corners."""
    return count // len(layers) + (k < count % len(layers))


def _corners(count: int, layers: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([xy[rng.integers(0, len(xy), _share(count, layers, k))] for k, xy in enumerate(layers)])


def _near(count: int, layers: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Walk from a corner towards the next one and step aside by up to 1 m, most often by far less."""
    made = []
    for k, xy in enumerate(layers):
        one = rng.integers(0, len(xy) - 1, _share(count, layers, k))
        step = xy[one + 1] - xy[one]
        length = np.hypot(*step.T)
        along = np.where((length < 500)[:, None], xy[one] + step * rng.random(len(one))[:, None], xy[one])
        angle, away = rng.uniform(0, 2 * np.pi, len(one)), NEAR_M * rng.random(len(one)) ** 3
        made.append(along + np.stack([np.cos(angle), np.sin(angle)], -1) * away[:, None])
    return np.concatenate(made)
