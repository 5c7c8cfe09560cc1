"""Read JSON as its standard says, without the NaN and Infinity that Python adds to it: what GeoJSON and TopoJSON share."""

from __future__ import annotations

import json
import re
from typing import Any

from gispipe.errors import NotJson
from gispipe.words import Words


def parse(text: str, where: str, again: Words) -> Any:
    """Return the document; raises NotJson with `again` as what to do."""
    def refuse(token: str) -> float:
        raise ValueError(f"{token} is not a number in JSON")

    _no_halves(text, where, again)
    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise NotJson(where, Words("nested too deeply", "入れ子が深すぎます"), again) from None
    except ValueError as error:
        raise NotJson(where, Words(f"not valid JSON: {error}", f"JSON として読めません: {error}"), again) from None


_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL)
"""One escape of JSON (RFC 8259 §7); the group is set for one half of a pair without its other half."""


def _no_halves(text: str, where: str, again: Words) -> None:
    """Raise NotJson naming the line of an escape that is half a character: no text can hold it."""
    half = next((found for found in _ESCAPE.finditer(text) if found.group(1)), None) if "\\ud" in text or "\\uD" in text else None
    if half:
        line = text.count("\n", 0, half.start()) + 1
        raise NotJson(f"{where} line {line}", Words(f"\\{half.group(1)} is half a character", f"\\{half.group(1)} は文字の半分しかありません"), again)


def plain(value: object) -> object:
    """Keep scalars; nested values stay as JSON text; blank text is no value."""
    if isinstance(value, str):
        return value.strip() or None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
