"""From a stored table to the features of tiles, search and labels: ids that stay, values as people read them."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gispipe.arrow import buffers, of_buffers, places_among, plain
from gispipe.finished import finished
from gispipe.model import Audience, Layer, Style
from gispipe.shelf import key_of
from gispipe.tiles.memory import DAMAGED
from gispipe.tiles.values import Numbered, indices
from gispipe.withheld import MARK, flag

ID_BITS = 52
_FEW = 5000
"""Rows whose ids are sooner found again than read."""


@dataclass(frozen=True)
class Known:
    """What making the tiles of a table found out, for whoever reads the same table in the same build: ids of all its rows (see `stable_ids`), digests
    of their shapes (see `shape_digests`), and where each is found (see `places_of`) when the layer is searched."""

    ids: np.ndarray
    shapes: pa.Array
    places: pa.LargeStringArray | None


def keyed(layer: Layer, table: pa.Table) -> bool:
    """Return whether a table has the whole key of its layer, so that ids need no shapes."""
    return bool(layer.key) and all(name in table.column_names for name in layer.key)


def stable_ids(layer: Layer, table: pa.Table, geometry: np.ndarray | None) -> np.ndarray:
    """Return (n,) uint64 below 2**52 that depend on the key (or, without an open key, on the shape) and on nothing else.

    A feature keeps its id across releases; a repeated shape is told apart by how often it came before.
    """
    if keyed(layer, table):
        columns = [["nan" if value is None else str(value) for value in table[name].to_pylist()] for name in layer.key]
        written = ["\x1f".join(values) for values in zip(*columns, strict=True)]
    else:
        written = [str(text) for text in (shapely.to_wkb(geometry, hex=True).tolist() if geometry is not None else range(table.num_rows))]
    if len(set(written)) < len(written):
        before: Counter[str] = Counter()
        for row, text in enumerate(written):
            if before[text]:
                written[row] = f"{text}\x1f{before[text]}"
            before[text] += 1
    return _hashed(layer, written)


def _hashed(layer: Layer, texts: list[str]) -> np.ndarray:
    salt = layer.id.encode() + b"\x1f"
    hashed = [hashlib.blake2b(salt + text.encode(), digest_size=8).digest() for text in texts]
    whole = np.frombuffer(b"".join(hashed), dtype=">u8").astype(np.uint64)
    return whole >> np.uint64(64 - ID_BITS)


def remembered_ids(layer: Layer, table: pa.Table, geometry: np.ndarray | None, memory: Path) -> np.ndarray:
    """Return what `stable_ids` does; the ids of keys that the table had when it was read last are taken from ``memory``."""
    keys = _texts_of_keys(layer, table) if keyed(layer, table) and table.num_rows > _FEW else None
    if keys is None or len(keys.unique()) < len(keys):
        return stable_ids(layer, table, geometry)
    programs = key_of(layer.id, "build/features.py", "arrow.py")
    held, known = _load(memory, programs)
    at = places_among(keys, held)
    new = np.flatnonzero(at < 0)
    if not len(new) and len(held) == len(keys):
        return known[at]
    ids = np.append(known, np.zeros(1, np.uint64))[at]
    ids[new] = _hashed(layer, keys.take(pa.array(new)).to_pylist())
    offsets, data = buffers(keys)
    with finished(memory, durable=False) as draft, draft.open("wb") as out:
        np.savez(out, programs=np.array(programs), offsets=offsets, data=data, ids=ids)
    return ids


def _texts_of_keys(layer: Layer, table: pa.Table) -> pa.LargeStringArray | None:
    """Return the whole key of every row as `stable_ids` reads it; None of a table where it is not of texts alone."""
    columns = [plain(table[name]) for name in layer.key]
    if any(one.null_count or not (pa.types.is_string(one.type) or pa.types.is_large_string(one.type)) for one in columns):
        return None
    columns = [one.cast(pa.large_string()) for one in columns]
    return pc.binary_join_element_wise(*columns, pa.scalar("\x1f", pa.large_string()))


def _load(memory: Path, programs: str) -> tuple[pa.LargeStringArray, np.ndarray]:
    """Return the keys and ids that were kept; none when they cannot be read or other programs wrote them."""
    try:
        with np.load(memory, allow_pickle=False) as held:
            if str(held["programs"]) == programs:
                keys, ids = of_buffers(pa.large_string(), held["offsets"], held["data"]), held["ids"]
                return (keys, ids) if len(keys) == len(ids) else (keys[:0], ids[:0])
    except DAMAGED:
        pass
    return pa.array([], pa.large_string()), np.zeros(0, np.uint64)


def tile_columns(layer: Layer, style: Style | None, audience: Audience) -> tuple[str, ...]:
    """Return the columns a tile carries: what the popup shows and what drawing needs, nothing else."""
    drawing = [style.by] if style is not None and style.by else []
    return tuple(dict.fromkeys((*layer.popup_columns(audience), *drawing)))


def read_column(table: pa.Table, layer: Layer, name: str, raw: bool = False) -> Numbered:
    """Return the plain Python values of a column; unless `raw`, declared meanings replace values, `absent` fills gaps, and counts that are not shown have their mark."""
    coded = plain(table[name]).dictionary_encode()  # each different value is read once
    code = np.where(coded.is_valid().to_numpy(zero_copy_only=False), indices(coded), -1) if coded.null_count else indices(coded)
    column = layer.all_columns()[name]
    if pa.types.is_string(coded.dictionary.type) and (raw or not (column.values or column.absent)):
        return Numbered.of(code, coded.dictionary)
    values = coded.dictionary.to_pylist()
    hidden = _hidden(table, name)
    if not raw and hidden.any():
        values = [*map(str, values), MARK]  # one column of a tile holds one type
        code = np.where(hidden, len(values) - 1, code)
    if not raw and (column.values or column.absent):
        values = [column.shown(value) for value in values]
        if column.absent and (code < 0).any():
            values = [*map(str, values), column.absent]  # one column of a tile holds one type
            code = np.where(code < 0, len(values) - 1, code)
    return Numbered.of(code, values)


def _hidden(table: pa.Table, name: str) -> np.ndarray:
    """Return (n,) where the count of a column is not shown."""
    if flag(name) not in table.column_names:
        return np.zeros(table.num_rows, bool)
    return table[flag(name)].to_numpy(zero_copy_only=False).astype(bool)
