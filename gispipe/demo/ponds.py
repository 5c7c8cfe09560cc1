"""Irrigation ponds (ため池) above the fields, and how deep the water would stand below each if its dam broke."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.city import Demo
from gispipe.demo.fields import Grid, Waves, waves
from gispipe.demo.frame import generator
from gispipe.demo.hazards import polygons, rank
from gispipe.demo.tables import Table

LIMITS = np.array([0.05, 0.5, 1.0, 2.0, 3.0, 5.0])   # lower limits of ranks 1–6, metres: those of ponds, not of rivers
WORDS = np.array(["", "0.5m未満", "0.5m以上1.0m未満", "1.0m以上2.0m未満", "2.0m以上3.0m未満", "3.0m以上5.0m未満", "5.0m以上"], object)
NAMES = ("鏡池", "蛙沢池", "大笹池", "月見堤", "柿ノ木池", "白鷺池")
STEP, STEPS, REACH = 12.0, 58, 240.0


def _dams(demo: Demo, count: int) -> np.ndarray:
    """Return (count, 2) places at the foot of the wooded slopes, far apart: far from rivers, the steepest first."""
    edge = shapely.boundary(demo.network.forest)
    at = np.concatenate([shapely.get_coordinates(shapely.line_interpolate_point(line, np.arange(30, shapely.length(line), 60.0)))
                         for line in shapely.get_parts(edge) if shapely.length(line) > 200])
    point = shapely.points(at)
    far = shapely.distance(shapely.union_all(demo.network.banks), point) > 0.09 * demo.size.width
    at = at[far & (shapely.distance(demo.network.limit.exterior, point) > 120) & shapely.contains_xy(demo.network.limit, at)]
    steep = np.hypot(*_slope(demo, at).T)
    chosen: list[int] = []
    for k in np.argsort(-steep, kind="stable"):
        if all(np.hypot(*(at[k] - at[j])) > 0.1 * demo.size.width for j in chosen):
            chosen.append(int(k))
    return at[chosen[:count]]


def _slope(demo: Demo, at: np.ndarray) -> np.ndarray:
    """Return the way down at each place, as fall over length in x and y."""
    height, (x, y) = demo.terrain.height, at.T
    return -np.column_stack([height(x + 25, y) - height(x - 25, y), height(x, y + 25) - height(x, y - 25)]) / 50


def _way_down(demo: Demo, dam: np.ndarray) -> np.ndarray:
    """Return the places the water passes from the dam on; on level ground it keeps its direction, a river takes it away."""
    rivers = shapely.union_all(demo.network.banks)
    way, places = np.zeros(2), [dam]
    for _ in range(STEPS):
        way = 0.7 * way + _slope(demo, places[-1][None, :])[0]
        way = way / max(float(np.hypot(*way)), 1e-9)
        places.append(places[-1] + STEP * way)
        if shapely.contains_xy(rivers, *places[-1]):
            break
    return np.array(places)


def _depth(demo: Demo, way: np.ndarray, full: float, ripple: Waves) -> tuple[Grid, np.ndarray]:
    """Return depths in metres around the way down: a level over the ground of the way that falls along it and to its sides."""
    grid = _window(demo.water.grid, way)
    x, y = grid.mesh()
    point, line = shapely.points(*(np.broadcast_to(one, (grid.rows, grid.columns)) for one in (x, y))), shapely.linestrings(way)
    shapely.prepare(line)
    metres = shapely.line_locate_point(line, point)
    bed = np.interp(metres, STEP * np.arange(len(way)), np.minimum.accumulate(demo.terrain.height(*way.T)))
    along = np.minimum(metres / (STEP * STEPS), 1.0)
    wide = shapely.distance(line, point) / ((20.0 + 80.0 * along) * (1 + 0.3 * ripple(x, y)))
    fall = full * (1 - along) ** 1.2 * np.exp(-wide ** 2) - 0.35
    return grid, np.minimum(bed + fall - demo.terrain.height(x, y), fall + 0.3)


def _window(whole: Grid, way: np.ndarray) -> Grid:
    """Return the part of the grid within reach of the way."""
    corner = np.array([whole.x0, whole.y0])
    first = np.maximum(((way.min(axis=0) - REACH - corner) // whole.step).astype(int), 0)
    last = np.minimum(((way.max(axis=0) + REACH - corner) // whole.step).astype(int) + 1, (whole.columns, whole.rows))
    start = corner + first * whole.step
    return Grid(float(start[0]), float(start[1]), whole.step, int(last[0] - first[0]), int(last[1] - first[1]))


def pond_tables(demo: Demo) -> list[Table]:
    """Return the flooding below each pond, one polygon a class and place, named by its pond."""
    rng = generator(demo.seed, 69)
    ripple = waves(rng, 130.0, 7)
    dry = shapely.difference(demo.network.limit, shapely.union_all(demo.network.banks))
    shapes, names, ranks = [], [], []
    for name, dam in zip(NAMES, _dams(demo, 4 if demo.size.name == "small" else len(NAMES)), strict=False):
        grid, depth = _depth(demo, _way_down(demo, dam), float(rng.uniform(4.4, 6.9)), ripple)
        shape, classes = polygons(grid, rank(depth, LIMITS), 150.0)
        shape = shapely.intersection(shape, dry, grid_size=0.01)
        shape, of = shapely.get_parts(shape, return_index=True)
        keep = (shapely.get_type_id(shape) == shapely.GeometryType.POLYGON) & (shapely.area(shape) > 20)
        shapes += list(shape[keep])
        ranks += classes[of[keep]].tolist()
        names += [name] * int(keep.sum())
    return [Table("hazard/pond.shp", "shp", {"ため池名": np.array(names, object), "ランク": np.array(ranks, int), "浸水深": WORDS[ranks]}, np.array(shapes, object))]
