"""Keeping what is shown: a picture, a link that is shared or copied, and the link of a place."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tests.browser import OpenPage, open_page

START = "maps/flood.html#15/35.100800/136.203500/flood/base/-/ja"


def _tool(page: OpenPage, name: str) -> None:
    page.tab.click("#tools-button")
    page.tab.click(f"#tools-list [data-do={name}]")


def _saved(page: OpenPage) -> Image.Image:
    with page.tab.expect_download() as waiting:
        _tool(page, "image")
    download = waiting.value
    assert download.suggested_filename.startswith("flood-") and download.suggested_filename.endswith(".png")
    return Image.open(io.BytesIO(Path(download.path()).read_bytes())).convert("RGB")


@pytest.mark.parametrize("more", ["", "/v=side/map2=plain/bg2=photo/on2=-", "/v=swipe:0.4/map2=plain/bg2=base/on2=-"], ids=["one", "side", "swipe"])
def test_the_picture_shows_what_the_screen_shows(address: str, more: str) -> None:
    with open_page(address + START + more) as page:
        page.ready()
        page.tab.wait_for_function("""() => { const tiles = [...document.querySelectorAll(".leaflet-tile-pane .leaflet-tile")];
            return tiles.length > 0 && tiles.every((tile) => tile.classList.contains("leaflet-tile-loaded")); }""")  # the second screen's photograph may come later than the first screen
        page.tab.wait_for_timeout(100)
        seen = Image.open(io.BytesIO(page.tab.screenshot())).convert("RGB").crop((372, 0, 1280, 800))
        picture = _saved(page)
        assert picture.width == 908 and picture.height > 800 + 80
        spots = [(x, y) for x in range(70, 820, 38) for y in range(120, 700, 29)]
        far = sum(1 for x, y in spots if max(abs(a - b) for a, b in zip(seen.getpixel((x, y)), picture.getpixel((x, y + 44)), strict=True)) > 24)
        assert far < len(spots) * 0.03, "the map in the picture is the map on the screen"
        assert len(picture.crop((0, 0, 908, 44)).getcolors(4096) or []) > 1 and page.errors == [] and page.console == []


def test_a_link_goes_to_the_share_sheet_where_there_is_one_else_to_the_clipboard(address: str) -> None:
    sheet = "window.shared = []; navigator.share = async (what) => { window.shared.push(what.url); };"
    with open_page(address + START, init=sheet) as page:
        page.ready()
        _tool(page, "share")
        assert page.tab.evaluate("window.shared") == [page.tab.url]
    board = "delete Navigator.prototype.share; window.copied = []; Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied.push(text); } } });"
    with open_page(address + START, init=board) as page:
        page.ready()
        _tool(page, "share")
        page.tab.wait_for_selector("#toast:not([hidden])")
        assert page.tab.evaluate("window.copied") == [page.tab.url] and "コピー" in page.tab.inner_text("#toast")


def test_the_link_of_a_place_opens_its_panel_again(address: str) -> None:
    with open_page(address + START) as page:
        page.ready()
        page.tab.mouse.click(826, 400)
        page.tab.wait_for_selector("#place .feature")
        told, link = page.told(), page.tab.url
        assert "/at=35.1" in link
    with open_page(link) as page:
        page.ready()
        page.tab.wait_for_selector("#place .feature")
        assert page.told() == told and page.tab.locator(".pin").count() == 1
        page.tab.click("#place-close")
        assert page.tab.is_hidden("#place") and "/at=" not in page.tab.url and page.tab.locator(".pin").count() == 0


def test_escape_closes_the_place_and_the_focus_goes_back_to_the_map(address: str) -> None:
    with open_page(address + START) as page:
        page.ready()
        page.tab.focus(".folium-map")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector("#place .feature")
        page.tab.keyboard.press("Escape")
        assert page.tab.is_hidden("#place") and page.tab.evaluate("document.activeElement.classList.contains('folium-map')")


def test_the_tools_open_move_and_close_by_keys(address: str) -> None:
    with open_page(address + START) as page:
        page.ready()
        page.tab.focus("#tools-button")
        page.tab.keyboard.press("Enter")
        assert page.tab.evaluate("document.activeElement.id") == "split-side"
        page.tab.keyboard.press("ArrowDown")
        assert page.tab.evaluate("document.activeElement.id") == "split-swipe"
        page.tab.keyboard.press("Escape")
        assert page.tab.is_hidden("#tools-list") and page.tab.evaluate("document.activeElement.id") == "tools-button"
