"""Roads, shelters and the zones to walk around, made into ways on foot."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import shapely

from gispipe.answers.degrees import in_millionths
from gispipe.answers.files import AnswerFiles
from gispipe.answers.shapes import Shapes
from gispipe.answers.site_layers import DESIGNATED_AS, STAY, site_layers
from gispipe.arrays import open_arrays, save_arrays
from gispipe.audience import InternalTable, PublicTable
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, projector
from gispipe.geometry import anchor, present
from gispipe.model import Layer, Style
from gispipe.roads import Hazard, build_network, reach, save
from gispipe.style_classes import ranks

ALWAYS = "landslide"
"""Slides come with rain and shaking alike: their special zones are walked around whatever the hazard."""
_NO = {"", "0", "0.0", "×", "✕", "否", "無", "なし", "false", "-", "指定なし"}

Tables = Callable[[str], InternalTable | PublicTable]


def save_sites(files: AnswerFiles, tables: Tables) -> None:
    """Write where the sites are, in metres, and for which hazards each is designated."""
    points, designated = sites(files, tables)
    save_arrays(files.sites(), {"xy": shapely.get_coordinates(points), **designated})


def save_walking(catalogue: Catalogue, files: AnswerFiles, tables: Tables) -> dict[str, object]:
    """Write the network with the nearest shelters of every node, from the kept sites and zones; return its counts."""
    roads = files.role("road")
    lines = [tables(layer.id).geometry for layer in roads]
    avoid = {name: pieces for name, pieces in _avoided(catalogue, files).items() if len(pieces)}
    network = build_network(np.concatenate([shapes[present(shapes)] for shapes in lines if shapes is not None]), avoid,
                            ", ".join(layer.id for layer in roads), max(layer.card.snap for layer in roads if layer.card))
    kept = dict(open_arrays(files.sites())[0])
    points = shapely.points(kept.pop("xy"))
    asked = {name: Hazard(mask.view(bool), tuple(sorted({name, ALWAYS} & set(avoid)))) for name, mask in kept.items()}
    found = reach(network, points, asked)
    save(files.walking(), found, in_millionths(projector(catalogue.city.crs, LONLAT), found.network.shapes.xy))
    return {**network.report, "sites": len(points)}


def _avoided(catalogue: Catalogue, files: AnswerFiles) -> Mapping[str, np.ndarray]:
    """Return by hazard the pieces of zones that nobody should walk through; plans of smaller rain lie inside the larger."""
    found: dict[str, list[np.ndarray]] = {}
    for zone in files.zones():
        style = catalogue.styles.get(zone.style or "")
        wrong = _avoided_ranks(style) if style is not None else []
        if not wrong:
            continue
        bad = np.isin(open_arrays(files.zone(zone))[0]["rank"], wrong)
        pieces, row = Shapes(files.shapes(zone.id)).all()
        found.setdefault(str(zone.hazard), []).append(pieces[bad[row]])
    return {hazard: np.concatenate(pieces) for hazard, pieces in found.items()}


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
