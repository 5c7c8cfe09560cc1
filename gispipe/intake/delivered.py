"""What a reader hands over: columns as they stand in the files, geometry as drawn, and what the reader noticed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gispipe.errors import UnreadableInput
from gispipe.words import Words

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
    says, None when it says nothing; `crs_of` (n,) names one for each row where they differ within a file. `inputs` are
    the delivered files themselves (an archive, not its members), known when the source is read. Arrow columns reach the store without becoming objects one by one; `frame` and
    `geometry` are the same values as objects, made when asked for.
    """

    data: pd.DataFrame | pa.Table
    shapes: np.ndarray | pa.Array | pa.ChunkedArray | None
    crs: str | None
    place: np.ndarray
    file: np.ndarray
    files: tuple[SourceFile, ...]
    encoding: str | None = None
    notes: tuple[Note, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)
    crs_of: np.ndarray | None = None
    inputs: tuple[SourceFile, ...] = ()

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The columns as objects; None where a row has no value."""
        if isinstance(self.data, pd.DataFrame):
            return self.data
        return pd.DataFrame({name: self.values(name) for name in self.names}, index=range(len(self.place)), dtype=object)

    def values(self, name: str) -> np.ndarray:
        """Return one column as (n,) objects."""
        codes, distinct = self.distinct(name)
        return np.append(distinct, None)[codes]

    def distinct(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Return codes (n,) into the distinct values of a column, -1 for none, and those values as objects."""
        if isinstance(self.data, pd.DataFrame):
            return distinct_of(self.data[name].to_numpy())
        return _distinct_arrow(self.data[name], holds_json(self.data.schema.field(name)))

    @cached_property
    def geometry(self) -> np.ndarray | None:
        """The geometries as (n,) shapely objects."""
        if self.shapes is None or isinstance(self.shapes, np.ndarray):
            return self.shapes
        import shapely

        try:
            pieces = [shapely.from_wkb(piece.to_numpy(zero_copy_only=False)) for piece in wkb_pieces(self.shapes)]
            return np.concatenate(pieces) if pieces else np.empty(0, dtype=object)
        except shapely.errors.ShapelyError as error:
            raise UnreadableInput(self.files[0].path if self.files else "", Words(f"a shape cannot be read: {error}", f"読めない図形があります: {error}"),
                                  Words("export the file again with plain points, lines and polygons", "点・線・面だけの形で出力し直してください")) from None

    @property
    def names(self) -> list[str]:
        """The names of the columns, in the file's order."""
        return list(self.data.columns if isinstance(self.data, pd.DataFrame) else self.data.column_names)


def wkb_pieces(shapes: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    """Return WKB in the pieces it is held in."""
    import pyarrow as pa

    return list(shapes.chunks) if isinstance(shapes, pa.ChunkedArray) else [shapes]


MIXED = {b"kinds": b"json"}
"""Mark of an Arrow column whose values are JSON texts, because they are of several kinds."""


def holds_json(field: pa.Field) -> bool:
    """Return whether an Arrow column carries the mark of mixed kinds."""
    return bool(field.metadata and field.metadata.get(b"kinds") == b"json")


def _distinct_arrow(column: pa.ChunkedArray, mixed: bool) -> tuple[np.ndarray, np.ndarray]:
    import pyarrow as pa

    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    distinct = np.empty(len(array.dictionary), dtype=object)
    texts = array.dictionary.to_pylist()
    distinct[:] = [json.loads(text) for text in texts] if mixed else texts
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, distinct


def distinct_of(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and distinct values; -1 for missing. True, 1 and 1.0 are equal in Python but three values where they meet here."""
    array = pd.array(values, dtype=object)
    if len({type(value) for value in values} - {str, type(None)}) > 1:
        keys = np.fromiter((value if isinstance(value, str) or value is None else f"{type(value).__name__}\x1f{value}" for value in values), object, len(values))
        codes, _ = pd.factorize(keys)
        first = np.unique(codes[codes >= 0], return_index=True)[1]
        return codes, np.asarray(array, dtype=object)[np.flatnonzero(codes >= 0)[first]]
    codes, uniques = pd.factorize(array)
    return codes, np.asarray(uniques, dtype=object)
