"""What the pages of a release say: the three documents the build makes out of declarations and store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Site:
    """The documents of one audience.

    `map` is map.json without its two file names, `style` the whole style document, `search` one entry for each named
    feature: n name, k reading or other spellings, l layer, c (longitude, latitude), s what it is, f feature id; or the
    address of an index that is already written.
    """

    map: Mapping[str, Any]
    style: Mapping[str, Any]
    search: Sequence[Mapping[str, Any]] | str = field(default_factory=tuple)

    @property
    def city(self) -> Mapping[str, Any]:
        """Return the city's part of map.json."""
        return self.map["city"]
