"""Read one file of 国土数値情報, whichever of its three formats it is in, and say by which convention it is read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.intake.content import identify, must_be
from gispipe.intake.delivered import Delivered
from gispipe.intake.geojson import read_geojson
from gispipe.intake.gml import crs_of
from gispipe.intake.ksj.meanings import blanked, with_meanings
from gispipe.intake.ksj.xlink import list_gml_classes, read_gml
from gispipe.intake.shapefile import read_shapefile
from gispipe.intake.text import proven
from gispipe.model import Source

if TYPE_CHECKING:
    import pyarrow as pa

CURRENT = "EPSG:6668"
_BY_NAME = (("-jgd", "EPSG:4612"), ("-tky", "EPSG:4301"))


def read_ksj(path: Path, source: Source, where: str) -> Delivered:
    """Read a shapefile, GeoJSON or GML of 国土数値情報; meanings of codes and limits of depth texts stand beside the raw values.

    Shapefiles are cp932 unless .cpg says otherwise; without .prj the CRS is that of the KS-META beside them, else that of
    the file name; GeoJSON without a crs member is JGD2011, as the current releases are. Raises UnreadableInput.
    """
    kind = identify(path)
    if kind == "shapefile":
        delivered = _shapefile(path, source, where)
    elif kind == "geojson":
        delivered = _geojson(path, source, where)
    else:
        must_be(path, "ksj", where)
        delivered = read_gml(path, source, where)
    data, notes = with_meanings(blanked(_columns(delivered)), delivered.place)
    return replace(delivered, data=data, notes=delivered.notes + tuple(notes))


def list_classes(path: Path, where: str) -> dict[str, int]:
    """Return the feature classes of a GML file with their features; the other formats hold one thing and list none."""
    return list_gml_classes(path, where) if identify(path) == "ksj" else {}


def _columns(delivered: Delivered) -> pa.Table:
    """Return the columns as Arrow; columns of mixed kinds as text."""
    import pandas as pd
    import pyarrow as pa

    if not isinstance(delivered.data, pd.DataFrame):
        return delivered.data
    arrays = {}
    for name in delivered.data.columns:
        values = list(delivered.data[name])
        kinds = {type(value) for value in values if value is not None}
        plain = kinds <= {str} or len(kinds) == 1 or kinds <= {int, float}
        arrays[name] = pa.array(values if plain else [None if v is None else str(v) for v in values], pa.large_string() if not plain or kinds <= {str} else None)
    return pa.table(arrays)


def _shapefile(path: Path, source: Source, where: str) -> Delivered:
    encoding, known_by = _encoding(path, source)
    delivered = read_shapefile(path, source.model_copy(update={"encoding": encoding}) if encoding else source, where)
    crs, facts = delivered.crs, {"encoding_by": known_by, "crs_by": ".prj"}
    if crs is None:
        crs, facts = _system(path, where, facts)
    return replace(delivered, crs=crs, facts=delivered.facts | facts)


def _encoding(path: Path, source: Source) -> tuple[str | None, str]:
    """Return the encoding to read the table in, None for what the shapefile itself says, and how it is known."""
    if source.encoding:
        return source.encoding, "declared"
    sides = {side.suffix.lower(): side for side in path.parent.glob(f"{_literal(path.stem)}.*")}
    if ".cpg" in sides:
        return None, ".cpg"
    table = sides[".dbf"].read_bytes()[32:] if ".dbf" in sides else b""
    if not table.isascii() and proven(table) == "utf-8":
        return "utf-8", "proven UTF-8"
    return "cp932", "KSJ convention"


def _literal(stem: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", stem)


def _system(path: Path, where: str, facts: dict[str, str]) -> tuple[str | None, dict[str, str]]:
    """Return the CRS of a shapefile without .prj, from the description beside it, else from the name; None when neither says."""
    for meta in sorted(path.parent.glob("KS-META*")):
        found = re.search(rb"<code>\s*([A-Z0-9]+ / \([^)<]{1,20}\))\s*</code>", meta.read_bytes()[:1 << 20])
        if found:
            return crs_of({found[1].decode("ascii", "replace")}, f"{where} ({meta.name})"), facts | {"crs_by": "KS-META"}
    for part, crs in _BY_NAME:
        if part in where.lower():
            return crs, facts | {"crs_by": "file name", "crs_by_rule": f"KSJ {part}"}
    return None, facts | {"crs_by": "not stated"}


def _geojson(path: Path, source: Source, where: str) -> Delivered:
    delivered = read_geojson(path, source, where)
    if delivered.facts.get("crs_by_rule"):
        return replace(delivered, crs=CURRENT, facts=delivered.facts | {"crs_by": "current releases are JGD2011", "crs_by_rule": "KSJ convention"})
    return replace(delivered, facts=delivered.facts | {"crs_by": "crs member"})
