"""The small city that is asked about: what it delivers, in plane metres from the city's corner."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import shapely
from tinycity import CANARY, CRS, X, Y, dbf, declare, geojson, shapefile
from tinycity import lonlat as degrees

from asked_layers import KINDS, LAYERS, MAP, TOML

Row = dict[str, object]
BOX = {
    "flood": [((0, 0, 300, 300), 1, "大川"), ((0, 0, 90, 90), 3, "大川"), ((200, 100, 500, 260), 2, "小川"), ((600, 180, 900, 220), 2, "小川"), ((200, 470, 300, 500), 2, "小川")],
    "landslide": [((700, 300, 860, 460), "21", "土石流A", "D-1"), ((740, 340, 800, 400), "22", "土石流A", "D-2"), ((820, 400, 900, 520), "11", None, "K-3")],
    "tsunami": [((0, 500, 200, 600), "0.3m未満"), ((0, 540, 200, 600), "0.5m以上 ～ 3.0m未満"), ((0, 560, 100, 600), "5m以上10m未満"), ((100, 580, 200, 600), "２０ｍ以上"), ((0, 590, 30, 600), "2")],
    "town": [((0, 0, 400, 600), "青葉一丁目", "あおばいっちょうめ"), ((400, 0, 1000, 600), "青葉二丁目", "あおばにちょうめ")],
    "school": [((0, 0, 500, 600), "あおば小学校区"), ((500, 0, 1000, 600), "みどり小学校区")],
}
HOLE = (100, 100, 140, 140)
SITES = [("北公園", 650, 300, "1", None, None, "1"), ("丘の広場", 250, 560, "1", "1", None, None), ("大川公園", 60, 60, "1", None, None, "1"),
         ("南小学校", 960, 100, None, "1", "1", None), ("山の学校", 990, 560, "1", None, "1", None), ("指定のない広場", 640, 110, "0", "×", None, "なし")]
ROADS = [[(650, 100), (650, 300)], [(650, 100), (960, 100), (960, 300), (650, 300)], [(250, 400), (250, 560)]]
EDGE_DOOR = (500, 200.1)
"""On the eastern edge of a zone of 小川, where a coordinate written in degrees and read back would fall beside it."""


TWO_DOORS = ((510, 240), (490, 240))
"""One house number at two doors, one of them in a zone of 小川."""


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + west, Y + south, X + east, Y + north)


def point(east: float, north: float) -> shapely.Point:
    return shapely.Point(X + east, Y + north)


def degrees_of(east: float, north: float) -> str:
    """Return a place as people write it, lat,lon."""
    there = degrees([point(east, north)])[0]
    return f"{there.y:.10f},{there.x:.10f}"


def flood_shapes() -> list[shapely.Polygon]:
    """Return the polygons of both rivers as delivered: the first with a hole, the last crossing itself."""
    shapes = [box(*corners) for corners, _, _ in BOX["flood"]]
    shapes[0] = shapes[0].difference(box(*HOLE))
    return [*shapes, shapely.Polygon([(X + x, Y + y) for x, y in ((520, 20), (600, 100), (600, 20), (520, 100))])]


FLOOD_RANKS = [*(rank for _, rank, _ in BOX["flood"]), 4]
RIVERS = [*(river for _, _, river in BOX["flood"]), "小川"]


def lots() -> tuple[list[shapely.Polygon], list[Row]]:
    places = [(i, j) for j in range(15) for i in range(25)]
    return ([box(40 * i + 2, 40 * j + 2, 40 * i + 38, 40 * j + 38) for i, j in places],
            [{"town": "青葉一丁目" if i < 10 else "青葉二丁目", "lot": f"{j + 1}-{i + 1}", "owner": f"持主{CANARY}{i}"} for i, j in places])


def doors() -> tuple[list[shapely.Point], list[Row]]:
    places = [(i, j) for j in range(15) for i in range(25) if (i + j) % 2]
    rows: list[Row] = [{"town": "青葉一丁目" if i < 10 else "青葉二丁目", "block": str(j + 1), "number": str(i + 1)} for i, j in places]
    more: list[Row] = [{"town": "青葉二丁目", "block": "6", "number": "99"}, *({"town": "青葉二丁目", "block": "6", "number": "88"} for _ in TWO_DOORS)]
    return [*(point(40 * i + 16, 40 * j + 17) for i, j in places), point(*EDGE_DOOR), *(point(*door) for door in TWO_DOORS)], [*rows, *more]


def everything() -> dict[str, tuple[list[shapely.Geometry], list[Row]]]:
    """Return shapes and rows of every layer but the flood."""
    houses = [(i, j) for j in range(15) for i in range(25) if (i + j) % 3]
    named = {name: ([box(*one[0]) for one in BOX[name]], BOX[name]) for name in ("landslide", "tsunami", "town", "school")}
    return {
        "plan": ([box(0, 0, 150, 150), box(140, 0, 220, 80)], [{"rank": 1, "river": "大川"}, {"rank": 2, "river": "小川"}]),
        "duration": ([box(0, 0, 250, 250)], [{"rank": 4}]),
        "landslide": (named["landslide"][0], [{"kind": k, "name": n, "number": m} for _, k, n, m in named["landslide"][1]]),
        "tsunami": (named["tsunami"][0], [{"words": words} for _, words in named["tsunami"][1]]),
        "pond": ([box(420, 300, 520, 400)], [{"name": "鏡池", "rank": 3}]),
        "quake": ([box(0, 0, 500, 600), box(500, 0, 1000, 600)], [{"felt": "6弱"}, {"felt": "6強"}]),
        "flooded": ([box(20, 20, 60, 60)], [{"year": "1999"}]),
        "surge": ([box(300, 400, 400, 500)], [{"rank": 1}]),
        "secret": ([box(-50, -50, 1050, 650)], [{"name": f"計画{CANARY}"}]),
        "survey": ([box(0, 0, 800, 600)], [{"name": "県調査"}]),
        "town": (named["town"][0], [{"name": n, "kana": k} for _, n, k in named["town"][1]]),
        "school": (named["school"][0], [{"name": n} for _, n in named["school"][1]]),
        "council": ([box(0, 0, 1000, 300), box(0, 300, 1000, 600)], [{"name": "南自治会"}, {"name": "北自治会"}]),
        "parcel": lots(),
        "house": ([box(40 * i + 10, 40 * j + 10, 40 * i + 24, 40 * j + 24) for i, j in houses], [{"number": f"H{k:03d}"} for k in range(len(houses))]),
        "door": doors(),
        "hall": ([point(60, 70), point(550, 450)], [{"name": "小さな市役所", "kana": "ちいさなしやくしょ", "opened": "1999-04-01", "floor": 1234.5},
                                                     {"name": "図書館", "kana": "としょかん", "opened": None, "floor": None}]),
        "park": ([box(480, 80, 560, 140)], [{"name": "中央公園"}]),
        "site": ([point(x, y) for _, x, y, *_ in SITES], [dict(zip(("name", "flood", "landslide", "tsunami", "quake"), (n, *d), strict=True)) for n, _, _, *d in SITES]),
        "stay": ([point(70, 60), point(550, 460)], [{"name": "あおば小学校体育館"}, {"name": "みどり公民館"}]),
        "road": ([shapely.LineString([(X + x, Y + y) for x, y in line]) for line in ROADS], [{"name": f"市道{k}号"} for k in range(len(ROADS))]),
    }


def no_rows(path: Path) -> None:
    """Write a shapefile of polygons with a table and not one row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pyogrio.raw.write(str(path), np.array([], dtype=object), [np.array([], dtype=object)], ["rank"], driver="ESRI Shapefile", geometry_type="Polygon", crs=CRS)
    dbf(path.with_suffix(".dbf"), {"rank": [], "memo": []})


def deliver(city: Path, layers: dict[str, str] = LAYERS) -> Path:
    """Write declarations and sources of the city, or of some of its layers."""
    declare(city, layers, KINDS, MAP, TOML)
    sources = city / "sources"
    ranks = [str(rank) for rank in FLOOD_RANKS]
    shapefile(sources / "flood/flood.shp", flood_shapes(), {"A31a_205": ranks, "A31a_202": RIVERS, "庁内メモ": [CANARY] * len(ranks)})
    no_rows(sources / "empty/empty.shp")
    for name, (shapes, rows) in everything().items():
        geojson(sources / f"{name}.geojson", shapes, [{**row, "memo": f"{CANARY}{name}"} for row in rows])
    return city
