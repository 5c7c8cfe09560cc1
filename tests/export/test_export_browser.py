"""Pages on a server without byte ranges, in a real Chromium: an export works, and a release says why it cannot."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from plainserver import PlainServer, plain_server
from shapely import Point
from tinycity import X, Y, lonlat

from gispipe.export import Exported
from gispipe.web.pages import write_pages
from tests.browser import OpenPage, open_page
from tests.web import sample

PAINTED = """() => [...document.querySelectorAll('canvas.leaflet-tile')].filter((tile) => {
    const data = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
    for (let k = 3; k < data.length; k += 4) if (data[k]) return true;
    return false; }).length"""


def at(background: str = "base") -> str:
    (place,) = lonlat([Point(X + 150, Y + 150)])
    return f"maps/hazard.html#18/{place.y:.6f}/{place.x:.6f}/hazard/{background}/-/ja"


def ask_in_the_middle(page: OpenPage) -> str:
    page.tab.focus(".folium-map")
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_selector("#place .features")
    return page.told()


def clean(page: OpenPage, server: PlainServer) -> None:
    assert page.foreign() == [] and page.console == [] and page.errors == []
    assert {status for _, status in server.asked} <= {200, 304}


def test_an_export_draws_and_answers_without_ranges_foreign_requests_or_messages(exported: Exported) -> None:
    with plain_server(exported.folder) as server, open_page(server.address + at()) as page:
        page.ready()
        assert page.tab.evaluate(PAINTED) >= 2
        assert "洪水浸水想定区域" in ask_in_the_middle(page)
        page.tab.fill("#search", "みどり")
        page.tab.wait_for_selector("#hit-0")
        page.tab.keyboard.press("ArrowDown")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector(".pin")
        page.tab.click("#background-box summary")
        page.tab.click("label:has(#background-photo)")
        page.tab.wait_for_function("() => [...document.querySelectorAll('img.leaflet-tile')].some((one) => one.naturalWidth === 256)")
        page.tab.evaluate("location.hash = '#11/34.75/135.43/hazard/photo/-/ja'")  # most of the view is ground without tiles, and zoom 11 has no photos
        page.ready()
        clean(page, server)
        assert page.tab.is_hidden("#toast")
        tiles = [path for path, _ in server.asked if "/tiles/" in path]
        assert {path.rpartition(".")[2] for path in tiles} == {"mvt", "webp"} and len(tiles) >= 4


def test_a_listed_tile_that_is_gone_is_told_and_does_not_pass_for_safe_ground(exported: Exported, tmp_path: Path) -> None:
    damaged = Path(shutil.copytree(exported.folder, tmp_path / "site"))
    for tile in damaged.glob("tiles/flood-*/*/*/*.mvt"):
        tile.unlink()
    with plain_server(damaged) as server, open_page(server.address + at()) as page:
        page.tab.wait_for_selector("#toast:not([hidden])")
        assert "読み込めませんでした" in page.tab.inner_text("#toast")
        page.ready()
        assert "読み込めていません" in ask_in_the_middle(page)


@pytest.fixture(scope="session")
def larger(page_assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages whose archives are larger than the first part that is asked for."""
    folder = tmp_path_factory.mktemp("larger")
    write_pages(folder, sample.site(*sample.write_tiles(folder)))
    return folder


def test_archives_on_a_server_without_ranges_are_asked_for_once_and_the_page_says_why(larger: Path) -> None:
    with plain_server(larger) as server, open_page(server.address + "maps/flood.html#15/35.1008/136.2035/flood/base/-/ja") as page:
        page.tab.wait_for_selector("#toast:not([hidden])")
        page.ready()
        page.tab.click("#zoom-in")
        page.tab.wait_for_timeout(5100)  # other notes go after five seconds
        assert "市の担当課へお知らせください" in page.tab.inner_text("#toast") and "市の担当課へお知らせください" in ask_in_the_middle(page)
        for language, said in (("en", "HTTP Range"), ("zh", "HTTP Range"), ("ko", "HTTP Range"), ("easy", "まっても なおりません")):
            page.tab.select_option("#language", language)
            page.tab.wait_for_selector(f"html[data-lang={language}]")
            assert said in page.tab.inner_text("#toast")
        archives = [path for path, _ in server.asked if path.endswith(".pmtiles")]
        assert len(archives) == len(set(archives)) == 2
        assert page.errors == [] and page.console == []
