"""Where kept answers are: named by the versions of the tables they come from, so that a manifest says which are right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gispipe.answers.exposure import ENGINE
from gispipe.catalogue import Catalogue
from gispipe.manifest import read_manifest, store_root
from gispipe.model import Audience, Layer
from gispipe.model.layer import REGISTERED

SUBJECTS = ("parcel", "building", "address", "facility", "town", "district", "site", "shelter")
"""Parts in the answers whose features are asked for every hazard."""
WALKS = 1
"""Counted up like ENGINE, for the ways on foot alone."""
GROUND = 3
"""Counted up likewise, for what is left of zones that lie over each other."""
TOUCH = 0.0005
"""Metres beside a border within which a place is on it: degrees and metres differ by less, whoever converts them, and so do shapes rounded for the pages."""
REACH = {"polygon": TOUCH, "line": 10.0, "point": 30.0}
"""Metres within which a feature counts as being at a place."""

REGISTER_FORM = 3
"""How the register is written; another number has it written anew."""


def reach_of(layer: Layer) -> float:
    """Return the metres within which a feature of the layer counts as being at a place."""
    return REACH[layer.geometry or "point"]


@dataclass(frozen=True)
class AnswerFiles:
    """The names of the kept answers of one audience, for one manifest of its store."""

    catalogue: Catalogue
    audience: Audience
    folder: Path
    entries: Mapping[str, Mapping[str, object]]

    @classmethod
    def of(cls, catalogue: Catalogue, audience: Audience, entries: Mapping[str, Mapping[str, object]] | None = None) -> AnswerFiles:
        root = store_root(catalogue.output, audience)
        return cls(catalogue, audience, root / "answers", read_manifest(root) if entries is None else entries)

    def layers(self) -> list[Layer]:
        """Return the stored layers with shapes that the audience may see."""
        return self._layers

    def zones(self) -> list[Layer]:
        return [layer for layer in self._layers if layer.hazard is not None]

    def subjects(self) -> list[Layer]:
        return self.role(*SUBJECTS)

    def role(self, *roles: str) -> list[Layer]:
        if roles not in self._roles:
            self._roles[roles] = [layer for layer in self._layers if layer.card is not None and layer.card.role in roles]
        return self._roles[roles]

    @cached_property
    def _roles(self) -> dict[tuple[str, ...], list[Layer]]:
        return {}

    @cached_property
    def _layers(self) -> list[Layer]:
        return [layer for layer in self.catalogue.layers_for(self.audience) if layer.kind == "vector" and layer.id in self.entries]

    def version(self, layer: str) -> str:
        """Return the version of a layer's shapes: joined columns change nothing about where a feature is."""
        entry = self.entries[layer]
        return str(entry.get("base", entry["version"]))

    def shapes(self, layer: str) -> Path:
        return self.folder / f"shapes-{layer}-{self.version(layer)}-{ENGINE}.arrays"

    def around(self) -> Path:
        return self.folder / f"around-{self._key([layer.id for layer in self._layers], [reach_of(layer) for layer in self._layers])}.arrays"

    def exposure(self, subject: str, zone: Layer) -> Path:
        return self.folder / f"exposure-{subject}-{zone.id}-{self._key([subject, zone.id], self._meaning(zone))}.arrays"

    def exposures(self, subject: str) -> Path:
        zones = self.zones()
        return self.folder / f"exposures-{subject}-{self._key([subject, *(zone.id for zone in zones)], [self._meaning(zone) for zone in zones])}.arrays"

    def zone(self, zone: Layer) -> Path:
        return self.folder / f"zone-{zone.id}-{self._key([zone.id], self._meaning(zone))}.arrays"

    def ground(self, zone: Layer) -> Path:
        """Return where the ground of a hazard layer is kept once somebody asked for it."""
        return self.folder / f"ground-{self.zone(zone).stem.removeprefix('zone-')}-{GROUND}.arrays"

    def register(self) -> Path:
        named = self.role(*REGISTERED)
        facts = tuple((layer.id, str(layer.card), str(self.entries[layer.id]["version"])) for layer in named)
        return self.folder / f"register-{self._key([], (REGISTER_FORM, facts, self.catalogue.city.name, self.catalogue.city.prefecture))}.sqlite"

    def sites(self) -> Path:
        return self.folder / f"sites-{self._key([], self._site_facts(self.role('site', 'shelter')))}.arrays"

    def walking(self) -> Path:
        roads, zones = self.role("road"), self.zones()
        facts = self._site_facts([*self.role("site", "shelter"), *roads]) + tuple(self._meaning(zone) for zone in zones)
        return self.folder / f"walking-{self._key([layer.id for layer in (*roads, *zones)], (WALKS, facts))}.arrays"

    def streets(self) -> Path:
        """Return where the roads are as they were joined for the ways, with what of them lies in which zones."""
        return self.folder / self.walking().name.replace("walking-", "streets-", 1)

    def laid_out_by(self) -> str:
        """Return a sign of what the joined roads depend on."""
        return self._key([layer.id for layer in self.role("road")], (WALKS, self._site_facts(self.role("road"))))

    def walkable(self) -> bool:
        """Return whether there are roads to walk on."""
        return bool(self.role("road"))

    def _site_facts(self, layers: Iterable[Layer]) -> tuple[object, ...]:
        return tuple((layer.id, str(layer.card), str(self.entries[layer.id]["version"])) for layer in layers)

    def all(self) -> Iterable[Path]:
        """Return every file the manifest asks for."""
        yield from (self.shapes(layer.id) for layer in self.layers())
        yield self.around()
        yield from (self.exposure(subject.id, zone) for subject in self.subjects() for zone in self.zones())
        yield from (self.exposures(subject.id) for subject in self.subjects())
        yield from (self.zone(zone) for zone in self.zones())
        yield from (self.ground(zone) for zone in self.zones())
        yield self.register()
        yield self.sites()
        if self.walkable():
            yield self.walking()
            yield self.streets()

    def _meaning(self, zone: Layer) -> str:
        """Return what the ranks and names of a zone layer depend on besides its own table: declarations, and columns that joins bring."""
        style = self.catalogue.styles.get(zone.style or "")
        every = (*style.class_, *([style.other] if style.other else [])) if style else ()
        classes = [(one.takes(), one.min, one.max, one.severity, one.depth, one.avoid) for one in every]
        joined = str(self.entries[zone.id]["version"]) if zone.join else ""
        return str((zone.hazard, zone.zone, style.by if style else None, classes, joined))

    def _key(self, layers: Iterable[str], facts: object) -> str:
        told = "\n".join([str(ENGINE), *(f"{layer} {self.version(layer)}" for layer in layers), str(facts)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]
