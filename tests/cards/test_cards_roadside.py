"""Which roads are nearest is the same worked out block by block, taken over where nothing changed, and all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import shapely
import shapely.ops

from gispipe.cards import roadside
from gispipe.roads.shapes import Shapes
from gispipe.shelf import Shelf

ORIGIN = (-3000.0, 12_000.0)
Pairs = tuple[np.ndarray, np.ndarray]


def lines(seed: int) -> np.ndarray:
    """Return roads of a few corners on 9 km of ground, most of them in the west."""
    random = np.random.default_rng(seed)
    begin = random.uniform(0, 1, (160, 1, 2)) ** (2, 1) * 9000 + ORIGIN
    return shapely.linestrings(begin + np.cumsum(random.uniform(-150, 150, (160, 4, 2)), axis=1))


def squares() -> tuple[np.ndarray, np.ndarray]:
    line, column = np.divmod(np.arange(170 * 170), 170)
    return column - 10, line - 10


def made(shapes: Shapes, shelf: Shelf, met: list[str]) -> Pairs:
    def kept(digests: Mapping[str, str], make: Callable[[str], bytes]) -> Mapping[str, bytes]:
        def noted(name: str) -> bytes:
            met.append(name)
            return make(name)
        return shelf.parts("roadside", digests, noted)

    return roadside.roadside(shapes, *squares(), ORIGIN, kept)


def changes(roads: np.ndarray) -> dict[str, np.ndarray]:
    """Return the roads with one moved, gone, new, cut in two, turned round, and in another order."""
    middle = shapely.line_interpolate_point(roads[20], 0.5, normalized=True)
    halves = shapely.get_parts(shapely.ops.split(shapely.snap(roads[20], middle, 1e-6), middle))
    return {"moved": np.append(roads[:-1], shapely.transform(roads[-1], lambda xy: xy + (7, 0.25))), "gone": roads[1:], "new": np.insert(roads, 40, shapely.transform(roads[40], lambda xy: xy + 30)),
            "cut": np.concatenate([roads[:20], halves, roads[21:]]), "turned": np.append(shapely.reverse(roads[:1]), roads[1:]), "order": roads[np.r_[1, 0, 2:len(roads)]]}


@pytest.mark.parametrize("change", ["moved", "gone", "new", "cut", "turned", "order"])
def test_blocks_taken_over_are_what_all_at_once_gives(change: str, tmp_path: Path) -> None:
    roads, met, again = lines(3), [], []
    shelf = Shelf(tmp_path)
    made(Shapes.of(roads), shelf, met)
    now = Shapes.of(changes(roads)[change])
    found = made(now, shelf, again)
    whole = roadside._roadside(now, *squares(), ORIGIN)
    assert [one.tolist() for one in found] == [one.tolist() for one in whole] and len(found[0]) > 5000
    assert (change != "order") <= len(again) < len(met) / 2  # two that are far apart and change places are near nobody both


def test_without_a_road_nothing_is_near(tmp_path: Path) -> None:
    none = Shapes(np.zeros((0, 2)), np.zeros(1, np.int64))
    assert [one.tolist() for one in made(none, Shelf(tmp_path), [])] == [[], []]
