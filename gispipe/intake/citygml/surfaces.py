"""Plan shapes of city objects: the roof edge or footprint of a building, else the lowest face of its block; the surfaces of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gispipe.intake.gml import Positions, joined, polygons, positions
from gispipe.intake.tags import Tags

if TYPE_CHECKING:
    import pyarrow as pa

_ORDER = ("lod0RoofEdge", "lod0FootPrint", "lod0MultiSurface", "lod0Geometry", "lod1MultiSurface", "lod1Geometry", "lod1Solid", "lod2MultiSurface", "lod2Solid")
_SOLID = ("lod1Solid", "lod2Solid")


def plan_shapes(tags: Tags, rows: np.ndarray, size: int, where: str) -> tuple[np.ndarray, np.ndarray, dict[str, pa.Array], dict[str, int]]:
    """Return (n,) shapes, which had a ring that is none, columns of heights, and how many were drawn from which element."""
    holders, drawn = _holders(tags, rows)
    leaves = tags.named("posList", "pos")
    at = positions(tags, leaves[(tags.owner(holders, leaves) >= 0) & tags.leaf[leaves]], size, where)
    rings = tags.named("exterior", "interior")
    rings = rings[(tags.owner(holders, rings) >= 0) & _on_polygon(tags, rings)]
    solid = np.isin(tags.name[holders], [tags.names.index(name) for name in _SOLID if name in tags.names])
    keep = ~solid[tags.owner(holders, rings)] if len(rings) else np.empty(0, bool)
    if solid.any() and at.z is not None:
        keep |= _lowest(tags, rings, tags.owner(rows, rings), at) & ~keep
    rings = rings[keep]
    xy, offsets = joined(at, tags.owner(rings, at.which), len(rings))
    exterior = tags.name[rings] == (tags.names.index("exterior") if "exterior" in tags.names else -1)
    shapes, wrong = polygons(xy, offsets, exterior, tags.owner(rows, rings), len(rows))
    return shapes, wrong, _heights(tags, rows, rings, at), drawn


def _holders(tags: Tags, rows: np.ndarray) -> tuple[np.ndarray, dict[str, int]]:
    """Return for each object the elements that hold its plan: the first kind of _ORDER it has (a part of a building has its own)."""
    found = tags.named(*_ORDER)
    owner = tags.owner(rows, found)
    found, owner = found[owner >= 0], owner[owner >= 0]
    rank_of = np.array([_ORDER.index(name) if name in _ORDER else len(_ORDER) for name in tags.names])
    rank = rank_of[tags.name[found]]
    best = np.full(len(rows), len(_ORDER))
    np.minimum.at(best, owner, rank)
    chosen = rank == best[owner]
    return found[chosen], {name: int(n) for name, n in zip(_ORDER, np.bincount(best, minlength=len(_ORDER) + 1), strict=False) if n}


def _on_polygon(tags: Tags, rings: np.ndarray) -> np.ndarray:
    """Tell rings of polygons from the exterior of a solid, which holds surfaces."""
    after = np.minimum(rings + 1, len(tags.name) - 1)
    ringed = [tags.names.index(name) for name in ("LinearRing", "Ring") if name in tags.names]
    return np.isin(tags.name[after], ringed) & (tags.depth[after] == tags.depth[rings] + 1)


def _lowest(tags: Tags, rings: np.ndarray, owner: np.ndarray, at: Positions) -> np.ndarray:
    """Return the rings of each object's lowest level face."""
    assert at.z is not None
    low, high = (function.reduceat(at.z, at.start[:-1]) for function in (np.minimum, np.maximum))
    of_ring = tags.owner(rings, at.which)
    least, most = np.full(len(rings), np.inf), np.full(len(rings), -np.inf)
    inside = of_ring >= 0
    np.minimum.at(least, of_ring[inside], low[inside])
    np.maximum.at(most, of_ring[inside], high[inside])
    level = most - least < 1e-6
    floor = np.full(int(owner.max(initial=-1)) + 1, np.inf)
    np.minimum.at(floor, owner[level], least[level])
    return level & (least == floor[owner])


def _heights(tags: Tags, rows: np.ndarray, rings: np.ndarray, at: Positions) -> dict[str, pa.Array]:
    """Return the lowest and highest vertex of each plan as columns; none where every height is 0, which says nothing."""
    import pyarrow as pa

    if at.z is None or not at.z.any():
        return {}
    used = tags.owner(rings, at.which) >= 0
    owner = tags.owner(rows, at.which)[used]
    columns = {}
    for name, function, start in (("z_min", np.minimum, np.inf), ("z_max", np.maximum, -np.inf)):
        values = np.full(len(rows), start)
        function.at(values, owner, function.reduceat(at.z, at.start[:-1])[used])
        columns[name] = pa.array(values, pa.float64(), mask=~np.isfinite(values))
    return columns
