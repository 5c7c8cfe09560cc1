"""The shapes of KML: points, lines, rings with holes, and what is put together of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.xml import local
from gispipe.words import Words

if TYPE_CHECKING:
    from lxml.etree import _Element

_SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")
_DEEPEST = 8


def shape_of(placemark: _Element, where: str) -> shapely.Geometry | None:
    """Return the shape of a placemark as drawn, None when it has none we read (models, tracks).

    Raises UnreadableInput for coordinates that are no numbers and rings that are none.
    """
    for child in placemark:
        if local(child) in _SHAPES:
            return _shape(child, where, 0)
    return None


def _shape(element: _Element, where: str, depth: int) -> shapely.Geometry | None:
    kind = local(element)
    if kind == "MultiGeometry":
        if depth > _DEEPEST:
            raise _broken(where, Words("nested too deeply", "入れ子が深すぎます"))
        parts = [part for child in element if local(child) in _SHAPES and (part := _shape(child, where, depth + 1)) is not None]
        return _together(parts)
    try:
        if kind == "Polygon":
            return _polygon(element, where)
        xy = _coordinates(element, where)
        return None if xy is None else shapely.Point(xy[0]) if kind == "Point" else shapely.LineString(xy)
    except (ValueError, shapely.errors.GEOSException) as error:
        raise _broken(where, Words(f"the shape is none: {error}", f"図形になりません: {error}")) from None


def _polygon(element: _Element, where: str) -> shapely.Polygon | None:
    rings: dict[str, list[np.ndarray]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for boundary in element:
        if local(boundary) in rings:
            rings[local(boundary)] += [xy for ring in boundary if (xy := _coordinates(ring, where)) is not None]
    if not rings["outerBoundaryIs"]:
        return None
    return shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])


def _coordinates(element: _Element, where: str) -> np.ndarray | None:
    """Return (n, 2) longitude and latitude of the `coordinates` below an element, None when there are none."""
    text = next((child.text for child in element if local(child) == "coordinates"), None)
    tuples = re.sub(r"\s*,\s*", ",", text or "").split()
    if not tuples:
        return None
    width = tuples[0].count(",") + 1
    try:
        values = np.array(",".join(tuples).split(","), dtype=float)
        xy = values.reshape(-1, width)[:, :2]
    except ValueError:
        raise _broken(where, Words("coordinates that are no numbers", "数値でない座標があります")) from None
    if width < 2 or len(xy) != len(tuples) or not np.isfinite(xy).all():
        raise _broken(where, Words("coordinates are incomplete or not finite", "座標が欠けているか、有限の数ではありません"))
    return xy


def _together(parts: list[shapely.Geometry]) -> shapely.Geometry | None:
    """Return one shape of many: of one kind where they are, a collection otherwise."""
    kinds = {part.geom_type for part in parts}
    if len(kinds) == 1 and kinds < {"Point", "LineString", "Polygon"}:
        return getattr(shapely, f"Multi{kinds.pop()}")(parts)
    return shapely.GeometryCollection(parts) if parts else None


def _broken(where: str, what: Words) -> UnreadableInput:
    return UnreadableInput(where, what, Words("export it again as KML", "KML として出力し直してください"))
