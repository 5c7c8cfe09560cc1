"""What is at a place: every layer of an audience, at full precision, from the store and never from tiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gispipe.build.features import popup_columns, read_values
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, transform_points
from gispipe.errors import NotFound
from gispipe.geometry import present, usable
from gispipe.model import Audience, Layer
from gispipe.store import Store
from gispipe.style_classes import class_of
from gispipe.words import Words

REACH = {"polygon": 0.0, "line": 10.0, "point": 30.0}
"""Metres within which a feature counts as being at the place."""

OUTSIDE, NO_DATA = Words("outside the zones", "区域外"), Words("no data", "データなし")
NO_RECORD = Words("no record", "記録なし")
CAUTION = Words("Damage can happen outside the zones too.", "区域外でも災害が起こることがあります。")


@dataclass(frozen=True)
class AtPlace:
    """One layer's features at the place: values by label, class and distance in metres, nearest first."""

    layer: Layer
    features: tuple[dict[str, object], ...]
    stored: bool

    def answer(self) -> Words | None:
        """Return the word for nothing on a hazard layer: the layer's own, outside its zones, no record, or no data at all."""
        if self.features or self.layer.hazard is None:
            return None
        if not self.stored:
            return NO_DATA
        if self.layer.nothing:
            return Words(self.layer.nothing, self.layer.nothing)
        return NO_RECORD if self.layer.hazard == "flood_history" else OUTSIDE

    def as_json(self) -> dict[str, object]:
        answer = self.answer()
        return {"id": self.layer.id, "title": self.layer.title, "hazard": self.layer.hazard, "updated": self.layer.updated,
                "features": list(self.features), "answer": answer.both() if answer else None}


def parse_place(text: str) -> tuple[float, float] | None:
    """Return (lat, lon) for `lat,lon` in degrees (full-width digits and commas too), None for anything else."""
    import unicodedata

    parts = unicodedata.normalize("NFKC", text).replace("、", ",").split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return None
    return (lat, lon) if np.isfinite([lat, lon]).all() else None


def look_up(catalogue: Catalogue, audience: Audience, lat: float, lon: float) -> list[AtPlace]:
    """Return what every vector layer has at a place; hazards come first.

    lat, lon: degrees, JGD2011 (= WGS 84 here). Raises NotFound for a place outside the city.
    """
    west, south, east, north = catalogue.city.bounds
    if not (west <= lon <= east and south <= lat <= north):
        swapped = west <= lat <= east and south <= lon <= north
        hint = Words("the order is lat,lon: swap the two numbers", "順序は「緯度,経度」です。2つの数を入れ替えてください") if swapped else None
        raise NotFound(f"{lat:g},{lon:g}", Words(f"outside {catalogue.city.name}", f"{catalogue.city.name}の範囲外です"), hint)
    x, y = transform_points(np.array([lon]), np.array([lat]), LONLAT, catalogue.city.crs)
    store = Store(catalogue.output, audience)
    entries = store.manifest()
    if not entries:
        raise NotFound(f"{audience} store", Words("there are no data yet", "データがまだありません"), Words("run 'gispipe run' first", "先に「gispipe run」を実行してください"))
    layers = [layer for layer in catalogue.layers_for(audience) if layer.kind == "vector"]
    found = [_at(catalogue, store, layer, audience, shapely.Point(x[0], y[0]), layer.id in entries) for layer in layers]
    wanted = [one for one in found if one.features or one.layer.hazard]
    return sorted(wanted, key=lambda one: (one.layer.hazard is None, not one.features, one.layer.id))


def _at(catalogue: Catalogue, store: Store, layer: Layer, audience: Audience, place: shapely.Point, stored: bool) -> AtPlace:
    if not stored:
        return AtPlace(layer, (), False)
    table = store.read(layer.id)
    if table.geometry is None:
        return AtPlace(layer, (), True)
    rows, distance = _near(table.geometry, place, REACH[layer.geometry or "point"])
    return AtPlace(layer, _features(catalogue, layer, audience, table.frame.iloc[rows], distance), True)


def _near(geometry: np.ndarray, place: shapely.Point, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows within `reach` metres of a place and their distances, nearest first.

    Only the parts of a shape that are near are mended where they must be: mending a whole flood area takes seconds.
    """
    parts, owner = shapely.get_parts(np.where(present(geometry), geometry, None), return_index=True)
    boxes = shapely.bounds(parts)
    near = (boxes[:, 0] <= place.x + reach) & (boxes[:, 2] >= place.x - reach) & (boxes[:, 1] <= place.y + reach) & (boxes[:, 3] >= place.y - reach)
    shapes, _ = usable(parts[near])
    away = pd.Series(shapely.distance(shapes, place)).groupby(owner[near]).min()
    away = away[away <= reach].sort_values(kind="stable")
    return away.index.to_numpy(int), away.to_numpy()


def _features(catalogue: Catalogue, layer: Layer, audience: Audience, frame: pd.DataFrame, distance: np.ndarray) -> tuple[dict[str, object], ...]:
    columns = layer.all_columns()
    names = [name for name in popup_columns(layer, audience) if name in frame.columns]
    values = {name: read_values(frame, layer, name) for name in names}
    style = catalogue.styles.get(layer.style or "")
    by = read_values(frame, layer, style.by, raw=True) if style and style.by and style.by in frame.columns else None
    made = []
    for k in range(len(frame)):
        one = class_of(by[k], style) if by is not None and style is not None else None
        made.append({"values": {name: values[name][k] for name in names}, "labels": {name: columns[name].label or name for name in names},
                     "class": one.label if one else None, "distance_m": round(float(distance[k]), 1)})
    return tuple(made)
