"""From references to arcs to shapes: all lines and rings of a topology at once, then polygons of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.topojson_arcs import Arcs
from gispipe.words import Words

_AGAIN = Words("export it again as TopoJSON or GeoJSON", "TopoJSON か GeoJSON として出力し直してください")


def shapes_of(members: list[dict[str, Any]], arcs: Arcs, where: str) -> np.ndarray:
    """Return (n,) shapes of geometry objects, None for those without; raises UnreadableInput for what is none."""
    shapes = np.full(len(members), None, dtype=object)
    kinds = np.array([one.get("type") for one in members] + [None], dtype=object)[:-1]
    for kind in dict.fromkeys(kinds.tolist()):
        at = np.flatnonzero(kinds == kind) if kind is not None else np.empty(0, int)
        if kind is None or not len(at):
            continue
        if kind not in _MAKERS:
            raise UnreadableInput(f"{where} {at[0] + 1}", Words(f"a geometry of type {kind!r} is not read", f"{kind!r} という種類の図形は読めません"), _AGAIN)
        try:
            shapes[at] = _MAKERS[kind]([members[k] for k in at], arcs)
        except (KeyError, TypeError, ValueError, OverflowError, shapely.errors.GEOSException) as error:
            raise UnreadableInput(where, Words(f"a {kind} is none: {error}", f"{kind} の記述が正しくありません: {error}"), _AGAIN) from None
    return shapes


def _points(members: list[dict[str, Any]], arcs: Arcs) -> np.ndarray:
    return shapely.points(arcs.position([one["coordinates"] for one in members]))


def _multi_points(members: list[dict[str, Any]], arcs: Arcs) -> np.ndarray:
    return np.array([shapely.MultiPoint(arcs.position(one["coordinates"])) for one in members] + [None], dtype=object)[:-1]


def _lines(members: list[dict[str, Any]], arcs: Arcs) -> np.ndarray:
    return _parts([one["arcs"] for one in members], arcs, shapely.linestrings)


def _multi_lines(members: list[dict[str, Any]], arcs: Arcs) -> np.ndarray:
    parts, of = _flat([one["arcs"] for one in members])
    return _collected(_parts(parts, arcs, shapely.linestrings), of, len(members), shapely.multilinestrings)


def _polygons(members: list[dict[str, Any]], arcs: Arcs) -> np.ndarray:
    return _of_rings([one["arcs"] for one in members], arcs)


def _multi_polygons(members: list[dict[str, Any]], arcs: Arcs) -> np.ndarray:
    parts, of = _flat([one["arcs"] for one in members])
    return _collected(_of_rings(parts, arcs), of, len(members), shapely.multipolygons)


def _of_rings(polygons: list[list[list[int]]], arcs: Arcs) -> np.ndarray:
    """Return a polygon for each list of rings; the first ring is the outer one."""
    rings, of = _flat(polygons)
    return _collected(_parts(rings, arcs, shapely.linearrings), of, len(polygons), shapely.polygons)


def _collected(parts: np.ndarray, of: np.ndarray, count: int, make: Any) -> np.ndarray:
    """Put parts together by their number; what has no part becomes an empty shape."""
    out = np.full(count, _EMPTY[make], dtype=object)
    if len(parts):
        there, dense = np.unique(of, return_inverse=True)
        out[there] = make(parts, indices=dense)
    return out


def _parts(lines: list[list[int]], arcs: Arcs, make: Any) -> np.ndarray:
    """Return a line or ring for each list of arc references."""
    references, of = _flat(lines)
    numbers = np.array(references, dtype=np.int64) if all(type(one) is int for one in references) else None
    if numbers is None:
        raise ValueError("an arc is no whole number")
    xy, line = arcs.gather(numbers, of)
    if len(np.unique(line)) != len(lines):
        raise ValueError("a line without a vertex")
    return make(xy, indices=line) if len(lines) else np.empty(0, dtype=object)


def _flat(nested: list[list[Any]]) -> tuple[list[Any], np.ndarray]:
    """Return the items of lists after each other, and the number of the list each came from."""
    return [item for one in nested for item in one], np.repeat(np.arange(len(nested)), [len(one) for one in nested])


_EMPTY = {shapely.polygons: shapely.Polygon(), shapely.multipolygons: shapely.MultiPolygon(), shapely.multilinestrings: shapely.MultiLineString()}
_MAKERS = {"Point": _points, "MultiPoint": _multi_points, "LineString": _lines, "MultiLineString": _multi_lines, "Polygon": _polygons, "MultiPolygon": _multi_polygons}
