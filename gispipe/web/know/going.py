"""Where to go, told once for each place: a site that serves several hazards is one, with its ways and the hazards of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

SAME = 0.001
"""Degrees, about 100 m."""
Shelter = Mapping[str, Any]
"""One entry of a card's `shelters`."""


@dataclass
class Way:
    """One way to a site and the hazards it is for; walked: on foot, else only the straight distance is known."""

    site: Mapping[str, Any]
    walked: bool
    hazards: list[str]

    @property
    def metres(self) -> float:
        return float(self.site["length_m"] if self.walked else self.site["distance_m"])


@dataclass
class Goal:
    """A site with the ways to it; rank: 0 where it is the nearest for one of its hazards."""

    rank: int
    ways: list[Way] = field(default_factory=list)

    def urgency(self, pressing: Sequence[str]) -> tuple[bool, bool, float]:
        """Return what goals are ordered by: the nearest of a hazard first, then those for hazards that threaten here, then by distance."""
        return self.rank > 0, not any(hazard in pressing for way in self.ways for hazard in way.hazards), min(way.metres for way in self.ways)


def goals_of(shelters: Sequence[Shelter], pressing: Sequence[str]) -> list[Goal]:
    """Return the sites of a card, each once; pressing: the hazards that threaten here."""
    goals: dict[tuple[str, int], Goal] = {}
    known: dict[str, list[Goal]] = {}
    ways: dict[tuple[object, ...], Way] = {}
    for one in shelters:
        walked = bool(one["on_foot"])
        for rank, site in enumerate(one["on_foot"] if walked else one["straight"]):
            place = site["layer"], site["row"]
            if place not in goals:
                same = known.setdefault(site["name"], [])
                goals[place] = next((goal for goal in same if _together(goal.ways[0].site, site)), Goal(rank))
                if goals[place].ways == []:
                    same.append(goals[place])
            goal = goals[place]
            goal.rank = min(goal.rank, rank)
            key = id(goal), *_key(site, walked)
            if key not in ways:
                ways[key] = Way(site, walked, [])
                goal.ways.append(ways[key])
            ways[key].hazards.append(one["hazard"])
    return sorted(chain.from_iterable(known.values()), key=lambda goal: goal.urgency(pressing))


def reasons_of(shelters: Sequence[Shelter]) -> list[tuple[str, list[str]]]:
    """Return why there is no site or no way, each reason (its English sentence) once, with the hazards it is true for."""
    found: dict[str, list[str]] = {}
    for one in shelters:
        if one["none"]:
            found.setdefault(one["none"]["en"], []).append(one["hazard"])
    return list(found.items())


def _together(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two sites of one name are one place: a school is a site to flee to and a shelter to stay in."""
    return abs(one["lat"] - other["lat"]) < SAME and abs(one["lon"] - other["lon"]) < SAME


def _key(site: Mapping[str, Any], walked: bool) -> tuple[object, ...]:
    """Return what makes the way to a place the way it is, as far as it is told."""
    inside = tuple(zone["id"] for zone in site["inside"])
    if not walked:
        return inside, site["distance_m"]
    return inside, site["length_m"], site["danger_m"], site["safe"], site["why"]["en"] if site["why"] else ""
