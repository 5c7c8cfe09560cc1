"""Both maps of a real city in a real Chromium, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from example import Yaizu

from tests.browser import OpenPage, open_page, serve_folder


@pytest.fixture(scope="module", params=["public", "internal"])
def address(request: pytest.FixtureRequest, yaizu: Yaizu) -> Iterator[str]:
    with serve_folder(yaizu.release(request.param)) as url:
        yield url


@contextmanager
def opened(url: str, width: int = 1280, height: int = 800) -> Iterator[OpenPage]:
    with open_page(url, width, height) as page:
        yield page.ready(40_000)
        assert page.foreign() == [] and page.console == [] and page.errors == []


def test_the_first_map_opens_without_a_foreign_request_or_a_message(address: str) -> None:
    with opened(address + "maps/bousai.html") as page:
        assert "防災マップ" in page.tab.inner_text("body") and any(".pmtiles" in url for url in page.requests)


def test_a_click_on_a_feature_tells_what_it_is_and_where_it_belongs(yaizu: Yaizu, address: str) -> None:
    lon, lat = next((lon, lat) for layer, name, lon, lat in yaizu.names("public") if (layer, name) == ("primary_school", "焼津東小学校"))
    with opened(f"{address}maps/school.html#17/{lat}/{lon}/school/base/primary_school,primary_district/ja") as page:
        page.tab.mouse.click(826, 400)  # the centre of the map: 372 pixels are the panel's
        page.tab.wait_for_selector("#place")
        text = page.told()
        assert "焼津東小学校" in text and "自治会" in text and "指定なし" in text


def test_the_theme_switches_and_search_finds_a_facility_by_name(address: str) -> None:
    with opened(address + "maps/bousai.html") as page:
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-history)")
        page.tab.wait_for_function("() => document.title.includes('浸水履歴')")
        page.tab.fill("#search", "焼津文化会館")
        page.tab.wait_for_selector("#hit-0")
        assert "焼津文化会館" in page.tab.inner_text("#hit-0")
        page.tab.press("#search", "Enter")
        page.ready(40_000)


def test_every_map_is_painted_on_a_phone(yaizu: Yaizu) -> None:
    with serve_folder(yaizu.release("public")) as url:
        for one in ("hinan", "planning", "event"):
            with opened(f"{url}maps/{one}.html", 390, 844) as page:
                assert page.tab.evaluate("""() => [...document.querySelectorAll('canvas.leaflet-tile')].some((tile) => {
                    const data = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
                    return data.some((value, k) => k % 4 === 3 && value > 0); })""")
