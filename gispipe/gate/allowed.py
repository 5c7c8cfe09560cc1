"""Which names may appear in the artefacts of an audience."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.catalogue import Catalogue
from gispipe.model import Audience


@dataclass(frozen=True)
class Allowed:
    """layers: ids of layers that may be drawn; columns: names that may be tagged in each source layer; closed: names that may not appear at all."""

    layers: frozenset[str]
    columns: dict[str, frozenset[str]]
    canaries: tuple[str, ...]


def allowed_names(catalogue: Catalogue, audience: Audience) -> Allowed:
    """Return the allow-list of an audience; for staff everything declared is allowed."""
    layers = catalogue.layers_for(audience)
    columns = {}
    for layer in layers:
        names = frozenset(layer.public_columns() if audience == "public" else layer.all_columns())
        columns[layer.id] = names
        columns[f"{layer.id}_label"] = names
    canaries = catalogue.city.gate.canaries if audience == "public" else ()
    return Allowed(frozenset(layer.id for layer in layers), columns, canaries)
