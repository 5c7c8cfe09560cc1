"""The towns that get a page: names, readings, addresses of their pages, and the ground of each."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from gispipe.address.town import Town
from gispipe.answers.asked import Asked
from gispipe.answers.card import Answers
from gispipe.model import Layer
from gispipe.web.towns.latin import hiragana, latin_name

NEAR = 1.0
"""Metres between two towns that count as neighbours."""
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class TownPage:
    """A town with a page; key: the stem of the page's file name; place: its whole ground; near: keys of the towns beside it."""

    key: str
    id: int
    name: str
    kana: str
    latin: str
    place: Asked
    near: tuple[str, ...] = ()


def town_pages(answers: Answers) -> list[TownPage]:
    """Return the towns of an audience that have ground in the data, by reading, then name."""
    found: list[tuple[Town, Layer, Asked]] = []
    polygons = {layer.id: layer for layer in answers.files.role("town") if layer.geometry == "polygon"}
    for town in answers.towns():
        layer = polygons.get(town.layer)
        if layer is not None:
            found.append((town, layer, answers.of(town.hit(), town=True)))
    if not found:
        return []
    keys = _keys(answers, [(town.name, layer, place) for town, layer, place in found])
    near = _neighbours(answers, [place for _, _, place in found])
    pages = [TownPage(key, town.id, town.name, town.kana, latin_name(town.name, town.kana), place, tuple(keys[k] for k in beside))
             for key, (town, _, place), beside in zip(keys, found, near, strict=True)]
    return sorted(pages, key=lambda one: (hiragana(one.kana) or one.name, one.name, one.key))


def _keys(answers: Answers, towns: Sequence[tuple[str, Layer, Asked]]) -> list[str]:
    """Return file names for towns: from the key that the city declares when all of its columns are public and it is short ASCII, else from the name."""
    told = [_declared(answers, layer, place) or _from_name(name) for name, layer, place in towns]
    several = Counter(told)
    return [key if several[key] == 1 else f"{key}-{_from_name(name)}" for key, (name, _, _) in zip(told, towns, strict=True)]


def _declared(answers: Answers, layer: Layer, place: Asked) -> str:
    if not layer.key or not set(layer.key) <= set(layer.public_columns()):
        return ""
    rows = [answers.rows.raw(layer, row, layer.key) for row in place.ground]
    texts = sorted("-".join(str(values[name]) for name in layer.key if values[name] is not None).lower() for values in rows)
    return f"t{texts[0]}" if _PLAIN.fullmatch(texts[0]) and len(texts[0]) <= 24 else ""


def _from_name(name: str) -> str:
    return "n" + hashlib.sha256(name.encode()).hexdigest()[:12]


def _neighbours(answers: Answers, places: Sequence[Asked]) -> list[list[int]]:
    """Return for every town the numbers of those that lie beside it, in their order."""
    ground = [shapely.union_all([piece for row in place.ground for piece in answers.shapes(place.layer.id).of(row)]) for place in places if place.layer]
    if not ground:
        return [[] for _ in places]
    tree = shapely.STRtree(ground)
    found: list[set[int]] = [set() for _ in places]
    for one, other in tree.query(ground, predicate="dwithin", distance=NEAR).T.tolist():
        if one != other:
            found[one].add(other)
    return [sorted(beside) for beside in found]
