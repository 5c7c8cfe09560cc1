"""The list of maps: titles by group, and a strip of each map's own colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gispipe.web.site import Site

STRIPES = 12


@dataclass(frozen=True)
class Card:
    """One map in the list; `colours` are those of its legend, in order."""

    title: str
    english: str
    description: str
    page: str
    colours: tuple[str, ...]
    hazard: bool


def cards(site: Site) -> list[tuple[str, list[Card]]]:
    """Return the maps by group, both in the declared order."""
    groups: dict[str, list[Card]] = {}
    for one in site.map["maps"]:
        groups.setdefault(str(one.get("group") or ""), []).append(_card(site, one))
    return list(groups.items())


def _card(site: Site, one: Mapping[str, Any]) -> Card:
    entries = site.style["maps"].get(one["id"], {}).get("layers", ())
    layers = [site.style["layers"][e["id"]] for e in entries if e["id"] in site.style["layers"]]
    shown = sorted((la for la in layers if la.get("style")), key=lambda la: (not la.get("hazard"), -len(la["style"]["classes"])))
    colours = [c.get("fill") or c.get("stroke") for la in shown for c in la["style"]["classes"]]
    return Card(one["title"], (one.get("names") or {}).get("en", ""), one.get("description") or "", one["page"],
                tuple(dict.fromkeys(c for c in colours if c))[:STRIPES], any(la.get("hazard") for la in layers))
