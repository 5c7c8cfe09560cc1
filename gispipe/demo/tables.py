"""A table to be written: its path, its file format, geometry in the local frame, columns by their source names."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Table:
    """`form`: shp (zone VI, JGD2011), shp-old (zone VI, JGD2000), shp-geo (lon/lat), geojson, csv (UTF-8 with BOM), csv-sjis, xlsx.

    A `path` that goes on below a .zip is a member of that archive.
    """

    path: str
    form: str
    columns: dict[str, np.ndarray]
    geometry: np.ndarray | None = None
    kind: str = "Polygon"     # Point LineString Polygon
    lonlat: tuple[str, str] = ("経度", "緯度")   # names of the position columns of a CSV

    def rows(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True)
class DemoReport:
    """What `write_city` wrote."""

    size: str
    seed: int
    counts: dict[str, int]          # rows by path
    bytes: int
    seconds: float
    files: tuple[str, ...] = field(default_factory=tuple)
