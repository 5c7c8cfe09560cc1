"""What is counted: parcels, buildings, addresses, facilities, sites and shelters, each with its size and the areas it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from gispipe.geometry import anchor_of_usable, present, usable
from gispipe.model import Layer
from gispipe.statistics.areas import Areas

ROLES = ("parcel", "building", "address", "facility", "site", "shelter")
HUNDREDTHS = 100
"""Areas are whole hundredths of a square metre, feature by feature, so that sums are exact."""


@dataclass(frozen=True)
class Subject:
    """One layer to count.

    size: (n,) hundredths of m²; floors: (n,) storeys, 0 where unknown, None where the audience has no such column;
    place: (n,) row of each feature in every areas; anchors: gives a tree of the (n,) anchor points.
    """

    layer: Layer
    size: np.ndarray
    floors: np.ndarray | None
    anchors: Callable[[], shapely.STRtree]
    place: dict[str, np.ndarray]

    @cached_property
    def points(self) -> shapely.STRtree:
        """Return the tree of the anchor points, which few ask for."""
        return self.anchors()

    @property
    def role(self) -> str:
        assert self.layer.card is not None
        return self.layer.card.role


def subject_of(layer: Layer, frame: pd.DataFrame, geometry: np.ndarray | None, areas: Sequence[Areas]) -> Subject:
    """Return a layer ready to be counted."""
    whole, _ = usable(np.full(len(frame), None, object) if geometry is None else geometry)
    points = _tree(whole)
    size = np.rint(np.nan_to_num(shapely.area(whole)) * HUNDREDTHS).astype(np.int64)
    return Subject(layer, size, _floors(layer, frame), lambda: points, {one.id: one.place(points) for one in areas})


def save_subject(path: Path, subject: Subject) -> None:
    """Write what `load_subject` reads."""
    floors = {} if subject.floors is None else {"floors": subject.floors}
    with path.open("wb") as out:
        np.savez(out, size=subject.size, **floors, **{f"place.{name}": place for name, place in subject.place.items()})


def load_subject(path: Path, layer: Layer, shapes: Callable[[], np.ndarray]) -> Subject:
    """Return a subject as it was saved; its shapes are asked for only when somebody asks for the points."""
    with np.load(path, allow_pickle=False) as held:
        place = {name.partition(".")[2]: held[name] for name in held.files if name.startswith("place.")}
        return Subject(layer, held["size"], held["floors"] if "floors" in held.files else None, lambda: _tree(usable(shapes())[0]), place)


def _tree(whole: np.ndarray) -> shapely.STRtree:
    anchors = anchor_of_usable(whole)
    return shapely.STRtree(np.where(present(anchors), anchors, None))


def _floors(layer: Layer, frame: pd.DataFrame) -> np.ndarray | None:
    column = layer.card.floors if layer.card else None
    if column is None or column not in frame.columns:
        return None
    given = pd.to_numeric(frame[column], errors="coerce").to_numpy(float, na_value=np.nan)
    return np.where(np.isfinite(given) & (given >= 1), np.floor(np.nan_to_num(given)), 0).astype(np.int64)
