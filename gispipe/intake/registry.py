"""One reader per format, one dictionary. A layer names its reader; nothing is guessed from an extension.

A reader gets one plain file and returns its table; archives are opened before it, sheets are put together after it.
Its module is imported when the first file of the format comes, in the process that reads it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.intake.limits import ARCHIVE_MEMBERS
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.intake.delivered import Delivered
    from gispipe.model import Source

Reader = Callable[["Path", "Source", str], "Delivered"]
"""(file, the layer's source, name for messages) → table; raises UnreadableInput and CrsError."""


@dataclass(frozen=True)
class Format:
    """A format the intake knows.

    reader: where its reader lives, as module:function below `gispipe.intake`, None for pictures; suffixes: endings of its
    files inside an archive, the preferred first; contents: what such a file may be by its bytes (its own name when
    empty); driver: GDAL's driver for it when one is used; merge: what puts the sheets of one source together, (stacked
    table, source) → table; members: how many files an archive may hold; inventory: what lists the things inside a file
    of several, (file, name for messages) → names that `layer` can ask for, with their counts.
    """

    title: Words
    reader: str | None
    suffixes: tuple[str, ...]
    driver: str | None = None
    merge: str | None = None
    contents: tuple[str, ...] = ()
    members: int = ARCHIVE_MEMBERS
    inventory: str | None = None

    @property
    def read(self) -> Reader:
        """The reader itself."""
        return _function(self.reader or "")

    @property
    def lists(self) -> Callable[[Path, str], dict[str, int]]:
        """What lists the things inside a file."""
        return _function(self.inventory or "")

    def together(self, delivered: Delivered, source: Source) -> Delivered:
        """Put the sheets of a source together where the format asks for it."""
        return _function(self.merge)(delivered, source) if self.merge else delivered


def _function(name: str) -> Callable:
    module, _, function = name.partition(":")
    found: Callable = getattr(importlib.import_module(f"gispipe.intake.{module}"), function)
    return found


FORMATS: dict[str, Format] = {
    "shapefile": Format(Words("shapefile (.shp .shx .dbf)", "シェープファイル"), "shapefile:read_shapefile", (".shp",), "ESRI Shapefile"),
    "geojson": Format(Words("GeoJSON", "GeoJSON"), "geojson:read_geojson", (".geojson", ".json")),
    "csv": Format(Words("CSV table, with or without coordinates", "CSV（座標列があれば点）"), "csv_table:read_csv", (".csv", ".txt")),
    "gpkg": Format(Words("GeoPackage", "GeoPackage"), "packed:read_geopackage", (".gpkg",), "GPKG", inventory="packed:list_tables"),
    "flatgeobuf": Format(Words("FlatGeobuf", "FlatGeobuf"), "packed:read_flatgeobuf", (".fgb",), "FlatGeobuf"),
    "mojxml": Format(Words("register-office map XML (parcels)", "地図XML（登記所備付地図データ）"), "mojxml:read_mojxml", (".xml",), members=50_000, inventory="mojxml:list_kinds"),
    "dm": Format(Words("DM digital mapping sheets of public surveys", "DM（公共測量 数値地形図データファイル）"), "dm:read_dm", (".dm",),
                 merge="dm:merge_sheets", inventory="dm:list_classes"),
    "fgd": Format(Words("Fundamental Geospatial Data, vector", "基盤地図情報（基本項目）"), "fgd:read_fgd", (".xml",), inventory="fgd:list_classes"),
    "ksj": Format(Words("National Land Numerical Information", "国土数値情報"), "ksj:read_ksj", (".shp", ".geojson", ".xml"),
                  "ESRI Shapefile", contents=("shapefile", "geojson", "ksj"), inventory="ksj:list_classes"),
    "gsi_shelter": Format(Words("evacuation sites and shelters of the national list", "指定緊急避難場所・指定避難所（国土地理院）"), "shelters:read_gsi_shelter",
                          (".geojson", ".json", ".csv"), contents=("geojson", "csv")),
    "standard": Format(Words("municipal standard open data set", "自治体標準オープンデータセット・推奨データセット"), "standard:read_standard", (".csv", ".xlsx"), contents=("csv", "xlsx")),
    "abr": Format(Words("address base registry", "アドレス・ベース・レジストリ"), "abr:read_abr", (".csv",), contents=("csv",)),
    "isj": Format(Words("town and block reference points", "位置参照情報"), "abr:read_isj", (".csv",), contents=("csv",)),
    "citygml": Format(Words("PLATEAU CityGML", "PLATEAU CityGML"), "citygml:read_citygml", (".gml",), inventory="citygml:list_classes"),
    "kml": Format(Words("KML", "KML"), "kml:read_kml", (".kml",)),
    "topojson": Format(Words("TopoJSON", "TopoJSON"), "topojson:read_topojson", (".topojson", ".json"), inventory="topojson:list_objects"),
    "dxf": Format(Words("DXF drawing", "DXF（図面）"), "dxf:read_dxf", (".dxf",), "DXF"),
    "xlsx": Format(Words("XLSX workbook", "Excel ブック（XLSX）"), "workbook:read_workbook", (".xlsx",), inventory="workbook:list_sheets"),
    "geotiff": Format(Words("GeoTIFF, or TIFF with world file", "GeoTIFF（ワールドファイル付き TIFF を含む）"), None, (".tif", ".tiff")),
    "jpeg": Format(Words("JPEG with world file", "JPEG（ワールドファイル付き）"), None, (".jpg", ".jpeg")),
    "fgd_dem": Format(Words("Fundamental Geospatial Data, elevation grid", "基盤地図情報（数値標高モデル）"), None, (".xml",)),
}

OGR_DRIVERS = frozenset(fmt.driver for fmt in FORMATS.values() if fmt.driver)
