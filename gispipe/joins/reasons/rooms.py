"""Addresses that would meet without the room number or building behind one of them."""

from __future__ import annotations

import numpy as np

from gispipe.joins.reasons.side import Side, Why


def of_rooms(mine: Side, other: Side, at: np.ndarray) -> Why:
    """Explain rows by the address that the other side has without, or with, a room."""
    if mine.match != "address":
        return {}
    whole, roomed = _first(other.keys.key), _first(other.keys.shorter)
    with_room: Why = {k: ("room", (whole[mine.keys.shorter[k]],)) for k in at.tolist() if mine.keys.shorter[k] in whole}
    without: Why = {k: ("room_there", (roomed[mine.keys.key[k]],)) for k in at.tolist() if mine.keys.key[k] in roomed}
    return with_room | without


def _first(keys: np.ndarray) -> dict[str, int]:
    rows: dict[str, int] = {}
    for c, key in enumerate(keys.tolist()):
        if key is not None:
            rows.setdefault(key, c)
    return rows
