"""A difference is exact both ways, and misses and invents nothing: `python -m tests.proof.edits --n 500`.

Random tables of lots are edited at random as a year does it (rows gone, come, doubled, renumbered, moved, emptied, in another order; with and without a key).
The old one and the difference must make the new one, the new one without it the old one, bit by bit; and somebody who compares every row with every
other must find neither more nor less. Prints one line of numbers; ends with status 1 when anything is amiss.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator

import shapely

from gispipe.compare.difference import Difference, NotThatVersion, difference
from gispipe.compare.pairing import OVERLAP
from tests.compare.edits import Edited, edited, plain_rows
from tests.proof.ending import end


def made(one: Edited) -> Difference:
    return difference(one.old, one.new, one.key, "shape")


def wrong(one: Edited, found: Difference) -> list[str]:
    """Return what is wrong with a difference."""
    return [*_inexact(one, found), *_invented(one, found), *_missed(one, found)]


def _inexact(one: Edited, found: Difference) -> Iterator[str]:
    for what, step, start, due in (("the old and the difference are not the new", found.apply, one.old, one.new), ("the new without the difference is not the old", found.take_back, one.new, one.old)):
        try:
            there = step(start)
        except NotThatVersion:
            yield what
            continue
        if plain_rows(there) != plain_rows(due) or not there.schema.equals(due.schema, check_metadata=True):
            yield what


def _invented(one: Edited, found: Difference) -> Iterator[str]:
    """Yield what is said to differ that does not, and pairs that are none."""
    old, new = plain_rows(one.old), plain_rows(one.new)
    if found.same != sum((Counter(old) & Counter(new)).values()):
        yield f"{found.same} rows are said to be the same"
    if Counter(old) - Counter(new) != Counter(old[k] for k in found.old_at.tolist()):
        yield "rows are said to differ that do not, or the other way round"
    for (a, b), guess in zip(found.changed.tolist(), found.guessed.tolist(), strict=True):
        before, after = old[found.old_at[a]], new[found.new_at[b]]
        keyed = bool(one.key) and before[:2] == after[:2] and None not in before[:2]
        if before == after or keyed == guess or (guess and not (same_ground(before[4], after[4]) and _alike(one, before, after))):
            yield f"{before} and {after} are no pair"


def _missed(one: Edited, found: Difference) -> Iterator[str]:
    """Yield pairs that comparing every row with every other finds."""
    old, new = plain_rows(one.old), plain_rows(one.new)
    gone, came = [old[found.old_at[k]] for k in found.removed.tolist()], [new[found.new_at[k]] for k in found.added.tolist()]
    keys = Counter(row[:2] for row in old if None not in row[:2]) | Counter(row[:2] for row in new if None not in row[:2])
    for before in gone:
        for after in came:
            keyed = one.key and before[:2] == after[:2] and None not in before[:2] and keys[before[:2]] == 1  # of several with one key those far apart are not one thing
            if before == after or keyed or (_alike(one, before, after) and same_ground(before[4], after[4])):
                yield f"{before} and {after} are a pair"


def _alike(one: Edited, before: tuple, after: tuple) -> bool:
    """Say whether rows are equal in what a guess goes by, besides the ground."""
    return before[2:4] == after[2:4] if one.key else before[:4] == after[:4] or before[4] == after[4]


def same_ground(one: bytes | None, other: bytes | None) -> bool:
    if one is None or other is None:
        return False
    a, b = shapely.from_wkb(one), shapely.from_wkb(other)
    return bool(a.intersection(b).area / max(a.area, b.area) >= OVERLAP)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, help="seed of the first edit set")
    asked = parser.parse_args()
    begin, amiss, seen = time.perf_counter(), [], Counter()
    for seed in range(asked.first, asked.first + asked.n):
        one = edited(seed)
        found = made(one)
        amiss += [f"{seed}: {what}" for what in wrong(one, found)]
        seen.update(rows=len(one.old), added=len(found.added), removed=len(found.removed), changed=len(found.changed), guessed=int(found.guessed.sum()), same=found.same)
    return end(f"{asked.n} edit sets of {seen['rows']} rows: {seen['added']} added, {seen['removed']} removed, {seen['changed']} changed ({seen['guessed']} guessed), {seen['same']} the same, {len(amiss)} amiss",
               amiss, None, begin)


if __name__ == "__main__":
    sys.exit(main())
