"""From a stored table to the features of tiles, search and labels: ids that stay, values as people read them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from gispipe.model import Audience, Layer, Style
from gispipe.tiles.values import Numbered

ID_BITS = 52


@dataclass(frozen=True)
class Known:
    """What making the tiles of a table found out, for whoever reads the same table in the same build: ids of all its rows (see `stable_ids`), digests
    of their shapes (see `shape_digests`), and where each is found (see `places_of`) when the layer is searched."""

    ids: np.ndarray
    shapes: pa.Array
    places: pa.LargeStringArray | None


def keyed(layer: Layer, frame: pd.DataFrame) -> bool:
    """Return whether a table has the whole key of its layer, so that ids need no shapes."""
    return bool(layer.key) and all(name in frame.columns for name in layer.key)


def stable_ids(layer: Layer, frame: pd.DataFrame, geometry: np.ndarray | None) -> np.ndarray:
    """Return (n,) uint64 below 2**52 that depend on the key (or, without an open key, on the shape) and on nothing else.

    A feature keeps its id across releases; a repeated shape is told apart by how often it came before.
    """
    if keyed(layer, frame):
        texts = frame[layer.key[0]].astype("str").to_numpy(object)
        for name in layer.key[1:]:
            texts = texts + "\x1f" + frame[name].astype("str").to_numpy(object)
    else:
        texts = shapely.to_wkb(geometry, hex=True) if geometry is not None else np.arange(len(frame)).astype(str)
    salt = layer.id.encode() + b"\x1f"
    written = [salt + str(text).encode() for text in texts.tolist()]
    if len(set(written)) < len(written):
        again = pd.Series(texts, dtype=object).groupby(texts, dropna=False).cumcount().tolist()
        written = [text + b"\x1f%d" % k if k else text for text, k in zip(written, again, strict=True)]
    hashed = [hashlib.blake2b(one, digest_size=8).digest() for one in written]
    whole = np.frombuffer(b"".join(hashed), dtype=">u8").astype(np.uint64)
    return whole >> np.uint64(64 - ID_BITS)


def tile_columns(layer: Layer, style: Style | None, audience: Audience) -> tuple[str, ...]:
    """Return the columns a tile carries: what the popup shows and what drawing needs, nothing else."""
    drawing = [style.by] if style is not None and style.by else []
    return tuple(dict.fromkeys((*layer.popup_columns(audience), *drawing)))


def read_column(frame: pd.DataFrame, layer: Layer, name: str, raw: bool = False) -> Numbered:
    """Return the plain Python values of a column; unless `raw`, declared meanings replace values and `absent` fills gaps."""
    code, found = pd.factorize(frame[name])  # each different value is read once
    values, column = found.to_numpy(dtype=object).tolist(), layer.all_columns()[name]
    if any(issubclass(kind, np.generic) for kind in set(map(type, values))):
        values = [_plain(value) for value in values]
    if not raw and (column.values or column.absent):
        values = [column.shown(value) for value in values]
        if column.absent and (code < 0).any():
            values = [*map(str, values), column.absent]  # one column of a tile holds one type
            code = np.where(code < 0, len(values) - 1, code)
    return Numbered.of(code, values)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
