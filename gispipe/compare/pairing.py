"""Which row of one version of a table is which row of another: by content, by key, then by the ground they cover."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gispipe.arrow import plain
from gispipe.compare.apart import apart
from gispipe.geometry import of_wkb, present, usable

OVERLAP = 0.9
"""Share of the larger of two areas that both cover from which one is taken for the other."""
BESIDE = 0.5
"""Metres by which a point or a line without its key may have moved and still be taken for the same."""
FAR = 25.0
"""Metres by which rows that have one key in common more than once may be apart and still be told from each other by place."""


@dataclass(frozen=True)
class Pairing:
    """Rows of an old and a new version. same, changed: (n, 2) row numbers, ascending by the new row; guessed: (changed,) paired by the ground, not by the key."""

    same: np.ndarray
    changed: np.ndarray
    guessed: np.ndarray


def paired(old: pa.Table, new: pa.Table, key: Sequence[str], shape: str | None, own: Collection[str] | None = None) -> Pairing:
    """Pair the rows of two versions that have the same columns.

    Rows alike in everything are the same. Of the others those with one key (complete on both sides) are one thing that changed. What is still
    without a partner is paired, as a guess, when it covers the ground of another and all else but the key is equal: all its own columns,
    as what a ledger says is another's as soon as the key is. shape: the column of WKB.
    """
    same = _alike(old, new)
    left_old, left_new = without(len(old), same[:, 0]), without(len(new), same[:, 1])
    some, others = old.take(pa.array(left_old)), new.take(pa.array(left_new))  # what follows is asked of these only
    found, guessed = _differing(some, others, key, shape, own)
    changed = np.stack([left_old[found[:, 0]], left_new[found[:, 1]]], axis=1)
    order = np.argsort(changed[:, 1], kind="stable")
    return Pairing(same[np.argsort(same[:, 1], kind="stable")], changed[order], guessed[order])


def _alike(old: pa.Table, new: pa.Table) -> np.ndarray:
    """Pair the rows that are alike in everything: first those that stand where they stood, which are nearly all, then the others wherever they are."""
    both = min(len(old), len(new))
    equal = np.logical_and.reduce([np.ones(both, dtype=bool), *(_equal(old[name][:both], new[name][:both]) for name in new.column_names)])
    still = np.flatnonzero(equal)
    rest_old, rest_new = without(len(old), still), without(len(new), still)
    some, others = old.take(pa.array(rest_old)), new.take(pa.array(rest_new))
    whole = _together([_codes(some[name], others[name]) for name in new.column_names], len(some) + len(others))
    found = _ranked(whole[:len(some)], whole[len(some):], np.arange(len(some)), np.arange(len(others)))
    return np.concatenate([np.stack([still, still], axis=1), np.stack([rest_old[found[:, 0]], rest_new[found[:, 1]]], axis=1)])


def _equal(old: pa.ChunkedArray, new: pa.ChunkedArray) -> np.ndarray:
    """Return where two columns have the same values, bit by bit, or none both."""
    one, other = _bits(plain(old)), _bits(plain(new))
    told = pc.equal(one, other).fill_null(False).to_numpy(zero_copy_only=False)
    return told | (one.is_null().to_numpy(zero_copy_only=False) & other.is_null().to_numpy(zero_copy_only=False))


def _differing(old: pa.Table, new: pa.Table, key: Sequence[str], shape: str | None, own: Collection[str] | None) -> tuple[np.ndarray, np.ndarray]:
    """Pair rows of which none is the same as any other: return them, shape (n, 2), and which of these pairs are guessed."""
    codes = {name: _codes(old[name], new[name]) for name in new.column_names}
    count, every = len(old), len(old) + len(new)
    left_old, left_new = np.arange(len(old)), np.arange(len(new))
    shapes = (_shapes(old, shape), _shapes(new, shape)) if shape is not None else None
    keyed = _none()
    if key:
        keys = _together([codes[name] for name in key], every)
        full = np.logical_and.reduce([codes[name] >= 0 for name in key])
        mine, theirs = np.flatnonzero(full[:count]), np.flatnonzero(full[count:])
        keyed = _by_key(keys[:count], keys[count:], mine, theirs, left_old, left_new, shapes)
    guess = _none()
    if shapes is not None:
        rest_old, rest_new = np.isin(left_old, keyed[:, 0], invert=True), np.isin(left_new, keyed[:, 1], invert=True)
        alike = _together([codes[name] for name in new.column_names if name not in key and name != shape and (own is None or name in own)], every)
        guess = _by_ground(left_old[rest_old], left_new[rest_new], shapes[0][rest_old], shapes[1][rest_new], alike[:count], alike[count:])
        if not key:  # a thing without a key that lies where it lay is the same thing, whatever is said of it
            rest_old, rest_new = np.isin(left_old, guess[:, 0], invert=True), np.isin(left_new, guess[:, 1], invert=True)
            place = codes[shape]
            there = place >= 0
            lying = _ranked(place[:count], place[count:], left_old[rest_old & there[:count]], left_new[rest_new & there[count:]])
            guess = np.concatenate([guess, lying])
    return np.concatenate([keyed, guess]), np.append(np.zeros(len(keyed), dtype=bool), np.ones(len(guess), dtype=bool))


def _none() -> np.ndarray:
    return np.zeros((0, 2), dtype=np.int64)


def without(count: int, taken: np.ndarray) -> np.ndarray:
    """Return the numbers below `count` that are not among those taken, ascending."""
    mask = np.ones(count, dtype=bool)
    mask[taken] = False
    return np.flatnonzero(mask)


def _codes(old: pa.ChunkedArray, new: pa.ChunkedArray) -> np.ndarray:
    """Return a number for every value of both, equal ones (bit by bit) the same, -1 where there is none."""
    indices = _bits(pa.concat_arrays([plain(old), plain(new)])).dictionary_encode().indices.fill_null(-1)
    return indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _bits(values: pa.Array) -> pa.Array:
    """Return values as they are told apart: numbers with a fraction by their bits, so that -0 is not 0 and a missing number is not one that is not a number."""
    if not pa.types.is_floating(values.type):
        return values
    return pa.array(values.to_numpy(zero_copy_only=False).astype(np.float64).view(np.int64), mask=values.is_null().to_numpy(zero_copy_only=False))


def _together(codes: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Return one number for each row: the same where all codes are."""
    told = np.zeros(count, dtype=np.int64)
    for code in codes:
        told = np.unique(told, return_inverse=True)[1] if _wide(told, code) else told  # no more numbers than rows: then both fit into one
        told = told * (int(code.max(initial=0)) + 2) + code + 1
    return np.unique(told, return_inverse=True)[1].reshape(-1)


def _wide(one: np.ndarray, other: np.ndarray) -> bool:
    return (int(one.max(initial=0)) + 1) * (int(other.max(initial=0)) + 2) >= 1 << 62


def _ranked(old: np.ndarray, new: np.ndarray, mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Pair rows of equal codes, the first with the first; of several alike it does not matter which is which."""
    left, right = _occurrences(old[mine]), _occurrences(new[theirs])
    _, one, other = np.intersect1d(_pair_codes(old[mine], left), _pair_codes(new[theirs], right), assume_unique=True, return_indices=True)
    return np.stack([mine[one], theirs[other]], axis=1)


def _pair_codes(code: np.ndarray, rank: np.ndarray) -> np.ndarray:
    return code.astype(np.int64) << 31 | rank


def _occurrences(code: np.ndarray) -> np.ndarray:
    """Return for every row how many of the same code stand before it."""
    order = np.argsort(code, kind="stable")
    begin = np.append(True, code[order][1:] != code[order][:-1])[:len(code)]
    first = np.flatnonzero(begin)
    rank = np.empty(len(code), dtype=np.int64)
    rank[order] = np.arange(len(code)) - np.repeat(first, np.diff(np.append(first, len(code))))
    return rank


Shapes = tuple[np.ndarray, np.ndarray]
"""Shapes of the rows that are left of the old and of the new version."""


def _shapes(table: pa.Table, shape: str) -> np.ndarray:
    return of_wkb(table[shape].combine_chunks())


def _by_key(old: np.ndarray, new: np.ndarray, mine: np.ndarray, theirs: np.ndarray, left_old: np.ndarray, left_new: np.ndarray, shapes: Shapes | None) -> np.ndarray:
    """Pair rows of one key; where several have it, those that lie nearest to each other."""
    counted_old, counted_new = np.bincount(old[mine], minlength=1), np.bincount(new[theirs], minlength=1)
    size = max(len(counted_old), len(counted_new))
    counted_old, counted_new = (np.pad(one, (0, size - len(one))) for one in (counted_old, counted_new))
    single = (counted_old == 1) & (counted_new == 1)
    found = [_ranked(old, new, mine[single[old[mine]]], theirs[single[new[theirs]]])]
    several = np.flatnonzero((counted_old > 0) & (counted_new > 0) & ~single)
    for code in several.tolist():
        some, others = mine[old[mine] == code], theirs[new[theirs] == code]
        found.append(_nearest(some, others, *(_centres(one[np.searchsorted(left, rows)]) for one, left, rows in zip(shapes, (left_old, left_new), (some, others), strict=True)))
                     if shapes is not None else np.stack([some[:len(others)], others[:len(some)]], axis=1))
    return np.concatenate(found)


def _centres(geometry: np.ndarray) -> np.ndarray:
    return shapely.get_coordinates(shapely.centroid(np.where(present(geometry), geometry, shapely.Point(np.nan, np.nan))))


def _nearest(some: np.ndarray, others: np.ndarray, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    if len(here) != len(some) or len(there) != len(others):
        return np.stack([some[:len(others)], others[:len(some)]], axis=1)
    away = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    return np.array([[some[one], others[other]] for one, other in _greedy(*np.nonzero(away <= FAR), -away[away <= FAR])], dtype=np.int64).reshape(-1, 2)


def _greedy(one: np.ndarray, other: np.ndarray, worth: np.ndarray) -> list[tuple[int, int]]:
    """Return pairs of which each side is taken once, the worthiest first, of equal ones the first."""
    taken: tuple[set[int], set[int]] = set(), set()
    found = []
    for at in np.lexsort((other, one, -worth)).tolist():
        a, b = int(one[at]), int(other[at])
        if a not in taken[0] and b not in taken[1]:
            taken[0].add(a)
            taken[1].add(b)
            found.append((a, b))
    return found


def _by_ground(mine: np.ndarray, theirs: np.ndarray, here: np.ndarray, there: np.ndarray, alike_old: np.ndarray, alike_new: np.ndarray) -> np.ndarray:
    """Pair rows that cover the same ground and of which all but the key is equal."""
    here, there = (usable(one)[0] for one in (here, there))
    a, b = shapely.STRtree(there).query(here, predicate="dwithin", distance=BESIDE)
    good = alike_old[mine[a]] == alike_new[theirs[b]]
    a, b = a[good], b[good]
    worth = np.array([]) if not len(a) else shared(here[a], there[b])
    enough = worth >= OVERLAP
    return np.array([[mine[one], theirs[other]] for one, other in _greedy(a[enough], b[enough], worth[enough])], dtype=np.int64).reshape(-1, 2)


def shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how far two usable shapes are alike, 0 to 1: of areas the common part of the larger, of lines and points 1 when they lie within BESIDE of each other, else 0."""
    area = (shapely.get_dimensions(one) == 2) & (shapely.get_dimensions(other) == 2)
    worth = np.zeros(len(one))
    worth[area] = shapely.area(shapely.intersection(one[area], other[area])) / np.maximum(np.maximum(shapely.area(one[area]), shapely.area(other[area])), 1e-12)
    kind = (shapely.get_dimensions(one) == shapely.get_dimensions(other)) & ~area
    worth[kind] = apart(one[kind], other[kind]) <= BESIDE
    return worth
