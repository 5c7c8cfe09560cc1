"""Tables of the topographic base map, towns, parcels and addresses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import shapely

from gispipe.demo.city import Demo
from gispipe.demo.fields import cover, isolines
from gispipe.demo.frame import CITY, CODE, generator
from gispipe.demo.network import plazas
from gispipe.demo.tables import Table
from gispipe.demo.threads import each
from gispipe.demo.towns import dissolve

GREENS = {"farm": "農地", "park": "公園", "big_park": "公園", "primary": "学校", "junior": "学校", "shrine": "社寺", "city_hall": "公共用地",
          "hospital": "公共用地", "industrial": "工業用地"}


def texts(values: Iterable[object]) -> np.ndarray:
    """Return values as an array of Python strings."""
    return np.array([str(v) for v in values], object)


def repeat(value: str, count: int) -> np.ndarray:
    """Return the same text `count` times."""
    return np.full(count, value, object)


def _landcover(demo: Demo) -> Table:
    net, lots = demo.network, demo.lots
    kinds = lots.block_kind.astype(str)
    shapes, names = [], []
    for kind, label in GREENS.items():
        mine = lots.block[kinds == kind]
        shapes += list(mine)
        names += [label] * len(mine)
    woods = shapely.get_parts(shapely.intersection(demo.towns.shape, net.forest))
    woods = woods[(shapely.get_type_id(woods) == 3) & (shapely.area(woods) > 5)]
    dry = shapely.get_parts(shapely.difference(np.array(net.banks), np.array(net.water)))
    tracks = shapely.union_all([shapely.buffer(net.railway, 7.0), *plazas(net.railway, net.stations, 70.0, 12.0)])
    rail = shapely.get_parts(shapely.intersection(tracks, net.limit))
    for extra, label in ((woods, "森林"), (dry, "河川敷"), (rail, "鉄道用地")):
        shapes += list(extra)
        names += [label] * len(extra)
    areas, of = shapely.get_parts(shapely.set_precision(np.array(shapes, object), 0.001), return_index=True)
    keep = (shapely.get_type_id(areas) == 3) & (shapely.area(areas) > 5)
    return Table("base/landcover.shp", "shp", {"種別": np.array(names, object)[of[keep]]}, areas[keep])


def _roads(demo: Demo) -> Table:
    """Return road surfaces cut by town."""
    shape, kind, _ = _surfaces(demo)
    return Table("base/road_area.shp", "shp", {"種別": kind}, shape)


def road_edges(demo: Demo) -> tuple[np.ndarray, np.ndarray]:
    """Return the real edges of roads (道路縁) as lines, without the cuts between towns, and their kinds."""
    shapes, kinds, cuts = _surfaces(demo)
    edge, edge_kind = [], []
    for label in ("車道", "橋・踏切"):
        mine = kinds == label
        lines = shapely.get_parts(shapely.line_merge(shapely.difference(shapely.boundary(shapes[mine]), cuts[mine], grid_size=0.001)))
        lines = lines[(shapely.get_type_id(lines) == 1) & (shapely.length(lines) > 0.5)]
        edge += list(lines)
        edge_kind += [label] * len(lines)
    return np.array(edge, object), np.array(edge_kind, object)


@lru_cache(maxsize=1)
def _surfaces(demo: Demo) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return road surfaces cut by town, their kinds, and the outline of the town each lies in."""
    net = demo.network
    wet = shapely.union_all([net.forest, *net.banks])
    main = shapely.union_all(shapely.buffer(net.roads, net.road_width / 2, cap_style="flat"))
    blocks = np.array([shapely.multipolygons(demo.lots.block[demo.block_town == k]) for k in range(len(demo.towns.shape))], object)
    rail = shapely.buffer(net.railway, 7.0)
    dry = shapely.difference(demo.towns.shape, shapely.union(wet, rail), grid_size=0.001)
    streets = np.array(each(lambda k: shapely.difference(dry[k], blocks[k], grid_size=0.001), range(len(dry))), object)
    crossings = shapely.intersection(demo.towns.shape, shapely.intersection(main, shapely.union(wet, rail)), grid_size=0.001)
    cuts = shapely.boundary(demo.towns.shape)
    shape, kind, cut = [], [], []
    for areas, label in ((streets, "車道"), (crossings, "橋・踏切")):
        parts, town = shapely.get_parts(areas, return_index=True)
        keep = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 6)
        parts, town = parts[keep], town[keep]
        shape += list(parts)
        kind += [label] * len(parts)
        cut += list(cuts[town])
    return np.array(shape, object), np.array(kind, object), np.array(cut, object)


def road_lines(demo: Demo) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return middle lines of every road with class and width."""
    net = demo.network
    main, of = shapely.get_parts(net.roads, return_index=True)
    lines = np.concatenate([main, demo.collectors, demo.street])
    kind = np.concatenate([net.road_class[of], repeat("補助幹線", len(demo.collectors)), repeat("区画道路", len(demo.street))])
    width = np.concatenate([net.road_width[of], np.full(len(demo.collectors), 8.0), demo.street_width])
    parts, of = shapely.get_parts(lines, return_index=True)
    keep = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 5)
    return parts[keep], kind[of][keep], np.round(width[of][keep], 1)


def contours(demo: Demo) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return contour lines, their heights, and which are index contours (計曲線)."""
    grid = cover(demo.size.width, demo.size.height, 10.0 if demo.size.name == "small" else 15.0)
    z = demo.terrain.height(*grid.mesh())
    step = 5.0 if demo.size.name == "small" else 10.0
    shapes, heights = [], []
    dry = shapely.difference(demo.network.limit, shapely.union_all(demo.network.banks))
    for level in np.arange(step, z.max(), step):
        parts = shapely.get_parts(shapely.intersection(shapely.simplify(isolines(grid, z, level), 0.3), dry))
        parts = parts[(shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 40)]
        shapes += list(parts)
        heights += [level] * len(parts)
    return np.array(shapes, object), np.array(heights), np.array(heights) % (5 * step) == 0


def base_tables(demo: Demo) -> list[Table]:
    """Return the topographic base layers."""
    net = demo.network
    frame = shapely.box(-150, -480, demo.size.width + 150, demo.size.height + 150)
    seas = shapely.get_parts(shapely.difference(frame, net.land))
    wet = np.concatenate([seas, *[shapely.get_parts(w) for w in net.water]])
    names = ["夕凪湾"] * len(seas) + [r.name for r, w in zip(demo.terrain.rivers, net.water, strict=True) for _ in shapely.get_parts(w)]
    lines, kind, width = road_lines(demo)
    buildings = demo.buildings
    hall = np.array([f"B{k + 1:06d}" for k in range(len(buildings.shape))], object)
    return [
        Table("base/city_area.shp", "shp", {"名称": repeat(CITY, 1), "コード": repeat(CODE, 1)}, np.array([net.limit], object)),
        Table("base/water.shp", "shp", {
            "種別": np.array(["海"] * len(seas) + ["河川"] * (len(wet) - len(seas)), object), "名称": np.array(names, object)}, wet),
        _landcover(demo),
        _roads(demo),
        Table("base/road_line.shp", "shp", {"種別": kind, "幅員": width}, lines, "LineString"),
        Table("base/building.shp", "shp", {
            "建物番号": hall, "用途": buildings.use, "階数": buildings.floors,
            "構造": np.where(buildings.solid, "堅ろう建物", "普通建物").astype(object), "建築年": buildings.year}, buildings.shape),
    ]


def town_tables(demo: Demo) -> list[Table]:
    """Return towns and neighbourhood associations."""
    towns = demo.towns
    count = int(towns.neighborhood.max()) + 1
    homes = np.bincount(towns.neighborhood[demo.block_town[demo.lots.lot_block[demo.buildings.lot]]], minlength=count)
    return [
        Table("town/town.shp", "shp", {"町名": towns.name, "町名かな": towns.kana, "町字番号": towns.code}, towns.shape),
        Table("town/jichikai.shp", "shp-old", {"自治会名": towns.neighborhood_name, "世帯数": homes.astype(int)},
              dissolve(towns.shape, towns.neighborhood, count)),
    ]


def addresses(demo: Demo) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return address points and columns: one for each main building, numbered around its block every ten metres."""
    lots, b = demo.lots, demo.buildings
    first = np.unique(b.lot, return_index=True)[1]
    lot = b.lot[first]
    block = lots.lot_block[lot]
    point = shapely.point_on_surface(b.shape[first])
    ring = shapely.get_exterior_ring(lots.block[block])
    number = 1 + np.floor(shapely.line_locate_point(ring, point) / 10.0).astype(int)
    key = block * 10_000 + number
    # two doors in the same ten metres: only the first has the number
    keep = np.sort(np.unique(key, return_index=True)[1])
    town = demo.towns.name[demo.block_town[block]]
    sign = demo.block_number[block]
    full = np.array([f"{t}{s}番{n}号" for t, s, n in zip(town, sign, number, strict=True)], object)
    return point[keep], {"町名": town[keep], "街区符号": sign[keep], "住居番号": number[keep], "住所": full[keep]}


def parcel_tables(demo: Demo) -> list[Table]:
    """Return lots with their numbers, and addresses."""
    lots = demo.lots
    rng = generator(demo.seed, 13)
    built = np.isin(np.arange(len(lots.lot)), demo.buildings.lot)
    kind = lots.block_kind[lots.lot_block].astype(str)
    use = np.where(kind == "farm", np.where(rng.random(len(kind)) < 0.75, "田", "畑"), np.where(built, "宅地", "雑種地"))
    use = np.where(np.isin(kind, ["park", "big_park"]), "公園", np.where(np.isin(kind, ["primary", "junior"]), "学校用地", use))
    points, columns = addresses(demo)
    return [
        Table("parcel/parcel.shp", "shp", {
            "町名": demo.towns.name[demo.block_town[lots.lot_block]], "地番": demo.lot_number, "地目": use.astype(object),
            "地積": np.round(shapely.area(lots.lot), 2)}, lots.lot),
        Table("address/address.csv", "csv-sjis", columns, points),
    ]
