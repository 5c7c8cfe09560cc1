"""Say every sentence in the reader's language: Japanese when the locale is `ja`, else English."""

from __future__ import annotations

import os
from dataclasses import dataclass


def language() -> str:
    """Return `ja` or `en` from GISPIPE_LANG, LC_ALL, LC_MESSAGES or LANG, in that order."""
    for name in ("GISPIPE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "ja" if value.lower().startswith("ja") else "en"
    return "en"


@dataclass(frozen=True)
class Words:
    """One sentence in English and Japanese; `str()` picks by the locale at the moment of speaking."""

    en: str
    ja: str

    def __str__(self) -> str:
        return self.ja if language() == "ja" else self.en

    def format(self, **values: object) -> Words:
        """Fill the same named places of both sentences."""
        return Words(self.en.format(**values), self.ja.format(**values))

    def both(self) -> dict[str, str]:
        """Return the pair for a JSON report."""
        return {"en": self.en, "ja": self.ja}
