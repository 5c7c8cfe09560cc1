"""Where to go: for every hazard the nearest designated sites, straight and on foot, and which of them stand in its zones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from gispipe.answers.asked import Asked
from gispipe.answers.degrees import MILLION, in_degrees, in_millionths
from gispipe.answers.exposure import Exposure
from gispipe.answers.files import AnswerFiles
from gispipe.answers.site_layers import DESIGNATED_AS, STAY, site_layers
from gispipe.answers.tables import Rows
from gispipe.answers.zone_answers import ZoneLayer, told_names
from gispipe.arrays import open_arrays
from gispipe.crs import LONLAT, Projector, projector
from gispipe.model import Layer
from gispipe.roads import WHY, Reach, Route, Shown, Spot, Straight, Walk, drawn, load, load_shown, walks_from, why_none
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
        _ = self.xy, self.reach, self.drawing
        return self

    def know(self) -> None:
        """Read what is told of every site, for a process that stays."""
        for hazard, mask in self.designated.items():
            for number in np.flatnonzero(mask).tolist():
                self.site(number, hazard)

    @cached_property
    def reach(self) -> Reach | None:
        """The ways on foot, None without roads."""
        return load(self._files.walking()) if self._files.walkable() else None

    @cached_property
    def drawing(self) -> Shown | None:
        """What ways are drawn with."""
        return load_shown(self._files.walking()) if self._files.walkable() else None

    @cached_property
    def xy(self) -> np.ndarray:
        """(s, 2) plane metres of every site."""
        return self._arrays["xy"]

    @cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        return open_arrays(self._files.sites())[0]

    @cached_property
    def designated(self) -> dict[str, np.ndarray]:
        """Which sites serve for a hazard, (n,), for every hazard that has an answer, in the order of TITLES."""
        masks = {name: self._arrays[name].view(bool) if name in self._arrays else np.zeros(len(self.xy), bool) for name in TITLES}
        return {name: mask for name, mask in masks.items() if name in self._zones or (name not in DESIGNATED_AS and mask.any())}

    @cached_property
    def _straight(self) -> Straight:
        return Straight(self.xy, self.designated)

    @cached_property
    def sites(self) -> list[tuple[Layer, int]]:
        """Layer and row of every site."""
        return [(layer, row) for layer in site_layers(self._files) for row in range(self._rows.count(layer))]

    @cached_property
    def shown_sites(self) -> list[list[float]]:
        """Where every site is drawn: longitude and latitude."""
        return in_degrees(in_millionths(self._to_lonlat, self.xy))

    @cached_property
    def _lonlat(self) -> np.ndarray:
        xy = self.xy
        return np.column_stack(self._to_lonlat(xy[:, 0], xy[:, 1]))

    @cached_property
    def _to_lonlat(self) -> Projector:
        return projector(self._files.catalogue.city.crs, LONLAT)

    def of(self, place: Asked, lines: bool = True) -> list[dict[str, Any]]:
        """Return for every hazard the nearest designated sites from a place; without `lines` the ways are told and not drawn."""
        if not self.sites:
            return []
        near = self._straight.of(place.x, place.y)
        spot = self.reach.network.spot(place.x, place.y) if self.reach else None
        ways = self._on_foot(near, spot, lines)
        drawn_ways = self._lines(chain.from_iterable(ways.values()), place, spot) if lines else {}
        return [self._one(name, sites, ways[name], drawn_ways, spot) for name, sites in near.items()]

    def sign(self, place: Asked) -> str:
        """Return a text that says all that `of` without lines tells of a place: the same text, the same answer, as long as programs and words are the same."""
        if not self.sites:
            return ""
        near = {name: [(number, round(metres, 1)) for number, metres in sites] for name, sites in self._straight.of(place.x, place.y).items()}
        spot = self.reach.network.spot(place.x, place.y) if self.reach else None
        walks = self._on_foot(near, spot, drawn=False)
        told = {(number, name): self._site_sign(number, name) for name, sites in near.items() for number in (*(one for one, _ in sites), *(walk.site for walk in walks[name]))}
        return repr([self.reach is None, why_none(spot), near, {name: [(walk.site, *_told(walk), walk.why) for walk in some] for name, some in walks.items()}, told])

    def _on_foot(self, near: Mapping[str, Sequence[tuple[int, float]]], spot: Spot | None, drawn: bool) -> dict[str, tuple[Walk, ...]]:
        """Return the ways from a spot for every hazard that has sites; drawn: whether they can be drawn too."""
        return {name: walks_from(self.reach, spot, name, drawn) if sites and spot and self.reach else () for name, sites in near.items()}

    def _site_sign(self, number: int, hazard: str) -> str:
        kept = self._signs.get((number, hazard))
        if kept is None:
            kept = self._signs[number, hazard] = repr(self.site(number, hazard))
        return kept

    @cached_property
    def _signs(self) -> dict[tuple[int, str], str]:
        return {}

    def _lines(self, walks: Iterable[Walk], place: Asked, spot: Spot | None) -> dict[Route, Any]:
        """Draw every way once: hazards that avoid nothing on the way share it."""
        if self.reach is None or self.drawing is None or spot is None:
            return {}
        here, road = [round(place.lon, 6), round(place.lat, 6)], [round(one) / MILLION for one in self.drawing.at(spot)]
        distinct = {walk.route: walk for walk in walks}
        lines = drawn(self.reach.network, list(distinct.values()), self.drawing, here, road, self.shown_sites, MILLION)
        return dict(zip(distinct, lines, strict=True))

    def _one(self, hazard: str, near: Iterable[tuple[int, float]], ways: Sequence[Walk], lines: Mapping[Route, Any], spot: Spot | None) -> dict[str, Any]:
        why = NO_SITE if not near else NO_ROADS if self.reach is None else None if ways else WHY[why_none(spot)]
        return {"hazard": hazard, "title": TITLES[hazard].both(), "straight": [{**self.site(k, hazard), "distance_m": round(metres, 1)} for k, metres in near],
                "on_foot": [{**self.site(walk.site, hazard), **_way(walk), "line": lines.get(walk.route, []) if walk.course else []} for walk in ways], "none": why.both() if why else None}

    def site(self, number: int, hazard: str) -> dict[str, Any]:
        """Return what is told of a site where it serves for a hazard."""
        kept = self._known.get((number, hazard))
        if kept is None:
            kept = self._known[number, hazard] = self._read_site(number, hazard)
        return kept

    @cached_property
    def _known(self) -> dict[tuple[int, str], dict[str, Any]]:
        return {}

    def _read_site(self, number: int, hazard: str) -> dict[str, Any]:
        layer, row = self.sites[number]
        assert layer.card is not None
        values = self._rows.raw(layer, row)
        inside = []
        for zone, exposures in self._zones.get(hazard, ()):
            if zone.layer.zone.says not in STANDS_IN:
                continue
            reached = exposures[layer.id].of(row) if layer.id in exposures else None
            if reached is not None and reached.ranks:
                inside.append({"id": zone.layer.id, "title": zone.layer.title, "titles": told_names(zone.layer.names), "class": zone.class_of(reached.ranks[0][0])})
        lon, lat = self._lonlat[number].tolist()
        return {"name": layer.card.named(values), "layer": layer.id, "row": row,
                "lat": round(lat, 7), "lon": round(lon, 7), "inside": inside}


def _way(walk: Walk) -> dict[str, Any]:
    length, access, danger, minutes, safe = _told(walk)
    return {"length_m": length, "access_m": access, "danger_m": danger, "minutes": minutes, "safe": safe, "why": WHY[walk.why].both() if walk.why else None}


def _told(walk: Walk) -> tuple[float, float, float, float, bool]:
    """Return what is told of a way: metres of it, from the place to the road and inside zones, minutes, and whether it is safe."""
    return round(walk.length_m, 1), round(walk.access_m, 1), round(walk.danger_m, 1), round(walk.length_m / PACE, 1), walk.safe
