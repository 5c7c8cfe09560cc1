"""Words of the pages in five languages: one file for each, which the viewer's scripts and the pages without scripts share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
LANGUAGES: Mapping[str, tuple[str, str]] = {
    "ja": ("ja", "日本語"), "easy": ("ja", "やさしい日本語"), "en": ("en", "English"), "zh": ("zh-Hans", "中文"), "ko": ("ko", "한국어"),
}
"""Every language with its BCP 47 tag and its name in itself; やさしい日本語 is Japanese to a screen reader."""


@cache
def table(lang: str) -> Mapping[str, str]:
    """Return the sentences of a language by key; the tables of all languages have the same keys."""
    found: dict[str, str] = json.loads((FOLDER / f"{lang}.json").read_text("utf-8"))
    return found
