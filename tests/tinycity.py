"""A tiny city in real formats for the tests: every byte is written here or by the format's own writer."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyogrio
import shapely

CRS = "EPSG:6674"
X, Y = -48000.0, -135000.0
"""South-west corner of the tiny city in zone VI; about 135.475 E, 34.782 N."""
CANARY = "カナリア標識7731"

CITY = f'''
id = "tiny"
name = "小さな市"
code = "999997"
fictitious = true
crs = "{CRS}"
sources = "sources"
bounds = [135.4, 34.7, 135.6, 34.9]
default_map = "hazard"
[gate]
canaries = ["{CANARY}"]
'''

FLOOD = '''
id = "flood"
title = "洪水浸水想定区域"
geometry = "polygon"
audience = "public"
hazard = "flood"
style = "depth"
zoom = [10, 16]
[source]
reader = "shapefile"
path = "flood/flood.shp"
encoding = "cp932"
crs = "EPSG:6674"
attribution = "試験用"
[columns]
rank = { from = "浸水ランク", type = "int", label = "想定浸水深", public = true, required = true, in = [1, 2, 3] }
river = { from = "河川名", type = "str", label = "河川", public = true }
memo = { from = "庁内メモ", type = "str", label = "メモ" }
[[example]]
name = "a rank comes through"
in = { "浸水ランク" = "2", "河川名" = "髙﨑川" }
out = { rank = 2, river = "髙﨑川" }
[[example]]
name = "a rank outside the list is refused"
in = { "浸水ランク" = "9" }
error = "GP31"
'''

PARCEL = '''
id = "parcel"
title = "地番"
geometry = "polygon"
audience = "public"
style = "lots"
zoom = [14, 16]
key = ["lot"]
search = ["lot"]
[source]
reader = "geojson"
path = "parcel.geojson"
crs = "EPSG:6668"
[columns]
lot = { from = "地番", type = "str", label = "地番", public = true, required = true }
[join.ledger]
on = ["lot"]
[join.ledger.source]
reader = "csv"
path = "internal/ledger.csv"
encoding = "cp932"
[join.ledger.columns]
lot = { from = "地番", type = "str" }
owner = { from = "所有者氏名", type = "str", label = "所有者" }
[join.depth]
how = "worst"
layer = "flood"
by = "rank"
[join.depth.columns]
worst = { from = "rank", type = "int", label = "最大浸水ランク", public = true }
'''

SHELTER = '''
id = "shelter"
title = "指定緊急避難場所"
geometry = "point"
audience = "public"
style = "spots"
zoom = [10, 16]
key = ["name"]
label = "name"
search = ["name"]
[source]
reader = "csv"
path = "shelter.csv"
x = "経度"
y = "緯度"
[columns]
name = { from = "名称", type = "str", label = "名称", public = true, required = true }
capacity = { from = "想定収容人数", type = "int", label = "収容人数", public = true }
phone = { from = "管理者電話", type = "str", label = "電話" }
'''

PHOTO = '''
id = "photo"
title = "航空写真"
kind = "raster"
audience = "public"
zoom = [14, 15]
[source]
reader = "geotiff"
path = "photo/photo.tif"
crs = "EPSG:6674"
'''

STYLES = {
    "depth": '''
id = "depth"
by = "rank"
opacity = 0.7
[[class]]
value = 1
label = "0.5m未満"
fill = "#F7F5A9"
[[class]]
value = 2
label = "0.5m以上3.0m未満"
fill = "#FFD8C0"
hatch = "dots"
[[class]]
value = 3
label = "3.0m以上"
fill = "#FFB7B7"
hatch = "lines"
''',
    "lots": '''
id = "lots"
[[class]]
fill = "#FFFFFF"
stroke = "#444444"
width = 1
''',
    "spots": '''
id = "spots"
[[class]]
symbol = "shelter"
fill = "#2B6A4D"
size = 16
[text]
color = "#123456"
''',
}

MAPS = {
    "hazard": '''
id = "hazard"
title = "ハザードマップ"
audience = "public"
layers = ["shelter", "flood"]
base = ["parcel"]
backgrounds = ["photo"]
''',
    "parcels": '''
id = "parcels"
title = "地番図"
audience = "internal"
layers = ["parcel"]
''',
}

LAYERS = {"flood": FLOOD, "parcel": PARCEL, "shelter": SHELTER, "photo": PHOTO}


def declare(city: Path, layers: Mapping[str, str] = LAYERS, styles: Mapping[str, str] = STYLES, maps: Mapping[str, str] = MAPS, toml: str = CITY) -> Path:
    """Write the declarations of a city directory."""
    for folder, files in (("layers", layers), ("styles", styles), ("styles/maps", maps)):
        (city / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (city / folder / f"{name}.toml").write_text(text, "utf-8")
    (city / "city.toml").write_text(toml, "utf-8")
    return city


def deliver(city: Path) -> Path:
    """Write the sources: cp932 shapefile without .cpg and .prj, GeoJSON, UTF-8-BOM CSV, cp932 ledger, TIFF with world file."""
    sources = city / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    flood = [square(0, 0, 300), square(300, 0, 300), square(0, 300, 150)]
    shapefile(sources / "flood/flood.shp", flood, {"浸水ランク": [1, 3, 2], "河川名": ["髙﨑川", "①級河川", "ソ表能"], "庁内メモ": [CANARY, "非公開", "要確認"]})
    lots = [square(20 + 40 * i, 20 + 40 * j, 40) for j in range(4) for i in range(6)]
    geojson(sources / "parcel.geojson", lonlat(lots), [{"地番": f"{k + 1}-1", "地権者": CANARY} for k in range(len(lots))])
    csv_file(sources / "internal/ledger.csv", [["地番", "所有者氏名"], *([f"{k + 1}-1", f"持主{k:03d}太郎"] for k in range(len(lots) - 2)), ["99-9", CANARY]], "cp932")
    points = lonlat([shapely.Point(X + 100, Y + 100), shapely.Point(X + 450, Y + 200), shapely.Point(X + 700, Y + 700)])
    rows = [[name, f"{p.x:.8f}", f"{p.y:.8f}", people, phone] for name, p, people, phone in
            zip(["あおば小学校", "みどり中学校", "丘の上公園"], points, ["1,200", "８００", ""], [CANARY, "000-0001", "000-0002"], strict=True)]
    csv_file(sources / "shelter.csv", [["名称", "経度", "緯度", "想定収容人数", "管理者電話"], *rows], "utf-8-sig")
    tiff(sources / "photo/photo.tif")
    return city


def square(east: float, north: float, side: float) -> shapely.Polygon:
    """Return a square whose south-west corner is so many metres from the city's corner."""
    return shapely.box(X + east, Y + north, X + east + side, Y + north + side)


def lonlat(shapes: Sequence[object]) -> np.ndarray:
    """Return shapes of the plane in JGD2011 longitude and latitude."""
    from gispipe.crs import LONLAT, transform

    return transform(np.array([*shapes, None], dtype=object)[:-1], CRS, LONLAT, "test")[0]


def shapefile(path: Path, shapes: Sequence[object], columns: Mapping[str, Sequence[object]], encoding: str = "cp932", cpg: bool = False,
              crs: str | None = None) -> Path:
    """Write a shapefile by the format's own writer and its table by hand, so that no .cpg tells the encoding."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = {0: "Point", 1: "LineString", 2: "Polygon"}[int(shapely.get_dimensions(next(s for s in shapes if s is not None)))]
    warnings.filterwarnings("ignore", message=".crs. was not provided")
    wkb = np.array([None if s is None else shapely.to_wkb(s) for s in shapes] + [None], dtype=object)[:-1]
    pyogrio.raw.write(str(path), wkb, [np.arange(len(shapes))], ["n"], driver="ESRI Shapefile", geometry_type=kind, crs=crs)
    for suffix in (".cpg", ".prj")[: 1 if crs else 2]:
        path.with_suffix(suffix).unlink(missing_ok=True)
    dbf(path.with_suffix(".dbf"), {name: [None if v is None else str(v).encode(encoding) for v in values] for name, values in columns.items()}, encoding)
    if cpg:
        path.with_suffix(".cpg").write_text(encoding)
    return path


def dbf(path: Path, columns: Mapping[str, Sequence[bytes | None]], encoding: str = "cp932", width: int = 40, driver: int = 0,
        deleted: Iterable[int] = (), kind: bytes = b"C") -> Path:
    """Write a dBASE III table of text fields byte by byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    gone, count = set(deleted), len(next(iter(columns.values())))
    head = struct.pack("<BBBBIHH16xBB2x", 3, 126, 1, 1, count, 33 + 32 * len(columns), 1 + width * len(columns), 0, driver)
    head += b"".join(name.encode(encoding)[:10].ljust(11, b"\0") + kind + bytes(4) + bytes([width, 0]) + bytes(14) for name in columns) + b"\r"
    rows = [(b"*" if k in gone else b" ") + b"".join((values[k] or b"")[:width].ljust(width) for values in columns.values()) for k in range(count)]
    path.write_bytes(head + b"".join(rows) + b"\x1a")
    return path


def geojson(path: Path, shapes: Iterable[object], properties: Sequence[Mapping[str, object]], **extra: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    features = [{"type": "Feature", "properties": dict(p), "geometry": None if s is None else json.loads(shapely.to_geojson(s))}
                for s, p in zip(shapes, properties, strict=True)]
    path.write_text(json.dumps({"type": "FeatureCollection", **extra, "features": features}, ensure_ascii=False), "utf-8")
    return path


def csv_file(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [",".join('"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\n') else cell for cell in row) for row in rows]
    path.write_bytes("".join(line + "\r\n" for line in cells).encode(encoding))
    return path


def tiff(path: Path) -> Path:
    """Write a TIFF without any georeference in it, and the world file beside it."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    y, x = np.mgrid[0:128, 0:128]
    Image.fromarray(np.dstack([x * 2, y * 2, (x ^ y)]).astype(np.uint8)).save(path)
    path.with_suffix(".tfw").write_text("\n".join(map(str, (5.0, 0.0, 0.0, -5.0, X + 2.5, Y + 637.5))) + "\n")
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Replace one occurrence in a text file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path, old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")


def gispipe(*arguments: str, env: dict[str, str] | None = None, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person does, in its own process."""
    environment = {name: value for name, value in os.environ.items() if name not in ("GISPIPE_LANG", "GISPIPE_DATA", "LC_ALL", "LC_MESSAGES")}
    return subprocess.run([sys.executable, "-c", "from gispipe.cli.main import main; main()", *arguments], capture_output=True, text=True, encoding="utf-8", timeout=timeout,
                          env={**environment, "LANG": "C", **(env or {})}, check=False)


def command(arguments: Sequence[str]) -> int:
    """Run the command line in this process, for speed, and return its exit status."""
    from gispipe.cli.main import main

    try:
        main(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
