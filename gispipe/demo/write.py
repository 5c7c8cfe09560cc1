"""Write tables in the formats that Japanese cities hand over. The same table gives the same bytes, always."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio.raw
import pyproj
import shapely

from gispipe.demo.frame import ORIGIN
from gispipe.demo.tables import Table
from gispipe.demo.workbook import workbook

WRITTEN = "2026-04-01"  # the date in every dbf header; today's would change the bytes
_CRS = {"shp": "EPSG:6674", "shp-old": "EPSG:2448", "shp-geo": "EPSG:6668", "geojson": "EPSG:6668"}
_TO_LONLAT = pyproj.Transformer.from_crs("EPSG:6674", "EPSG:6668", always_xy=True)


def plane(geometry: np.ndarray) -> np.ndarray:
    """Move local geometry to plane rectangular zone VI."""
    return shapely.transform(geometry, lambda xy: np.round(xy + ORIGIN, 4))


def lonlat(geometry: np.ndarray) -> np.ndarray:
    """Return local geometry in longitude and latitude, nine decimals (0.1 mm)."""
    return shapely.transform(geometry, lambda xy: np.round(np.column_stack(_TO_LONLAT.transform(*(xy + ORIGIN).T)), 9))


def _write_vector(path: Path, table: Table) -> None:
    assert table.geometry is not None
    geometry = lonlat(table.geometry) if table.form in ("geojson", "shp-geo") else plane(table.geometry)
    kind = table.kind
    if kind != "Point" and (shapely.get_type_id(geometry) > 3).any():
        kind = f"Multi{kind}"
        geometry = np.array([g if g.geom_type.startswith("Multi") else getattr(shapely, kind)([g]) for g in geometry], object)
    shape = table.form != "geojson"
    if not shape:
        geometry = shapely.orient_polygons(geometry) if "Polygon" in kind else geometry
    pyogrio.raw.write(
        str(path), geometry=shapely.to_wkb(geometry), field_data=list(table.columns.values()),
        fields=np.array(list(table.columns), object), geometry_type=kind, crs=_CRS[table.form],
        driver="ESRI Shapefile" if shape else "GeoJSON", encoding="cp932" if shape else "UTF-8",
        layer_options={"DBF_DATE_LAST_UPDATE": WRITTEN} if shape else {"COORDINATE_PRECISION": "8", "RFC7946": "NO"})
    path.with_suffix(".cpg").unlink(missing_ok=True)  # city files rarely carry one


def _plain(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{value:.8g}" if abs(value) < 1e7 else f"{value:.0f}"
    return str(value)


def _with_place(table: Table) -> dict[str, object]:
    """Return the columns with longitude and latitude in their places."""
    columns: dict[str, object] = dict(table.columns)
    if table.geometry is None:
        return columns
    x, y = shapely.get_coordinates(lonlat(table.geometry)).T
    place = {table.lonlat[0]: [f"{v:.7f}" for v in x], table.lonlat[1]: [f"{v:.7f}" for v in y]}
    return {name: place.get(name, values) for name, values in columns.items()} | {k: v for k, v in place.items() if k not in columns}


def _write_workbook(path: Path, table: Table) -> None:
    columns = _with_place(table)
    rows = zip(*(np.asarray(values).tolist() for values in columns.values()), strict=True)
    path.write_bytes(workbook({"一覧": [list(columns), *map(list, rows)]}))


def _write_csv(path: Path, table: Table) -> None:
    columns = _with_place(table)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(zip(*(list(map(_plain, np.asarray(values).tolist())) for values in columns.values()), strict=True))
    path.write_bytes(out.getvalue().encode("cp932" if table.form == "csv-sjis" else "utf-8-sig"))


def write_table(folder: Path, table: Table) -> list[Path]:
    """Write one table below `folder` and return its files."""
    path = folder / table.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if table.form.startswith("csv"):
        _write_csv(path, table)
    elif table.form == "xlsx":
        _write_workbook(path, table)
    else:
        for old in path.parent.glob(f"{path.stem}.*"):
            old.unlink()
        _write_vector(path, table)
    return sorted(path.parent.glob(f"{path.stem}.*"))


def write_tables(folder: Path, tables: Sequence[Table]) -> list[Path]:
    """Write tables below `folder` and return their files; those whose path goes on below a .zip become members of that archive."""
    from gispipe.demo.ksj import archive, table_members

    files: list[Path] = []
    packed: dict[str, list[tuple[str, bytes]]] = {}
    for table in tables:
        name, inside, inner = table.path.partition(".zip/")
        if not inside:
            files += write_table(folder, table)
            continue
        stem, _, suffix = inner.rpartition(".")
        packed.setdefault(f"{name}.zip", []).extend(table_members(replace(table, path=f"table.{suffix}"), stem))
    for name, members in packed.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive(sorted(members)))
        files.append(path)
    return files
