"""Main roads, the railway, the city limit, and the faces they leave between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.fields import cover, regions_above, waves
from gispipe.demo.frame import Size, generator
from gispipe.demo.terrain import Terrain

FOREST_LEVEL = 33.0  # metres; above it the slopes stay wooded


@dataclass(frozen=True)
class Network:
    """Main lines and the areas they divide; all in the local frame."""

    limit: shapely.Polygon          # the city, land only
    land: shapely.Polygon
    roads: np.ndarray               # main roads, linestrings
    road_class: np.ndarray          # 国道 県道 主要市道
    road_width: np.ndarray
    railway: shapely.LineString
    stations: np.ndarray            # points on the railway
    forest: shapely.Geometry
    water: tuple[shapely.Polygon, ...]
    banks: tuple[shapely.Polygon, ...]
    faces: np.ndarray               # polygons that tile the city
    inner: np.ndarray               # what of each face can be built on (multipolygons)


def _limit(size: Size, seed: int) -> shapely.Polygon:
    rng = generator(seed, 2)
    turn = np.linspace(0, 2 * np.pi, 241)[:-1]
    ripple = 1 + sum(rng.uniform(0.003, 0.010) * np.sin(k * turn + rng.uniform(0, 6)) for k in range(3, 11))
    cos, sin = np.cos(turn), np.sin(turn)
    x = size.width * (0.5 + 0.482 * ripple * np.sign(cos) * np.abs(cos) ** 0.42)
    y = size.height * (0.5 + 0.480 * ripple * np.sign(sin) * np.abs(sin) ** 0.42)
    return shapely.polygons(np.column_stack([x, y]))


def _main_roads(size: Size, terrain: Terrain, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = generator(seed, 3)
    w, h = size.width, size.height
    wobble = waves(rng, 0.42 * w, 5)
    first, second = terrain.rivers
    lines, kinds, widths = [], [], []
    x = np.arange(-30, w + 31, 12.0)
    shore = terrain.coast(x)
    foot = h * (0.78 - 0.13 * np.exp(-((x / w - 0.51) / 0.17) ** 2) + 0.02 * np.sin(7 * x / w))
    for k, share in enumerate(np.linspace(0.0, 1.0, size.roads_east_west)):
        share = share + rng.uniform(-0.2, 0.2) / size.roads_east_west * (0 < share < 1)
        y = (shore + 0.075 * h) * (1 - share) + foot * share + 0.014 * h * wobble(x, np.full(x.shape, share * h))
        lines.append(shapely.linestrings(np.column_stack([x, y])))
        kinds.append("国道" if k == size.roads_east_west // 2 else "県道" if k % 3 == 0 else "主要市道")
        widths.append({"国道": 22.0, "県道": 16.0, "主要市道": 13.0}[kinds[-1]])
    y = np.arange(h + 30, -31, -12.0)
    shares = (np.arange(size.roads_north_south) + 0.5) / size.roads_north_south
    for k, share in enumerate(shares):
        between = np.clip((share - first.place) / (second.place - first.place), 0, 1)
        follow = (first.axis(y) - first.place * w) * (1 - between) + (second.axis(y) - second.place * w) * between
        away = min(abs(share - river.place) for river in terrain.rivers)
        shift = 0.0 if away > 0.035 else 0.045 * np.sign(share - min(terrain.rivers, key=lambda r: abs(r.place - share)).place or 1)
        centre = (share + shift + rng.uniform(-0.012, 0.012)) * w
        path = centre + 0.85 * follow + 0.018 * w * wobble(np.full(y.shape, centre), y)
        keep = y > terrain.coast(path) - 10
        lines.append(shapely.linestrings(np.column_stack([path, y])[keep]))
        kinds.append("県道" if k % 4 == 2 else "主要市道")
        widths.append({"県道": 16.0, "主要市道": 12.0}[kinds[-1]])
    return np.array(lines), np.array(kinds, object), np.array(widths)


def _railway(size: Size) -> tuple[shapely.LineString, np.ndarray]:
    w, h = size.width, size.height
    x = np.arange(-40, w + 41, 10.0)
    y = h * (0.435 + 0.055 * np.sin(2 * np.pi * 0.85 * x / w + 0.5) + 0.012 * np.sin(2 * np.pi * 2.1 * x / w))
    line = shapely.linestrings(np.column_stack([x, y]))
    shares = (np.arange(size.stations) + 0.5) / size.stations
    shares = np.array([0.46, 0.86]) if size.stations == 2 else shares
    return line, shapely.line_interpolate_point(line, shares, normalized=True)


def plazas(railway: shapely.LineString, stations: np.ndarray, along: float, across: float) -> np.ndarray:
    """Return a strip of the railway around every station, `along` and `across` metres to each side."""
    at = shapely.line_locate_point(railway, stations)
    cut = [shapely.linestrings(shapely.get_coordinates(shapely.line_interpolate_point(railway, np.linspace(a - along, a + along, 9)))) for a in at]
    return shapely.buffer(np.array(cut, object), across, cap_style="flat")


def polygonal(geometry: shapely.Geometry, smallest: float = 0.0) -> np.ndarray:
    """Return the polygons of any geometry that are larger than `smallest`."""
    parts = shapely.get_parts(shapely.get_parts(geometry)) if geometry.geom_type == "GeometryCollection" else shapely.get_parts(geometry)
    parts = parts[shapely.get_type_id(parts) == 3]
    return parts[shapely.area(parts) > smallest]


def merge_small(polygons: np.ndarray, smallest: float) -> np.ndarray:
    """Merge every polygon under `smallest` square metres into the neighbour with the longest common edge."""
    polygons = polygons.copy()
    while True:
        areas = shapely.area(polygons)
        k = int(np.argmin(areas))
        if areas[k] >= smallest or len(polygons) < 2:
            return polygons
        others = shapely.STRtree(polygons).query(polygons[k], predicate="intersects")
        others = np.sort(others[others != k])
        edges = shapely.length(shapely.intersection(polygons[k], polygons[others]))
        if not len(others) or edges.max() < 0.01:
            polygons = np.delete(polygons, k)
            continue
        best = others[int(np.argmax(edges))]
        polygons[best] = shapely.union(polygons[best], polygons[k], grid_size=0.001)
        polygons = np.delete(polygons, k)


def make_network(size: Size, terrain: Terrain, seed: int) -> Network:
    """Lay the main roads and the railway and divide the city by them."""
    limit = _limit(size, seed)
    land = terrain.land()
    limit = max(shapely.get_parts(shapely.intersection(limit, land, grid_size=0.001)), key=shapely.area)
    roads, kinds, widths = _main_roads(size, terrain, seed)
    railway, stations = _railway(size)
    grid = cover(size.width + 80, size.height + 80, 10.0)
    heights = terrain.height(*grid.mesh())
    wooded = shapely.union_all(shapely.simplify(regions_above(grid, heights, FOREST_LEVEL, 9000.0), 1.0))
    forest = shapely.buffer(shapely.buffer(shapely.intersection(wooded, limit), -12), 12)
    water = tuple(shapely.intersection(river.band(0.0), limit) for river in terrain.rivers)
    banks = tuple(shapely.intersection(river.band(river.levee), limit) for river in terrain.rivers)
    # in the woods only the middle pass road remains
    slopes = shapely.length(shapely.intersection(roads, forest))
    passes = np.argsort(-slopes)[:1]
    trimmed = shapely.difference(roads, shapely.buffer(forest, -25))
    trimmed[passes] = roads[passes]
    roads = shapely.intersection(trimmed, limit)
    axes = np.array([river.line() for river in terrain.rivers])
    cuts = np.concatenate([shapely.get_parts(roads), axes, [railway, limit.exterior]])
    noded = shapely.union_all(cuts, grid_size=0.001)
    faces = polygonal(shapely.polygonize(shapely.get_parts(noded)))
    faces = faces[shapely.contains_properly(limit, shapely.point_on_surface(faces))]
    faces = merge_small(faces, 14_000.0)
    blocked = shapely.union_all(np.concatenate([
        shapely.buffer(roads, widths / 2), [shapely.buffer(railway, 8.0), forest, *banks],
        plazas(railway, stations, 52.0, 34.0)]))
    inner = shapely.difference(faces, blocked)
    # bevelled corners: the cut-off corners of Japanese crossings
    inner = shapely.buffer(shapely.buffer(inner, -4.0, join_style="mitre"), 4.0, join_style="bevel")
    return Network(limit, land, roads, kinds, widths, railway, stations, forest, water, banks, faces, inner)
