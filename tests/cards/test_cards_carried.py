"""After a change the cards are the same bytes with what the shelf has from before as from nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import shapely
import shapely.affinity

from answering import write
from askedcity import FLOOD_RANKS, RIVERS, deliver, everything, flood_shapes
from gispipe.catalogue import load_catalogue
from gispipe.model import Audience
from gispipe.shelf import Made, Shelf
from tests.conftest import gispipe
from tinycity import CANARY, geojson, shapefile


def flood_moved(city: Path) -> None:
    ranks = [str(rank) for rank in FLOOD_RANKS]
    shapefile(city / "sources/flood/flood.shp", [shapely.affinity.translate(one, 3, 7) for one in flood_shapes()], {"A31a_205": ranks, "A31a_202": RIVERS, "庁内メモ": [CANARY] * len(ranks)})


def deliver_again(city: Path, which: str, shape: Callable[[shapely.Geometry], shapely.Geometry], **told: str) -> None:
    """Deliver a layer again, its second feature of another shape and with other words."""
    shapes, rows = everything()[which]
    shapes, rows = [shapes[0], shape(shapes[1]), *shapes[2:]], [rows[0], {**rows[1], **told}, *rows[2:]]
    geojson(city / f"sources/{which}.geojson", shapes, [{**row, "memo": f"{CANARY}{which}"} for row in rows])


def lots_moved(city: Path) -> None:
    deliver_again(city, "parcel", lambda one: shapely.affinity.translate(one, 1.5, -0.5))


def names_changed(city: Path) -> None:
    deliver_again(city, "town", lambda one: one, name="若葉町", kana="わかばちょう")
    deliver_again(city, "school", lambda one: one, name="わかば小学校区")
    deliver_again(city, "parcel", lambda one: one, lot="999-9")


def road_moved(city: Path) -> None:
    deliver_again(city, "road", lambda one: shapely.affinity.translate(one, 0, 12))


def back(city: Path) -> None:
    deliver(city)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "cards").iterdir()}


class Told(Shelf):
    """A shelf that tells which pieces are made for it."""

    def of(self, made: list[str]) -> Told:
        self.pieces = made
        return self

    def shared(self, name: str, key: str, folder: Path, make: Callable[[], Made]) -> object:
        return super().shared(name, key, folder, lambda: self.pieces.append(name) or make())  # type: ignore[func-returns-value]


def test_cards_taken_over_are_those_made_from_nothing(tmp_path: Path) -> None:
    city = deliver(tmp_path / "city")
    shelves: dict[Audience, Path] = {"public": tmp_path / "public", "internal": tmp_path / "internal"}
    before: list[dict[str, bytes]] = []
    for number, change in enumerate((deliver, flood_moved, lots_moved, names_changed, road_moved, back)):
        change(city)
        ended = gispipe("ingest", "--city", str(city))
        assert ended.returncode == 0, ended.stderr
        catalogue = load_catalogue(city)
        told: dict[str, bytes] = {}
        for audience, kept in shelves.items():
            shelf, folders = Shelf(kept), [tmp_path / f"{audience}-{number}-{how}" for how in ("taken", "nothing")]
            for folder, one in zip(folders, (shelf, Shelf(None)), strict=True):
                folder.mkdir()
                write(folder, catalogue, audience, one)
            shelf.sweep()
            taken, nothing = map(files, folders)
            assert taken == nothing, (change.__name__, audience)
            told |= nothing
        made: list[str] = []
        own, folder = Told(tmp_path / "own", Shelf(shelves["public"])).of(made), tmp_path / f"internal-{number}-open"
        folder.mkdir()
        write(folder, catalogue, "internal", own)
        own.sweep()
        assert files(folder) == nothing, change.__name__
        assert not {"cards-roads", "cards-ways"} & set(made), "they are told both alike, and the public's are there"
        assert not {path.stat().st_ino for path in (tmp_path / "own/files").iterdir()} & {path.stat().st_ino for path in (shelves["public"] / "files").iterdir()}
        assert all(told != one for one in before) or change is back, change.__name__
        before.append(told)
    assert before[-1] == before[0]
