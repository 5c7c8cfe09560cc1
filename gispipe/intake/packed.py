"""Read GeoPackage and FlatGeobuf through GDAL's own driver and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered
from gispipe.intake.digest import Fingerprint
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

    fingerprint = Fingerprint([path])
    try:
        tables = [str(name) for name in pyogrio.list_layers(str(path))[:, 0]]
        meta, table = pyogrio.raw.read_arrow(str(path), layer=chosen(tables, source, where), read_geometry=True)
        shapes = plane_shapes(table, meta) if meta["geometry_type"] is not None else None
        data = pa.table({field: _plain(table[field]) for field in meta["fields"]}) if len(meta["fields"]) else pd.DataFrame(index=range(len(table)))
    except (ValueError, RuntimeError, OSError, shapely.errors.ShapelyError, pa.ArrowException) as error:
        raise UnreadableInput(where, Words(f"cannot be read: {error}", f"読めません: {error}"),
                              Words("copy or request the file again", "受け取り直してください")) from None
    return Delivered(data, shapes, crs_name(meta["crs"]) if meta["crs"] else None, np.arange(1, len(table) + 1), np.zeros(len(table), int),
                     (fingerprint.of(where, len(table)),), "utf-8", facts={"encoding_by": "format", "crs_by": "file"})


def list_tables(path: Path, where: str) -> dict[str, int]:
    """Return the tables of a GeoPackage with their rows."""
    import pyogrio

    must_be(path, "gpkg", where)
    try:
        names = [str(name) for name in pyogrio.list_layers(str(path))[:, 0]]
        return {name: int(pyogrio.read_info(str(path), layer=name, force_feature_count=True)["features"]) for name in names}
    except (ValueError, RuntimeError, OSError) as error:
        raise UnreadableInput(where, Words(f"cannot be read: {error}", f"読めません: {error}"), Words("copy or request the file again", "受け取り直してください")) from None


def chosen(tables: list[str], source: Source, where: str) -> str:
    """Return the table that a source asks for, or the only one; raises UnreadableInput with the names there are."""
    if source.layer in tables or (source.layer is None and len(tables) == 1):
        return source.layer or tables[0]
    listing = ", ".join(tables) or "-"
    if source.layer is not None:
        raise UnreadableInput(where, Words(f"no table '{source.layer}' inside; there are: {listing}", f"表「{source.layer}」がありません。ある表: {listing}"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    raise UnreadableInput(where, Words(f"{len(tables)} tables inside: {listing}", f"表が {len(tables)} 個あります: {listing}"),
                          Words('name one with layer = "…" in [source]', "[source] に layer = \"…\" を書いてください"))


def plane_shapes(table: pa.Table, meta: dict) -> pa.ChunkedArray | np.ndarray:
    """Return the geometry column of what GDAL read: as WKB in the pieces it came in, or as flattened objects where any shape has heights."""
    pieces = [_wkb(piece) for piece in table[meta["geometry_name"] or "wkb_geometry"].chunks]
    if not any(map(_has_heights, pieces)):
        return pa.chunked_array(pieces, type=pa.large_binary())
    import shapely

    return np.concatenate([shapely.force_2d(shapely.from_wkb(piece.to_numpy(zero_copy_only=False))) for piece in pieces])


def _wkb(piece: pa.Array) -> pa.Array:
    piece = piece.storage if isinstance(piece, pa.ExtensionArray) else piece
    piece.validate(full=True)  # the driver hands on whatever lengths a damaged file holds
    return piece if pa.types.is_large_binary(piece.type) else piece.cast(pa.large_binary())


_WKB_HEAD = 5


def _has_heights(column: pa.Array) -> bool:
    """Tell by the type in each WKB head, little-endian as GDAL writes it: above 1000 by ISO, with the top bit by the older rule."""
    there = column.drop_null()
    _, ends, data = there.buffers()
    if not len(there) or data is None:
        return False
    bounds = np.frombuffer(ends, dtype=np.int64)[there.offset:there.offset + len(there) + 1]
    if (np.diff(bounds) < _WKB_HEAD).any():
        raise ValueError("a shape is shorter than its own head")
    start = bounds[:-1]
    heads = np.frombuffer(data, dtype=np.uint8)[start[:, None] + np.arange(1, 5)]
    kind = np.ascontiguousarray(heads).view("<u4").ravel()
    return bool((kind > 1000).any())


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Return a column as text, whole numbers, decimals or truth; blank text is no value, times are ISO 8601."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _trimmed(column)
    if pa.types.is_boolean(kind) or pa.types.is_int64(kind) or pa.types.is_float64(kind):
        return column
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind):
        return _moments(column)
    if pa.types.is_date(kind) or pa.types.is_time(kind):
        return column.cast(pa.large_string())
    return pa.array([None if value is None else repr(value) for value in column.to_pylist()], type=pa.large_string())


def _trimmed(column: pa.ChunkedArray) -> pa.Array:
    coded = column.combine_chunks().dictionary_encode()
    coded.dictionary.validate(full=True)  # the driver hands on whatever bytes a damaged file holds
    texts = pc.utf8_trim_whitespace(coded.dictionary.cast(pa.large_string()))
    blank = pc.equal(pc.utf8_length(texts), 0)
    if not pc.any(blank).as_py():
        return pa.DictionaryArray.from_arrays(coded.indices, texts)
    return pa.DictionaryArray.from_arrays(pc.if_else(pc.take(blank, coded.indices), pa.scalar(None, coded.indices.type), coded.indices), texts)


def _moments(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write times as dates where none has a time of day."""
    naive = column.cast(pa.timestamp("ms"), safe=False)
    days = naive.cast(pa.date32())
    same = pc.all(pc.equal(days.cast(pa.timestamp("ms")), naive)).as_py()
    return (days if same in (True, None) else pc.strftime(naive, format="%Y-%m-%dT%H:%M:%S")).cast(pa.large_string())
