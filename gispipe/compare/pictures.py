"""A picture that was renewed: where it lies, how fine it is, and how much of it is blank, against the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.catalogue import Catalogue
from gispipe.compare.limits import Doubt, limits_of
from gispipe.model import Layer
from gispipe.store import Store
from gispipe.words import Words

SAMPLE = 512
"""Pixels of the longer side of what is looked at."""
HEIGHT = 3.0
"""Metres by which heights may differ in the middle: a survey is renewed, not its unit or its datum."""


@dataclass(frozen=True)
class Seen:
    """What is known of a picture: west, south, east, north in metres; metres of a pixel; share that has something; the middle height of a picture of heights."""

    bounds: tuple[float, float, float, float]
    pixel: float
    filled: float
    height: float | None


@dataclass(frozen=True)
class PictureChange:
    """A picture before and now, and what about it needs a person."""

    layer: Layer
    old: Seen
    new: Seen
    doubts: tuple[Doubt, ...]


def picture_change(catalogue: Catalogue, layer: Layer, old: Mapping[str, Any], new: Mapping[str, Any]) -> PictureChange:
    """Compare two versions of a picture."""
    store = Store(catalogue.output, "internal")
    before, after = (seen(store.path(layer.id, entry["version"], entry["suffix"])) for entry in (old, new))
    return PictureChange(layer, before, after, tuple(_doubts(layer, before, after)))


def seen(path: Path) -> Seen:
    """Return what is known of a stored picture, from a small sample of it."""
    import rasterio

    with rasterio.open(path) as picture:
        shrink = max(1.0, max(picture.width, picture.height) / SAMPLE)
        shape = max(1, round(picture.height / shrink)), max(1, round(picture.width / shrink))
        there = picture.dataset_mask(out_shape=shape) > 0
        heights = picture.read(1, out_shape=shape)[there] if picture.count == 1 and np.dtype(picture.dtypes[0]).kind == "f" else None
        return Seen(tuple(picture.bounds), float(abs(picture.transform.a)), float(there.mean()), float(np.median(heights)) if heights is not None and heights.size else None)


def _doubts(layer: Layer, old: Seen, new: Seen) -> list[Doubt]:
    found = []
    share = _covered(old, new)
    if share < 1 - limits_of(layer).removed:
        found.append(Doubt(layer.id, "removed", Words(f"covers {100 * share:.1f} % of the ground it covered", f"これまでの範囲の {100 * share:.1f}% しか覆っていません")))
    if not 0.5 <= new.pixel / old.pixel <= 2:
        found.append(Doubt(layer.id, "changed", Words(f"a pixel is {new.pixel:g} m and was {old.pixel:g} m", f"1 画素が {old.pixel:g} m から {new.pixel:g} m になりました")))
    if old.height is not None and new.height is not None and abs(new.height - old.height) > HEIGHT:
        found.append(Doubt(layer.id, "changed", Words(f"the middle height is {new.height:.1f} m and was {old.height:.1f} m", f"標高の中央値が {old.height:.1f} m から {new.height:.1f} m になりました")))
    return found


def _covered(old: Seen, new: Seen) -> float:
    """Return the share of the old picture's filled ground that the new one can fill."""
    west, south, east, north = (max(old.bounds[0], new.bounds[0]), max(old.bounds[1], new.bounds[1]), min(old.bounds[2], new.bounds[2]), min(old.bounds[3], new.bounds[3]))
    area = (old.bounds[2] - old.bounds[0]) * (old.bounds[3] - old.bounds[1])
    common = max(east - west, 0.0) * max(north - south, 0.0) / area if area else 1.0
    return min(common, new.filled * _area(new) / max(old.filled * area, 1e-9)) if old.filled else common


def _area(one: Seen) -> float:
    return (one.bounds[2] - one.bounds[0]) * (one.bounds[3] - one.bounds[1])
