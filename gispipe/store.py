"""Versions of tables: GeoParquet (rasters as COG) under `output/store/{internal,public}`.

A version is named by the SHA-256 of its bytes, so the same table is the same file. The manifest says which version
counts now; it is replaced in one step after everything is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gispipe.audience import InternalTable, PublicTable
from gispipe.errors import NotFound
from gispipe.finished import digest_of_file, finished, sync
from gispipe.manifest import read_manifest, store_root
from gispipe.model import Audience
from gispipe.words import Words

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

GROUP = 8192
"""Rows of a table that are read together: an answer about one feature unpacks no more."""
DIGEST = 16
"""Bytes of the digest of a shape or a row."""


class Store:
    """The tables of one audience. `Store(root, "public")` takes PublicTables only, the other InternalTables only."""

    def __init__(self, output: Path, audience: Audience) -> None:
        self.audience = audience
        self.root = store_root(output, audience)
        self._kind: type = PublicTable if audience == "public" else InternalTable

    def manifest(self) -> dict[str, dict]:
        """Return the entries by layer id: version, rows, kind and facts; empty when nothing was stored yet."""
        return read_manifest(self.root)

    def write(self, table: InternalTable | PublicTable, crs: str) -> str:
        """Write a table and return its version; the same content gives the same version."""
        if not isinstance(table, self._kind):
            raise TypeError(f"the {self.audience} store takes {self._kind.__name__} only")
        folder = self.root / table.layer
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".draft-{os.getpid()}.parquet"
        _write_parquet(draft, table.frame, table.geometry, crs)
        return _settle(draft, folder, ".parquet")

    def keep_file(self, layer: str, draft: Path, suffix: str) -> str:
        """Take over a finished file (a raster) as a version of a layer and return the version."""
        folder = self.root / layer
        folder.mkdir(parents=True, exist_ok=True)
        return _settle(draft, folder, suffix)

    def path(self, layer: str, version: str, suffix: str = ".parquet") -> Path:
        return self.root / layer / f"{version}{suffix}"

    def read(self, layer: str, which: str = "version", columns: Collection[str] | None = None) -> InternalTable | PublicTable:
        """Read the current table of a layer (`which="base"`: before joins) with its shapes; raises NotFound.

        Of `columns` only those that are there are read: unpacking all of a wide table takes longer than most work with it.
        """
        return self.read_version(layer, self._entry(layer)[which], columns)

    def _entry(self, layer: str) -> dict:
        entry = self.manifest().get(layer)
        if entry is None:
            raise NotFound(f"{self.audience} store", Words(f"no data of layer '{layer}' yet", f"レイヤー「{layer}」のデータがまだありません"),
                           Words("run 'gispipe ingest' first", "先に「gispipe ingest」を実行してください"))
        return entry

    def read_version(self, layer: str, version: str, columns: Collection[str] | None = None) -> InternalTable | PublicTable:
        """Read one version of a layer's table; `columns` as in `read`."""
        frame, geometry = _read_parquet(self.path(layer, version), columns)
        return self._kind(layer, frame, geometry)

    def read_packed(self, layer: str, columns: Collection[str] | None = None, shapes: bool = True) -> tuple[pa.Table, pa.ChunkedArray | None]:
        """Return the current table of a layer as it is stored, without its shapes, and these (WKB, null without one); None of a table that has none, or when they are not asked for."""
        return _read_packed(self.path(layer, self._entry(layer)["version"]), columns, shapes)

    def columns(self, layer: str, version: str) -> set[str]:
        """Return the names of the columns of one version of a layer's table, without that of its shapes."""
        import pyarrow.parquet as pq

        schema = pq.read_schema(self.path(layer, version))
        return set(schema.names) - {_shape_column(schema)}

    def whole(self, layer: str, version: str) -> tuple[pa.Table, str | None]:
        """Return one version of a layer's table as it is stored, and the name of the column of its shapes (WKB), None for a table without."""
        import pyarrow.parquet as pq

        table = pq.read_table(self.path(layer, version))
        return table, _shape_column(table.schema)

    def texts(self, layer: str, version: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the different texts of every column of one version, without its shapes."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        file = pq.ParquetFile(self.path(layer, version))
        for field in file.schema_arrow:
            kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
            if pa.types.is_string(kind) or pa.types.is_large_string(kind):
                yield field.name, pc.unique(file.read([field.name])[field.name].cast(kind)).drop_null().to_pylist()

    def digest(self, layer: str, version: str, columns: Collection[str] = (), ordered: bool = True, shapes: pa.Array | None = None) -> str:
        """Return a digest of the shapes of one version and of some of its columns, row by row: another column may change without changing it.

        Without `ordered` the rows may also stand in another order. `shapes`: what `shape_digests` says of the table's, where somebody asked it already.
        """
        import pyarrow.parquet as pq

        from gispipe.arrow import flat

        path = self.path(layer, version)
        schema = pq.read_schema(path)
        shape = _shape_column(schema)
        names = [name for name in schema.names if name in columns and name != shape]
        read = pq.read_table(path, columns=names if shapes is not None or shape is None else [*names, shape])
        given = [] if shape is None else [shape_digests(read[shape].combine_chunks()) if shapes is None else shapes]
        if names or not given:
            told = [[json.dumps(value, default=str).encode() for value in read[name].to_pylist()] for name in names]
            rows = zip(*told, *(one.to_pylist() for one in given), strict=True)
            content = b"".join([hashlib.blake2b(b"".join([b"%d:" % len(value) + value for value in row]), digest_size=DIGEST).digest() for row in rows])
        else:
            content = flat(given[0]).tobytes()
        found = np.frombuffer(content, ">u8").reshape(-1, DIGEST // 8)
        if not ordered:
            found = found[np.lexsort(found.T[::-1])]
        return hashlib.sha256(json.dumps([names, shape, len(found)]).encode() + found.tobytes()).hexdigest()

    def adopt(self, layer: str, file: Path) -> str:
        """Copy a finished version file of another store as a version here (a link would share its access rights)."""
        target = self.root / layer / file.name
        if not target.exists():
            with finished(target) as draft:
                shutil.copyfile(file, draft)
        return file.stem

    def commit(self, entries: Mapping[str, dict]) -> None:
        """Make these entries the current ones, in one atomic step, after everything they name is on disk."""
        with finished(self.root / "manifest.json") as draft:
            draft.write_text(json.dumps(dict(sorted(entries.items())), ensure_ascii=False, indent=1) + "\n", "utf-8")


def shape_digests(wkb: pa.Array) -> pa.FixedSizeBinaryArray:
    """Return a digest of `DIGEST` bytes of every shape as it is stored (WKB; no shape is as one without bytes)."""
    from gispipe.arrow import of_flat

    parts = (wkb.slice(at, GROUP).to_pylist() for at in range(0, len(wkb), GROUP))  # some at a time, so that they find room where those before them were
    return of_flat(b"".join([hashlib.blake2b(one or b"", digest_size=DIGEST).digest() for part in parts for one in part]), DIGEST)


def _settle(draft: Path, folder: Path, suffix: str) -> str:
    version = digest_of_file(draft)[:16]
    target = folder / f"{version}{suffix}"
    sync(draft)
    if target.exists():
        draft.unlink()
    else:
        shutil.move(draft, target)
    return version


def _write_parquet(path: Path, frame: pd.DataFrame, geometry: np.ndarray | None, crs: str) -> None:
    if geometry is None:
        frame.to_parquet(path, index=False, compression="zstd", row_group_size=GROUP)
        return
    import geopandas

    geopandas.GeoDataFrame(frame, geometry=geopandas.array.from_shapely(geometry, crs=crs)).to_parquet(path, index=False, compression="zstd", row_group_size=GROUP)


def _read_parquet(path: Path, columns: Collection[str] | None) -> tuple[pd.DataFrame, np.ndarray | None]:
    """Read a table; the geometry column is decoded here.

    Texts come as they were before they were stored (objects), so that a table that is joined anew and stored again is the same file.
    """
    import pandas as pd

    from gispipe.geometry import of_wkb

    table, packed = _read_packed(path, columns)
    frame = table.to_pandas()
    for name in frame.columns[[isinstance(kind, pd.StringDtype) for kind in frame.dtypes]]:
        frame[name] = pd.Series(table[name].to_numpy(), dtype=object, index=frame.index)
    return frame, None if packed is None else of_wkb(packed)


def _shape_column(schema: pa.Schema) -> str | None:
    geo = (schema.metadata or {}).get(b"geo")
    return json.loads(geo)["primary_column"] if geo else None


def _read_packed(path: Path, columns: Collection[str] | None, shapes: bool = True) -> tuple[pa.Table, pa.ChunkedArray | None]:
    """Read a table and its geometry column as they are stored."""
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    column = _shape_column(schema)
    wanted = None if columns is None else [name for name in schema.names if name in columns or (shapes and name == column)]
    table = pq.read_table(path, columns=wanted)
    return (table.drop_columns([column]), table[column]) if column in table.column_names else (table, None)
