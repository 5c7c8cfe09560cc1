"""A small honest delivery in every format, with the declaration a city would write for it."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import pyproj
import rasterio
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tinycity import CITY, X, Y, shapefile  # noqa: E402

from gispipe.demo import citygml, drawings, fgd, fgd_dem, ksj, workbook  # noqa: E402
from gispipe.demo.dm import SheetFrame, sheet_bytes  # noqa: E402
from gispipe.demo.dm_records import Element  # noqa: E402
from gispipe.demo.mojxml import Map, Parcel, Place, Sheet, map_bytes  # noqa: E402
from gispipe.demo.workbook import zipped  # noqa: E402

ACROSS, DOWN, SIDE = 12, 8, 15.0
TOWNS = ("霧原台一丁目", "霧原台二丁目", "汐野一丁目", "汐野二丁目")
USES = ("宅地", "田", "畑", "雑種地")
COUNT = ACROSS * DOWN
_LONLAT = pyproj.Transformer.from_crs("EPSG:6674", "EPSG:6668", always_xy=True)


def lots() -> np.ndarray:
    """Return lots that share their borders, corner for corner, each with a corner of its own off the grid."""
    rng = np.random.Generator(np.random.PCG64(7))
    nudge = np.round(rng.uniform(-2, 2, (DOWN + 1, ACROSS + 1, 2)), 3)
    corner = np.stack(np.meshgrid(X + SIDE * np.arange(ACROSS + 1), Y + SIDE * np.arange(DOWN + 1)), -1) + nudge
    rings = [[corner[j, i], corner[j, i + 1], corner[j + 1, i + 1], corner[j + 1, i], corner[j, i]] for j in range(DOWN) for i in range(ACROSS)]
    return np.array([shapely.Polygon(ring) for ring in rings], dtype=object)


def degrees(shapes: np.ndarray, digits: int = 9) -> np.ndarray:
    return shapely.transform(shapes, lambda xy: np.round(np.column_stack(_LONLAT.transform(*xy.T)), digits))


def columns() -> dict[str, list[object]]:
    k = np.arange(COUNT)
    return {"町名": [TOWNS[i] for i in k * len(TOWNS) // COUNT], "地番": [f"{100 + i // 4}-{i % 4 + 1}" for i in k], "地目": [USES[i % 4] for i in k],
            "地積": [round(float(a), 2) for a in shapely.area(lots())]}


_LIST = {"町名": TOWNS, "地目": USES, "種別": ("筆",), "精度区分": ("甲二",), "大字名": TOWNS, "分類コード": ("3001",), "図郭識別番号": ("06OC570",), "type": ("普通建物", "堅ろう建物"),
         "orgGILvl": ("2500",), "A31_205": ("1", "2", "3", "4"), "A31_202": ("星瀬川",), "lg_code": ("992011",), "市区町村コード": ("99201",), "全国地方公共団体コード": ("992011",), "設置位置": ("1階",), "Layer": ("筆界",)}
_PATTERN = {"地番": r"^\d{3}-\d$", "fid": r"^99201-BldA-\d+$", "gml_id": r"^bldg_\d{4}$", "prc_id": r"^\d{15}$", "machiaza_id": r"^\d{7}$",
            "共通ID": r"^E\d{10}20[1-9A-Za-z]$", "name": r"^\d{3}-\d$", "大字町丁目コード": r"^99201\d{7}$", "ID": r"^\d{10}$", "レコード番号": r"^\d+$"}


def layer(reader: str, path: str, *, geometry: str | None = "polygon", crs: str = "", source: str = "", coverage: bool = True, names: dict[str, str] | None = None) -> str:
    """Return the layer file: every column typed, listed or patterned, the lot number the key."""
    names = names or {"town": "町名", "lot": "地番", "use": "地目", "area": "地積"}
    lines = ['id = "x"', 'title = "地番図"', f'kind = "{"vector" if geometry else "table"}"', 'key = ["lot"]', 'style = "x"' if geometry else "",
             f'geometry = "{geometry}"' if geometry else "", "coverage = true" if coverage else "", "[source]", f'reader = "{reader}"', f'path = "{path}"', f'crs = "{crs}"' if crs else "", source, "[columns]"]
    for name, wanted in names.items():
        kind = "float" if name == "area" else "str"
        extra = f", in = {json.dumps(_LIST[wanted], ensure_ascii=False)}" if wanted in _LIST else f", pattern = '{_PATTERN[wanted]}'" if wanted in _PATTERN else ""
        lines.append(f'{name} = {{ from = "{wanted}", type = "{kind}", label = "{name}", required = true{extra} }}')
    return "\n".join(line for line in lines if line) + "\n"


@dataclass(frozen=True)
class Base:
    """One format: the layer file, and what writes its files into a folder (the first one is mutated, its sides too)."""

    layer: str
    write: Callable[[Path], list[Path]]


def _file(name: str, make: Callable[[], bytes]) -> Callable[[Path], list[Path]]:
    def write(folder: Path) -> list[Path]:
        path = folder / name
        path.write_bytes(make())
        return [path]

    return write


def _shapefile(folder: Path) -> list[Path]:
    path = shapefile(folder / "a.shp", list(lots()), columns())
    return [path, path.with_suffix(".shx"), path.with_suffix(".dbf")]


def _ogr(driver: str, name: str) -> Callable[[Path], list[Path]]:
    def write(folder: Path) -> list[Path]:
        path = folder / name
        values = [np.array(column, dtype=float if title == "地積" else object) for title, column in columns().items()]
        pyogrio.raw.write(str(path), geometry=shapely.to_wkb(lots()), field_data=values, fields=np.array(list(columns()), object), geometry_type="Polygon", crs="EPSG:6674",
                          driver=driver, layer="a")
        return [path]

    return write


def _geojson() -> bytes:
    rows = [dict(zip(columns(), row, strict=True)) for row in zip(*columns().values(), strict=True)]
    features = [{"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))} for row, shape in zip(rows, degrees(lots()), strict=True)]
    head = {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::6668"}}}
    return json.dumps(head | {"features": features}, ensure_ascii=False).encode()


def _rows(points: bool = True) -> list[list[object]]:
    place = shapely.get_coordinates(degrees(shapely.centroid(lots()), 7))
    head = [*columns(), *(["経度", "緯度"] if points else [])]
    return [head, *([*row, *(place[k].tolist() if points else [])] for k, row in enumerate(zip(*columns().values(), strict=True)))]


def _csv() -> bytes:
    return "".join(",".join(map(str, row)) + "\r\n" for row in _rows()).encode("cp932")


def _mojxml() -> bytes:
    values = columns()
    parcels = [Parcel(shape, Place((f"{TOWNS.index(str(town)) + 1:03d}", "000", "0000", "00"), (str(town), None, None, None), str(lot)), "甲二", "測量成果")
               for shape, town, lot in zip(lots(), values["町名"], values["地番"], strict=True)]
    sheet = Sheet("L 35", 500, "法第14条1項地図", "地籍図", (X - 10, Y - 10, X + 200, Y + 140), tuple(range(COUNT)))
    return map_bytes(Map("99999-0001-1", "99999", "小さな市", "公共座標6系", parcels, [sheet]))


def _dm() -> bytes:
    """Return a sheet of 1/500 with every lot as a house and its height as a spot."""
    frame = SheetFrame("06OC570", 500, (X - 100, Y - 100, X + 300, Y + 200), unit=1)
    elements = []
    for k, shape in enumerate(lots()):
        xy = np.round((shapely.get_coordinates(shape) - (X - 100, Y - 100)) * 1000).astype(int)
        elements.append(Element(1, "3001", [(int(n), int(e)) for e, n in xy]))
        elements.append(Element(5, "7312", at=(int(xy[0][1]), int(xy[0][0])), value=31400 + k))
    return sheet_bytes(frame, elements)


def _fgd() -> bytes:
    return fgd.feature_file("BldA", degrees(lots()), {"type": np.array(["普通建物", "堅ろう建物"], object)[np.arange(COUNT) % 2]})


def _ksj() -> bytes:
    rows = [{"A31_201": "9900010001", "A31_202": "星瀬川", "A31_203": 99, "A31_204": "架空県", "A31_205": k % 4 + 1} for k in range(COUNT)]
    features = [{"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))} for row, shape in zip(rows, degrees(lots(), 8), strict=True)]
    data = json.dumps({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:6668"}}, "features": features}, ensure_ascii=False).encode()
    return ksj.archive([("20_想定最大規模/A31-20-26_9900010001.geojson", data)])


def _citygml() -> bytes:
    risks = [[{"kind": "RiverFlooding", "description": 1, "rank": k % 4 + 1, "depth": 0.4 + k % 4, "adminType": 1, "scale": 2}] for k in range(COUNT)]
    height = 3.0 + np.arange(COUNT) % 9
    return citygml.building_file(degrees(lots()), np.full(COUNT, 10.0), height, ["411"] * COUNT, [1 + k % 3 for k in range(COUNT)], risks, [f"bldg_{k:04d}" for k in range(COUNT)])


def _abr() -> bytes:
    head = ["lg_code", "machiaza_id", "prc_id", "city", "ward", "oaza_cho", "chome", "koaza", "machiaza_dist", "prc_num1", "prc_num2", "prc_num3", "rsdt_addr_flg", "prc_rec_flg",
            "prc_area_code", "efct_date", "ablt_date", "src_code", "remarks", "real_prop_num"]
    rows = [["992011", f"{k // 24 + 1:04d}000", f"{100 + k:05d}{1:05d}00000", "小さな市", "", TOWNS[k // 24], "", "", "", str(100 + k), "1", "", "0", "1", "0", "2026-04-01", "", "1", "", ""] for k in range(COUNT)]
    return zipped({"mt_parcel_city992011.csv": "".join(",".join(row) + "\n" for row in [head, *rows]).encode()})


def _shelters() -> bytes:
    head = "NO,共通ID,施設・場所名,住所,洪水,崖崩れ、土石流及び地滑り,高潮,地震,津波,大規模な火事,内水氾濫,火山現象,指定避難所との住所同一,緯度,経度,備考"
    place = shapely.get_coordinates(degrees(shapely.centroid(lots()), 6))
    rows = [f"{k + 1},E99201{k + 1:05d}201,{TOWNS[k // 24]}避難場所{k + 1},{TOWNS[k // 24]}{k + 1}番,1,,,1,,,{'1' if k % 2 else ''},,,{y:.6f},{x:.6f}," for k, (x, y) in enumerate(place.tolist())]
    return ("\ufeff" + "\r\n".join([head, *rows]) + "\r\n").encode()


def _isj() -> bytes:
    head = ["都道府県コード", "都道府県名", "市区町村コード", "市区町村名", "大字町丁目コード", "大字町丁目名", "緯度", "経度", "原典資料コード", "大字・字・丁目区分コード"]
    place = shapely.get_coordinates(degrees(shapely.centroid(lots()), 6))
    rows = [["99", "架空県", "99201", "小さな市", f"99201{k + 1:04d}001", f"{TOWNS[k // 24]}{k + 1}", f"{y:.6f}", f"{x:.6f}", "0", "3"] for k, (x, y) in enumerate(place.tolist())]
    return zipped({"99_2025.csv": "".join(",".join(f'"{cell}"' for cell in row) + "\r\n" for row in [head, *rows]).encode("cp932")})


def _toilets() -> bytes:
    head = ["全国地方公共団体コード", "ID", "地方公共団体名", "名称", "所在地_連結表記", "緯度", "経度", "男性トイレ総数", "女性トイレ総数", "バリアフリートイレ数", "車椅子使用者用トイレ有無", "設置位置"]
    place = shapely.get_coordinates(degrees(shapely.centroid(lots()), 6))
    rows = [["992011", f"{k + 1:010d}", "小さな市", f"{TOWNS[k // 24]}公衆トイレ{k + 1}", f"{TOWNS[k // 24]}{k + 1}", f"{y:.6f}", f"{x:.6f}", "2", "2", "1", "有", "1階"] for k, (x, y) in enumerate(place.tolist())]
    return ("\ufeff" + "".join(",".join(row) + "\r\n" for row in [head, *rows])).encode()


def _grid() -> bytes:
    heights = np.round(10 + 5 * np.sin(np.arange(fgd_dem.ROWS)[:, None] / 20) * np.cos(np.arange(fgd_dem.COLUMNS)[None] / 30), 2)
    return fgd_dem.tile_file(fgd_dem.mesh_of(135.475, 34.782), heights)


def _photo(driver: str, name: str, world: str | None = None) -> Callable[[Path], list[Path]]:
    """Write a picture; a deflated TIFF carries sums of its own, a JPEG carries none."""
    def write(folder: Path) -> list[Path]:
        rng = np.random.Generator(np.random.PCG64(3))
        pixels = np.clip(rng.normal(120, 20, (3, 128, 128)), 0, 255).astype(np.uint8)
        profile = {"driver": driver, "width": 128, "height": 128, "count": 3, "dtype": "uint8"}
        profile |= {"crs": "EPSG:6674", "transform": rasterio.Affine(1, 0, X, 0, -1, Y + 128), "compress": "deflate"} if driver == "GTiff" else {}
        path = folder / name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a JPEG has no place of its own
            with rasterio.open(path, "w", **profile) as out:
                out.write(pixels)
        path.with_name(path.name + ".aux.xml").unlink(missing_ok=True)
        if world is not None:
            path.with_suffix(world).write_text(f"1.0\n0.0\n0.0\n-1.0\n{X + 0.5}\n{Y + 127.5}\n", "ascii")
        return [path]

    return write


def picture(reader: str, path: str, crs: str = "") -> str:
    """Return the layer file of a picture."""
    return f'id = "x"\ntitle = "写真"\nkind = "raster"\n[source]\nreader = "{reader}"\npath = "{path}"\n' + (f'crs = "{crs}"\n' if crs else "")


def _named(count: dict[str, list[object]]) -> dict[str, list[object]]:
    return {("name" if title == "地番" else title): values for title, values in count.items()}


BASES: dict[str, Base] = {
    "shapefile": Base(layer("shapefile", "a.shp", crs="EPSG:6674", source='encoding = "cp932"'), _shapefile),
    "gpkg": Base(layer("gpkg", "a.gpkg"), _ogr("GPKG", "a.gpkg")),
    "flatgeobuf": Base(layer("flatgeobuf", "a.fgb"), _ogr("FlatGeobuf", "a.fgb")),
    "geojson": Base(layer("geojson", "a.geojson"), _file("a.geojson", _geojson)),
    "csv": Base(layer("csv", "a.csv", geometry="point", coverage=False, source='encoding = "cp932"\nx = "経度"\ny = "緯度"'), _file("a.csv", _csv)),
    "xlsx": Base(layer("xlsx", "a.xlsx", geometry=None, coverage=False), _file("a.xlsx", lambda: workbook.workbook({"台帳": _rows(points=False)}))),
    "mojxml": Base(layer("mojxml", "a.xml", names={"town": "大字名", "lot": "地番", "accuracy": "精度区分", "kind": "種別"}), _file("a.xml", _mojxml)),
    "dm": Base(layer("dm", "a.dm", coverage=True, source='layer = "面:3001"', names={"lot": "レコード番号", "code": "分類コード", "sheet": "図郭識別番号"}), _file("a.dm", _dm)),
    "fgd": Base(layer("fgd", "a.xml", names={"lot": "fid", "kind": "type", "level": "orgGILvl"}), _file("a.xml", _fgd)),
    "ksj": Base(layer("ksj", "a.zip", names={"rank": "A31_205", "river": "A31_202"}).replace('key = ["lot"]\n', ""), _file("a.zip", _ksj)),
    "citygml": Base(layer("citygml", "a.gml", names={"lot": "gml_id"}), _file("a.gml", _citygml)),
    "abr": Base(layer("abr", "a.zip", geometry=None, coverage=False, names={"lot": "prc_id", "city": "lg_code", "town": "machiaza_id"}), _file("a.zip", _abr)),
    "gsi_shelter": Base(layer("gsi_shelter", "a.csv", geometry="point", coverage=False, names={"lot": "共通ID", "name": "施設・場所名"}), _file("a.csv", _shelters)),
    "kml": Base(layer("kml", "a.kml", names={"town": "町名", "lot": "name", "use": "地目", "area": "地積"}), _file("a.kml", lambda: drawings.kml("地番図", degrees(lots()), _named(columns())))),
    "topojson": Base(layer("topojson", "a.topojson", crs="EPSG:6668"), _file("a.topojson", lambda: drawings.topojson("lots", degrees(lots()), columns()))),
    "isj": Base(layer("isj", "a.zip", geometry="point", coverage=False, names={"lot": "大字町丁目コード", "city": "市区町村コード"}), _file("a.zip", _isj)),
    "standard": Base(layer("standard", "a.csv", geometry="point", coverage=False, source='layer = "公衆トイレ一覧"', names={"lot": "ID", "city": "全国地方公共団体コード", "place": "設置位置"}), _file("a.csv", _toilets)),
    "geotiff": Base(picture("geotiff", "a.tif"), _photo("GTiff", "a.tif")),
    "jpeg": Base(picture("jpeg", "a.jpg", "EPSG:6674"), _photo("JPEG", "a.jpg", ".jgw")),
    "fgd_dem": Base(picture("fgd_dem", "a.xml"), _file("a.xml", _grid)),
    "dxf": Base(layer("dxf", "a.dxf", geometry="line", coverage=False, crs="EPSG:6674", names={"layer": "Layer"}).replace('key = ["lot"]\n', ""),
                _file("a.dxf", lambda: drawings.dxf({"筆界": shapely.get_exterior_ring(lots())}, {}))),
}
CITY_TOML = CITY
PICTURES = ("geotiff", "jpeg", "fgd_dem")
"""Formats whose values no rule can know: only survival and inputs.lock count there."""
