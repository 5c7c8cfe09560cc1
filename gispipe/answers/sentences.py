"""The sentences of hazard cards in five languages: one file for each, which the command line and the pages share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("ja", "easy", "en", "zh", "ko")


@cache
def table(lang: str) -> Mapping[str, str]:
    """Return the sentences of a language by key; the tables of all languages have the same keys."""
    found: dict[str, str] = json.loads((FOLDER / f"{lang}.json").read_text("utf-8"))
    return found
