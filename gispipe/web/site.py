"""What the pages of a release say: the documents the build makes out of declarations and store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Site:
    """The documents of one audience.

    `map` is map.json without its two file names, `style` the whole style document, `search` the address of the search index in the release.
    `chips`: the sheet of the marks that hazard cards name classes by. `terms`: language → Japanese text of the style → its name.
    """

    map: Mapping[str, Any]
    style: Mapping[str, Any]
    search: str | None = None
    chips: bytes = b""
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def city(self) -> Mapping[str, Any]:
        """Return the city's part of map.json."""
        return self.map["city"]
