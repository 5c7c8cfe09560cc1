"""The example city after a run, as the tests of this folder look at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.store import Store

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/yaizu"


@dataclass(frozen=True)
class Yaizu:
    """A finished run: the city directory, the city's own files, what the command said, and the report of the checks."""

    city: Path
    data: Path
    said: dict
    report: dict

    @cached_property
    def catalogue(self) -> Catalogue:
        return load_catalogue(self.city, self.data)

    @property
    def store(self) -> Store:
        return Store(self.city / "output", "internal")

    def release(self, audience: str) -> Path:
        return (self.city / "output" / audience / "current").resolve()

    def found(self, code: str) -> dict[str, int]:
        """Return layer → number of rows that break a rule."""
        return {one["layer"]: one["count"] for one in self.report["findings"] if one["code"] == code}

    def reader(self, layer: str) -> str:
        return self.catalogue.layers[layer].source.reader
