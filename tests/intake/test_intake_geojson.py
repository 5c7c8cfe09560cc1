"""Areas made of numbers that are read already are what GEOS makes of the text, sound ones and spoiled ones."""

from __future__ import annotations

import json
import random
import warnings

import pytest
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.geojson import _areas, _geometry


def _ring(rng: random.Random) -> list[list[float]]:
    points = [[rng.choice([rng.random() * 9, rng.randint(-5, 5), 1e20, 10**25, -0.0, 135.123456789012345]), rng.random()] for _ in range(rng.randint(3, 6))]
    return [*points, list(points[0])]


def _spoilt(rng: random.Random, held: object) -> None:
    """Take something out of nested lists, or put something into them."""
    if not isinstance(held, list) or not held:
        return
    kind = rng.randint(0, 12)
    if kind == 0:
        held.pop()
    elif kind == 1:
        held.insert(rng.randint(0, len(held)), rng.choice([None, True, "a", 1, [], [1], [1, 2, 3], {}, 1e308, 10**400]))
    elif kind == 2:
        held[rng.randrange(len(held))] = rng.choice([None, False, "a", 1, [], [1, 2], [1, 2, 3], [True, 1]])
    else:
        _spoilt(rng, rng.choice(held))


def _member(rng: random.Random) -> dict:
    rings = [[_ring(rng) for _ in range(rng.randint(0, 3))] for _ in range(rng.randint(0, 3))]
    member = {"type": "Polygon", "coordinates": rings[0]} if rings and rng.random() < 0.4 else {"type": "MultiPolygon", "coordinates": rings}
    for _ in range(rng.choice([0, 0, 1, 2])):
        _spoilt(rng, member["coordinates"])
    return member | ({"bbox": [0, 0, 1, 1]} if rng.random() < 0.05 else {})


def test_areas_are_what_geos_makes_of_their_text() -> None:
    rng, made, refused = random.Random(5), 0, 0
    for _ in range(3000):
        member = _member(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = shapely.force_2d(shapely.from_geojson(json.dumps(member), on_invalid="ignore"))
            try:
                found = _geometry([None, member], "a.geojson")[1]
            except UnreadableInput:
                found = None
        assert (found is None) == (wanted is None) and (found is None or found.wkb == wanted.wkb), member
        made, refused = made + (_areas(member) is not None), refused + (wanted is None)
    assert made > 500 and refused > 300


@pytest.mark.parametrize("number", [True, None, "1", 1e999])
def test_what_is_no_number_is_left_to_geos(number: object) -> None:
    assert _areas({"type": "Polygon", "coordinates": [[[0, 0], [number, 0], [1, 1], [0, 0]]]}) is None
