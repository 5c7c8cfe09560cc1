"""A small city with something to count: towns in pieces, ground outside of them, unsurveyed ground, houses without storeys."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely
from tinycity import CITY, STYLES, csv_file, declare, geojson, lonlat, square

HEAD = '''
id = "{id}"
title = "{title}"
geometry = "{geometry}"
audience = "public"
style = "{style}"
{more}
[source]
reader = "geojson"
path = "{id}.geojson"
crs = "EPSG:6668"
attribution = "試験用"
[columns]
'''
TOWN = '''
code = { type = "str", public = true }
name = { type = "str", public = true }
[join.people]
on = ["code"]
[join.people.source]
reader = "csv"
path = "people.csv"
encoding = "utf-8-sig"
[join.people.columns]
code = { from = "地域コード", type = "str" }
people = { from = "総人口", type = "int", public = true }
'''


def layer(name: str, title: str, columns: str, more: str, geometry: str = "polygon", style: str = "lots") -> str:
    return HEAD.format(id=name, title=title, geometry=geometry, style=style, more=more) + columns


LAYERS = {
    "town": layer("town", "町丁目", TOWN, 'card = { role = "town", name = ["name"], population = "people" }'),
    "school": layer("school", "小学校区", 'name = { type = "str", public = true }', 'card = { role = "district", name = ["name"] }'),
    "parcel": layer("parcel", "地番", 'town = { type = "str", public = true }\nlot = { type = "str", public = true }', 'card = { role = "parcel", town = ["town"], number = ["lot"] }'),
    "house": layer("house", "建物", 'number = { type = "str", public = true }\nfloors = { type = "int" }', 'card = { role = "building", floors = "floors" }'),
    "door": layer("door", "住居表示", 'town = { type = "str", public = true }\nnumber = { type = "int", public = true }',
                  'card = { role = "address", town = ["town"], number = ["number"] }', "point", "spots"),
    "flood": layer("flood", "洪水浸水想定区域", 'rank = { type = "int", public = true, in = [1, 2, 3] }',
                   'hazard = "flood"\nupdated = "2026-04-01"\nzone = { says = "depth", surveyed = "survey" }', style="depth"),
    "survey": layer("survey", "調査範囲", 'name = { type = "str", public = true }', ""),
    "surge": layer("surge", "高潮浸水想定区域", 'rank = { type = "int", public = true, in = [1, 2, 3] }', 'hazard = "storm_surge"\nzone = { says = "depth" }\nnothing = "想定なし"', style="depth"),
}
MAP = {"hazard": '''
id = "hazard"
title = "ハザードマップ"
audience = "public"
layers = ["flood", "surge"]
base = ["town", "parcel"]
'''}
PEOPLE = (101, 58, 7)
Table = dict[tuple[str, str], dict[str, str]]


def make(city: Path) -> Path:
    """Write declarations and sources; `=一丁目` comes in two pieces, `三丁目` has people and no address."""
    declare(city, LAYERS, STYLES, MAP, CITY.replace("[gate]", '').replace('canaries = ["カナリア標識7731"]', ""))
    sources, rng = city / "sources", np.random.default_rng(20260401)

    def save(name: str, shapes: list[shapely.Geometry], rows: list[dict[str, object]]) -> None:
        geojson(sources / f"{name}.geojson", lonlat(shapes), rows)

    towns = [square(0, 0, 200), square(200, 0, 200), square(0, 200, 200), square(200, 200, 100)]
    save("town", towns, [{"code": code, "name": name} for code, name in (("002", "二丁目"), ("001", "=一丁目"), ("001", "=一丁目"), ("003", "三丁目"))])
    csv_file(sources / "people.csv", [["地域コード", "総人口"], *([f"{k + 1:03d}", str(people)] for k, people in enumerate(PEOPLE))])
    save("school", [square(0, 0, 250)], [{"name": "あおば小学校"}])
    lots = [square(20 * i + rng.uniform(0, 3), 20 * j + rng.uniform(0, 3), 16.37) for j in range(22) for i in range(21)]
    save("parcel", lots, [{"town": "町", "lot": f"{k + 1}"} for k in range(len(lots))])
    houses = [square(20 * i + 4, 20 * j + 5, rng.uniform(4, 9)) for j in range(22) for i in range(21) if (i + j) % 3]
    save("house", houses, [{"number": str(k), "floors": None if k % 7 == 0 else int(k % 4 + 1)} for k in range(len(houses))])
    doors = [shapely.centroid(one) for k, one in enumerate(houses) if k % 2 and not shapely.intersects(one, towns[3])]
    save("door", doors, [{"town": "町", "number": k + 1} for k in range(len(doors))])
    save("flood", [square(-10, -10, 173.3), square(90, 40, 101.7), square(55, 120, 64.2)], [{"rank": rank} for rank in (1, 3, 2)])
    save("survey", [square(-20, -20, 300)], [{"name": "調査"}])
    save("surge", [square(1000, 1000, 10)], [{"rank": 1}])
    return city


def table(path: Path) -> Table:
    """Return a table's rows by area and class."""
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))
    return {(row["地域"], row["区分"]): row for row in rows}


def sums(path: Path, header: str) -> dict[str, int]:
    """Return a column's sum over all areas by class, in its smallest unit."""
    found: dict[str, int] = defaultdict(int)
    for (_, label), row in table(path).items():
        found[label] += int(row[header].replace(".", ""))
    return dict(found)
