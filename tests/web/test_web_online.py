"""Backgrounds of the net: only where the city allows them, only for the public, only when a reader chooses them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gispipe.model import City
from gispipe.online import HOST, hosts, online_backgrounds
from gispipe.web.pages import write_pages
from gispipe.web.site import Site
from tests.browser import open_page, serve_folder
from tests.web import sample

START = "maps/flood.html#15/35.100000/136.200000/flood/base/-/ja"


def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), "#cfe3f5").save(out, "PNG")
    return out.getvalue()


def _city(*online: str) -> City:
    return City(id="a", name="見本市", code="999997", crs="EPSG:6674", bounds=(135.0, 34.0, 136.0, 35.0), online=online)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def allowed(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The made-up release of a city that allows one background of the net."""
    folder = tmp_path_factory.mktemp("online")
    site = sample.site(*sample.write_tiles(folder))
    write_pages(folder, Site(site.map, {**site.style, "online": online_backgrounds(_city("gsi_pale"), "public")}, site.search))
    with serve_folder(folder) as url:
        yield url


def test_nothing_of_the_net_inside_the_office_or_unless_declared() -> None:
    assert hosts(_city(), "public") == [] and hosts(_city("gsi_pale"), "internal") == [] and hosts(_city("gsi_pale"), "public") == [HOST]


def test_without_the_declaration_the_policy_names_no_host(address: str) -> None:
    with open_page(address + START) as page:
        page.ready()
        assert HOST not in (page.tab.get_attribute("meta[http-equiv]", "content") or "") and page.tab.locator("[id^=background-gsi]").count() == 0


def test_a_background_of_the_net_is_asked_for_when_it_is_chosen_and_credited(allowed: str) -> None:
    with open_page(allowed + START) as page:
        asked: list[str] = []
        page.tab.route(f"{HOST}/**", lambda route: (asked.append(route.request.url), route.fulfill(content_type="image/png", body=_picture())))
        page.ready()
        assert page.foreign() == []
        page.tab.click("#background-box summary")
        page.tab.click("label:has(#background-gsi_pale)")
        page.tab.wait_for_load_state("networkidle")
        assert asked and all(url.startswith(f"{HOST}/xyz/pale/15/") for url in asked)
        assert "地理院タイル" in page.tab.inner_text("#attribution") and "/flood/gsi_pale/" in page.tab.url
        assert page.errors == [] and page.console == []


def test_without_the_net_the_page_says_so_and_goes_on(allowed: str) -> None:
    with open_page(allowed + START) as page:
        page.tab.route(f"{HOST}/**", lambda route: route.abort())
        page.ready()
        page.tab.click("#background-box summary")
        page.tab.click("label:has(#background-gsi_pale)")
        page.tab.wait_for_selector("#toast:not([hidden])")
        assert "インターネットの背景地図" in page.tab.inner_text("#toast") and page.errors == []
        page.tab.click("#background-box summary")
        page.tab.click("label:has(#background-base)")
        assert page.tab.evaluate("gispipe.viewer.map.getContainer().dataset.background") == "base"
