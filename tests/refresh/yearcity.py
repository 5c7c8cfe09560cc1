"""A small city with enough of everything for limits to mean something, and what can be wrong with what is delivered to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import shapely
from tinycity import FLOOD, LAYERS, PARCEL, csv_file, declare, geojson, lonlat, shapefile, square, tiff

LOTS = [(f"{k + 1}-1", square(20 + 41 * (k % 16), 20 + 41 * (k // 16), 40 - k % 3)) for k in range(240)]
USES = ("宅地", "田", "畑")


def year_city(city: Path) -> Path:
    """Write the declarations and the first year's delivery."""
    parcel = PARCEL.replace('[join.ledger]\n', 'use = { from = "地目", type = "str", label = "地目" }\narea = { from = "地積", type = "float", label = "地積", unit = "㎡" }\n[join.ledger]\n').replace(
        'title = "地番"', 'title = "地番"\nowner = "資産税課"')
    declare(city, {**LAYERS, "parcel": parcel, "flood": FLOOD.replace('title = "洪水浸水想定区域"', 'title = "洪水浸水想定区域"\nowner = "危機管理課"')})
    deliver(city)
    return city


def deliver(city: Path) -> None:
    sources = city / "sources"
    ranks = [k % 3 + 1 for k in range(40)]
    flood(sources, [square(70 * (k % 8), 70 * (k // 8), 60) for k in range(40)], ranks)
    lots(sources)
    ledger(sources, [[name, f"持主{k:03d}太郎"] for k, (name, _) in enumerate(LOTS)])
    shelters(sources)
    tiff(sources / "photo/photo.tif")


def flood(sources: Path, shapes: list[object], ranks: list[int]) -> None:
    shapefile(sources / "flood/flood.shp", shapes, {"浸水ランク": ranks, "河川名": ["髙﨑川"] * len(ranks), "庁内メモ": ["要確認"] * len(ranks)})


def lots(sources: Path, rows: list[tuple[str, object]] = LOTS, dx: float = 0.0, dy: float = 0.0, **changed: Callable[[int], object]) -> None:
    shapes = lonlat([shapely.transform(shape, lambda xy: xy + np.array([dx, dy])) for _, shape in rows]) if rows else []
    told = [{"地番": name, "地目": USES[k % 3], "地積": round(shape.area, 2)} | {column: value(k) for column, value in changed.items()} for k, (name, shape) in enumerate(rows)]  # type: ignore[attr-defined]
    geojson(sources / "parcel.geojson", shapes, told)


def ledger(sources: Path, rows: list[list[str]], encoding: str = "cp932") -> None:
    csv_file(sources / "internal/ledger.csv", [["地番", "所有者氏名"], *rows], encoding)


def shelters(sources: Path, encoding: str = "utf-8-sig", count: int = 60) -> None:
    points = lonlat([shapely.Point(square(20 + 90 * (k % 8), 20 + 80 * (k // 8), 1).centroid) for k in range(count)])
    csv_file(sources / "shelter.csv", [["名称", "経度", "緯度", "想定収容人数", "管理者電話"], *([f"あおば会館{k}", f"{p.x:.8f}", f"{p.y:.8f}", str(100 + k), f"000-{k:04d}"] for k, p in enumerate(points))], encoding)


def last_year(city: Path) -> None:
    """The second year's data are in; here the first year's come again."""
    lots(city / "sources")


def next_year(city: Path) -> None:
    """A year's ordinary changes: a lot divided, three of another use, one outline surveyed anew, a new shelter."""
    rows = [row for row in LOTS if row[0] != "17-1"]
    old = dict(LOTS)["17-1"]
    west, south, east, north = old.bounds
    rows += [("17-2", shapely.box(west, south, (west + east) / 2, north)), ("17-3", shapely.box((west + east) / 2, south, east, north))]
    rows[5] = (rows[5][0], shapely.box(*(np.array(rows[5][1].bounds) + [0.3, 0, 0, 0])))
    lots(city / "sources", rows, 地目=lambda k: "雑種地" if k in (40, 41, 42) else USES[k % 3] if k < 16 else USES[(k + (k < 239)) % 3])
    shelters(city / "sources", count=61)


def swapped(city: Path) -> None:
    path = city / "sources/parcel.geojson"
    document = json.loads(path.read_text("utf-8"))
    for one in document["features"]:
        one["geometry"]["coordinates"] = [[[y, x] for x, y in ring] for ring in one["geometry"]["coordinates"]]
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")


def without_column(city: Path) -> None:
    path = city / "sources/parcel.geojson"
    document = json.loads(path.read_text("utf-8"))
    for one in document["features"]:
        del one["properties"]["地目"]
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")


def as_utf8(city: Path) -> None:
    """cp932 where the layer says UTF-8."""
    layer = city / "layers/shelter.toml"
    layer.write_text(layer.read_text("utf-8").replace('path = "shelter.csv"', 'path = "shelter.csv"\nencoding = "utf-8"'), "utf-8")
    shelters(city / "sources", "cp932")


def as_cp932(city: Path) -> None:
    """UTF-8 where the layer says cp932."""
    ledger(city / "sources", [[name, f"持主{k:03d}太郎"] for k, (name, _) in enumerate(LOTS)], "utf-8")


def other_city(city: Path) -> None:
    lots(city / "sources", [(f"字東{k}番地", shape) for k, (_, shape) in enumerate(LOTS)], 3000, 2000, 地目=lambda k: "山林")


def other_zone(city: Path) -> None:
    from gispipe.crs import transform

    shapes = [square(70 * (k % 8), 70 * (k // 8), 60) for k in range(40)]
    flood(city / "sources", list(transform(np.array(shapes, dtype=object), "EPSG:6674", "EPSG:6673", "test")[0]), [k % 3 + 1 for k in range(40)])


def axes(city: Path) -> None:
    flood(city / "sources", [shapely.transform(square(70 * (k % 8), 70 * (k // 8), 60), lambda xy: xy[:, ::-1]) for k in range(40)], [k % 3 + 1 for k in range(40)])


def shifted_codes(city: Path) -> None:
    flood(city / "sources", [square(70 * (k % 8), 70 * (k // 8), 60) for k in range(40)], [(k + 1) % 3 + 1 for k in range(40)])


def doubled(city: Path) -> None:
    flood(city / "sources", [square(70 * (k % 8), 70 * (k // 8), 60) for k in range(40)] * 2, [k % 3 + 1 for k in range(40)] * 2)


def half_photo(city: Path) -> None:
    from PIL import Image

    path = city / "sources/photo/photo.tif"
    with Image.open(path) as picture:
        left = picture.crop((0, 0, 64, 128))
    left.save(path)


def torn(city: Path) -> None:
    path = city / "sources/flood/flood.shp"
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


def other_order(city: Path) -> None:
    """Names of owners one row below where they belong."""
    ledger(city / "sources", [[name, f"持主{k - 1:03d}太郎"] for k, (name, _) in enumerate(LOTS)])


def shelters_for_ledger(city: Path) -> None:
    list_ = city / "sources/shelter.csv"
    (city / "sources/internal/ledger.csv").write_bytes(list_.read_text("utf-8-sig").encode("cp932"))


def blank_owners(city: Path) -> None:
    ledger(city / "sources", [[name, "" if k % 5 == 0 else f"持主{k:03d}太郎"] for k, (name, _) in enumerate(LOTS)])


def left_out(city: Path) -> None:
    """The file of the layer of shelters is gone, and the maps do not name it any more."""
    (city / "layers/shelter.toml").unlink()
    for path in (city / "styles/maps").glob("*.toml"):
        path.write_text(path.read_text("utf-8").replace('"shelter", ', ""), "utf-8")


def set_aside(city: Path) -> None:
    """The layer of shelters is marked as having no data yet."""
    layer = city / "layers/shelter.toml"
    layer.write_text('pending = "確認中"\n' + layer.read_text("utf-8"), "utf-8")


DELIVERIES: dict[str, tuple[Callable[[Path], None], int]] = {
    "another city's files": (other_city, 26),
    "another zone": (other_zone, 23),
    "latitude and longitude swapped": (swapped, 23),
    "north and east swapped": (axes, 23),
    "half of the lots": (lambda city: lots(city / "sources", LOTS[:120]), 26),
    "a file cut off in the middle": (torn, 21),
    "last year's once more": (last_year, 26),
    "cp932 as UTF-8": (as_utf8, 21),
    "UTF-8 as cp932": (as_cp932, 21),
    "codes shifted by one": (shifted_codes, 26),
    "a column lost": (without_column, 20),
    "every row twice": (doubled, 26),
    "Tokyo datum": (lambda city: lots(city / "sources", dx=-262.0, dy=-348.0), 26),
    "an empty layer": (lambda city: lots(city / "sources", []), 22),
    "hectares for square metres": (lambda city: lots(city / "sources", 地積=lambda k: round(LOTS[k][1].area / 10000, 4)), 26),
    "names one row off": (other_order, 26),
    "owners blank": (blank_owners, 26),
    "half of the ledger": (lambda city: ledger(city / "sources", [[name, f"持主{k:03d}太郎"] for k, (name, _) in enumerate(LOTS[:120])]), 26),
    "half of the photograph": (half_photo, 26),
    "the list of shelters for the ledger": (shelters_for_ledger, 20),
    "a layer marked pending": (set_aside, 26),
    "a layer's file gone": (left_out, 26),
}
"""What is wrong with a delivery, what makes it so, and the exit status that stops it."""

