"""Put the tables of several files of one source under each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gispipe.intake.delivered import Delivered, Note, holds_json, wkb_pieces

if TYPE_CHECKING:
    import pyarrow as pa


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
            kinds.setdefault(name, set()).add("json" if holds_json(column) else str(column.type))
    if any("json" in found and len(found) > 1 for found in kinds.values()):
        raise pa.ArrowTypeError("mixed")
    plain = {name for name, found in kinds.items() if len(found) > 1}
    return [pa.table({name: column.cast(pa.large_string()) if name in plain and pa.types.is_dictionary(column.type) else column
                      for name, column in zip(table.column_names, table.columns, strict=True)}) if plain else table for table in tables]


def _stack_shapes(parts: list[Delivered]) -> np.ndarray | pa.ChunkedArray | None:
    """Put shapes under each other: as WKB where all have it, as objects else, not at all where a table has none."""
    import pyarrow as pa

    if any(part.shapes is None for part in parts):
        return None
    if not any(isinstance(part.shapes, np.ndarray) for part in parts):
        return pa.chunked_array([piece for part in parts for piece in wkb_pieces(part.shapes)], type=pa.large_binary())
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
