"""What the state and PLATEAU deliver about the demo city: elevation tiles, features of the national base map, city objects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import shapely

from gispipe.demo.city import Demo
from gispipe.demo.citygml import Risk, building_file, flood_file, triangles
from gispipe.demo.fgd import feature_file
from gispipe.demo.fgd_dem import centres, mesh_of, meshes_of, tile_file
from gispipe.demo.frame import ORIGIN
from gispipe.demo.hazards import DEPTHS, rank
from gispipe.demo.ksj import archive
from gispipe.demo.write import lonlat

FEATURES, HEIGHTS, OBJECTS = "fgd/FG-GML-503653-ALL-20260401.zip", "dem/FG-GML-5036-53-DEM5A.zip", "plateau/99201_mizuhono-shi_2026_citygml.zip"
MESHES, BUILDINGS = 2, 900
_TO_PLANE = pyproj.Transformer.from_crs("EPSG:6668", "EPSG:6674", always_xy=True)
_USAGE = {"住宅": "411", "共同住宅": "412", "店舗併用": "413", "商業": "402", "工場": "431", "官公庁": "421", "学校": "422", "医療": "422", "社寺": "422", "農業用": "441"}


def write_national(demo: Demo, folder: Path) -> tuple[list[Path], dict[str, int]]:
    """Write the archives below `folder`; return them and the rows in each."""
    shape = lonlat(demo.buildings.shape)
    corner = shapely.get_coordinates(shapely.point_on_surface(shape))
    mesh = np.array([mesh_of(x, y) for x, y in corner.tolist()])
    named, count = np.unique(mesh, return_counts=True)
    chosen = sorted(named[np.argsort(-count, kind="stable")[:MESHES]].tolist())
    sample = {one: np.flatnonzero(mesh == one)[:BUILDINGS] for one in chosen}
    made = {FEATURES: _features(demo, shape, np.concatenate(list(sample.values()))), HEIGHTS: _heights(demo), OBJECTS: _objects(demo, shape, sample)}
    files = []
    for name, (members, _) in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive(members))
        files.append(path)
    return files, {name: rows for name, (_, rows) in made.items()}


def _features(demo: Demo, shape: np.ndarray, chosen: np.ndarray) -> tuple[list[tuple[str, bytes]], int]:
    """Return buildings, road edges and the points of the towns, a file each."""
    solid = np.where(demo.buildings.solid[chosen], "堅ろう建物", "普通建物").astype(object)
    towns = lonlat(shapely.point_on_surface(demo.towns.shape))
    area = np.full(len(towns), "大字・町・丁目", object)
    files = {"BldA": feature_file("BldA", shape[chosen], {"type": solid}),
             "RdEdg": feature_file("RdEdg", lonlat(demo.collectors), {"type": np.full(len(demo.collectors), "真幅道路", object)}),
             "AdmPt": feature_file("AdmPt", towns, {"type": area, "name": np.asarray(demo.towns.name, object)})}
    return [(f"FG-GML-503653-{name}-20260401-0001.xml", data) for name, data in files.items()], len(chosen)


def _heights(demo: Demo) -> tuple[list[tuple[str, bytes]], int]:
    """Return the elevation tiles of the whole city; no height outside the drawn area and at sea."""
    members = []
    land = demo.network.land
    shapely.prepare(land)
    west, south, east, north = shapely.total_bounds(lonlat(np.array([shapely.box(0, 0, demo.size.width, demo.size.height)])))
    for mesh in meshes_of(west, south, east, north):
        lon, lat = centres(mesh)
        x, y = _TO_PLANE.transform(lon, lat)
        x, y = x - ORIGIN[0], y - ORIGIN[1]
        dry = shapely.contains_xy(land, x, y) & _cells(demo, x, y)[2]
        if dry.any():
            ground = np.where(dry, demo.terrain.height(x, y), np.nan)
            members.append((f"FG-GML-{mesh[:4]}-{mesh[4:6]}-{mesh[6:]}-DEM5A-20260401.xml", tile_file(mesh, np.round(ground, 2))))
    return members, len(members)


def _cells(demo: Demo, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cells of the model at places, and whether the places are inside it."""
    grid = demo.water.grid
    column, row = np.rint((x - grid.x0) / grid.step).astype(int), np.rint((y - grid.y0) / grid.step).astype(int)
    inside = (column >= 0) & (column < grid.columns) & (row >= 0) & (row < grid.rows)
    return np.clip(column, 0, grid.columns - 1), np.clip(row, 0, grid.rows - 1), inside


def _objects(demo: Demo, shape: np.ndarray, sample: dict[str, np.ndarray]) -> tuple[list[tuple[str, bytes]], int]:
    """Return a building file for each mesh and one of a flooded area."""
    members = []
    for mesh, chosen in sample.items():
        x, y = shapely.get_coordinates(shapely.point_on_surface(demo.buildings.shape[chosen])).T
        column, row, _ = _cells(demo, x, y)
        floors = demo.buildings.floors[chosen]
        members.append((f"udx/bldg/{mesh}_bldg_6697_op.gml", building_file(
            shape[chosen], np.maximum(demo.water.ground[row, column], 0.0), floors * 3.0 + 1.2, [_USAGE[use] for use in demo.buildings.use[chosen]],
            floors.tolist(), _risks(demo, row, column), [f"bldg_{k:06d}" for k in chosen.tolist()])))
    members.append((f"udx/fld/{next(iter(sample))}_fld_6697_l2_op.gml", _flooded(demo)))
    return members, sum(map(len, sample.values()))


def _risks(demo: Demo, row: np.ndarray, column: np.ndarray) -> list[list[Risk]]:
    """Return the floods at cells: each river at both scales."""
    found: list[list[Risk]] = [[] for _ in row]
    for scale, waters in ((1, demo.water.planned), (2, demo.water.flood)):
        for river, water in enumerate(waters, 1):
            depth = water[row, column]
            classes = rank(depth, DEPTHS)
            for k in np.flatnonzero(classes).tolist():
                found[k].append({"kind": "RiverFlooding", "description": river, "rank": int(classes[k]), "depth": f"{depth[k]:.3f}", "adminType": 2, "scale": scale})
    return found


def _flooded(demo: Demo) -> bytes:
    """Return the water of the first river as PLATEAU draws it: a square around the middle of its bed, in triangles."""
    river = demo.terrain.rivers[0]
    middle = shapely.line_interpolate_point(river.line(), 0.5, normalized=True)
    parts = [shapely.buffer(middle, size, cap_style="square") for size in (60.0, 30.0)]
    return flood_file([triangles(one) for one in lonlat(np.array(parts, object))], [f"{river.name}洪水浸水想定区域図（想定最大規模）"] * 2,
                      [{"kind": "WaterBodyRiverFlooding", "description": 1, "rank": k, "adminType": 2, "scale": 2} for k in (2, 3)], ["fld_1", "fld_2"])
