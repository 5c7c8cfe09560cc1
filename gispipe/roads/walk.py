"""The walk from a place to the shelters, read from the tables without a new search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from gispipe.roads.network import TICK, Network, Spot
from gispipe.roads.reach import Reach
from gispipe.roads.shapes import SAME
from gispipe.roads.tables import TENFOLD, Table
from gispipe.words import Words

WHY = {
    "start_inside": Words("the walk starts inside the zone", "出発地点が危険な区域の中にあります"),
    "no_way_around": Words("there is no way on foot around the zone", "危険な区域を避けて歩ける経路がありません"),
    "no_road": Words("no road within 500 m", "500 m 以内に道路がありません"),
    "no_way": Words("no designated shelter can be reached on foot", "徒歩で行ける指定避難先がありません"),
}


@dataclass(frozen=True)
class Walk:
    """One way on foot: the site's number, metres of the whole way, of the straight ways to and from the road, and inside zones.

    why: None for a safe walk, else the reason it crosses, a key of WHY; course: what `drawn` needs to draw it.
    """

    site: int
    length_m: float
    access_m: float
    danger_m: float
    safe: bool
    why: str | None
    course: Course = field(repr=False, compare=False)

    @cached_property
    def route(self) -> tuple[object, ...]:
        """What makes the way the way it is: site, start, and the edges passed; walks with the same are drawn the same."""
        choice = self.course.choice
        begin, edges = _way(choice.table, choice.index)
        return self.site, choice.start.node, choice.start.ticks, begin.tobytes(), edges.tobytes()

    @property
    def line(self) -> shapely.LineString:
        """From the place to the site, in plane metres."""
        return shapely.LineString(drawn([self])[0])


@dataclass(frozen=True)
class _Start:
    """Where a walk may begin: a node, the ticks from the place's spot to it, and how many of them are inside zones."""

    node: int
    ticks: int
    danger: int


@dataclass(frozen=True)
class _Choice:
    cost: int
    site: int
    start: _Start
    index: int
    table: Table


def walks(reach: Reach, place: shapely.Point, hazard: str, spot: Spot | None = None) -> tuple[Walk, ...]:
    """Return the nearest designated sites on foot, safe ones first by length, then crossing ones by cost; ties by site.

    The walk begins at the nearest point of the nearest road; none within 500 m: empty, and `why_none` says so.
    `spot`: that nearest point, for who asks for several hazards. Raises NotFound for a hazard that was not asked for.
    """
    ways, spot = reach.ways(hazard), spot or reach.network.nearest(place)
    if spot is None:
        return ()
    inside = reach.network.inside_any_at(reach.hazards[hazard].avoid, spot.edge)
    safe = _choices(ways.safe, _starts(reach.network, spot, inside, True), reach.count)
    known = {choice.site for choice in safe}
    crossing = [c for c in _choices(ways.cross, _starts(reach.network, spot, inside, False), reach.count + len(safe)) if c.site not in known]
    why = "start_inside" if _shut_in(reach, spot, hazard, inside) else "no_way_around"
    return (*(_walk(reach, place, spot, choice, None) for choice in safe),
            *(_walk(reach, place, spot, choice, why) for choice in crossing[:reach.count - len(safe)]))


def why_none(reach: Reach, place: shapely.Point, hazard: str) -> str | None:
    """Say why there is no walk at all, as a key of WHY: `no_road` near the place, or `no_way` to a designated site."""
    if reach.network.nearest(place) is None:
        return "no_road"
    return None if walks(reach, place, hazard) else "no_way"


def _starts(network: Network, spot: Spot, inside: bool, safe: bool) -> list[_Start]:
    """Return the ends of the spot's edge; at an end only that one, and safely none when the edge is inside."""
    first, last = network.edge[spot.edge].tolist()
    rest = int(network.ticks[spot.edge]) - spot.ticks
    if not spot.ticks or not rest:
        return [_Start(first if not spot.ticks else last, 0, 0)]
    return [] if safe and inside else [_Start(first, spot.ticks, spot.ticks * inside), _Start(last, rest, rest * inside)]


def _shut_in(reach: Reach, spot: Spot, hazard: str, inside: bool) -> bool:
    """Say whether every road at the spot is inside."""
    starts = _starts(reach.network, spot, inside, False)
    if len(starts) == 2 or not inside:
        return inside
    edges = np.flatnonzero((reach.network.edge == starts[0].node).any(axis=1))
    return bool(reach.network.inside_any(reach.hazards[hazard].avoid)[edges].all())


def _choices(table: Table, starts: list[_Start], count: int) -> list[_Choice]:
    """Return the best way to each site known at the starts, nearest first."""
    best: dict[int, _Choice] = {}
    for choice in _offered(table, starts):
        if choice.site not in best or choice.cost < best[choice.site].cost:
            best[choice.site] = choice
    return sorted(best.values(), key=lambda choice: (choice.cost, choice.site))[:count]


def _offered(table: Table, starts: list[_Start]) -> Iterator[_Choice]:
    width = table.site.shape[1]
    for start in starts:
        sites, lengths, dangers = (array[start.node].tolist() for array in (table.site, table.length, table.danger))
        for rank, (site, length, danger) in enumerate(zip(sites, lengths, dangers, strict=True)):
            if site >= 0:
                yield _Choice(start.ticks + length + TENFOLD * (start.danger + danger), site, start, start.node * width + rank, table)


def _walk(reach: Reach, place: shapely.Point, spot: Spot, choice: _Choice, why: str | None) -> Walk:
    danger = choice.start.danger + int(choice.table.danger.flat[choice.index])
    ticks = choice.cost - TENFOLD * danger
    access = spot.access_m + float(reach.site_access[choice.site]) * TICK
    return Walk(choice.site, spot.access_m + ticks * TICK, access, danger * TICK, why is None, why, Course(reach, place, spot, choice))


@dataclass(frozen=True)
class Course:
    """A way as the tables have it, not drawn yet."""

    reach: Reach
    place: shapely.Point
    spot: Spot
    choice: _Choice


def drawn(walks: Sequence[Walk]) -> tuple[np.ndarray, np.ndarray]:
    """Draw ways of one reach all at once: return corners (p, 2) in metres and where each way begins among them (w + 1,).

    A way is the place, its edge to the start, the edges of the table, the site; corners closer than SAME are one.
    """
    if not walks:
        return np.zeros((0, 2)), np.zeros(1, dtype=np.int64)
    network = walks[0].course.reach.network
    passed = [(np.frombuffer(walk.route[3], dtype=np.int64), np.frombuffer(walk.route[4], dtype=walk.course.choice.table.edge.dtype)) for walk in walks]
    edges = np.concatenate([edge for _, edge in passed])
    roads = network.along(np.concatenate([begin for begin, _ in passed]), edges)
    sizes = np.append(0, np.cumsum(network.shapes.start[edges + 1] - network.shapes.start[edges]))
    cuts = sizes[np.append(0, np.cumsum([len(edge) for _, edge in passed]))].tolist()
    parts: list[np.ndarray] = []
    for walk, low, high in zip(walks, cuts[:-1], cuts[1:], strict=True):
        at = walk.course
        parts += [np.array([(at.place.x, at.place.y)]), network.towards(at.spot, at.choice.start.node, at.choice.start.ticks), roads[low:high],
                  at.reach.site_xy[at.choice.site][None]]
    return _without_repeats(np.concatenate(parts), np.cumsum([0, *(sum(map(len, parts[k:k + 4])) for k in range(0, len(parts), 4))]))


def _without_repeats(xy: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Leave out corners that repeat the one before, but neither the first nor the last of a way."""
    step = np.append(np.inf, np.hypot(*np.diff(xy, axis=0).T))
    kept = step > SAME
    first, last = begin[:-1], begin[1:] - 1
    kept[first] = True
    alone = last[~kept[last]]
    before = np.array([np.flatnonzero(kept[:k])[-1] for k in alone.tolist()], dtype=np.int64)
    fixed = before[~np.isin(before, first)]
    kept[alone] = True
    kept[fixed] = False
    return xy[kept], np.append(0, np.cumsum(kept))[begin]


def _way(table: Table, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Follow the table to the site; return the nodes where edges begin and the edges, (j,) each."""
    goes = table.step.item
    passed = []
    while (after := goes(index)) >= 0:
        passed.append(index)
        index = after
    way = np.array(passed, dtype=np.int64)
    return way // table.site.shape[1], table.edge.ravel()[way]
