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
    shapes: np.ndarray | pa.Array | None
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
        return _distinct_arrow(self.data[name], _mixed(self.data.schema.field(name)))

    @cached_property
    def geometry(self) -> np.ndarray | None:
        """The geometries as (n,) shapely objects."""
        if self.shapes is None or isinstance(self.shapes, np.ndarray):
            return self.shapes
        import shapely

        try:
            return shapely.from_wkb(self.shapes.to_numpy(zero_copy_only=False))
        except shapely.errors.ShapelyError as error:
            raise UnreadableInput(self.files[0].path if self.files else "", Words(f"a shape cannot be read: {error}", f"読めない図形があります: {error}"),
                                  Words("export the file again with plain points, lines and polygons", "点・線・面だけの形で出力し直してください")) from None

    @property
    def names(self) -> list[str]:
        """The names of the columns, in the file's order."""
        return list(self.data.columns if isinstance(self.data, pd.DataFrame) else self.data.column_names)


MIXED = {b"kinds": b"json"}
"""Mark of an Arrow column whose values are JSON texts, because they are of several kinds."""


def _mixed(field: pa.Field) -> bool:
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


def stack(parts: list[Delivered]) -> Delivered:
    """Put the tables of several files of one source under each other; the caller has checked that their CRS agree."""
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0] + [len(part.files) for part in parts[:-1]])
    notes = [Note(n.code, n.file + int(k), n.row, n.detail) for part, k in zip(parts, offsets, strict=True) for n in part.notes]
    return Delivered(
        data=_stack_data(parts),
        shapes=_stack_shapes(parts),
        crs=_commonest(parts),
        place=np.concatenate([part.place for part in parts]),
        file=np.concatenate([part.file + int(k) for part, k in zip(parts, offsets, strict=True)]),
        files=tuple(f for part in parts for f in part.files),
        encoding=parts[0].encoding,
        notes=tuple(notes),
        facts=_facts(parts) | {"absent": _absent(parts)},
        crs_of=_systems(parts),
        inputs=tuple(f for part in parts for f in part.inputs),
    )


def _commonest(parts: list[Delivered]) -> str | None:
    rows: dict[str, int] = {}
    for part in parts:
        if part.crs is not None:
            rows[part.crs] = rows.get(part.crs, 0) + len(part)
    return max(rows, key=lambda name: rows[name]) if rows else None


def _systems(parts: list[Delivered]) -> np.ndarray | None:
    if len({part.crs for part in parts if part.crs is not None}) < 2:
        return None
    return np.concatenate([np.full(len(part), part.crs, dtype=object) if part.crs_of is None else part.crs_of for part in parts])


def _stack_data(parts: list[Delivered]) -> pd.DataFrame | pa.Table:
    """Put Arrow columns of the same kinds under each other as they are; anything else as objects."""
    import pyarrow as pa

    tables = [part.data for part in parts if isinstance(part.data, pa.Table)]
    if len(tables) == len(parts):
        try:
            return pa.concat_tables(_same_dictionaries(tables), promote_options="default").unify_dictionaries()
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass
    return pd.concat([part.frame for part in parts], ignore_index=True)


def _same_dictionaries(tables: list[pa.Table]) -> list[pa.Table]:
    """Write text columns out where only some tables have them as dictionaries; JSON texts mix with nothing."""
    import pyarrow as pa

    kinds: dict[str, set[str]] = {}
    for table in tables:
        for name, column in zip(table.schema.names, table.schema, strict=True):
            kinds.setdefault(name, set()).add("json" if _mixed(column) else str(column.type))
    if any("json" in found and len(found) > 1 for found in kinds.values()):
        raise pa.ArrowTypeError("mixed")
    plain = {name for name, found in kinds.items() if len(found) > 1}
    return [pa.table({name: column.cast(pa.large_string()) if name in plain and pa.types.is_dictionary(column.type) else column
                      for name, column in zip(table.column_names, table.columns, strict=True)}) if plain else table for table in tables]


def _stack_shapes(parts: list[Delivered]) -> np.ndarray | pa.Array | None:
    """Put shapes under each other: as WKB where all have it, as objects else, not at all where a table has none."""
    import pyarrow as pa

    if any(part.shapes is None for part in parts):
        return None
    if all(isinstance(part.shapes, pa.Array) for part in parts):
        return pa.concat_arrays([part.shapes for part in parts])
    return np.concatenate([part.geometry for part in parts if part.geometry is not None])


def _facts(parts: list[Delivered]) -> dict[str, object]:
    """Put together what was found out about several files: counts are added up, what differs is listed."""
    whole: dict[str, object] = {}
    for part in parts:
        for key, value in part.facts.items():
            whole[key] = _added(whole[key], value) if key in whole else value
    return whole


def _added(one: object, other: object) -> object:
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: _added(one[key], value) if key in one else value for key, value in other.items()}
    if isinstance(one, int) and isinstance(other, int) and not isinstance(one, bool):
        return one + other
    if one == other:
        return one
    texts = dict.fromkeys([*str(one).split("; "), str(other)])
    return "; ".join(list(texts)[:_LISTED])


_LISTED = 8
"""Different texts that are listed of a fact; a hundred sheets may have a hundred."""


def _absent(parts: list[Delivered]) -> dict[str, str]:
    """Return column → the first file that lacks it, for columns only some of the files have."""
    every = dict.fromkeys(name for part in parts for name in part.names)
    return {name: part.files[0].path for name in every for part in reversed(parts) if name not in set(part.names)}
