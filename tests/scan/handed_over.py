"""A folder as a town hall hands it over: good files, doubtful files, damaged files, and names nobody should have chosen."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import shapely
from tinycity import CRS, X, Y, csv_file, geojson, lonlat, shapefile, square, tiff

STRANGE = ("1号 (仮).csv", "[案]避難所*?.csv", "「引用」'と\"と#.csv", "全角　空白１.csv", "改行\nあり.csv", "=1+1.csv", "😀.csv", "長い" * 30 + ".csv")
"""File names that a glob, TOML, a comment or a spreadsheet might misread."""


def points(count: int) -> list[shapely.Point]:
    return [shapely.Point(X + 50 * k, Y + 40 * k) for k in range(count)]


def placed(path: Path, extra: dict[str, list[str]] | None = None, encoding: str = "utf-8-sig", count: int = 3) -> Path:
    """Write a CSV of named places with longitude and latitude, and further columns."""
    extra = extra or {}
    rows = [[f"施設{k}", f"{p.x:.7f}", f"{p.y:.7f}", *(values[k] for values in extra.values())] for k, p in enumerate(lonlat(points(count)))]
    return csv_file(path, [["名称", "経度", "緯度", *extra], *rows], encoding)


def deliver_everything(folder: Path) -> Path:
    """Write the folder."""
    codes = {"市区町村コード": ["271004"] * 3, "郵便番号": ["0640001", "0640002", "1000001"], "収容人数": ["1,200", "８００", ""], "代表者氏名": ["甲", "乙", "丙"], "番号": ["1", "2", "3"]}
    placed(folder / "避難/施設.csv", codes)
    placed(folder / "学校/施設.csv", encoding="cp932")
    csv_file(folder / "統計.csv", [["年", "人口"], ["2025", "100"]])
    csv_file(folder / "見出しだけ.csv", [["名称", "経度", "緯度"]])
    csv_file(folder / "平面座標.csv", [["名称", "X座標", "Y座標"], ["基準点", "-135000.0", "-48000.0"]])
    csv_file(folder / "住所欄なし.csv", [["100", "200", "300"], ["1", "2", "3"]])
    boxes = [square(0, 0, 100), square(100, 0, 100), None, shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])]
    shapefile(folder / "区域/座標系なし.shp", boxes, {"名称": ["一", "二", "三", "四"], "区分": ["01", "2", "2", "2"]})
    shapefile(folder / "区域/座標系あり.shp", boxes[:2], {"名称": ["一", "二"]}, crs=CRS)
    shapefile(folder / "区域/度.shp", lonlat(boxes[:2]), {"名称": ["一", "二"]}, cpg=True)
    geojson(folder / "mixed.geojson", lonlat([points(1)[0], boxes[0]]), [{"値": 1, "真偽": True, "入れ子": {"a": [1]}}, {"値": "二", "真偽": False}])
    tiff(folder / "写真/空中写真.tif")
    bare = tiff(folder / "写真/位置なし.tif")
    bare.with_suffix(".tfw").unlink()
    np.array([1], np.uint8).tofile(folder / "写真/壊れ.tif")
    (folder / "写真/空.tif").touch()
    for name in STRANGE:
        placed(folder / "名前" / name)
    _unreadable(folder)
    return folder


def _unreadable(folder: Path) -> None:
    placed(folder / "名前/a:b.csv")
    (folder / "空.csv").touch()
    (folder / "一覧.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (folder / "台帳.xlsx").write_bytes(b"PK\x03\x04")
    (folder / "設定.json").write_text('{"a": 1}', "utf-8")
    (folder / "文章.geojson").write_text("図形ではありません", "utf-8")
    (folder / "よそ見.geojson").write_text("<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "utf-8")
    (folder / "説明だけ").mkdir()
    (folder / "説明だけ/config.yml").write_text("name: まだないデータ\n", "utf-8")
    shutil.copyfile(folder / "区域/座標系あり.dbf", folder / "本体なし.dbf")
    cut = folder / "区域/途中まで.shp"
    for part in folder.glob("区域/座標系あり.*"):
        shutil.copyfile(part, cut.with_suffix(part.suffix))
    cut.write_bytes(cut.read_bytes()[:150])
    (folder / "外.csv").symlink_to(__file__)
