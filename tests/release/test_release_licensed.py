"""A licensed map goes out tile by tile and never as an archive; it is not in the public release at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from tinycity import LAYERS, MAPS, PARCEL, command, declare, deliver

from gispipe import releases
from gispipe.serve import application
from tests.browser import open_page, serve_folder
from tests.conftest import MadeOnce

HOUSE = PARCEL[:PARCEL.index("[join.ledger]")].replace('id = "parcel"', 'id = "house"\nlicensed = true').replace('audience = "public"', 'audience = "internal"').replace('title = "地番"', 'title = "住宅地図"').replace(", public = true", "")
PARCELS = MAPS["parcels"].replace('["parcel"]', '["house", "parcel"]')


@pytest.fixture(scope="module")
def licensed(made_once: MadeOnce, page_assets: Path) -> Path:
    """A finished city with a licensed layer."""
    def make(folder: Path) -> None:
        assert command(["run", "--city", str(deliver(declare(folder, LAYERS | {"house": HOUSE}, maps=MAPS | {"parcels": PARCELS})))]) == 0

    return made_once("licensed", make)


def _release(city: Path, audience: str) -> tuple[Path, list[str]]:
    folder = releases.current(city / "output", audience)  # type: ignore[arg-type]
    return folder, sorted(json.loads((folder / "release.json").read_text("utf-8"))["files"])


def test_no_archive_holds_it_and_the_public_release_does_not_know_it(licensed: Path) -> None:
    folder, names = _release(licensed, "internal")
    assert not [name for name in names if name.startswith("tiles/house")]
    tiles = [name for name in names if name.startswith("licensed/house-")]
    assert tiles and all(name.endswith(".mvt") for name in tiles)
    style = json.loads((folder / json.loads((folder / "map.json").read_text("utf-8"))["style"]).read_text("utf-8"))
    assert style["tilesets"]["house"]["url"] == tiles[0][:tiles[0].index("/", 9) + 1] and style["tilesets"]["house"]["ending"] == "mvt"
    public, others = _release(licensed, "public")
    assert not [name for name in others if "licensed" in name or "house" in name]
    assert not [name for name in others if name.endswith((".json", ".html", ".js")) and "住宅地図" in (public / name).read_text("utf-8")]


def test_its_tiles_are_never_kept_by_a_browser(licensed: Path) -> None:
    tile = next(name for name in _release(licensed, "internal")[1] if name.startswith("licensed/"))
    with TestClient(application(licensed / "output", "internal")) as client:
        assert client.get(f"/{tile}").headers["cache-control"] == "no-store"
        assert client.get("/" + tile.rsplit("/", 3)[0] + ".pmtiles").status_code == 404
    with TestClient(application(licensed / "output", "public")) as client:
        assert client.get(f"/{tile}").status_code == 404


def test_the_page_draws_and_tells_it(licensed: Path) -> None:
    folder, _ = _release(licensed, "internal")
    with serve_folder(folder) as url, open_page(url + "maps/parcels.html#16/34.784/135.477/parcels/none/house/ja") as page:
        page.ready()
        assert [one for one in page.requests if "/licensed/house-" in one and one.endswith(".mvt")] and page.errors == []
        page.tab.evaluate("gispipe.viewer.place.ask(gispipe.viewer.map.getCenter())")
        page.tab.wait_for_selector("#place .features")
        page.tab.wait_for_function("() => document.querySelector('#place').innerText.includes('住宅地図') || document.querySelector('#place .none')")


@pytest.mark.parametrize(("old", "new", "said"), [
    ('audience = "internal"', 'audience = "public"', "a licensed layer stays inside"),
    ("licensed = true", 'licensed = true\ntileset = "parcel"', "needs a tileset of its own"),
], ids=["public", "shared"])
def test_a_licence_that_could_be_copied_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str) -> None:
    city = deliver(declare(tmp_path / "city", LAYERS | {"house": HOUSE.replace(old, new)}))
    assert command(["check", "--city", str(city)]) == 20
    assert said in capsys.readouterr().err
