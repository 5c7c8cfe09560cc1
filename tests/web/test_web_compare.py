"""Two screens, the overview, and what each screen has of its own: by mouse, by keyboard, by touch, and kept in the link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser import OpenPage, open_page

START = "maps/flood.html#15/35.100000/136.200000/flood/base/-/ja"
CENTRES = "() => gispipe.viewer.maps().map((map) => [map.getZoom(), map.getCenter().lat, map.getCenter().lng])"


@contextmanager
def _opened(address: str, page: str = START, width: int = 1280, height: int = 800, **more: object) -> Iterator[OpenPage]:
    with open_page(address + page, width, height, **more) as opened:  # type: ignore[arg-type]
        yield opened.ready()
        assert opened.foreign() == [] and opened.console == [] and opened.errors == []


def _tool(page: OpenPage, name: str) -> None:
    page.tab.click("#tools-button")
    page.tab.click(f"#tools-list [data-do={name}]")


def _together(page: OpenPage) -> bool:
    one, other = page.tab.evaluate(CENTRES)
    return bool(one[0] == other[0] and abs(one[1] - other[1]) < 6e-5 and abs(one[2] - other[2]) < 6e-5)


def test_two_screens_move_together_whichever_is_moved(address: str) -> None:
    with _opened(address) as page:
        _tool(page, "side")
        page.tab.wait_for_selector(".second")
        before = page.tab.evaluate(CENTRES)
        for x in (600, 1100):  # the left screen, then the right one
            page.tab.mouse.move(x, 400)
            page.tab.mouse.down()
            page.tab.mouse.move(x + 90, 460, steps=5)
            page.tab.mouse.up()
            page.tab.wait_for_timeout(600)
            assert _together(page) and page.tab.evaluate(CENTRES) != before
            before = page.tab.evaluate(CENTRES)
        page.tab.focus(".second")
        page.tab.keyboard.press("ArrowLeft")
        page.tab.keyboard.press("+")
        page.tab.wait_for_timeout(700)
        assert _together(page) and page.tab.evaluate(CENTRES)[0][0] == 16


def test_each_screen_has_its_own_map_background_and_layers(address: str) -> None:
    with _opened(address) as page:
        _tool(page, "side")
        assert page.tab.is_checked("#screen-right"), "the new screen is the one that is set"
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-landslide)")
        assert page.tab.inner_text("h1") == "洪水ハザードマップ ｜ 土砂災害ハザードマップ"
        assert page.tab.evaluate("gispipe.state.screens.map((one) => one.map)") == ["flood", "landslide"]
        page.tab.click("label:has(#screen-left)")
        assert "浸水" in page.tab.inner_text("#legend-list") and page.tab.inner_text("#theme-now") == "洪水ハザードマップ"
        page.tab.uncheck("#on-flood")
        page.tab.click("#background-box summary")
        page.tab.click("label:has(#background-photo)")
        shown = page.tab.evaluate("gispipe.viewer.screens.map((one) => [one.shown.bg, one.map.getContainer().dataset.background, one.canvas.shown.map(({ layer }) => layer.source_layer)])")
        assert shown[0][:2] == ["photo", "photo"] and "flood" not in shown[0][2] and "slope" in shown[1][2]


def test_a_link_brings_back_both_screens_as_they_were(address: str) -> None:
    with _opened(address) as page:
        _tool(page, "swipe")
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-landslide)")
        page.tab.focus("#swipe")
        for _ in range(20):
            page.tab.keyboard.press("ArrowRight")
        link, state = page.tab.url, page.tab.evaluate("JSON.stringify({ ...gispipe.state, z: 0, lat: 0, lon: 0, active: 0 })")
    with _opened("", link) as page:
        assert page.tab.evaluate("JSON.stringify({ ...gispipe.state, z: 0, lat: 0, lon: 0, active: 0 })") == state
        assert page.tab.locator(".second").count() == 1 and page.tab.is_visible("#swipe")
        assert page.tab.url.split("/")[7:] == link.split("/")[7:]


def test_the_divider_moves_by_mouse_and_by_keys_and_cuts_the_upper_screen(address: str) -> None:
    with _opened(address) as page:
        _tool(page, "swipe")
        cut = "() => Number(document.querySelector('.second').style.clipPath.match(/([\\d.]+)%/)[1])"
        assert page.tab.evaluate(cut) == 50
        page.tab.focus("#swipe")
        page.tab.keyboard.press("Home")
        assert page.tab.evaluate(cut) == 5
        box = page.tab.locator("#swipe").bounding_box()
        assert box
        x = box["x"] + 22 + (box["width"] - 44) * 0.05
        page.tab.mouse.move(x, box["y"] + 22)
        page.tab.mouse.down()
        page.tab.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 22, steps=6)
        page.tab.mouse.up()
        assert 60 < page.tab.evaluate(cut) < 75
        clicked = page.tab.evaluate("""() => [450, 1200].map((x) => document.elementFromPoint(x, 200).closest('.folium-map').classList.contains('second'))""")
        assert clicked == [False, True], "what is cut away lets the click through"


def test_one_screen_comes_back_and_nothing_is_left_of_the_second(address: str) -> None:
    with _opened(address) as page:
        _tool(page, "side")
        _tool(page, "side")
        assert page.tab.locator(".second").count() == 0 and page.tab.is_hidden("#screen-choice")
        assert page.tab.evaluate("gispipe.viewer.maps().length") == 1 and "map2=" not in page.tab.url
        assert page.tab.evaluate("gispipe.viewer.map.getSize().x") == 1280 - 372


@pytest.mark.parametrize("screen", ["left", "right"])
def test_a_click_asks_the_screen_that_was_clicked(address: str, screen: str) -> None:
    with _opened(address, START.replace("15/35.100000/136.200000", "16/35.1008/136.2035")) as page:
        _tool(page, "side")
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-plain)")
        page.tab.wait_for_timeout(500)
        page.tab.mouse.click(599 if screen == "left" else 1053, 400)
        page.tab.wait_for_selector("#place .none, #place .feature")
        assert ("洪水浸水想定区域" in page.told()) == (screen == "left")


def test_the_overview_frames_what_the_map_shows_and_a_click_moves_there(address: str) -> None:
    with _opened(address) as page:
        _tool(page, "overview")
        page.tab.wait_for_selector("#overview path")
        before = page.tab.evaluate(CENTRES)[0]
        box = page.tab.locator("#overview").bounding_box()
        assert box
        page.tab.mouse.click(box["x"] + 60, box["y"] + 40)
        page.tab.wait_for_timeout(300)
        after = page.tab.evaluate(CENTRES)[0]
        assert after[1] > before[1] and after[2] < before[2] and "/ov=1" in page.tab.url
        framed = page.tab.evaluate("gispipe.viewer.overview.rectangle.getBounds().toBBoxString() === gispipe.viewer.map.getBounds().toBBoxString()")
        assert framed
        _tool(page, "overview")
        assert page.tab.is_hidden("#overview") and "/ov=1" not in page.tab.url


def test_a_phone_shows_one_screen_above_the_other(address: str) -> None:
    with _opened(address, width=390, height=844, touch=True) as page:
        page.tab.tap("#tools-button")
        page.tab.tap("#split-side")
        page.tab.wait_for_selector(".second")
        boxes = page.tab.evaluate("() => [...document.querySelectorAll('#screens > .folium-map')].map((one) => { const r = one.getBoundingClientRect(); return [r.top, r.bottom, r.width]; })")
        (top, middle, wide), (start, bottom, _) = boxes
        assert wide == 390 and middle <= start <= middle + 4 and abs((middle - top) - (bottom - start)) < 4
        assert top >= page.tab.evaluate("document.querySelector('#search-box').getBoundingClientRect().bottom - 30")
