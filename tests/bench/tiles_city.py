"""The synthetic city of the tile benchmark: drawn as numbers at once, made into shapes a piece of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

ORIGIN = np.array([15_080_000.0, 4_120_000.0])  # EPSG:3857
NAMES = {"parcel": "polygon", "building": "polygon", "flood": "polygon", "road": "line"}
ZOOM = {"parcel": (10, 18), "building": (10, 16), "flood": (10, 16), "road": (10, 16)}
LEVELS = (10, 18)
"""First and last zoom of all layers together."""

PIECE_ROWS = 50_000
"""Rows whose shapes are in memory at a time."""

STRIPE = 256
"""Rows of the depth grid that are computed at a time."""

Rows = tuple[np.ndarray, dict[str, np.ndarray]]
"""Geometry (EPSG:3857) and attributes of consecutive rows."""


@dataclass
class Drawn:
    """The numbers of a city: corner nodes (n, n, 2) and points between them, buildings, the grid of flood ranks, and attributes."""

    node: np.ndarray
    across: np.ndarray
    up: np.ndarray
    built: np.ndarray
    half: np.ndarray
    angle: np.ndarray
    use: np.ndarray
    kind: np.ndarray
    floors: np.ndarray
    rank: np.ndarray
    width: np.ndarray


def drawn(parcels: int) -> Drawn:
    """Draw the city of about so many parcels; the same number gives the same city."""
    rng = np.random.default_rng(7)
    side = round(parcels**0.5)
    east, north = np.meshgrid(np.arange(side + 1) * 20.0, np.arange(side + 1) * 18.0)
    node = np.stack([east, north], -1) + rng.uniform(-4, 4, (side + 1, side + 1, 2)) + ORIGIN
    across = (node[:, 1:] + node[:, :-1]) / 2 + rng.uniform(-0.5, 0.5, (side + 1, side, 2))
    up = (node[1:] + node[:-1]) / 2 + rng.uniform(-0.5, 0.5, (side, side + 1, 2))
    built = np.flatnonzero(rng.random(side * side) < 0.8)
    half, angle = rng.uniform(3, 5, (len(built), 2)), rng.uniform(0, np.pi / 2, len(built))
    use, kind, floors = rng.integers(1, 9, side * side), rng.integers(1, 5, len(built)), rng.integers(1, 9, len(built))
    return Drawn(node, across, up, built, half, angle, use, kind, floors, _ranks(side, rng), rng.integers(3, 12, 2 * (side // 8 + 1)))


def _ranks(side: int, rng: np.random.Generator) -> np.ndarray:
    """Return flood ranks 0 to 5 of 5 m cells as uint8."""
    width, height = side * 4, int(side * 3.6)
    rank = np.empty((height, width), np.uint8)
    for first in range(0, height, STRIPE):
        y, x = np.mgrid[first:min(first + STRIPE, height), :width]
        depth = sum(np.sin(x / a + b) * np.cos(y / c + b) for a, b, c in ((90, 1, 70), (33, 2, 41), (150, 0.3, 210), (12, 5, 9)))
        rank[first:first + STRIPE] = np.digitize(depth + rng.normal(0, 0.08, depth.shape), [0.3, 0.9, 1.4, 2, 2.6])
    return rank


def pieces(of: Drawn, name: str, rows: int = PIECE_ROWS) -> Iterator[Rows]:
    """Yield a layer a piece of rows at a time: parcels sharing borders, buildings, stair-step flood ranks (one piece) or roads (one piece)."""
    if name == "flood":
        yield _flood(of.rank)
    elif name == "road":
        node = of.node[::8], of.node[:, ::8].transpose(1, 0, 2)
        yield shapely.linestrings(np.concatenate(node)), {"width": of.width}
    else:
        size, make = (of.use.size, parcels_of) if name == "parcel" else (of.built.size, buildings_of)
        for first in range(0, size, rows):
            yield make(of, np.arange(first, min(first + rows, size)))


def parcels_of(of: Drawn, row: np.ndarray) -> Rows:
    """Return these parcels."""
    return shapely.polygons(_ring(of, row)), {"lot": np.array([f"{n // 100 + 1}-{n % 100 + 1}" for n in row.tolist()], object), "use": of.use[row],
                                              "town": np.array([f"みずほ{n // 2000 + 1}丁目" for n in row.tolist()], object)}


def _ring(of: Drawn, row: np.ndarray) -> np.ndarray:
    """Return the eight corners of parcels, shape (n, 8, 2)."""
    y, x = np.divmod(row, of.node.shape[1] - 1)
    node, across, up = of.node, of.across, of.up
    return np.stack([node[y, x], across[y, x], node[y, x + 1], up[y, x + 1], node[y + 1, x + 1], across[y + 1, x], node[y + 1, x], up[y, x]], 1)


def buildings_of(of: Drawn, row: np.ndarray) -> Rows:
    """Return these buildings: boxes turned about the middle of their parcel."""
    centre = shapely.get_coordinates(shapely.centroid(shapely.polygons(_ring(of, of.built[row]))))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * of.half[row][:, None]
    cos, sin = np.cos(of.angle[row])[:, None], np.sin(of.angle[row])[:, None]
    turned = np.stack([corners[..., 0] * cos - corners[..., 1] * sin, corners[..., 0] * sin + corners[..., 1] * cos], -1)
    return shapely.polygons(turned + centre[:, None]), {"kind": of.kind[row], "floors": of.floors[row]}


def _flood(rank: np.ndarray) -> Rows:
    """Return a multipolygon of 5 m cells for each of up to five ranks: hundreds of thousands of vertices, as depth grids are delivered."""
    from rasterio.features import shapes
    from rasterio.transform import from_origin

    place = from_origin(ORIGIN[0], ORIGIN[1] + len(rank) * 5, 5, 5)
    found: dict[int, list[object]] = {}
    for geometry, value in shapes(rank, mask=rank > 0, transform=place):
        found.setdefault(int(value), []).append(shapely.geometry.shape(geometry))
    return np.array([shapely.multipolygons(found[value]) for value in sorted(found)]), {"rank": np.array(sorted(found))}


def outline(of: Drawn) -> shapely.Polygon:
    """Return the ground that the parcels cover without a gap: the ring round all of them."""
    south = np.stack([of.node[0, :-1], of.across[0]], 1).reshape(-1, 2)
    east = np.stack([of.node[:-1, -1], of.up[:, -1]], 1).reshape(-1, 2)
    north = np.stack([of.node[-1, :0:-1], of.across[-1, ::-1]], 1).reshape(-1, 2)
    west = np.stack([of.node[:0:-1, 0], of.up[::-1, 0]], 1).reshape(-1, 2)
    return shapely.Polygon(np.concatenate([south, east, north, west]))


def city(parcels: int) -> dict[str, Rows]:
    """Return all layers of a city at once."""
    numbers = drawn(parcels)
    layers = {}
    for name in NAMES:
        made = list(pieces(numbers, name))
        layers[name] = np.concatenate([g for g, _ in made]), {key: np.concatenate([v[key] for _, v in made]) for key in made[0][1]}
    return layers
