"""Read JSON as its standard says, without the NaN and Infinity that Python adds to it: what GeoJSON and TopoJSON share."""

from __future__ import annotations

import json
from typing import Any

from gispipe.errors import NotJson
from gispipe.words import Words


def parse(text: str, where: str, again: Words) -> Any:
    """Return the document; raises NotJson with `again` as what to do."""
    def refuse(token: str) -> float:
        raise ValueError(f"{token} is not a number in JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise NotJson(where, Words("nested too deeply", "入れ子が深すぎます"), again) from None
    except ValueError as error:
        raise NotJson(where, Words(f"not valid JSON: {error}", f"JSON として読めません: {error}"), again) from None


def plain(value: object) -> object:
    """Keep scalars; nested values stay as JSON text; blank text is no value."""
    if isinstance(value, str):
        return value.strip() or None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value
