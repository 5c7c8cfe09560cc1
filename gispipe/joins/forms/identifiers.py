"""Single texts made comparable: identifiers and lot numbers."""

from __future__ import annotations

import re
import unicodedata

from gispipe.address.numbers import number_key

PART = "\x1f"
"""What stands between the parts of a key."""
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u30fc\u207b\u23af"
_SPACES = " \t\r\n\f\v\u00a0\u3000\u200b\u2060\ufeff"
_UNIFIED = str.maketrans({**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_SPACES, None)})
_NOTHING_BETWEEN = str.maketrans(dict.fromkeys(_DASHES + _SPACES))
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
_CANONICAL = re.compile(r"[1-9][0-9]*(?:-[1-9][0-9]*)*", re.ASCII).fullmatch
_QUICK = re.compile(r"[0-9]+(?:(?:番地の|番地|番|[-の])[0-9]+){0,3}(?:番地)?", re.ASCII).fullmatch
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


def says_something(text: str) -> bool:
    """Return whether a text has a letter, digit or character of a word in it; a dash in a table says that there is nothing."""
    return any(c.isalnum() and c != "ー" for c in text)


def identifier(text: str) -> str:
    """Return an identifier in one width, without spaces, hyphens and the leading zeros of its digit runs: W-0012 is W12."""
    wide = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _ZEROS.sub("", wide.translate(_NOTHING_BETWEEN))


def lot_number(text: str) -> str:
    """Return the key of a lot number, as `number_key` does; the usual spellings without its trouble."""
    if _CANONICAL(text):
        return text
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).translate(_UNIFIED)
    if _QUICK(plain):
        return "-".join(run.lstrip("0") or "0" for run in _DIGITS.findall(plain))
    return number_key(text)
