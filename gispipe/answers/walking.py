"""Roads, shelters and the zones to walk around, made into ways on foot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gispipe.answers.degrees import in_millionths
from gispipe.answers.files import AnswerFiles
from gispipe.answers.shapes import Shapes, opened
from gispipe.answers.site_layers import DESIGNATED_AS, STAY, site_layers
from gispipe.answers.whole import is_whole
from gispipe.arrays import open_arrays, save_arrays
from gispipe.audience import Tables
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, projector
from gispipe.geometry import anchor, present
from gispipe.model import Layer, Style
from gispipe.roads import Hazard, reach, save
from gispipe.roads.network import laid_out, network_of
from gispipe.roads.shapes import Shapes as Lines
from gispipe.roads.zones import Crossed, crossed, near
from gispipe.style_classes import ranks

ALWAYS = "landslide"
"""Slides come with rain and shaking alike: their special zones are walked around whatever the hazard."""
_NO = {"", "0", "0.0", "×", "✕", "否", "無", "なし", "false", "-", "指定なし"}


def save_sites(files: AnswerFiles, tables: Tables) -> None:
    """Write where the sites are, in metres, and for which hazards each is designated."""
    points, designated = sites(files, tables)
    save_arrays(files.sites(), {"xy": shapely.get_coordinates(points), **designated})


def save_walking(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles) -> dict[str, object]:
    """Write the network with the nearest shelters of every node, from the kept sites and zones; return its counts.

    before: the answers for the manifest that there was; roads far from every zone that changed are cut where they were.
    """
    streets = _streets(catalogue, files, tables, before)
    _save_streets(files, streets)
    network = network_of(streets.shapes, streets.counts, {name: one.stretches(streets.shapes) for name, one in streets.inside.items()})
    kept = dict(open_arrays(files.sites())[0])
    points = shapely.points(kept.pop("xy"))
    asked = {name: Hazard(mask.view(bool), tuple(sorted({name, ALWAYS} & set(streets.inside)))) for name, mask in kept.items()}
    found = reach(network, points, asked)
    save(files.walking(), found, in_millionths(projector(catalogue.city.crs, LONLAT), found.network.shapes.xy))
    return {**network.report, "sites": len(points)}


@dataclass(frozen=True)
class _Streets:
    """The roads as they are joined, and by hazard what of them lies in the zones to avoid."""

    shapes: Lines
    counts: Mapping[str, float]
    inside: Mapping[str, Crossed]


def _streets(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles) -> _Streets:
    avoid = _avoided(catalogue, files)
    old = _kept_streets(files, before)
    if old is None:
        shapes, counts = _joined(files, tables)
        return _Streets(shapes, counts, {name: crossed(shapes, opened(zones)) for name, zones in avoid.items()})
    were = _avoided(catalogue, before)
    return _Streets(old.shapes, old.counts, {name: _crossed_anew(old, name, zones, were.get(name, [])) for name, zones in avoid.items()})


def _joined(files: AnswerFiles, tables: Tables) -> tuple[Lines, Mapping[str, float]]:
    roads = files.role("road")
    lines = [tables(layer.id).geometry for layer in roads]
    return laid_out(np.concatenate([shapes[present(shapes)] for shapes in lines if shapes is not None]), ", ".join(layer.id for layer in roads),
                    max(layer.card.snap for layer in roads if layer.card))


def _crossed_anew(old: _Streets, name: str, zones: list[bytes], were: list[bytes]) -> Crossed:
    """Return what of the roads lies in the zones: near those that are new or gone it is looked at again."""
    if name not in old.inside:
        return crossed(old.shapes, opened(zones))
    changed = set(zones) ^ set(were)
    if not changed:
        return old.inside[name]
    asked = near(old.shapes, shapely.bounds(opened(sorted(changed))))
    return old.inside[name].outside_of(asked).with_others(crossed(old.shapes, opened(zones), asked))


def _save_streets(files: AnswerFiles, streets: _Streets) -> None:
    inside = {name: one.in_order() for name, one in sorted(streets.inside.items())}
    arrays = {f"{part}.{name}": values for name, one in inside.items() for part, values in (("corner", one.corner), ("metres", one.metres))}
    save_arrays(files.streets(), {"xy": streets.shapes.xy, "start": streets.shapes.start, **arrays}, {"by": files.laid_out_by(), "counts": dict(streets.counts), "inside": list(inside)})


def _kept_streets(files: AnswerFiles, before: AnswerFiles) -> _Streets | None:
    """Return the streets of the manifest that there was; None where none were kept, or the roads are others."""
    if not before.walkable() or not all(is_whole(path) for path in (before.streets(), *(path for zone in before.zones() for path in (before.shapes(zone.id), before.zone(zone))))):
        return None
    arrays, facts = open_arrays(before.streets())
    if facts["by"] != files.laid_out_by():
        return None
    return _Streets(Lines(arrays["xy"], arrays["start"]), facts["counts"], {name: Crossed(arrays[f"corner.{name}"], arrays[f"metres.{name}"]) for name in facts["inside"]})


def _avoided(catalogue: Catalogue, files: AnswerFiles) -> Mapping[str, list[bytes]]:
    """Return by hazard the pieces of zones that nobody should walk through, as WKB; plans of smaller rain lie inside the larger."""
    found: dict[str, list[bytes]] = {}
    for zone in files.zones():
        style = catalogue.styles.get(zone.style or "")
        wrong = _avoided_ranks(style) if style is not None else []
        if not wrong:
            continue
        bad = np.isin(open_arrays(files.zone(zone))[0]["rank"], wrong)
        shapes = Shapes(files.shapes(zone.id))
        found.setdefault(str(zone.hazard), []).extend(shapes.text(piece) for piece in np.flatnonzero(bad[shapes.packed[2]]).tolist())
    return {hazard: pieces for hazard, pieces in found.items() if pieces}


def _avoided_ranks(style: Style) -> list[int]:
    """Return the ranks of the classes nobody should walk through; 0 is a value without a class of its own."""
    rest = [0] if style.other is not None and style.other.avoided() else []
    return rest + [int(rank) for rank, one in zip(ranks(style), style.class_, strict=True) if one.avoided()]


def sites(files: AnswerFiles, tables: Tables) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return a point for every row of the site layers, one layer after the other, and by hazard which are designated for it.

    A row without a place gets a point nobody can walk to.
    """
    points: list[np.ndarray] = []
    names = [*sorted({hazard for layer in files.role("site") for hazard in (layer.card.designated if layer.card else ())} | {"flood"}), *DESIGNATED_AS, STAY]
    masks: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for layer in site_layers(files):
        table = tables(layer.id)
        assert layer.card is not None
        shapes = anchor(table.geometry) if table.geometry is not None else np.full(len(table.frame), None, object)
        there = present(shapes)
        points.append(np.where(there, shapes, shapely.Point(0, 0)))
        for name in names:
            masks[name].append(there & _designated(layer, table.frame, name))
    count = sum(map(len, points))
    return np.concatenate([*points, np.zeros(0, object)]), {name: np.concatenate([*parts, np.zeros(0, bool)]).astype(bool)[:count] for name, parts in masks.items()}


def _designated(layer: Layer, frame: pd.DataFrame, hazard: str) -> np.ndarray:
    assert layer.card is not None
    if layer.card.role == "shelter":
        return np.full(len(frame), hazard == STAY)
    column = layer.card.designated.get(DESIGNATED_AS.get(hazard, hazard))  # type: ignore[call-overload]
    if column is None or column not in frame.columns:
        return np.zeros(len(frame), bool)
    return np.array([value is not None and str(value).strip().lower() not in _NO for value in frame[column].astype(object).where(frame[column].notna(), None)], dtype=bool)
