"""One reader per format, one dictionary. A layer names its reader; nothing is guessed from an extension."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gispipe.intake.csv_table import read_csv
from gispipe.intake.delivered import Delivered
from gispipe.intake.geojson import read_geojson
from gispipe.intake.packed import read_flatgeobuf, read_geopackage
from gispipe.intake.shapefile import read_shapefile
from gispipe.model import Source
from gispipe.words import Words

Reader = Callable[[Path, Source, str], Delivered]


@dataclass(frozen=True)
class Format:
    """A format the intake knows: how to read it, and GDAL's driver for it when one is used."""

    read: Reader | None
    title: Words
    driver: str | None = None


FORMATS: dict[str, Format] = {
    "shapefile": Format(read_shapefile, Words("shapefile (.shp .shx .dbf)", "シェープファイル"), "ESRI Shapefile"),
    "geojson": Format(read_geojson, Words("GeoJSON", "GeoJSON")),
    "csv": Format(read_csv, Words("CSV table, with or without coordinates", "CSV（座標列があれば点）")),
    "gpkg": Format(read_geopackage, Words("GeoPackage", "GeoPackage"), "GPKG"),
    "flatgeobuf": Format(read_flatgeobuf, Words("FlatGeobuf", "FlatGeobuf"), "FlatGeobuf"),
    "geotiff": Format(None, Words("GeoTIFF, or TIFF with world file", "GeoTIFF（ワールドファイル付き TIFF を含む）")),
}

OGR_DRIVERS = frozenset(fmt.driver for fmt in FORMATS.values() if fmt.driver)
