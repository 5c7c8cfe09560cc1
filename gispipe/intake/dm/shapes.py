"""Lines, areas with their holes, circles and arcs as geometries, as drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely

from gispipe.intake.dm.arcs import arc, circles
from gispipe.intake.dm.coordinates import Paths

COURTYARD, AID = 31, 99
"""Values of 図形区分: a hole in an area of the same class; strokes that only help the drawing."""


@dataclass
class Shapes:
    """Geometry of m elements, None where none can be made; round ones have centre and radius in metres."""

    geometry: np.ndarray
    middle: np.ndarray
    radius: np.ndarray
    holes: int = 0
    lone_holes: int = 0
    owner: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))


def lines(paths: Paths, kind: np.ndarray) -> Shapes:
    """Return lines of E1, E2 as drawn and of E3, E4 as chains whose distance from the curve stays below a centimetre."""
    shapes = _nothing(len(kind))
    straight = (kind <= 2) & (paths.count >= 2)
    shapes.geometry[straight] = _made(paths, straight, shapely.linestrings)
    _round(paths, kind, shapes)
    return shapes


def areas(paths: Paths, kind: np.ndarray, figure: np.ndarray, code: np.ndarray) -> Shapes:
    """Return polygons of E1, of E2 (the caller gives closed ones only) and E3; a courtyard goes into the area around it.

    A courtyard becomes a hole of the smallest area of its class that contains it and is None itself then; one without
    such an area stays an area.
    """
    shapes = _nothing(len(kind))
    shapes.owner = np.full(len(kind), -1)
    flat = (kind <= 2) & (paths.count >= 3)
    rings = np.full(len(kind), None, dtype=object)
    rings[flat] = _made(paths, flat, shapely.linearrings)
    _round(paths, kind, shapes)
    turned = shapely.get_type_id(shapes.geometry) == 1
    rings[turned] = shapely.linearrings(shapely.get_coordinates(shapes.geometry[turned]), indices=_index(shapes.geometry[turned]))
    there = rings != None
    shapes.geometry[there] = shapely.polygons(rings[there])
    yards = np.flatnonzero(there & (figure == COURTYARD))
    if len(yards):
        _pierce(shapes, rings, yards, np.flatnonzero(there & (figure != COURTYARD)), code)
    return shapes


def _nothing(count: int) -> Shapes:
    return Shapes(np.full(count, None, dtype=object), np.full((count, 2), np.nan), np.full(count, np.nan))


def _index(geometry: np.ndarray) -> np.ndarray:
    return shapely.get_coordinates(geometry, return_index=True)[1]


def _made(paths: Paths, chosen: np.ndarray, make) -> np.ndarray:
    """Make the chosen elements, flat ones of two numbers a point and solid ones of three."""
    out = np.full(len(chosen), None, dtype=object)
    for mask, numbers in ((chosen & ~paths.solid, 2), (chosen & paths.solid, 3)):
        if mask.any():
            points = mask[paths.of]
            place = np.cumsum(mask) - 1
            out[mask] = make(paths.xyz[points][:, :numbers], indices=place[paths.of[points]])
    return out[chosen]


def _round(paths: Paths, kind: np.ndarray, shapes: Shapes) -> None:
    """Add circles and arcs: three points on the curve; three points in a row make no circle, and a straight arc."""
    which = np.flatnonzero(((kind == 3) | (kind == 4)) & (paths.count == 3))
    if not len(which):
        return
    points = paths.xyz[paths.start[which][:, None] + np.arange(3), :2]
    middle, radius = circles(points)
    for k, three, centre, r in zip(which.tolist(), points, middle, radius, strict=True):
        chain = arc(three, centre, r, whole=bool(kind[k] == 3))
        shapes.geometry[k] = shapely.linestrings(chain) if chain is not None else None
    shapes.middle[which], shapes.radius[which] = middle, radius


def _pierce(shapes: Shapes, rings: np.ndarray, yards: np.ndarray, bodies: np.ndarray, code: np.ndarray) -> None:
    tree = shapely.STRtree(shapes.geometry[bodies])
    yard, body = tree.query(shapes.geometry[yards], predicate="covered_by")
    same = code[yards[yard]] == code[bodies[body]]
    yard, body = yard[same], body[same]
    order = np.lexsort((shapely.area(shapes.geometry[bodies[body]]), yard))
    first = np.unique(yard[order], return_index=True)[1]
    inner, outer = yards[yard[order][first]], bodies[body[order][first]]
    by_body = np.argsort(outer, kind="stable")
    bounds = np.flatnonzero(np.diff(outer[by_body])) + 1
    for group in np.split(by_body, bounds) if len(inner) else ():
        shapes.geometry[outer[group[0]]] = shapely.polygons(rings[outer[group[0]]], rings[inner[group]])
    shapes.owner[inner] = outer
    shapes.geometry[inner] = None
    shapes.holes, shapes.lone_holes = len(inner), len(yards) - len(inner)
