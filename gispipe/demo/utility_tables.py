"""Tables of roads by law and of what lies beneath them: 市道認定路線, 指定道路, sewers, water mains, control points."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.base_tables import road_lines
from gispipe.demo.city import Demo
from gispipe.demo.frame import ORIGIN, generator
from gispipe.demo.tables import Table

LAW = ["法42条1項1号", "法42条1項2号", "法42条1項3号", "法42条1項5号", "法42条2項", "法43条2項2号", "法外道路"]


def _city_roads(demo: Demo) -> tuple[Table, Table]:
    lines, kind, width = road_lines(demo)
    rng = generator(demo.seed, 30)
    own = np.flatnonzero(~np.isin(kind.astype(str), ["国道", "県道"]))
    grade = np.where(kind[own] == "主要市道", "1級", np.where(kind[own] == "補助幹線", "2級", "その他")).astype(object)
    number = np.array([f"{ {'1級': 1, '2級': 2, 'その他': 3}[g]}{k + 1:04d}" for k, g in enumerate(grade)], object)
    towns = shapely.STRtree(demo.towns.shape).nearest(shapely.line_interpolate_point(lines[own], 0.5, normalized=True))
    stem = np.array([str(n).split("丁目")[0] for n in demo.towns.name[towns]], object)
    name = np.array([f"{s}{k + 1}号線" for k, s in enumerate(stem)], object)
    city = Table("road/city_road.shp", "shp", {"路線番号": number, "路線名": name, "等級": grade, "幅員": width[own],
                                               "延長": np.round(shapely.length(lines[own]), 1)}, lines[own], "LineString")
    draw = rng.random(len(lines))
    law = np.where(draw < 0.62, LAW[0], np.where(draw < 0.76, LAW[1], np.where(draw < 0.84, LAW[2], np.where(draw < 0.95, LAW[3], LAW[5]))))
    law = np.where(width < 4.0, np.where(draw < 0.82, LAW[4], LAW[6]), law)
    law = np.where(np.isin(kind.astype(str), ["国道", "県道", "主要市道", "補助幹線"]), LAW[0], law)
    decided = np.array([f"{int(y)}-04-01" for y in 1950 + (draw * 70).astype(int)], object)
    designated = Table("road/designated_road.shp", "shp", {"種別": law.astype(object), "幅員": width, "告示日": decided}, lines, "LineString")
    return city, designated


def _pipes(demo: Demo) -> list[Table]:
    lines, kind, width = road_lines(demo)
    rng = generator(demo.seed, 31)
    towns = shapely.STRtree(demo.towns.shape).nearest(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    use = demo.towns.kind[towns].astype(str)
    served = ~np.isin(use, ["farm", "forest"])
    lines, kind, width, use = lines[served], kind[served].astype(str), width[served], use[served]
    old = np.isin(use, ["commercial", "dense"])
    big = kind != "区画道路"
    high = demo.terrain.height(*shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.0)).T)
    low = demo.terrain.height(*shapely.get_coordinates(shapely.line_interpolate_point(lines, 1.0, normalized=True)).T)
    down = np.where(low > high, shapely.reverse(lines), lines)
    straight = shapely.simplify(down, 0.4)
    shape, label, diameter, year = [], [], [], []
    for chosen, name, shift, sizes in ((old, "合流", 0.0, (400, 900)), (~old, "汚水", 0.9, (200, 450)), (~old, "雨水", -0.9, (300, 800))):
        moved = shapely.offset_curve(straight[chosen], shift) if shift else straight[chosen]
        parts, of = shapely.get_parts(moved, return_index=True)
        parts, of = parts[shapely.length(parts) > 4], of[shapely.length(parts) > 4]
        shape.append(parts)
        label += [name] * len(parts)
        diameter.append(np.where(big[chosen][of], sizes[1], sizes[0]) + 50 * rng.integers(0, 3, len(parts)))
        year.append(np.where(name == "合流", 1962, 1984) + rng.integers(0, 30, len(parts)))
    sewer = np.concatenate(shape)
    label_a = np.array(label, object)
    material = np.array(["塩ビ管", "ヒューム管", "陶管"], object)[np.where(label_a == "合流", 1, rng.integers(0, 2, len(sewer)))]
    lengths = shapely.length(sewer)
    count = np.maximum(2, (lengths // 32).astype(int) + 1)
    of = np.repeat(np.arange(len(sewer)), count)
    step = (np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)) / np.repeat(count - 1, count)
    hole = shapely.line_interpolate_point(sewer[of], step, normalized=True)
    rounded = np.round(shapely.get_coordinates(hole) / 2.5)
    first = np.sort(np.unique(np.column_stack([rounded, (label_a[of] == "雨水")]), axis=0, return_index=True)[1])
    hole, of = hole[first], of[first]
    ground = np.round(demo.terrain.height(*shapely.get_coordinates(hole).T), 2)
    mains = shapely.get_parts(shapely.offset_curve(straight, -1.7))
    mains = mains[shapely.length(mains) > 4]
    size = np.array([75, 100, 150, 200, 300])[rng.choice(5, len(mains), p=[0.3, 0.34, 0.2, 0.1, 0.06])]
    return [
        Table("sewer/pipe.shp", "shp", {"管種別": label_a, "管径": np.concatenate(diameter), "管材": material, "布設年度": np.concatenate(year),
                                       "延長": np.round(lengths, 2)}, sewer, "LineString"),
        Table("sewer/manhole.shp", "shp", {"人孔番号": np.array([f"M{k + 1:06d}" for k in range(len(hole))], object), "種別": label_a[of],
                                          "地盤高": ground, "深さ": np.round(1.2 + 2.2 * rng.random(len(hole)), 2)}, hole, "Point"),
        Table("water/pipe.shp", "shp", {"口径": size, "管種": np.array(["ダクタイル鋳鉄管", "硬質塩ビ管", "ポリエチレン管"], object)[rng.integers(0, 3, len(mains))],
                                       "布設年度": 1965 + rng.integers(0, 60, len(mains))}, mains, "LineString"),
    ]


def _control_points(demo: Demo) -> Table:
    rng = generator(demo.seed, 32)
    lines, _, _ = road_lines(demo)
    chosen = np.sort(rng.choice(len(lines), max(40, len(lines) // 12), replace=False))
    point = shapely.line_interpolate_point(lines[chosen], 0.5, normalized=True)
    grade = np.array(["街区三角点", "街区多角点", "補助点", "3級基準点"], object)[rng.choice(4, len(point), p=[0.12, 0.5, 0.2, 0.18])]
    grade[:3] = "水準点"
    x, y = shapely.get_coordinates(point).T
    return Table("survey/control_point.shp", "shp", {
        "点名": np.array([f"{g[:2]}{k + 1:04d}" for k, g in enumerate(grade)], object), "種別": grade,
        "X座標": np.round(y + ORIGIN[1], 3), "Y座標": np.round(x + ORIGIN[0], 3), "標高": np.round(demo.terrain.height(x, y), 3)}, point, "Point")


def utility_tables(demo: Demo) -> list[Table]:
    """Return roads by law, sewers, water mains and control points."""
    return [*_city_roads(demo), *_pipes(demo), _control_points(demo)]
