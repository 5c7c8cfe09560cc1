"""Rows of the store's tables as people read them, one at a time and without loading shapes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gispipe.answers.files import AnswerFiles
from gispipe.model import Column, Layer


class Rows:
    """The attribute tables of one audience's store; each is read when first asked for and kept."""

    def __init__(self, files: AnswerFiles) -> None:
        self._files = files
        self._table = lru_cache(maxsize=None)(self._read)
        self._columns: dict[str, list[tuple[str, Any]]] = {}

    def _read(self, layer: str) -> Any:
        import pyarrow.parquet as pq

        path = self._files.folder.parent / layer / f"{self._files.entries[layer]['version']}.parquet"
        with pq.ParquetFile(path, memory_map=True) as file:
            names = [name for name in file.schema_arrow.names if name != "geometry"]
            return file.read(columns=names)

    def count(self, layer: Layer) -> int:
        """Return how many rows a layer has."""
        return int(self._table(layer.id).num_rows)

    def raw(self, layer: Layer, row: int) -> dict[str, Any]:
        """Return one row of the columns that the layer declares for this audience, as stored."""
        return {name: values[row].as_py() for name, values in self._open_columns(layer)}

    def _open_columns(self, layer: Layer) -> list[tuple[str, Any]]:
        """Return the columns of a layer that the audience may see, each in one piece."""
        if layer.id not in self._columns:
            table = self._table(layer.id)
            allowed = layer.all_columns() if self._files.audience == "internal" else layer.public_columns()
            self._columns[layer.id] = [(name, _in_one_piece(table[name])) for name in table.column_names if name in allowed]
        return self._columns[layer.id]

    def column(self, layer: Layer, name: str) -> list[Any]:
        """Return a whole column as plain values."""
        return self._table(layer.id)[name].to_pylist()


def _in_one_piece(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def read_value(value: Any, column: Column) -> Any:
    """Return a value as people read it: its declared meaning, or the declared word for none."""
    if value is None:
        return column.absent or None
    return str(column.shown(value)) if column.absent else column.shown(value)
