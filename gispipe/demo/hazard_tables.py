"""Tables of the hazards."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.base_tables import repeat, texts
from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY
from gispipe.demo.hazards import DEPTHS, HOURS, areas, polygons, rank, shaking, sieved, smooth
from gispipe.demo.tables import Table

PLANNED_RAIN, LARGEST_RAIN = "計画規模（年超過確率1/100）", "想定最大規模（1,000年に1度程度）"
CAUSES = {1: "急傾斜地の崩壊", 2: "土石流", 3: "地すべり"}
SCALES = (("20_想定最大規模", 200), ("10_計画規模", 100))
OFFICIAL = "hazard/A31a-26_99_10_GML.zip/A31a-26_99_10_GML"
FLOODED_YEARS = (1982, 1999, 2018)


def _official_columns(demo: Demo, series: int, river: int, classes: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns of 国土数値情報 A31a: number and name of the river, who manages it, the rank."""
    one, count = demo.terrain.rivers[river], len(classes)
    return {f"A31a_{series + 1}": repeat(one.code, count), f"A31a_{series + 2}": repeat(one.name, count), f"A31a_{series + 3}": np.full(count, 99),
            f"A31a_{series + 4}": repeat(f"{CITY}（架空の市）", count), f"A31a_{series + 5}": classes}


def _river_columns(demo: Demo, river: np.ndarray, classes: np.ndarray) -> dict[str, np.ndarray]:
    names = np.array([r.name for r in demo.terrain.rivers], object)
    codes = np.array([r.code for r in demo.terrain.rivers], object)
    return {"A31a_201": codes[river], "A31a_202": names[river], "A31a_205": classes}


def _ranks(demo: Demo) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray, np.ndarray]:
    """Return ranks of every river at the largest and the planned scale, the worse of the rivers with its number, and ranks of duration.

    They agree cell by cell: the planned rank is never above the largest, the combined map is the worse river, and
    water stands somewhere for some time exactly where it gets.
    """
    grid, water, crumb = demo.water.grid, demo.water, demo.size.crumb
    largest = [sieved(grid, rank(d, DEPTHS), crumb) for d in water.flood]
    planned = [np.minimum(sieved(grid, rank(d, DEPTHS), crumb), top) for d, top in zip(water.planned, largest, strict=True)]
    worse = np.maximum(*largest)
    second = (largest[1] > largest[0]) | ((largest[1] == largest[0]) & (water.flood[1] > water.flood[0]))
    hours = np.where(worse > 0, np.maximum(sieved(grid, rank(water.hours, HOURS), crumb), 1), 0).astype("uint8")
    return largest, planned, np.where(worse > 0, worse + 10 * second, 0).astype("uint8"), hours


def _flood(demo: Demo) -> list[Table]:
    grid, water = demo.water.grid, demo.water
    largest, planned, both, hours = _ranks(demo)
    shape, code = areas(grid, both)
    tables = [Table("hazard/flood_l2.geojson", "geojson",
                    _river_columns(demo, code // 10, code % 10) | {"区域番号": np.arange(1, len(code) + 1)}, shape)]
    for (folder, series), ranks in zip(SCALES, (largest, planned), strict=True):
        for k, (river, one) in enumerate(zip(demo.terrain.rivers, ranks, strict=True)):
            shape, classes = areas(grid, one)
            columns = _official_columns(demo, series, k, classes) | {"区域番号": np.arange(1, len(classes) + 1)}
            tables.append(Table(f"{OFFICIAL}/{folder}/A31a-{series // 10}-26_{river.code}.shp", "shp-geo", columns, shape))
    shape, classes = areas(grid, hours)
    tables.append(Table("hazard/flood_duration.shp", "shp", {"継続ランク": classes}, shape))
    flow, eroded, flow_river, eroded_river = [], [], [], []
    for k, river in enumerate(demo.terrain.rivers):
        x, y = grid.mesh()
        near = river.distance(x, y) < river.breadth(y) * 1.1 + 95
        found, _ = polygons(grid, ((water.flood[k] > 3.3) & near).astype("uint8"), 900.0)
        found = smooth(found)
        found = found[shapely.area(found) > 600]
        flow += list(found)
        flow_river += [river.name] * len(found)
        lengths = np.where(river.breadth(np.array([0.0]))[0] > 60, 42.0, 22.0)
        strip = shapely.difference(shapely.buffer(demo.network.banks[k], float(lengths)), demo.network.banks[k])
        strip = shapely.set_precision(shapely.simplify(strip, 0.5), 0.01)
        parts = shapely.get_parts(shapely.intersection(strip, demo.network.limit, grid_size=0.01))
        parts = parts[(shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 20)]
        eroded += list(parts)
        eroded_river += [river.name] * len(parts)
    for stem, number, names, shapes in (("flow", 1, flow_river, flow), ("erosion", 2, eroded_river, eroded)):
        tables.append(Table(f"hazard/collapse_{stem}.shp", "shp", {
            "河川名": np.array(names, object), "区分": np.full(len(shapes), number)}, np.array(shapes, object)))
    return tables


DEPTH_WORDS = np.array(["", "0.5m未満", "0.5m以上3.0m未満", "3.0m以上5.0m未満", "5.0m以上10.0m未満", "10.0m以上20.0m未満", "20.0m以上"], object)


def _coastal(demo: Demo) -> list[Table]:
    grid, water = demo.water.grid, demo.water
    tables = []
    for stem, form, values, limits in (
            ("inland", "shp-geo", water.inland, DEPTHS), ("storm_surge", "geojson", water.surge, DEPTHS),
            ("storm_surge_duration", "shp", water.surge_hours, HOURS), ("tsunami", "shp-geo", water.tsunami, DEPTHS)):
        shape, classes = polygons(grid, rank(values, limits), 300.0 if stem == "inland" else 150.0)
        columns = {"ランク": classes} if limits is HOURS else {"ランク": classes, "浸水深": DEPTH_WORDS[classes]}
        tables.append(Table(f"hazard/{stem}.{'geojson' if form == 'geojson' else 'shp'}", form, columns, shape))
    return tables


def _land(demo: Demo) -> list[Table]:
    s = demo.slides
    order = np.lexsort((s.number.astype(str), s.zone))
    places = np.array([f"{CAUSES[c]}{n}" for c, n in zip(s.cause, s.number, strict=True)], object)
    tables = [Table("hazard/landslide.shp", "shp", {
        "A33_001": s.cause[order], "A33_002": s.zone[order], "A33_004": s.number[order], "A33_005": places[order],
        "種別": texts(f"{c}{z}" for c, z in zip(s.cause[order], s.zone[order], strict=True))}, s.shape[order])]
    for k, stem in enumerate(("trench", "fault")):
        cell, label = shaking(demo.size, demo.terrain, demo.network, k)
        tables.append(Table(f"hazard/earthquake_{stem}.shp", "shp", {"震度階級": label}, cell))
    return tables


def _history(demo: Demo) -> list[Table]:
    grid, water = demo.water.grid, demo.water
    wet = {1982: np.maximum(water.planned[0], water.inland) > 1.0, 1999: (water.inland > 0.12) & (water.ground < 9),
           2018: np.maximum(water.planned[1], water.inland - 0.2) > 0.55}
    causes = {1982: "台風による河川の溢水", 1999: "集中豪雨による内水", 2018: "前線の大雨"}
    tables = []
    for year in FLOODED_YEARS:
        shape, _ = polygons(grid, wet[year].astype("uint8"), 1500.0)
        shape = smooth(shape, 13.0)
        shape = shape[(shapely.get_type_id(shape) == 3) & (shapely.area(shape) > 1200)]
        tables.append(Table(f"hazard/flood_history_{year}.shp", "shp", {
            "発生年": np.full(len(shape), year), "原因": repeat(causes[year], len(shape))}, shape))
    return tables


def hazard_tables(demo: Demo) -> list[Table]:
    """Return every hazard layer."""
    return _flood(demo) + _coastal(demo) + _land(demo) + _history(demo)
