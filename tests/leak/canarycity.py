"""A city with a canary of its own in every internal place, and a public mark in every table: delivered in ten formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from PIL import Image, TiffImagePlugin
from tinycity import CITY, CRS, STYLES, X, Y, csv_file, declare, geojson, lonlat, shapefile, square

from gispipe.demo.workbook import workbook

SOURCE = "attribution = \"試験用\""


@dataclass(frozen=True)
class Canaries:
    """Every canary by where it stands: 'table: column'."""

    planted: dict[str, str]

    def text(self, table: str, column: str) -> str:
        return self.planted.setdefault(f"{table}: {column}", f"金糸雀{len(self.planted):03d}秘")

    def number(self, table: str, column: str) -> int:
        return int(self.planted.setdefault(f"{table}: {column}", str(731900000 + 7 * len(self.planted))))

    def real(self, table: str, column: str) -> float:
        return float(self.planted.setdefault(f"{table}: {column}", f"{len(self.planted)}.731937"))

    def day(self, table: str, column: str) -> str:
        return self.planted.setdefault(f"{table}: {column}", f"19{13 + len(self.planted) % 80}-07-{1 + len(self.planted) % 28:02d}")

    def closed(self, table: str, row: int, names: tuple[str, str, str, str, str] = ("s_text", "s_int", "s_real", "s_day", "undeclared")) -> dict[str, object]:
        """Return the internal values of a row: the first has the canaries, others have nothing."""
        if row:
            return dict.fromkeys(names)
        text, number, real, day, none = names
        return {text: self.text(table, "text"), number: self.number(table, "number"), real: self.real(table, "real"), day: self.day(table, "day"), none: self.text(table, "undeclared")}


def mark(layer: str) -> str:
    """Return what stands in an open column of a layer, which every kind of file may show."""
    return f"公開標{layer}"


def closed_columns(c: Canaries, table: str) -> str:
    """Return the declarations of the internal columns, whose labels, meanings and lists are internal too."""
    return f'''
s_text = {{ label = "{c.text(table, "label")}", absent = "{c.text(table, "absent")}" }}
s_int = {{ type = "int", unit = "{c.text(table, "unit")}", values = {{ "1" = "{c.text(table, "meaning")}" }} }}
s_real = {{ type = "float", names = {{ en = "{c.text(table, "name")}" }} }}
s_day = {{ type = "date" }}
'''


def layer(c: Canaries, name: str, reader: str, path: str, geometry: str, columns: str, more: str = "", source: str = "", style: str = "lots", audience: str = "public") -> str:
    return f'''
id = "{name}"
title = "{mark(name) if audience == "public" else c.text(name, "title")}"
geometry = "{geometry}"
audience = "{audience}"
style = "{style}"
{more}
accept = {{ GP13 = {{ rows = 99, reason = "{c.text(name, "accepted because")}" }} }}
[source]
reader = "{reader}"
path = "{path}"
{source or SOURCE}
[columns]
{columns}
{closed_columns(c, name)}
[[example]]
name = "{c.text(name, "example")}"
in = {{ s_text = "x" }}
out = {{ s_text = "x" }}
'''


def layers(c: Canaries) -> dict[str, str]:
    """Return the declarations of every layer."""
    name = 'name = { label = "名称", public = true }\n'
    lonlats = 'crs = "EPSG:6668"\nattribution = "試験用"'
    plane = f'crs = "{CRS}"\nattribution = "試験用"'
    secret = f'attribution = "{c.text("watch", "attribution")}"\nlicense = "{c.text("watch", "licence")}"\napproval = "{c.text("watch", "approval")}"\ncrs = "EPSG:6668"'
    ledger = f'''
[join.ledger]
on = ["name"]
note = "{c.text("ledger", "note")}"
[join.ledger.source]
reader = "csv"
path = "internal/{c.text("ledger", "file name")}.csv"
encoding = "cp932"
attribution = "{c.text("ledger", "attribution")}"
[join.ledger.columns]
name = {{ from = "地番", type = "str" }}
owner = {{ from = "所有者氏名", label = "{c.text("ledger", "label")}" }}
tax = {{ from = "税額", type = "int" }}
'''
    people = '''
[join.people]
on = ["code"]
[join.people.source]
reader = "csv"
path = "people.csv"
[join.people.columns]
code = { from = "地域コード" }
people = { from = "総人口", type = "int", label = "人口", unit = "人", public = true }
women = { from = "女性", type = "int" }
'''
    return {
        "flood": layer(c, "flood", "shapefile", "flood/flood.shp", "polygon", 'rank = { from = "浸水ランク", type = "int", public = true, in = [1, 2, 3] }\nriver = { from = "河川名", public = true }',
                       'hazard = "flood"\nzone = { says = "depth", of = ["river"] }', f'encoding = "cp932"\n{plane}', "depth"),
        "town": layer(c, "town", "geojson", "town.geojson", "polygon", 'code = { public = true }\n' + name, 'key = ["code"]\nlabel = "name"\nsearch = ["name"]\ncard = { role = "town", name = ["name"], population = "people" }', lonlats).replace("[[example]]", people + "[[example]]"),
        "school": layer(c, "school", "kml", "school.kml", "polygon", name, 'card = { role = "district", name = ["name"] }'),
        "parcel": layer(c, "parcel", "gpkg", "parcel.gpkg", "polygon", name + 'town = { public = true }\n', 'key = ["name"]\ncard = { role = "parcel", town = ["town"], number = ["name"] }', plane).replace("[[example]]", ledger + "[[example]]"),
        "door": layer(c, "door", "csv", "door.csv", "point", 'town = { public = true }\nnumber = { public = true }\n', 'card = { role = "address", town = ["town"], number = ["number"] }', 'x = "経度"\ny = "緯度"\nattribution = "試験用"', "spots"),
        "hall": layer(c, "hall", "xlsx", "hall.xlsx", "point", name, 'label = "name"\nsearch = ["name"]\ncard = { role = "facility", name = ["name"] }', 'x = "経度"\ny = "緯度"\nlayer = "一覧"\nattribution = "試験用"', "spots"),
        "walk": layer(c, "walk", "flatgeobuf", "walk.fgb", "line", name, 'search = ["name"]', plane),
        "site": layer(c, "site", "geojson", "site.geojson", "point", name + 'water = { public = true }\n', 'card = { role = "site", name = ["name"], designated = { flood = "water" } }\ntileset = "site"', lonlats, "spots"),
        "watch": layer(c, "watch", "geojson", f"internal/{c.text('watch', 'file name')}.geojson", "polygon", "who = {}\n",
                       f'owner = "{c.text("watch", "department")}"\nnote = "{c.text("watch", "note")}"\ngroup = "{c.text("watch", "group")}"\nupdated = "{c.day("watch", "updated")}"\ntileset = "site"', secret, "secret", "internal"),
        "photo": 'id = "photo"\ntitle = "航空写真"\nkind = "raster"\naudience = "public"\nzoom = [14, 15]\n[source]\nreader = "geotiff"\npath = "photo/photo.tif"\ncrs = "EPSG:6674"',
        "snap": 'id = "snap"\ntitle = "写真"\nkind = "raster"\naudience = "public"\nzoom = [14, 15]\n[source]\nreader = "jpeg"\npath = "photo/snap.jpg"\ncrs = "EPSG:6674"',
    }


def make(city: Path) -> dict[str, str]:
    """Write declarations and sources and return every canary by its place."""
    c = Canaries({})
    files = layers(c)
    styles = STYLES | {"secret": f'id = "secret"\ntitle = "{c.text("style", "title")}"\nby = "s_text"\n[[class]]\nvalue = "x"\nlabel = "{c.text("style", "class")}"\nfill = "#123456"\n[other]\nfill = "#654321"'}
    maps = {"hazard": 'id = "hazard"\ntitle = "公開標地図"\naudience = "public"\nlayers = ["site", "hall", "walk", "flood"]\nbase = ["town", "school", "parcel", "door"]\nbackgrounds = ["photo", "snap"]',
            "inside": f'id = "inside"\ntitle = "{c.text("map", "title")}"\ngroup = "{c.text("map", "group")}"\ndescription = "{c.text("map", "description")}"\nlayers = ["watch", "parcel"]'}
    toml = (CITY.replace('canaries = ["カナリア標識7731"]', "canaries = []")
            + f'[notify]\nmail_to = ["{c.text("city", "mail")}@example.jp"]\nmail_from = "{c.text("city", "sender")}@example.jp"\n[keep]\npinned = ["{c.text("city", "pinned")}"]\n')
    toml = toml.replace('[gate]', f'backup = "{c.text("city", "backup")}"\n[gate]', 1)
    declare(city, files, styles, maps, toml)
    (city / "styles/terms.toml").write_text(f'"{c.planted["watch: title"]}" = {{ en = "{c.text("terms", "title")}" }}\n"{c.planted["map: title"]}" = {{ easy = "{c.text("terms", "map")}" }}\n', "utf-8")
    _sources(city / "sources", c)
    return c.planted


def _sources(sources: Path, c: Canaries) -> None:
    zones = [square(0, 0, 300), square(300, 0, 300), square(0, 300, 150)]
    shapefile(sources / "flood/flood.shp", zones, {"浸水ランク": [1, 3, 2], "河川名": [mark("flood"), "小川", "小川"], **{k: [c.closed("flood", row)[k] for row in range(3)] for k in c.closed("flood", 1)}})
    (sources / "flood/flood.cpg").unlink(missing_ok=True)
    towns = [square(0, 0, 300), square(300, 0, 300), square(0, 300, 300)]
    geojson(sources / "town.geojson", lonlat(towns), [{"code": f"00{k}", "name": f"{mark('town')}{k}", **c.closed("town", k), "memo": {"who": c.text("town", "nested object")} if not k else None} for k in range(3)],
            note=c.text("town", "top-level member"))
    csv_file(sources / "people.csv", [["地域コード", "総人口", "女性", "備考"], *([f"00{k}", str(400 + k), str(c.number("people", "women") if not k else 5), c.text("people", "undeclared")] for k in range(3))])
    places = "".join(f"<Placemark><name>{mark('school')}{k}</name><description>{c.text('school', 'description')}</description><ExtendedData>"
                     + "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in c.closed("school", 0 if k == 0 else 1).items() if value is not None or k)
                     + f"</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>{' '.join(f'{x},{y}' for x, y in shape.exterior.coords)}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
                     for k, shape in enumerate(lonlat([square(0, 0, 600)])))
    (sources / "school.kml").write_text(f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{c.text("school", "document")}</name><!-- {c.text("school", "comment")} -->'
                                        f'<Folder><name>{c.text("school", "folder")}</name>{places}</Folder></Document></kml>', "utf-8")
    lots = [square(20 * i + 2, 20 * j + 2, 16) for j in range(15) for i in range(15)]
    own = [f"{k + 1}-1" for k in range(len(lots))]
    _packed(sources / "parcel.gpkg", "GPKG", lots, {"name": own, "town": [f"{mark('town')}0"] * len(lots), **_columns(c, "parcel", len(lots))}, "Polygon")
    csv_file(sources / f"internal/{c.planted['ledger: file name']}.csv", [["地番", "所有者氏名", "税額", "備考"], ["1-1", c.text("ledger", "owner"), str(c.number("ledger", "tax")), c.text("ledger", "undeclared")],
                                                                          *([name, f"持主{name}", "1", ""] for name in own[1:])], "cp932")
    doors = lonlat([shapely.Point(X + 20 * i + 9, Y + 20 * j + 9) for j in range(12) for i in range(12)])
    header = ["town", "number", "経度", "緯度", "s_text", "s_int", "s_real", "s_day", "undeclared"]
    csv_file(sources / "door.csv", [header, *([f"{mark('town')}0", str(k + 1), f"{p.x:.8f}", f"{p.y:.8f}", *("" if v is None else str(v) for v in c.closed("door", k).values())] for k, p in enumerate(doors))])
    halls = lonlat([shapely.Point(X + 100, Y + 100), shapely.Point(X + 400, Y + 150)])
    rows = [[f"{mark('hall')}{k}", p.x, p.y, *c.closed("hall", k).values()] for k, p in enumerate(halls)]
    (sources / "hall.xlsx").write_bytes(workbook({"一覧": [["name", "経度", "緯度", *header[4:]], *rows], "庁内": [["x"], [c.text("hall", "other sheet")]]}))
    ways = [shapely.LineString([(X + 10, Y + 10 + 40 * k), (X + 500, Y + 10 + 40 * k)]) for k in range(3)]
    _packed(sources / "walk.fgb", "FlatGeobuf", ways, {"name": [f"{mark('walk')}{k}" for k in range(3)], **_columns(c, "walk", 3)}, "LineString")
    sites = lonlat([shapely.Point(X + 500, Y + 500), shapely.Point(X + 30, Y + 520), shapely.Point(X + 30, Y + 520)])  # a shape that stands twice, and was accepted (GP13)
    geojson(sources / "site.geojson", sites, [{"name": f"{mark('site')}{k}", "water": "1", **c.closed("site", k)} for k in range(3)])
    hidden = lonlat([shapely.box(X + 431.37, Y + 317.53, X + 477.91, Y + 351.29)])
    for corner in shapely.get_coordinates(hidden)[:3]:
        for axis, value in zip(("longitude", "latitude"), corner, strict=True):
            c.planted.setdefault(f"watch: {axis} {value:.2f}", f"{value:.6f}")
    geojson(sources / f"internal/{c.planted['watch: file name']}.geojson", hidden, [{"who": c.text("watch", "who"), **c.closed("watch", 0)}])
    _pictures(sources / "photo", c)


def _columns(c: Canaries, table: str, rows: int) -> dict[str, list[object]]:
    return {name: [c.closed(table, row)[name] for row in range(rows)] for name in c.closed(table, 1)}


def _packed(path: Path, driver: str, shapes: list[shapely.Geometry], columns: dict[str, list[object]], kind: str) -> None:
    """Write a GeoPackage or FlatGeobuf by its own driver, numbers as numbers."""
    fields, names = [], []
    for name, values in columns.items():
        number = next((value for value in values if value is not None), None)
        fields.append(np.array([np.nan if v is None else float(v) for v in values]) if isinstance(number, (int, float)) else np.array(values, dtype=object))  # type: ignore[arg-type]
        names.append(name)
    pyogrio.raw.write(str(path), shapely.to_wkb(np.array(shapes, dtype=object)), fields, names, driver=driver, geometry_type=kind, crs=CRS)


def _pictures(folder: Path, c: Canaries) -> None:
    folder.mkdir(parents=True)
    y, x = np.mgrid[0:128, 0:128]
    picture = Image.fromarray(np.dstack([x * 2, y * 2, (x ^ y)]).astype(np.uint8))
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[315] = c.text("photo", "image description").encode(), c.text("photo", "artist").encode()
    picture.save(folder / "photo.tif", tiffinfo=tags)
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = c.text("snap", "exif description"), c.text("snap", "exif artist")
    picture.save(folder / "snap.jpg", exif=exif, comment=c.text("snap", "comment").encode())
    for name in ("photo.tfw", "snap.jgw"):
        (folder / name).write_text("\n".join(map(str, (5.0, 0.0, 0.0, -5.0, X + 2.5, Y + 637.5))) + "\n")
