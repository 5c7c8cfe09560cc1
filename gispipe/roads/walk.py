"""The walk from a place to the shelters, read from the tables without a new search."""

from __future__ import annotations

from typing import NamedTuple

import shapely

from gispipe.roads.damage import damaged
from gispipe.roads.network import TICK, Spot, Start
from gispipe.roads.reach import Reach
from gispipe.roads.tables import EDGE, FACTS, STEP, TENFOLD, Table, Ways
from gispipe.words import Words

WHY = {
    "start_inside": Words("the walk starts inside the zone", "出発地点が危険な区域の中にあります"),
    "no_way_around": Words("there is no way on foot around the zone", "危険な区域を避けて歩ける経路がありません"),
    "no_road": Words("no road within 500 m", "500 m 以内に道路がありません"),
    "no_way": Words("no designated shelter can be reached on foot", "徒歩で行ける指定避難先がありません"),
}


Route = tuple[int, Start, tuple[int, ...]]


class Course(NamedTuple):
    """A way as the tables have it, not drawn yet: from a start of a spot over directed edges, each twice its number, one more from its first node."""

    spot: Spot
    start: Start
    directed: tuple[int, ...]


class Walk(NamedTuple):
    """One way on foot: the site's number, metres of the whole way, of the straight ways to and from the road, and inside zones.

    why: None for a safe walk, else the reason it crosses, a key of WHY; course: what is needed to draw it, None where it is only told.
    """

    site: int
    length_m: float
    access_m: float
    danger_m: float
    safe: bool
    why: str | None
    course: Course | None

    @property
    def route(self) -> Route:
        """What makes the way the way it is: site, start, and the edges passed; walks from one place with the same are drawn the same."""
        assert self.course is not None
        return self.site, self.course.start, self.course.directed


def walks(reach: Reach, place: shapely.Point, hazard: str) -> tuple[Walk, ...]:
    """Return the nearest designated sites on foot, safe ones first by length, then crossing ones by cost; ties by site.

    The walk begins at the nearest point of the nearest road; none within 500 m: empty, and `why_none` says so. Raises
    NotFound for a hazard that was not asked for, UnreadableInput where the tables cannot be right.
    """
    return walks_from(reach, reach.network.nearest(place), hazard)


def walks_from(reach: Reach, spot: Spot | None, hazard: str, drawn: bool = True) -> tuple[Walk, ...]:
    """Return what `walks` does, for who knows the nearest point of the roads already; drawn: whether they can be drawn too."""
    ways = reach.ways(hazard)
    if spot is None:
        return ()
    try:
        return tuple(_found(reach, ways, spot, hazard, drawn))
    except IndexError as error:
        raise damaged(hazard) from error


def _found(reach: Reach, ways: Ways, spot: Spot, hazard: str, drawn: bool) -> list[Walk]:
    inside = reach.network.inside_any_at(reach.hazards[hazard].avoid, spot.edge)
    safe = () if inside and len(spot.starts) > 1 else _choices(ways.safe, spot.starts, False)[:reach.count]
    found = [_walk(reach, spot, ways.safe, choice, None, drawn) for choice in safe]
    if len(safe) < reach.count:
        known = {choice[1] for choice in safe}
        crossing = [choice for choice in _choices(ways.cross, spot.starts, inside) if choice[1] not in known]
        why = "start_inside" if crossing and _shut_in(reach, spot, hazard, inside) else "no_way_around"
        found += [_walk(reach, spot, ways.cross, choice, why, drawn) for choice in crossing[:reach.count - len(safe)]]
    return found


def why_none(spot: Spot | None) -> str:
    """Say why there is no walk at all from a place, as a key of WHY: `no_road` near it, or `no_way` to a designated site."""
    return "no_road" if spot is None else "no_way"


def _shut_in(reach: Reach, spot: Spot, hazard: str, inside: bool) -> bool:
    """Say whether every road at the spot is inside."""
    if len(spot.starts) > 1 or not inside:
        return inside
    avoid = reach.hazards[hazard].avoid
    return all(reach.network.inside_any_at(avoid, edge) for edge in reach.network.edges_at(spot.starts[0].node))


Choice = tuple[int, int, int, int, Start]
"""Cost in ticks, site, ticks inside zones, flat index in the table, start."""


def _choices(table: Table, starts: tuple[Start, ...], inside: bool) -> list[Choice]:
    """Return the best way to each site known at the starts, cheapest first; ties by site, then by start. inside: the way to the starts is."""
    facts, width = table.plain, table.width
    best: dict[int, Choice] = {}
    for start in starts:
        before = start.ticks if inside else 0
        for index in range(start.node * width, (start.node + 1) * width):
            site, length, danger = facts[index * FACTS:(index + 1) * FACTS].tolist()
            if site < 0:
                continue
            danger += before
            cost = start.ticks + length + TENFOLD * danger
            if site not in best or cost < best[site][0]:
                best[site] = (cost, site, danger, index, start)
    return sorted(best.values())


def _walk(reach: Reach, spot: Spot, table: Table, choice: Choice, why: str | None, drawn: bool) -> Walk:
    cost, site, danger, index, start = choice
    access = spot.access_m + reach.site_access.item(site) * TICK
    course = Course(spot, start, _directed(table.links, index)) if drawn else None
    return Walk(site, spot.access_m + (cost - TENFOLD * danger) * TICK, access, danger * TICK, why is None, why, course)


def _directed(link: memoryview, at: int) -> tuple[int, ...]:
    """Follow the table to the site's own node; return the directed edges."""
    directed = []
    for _ in range(len(link)):
        if (goes := link[at]) < 0:
            return tuple(directed)
        directed.append(goes & EDGE)
        at = goes >> STEP
    raise IndexError("a way that never ends")
