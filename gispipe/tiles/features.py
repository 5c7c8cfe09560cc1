"""Split Feature messages into ids, types, tags and geometry, many features together (MVT 2.1 §4.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe import ragged
from gispipe.tiles import wire
from gispipe.tiles.errors import TileError

KINDS = {1: "point", 2: "line", 3: "polygon"}
_FIELDS = {1: wire.VARINT, 2: wire.BYTES, 3: wire.VARINT, 4: wire.BYTES}
_TAGS = {0x08: 1, 0x12: 2, 0x18: 3, 0x22: 4}  # first byte of each field: number and wire type


@dataclass(frozen=True)
class Features:
    """The parts of all features: ``ids`` (-1 = absent) and ``kinds`` of shape (n,), and packed tags and geometry one after
    the other with the position after each feature's."""

    ids: np.ndarray
    kinds: np.ndarray
    tags: bytes
    tag_end: np.ndarray
    geometry: bytes
    geometry_end: np.ndarray


def split_features(data: bytes, places: np.ndarray) -> Features:
    """Split the messages at ``places`` (start, stop), shape (n, 2); raise TileError for a message that is not as it must be."""
    table = _table(np.frombuffer(data, np.uint8), places)
    if table is None:  # something is odd: read one by one, to say what
        table = np.array([_one(data, i, int(a), int(b)) for i, (a, b) in enumerate(places)], np.int64)
    ids, kinds = table[:, 0], table[:, 1]
    if (ids >= 2**53).any():
        raise TileError(f"feature {int(np.argmax(ids))}: the id {int(ids.max())} is over 2**53")
    if not np.isin(kinds, (1, 2, 3)).all():
        raise TileError(f"feature {int(np.argmin(np.isin(kinds, (1, 2, 3))))} has no geometry type")
    if (table[:, 4] >= table[:, 5]).any():
        raise TileError(f"feature {int(np.argmax(table[:, 4] >= table[:, 5]))} has no geometry")
    raw = np.frombuffer(data, np.uint8)
    tags, geometry = (raw[ragged.spans(table[:, k], table[:, k + 1] - table[:, k])].tobytes() for k in (2, 4))
    return Features(ids, kinds, tags, np.cumsum(table[:, 3] - table[:, 2]), geometry, np.cumsum(table[:, 5] - table[:, 4]))


def _table(raw: np.ndarray, places: np.ndarray) -> np.ndarray | None:
    """Return id, type, tags start and stop, geometry start and stop of every feature, or None when any message is odd."""
    out = np.zeros((len(places), 6), np.int64)
    out[:, 0] = -1
    at, stop = places.T.copy()
    seen = np.zeros(len(places), np.uint8)
    active = np.arange(len(places))
    while len(active):
        tag, taken = raw[at[active]], 0
        for byte, number in _TAGS.items():
            here = tag == byte
            many = int(np.count_nonzero(here))
            if not many:
                continue
            taken += many
            these = slice(None) if many == len(places) else active[here]
            value, after = _varints(raw, at[these] + 1, stop[these])
            if value is None or (seen[these] >> number & 1).any():
                return None
            seen[these] |= 1 << number
            if number in (1, 3):
                out[these, 0 if number == 1 else 1] = value
            else:
                column = 2 if number == 2 else 4
                if (value > stop[these] - after).any():
                    return None
                out[these, column], out[these, column + 1] = after, after + value
                after = after + value
            at[these] = after
        if taken < len(active):
            return None
        active = active[at[active] < stop[active]]
    return out


def _varints(raw: np.ndarray, at: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """Read one varint of at most 63 bits at every place; values and places behind them, or None when one is cut off or longer."""
    if (at >= stop).any():
        return None, at
    byte, after = raw[at], at + 1
    value, open_ = (byte & 0x7F).astype(np.int64), np.flatnonzero(byte >= 0x80)
    for shift in range(7, 63, 7):
        if not len(open_):
            return value, after
        if (after[open_] >= stop[open_]).any():
            return None, after
        byte = raw[after[open_]].astype(np.int64)
        value[open_] |= (byte & 0x7F) << shift
        after[open_] += 1
        open_ = open_[byte >= 0x80]
    return (None if len(open_) else value), after


def _one(data: bytes, feature: int, start: int, stop: int) -> tuple[int, int, int, int, int, int]:
    got: dict[int, tuple[int, int]] = {}
    for number, a, b in wire.fields(data, start, stop, _FIELDS, "a feature"):
        if number in got:
            raise TileError(f"feature {feature} has field {number} twice")
        got[number] = a, b
    ident, kind = got.get(1, (-1, 0))[0], got.get(3, (0, 0))[0]
    if ident >= 2**53:
        raise TileError(f"feature {feature}: the id {ident} is over 2**53")
    return ident, min(kind, 9), *got.get(2, (0, 0)), *got.get(4, (0, 0))
