"""What reaches the features of a layer, as the files tell it: what many have alike is told once and pointed at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.arrays import open_arrays
from gispipe.cards.texts import Run, beside, same, taken, written

MICRO = 1_000_000
"""Parts of a square metre in which ground is told: shares worked out from them are right to a millionth."""


@dataclass(frozen=True)
class Zones:
    """Where hazard layers and their rivers or slopes stand in the index: by layer id, its number and the names in order."""

    number: Mapping[str, int]
    names: Mapping[str, list[str]]


@dataclass(frozen=True)
class Reaching:
    """Of n features: kind (n,) of what reaches them wholly; texts of the kinds; part: runs of hazard layer, rank and ground of what reaches them partly;
    even (n,): all of a feature's ground stands the same way to every hazard layer.

    A kind: how many pairs of hazard layer and rank follow (the feature wholly at that rank; worst first), these, and then hazard layer, name and rank of
    the rivers or slopes.
    """

    kind: np.ndarray
    kinds: pa.LargeStringArray
    part: Run
    even: np.ndarray


def reaching(path: Path, zones: Zones, size: np.ndarray, worst_only: bool = False) -> Reaching:
    """Return what the kept exposures of a layer say of its n features. size (n,) square metres, 0 where a feature has none: then everything is told as whole.

    worst_only: of each hazard layer only the worst rank, and no names.
    """
    arrays, facts = open_arrays(path)
    number = np.array([zones.number[name] for name in facts["zones"]], np.int64)
    zone, rank, begin = number[arrays["zone"]], arrays["rank"].astype(np.int64), arrays["begin"].astype(np.int64)
    owner = ragged.owners(begin)
    area, most = (np.round(some * MICRO).astype(np.int64) for some in (arrays["area"], size))
    whole = (most[owner] == 0) | (area == most[owner])
    even = np.bincount(owner[~whole], minlength=len(size)) == 0
    if worst_only:
        whole, area = np.append(True, (owner[1:] != owner[:-1]) | (zone[1:] != zone[:-1]))[:len(owner)], np.zeros(len(owner), np.int64)
    pairs = np.stack([zone, rank], axis=1)[whole].reshape(-1), 2 * ragged.compress(whole, begin)
    named = _named(arrays, facts["names"], zones, number) if not worst_only else (np.zeros(0, np.int64), np.zeros(len(begin), np.int64))
    runs = beside(np.diff(pairs[1]) // 2, pairs, named)
    first, kind = same(runs)
    partly = ~whole & (not worst_only)
    part = np.stack([zone, rank, area], axis=1)[partly].reshape(-1), 3 * ragged.compress(partly, begin)
    return Reaching(kind, written(taken(runs, first)), part, even)


def _named(arrays: Mapping[str, np.ndarray], names: list[str], zones: Zones, number: np.ndarray) -> Run:
    """Return runs of hazard layer, name (its number in the hazard layer's list) and rank, those without a name left out."""
    kept, begin = np.array([bool(name) for name in names])[arrays["named.name"]] if names else np.zeros(0, bool), arrays["named.begin"].astype(np.int64)
    layer, name = number[arrays["named.zone"]][kept], arrays["named.name"][kept].astype(np.int64)
    place = np.zeros((len(zones.number), len(names)), np.int64)
    for zone, listed in zones.names.items():
        place[zones.number[zone]] = [listed.index(one) if one in listed else -1 for one in names]
    told = np.stack([layer, place[layer, name] if len(name) else name, arrays["named.rank"][kept].astype(np.int64)], axis=1)
    return told.reshape(-1), 3 * ragged.compress(kept, begin)
