"""How long a card is on paper: one A4 holds every card, a long one without the farther places, longer ones in smaller letters."""

from __future__ import annotations

import re
from collections.abc import Mapping

LIMITS: Mapping[str, tuple[int, int, int]] = {"ja": (3100, 3150, 3950), "easy": (3400, 3400, 4400), "en": (3200, 3200, 4000), "zh": (2850, 2800, 3300), "ko": (3200, 3200, 3800)}
"""Widths of a card's text, measured on printed cards: of all from which the farther places are left out, and of the rest from which the letters are smaller, and smaller again."""
_TAG = re.compile("<[^>]+>")


def width(html: str) -> int:
    """Return how wide a text is in one line: narrow letters count once, wide ones twice."""
    text = _TAG.sub("", html)
    return (len(text.encode()) + len(text)) // 2


def paper_class(lang: str, whole: int, farther: int) -> str:
    """Return the class names of a card by the width of its text and of the farther places in it."""
    long, longer, longest = LIMITS[lang]
    rest = whole - farther
    return "hcard" + (" long" if whole > long else "") + (" longer" if rest > longer else "") + (" longest" if rest > longest else "")
