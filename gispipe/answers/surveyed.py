"""Whether a place is in the areas that were surveyed for a hazard: only there may the answer be that it is outside the zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gispipe.model import Layer

if TYPE_CHECKING:
    from gispipe.answers.asked import Asked
    from gispipe.answers.card import Answers

TOLERANCE = 0.1
"""m²: ground of a town that may lie outside of the surveyed areas, as drawings differ."""


def surveyed_at(answers: Answers, zone: Layer, x: float, y: float) -> bool:
    """Return whether a point of the plane was surveyed; a hazard layer that names no survey holds everywhere, one whose survey has no data nowhere."""
    of = zone.zone.surveyed
    return of is None or (of in answers.files.entries and bool(answers.near(answers.catalogue.layers[of], x, y)))


def surveyed(answers: Answers, zone: Layer, place: Asked) -> bool:
    """Return whether a place was surveyed: a town only where all of its ground was, else the point that stands for the place."""
    of = zone.zone.surveyed
    if of is None or of not in answers.files.entries or place.layer is None or place.layer.card is None or place.layer.card.role != "town":
        return surveyed_at(answers, zone, place.x, place.y)
    import shapely

    ground = [shapely.union_all(answers.shapes(place.layer.id).of(row)) for row in place.ground]
    return bool(shapely.difference(shapely.union_all(ground), shapely.union_all(answers.shapes(of).all()[0])).area <= TOLERANCE)
