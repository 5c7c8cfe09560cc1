"""Hazards as a model would give them: depths on a 5 m grid from the height of ground and water, slopes, shaking."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import rasterio.features
import shapely
from rasterio import Affine

from gispipe.demo.fields import Grid, blotches, cover, mappings, waves
from gispipe.demo.frame import Size, generator
from gispipe.demo.lots import Lots
from gispipe.demo.network import Network
from gispipe.demo.terrain import River, Terrain

DEPTHS = np.array([0.01, 0.5, 3.0, 5.0, 10.0, 20.0])          # lower limits of ranks 1–6, metres
HOURS = np.array([0.01, 12, 24, 72, 168, 336, 672])           # lower limits of ranks 1–7
CELL = 5.0
POINTS = 18  # along each side of a landslide zone


@dataclass(frozen=True)
class Water:
    """Depths in metres on the grid, for every scenario."""

    grid: Grid
    ground: np.ndarray
    flood: tuple[np.ndarray, np.ndarray]      # a river each, largest scale
    planned: tuple[np.ndarray, np.ndarray]
    inland: np.ndarray
    surge: np.ndarray
    tsunami: np.ndarray
    hours: np.ndarray
    surge_hours: np.ndarray


def _spill(river: River, terrain: Terrain, x: np.ndarray, y: np.ndarray, ground: np.ndarray, top: float, reach: float) -> np.ndarray:
    """Return the depth of water that leaves a river: a level over its bed that falls with the distance."""
    away = np.maximum(river.distance(x, y) - river.breadth(y) / 2, 0)
    bed = terrain.height(river.axis(y[:, 0]), y[:, 0])[:, None]
    swell = 0.72 + 0.52 * np.sin(2 * np.pi * y / (river.wavelength * 1.9) + river.phase + 1.2) ** 2
    level = bed + top * swell * np.exp(-(away / reach) ** 1.6)
    return level - ground


def _burn(grid: Grid, geometry: object, value: object = 1, dtype: str = "uint8") -> np.ndarray:
    """Return the grid with `value` (one, or one each) where the geometry covers a cell's centre, else 0."""
    shapes = np.atleast_1d(np.asarray(geometry, object))
    values = np.broadcast_to(value, shapes.shape).tolist()
    cells = Affine(grid.step, 0, grid.x0 - grid.step / 2, 0, grid.step, grid.y0 - grid.step / 2)
    return rasterio.features.rasterize(zip(mappings(shapes), values, strict=True), (grid.rows, grid.columns), transform=cells, dtype=dtype)


def _micro_relief(size: Size, grid: Grid, lots: Lots, seed: int) -> np.ndarray:
    """Return the relief of 5–25 m that makes a model's edges ragged: house plots above their streets, ditches, walls, ridges."""
    rng = generator(seed, 14)
    kind = lots.block_kind.astype(str)
    fill = np.where(kind == "farm", -0.5, np.where(np.isin(kind, ["park", "big_park"]), 0.2, 1.0)) + rng.normal(0, 0.7, len(kind))
    plots = _burn(grid, lots.block, fill, "float32")
    shape = (grid.rows, grid.columns)
    grain = rng.standard_normal(shape, np.float32)
    return size.relief * (0.9 * plots + 1.5 * blotches(rng, shape, 2) + 2.0 * blotches(rng, shape, 5) + 0.8 * grain)


def _reached(grid: Grid, wet: np.ndarray, water: object) -> np.ndarray:
    """Keep the wet cells of bodies of more than a hectare that touch the river, and pools within 40 m of them."""
    step = grid.step
    body = rasterio.features.sieve(wet.astype("uint8"), int(1e4 / step ** 2), connectivity=8)
    place = Affine(step, 0, grid.x0 - step / 2, 0, step, grid.y0 - step / 2)
    found = rasterio.features.shapes(body, mask=body > 0, connectivity=8, transform=place)
    bodies = np.array([shapely.Polygon(g["coordinates"][0]) for g, _ in found], object)
    joined = bodies[shapely.intersects(bodies, shapely.buffer(water, 30))]
    return wet & _burn(grid, shapely.buffer(shapely.simplify(joined, 10.0), 40)).astype(bool)


def make_water(size: Size, terrain: Terrain, network: Network, lots: Lots, seed: int) -> Water:
    """Compute all depths."""
    rng = generator(seed, 10)
    grid = cover(size.width, size.height, CELL)
    x, y = grid.mesh()
    # roads and small dikes
    fine = 0.24 * waves(rng, 75.0, 8)(x, y) + 0.09 * waves(rng, 27.0, 8)(x, y)
    ground = terrain.height(x, y)
    land = _burn(grid, network.limit).astype(bool)
    bank = _burn(grid, shapely.buffer(network.railway, 9), 1.6, "float32")
    calm = ground + fine + bank
    rough = calm + _micro_relief(size, grid, lots, seed)
    grown = (size.width / 3300.0) ** 0.75
    tops, reaches = (8.2, 4.4), (430.0 * grown, 250.0 * grown)

    def spread(share: float, near: float) -> tuple[np.ndarray, np.ndarray]:
        one, two = (np.where(land, _spill(r, terrain, x, y, rough, share * tops[k], near * reaches[k]), 0) for k, r in enumerate(terrain.rivers))
        return tuple(np.where(_reached(grid, d > DEPTHS[0], network.water[k]), d, 0) for k, d in enumerate((one, two)))  # type: ignore[return-value]

    flood, planned = spread(1.0, 1.0), spread(0.5, 0.62)
    lowland = np.clip((16.0 - ground) / 10, 0, 1)
    basins = waves(rng, 260.0, 9)(x, y) + 0.45 * waves(rng, 70.0, 8)(x, y)
    inland = np.where(land, (0.62 * basins - 0.42) * lowland * 1.1, 0)
    shore = y - terrain.coast(x)
    run_up = np.minimum(*(r.distance(x, y) for r in terrain.rivers))
    surge = np.where(land, 4.9 - calm - 0.0011 * np.clip(shore, 0, None) / grown + 0.35 * np.exp(-run_up / 120), 0)
    inshore = np.clip(shore, 0, None)
    wave = 5.4 * np.exp(-inshore / (520 * grown)) + 2.6 * np.exp(-run_up / (95 * grown)) * np.exp(-inshore / (900 * grown))
    tsunami = np.where(land, wave - np.clip(calm, 0.8, None) + 0.6, 0)
    worst = np.maximum(*flood)
    late = np.clip(1.2 - shore / (0.4 * size.height), 0, 1)
    hours = np.where(worst > 0.01, 5 + 11 * worst.clip(0) ** 1.25 * (1 + 0.3 * basins) + 60 * lowland * late, 0)
    surge_hours = np.where(surge > 0.01, 4 + 20 * np.clip(surge, 0, None) ** 1.2 * (1 + 0.25 * basins), 0)
    return Water(grid, ground, flood, planned, inland, surge, tsunami, hours, surge_hours)


def rank(values: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """Return 0 below the first limit, else the class 1, 2 … whose lower limit is included."""
    return np.digitize(values, limits).astype("uint8")


def sieved(grid: Grid, classes: np.ndarray, smallest: float) -> np.ndarray:
    """Return the classes with crumbs of less than `smallest` square metres given to their largest neighbour."""
    cells = max(1, int(smallest / grid.step ** 2))
    return rasterio.features.sieve(classes, cells) if cells > 1 else classes


def polygons(grid: Grid, classes: np.ndarray, smallest: float = 150.0) -> tuple[np.ndarray, np.ndarray]:
    """Return stair-stepped polygons of equal class (0 left out) and their class; crumbs are first given to neighbours."""
    classes = sieved(grid, classes, smallest)
    place = Affine(grid.step, 0, grid.x0 - grid.step / 2, 0, grid.step, grid.y0 - grid.step / 2)
    found = [(g["coordinates"], int(v)) for g, v in rasterio.features.shapes(classes, mask=classes > 0, connectivity=4, transform=place)]
    rings = [ring for of, _ in found for ring in of]
    corners = np.array(list(chain.from_iterable(rings)), float).reshape(-1, 2)
    lines = shapely.linearrings(corners, indices=np.repeat(np.arange(len(rings)), [len(ring) for ring in rings]))
    return (shapely.polygons(lines, indices=np.repeat(np.arange(len(found)), [len(of) for of, _ in found])),
            np.array([value for _, value in found], int))


def areas(grid: Grid, classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return one stair-stepped multipolygon for each class but 0, as the national files have them, and the classes."""
    shape, code = polygons(grid, classes, 0)
    order = np.argsort(code, kind="stable")
    kinds, index = np.unique(code[order], return_inverse=True)
    return shapely.multipolygons(shape[order], indices=index), kinds


def smooth(shape: np.ndarray, radius: float = 9.0) -> np.ndarray:
    """Round the stairs off, keeping only sound polygons."""
    # stairs become slants first: far fewer corners to round
    slant = shapely.simplify(shape, 4.0)
    soft = shapely.simplify(shapely.buffer(shapely.buffer(slant, radius, quad_segs=3), -radius, quad_segs=3), 0.8)
    return shapely.get_parts(shapely.make_valid(soft))


@dataclass(frozen=True)
class Slides:
    """Landslide zones: cause 1 急傾斜 2 土石流 3 地すべり, zone 1 警戒 2 特別警戒."""

    shape: np.ndarray
    cause: np.ndarray
    zone: np.ndarray
    number: np.ndarray


def make_slides(size: Size, terrain: Terrain, network: Network, seed: int) -> Slides:
    """Place zones at the foot of the wooded slopes: fans below valleys, strips below steep slopes."""
    rng = generator(seed, 11)
    edge = shapely.boundary(network.forest)
    spacing = 105.0 * (size.width / 3300.0) ** 0.35
    at = np.concatenate([shapely.get_coordinates(shapely.line_interpolate_point(line, np.arange(20, shapely.length(line), spacing)))
                         for line in shapely.get_parts(edge) if shapely.length(line) > 150])
    inside = shapely.distance(network.limit.exterior, shapely.points(at)) > 60
    at = at[inside]
    x, y = at.T

    def down(step: float) -> np.ndarray:
        gx = (terrain.height(x + step, y) - terrain.height(x - step, y)) / (2 * step)
        gy = (terrain.height(x, y + step) - terrain.height(x, y - step)) / (2 * step)
        return -np.column_stack([gx, gy])

    slope = down(30.0)
    steep = np.hypot(*slope.T)
    ways = slope / np.maximum(steep, 1e-9)[:, None]
    # the larger city has gentler hills
    keep = steep > 0.12 * min(1.0, size.peak / 128.0 * 3300.0 / size.width)
    shapes, causes, zones, numbers = [], [], [], []
    for k in np.flatnonzero(keep):
        way, side = ways[k], np.array([-ways[k][1], ways[k][0]])
        hollow = terrain.ridges(np.array([x[k]]), np.array([y[k]]))[0] < 0.12
        cause = 3 if rng.random() < 0.10 else 2 if hollow else 1
        long, wide = {1: (48.0, 42.0), 2: (125.0, 62.0), 3: (95.0, 70.0)}[cause]
        long, wide = long * rng.uniform(0.8, 1.25), wide * rng.uniform(0.8, 1.2)
        t = np.linspace(0, 1, POINTS)
        half = {1: np.full(POINTS, wide) * (1 - 0.12 * t ** 3), 2: 7 + wide * 0.75 * t ** 1.3,
                3: wide * np.sqrt(np.sin(np.pi * (0.06 + 0.88 * t)))}[cause]
        start = -{1: 0.55, 2: 0.45, 3: 0.8}[cause] * long
        for zone in (1, 2):
            if zone == 2 and (cause == 3 or rng.random() < 0.3):
                continue
            reach, narrow = (1.0, 1.0) if zone == 1 else (0.62, 0.72)
            spine = at[k] + (start + t * long * 1.3 * reach)[:, None] * way
            ragged = 1 + 0.06 * np.sin(np.arange(POINTS) * 1.1 + k)
            left, right = spine + (half * narrow * ragged)[:, None] * side, spine - (half * narrow * ragged[::-1])[:, None] * side
            shapes.append(shapely.polygons(np.round(np.concatenate([left, right[::-1]]), 2)))
            causes.append(cause)
            zones.append(zone)
            numbers.append(f"{'KDJ'[cause - 1]}-{k + 1:03d}")
    shape = shapely.buffer(np.array(shapes, object), 0)
    shape = shapely.intersection(shape, network.limit)
    good = shapely.get_type_id(shape) == 3
    return Slides(shape[good], np.array(causes)[good], np.array(zones)[good], np.array(numbers, object)[good])


def shaking(size: Size, terrain: Terrain, network: Network, scenario: int) -> tuple[np.ndarray, np.ndarray]:
    """Return mesh cells and their intensity class (震度階級) of scenario 0 (trench offshore) or 1 (fault under the city)."""
    step = 125.0 if size.width < 5000 else 250.0
    xs, ys = np.meshgrid(np.arange(0, size.width, step), np.arange(0, size.height, step))
    x0, y0 = xs.ravel(), ys.ravel()
    cell = shapely.box(x0, y0, x0 + step, y0 + step)
    inside = shapely.intersects(cell, network.limit)
    cell, cx, cy = cell[inside], x0[inside] + step / 2, y0[inside] + step / 2
    soft = np.clip((18 - terrain.height(cx, cy)) / 18, -1.2, 1)
    if scenario == 0:
        value = 5.55 + 0.55 * soft + 0.35 * (1 - cy / size.height)
    else:
        fault = np.abs((cx / size.width - 0.40) - 0.35 * (cy / size.height - 0.5))
        value = 6.35 + 0.42 * soft - 2.0 * fault
    labels = np.array(["5弱", "5強", "6弱", "6強", "7"], object)
    return cell, labels[np.clip(np.digitize(value, [5.0, 5.5, 6.0, 6.5]), 0, 4)]
