"""Tables of city planning: zoning and what goes with it, planned roads, heritage, townscape."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.base_tables import repeat
from gispipe.demo.city import Demo
from gispipe.demo.frame import generator
from gispipe.demo.network import polygonal
from gispipe.demo.tables import Table

RATES = {  # building coverage and floor area ratio, %
    "第一種低層住居専用地域": (50, 100), "第二種低層住居専用地域": (60, 150), "第一種中高層住居専用地域": (60, 200), "第二種中高層住居専用地域": (60, 200),
    "第一種住居地域": (60, 200), "第二種住居地域": (60, 200), "準住居地域": (60, 200), "田園住居地域": (50, 100), "近隣商業地域": (80, 300),
    "商業地域": (80, 400), "準工業地域": (60, 200), "工業地域": (60, 200), "工業専用地域": (60, 200),
}


def _zones(demo: Demo) -> np.ndarray:
    """Return the zone of every town, empty outside the urbanization area."""
    towns, n = demo.towns, len(demo.towns.shape)
    rng = generator(demo.seed, 20)
    x, y = shapely.get_coordinates(shapely.centroid(towns.shape)).T
    high = demo.terrain.height(x, y)
    shore = (y - demo.terrain.coast(x)) / demo.size.height
    kind = towns.kind.astype(str)
    # drawn without luck within each kind of town, so that every zone occurs even in the small city
    draw = np.zeros(n)
    for one in np.unique(kind):
        mine = np.flatnonzero(kind == one)
        draw[mine] = (rng.permutation(len(mine)) + 0.5) / len(mine)
    zone = np.full(n, "", object)
    zone[kind == "commercial"] = "商業地域"
    zone[kind == "dense"] = np.where(draw < 0.45, "近隣商業地域", np.where(draw < 0.8, "第二種住居地域", "準工業地域"))[kind == "dense"]
    zone[kind == "residential"] = np.where(draw < 0.4, "第一種住居地域", np.where(draw < 0.7, "第一種中高層住居専用地域", "第二種中高層住居専用地域"))[kind == "residential"]
    zone[kind == "suburb"] = np.where(draw < 0.6, "第一種低層住居専用地域", np.where(draw < 0.85, "第二種低層住居専用地域", "田園住居地域"))[kind == "suburb"]
    zone[kind == "hillside"] = np.where((draw < 0.75) | (high > 25), "第一種低層住居専用地域", "第二種低層住居専用地域")[kind == "hillside"]
    zone[kind == "industrial"] = np.where(shore < 0.035, "工業専用地域", np.where(draw < 0.7, "工業地域", "準工業地域"))[kind == "industrial"]
    return zone


def _zoning(demo: Demo) -> tuple[Table, Table]:
    """Return zoning (strips along the main roads of 沿道 uses included) and the urbanization areas."""
    zone, towns = _zones(demo), demo.towns
    names = list(RATES)
    areas = {name: shapely.union_all(towns.shape[zone == name], grid_size=0.001) for name in names}
    roads = demo.network.roads[np.isin(demo.network.road_class.astype(str), ["国道", "県道"])]
    strip = shapely.buffer(shapely.union_all(roads), 32.0, quad_segs=4)
    calm = [n for n in names if "住居" in n and n != "準住居地域"]
    moved = shapely.union_all([shapely.intersection(areas[n], strip, grid_size=0.001) for n in calm if "低層" not in n], grid_size=0.001)
    for name in calm:
        if "低層" not in name:
            areas[name] = shapely.difference(areas[name], strip, grid_size=0.001)
    areas["準住居地域"] = shapely.union(areas["準住居地域"], moved, grid_size=0.001)
    shape, label = [], []
    for name in names:
        parts = polygonal(areas[name], 150.0)
        shape += list(parts)
        label += [name] * len(parts)
    rates = np.array([RATES[n] for n in label])
    zoning = Table("planning/zoning.shp", "shp-geo", {
        "用途地域": np.array(label, object), "建蔽率": rates[:, 0], "容積率": rates[:, 1]}, np.array(shape, object))
    urban = polygonal(shapely.union_all(towns.shape[zone != ""], grid_size=0.001), 150.0)
    rest = polygonal(shapely.union_all(towns.shape[zone == ""], grid_size=0.001), 150.0)
    line = Table("planning/urbanization.shp", "shp-geo", {"区域区分": np.array(["市街化区域"] * len(urban) + ["市街化調整区域"] * len(rest), object)},
                 np.concatenate([urban, rest]))
    return zoning, line


def _districts(demo: Demo) -> list[Table]:
    towns, zone = demo.towns, _zones(demo)
    kind = towns.kind.astype(str)
    rng = generator(demo.seed, 21)

    def areas(groups: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        shape, label = [], []
        for name, chosen in groups.items():
            parts = polygonal(shapely.union_all(towns.shape[chosen], grid_size=0.001), 150.0) if chosen.any() else []
            shape += list(parts)
            label += [name] * len(parts)
        return np.array(shape, object), np.array(label, object)

    fire_shape, fire = areas({"防火地域": zone == "商業地域", "準防火地域": np.isin(zone.astype(str), ["近隣商業地域", "第二種住居地域", "準工業地域"])})
    height_shape, height = areas({"第一種高度地区": np.isin(zone.astype(str), ["第一種低層住居専用地域", "第二種低層住居専用地域", "田園住居地域"]),
                                  "第二種高度地区": np.isin(zone.astype(str), ["第一種中高層住居専用地域", "第二種中高層住居専用地域", "第一種住居地域"]),
                                  "第三種高度地区": np.isin(zone.astype(str), ["第二種住居地域", "準工業地域", "近隣商業地域"])})
    candidates = np.flatnonzero(np.isin(kind, ["hillside", "commercial", "industrial", "suburb"]))
    chosen = np.sort(rng.choice(candidates, max(4, len(candidates) // 7), replace=False))
    plan = np.array([f"{n}地区" for n in towns.name[chosen]], object)
    x, y = shapely.get_coordinates(shapely.centroid(towns.shape)).T
    river = np.minimum(*(r.distance(x, y) for r in demo.terrain.rivers))
    scenic_shape, scenic = areas({"駅前にぎわい景観地区": kind == "commercial", "川辺の景観地区": (river < 190) & (kind != "commercial") & (kind != "industrial"),
                                  "里山の景観地区": kind == "forest"})
    dates = repeat("2019-04-01", len(chosen))
    return [
        Table("planning/fire.shp", "shp", {"区分": fire}, fire_shape),
        Table("planning/height.shp", "shp", {"種別": height}, height_shape),
        Table("planning/district_plan.shp", "shp", {"地区名": plan, "決定日": dates}, towns.shape[chosen]),
        Table("planning/landscape.shp", "shp", {"地区名": scenic}, scenic_shape),
    ]


def _planned_roads(demo: Demo) -> Table:
    net = demo.network
    roads, of = shapely.get_parts(net.roads, return_index=True)
    keep = shapely.length(roads) > 120
    roads, of = roads[keep], of[keep]
    state = np.array(["整備済", "整備済", "事業中", "未整備"], object)[(of * 7 + 1) % 4]
    number = np.array([f"3・{3 if w > 18 else 4 if w > 14 else 5}・{k + 1}号" for k, w in zip(of, net.road_width[of], strict=True)], object)
    return Table("planning/planned_road.shp", "shp", {"路線番号": number, "幅員": net.road_width[of], "状況": state}, roads, "LineString")


def _heritage(demo: Demo) -> Table:
    rng = generator(demo.seed, 22)
    edge = shapely.boundary(demo.network.forest)
    count = 9 if demo.size.name == "small" else 46
    near = shapely.get_coordinates(shapely.line_interpolate_point(edge, rng.random(count // 2), normalized=True))
    box = np.column_stack([rng.uniform(0.08, 0.92, count), rng.uniform(0.3, 0.85, count)]) * (demo.size.width, demo.size.height)
    centres = np.concatenate([near, box])
    turn = np.linspace(0, 2 * np.pi, 25)[:-1]
    shapes = []
    for centre in centres:
        radius = rng.uniform(38, 105) * (1 + 0.18 * np.sin(2 * turn + rng.uniform(0, 6)) + 0.10 * np.sin(3 * turn + rng.uniform(0, 6)))
        shapes.append(shapely.polygons(centre + np.column_stack([1.3 * radius * np.cos(turn), radius * np.sin(turn)])))
    shape = shapely.intersection(np.array(shapes, object), demo.network.limit)
    shape = shape[(shapely.get_type_id(shape) == 3) & (shapely.area(shape) > 900)]
    kinds = np.array(["集落跡", "古墳", "散布地", "城館跡", "窯跡"], object)[np.arange(len(shape)) % 5]
    ages = np.array(["弥生時代", "古墳時代", "縄文時代", "中世", "奈良時代"], object)[np.arange(len(shape)) % 5]
    heads = np.array(["朝茜", "白露", "麦風", "木漏", "若鮎", "葦辺", "薄紅", "虹見", "千草"], object)
    tails = ["古墳" if kind == "古墳" else "遺跡" for kind in kinds]
    names = np.array([f"{heads[k % 9]}{'' if k < 9 else '第' + str(k // 9 + 1)}{tails[k]}" for k in range(len(shape))], object)
    return Table("culture/buried.shp", "shp-old", {"遺跡名": names, "種別": kinds, "時代": ages}, shape)


def planning_tables(demo: Demo) -> list[Table]:
    """Return the city planning layers."""
    return [*_zoning(demo), *_districts(demo), _planned_roads(demo), _heritage(demo)]
