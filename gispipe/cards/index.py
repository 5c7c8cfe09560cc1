"""The index of the cards: everything that is the same for every place, told once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gispipe.answers.advice import PAST, rules, said
from gispipe.answers.areas import AREAS
from gispipe.answers.card import HOLDERS, SCHEMA, SWAPPED, Answers, not_ours, outside
from gispipe.answers.files import SUBJECTS, TOUCH
from gispipe.answers.shelters import NO_ROADS, NO_SITE, PACE, TITLES
from gispipe.answers.zone_answers import CAUTION, NO_DATA, NOT_SURVEYED, ZoneLayer, told_names
from gispipe.arrays import open_arrays
from gispipe.cards.outlines import STEPS
from gispipe.cards.plane import plane_of
from gispipe.cards.reached import Zones
from gispipe.cards.walks import plans
from gispipe.model import Layer
from gispipe.roads import WHY
from gispipe.roads.network import AT, REACH, TICK
from gispipe.roads.tables import TENFOLD

FORMAT = 1


@dataclass(frozen=True)
class Known:
    """The layers that have a part in the cards, each kind numbered in this order.

    zones: all hazard layers, also those without data; stored: those with data; surveys: areas that were surveyed; holders: parcels and buildings that a
    place may be in; subjects: what the register asks for by row; areas: towns, districts, neighbourhoods; limits: the city's own ground.
    """

    answers: Answers

    @cached_property
    def zones(self) -> list[ZoneLayer]:
        return self.answers.zone_layers

    @cached_property
    def stored(self) -> list[Layer]:
        return self.answers.files.zones()

    @cached_property
    def surveys(self) -> list[Layer]:
        files = self.answers.files
        return [files.catalogue.layers[name] for name in sorted({zone.layer.zone.surveyed for zone in self.zones if zone.layer.zone.surveyed in files.entries} - {None})]  # type: ignore[type-var]

    @cached_property
    def holders(self) -> list[Layer]:
        return [layer for layer in self.answers.files.role(*HOLDERS) if layer.geometry == "polygon"]

    @cached_property
    def subjects(self) -> list[Layer]:
        return [layer for layer in self.answers.files.role(*SUBJECTS) if layer.card is not None and layer.card.role not in ("building", "district") and layer not in self.towns]

    @cached_property
    def towns(self) -> list[Layer]:
        return [layer for layer in self.answers.files.role("town") if layer.geometry == "polygon"]

    @cached_property
    def areas(self) -> list[Layer]:
        return [layer for layer in self.answers.files.role(*AREAS) if layer.geometry == "polygon"]

    @cached_property
    def limits(self) -> list[Layer]:
        return [layer for layer in self.answers.files.role("city") if layer.geometry == "polygon"]

    @cached_property
    def numbers(self) -> Zones:
        """Numbers and names of the hazard layers."""
        return Zones({zone.layer.id: number for number, zone in enumerate(self.zones)}, {layer.id: self.rows_of(layer)[2] for layer in self.stored})

    def rows_of(self, zone: Layer) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Return of a hazard layer rank (m,) and name (m,) of each row, and the names."""
        arrays, facts = open_arrays(self.answers.files.zone(zone))
        return arrays["rank"].astype(np.int64), arrays["group"].astype(np.int64), facts["names"]

    def distinct(self, zone: Layer) -> tuple[list[list[int]], np.ndarray]:
        """Return the different pairs of rank and name of a hazard layer, and (m,) which of them each row has."""
        rank, name, _ = self.rows_of(zone)
        if not len(rank):
            return [], rank
        pairs, which = np.unique(np.stack([rank, name], axis=1), axis=0, return_inverse=True)
        return pairs.tolist(), which.reshape(-1)

    @cached_property
    def first(self) -> dict[str, int]:
        """The number of the first pair of each hazard layer, counted through all of them."""
        counts = [len(self.distinct(layer)[0]) for layer in self.stored]
        return dict(zip((layer.id for layer in self.stored), np.cumsum([0, *counts]).tolist(), strict=False))


def index_document(known: Known, origin: tuple[float, float]) -> dict[str, Any]:
    """Return the part of the index that does not tell of files.

    What counts as on a border is a step wider there than here: rounding may never leave out a zone that a place is on.
    """
    answers = known.answers
    city = answers.catalogue.city
    return {
        "format": FORMAT, "schema": SCHEMA, "audience": answers.audience, "city": {"name": city.name, "names": city.names, "fictitious": city.fictitious},
        "plane": plane_of(city.crs), "bounds": list(city.bounds), "origin": list(origin), "steps": STEPS, "touch": TOUCH + 1 / STEPS, "limited": bool(known.limits),
        "zones": [_zone(known, zone) for zone in known.zones], "holders": [_named(layer) for layer in known.holders],
        "subjects": [{"layer": layer.id, "geometry": layer.geometry} for layer in known.subjects], "areas": [_area(layer) for layer in known.areas],
        "shelters": _shelters(known), "pace": PACE, "tick": TICK, "reach": REACH, "at": AT, "tenfold": TENFOLD,
        "words": {"outside": outside(city).both(), "not_ours": not_ours(city).both(), "swapped": SWAPPED.both(), "no_site": NO_SITE.both(), "no_roads": NO_ROADS.both(), **{name: words.both() for name, words in WHY.items()}},
        "none": {"no_data": NO_DATA.both(), "not_surveyed": NOT_SURVEYED.both()}, "advice": {"rules": rules(), "said": {rule["code"]: said(rule["code"]) for rule in rules()}, "past": PAST},
        "caution": CAUTION.both(), "sources": answers.sources,
    }


def _zone(known: Known, zone: ZoneLayer) -> dict[str, Any]:
    layer = zone.layer
    stored = layer in known.stored
    surveyed = layer.zone.surveyed
    pairs = known.distinct(layer)[0] if stored else []
    ranks = sorted({rank for rank, _ in pairs} | set(zone.by_rank) | {0})
    return {
        "head": zone.head, "note": layer.note, "nothing": zone.nothing().both(), "record": layer.hazard == "flood_history", "data": stored,
        "surveyed": None if surveyed is None else next((number for number, one in enumerate(known.surveys) if one.id == surveyed), -1),
        "classes": [zone.class_of(rank) for rank in ranks], "names": known.rows_of(layer)[2] if stored else [],
        "pairs": pairs, "first": known.first.get(layer.id, 0),
    }


def _named(layer: Layer) -> dict[str, Any]:
    assert layer.card is not None
    return {"layer": layer.id, "role": layer.card.role, "title": layer.title}


def _area(layer: Layer) -> dict[str, Any]:
    assert layer.card is not None
    return {"role": layer.card.role, "id": layer.id, "title": layer.title, "titles": told_names(layer.names)}


def _shelters(known: Known) -> dict[str, Any] | None:
    """Return sites and hazards, None where there are no sites."""
    shelters = known.answers.shelters
    if not shelters.sites:
        return None
    ways = plans(shelters.reach) if shelters.reach else {}
    sites: list[list[Any]] = [[] for _ in shelters.sites]
    number = known.numbers.number
    for hazard, mask in shelters.designated.items():
        for k in np.flatnonzero(mask).tolist():
            told = shelters.site(k, hazard)
            if not sites[k]:
                sites[k] = [told["name"], told["layer"], told["row"], told["lat"], told["lon"], *shelters.xy[k].tolist(), *shelters.shown_sites[k],
                            int(shelters.reach.site_access[k]) if shelters.reach else 0, {}]
            if told["inside"]:
                sites[k][-1][hazard] = [[number[one["id"]], one["class"]["rank"]] for one in told["inside"]]
    return {
        "sites": sites, "count": shelters.reach.count if shelters.reach else 3, "plans": len(shelters.reach.found) if shelters.reach else 0, "roads": shelters.reach is not None,
        "hazards": [{"hazard": hazard, "title": TITLES[hazard].both(), "sites": np.flatnonzero(mask).tolist(), "plan": ways[hazard][0] if hazard in ways else None,
                     "avoid": ways[hazard][1] if hazard in ways else 0} for hazard, mask in shelters.designated.items()],
    }
