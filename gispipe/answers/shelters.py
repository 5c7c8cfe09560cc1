"""Where to go: for every hazard the nearest designated sites, straight and on foot, and which of them stand in its zones."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import shapely

from gispipe.answers.arrays import open_arrays
from gispipe.answers.exposure import Exposure
from gispipe.answers.files import AnswerFiles
from gispipe.answers.site_layers import DESIGNATED_AS, STAY, site_layers
from gispipe.answers.tables import Rows
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.crs import LONLAT, Projector, projector
from gispipe.model import Layer
from gispipe.roads import WHY, Reach, Spot, drawn, load, straight, walks, why_none
from gispipe.words import Words

PACE = 60.0
"""Metres a minute on foot in an evacuation, as guides for evacuation plans reckon."""
STANDS_IN = ("depth", "collapse", "zone")
"""What a zone must say for a site to stand in danger: shaking is everywhere, and how long water stays follows from its depth."""
TITLES = {
    "flood": Words("flood", "洪水"), "inland": Words("inland flooding", "内水氾濫"), "storm_surge": Words("storm surge", "高潮"), "tsunami": Words("tsunami", "津波"),
    "landslide": Words("landslide", "崖崩れ・土石流・地滑り"), "earthquake": Words("earthquake", "地震"), "fire": Words("large fire", "大規模な火事"),
    "volcano": Words("volcano", "火山現象"), "pond": Words("reservoir failure", "ため池の決壊"), STAY: Words("to stay afterwards", "避難生活（指定避難所）"),
}
NO_ROADS = Words("there is no road layer to walk on", "道路のレイヤーがないため、徒歩の経路は分かりません")
NO_SITE = Words("no site is designated for it", "この災害に指定された避難場所がありません")


class Shelters:
    """The sites of one audience and the ways to them."""

    def __init__(self, files: AnswerFiles, rows: Rows, zones: dict[str, list[tuple[ZoneLayer, dict[str, Exposure]]]]) -> None:
        self._files, self._rows, self._zones = files, rows, zones

    def open(self) -> Shelters:
        """Open what is needed, so that a missing or damaged file is known at once."""
        _ = self._xy, self._reach
        return self

    @cached_property
    def _reach(self) -> Reach | None:
        return load(self._files.walking()) if self._files.walkable() else None

    @cached_property
    def _xy(self) -> np.ndarray:
        return self._arrays["xy"]

    @cached_property
    def _points(self) -> np.ndarray:
        return shapely.points(self._xy)

    @cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        return open_arrays(self._files.sites())[0]

    def _designated(self, hazard: str) -> np.ndarray:
        """Return which sites are designated for a hazard, (n,); none for one that no layer of sites has a column for."""
        return self._arrays[hazard].view(bool) if hazard in self._arrays else np.zeros(len(self._xy), bool)

    @cached_property
    def _sites(self) -> list[tuple[Layer, int]]:
        return [(layer, row) for layer in site_layers(self._files) for row in range(self._rows.count(layer))]

    @cached_property
    def _lonlat(self) -> np.ndarray:
        xy = self._xy
        return np.column_stack(self._to_lonlat(xy[:, 0], xy[:, 1]))

    @cached_property
    def _to_lonlat(self) -> Projector:
        return projector(self._files.catalogue.city.crs, LONLAT)

    @cached_property
    def hazards(self) -> list[str]:
        """Return the hazards that have an answer, in the order of TITLES."""
        return [name for name in TITLES if name in self._zones or (name not in DESIGNATED_AS and self._designated(name).any())]

    def of(self, x: float, y: float) -> list[dict[str, Any]]:
        """Return for every hazard the nearest designated sites from a point of the plane."""
        if not self._sites:
            return []
        place = shapely.Point(x, y)
        spot = self._reach.network.nearest(place) if self._reach else None
        found = [self._one(name, place, spot) for name in self.hazards]
        self._in_degrees([way for one in found for way in one["on_foot"]])
        return found

    def _in_degrees(self, ways: list[dict[str, Any]]) -> None:
        """Draw all ways and write them in longitude and latitude, in one go."""
        walks = [way["line"] for way in ways]
        distinct = {walk.route: walk for walk in walks}  # hazards that avoid nothing on the way share it
        xy, begin = drawn(list(distinct.values()))
        lon, lat = self._to_lonlat(xy[:, 0], xy[:, 1])
        pairs, ends = np.round(np.column_stack([lon, lat]), 6).tolist(), begin.tolist()
        lines = {route: pairs[ends[k]:ends[k + 1]] for k, route in enumerate(distinct)}
        for way, walk in zip(ways, walks, strict=True):
            way["line"] = lines[walk.route]

    def _one(self, hazard: str, place: shapely.Point, spot: Spot | None) -> dict[str, Any]:
        near = straight(place, self._points, self._designated(hazard))
        ways = walks(self._reach, place, hazard, spot) if near and self._reach else ()
        why = NO_SITE if not near else NO_ROADS if self._reach is None else None if ways else WHY[why_none(self._reach, place, hazard) or "no_way"]
        return {"hazard": hazard, "title": TITLES[hazard].both(), "straight": [self._site(k, hazard) | {"distance_m": round(metres, 1)} for k, metres in near],
                "on_foot": [self._site(way.site, hazard) | self._way(way) for way in ways], "none": why.both() if why else None}

    def _way(self, way: Any) -> dict[str, Any]:
        return {"length_m": round(way.length_m, 1), "access_m": round(way.access_m, 1), "danger_m": round(way.danger_m, 1), "minutes": round(way.length_m / PACE, 1),
                "safe": way.safe, "why": WHY[way.why].both() if way.why else None, "line": way}

    def _site(self, number: int, hazard: str) -> dict[str, Any]:
        kept = self._known.get((number, hazard))
        if kept is None:
            kept = self._known[number, hazard] = self._read_site(number, hazard)
        return dict(kept)

    @cached_property
    def _known(self) -> dict[tuple[int, str], dict[str, Any]]:
        return {}

    def _read_site(self, number: int, hazard: str) -> dict[str, Any]:
        layer, row = self._sites[number]
        assert layer.card is not None
        values = self._rows.raw(layer, row)
        inside = []
        for zone, exposures in self._zones.get(hazard, ()):
            if zone.layer.zone.says not in STANDS_IN:
                continue
            reached = exposures[layer.id].of(row) if layer.id in exposures else None
            if reached is not None and reached.ranks:
                inside.append({"id": zone.layer.id, "title": zone.layer.title, "class": zone.class_of(reached.ranks[0][0])})
        lon, lat = self._lonlat[number].tolist()
        return {"name": layer.card.named(values), "layer": layer.id, "row": row,
                "lat": round(lat, 7), "lon": round(lon, 7), "inside": inside}
