"""Depths in words, as prefectures deliver them: 0.3m未満, 0.01m以上 ～ 0.3m未満, 20m以上.

Only the form is read here; whether an interval fits a class whole is asked with `interval_of`, because a text that
reaches over two classes (2m以上 ～ 5m未満) belongs to neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from math import inf

_NUMBER = r"(?<![\d.])(?<!\d,)(\d+(?:\.\d+)?)\s*(?:m|メートル)?\s*"
_FROM = re.compile(_NUMBER + r"(?:以上|超|より深)")
_UNTIL = re.compile(_NUMBER + r"(?:未満|以下)")
_BETWEEN = re.compile(r"^" + _NUMBER + r"[~〜-]\s*" + _NUMBER + r"$")


def depth_in_words(text: str) -> tuple[float, float] | None:
    """Return (from, until) in metres, `inf` for no upper limit; None for a text that names no depth, or several."""
    plain = unicodedata.normalize("NFKC", text).replace("ｍ", "m").strip()
    if plain.startswith(("-", "−")):
        return None
    between = _BETWEEN.match(plain)
    if between:
        low, high = map(float, between.groups())
        return (low, high) if low < high else None
    below, above = _UNTIL.findall(plain), _FROM.findall(plain)
    if not (below or above) or len(below) > 1 or len(above) > 1:
        return None
    low, high = float(above[0]) if above else 0.0, float(below[0]) if below else inf
    return (low, high) if low < high else None


def interval_of(low: float, high: float, limits: Sequence[float]) -> int | None:
    """Return the number (from 1) of the interval of rising `limits` that holds [low, high) whole, None when none does.

    The last interval is open above. A text without a lower limit begins with the first interval.
    """
    edges = [*limits, inf]
    for k, (start, end) in enumerate(zip(edges, edges[1:], strict=False), 1):
        if (low >= start or (k == 1 and low == 0)) and high <= end and low < end:
            return k
    return None
