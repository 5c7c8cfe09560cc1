"""The report of a comparison in a folder: page with maps, table, shapes, JSON."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.catalogue import Catalogue
from gispipe.compare.document import document
from gispipe.compare.files import KINDS, key_text, write_geopackage, write_table
from gispipe.compare.layers import Change, Changes
from gispipe.compare.sketch import sketch
from gispipe.compare.states import Compared
from gispipe.finished import finished

SAMPLES = 12
"""Changes of a layer and kind that the page lists; all are in the table."""


def write_diff(folder: Path, catalogue: Catalogue, compared: Compared, accept: str = "") -> Path:
    """Write index.html, diff.json, changes.csv and changes.gpkg and return the page. accept: the command with which a person lets it through."""
    folder.mkdir(parents=True, exist_ok=True)
    told = document(compared)
    with finished(folder / "diff.json", durable=False) as draft:
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    write_table(folder / "changes.csv", compared)
    write_geopackage(folder / "changes.gpkg", compared, catalogue.city.crs)
    page = folder / "index.html"
    with finished(page, durable=False) as draft:
        draft.write_text(_render(catalogue, compared, told, accept), "utf-8")
    return page


def _render(catalogue: Catalogue, compared: Compared, told: dict[str, Any], accept: str) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=PackageLoader("gispipe.compare"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    towns = compared.towns.areas[0]
    return environment.get_template("diff.html").render(
        city=catalogue.city, d=told, titles={layer.id: layer.title for layer in catalogue.layers.values()}, accept=accept, label=lambda layer, name: compared.changes[layer].labels.get(name, name),
        asked=lambda layer: any(one.layer == layer for one in compared.doubts), sketches={name: Markup(sketch(one, towns)) for name, one in compared.changes.items()},  # noqa: S704 - figures and an escaped title
        samples={name: _samples(one) for name, one in compared.changes.items()} | dict.fromkeys(compared.pictures, ()))


def _samples(changes: Changes) -> list[dict[str, str]]:
    """Return the first changes of each kind, what changed before what came and went."""
    by: dict[str, list[Change]] = {"changed": [], "added": [], "removed": []}
    for one in changes.each:
        by[one.kind].append(one)
    return [_sample(changes, one) for some in by.values() for one in islice(some, SAMPLES)]


def _sample(changes: Changes, one: Change) -> dict[str, str]:
    told = [f"{changes.labels.get(name, name)}：{_value(one.old, name)} → {_value(one.new, name)}" for name in one.columns] if one.kind == "changed" else []
    if one.moved:
        told.append(f"図形（{one.metres:,.2f} m）" if np.isfinite(one.metres) else "図形（なくなった、または付いた）")
    return {"kind": KINDS[one.kind] + ("（推定）" if one.guessed else ""), "key": key_text(one), "town": one.town, "told": "、".join(told)}


def _value(row: Any, name: str) -> str:
    return "（なし）" if row is None or row[name] is None else str(row[name])
