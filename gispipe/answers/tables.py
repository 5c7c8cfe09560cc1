"""Rows of the store's tables as people read them, one at a time and without loading shapes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import Any

from gispipe.answers.files import AnswerFiles
from gispipe.model import Column, Layer
from gispipe.withheld import flag


class Rows:
    """The attribute tables of one audience's store; the group of rows around a row is read when first asked for and kept."""

    def __init__(self, files: AnswerFiles) -> None:
        self._files = files
        self._open = lru_cache(maxsize=None)(self._opened)
        self._group = lru_cache(maxsize=256)(self._read)
        self._names = lru_cache(maxsize=None)(self._named)

    def _opened(self, layer: str) -> tuple[Any, list[int]]:
        """Return the table's file and the row at which each of its groups begins."""
        import pyarrow.parquet as pq

        file = pq.ParquetFile(self._files.folder.parent / layer / f"{self._files.entries[layer]['version']}.parquet", memory_map=True)
        return file, [0, *accumulate(file.metadata.row_group(k).num_rows for k in range(file.num_row_groups))]

    def _read(self, layer: str, group: int) -> dict[str, Any]:
        """Return the columns of a group that the audience may see, each in one piece."""
        declared = self._files.catalogue.layers[layer]
        allowed = declared.all_columns() if self._files.audience == "internal" else declared.public_columns()
        flags = {flag(name) for name in declared.counts()}
        file, _ = self._open(layer)
        table = file.read_row_group(group, columns=[name for name in file.schema_arrow.names if name in allowed or name in flags])
        return {name: _in_one_piece(table[name]) for name in table.column_names}

    def count(self, layer: Layer) -> int:
        """Return how many rows a layer has."""
        return self._open(layer.id)[1][-1]

    def raw(self, layer: Layer, row: int, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Return one row of the columns that the layer declares for this audience, as stored; with `names` only of these."""
        begins = self._open(layer.id)[1]
        number = bisect_right(begins, row) - 1
        group, at = self._group(layer.id, number), row - begins[number]
        return {name: group[name][at].as_py() for name in (group if names is None else names) if name in group}

    def column(self, layer: Layer, name: str) -> list[Any]:
        """Return a whole column as plain values."""
        return self._open(layer.id)[0].read(columns=[name])[name].to_pylist()

    def named(self, layer: Layer) -> tuple[list[tuple[Any, ...]], dict[tuple[Any, ...], list[int]]]:
        """Return the name of every row, by the columns that the card names it with, and the rows of every name."""
        return self._names(layer.id)

    def _named(self, layer: str) -> tuple[list[tuple[Any, ...]], dict[tuple[Any, ...], list[int]]]:
        declared = self._files.catalogue.layers[layer]
        assert declared.card is not None
        names = list(zip(*(self.column(declared, name) for name in declared.card.name), strict=True))
        of: dict[tuple[Any, ...], list[int]] = {}
        for row, name in enumerate(names):
            of.setdefault(name, []).append(row)
        return names, of


def _in_one_piece(column: Any) -> Any:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def read_value(value: Any, column: Column) -> Any:
    """Return a value as people read it: its declared meaning, or the declared word for none."""
    if value is None:
        return column.absent or None
    return str(column.shown(value)) if column.absent else column.shown(value)
