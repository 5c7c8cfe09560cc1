"""The answers of all numbers of a city by town: numbers that are told the same stand together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gispipe.address.columns import NumberColumns
from gispipe.answers.card import Answers
from gispipe.answers.exposure import Reached
from gispipe.answers.many import Judged, Many
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.arrow import alike, of_flat
from gispipe.roads.many import Found, Spots, nearest_segments, nearest_sites, spots_of
from gispipe.roads.network import Network
from gispipe.shelf import Shelf, key_of
from gispipe.web.know.chips import Class, first_alike
from gispipe.web.know.kinds import BAD, SOME, Kind, kinds_of, urgency
from gispipe.web.towns.runs import ADDRESS, LOT

PACE = 60.0
"""Metres a minute, as cards reckon."""
Site = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """The nearest place to go to for some hazards: name, whether the way crosses a zone, whether it stands in one itself; walked: on foot or only in a straight line."""

    name: str
    hazards: tuple[str, ...]
    walked: bool
    crosses: bool
    inside: bool


@dataclass(frozen=True)
class Same:
    """Numbers of a town with the same places to go to: keys by kind, and of each goal the least and the most minutes, or metres where it is not walked."""

    keys: Mapping[int, Sequence[str]]
    goals: Sequence[Goal]
    away: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Group:
    """Numbers of a town of which the hazard layers say the same, worst kind first."""

    kinds: Sequence[Kind]
    same: Sequence[Same]


class Numbers:
    """All numbers of a city with their answers."""

    def __init__(self, answers: Answers, columns: NumberColumns | None = None, shelf: Shelf | None = None) -> None:
        self._answers, self._shelf = answers, shelf or Shelf(None)
        self._many = Many(answers, answers.numbers(columns))
        self.several: dict[int, list[tuple[int, str]]] = {}
        for town, kind, text in self._many.numbers.several:
            self.several.setdefault(town, []).append((kind, text))
        self._kinds, self._said = self._combinations(self._many.judged())
        each = {id(kind): kind for kinds in self._kinds for kind in kinds}  # equal ones are one object: thousands of combinations have some dozens
        signs = {number: hashlib.sha256(repr(_sign(kind)).encode()).digest() for number, kind in each.items()}
        self._signs = np.array([hashlib.sha256(b"".join([signs[id(kind)] for kind in kinds])).digest() for kinds in self._kinds], dtype="V32")
        self._urgency = [_urgent(kinds) for kinds in self._kinds]
        self._hazards, self._goal, self._away = self._nearest()
        kinds, self._goal_kind = _distinct(self._goal)
        self._goals = max(len(kinds), 1)
        town = self._many.numbers.town
        if (np.diff(town) < 0).any():
            raise AssertionError("the numbers of a town do not stand together: its page would tell of others")
        self._bounds = {number: (int(np.searchsorted(town, number)), int(np.searchsorted(town, number, "right"))) for number in np.unique(town).tolist()}

    def count(self, town: int) -> int:
        """Return how many numbers a town has."""
        first, last = self._bounds.get(town, (0, 0))
        return last - first + len(self.several.get(town, ()))

    def sign(self, town: int) -> str:
        """Return a digest of all that is told of a town's numbers."""
        first, last = self._bounds.get(town, (0, 0))
        numbers, goal = self._many.numbers, self._goal[first:last]
        sites = [(name, *self._site(name, code)) for column, name in enumerate(self._hazards) for code in np.unique(goal[:, column]).tolist() if code >= 0]
        told = hashlib.sha256(repr([sites, numbers.key[first:last], self.several.get(town, ())]).encode())
        for array in (self._signs[self._said[first:last]], numbers.kind[first:last], goal, self._away[first:last]):
            told.update(np.ascontiguousarray(array).tobytes())
        return told.hexdigest()

    def _site(self, hazard: str, code: int) -> tuple[str, bool]:
        site = self._answers.shelters.site(code >> 2, hazard)
        return site["name"], bool(site["inside"])

    def of(self, town: int) -> list[Group]:
        """Return the groups of a town, those that more and worse kinds threaten first."""
        first, last = self._bounds.get(town, (0, 0))
        if first == last:
            return []
        _, begin, which = np.unique(self._said[first:last] * self._goals + self._goal_kind[first:last], return_index=True, return_inverse=True)
        order = np.argsort(which, kind="stable")
        ends = np.searchsorted(which[order], np.arange(len(begin) + 1))
        least, most = (extreme.reduceat(self._away[first:last][order], ends[:-1], axis=0).tolist() for extreme in (np.minimum, np.maximum))
        held: dict[int, list[Same]] = {}
        for one in np.argsort(begin).tolist():  # groups in the order of their first numbers
            same = self._same(first + order[ends[one]:ends[one + 1]], least[one], most[one])
            held.setdefault(int(self._said[first + begin[one]]), []).append(same)
        return [Group(self._kinds[said], same) for said, same in sorted(held.items(), key=lambda one: self._urgency[one[0]])]

    def _same(self, members: np.ndarray, least: Sequence[float], most: Sequence[float]) -> Same:
        """Return numbers with the same places to go to; least and most: minutes or metres for each hazard."""
        numbers, places = self._many.numbers, members.tolist()  # those of a kind follow each other
        at = int(numbers.kind[members].searchsorted(LOT))
        keys = {kind: [numbers.key[place] for place in some] for kind, some in ((ADDRESS, places[:at]), (LOT, places[at:])) if some}
        goals: dict[tuple[str, bool, bool, bool], list[int]] = {}
        for column, code in enumerate(self._goal[members[0]].tolist()):
            if code >= 0:
                name, inside = self._site(self._hazards[column], code)
                goals.setdefault((name, code & 3 < 2, code & 3 == 1, inside), []).append(column)
        return Same(keys, [Goal(name, tuple(self._hazards[column] for column in columns), walked, crosses, inside) for (name, walked, crosses, inside), columns in goals.items()],
                    [(min(least[column] for column in columns), max(most[column] for column in columns)) for columns in goals.values()])

    def _combinations(self, judged: Judged) -> tuple[list[tuple[Kind, ...]], np.ndarray]:
        """Return the different answers of the hazard layers in words, and (n,) which of them a number has. Equal kinds are one object."""
        told = np.array([zone.layer.zone.says != "duration" for zone in self._many.zones], dtype=bool)  # how long water stays is on the card of the place
        around = np.maximum.reduce([np.full_like(judged.own, -1), *judged.around.values()])
        first, which = _distinct(np.hstack([judged.own[:, told], around[:, told], judged.surveyed[:, told].astype(np.int16)]))
        told_by = [self._of_hazard(zones, judged, around, first) for zones in self._by_hazard.values()]
        alone, said = _distinct(np.column_stack([np.zeros((len(first), 0), np.int64), *(number for _, number in told_by)]))  # also of a city without hazard layers
        kinds = [tuple(sorted((some[number[row]] for some, number in told_by), key=urgency)) for row in alone.tolist()]
        return kinds, said[which]

    def _of_hazard(self, zones: Sequence[tuple[ZoneLayer, int | None]], judged: Judged, around: np.ndarray, rows: np.ndarray) -> tuple[list[Kind], np.ndarray]:
        """Return the different kinds that zones of one hazard come to for some numbers, and which of them each has."""
        columns = [column for _, column in zones if column is not None]
        first, which = _distinct(np.hstack([judged.own[rows][:, columns], around[rows][:, columns], judged.surveyed[rows][:, columns].astype(np.int16)]))
        known: dict[tuple[object, ...], int] = {}
        kinds: list[Kind] = []
        number = np.empty(len(first), np.int64)
        for place, row in enumerate(rows[first].tolist()):
            answers = [zone.answer(None, None, True, []) if column is None else self._answer(zone, judged, around, row, column) for zone, column in zones]
            kind = self._marked(kinds_of(answers)[0])
            number[place] = known.setdefault(_sign(kind), len(kinds))
            if number[place] == len(kinds):
                kinds.append(kind)
        return kinds, number[which]

    def _marked(self, kind: Kind) -> Kind:
        """Return a kind that names its mark by the first class that is marked so: which of two layers that say the same stands for both must not hang on other numbers."""
        for line in kind.lines[:1]:
            own = line.answer["id"], line.of["rank"]
            layer, rank = self._marks.get(own, own)
            kind.lines[0] = replace(line, answer={**line.answer, "id": layer}, of={**line.of, "rank": rank})
        return kind

    @cached_property
    def _marks(self) -> dict[Class, Class]:
        return first_alike(self._answers.catalogue, self._answers.audience)

    @cached_property
    def _by_hazard(self) -> dict[str, list[tuple[ZoneLayer, int | None]]]:
        """The hazard layers by kind of hazard, each with its column among those that have data."""
        column = {zone.layer.id: place for place, zone in enumerate(self._many.zones)}
        found: dict[str, list[tuple[ZoneLayer, int | None]]] = {}
        for zone in self._answers.zone_layers:
            if zone.layer.zone.says != "duration":
                found.setdefault(str(zone.layer.hazard), []).append((zone, column.get(zone.layer.id)))
        return found

    def _answer(self, zone: ZoneLayer, judged: Judged, around: np.ndarray, row: int, column: int) -> dict[str, Any]:
        rank, worse = int(judged.own[row, column]), int(around[row, column])
        parts = [{"role": "parcel", "title": "", "class": zone.class_of(worse)}] if worse >= 0 else []
        return zone.answer(Reached(((rank, 0.0),), ()) if rank >= 0 else Reached((), ()), None, bool(judged.surveyed[row, column]), parts)

    def _nearest(self) -> tuple[list[str], np.ndarray, np.ndarray]:
        """Return hazards, and (n, hazards) the nearest site of each for the numbers it threatens, -1 for others, four times its number with 0 for a way that keeps
        out of zones, 1 for one that crosses, 2 for a straight line; and minutes on foot or metres straight."""
        shelters = self._answers.shelters
        hazards = [name for name, mask in shelters.designated.items() if mask.any()]
        pressing = np.zeros((len(self._kinds), len(hazards)), dtype=bool)
        for said, kinds in enumerate(self._kinds):
            pressing[said] = [name in _pressing(kinds) for name in hazards]
        asked = pressing[self._said]
        goal, away = np.full(asked.shape, -1, dtype=np.int32), np.zeros(asked.shape)
        if shelters.reach is not None:
            plans = shelters.reach.plan
            at = self._spots(shelters.reach.network)
            for plan in sorted({plans[name] for name in hazards}):
                columns = [column for column, name in enumerate(hazards) if plans[name] == plan]
                mine = np.flatnonzero(asked[:, columns].any(axis=1))
                near = nearest_sites(shelters.reach, at.taken(mine), hazards[columns[0]])
                for column in columns:
                    found = asked[mine, column] & (near.site >= 0)
                    goal[mine[found], column] = near.site[found] * 4 + ~near.safe[found]
                    away[mine[found], column] = np.round(np.round(near.length_m[found] / PACE, 1))
        for column, name in enumerate(hazards):
            sites = np.flatnonzero(shelters.designated[name])
            for one in np.flatnonzero(asked[:, column] & (goal[:, column] < 0)).tolist():
                metres = np.hypot(*(shelters.xy[sites] - self._many.xy[one]).T)
                goal[one, column], away[one, column] = sites[metres.argmin()] * 4 + 2, np.round(metres.min())
        return hazards, goal, away

    def _spots(self, network: Network) -> Spots:
        """Return the nearest points of the roads to the numbers; what was found for them before stays as far as they and the roads are the same."""
        name, programs = "town-spots", bytes.fromhex(key_of([], "roads", "squares.py", "ragged.py", "arrow.py", libraries=("numpy", "shapely", "pyarrow")))
        kept = self._shelf.before(name, "")
        before = Found.of_content(kept[len(programs):]) if kept is not None and kept.startswith(programs) else None
        found = nearest_segments(network, self._many.xy, before)
        self._shelf.content(name, hashlib.sha256(found.xy.tobytes() + found.ends.tobytes() + programs).hexdigest(), lambda: programs + found.content)
        return spots_of(network, found)


def _sign(kind: Kind) -> tuple[object, ...]:
    """Return what of a kind is told of numbers."""
    lines = tuple((_named(line.answer, "title") if line.titled else (), _named(line.of, "label"), line.role) for line in kind.lines)
    marks = tuple((line.answer["id"], line.of["rank"]) for line in kind.lines[:1])
    return kind.hazard, kind.level, marks, lines, tuple(tuple(sorted(one["answer"].items())) for one in kind.nothing)


def _named(one: Mapping[str, Any], what: str) -> tuple[object, ...]:
    """Return a label or title in all languages that have it."""
    return one[what], tuple(sorted(one[f"{what}s"].items()))


def _urgent(kinds: Sequence[Kind]) -> tuple[int, int]:
    return -sum(kind.level == BAD for kind in kinds), -sum(kind.level == SOME for kind in kinds)


def _pressing(kinds: Sequence[Kind]) -> set[str]:
    """Return the hazards of which a number is told where to go: those to be left or walked around, or without such the others that reach it."""
    bad = {kind.hazard for kind in kinds if kind.level == BAD}
    return bad or {kind.hazard for kind in kinds if kind.level == SOME}


def _distinct(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first row of each different one and (n,) which of them every row is, in the order in which they first come."""
    rows = np.ascontiguousarray(table)
    wide = rows.itemsize * rows.shape[1]
    if not rows.size:
        return np.zeros(min(len(rows), 1), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    return alike(of_flat(rows.view(np.uint8).reshape(-1), wide))
