"""What a reader hands over: columns as they stand in the files, geometry as drawn, and what the reader noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa


class NotWanted(Exception):  # noqa: N818 — no failure: an answer
    """Say that a file of an archive is well-formed but holds none of what the source asks for."""


@dataclass(frozen=True)
class SourceFile:
    """One file of a source: path relative to the source folder, SHA-256 and bytes over all its parts, rows read."""

    path: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True)
class Note:
    """Something a reader noticed in a row: rule code, file index, row as a person counts (1-based), and the detail."""

    code: str
    file: int
    row: int
    detail: str


@dataclass(frozen=True)
class Delivered:
    """A table as delivered.

    data: (n, columns) values as text or as the format's own types, as objects or as Arrow columns; shapes: (n,)
    geometries in `crs` with x east or longitude first, as shapely objects or as WKB in an Arrow array, None where the
    file has none; place: (n,) 1-based row in its file; file: (n,) index into `files`. `crs` is what the file itself
    says, None when it says nothing. Arrow columns reach the store without becoming objects one by one; `frame` and
    `geometry` are the same values as objects, made when asked for.
    """

    data: pd.DataFrame | pa.Table
    shapes: np.ndarray | pa.Array | None
    crs: str | None
    place: np.ndarray
    file: np.ndarray
    files: tuple[SourceFile, ...]
    encoding: str | None = None
    notes: tuple[Note, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The columns as objects; None where a row has no value."""
        if isinstance(self.data, pd.DataFrame):
            return self.data
        return pd.DataFrame({name: objects(self.data[name]) for name in self.data.column_names}, index=range(len(self.place)), dtype=object)

    @cached_property
    def geometry(self) -> np.ndarray | None:
        """The geometries as (n,) shapely objects."""
        if self.shapes is None or isinstance(self.shapes, np.ndarray):
            return self.shapes
        import shapely

        return shapely.from_wkb(self.shapes.to_numpy(zero_copy_only=False))

    @property
    def names(self) -> list[str]:
        """The names of the columns, in the file's order."""
        return list(self.data.columns if isinstance(self.data, pd.DataFrame) else self.data.column_names)


def objects(column: pa.ChunkedArray) -> np.ndarray:
    """Return an Arrow column as Python values, None for null; a dictionary's texts are made once each."""
    import pyarrow as pa

    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(column.type):
        values = np.append(np.array(column.dictionary.to_pylist(), dtype=object), None)
        return values[column.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)]
    out = np.empty(len(column), dtype=object)
    out[:] = column.to_pylist()
    return out


def stack(parts: list[Delivered]) -> Delivered:
    """Put the tables of several files of one source under each other; the caller has checked that their CRS agree."""
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0] + [len(part.files) for part in parts[:-1]])
    notes = [Note(n.code, n.file + int(k), n.row, n.detail) for part, k in zip(parts, offsets, strict=True) for n in part.notes]
    has_geometry = all(part.shapes is not None for part in parts)
    return Delivered(
        data=pd.concat([part.frame for part in parts], ignore_index=True),
        shapes=np.concatenate([part.geometry for part in parts if part.geometry is not None]) if has_geometry else None,
        crs=parts[0].crs,
        place=np.concatenate([part.place for part in parts]),
        file=np.concatenate([part.file + int(k) for part, k in zip(parts, offsets, strict=True)]),
        files=tuple(f for part in parts for f in part.files),
        encoding=parts[0].encoding,
        notes=tuple(notes),
        facts={key: value for part in parts for key, value in part.facts.items()} | {"absent": _absent(parts)},
    )


def _absent(parts: list[Delivered]) -> dict[str, str]:
    """Return column → the first file that lacks it, for columns only some of the files have."""
    every = dict.fromkeys(name for part in parts for name in part.names)
    return {name: part.files[0].path for name in every for part in reversed(parts) if name not in set(part.names)}
