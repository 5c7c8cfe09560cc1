"""The example city after a run, as the tests of this folder look at it."""

from __future__ import annotations

import json
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

    def names(self, audience: str) -> set[tuple[str, str, float, float]]:
        """Return layer, name, longitude and latitude of all that a page finds by name."""
        folder = self.release(audience) / "search"
        (index,), (beside,) = ([json.loads(path.read_text("utf-8")) for path in folder.glob(f"{name}-*.json")] for name in ("index", "beside"))
        lon, lat = index["origin"]
        return {(layers[layer][0], name, (x + lon) / 1e8, (y + lat) / 1e8) for kind, layers in (("names", index["layers"]), ("other", beside["layers"]))
                for path in folder.glob(f"{kind}*.json") for layer, _, x, y, name, *_ in json.loads(path.read_text("utf-8"))["names"]}

    def found(self, code: str) -> dict[str, int]:
        """Return layer → number of rows that break a rule."""
        return {one["layer"]: one["count"] for one in self.report["findings"] if one["code"] == code}

    def reader(self, layer: str) -> str:
        return self.catalogue.layers[layer].source.reader
