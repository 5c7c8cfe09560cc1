"""Keys that one slip of the finger tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gispipe.joins.reasons.side import Side, Why

_SHORTEST, _LONGEST, MOST = 3, 80, 20_000
"""MOST: with more rows than this on a side that found nothing the keys as a whole are wrong, and slips are not looked for."""


def slips(mine: Side, other: Side, rows: Sequence[int]) -> Why:
    """Explain rows by the one row of the other side that found nothing either and differs in one character.

    One character is another, is missing or is too many. Where several rows are so near, none is named: in a
    series of numbers every one is near to many.
    """
    if not rows or max(len(rows), len(other.candidates)) > MOST:
        return {}
    near: dict[str, list[int]] = {}
    for c in other.candidates.tolist():
        for sign in _signs(other.spelled[c]):
            near.setdefault(sign, []).append(c)
    why: Why = {}
    for k in rows:
        found = _near(mine.spelled[k], other, near)
        if len(found) == 1:
            why[k] = ("slip", (found.pop(),))
    return why


def _near(text: str, other: Side, near: dict[str, list[int]]) -> set[int]:
    """Return the rows one character away, no more than two of them."""
    found: set[int] = set()
    for sign in _signs(text):
        for c in near.get(sign, ()):
            if c not in found and one_apart(text, other.spelled[c]):
                found.add(c)
                if len(found) > 1:
                    return found
    return found


def _signs(text: str) -> Iterator[str]:
    """Yield the text and the text without each of its characters; texts one character apart share one of these."""
    if _SHORTEST <= len(text) <= _LONGEST:
        yield text
        for place in range(len(text)):
            if not place or text[place] != text[place - 1]:
                yield text[:place] + text[place + 1:]


def one_apart(a: str, b: str) -> bool:
    """Return whether one character is another, missing or too many."""
    if len(a) > len(b):
        a, b = b, a
    if a == b or len(b) - len(a) > 1:
        return False
    place = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[place + (len(a) == len(b)):] == b[place + 1:]
