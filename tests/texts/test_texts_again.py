"""Pages of text of a city that changed: with what was kept of the time before they are byte for byte what they are without."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gispipe.answers import advice
from gispipe.answers.card import Answers
from gispipe.answers.many import Many
from gispipe.catalogue import load_catalogue
from gispipe.roads import many as roads
from gispipe.roads.shapes import Shapes
from gispipe.shelf import Shelf
from gispipe.web.texts import write_texts
from tinycity import geojson, gispipe, shapefile
from askedcity import FLOOD_RANKS, RIVERS, box, flood_shapes

Change = Callable[[dict[str, Any]], None]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _moved(coordinates: Any, east: float, north: float) -> Any:
    return [coordinates[0] + east, coordinates[1] + north] if isinstance(coordinates[0], (int, float)) else [_moved(one, east, north) for one in coordinates]


def _some_move(every: int) -> Change:
    def change(document: dict[str, Any]) -> None:
        for one in document["features"][::every]:
            one["geometry"]["coordinates"] = _moved(one["geometry"]["coordinates"], 2e-5, 1e-5)

    return change


def _named(change: dict[str, str]) -> Change:
    def renamed(document: dict[str, Any]) -> None:
        for one in document["features"]:
            one["properties"] = {key: change.get(value, value) if isinstance(value, str) else value for key, value in one["properties"].items()}

    return renamed


def _reversed(document: dict[str, Any]) -> None:
    document["features"].reverse()


CHANGES: dict[str, list[tuple[str, Change]]] = {
    "lots": [("parcel", _some_move(9))], "houses": [("house", _some_move(7))], "doors": [("door", _some_move(5))], "a road": [("road", _some_move(3))], "order": [("parcel", _reversed), ("door", _reversed)],
    "zones": [("landslide", _some_move(1))], "a survey": [("survey", _some_move(1))], "a site moved": [("site", _some_move(2))], "a name of a site": [("site", _named({"北公園": "北の公園"}))],
    "a reading": [("town", _named({"あおばいっちょうめ": "あをばいっちょうめ"}))], "a number": [("parcel", _named({"1-1": "77"}))], "lots and zones": [("parcel", _some_move(11)), ("landslide", _some_move(2))],
}


@pytest.mark.parametrize("what", [*CHANGES, "flood"])
def test_what_was_kept_gives_the_bytes_that_nothing_gives(asked: Path, tmp_path: Path, what: str) -> None:
    city, shelf = Path(shutil.copytree(asked, tmp_path / "city")), tmp_path / "shelf"
    shelf.mkdir()
    write_texts(tmp_path / "before", load_catalogue(city), "public", Shelf(shelf))
    for name, change in CHANGES.get(what, ()):
        path = city / "sources" / f"{name}.geojson"
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    if what == "flood":
        shapes = flood_shapes()
        shapefile(city / "sources/flood/flood.shp", [shapely.transform(shapes[0], lambda xy: xy + 35.0), *shapes[1:]], {"A31a_205": [str(rank) for rank in FLOOD_RANKS], "A31a_202": RIVERS, "庁内メモ": [""] * len(shapes)})
    ended = gispipe("ingest", "--city", str(city))
    assert ended.returncode == 0, ended.stderr
    write_texts(tmp_path / "kept", load_catalogue(city), "public", Shelf(shelf))
    write_texts(tmp_path / "nothing", load_catalogue(city), "public")
    kept = _bytes(tmp_path / "kept")
    assert kept == _bytes(tmp_path / "nothing")
    assert what in ("order", "a survey", "houses") or kept != _bytes(tmp_path / "before"), "the change is one that pages tell of"


def test_other_rules_of_what_to_do_make_the_pages_again(asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shelf := tmp_path / "shelf").mkdir()
    write_texts(tmp_path / "before", load_catalogue(asked), "public", Shelf(shelf))
    rules = advice.rules()[1:]
    for module in ("gispipe.answers.advice", "gispipe.web.towns.write"):
        monkeypatch.setattr(f"{module}.rules", lambda: rules)
    write_texts(tmp_path / "kept", load_catalogue(asked), "public", Shelf(shelf))
    write_texts(tmp_path / "nothing", load_catalogue(asked), "public")
    assert _bytes(tmp_path / "before") != _bytes(tmp_path / "kept") == _bytes(tmp_path / "nothing")


def test_which_of_two_layers_that_say_the_same_comes_first_hangs_on_no_other_town(asked: Path, tmp_path: Path) -> None:
    """A river's plan and its largest flood have the same classes: in one town first the one reaches the numbers, then the other; the other town stays as it is."""
    city, shelf = Path(shutil.copytree(asked, tmp_path / "city")), tmp_path / "shelf"
    shelf.mkdir()

    def deliver(flood: list[shapely.Geometry], plan: list[shapely.Geometry]) -> None:
        geojson(city / "sources/plan.geojson", plan, [{"rank": 3, "river": "大川", "memo": ""}] * len(plan))
        shapefile(city / "sources/flood/flood.shp", flood, {"A31a_205": ["3"] * len(flood), "A31a_202": ["大川"] * len(flood), "庁内メモ": [""] * len(flood)})
        ended = gispipe("ingest", "--city", str(city))
        assert ended.returncode == 0, ended.stderr

    first, second, nowhere = box(205, 525, 235, 555), box(805, 525, 835, 555), box(-90, -90, -60, -60)
    deliver([second], [first, nowhere])
    write_texts(tmp_path / "before", load_catalogue(city), "public", Shelf(shelf))
    deliver([second, first], [nowhere])
    write_texts(tmp_path / "kept", load_catalogue(city), "public", Shelf(shelf))
    write_texts(tmp_path / "nothing", load_catalogue(city), "public")
    assert _bytes(tmp_path / "kept") == _bytes(tmp_path / "nothing") != _bytes(tmp_path / "before")
    assert b"hc-chip" in b"".join(page for name, page in _bytes(tmp_path / "kept").items() if name.endswith(".numbers.html")), "the towns have numbers with a mark"


@pytest.mark.parametrize("seed", range(12))
def test_nearest_roads_are_the_same_with_what_was_found_for_other_roads_and_places(asked: Path, seed: int) -> None:
    answers, chance = Answers(load_catalogue(asked), "public"), np.random.default_rng(seed)
    assert answers.shelters.reach is not None
    network, xy = answers.shelters.reach.network, Many(answers, answers.numbers()).xy
    corners = network.shapes.xy
    xy = np.vstack([xy, corners, corners + [0.0, 3.0], xy[:2] + 5000.0])  # corners are as near to several segments
    there = np.flatnonzero(chance.random(len(corners)) < (0, 0.2, 1)[seed % 3])
    moved = corners.copy()
    moved[there] += chance.normal(0, 30, (len(there), 2))
    other = xy[chance.permutation(len(xy))[:len(xy) * 3 // 4]]
    before = roads.nearest_segments(replace(network, shapes=Shapes(moved, network.shapes.start)), other)
    again = roads.Found.of_content(before.content)
    assert again.content == before.content
    found = roads.nearest_segments(network, xy, again)
    assert found.content == roads.nearest_segments(network, xy).content
