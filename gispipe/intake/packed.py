"""Read GeoPackage and FlatGeobuf through GDAL's own driver and nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.intake.projection import crs_name
from gispipe.model import Source
from gispipe.words import Words


def read_geopackage(path: Path, source: Source, where: str) -> Delivered:
    """Read one table of a GeoPackage: the declared one, or the only one."""
    must_be(path, "gpkg", where)
    return _read(path, source, where)


def read_flatgeobuf(path: Path, source: Source, where: str) -> Delivered:
    """Read a FlatGeobuf file."""
    must_be(path, "flatgeobuf", where)
    return _read(path, source, where)


def _read(path: Path, source: Source, where: str) -> Delivered:
    import pyogrio
    import shapely

    try:
        tables = [str(name) for name in pyogrio.list_layers(str(path))[:, 0]]
        if source.layer is None and len(tables) != 1:
            raise UnreadableInput(where, Words(f"{len(tables)} tables inside: {', '.join(tables)}", f"表が {len(tables)} 個あります: {', '.join(tables)}"),
                                  Words('name one with layer = "…" in [source]', "[source] に layer = \"…\" を書いてください"))
        meta, _, wkb, values = pyogrio.raw.read(str(path), layer=source.layer or tables[0], read_geometry=True)
    except (ValueError, RuntimeError) as error:
        raise UnreadableInput(where, Words(f"cannot be read: {error}", f"読めません: {error}"),
                              Words("copy or request the file again", "受け取り直してください")) from None
    count = len(wkb) if wkb is not None else len(values[0]) if values else 0
    frame = pd.DataFrame({name: _objects(column) for name, column in zip(meta["fields"], values, strict=True)}, index=range(count), dtype=object)
    geometry = shapely.force_2d(shapely.from_wkb(wkb)) if wkb is not None else None
    data = path.read_bytes()
    return Delivered(frame, geometry, crs_name(meta["crs"]) if meta["crs"] else None, np.arange(1, count + 1), np.zeros(count, int),
                     (SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), count),), "utf-8")


def _objects(column: np.ndarray) -> np.ndarray:
    series = pd.Series(column)
    if series.dtype.kind == "M":
        return series.dt.strftime("%Y-%m-%d").to_numpy(object)
    out = series.astype(object).to_numpy(copy=True)
    out[pd.isna(series).to_numpy()] = None
    return np.array([value.strip() or None if isinstance(value, str) else value for value in out], dtype=object)
