"""Texts in one way of writing, each step coarser than the one before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from gispipe.address.variants import fold

# expressions, not a table of characters: in a long text they pass over what they need not change
_DASHES = re.compile("[\u2010-\u2015\u2212\u2500\u2501\u207b\u23af]")
_SPACES = re.compile("[ \t-\r\u00a0\u3000\u200b\u2060\ufeff]+")
_LONG_MARK = re.compile("(?<=[0-9])ー(?=[0-9])")
# a hyphen between two digits tells numbers apart (12-3 is not 123); any other only parts what is one
_IDLE_HYPHEN = re.compile("(?<![0-9])-|-(?![0-9])")
_ZEROS = re.compile("(?<![0-9])0+(?=[0-9])")
_BETWEEN = "\x1e"


def one_width(text: str) -> str:
    """Return a text in one width and case, without spaces and without hyphens that do not part numbers."""
    if not text.isascii():
        text = _LONG_MARK.sub("-", _DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    text = _SPACES.sub("", text).upper()
    return _IDLE_HYPHEN.sub("", text) if "-" in text else text


def one_variant(text: str) -> str:
    """Return a text in one width and with one variant of every character."""
    text = one_width(text)
    return text if text.isascii() else fold(text)


def coarse(text: str) -> str:
    """Return a text in one width, one variant of every character and without leading zeros."""
    text = one_variant(text)
    return _ZEROS.sub("", text) if "0" in text else text


def in_one_go(form: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Apply a form to all texts at once, as one long text: ten times faster for a hundred thousand short ones.

    The form must keep the separator U+001E and take it for the end of a text.
    """
    whole = _BETWEEN.join(texts)
    made = form(whole).split(_BETWEEN) if texts else []
    return made if whole.count(_BETWEEN) == len(texts) - 1 else [form(text) for text in texts]
