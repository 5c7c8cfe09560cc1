"""Carry a delivered table across the process border as Arrow columns: text, numbers and WKB, never objects.

What a reader made as Arrow columns is written as it stands and mapped into the parent's memory without a copy.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gispipe.intake.delivered import MIXED, Delivered, Note, SourceFile, holds_json

_PLACE, _FILE, _SHAPE = "@place", "@file", "@geometry"
_TOLD = b"told"


def write_columns(path: Path, delivered: Delivered) -> None:
    """Write place, file, geometry (WKB) and every column; columns of mixed kinds travel as JSON texts, marked so."""
    with pa.OSFile(str(path), "wb") as sink:
        _write(sink, _table(delivered))


def told(delivered: Delivered) -> dict[str, Any]:
    """Return what is known of a table besides its columns, for JSON."""
    return {"crs": delivered.crs, "encoding": delivered.encoding, "facts": delivered.facts, "files": [asdict(one) for one in delivered.files], "notes": [asdict(note) for note in delivered.notes]}


def packed(delivered: Delivered, of: str) -> bytes:
    """Return a table with all that is known of it as one run of bytes, which says what it is a table `of`; every row is in the table's one CRS."""
    assert delivered.crs_of is None
    document = {"of": of, **told(delivered), "inputs": [asdict(one) for one in delivered.inputs]}
    sink = pa.BufferOutputStream()
    _write(sink, _table(delivered).replace_schema_metadata({_TOLD: json.dumps(document)}))
    return sink.getvalue().to_pybytes()


def unpacked(content: bytes) -> Delivered:
    """Return what `packed` packed."""
    table = pa.ipc.open_file(pa.BufferReader(content)).read_all()
    document = json.loads(table.schema.metadata[_TOLD])
    return replace(_delivered(table, document), inputs=tuple(SourceFile(**one) for one in document["inputs"]))


def _write(sink: pa.NativeFile, table: pa.Table) -> None:
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(unify_dictionaries=True)) as writer:
        writer.write_table(table)


def _table(delivered: Delivered) -> pa.Table:
    fields, arrays = [], []

    def add(name: str, array: pa.Array | pa.ChunkedArray, mixed: bool = False) -> None:
        fields.append(pa.field(name, array.type, metadata=MIXED if mixed else None))
        arrays.append(array)

    add(_PLACE, pa.array(delivered.place))
    add(_FILE, pa.array(delivered.file))
    if delivered.shapes is not None:
        add(_SHAPE, _wkb(delivered.shapes))
    data = delivered.data
    for name in delivered.names:
        array, mixed = (data[name], holds_json(data.schema.field(name))) if isinstance(data, pa.Table) else _array(data[name].to_numpy())
        add(f"={name}", array, mixed)
    return pa.table(arrays, schema=pa.schema(fields))


def _wkb(shapes: np.ndarray | pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if not isinstance(shapes, np.ndarray):
        return shapes
    import shapely

    return pa.array(shapely.to_wkb(shapes), type=pa.large_binary())


def _array(values: np.ndarray) -> tuple[pa.Array, bool]:
    """Return values as an Arrow array, and whether they are JSON texts because their kinds differ."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str}:
        return pa.array(values, type=pa.large_string(), from_pandas=True), False
    if kinds <= {int} or kinds <= {bool}:
        try:
            return pa.array(values, from_pandas=True), False
        except (pa.ArrowInvalid, OverflowError):
            pass
    if kinds <= {float}:
        return pa.array(values, type=pa.float64(), from_pandas=True), False
    texts = [None if value is None else json.dumps(value.item() if isinstance(value, np.generic) else value) for value in values]
    return pa.array(texts, type=pa.large_string()).dictionary_encode(), True


def read_columns(path: Path, reply: dict) -> Delivered:
    """Read what `write_columns` wrote, with the facts of the reader's reply (`told`)."""
    with _open(path) as source:
        return _delivered(pa.ipc.open_file(source).read_all(), reply)


def _delivered(table: pa.Table, reply: dict) -> Delivered:
    columns = [name for name in table.column_names if name.startswith("=")]
    data: pa.Table | pd.DataFrame = table.select(columns).rename_columns([name[1:] for name in columns])
    if not columns:
        data = pd.DataFrame(index=range(table.num_rows))
    shapes = table[_SHAPE] if _SHAPE in table.column_names else None
    return Delivered(data, shapes, reply["crs"], table[_PLACE].to_numpy(), table[_FILE].to_numpy(),
                     tuple(SourceFile(**one) for one in reply["files"]), reply["encoding"],
                     tuple(Note(**note) for note in reply["notes"]), reply["facts"])


def _open(path: Path) -> pa.NativeFile:
    """Map the file where it can be deleted while mapped, else read it."""
    return pa.memory_map(str(path)) if os.name == "posix" else pa.BufferReader(path.read_bytes())
