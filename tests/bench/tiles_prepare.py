"""Write the files the engines of the tile benchmark read: `python -m tests.bench.tiles_prepare FOLDER PARCELS|CITY [--peers]`, in pieces of rows."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tests.bench.pieces import halved
from tests.bench.tiles_city import NAMES, Rows, drawn, outline, pieces


def prepared(folder: Path, peers: bool) -> dict[str, dict[str, int]] | None:
    """Return rows and vertices by layer of the city that is in a folder already, None where it is not whole or was made by other code."""
    path = folder / "counts.json"
    found = json.loads(path.read_bytes()) if path.is_file() else {}
    if found.pop("made by", None) != _version() or (peers and "flood_pieces" not in found):
        return None
    return found


def _version() -> str:
    sources = [Path(__file__).with_name(f"tiles_{name}.py") for name in ("prepare", "city", "demo")] + [Path(__file__).with_name("pieces.py")]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def prepare(folder: Path, parcels: int, *, peers: bool) -> None:
    """Write the files of a synthetic city of about so many parcels."""
    numbers = drawn(parcels)
    _prepare(folder, lambda name: pieces(numbers, name), outline(numbers), peers)


def prepare_city(folder: Path, city: Path, *, peers: bool) -> None:
    """Write the files of a city that gispipe has ingested."""
    from tests.bench.tiles_demo import ground, layers

    rows = layers(city)
    _prepare(folder, lambda name: [rows[name]], ground(rows["parcel"]), peers)


def _prepare(folder: Path, rows: Callable[[str], Iterable[Rows]], ground: shapely.Geometry, peers: bool) -> None:
    """Write every layer as GeoParquet, the ground its parcels cover, what peers read besides, and last of all rows and vertices by layer."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "counts.json").unlink(missing_ok=True)
    (folder / "outline.wkb").write_bytes(ground.wkb)
    count = {name: write(folder / f"{name}.parquet", rows(name)) for name in NAMES}
    if peers:
        count["flood_pieces"] = write(folder / "flood_pieces.parquet", [_cut(*next(iter(rows("flood"))))])
        for name in (*NAMES, "flood_pieces"):
            _for_peers(folder, name)
    (folder / "counts.json").write_text(json.dumps(count | {"made by": _version()}))


def _cut(geometry: np.ndarray, values: dict[str, np.ndarray]) -> Rows:
    """Return the flood cut small, for engines that clip a giant polygon again in every tile."""
    small, rank = halved(geometry, values["rank"])
    return small, {"rank": rank}


def write(path: Path, made: Iterable[Rows]) -> dict[str, int]:
    """Write pieces of rows as row groups of one GeoParquet file, numbered from 1 in the column fid; return rows and vertices."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    import pyproj

    column = {"encoding": "WKB", "geometry_types": [], "crs": pyproj.CRS(3857).to_json_dict()}
    geo = json.dumps({"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}})
    writer, rows, vertices = None, 0, 0
    for geometry, values in made:
        arrays: dict[str, Any] = {"fid": np.arange(rows + 1, rows + len(geometry) + 1, dtype=np.int32)}
        arrays |= {k: v.astype(np.int32) if v.dtype == np.int64 else v for k, v in values.items()} | {"geometry": shapely.to_wkb(geometry)}
        table = pa.table(arrays).replace_schema_metadata({"geo": geo})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
        rows, vertices = rows + len(geometry), vertices + int(shapely.get_num_coordinates(geometry).sum())
    assert writer is not None, "a layer has at least one piece"
    writer.close()
    return {"rows": rows, "vertices": vertices}


def _for_peers(folder: Path, name: str) -> None:
    """Write a layer as FlatGeobuf in degrees (tippecanoe), in metres in a folder of its own (GDAL) and as text to be copied (PostGIS)."""
    import geopandas

    table = geopandas.read_parquet(folder / f"{name}.parquet")
    table.to_crs(4326).to_file(folder / f"{name}.fgb", driver="FlatGeobuf")
    if name == "flood":
        return
    metres = folder / "metres"
    metres.mkdir(exist_ok=True)
    table.to_file(metres / f"{name.removesuffix('_pieces')}.fgb", driver="FlatGeobuf")
    hexed = shapely.to_wkb(shapely.set_srid(table.geometry.to_numpy(), 3857), hex=True, include_srid=True)
    table.drop(columns="geometry").assign(geometry=hexed).to_csv(folder / f"{name}.tsv", sep="\t", header=False, index=False)


if __name__ == "__main__":
    what = sys.argv[2]
    (prepare if what.isdigit() else prepare_city)(Path(sys.argv[1]), int(what) if what.isdigit() else Path(what), peers="--peers" in sys.argv)  # type: ignore[operator]
