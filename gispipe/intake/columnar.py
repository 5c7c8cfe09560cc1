"""Carry a delivered table across the process border as Arrow columns: text, numbers and WKB, never objects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from gispipe.intake.delivered import Delivered, Note, SourceFile


def write_columns(path: Path, delivered: Delivered) -> None:
    """Write place, file, geometry (WKB) and every column; columns of mixed kinds travel as JSON texts."""
    import shapely

    arrays = {"@place": pa.array(delivered.place), "@file": pa.array(delivered.file)}
    if delivered.geometry is not None:
        arrays["@geometry"] = pa.array(shapely.to_wkb(delivered.geometry), type=pa.large_binary())
    for name in delivered.frame.columns:
        arrays[f"={name}"] = _array(delivered.frame[name].to_numpy())
    table = pa.table(arrays)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _array(values: np.ndarray) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {str}:
        return pa.array(values, type=pa.large_string(), from_pandas=True)
    if kinds <= {int} or kinds <= {bool}:
        try:
            return pa.array(values, from_pandas=True)
        except (pa.ArrowInvalid, OverflowError):
            pass
    if kinds <= {float}:
        return pa.array(values, type=pa.float64(), from_pandas=True)
    texts = [None if value is None else json.dumps(value.item() if isinstance(value, np.generic) else value) for value in values]
    return pa.array(texts, type=pa.large_string()).dictionary_encode()


def read_columns(path: Path, reply: dict) -> Delivered:
    """Read what `write_columns` wrote, with the facts of the reader's reply."""
    import shapely

    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    frame = pd.DataFrame({name[1:]: _values(table[name]) for name in table.column_names if name.startswith("=")},
                         index=range(table.num_rows), dtype=object)
    geometry = shapely.from_wkb(table["@geometry"].to_numpy(zero_copy_only=False)) if "@geometry" in table.column_names else None
    return Delivered(frame, geometry, reply["crs"], table["@place"].to_numpy(), table["@file"].to_numpy(),
                     tuple(SourceFile(**one) for one in reply["files"]), reply["encoding"],
                     tuple(Note(**note) for note in reply["notes"]), reply["facts"])


def _values(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        texts = column.to_pylist()
        return np.fromiter((None if text is None else json.loads(text) for text in texts), dtype=object, count=len(texts))
    return np.array(column.to_pylist(), dtype=object) if len(column) else np.empty(0, dtype=object)
