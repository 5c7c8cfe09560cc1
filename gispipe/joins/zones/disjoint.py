"""Where zones lie over each other (two rivers, a special zone inside its warning zone) each bit of ground goes to the worst."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from gispipe import ragged
from gispipe.joins.zones.edges import edges_of
from gispipe.joins.zones.shared import shared_area

NOTHING = 1e-9
"""m²: what arithmetic leaves of a common border."""


@dataclass(frozen=True)
class Stays:
    """Which pieces are those of another time: was (p,) the number then, ascending, -1 for new ones; count: how many there were.

    What is left of a piece depends on it and on those that lie over it, and on nothing else: where these are the same it is what it was.
    """

    was: np.ndarray
    count: int

    @cached_property
    def here(self) -> np.ndarray:
        """(count,) the number now of each piece that there was, -1 for those that are gone."""
        here = np.full(self.count, -1)
        here[self.was[self.was >= 0]] = np.flatnonzero(self.was >= 0)
        return here


@dataclass(frozen=True)
class Left:
    """What was left of pieces: pairs (k, 2) that shared ground, rank (p,) of each piece, shapes (s,) and the piece each is left of, ascending; wanted: (p,) mask of the
    pieces that were asked about, None for all."""

    pairs: np.ndarray
    rank: np.ndarray
    shapes: np.ndarray
    of: np.ndarray
    wanted: np.ndarray | None = None


def overlapping(pieces: np.ndarray, stays: Stays | None = None, before: np.ndarray | None = None) -> np.ndarray:
    """Return the pairs of pieces (k, 2), in order, that share ground; before: those of the time of which some stayed, which are not asked again."""
    asked = np.arange(len(pieces)) if stays is None else np.flatnonzero(stays.was < 0)
    one, other = shapely.STRtree(pieces).query(pieces[asked])
    one = asked[one]
    pairs = np.column_stack(np.divmod(ragged.distinct((np.minimum(one, other) * len(pieces) + np.maximum(one, other))[one != other]), max(len(pieces), 1)))
    met = ragged.distinct(*pairs.T)
    edges = edges_of(pieces[met])
    clash = shared_area(edges, edges, *np.searchsorted(met, pairs).T) > NOTHING
    if stays is None or before is None:
        return pairs[clash]
    kept = stays.here[before]
    both = np.concatenate([kept[(kept >= 0).all(axis=1)], pairs[clash]])
    return both[np.lexsort((both[:, 1], both[:, 0]))]


def set_apart(pieces: np.ndarray, rank: np.ndarray, pairs: np.ndarray, stays: Stays | None = None, before: Left | None = None, wanted: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return shapes that do not overlap, and the piece each is left of, ascending; together they are the same ground, each bit at its worst.

    pairs: (k, 2) pieces that share ground. Of two, the worse keeps it; of equal ones, the first. before: what was left at the time of which some
    pieces stayed, each with its rank; it is taken over where the same lies over the same. wanted: (p,) mask of the pieces that are asked about.
    """
    wanted = np.ones(len(pieces), bool) if wanted is None else wanted
    if not len(pairs):
        return pieces[wanted], np.flatnonzero(wanted)
    loser, winner = ranked(pairs, rank)
    if stays is None or before is None or not len(before.pairs):
        return _left(pieces, np.flatnonzero(wanted), loser, winner)
    anew = stays.was < 0
    anew[loser[anew[winner]]] = True
    lost, won = ranked(before.pairs, before.rank)
    gone = stays.here[lost[stays.here[won] < 0]]
    anew[gone[gone >= 0]] = True
    if before.wanted is not None:
        anew |= ~before.wanted[stays.was]  # -1, the new ones, are made anew in any case
    kept, anew = np.flatnonzero(wanted & ~anew), wanted & anew
    rows, begin = ragged.taken(np.searchsorted(before.of, np.arange(stays.count + 1)), stays.was[kept])
    made, of_made = _left(pieces, np.flatnonzero(anew), loser, winner)
    shapes, of = np.concatenate([before.shapes[rows], made]), np.concatenate([kept[ragged.owners(begin)], of_made])
    order = np.argsort(of, kind="stable")
    return shapes[order], of[order]


def ranked(pairs: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return of each pair the piece that gives way and the one that keeps the ground, in order."""
    first, second = pairs.T
    gives_way = rank[first] < rank[second]
    loser, winner = np.where(gives_way, first, second), np.where(gives_way, second, first)
    order = np.lexsort((winner, loser))
    return loser[order], winner[order]


def _left(pieces: np.ndarray, asked: np.ndarray, loser: np.ndarray, winner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is left of some pieces (numbers, ascending) and the piece each part is of; loser, winner: pairs, by loser."""
    given = np.isin(loser, asked)
    loser, winner = np.searchsorted(asked, loser[given]), winner[given]
    begin = np.flatnonzero(np.append(True, loser[1:] != loser[:-1]))[:len(loser)]
    nth = np.arange(len(loser)) - np.repeat(begin, np.diff(np.append(begin, len(loser))))
    left = pieces[asked]
    for turn in range(int(nth.max(initial=-1)) + 1):
        now = nth == turn
        left[loser[now]] = _without(left[loser[now]], pieces[winner[now]])
    parts, of = shapely.get_parts(left, return_index=True)
    real = shapely.area(parts) > NOTHING
    return parts[real], asked[of[real]]


def _without(shapes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Take the ground of others (k,) from shapes (k,), on all cores."""
    count = min(os.cpu_count() or 1, max(1, len(shapes) // 200))
    with ThreadPoolExecutor(count) as pool:
        return np.concatenate(list(pool.map(_difference, np.array_split(shapes, count), np.array_split(others, count))))


def _difference(shapes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Overlay at full precision; where borders nearly coincide and that fails, one by one on a grid of a micrometre."""
    try:
        return shapely.difference(shapes, others)
    except shapely.errors.GEOSException:
        if len(shapes) == 1:
            return shapely.difference(shapes, others, grid_size=1e-6)
        half = len(shapes) // 2
        return np.concatenate([_difference(shapes[:half], others[:half]), _difference(shapes[half:], others[half:])])
