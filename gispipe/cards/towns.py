"""What is told of a town that is asked for by name: of its whole ground, though it came in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from gispipe.answers.exposure import NOTHING
from gispipe.answers.shapes import Shapes
from gispipe.answers.surveyed import TOLERANCE
from gispipe.answers.tables import Rows
from gispipe.answers.zone_answers import combined
from gispipe.cards.index import Known
from gispipe.cards.reached import MICRO
from gispipe.model import Layer


def towns(known: Known, layer: Layer) -> Iterator[dict[str, Any]]:
    """Yield for every row of a layer of towns: ground m² (millionths), the hazard layers of whose survey some of it lies outside, and by hazard layer the ranks
    with their ground and the rivers or slopes with theirs."""
    files, number = known.answers.files, known.numbers
    shapes = Shapes(files.shapes(layer.id))
    pieces, row = shapes.all()
    size = np.bincount(row, shapely.area(pieces), minlength=shapes.features)
    exposures = known.answers.exposures(layer.id)
    outside = _outside(known, pieces, row)
    for rows in groups(known.answers.rows, layer, shapes.features):
        own = [exposures.of(one) for one in rows]
        reached = []
        for zone in known.stored:
            found = combined([one.get(zone.id, NOTHING) for one in own])
            if found.ranks:
                names = number.names[zone.id]
                reached.append([number.number[zone.id], [[rank, round(area * MICRO)] for rank, area in found.ranks], [[names.index(name), rank] for name, rank in found.named]])
        yield {"rows": rows, "ground": round(float(sum(size[rows])) * MICRO), "partly": outside(rows), "reached": reached}


def groups(rows: Rows, layer: Layer, count: int) -> Iterator[list[int]]:
    """Yield for every row its number and those of the rows that have the same name."""
    assert layer.card is not None
    names = list(zip(*(rows.column(layer, name) for name in layer.card.name), strict=True)) or [()] * count
    alike: dict[tuple[Any, ...], list[int]] = {}
    for number, name in enumerate(names):
        alike.setdefault(name, []).append(number)
    for number, name in enumerate(names):
        yield [number, *(one for one in alike[name] if one != number)]


def _outside(known: Known, pieces: np.ndarray, row: np.ndarray):  # type: ignore[no-untyped-def]
    """Return a function that tells which surveys do not hold the whole ground of some rows."""
    covered = [shapely.union_all(Shapes(known.answers.files.shapes(layer.id)).all()[0]) for layer in known.surveys]

    def outside(rows: list[int]) -> list[int]:
        if not covered:
            return []
        ground = shapely.union_all(pieces[np.isin(row, rows)])
        return [number for number, one in enumerate(covered) if shapely.difference(ground, one).area > TOLERANCE]

    return outside
