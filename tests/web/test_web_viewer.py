"""What a reader can do on a page, in a real Chromium without a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser import OpenPage, open_page, serve_folder
from tests.web import sample

FLOODED = "#16/35.1008/136.2035/flood/base/-/ja"


@contextmanager
def _opened(address: str, page: str = "maps/flood.html", width: int = 1280, height: int = 800, **more: object) -> Iterator[OpenPage]:
    with open_page(address + page, width, height, **more) as opened:  # type: ignore[arg-type]
        yield opened.ready()
        assert opened.foreign() == []
        assert opened.console == [] and opened.errors == []


def background(page: OpenPage, name: str) -> None:
    """Choose a background as a reader does."""
    page.tab.click("#background-box summary")
    page.tab.click(f"label:has(#background-{name})")


def test_a_page_opens_with_no_foreign_request_and_no_message(address: str) -> None:
    for page in ("maps/flood.html", "maps/plain.html", "index.html"):
        with open_page(address + page) as opened:
            if page != "index.html":
                opened.ready()
            opened.tab.wait_for_load_state("networkidle")
            assert opened.foreign() == [] and opened.console == [] and opened.errors == []


def test_the_map_is_really_painted(address: str) -> None:
    with _opened(address) as page:
        inked = page.tab.evaluate("""() => [...document.querySelectorAll('canvas.leaflet-tile')].filter((tile) => {
            const data = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
            for (let k = 3; k < data.length; k += 4) if (data[k]) return true;
            return false; }).length""")
        assert inked >= 4


def test_a_click_tells_class_and_columns(address: str) -> None:
    with _opened(address, "maps/flood.html" + FLOODED) as page:
        page.tab.mouse.click(800, 430)
        text = page.told()
        assert "洪水浸水想定区域" in text and "10.0m以上20.0m未満" in text and "みなも川" in text
        assert "区域外でも災害が起こることがあります" in text
        assert "想定浸水深" not in text  # the class says it


def test_a_click_outside_every_zone_does_not_say_safe(address: str) -> None:
    with _opened(address, "maps/flood.html#16/35.085/136.176/flood/base/flood/ja") as page:
        page.tab.mouse.click(826, 400)
        text = page.told()
        assert "この地点にはありません" in text and "区域外でも災害が起こることがあります" in text


def test_a_tile_that_does_not_come_is_not_taken_for_a_place_without_hazards(address: str) -> None:
    with open_page(address + "maps/plain.html") as page:
        page.ready()
        page.tab.route("**/tiles/hazard-*", lambda route: route.abort())
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-flood)")
        page.tab.wait_for_selector("#toast:not([hidden])")
        assert "読み込めませんでした" in page.tab.inner_text("#toast")
        page.tab.mouse.click(800, 430)
        text = page.told()
        assert "読み込めていません" in text and "この地点にはありません" not in text


def test_two_signs_of_one_place_stand_side_by_side_and_its_name_is_written_once(address: str) -> None:
    with _opened(address) as page:
        placed = page.paints().tab.evaluate("""() => {
            const style = { by: null, classes: [{ symbol: 'shelter', size: 20 }] };
            const placers = ['a', 'b'].map((id) => new gispipe.SymbolPlacer({ source_layer: id, style }));
            const anchor = { x: 100, y: 100 }, found = new Set();
            const index = { searchBbox: (box) => new Set([...found].filter((l) => l.bboxes.some((b) => b.minX < box.maxX && b.maxX > box.minX))) };
            return placers.map((placer) => {
                const [label] = placer.place({ zoom: 16, index }, [[anchor]], { id: 1, props: {} });
                found.add(label);
                return (label.bboxes[0].minX + label.bboxes[0].maxX) / 2; }); }""")
        assert placed[0] == 100 and placed[1] > 115


def test_switching_the_theme_changes_legend_title_and_address_without_a_reload(address: str) -> None:
    with _opened(address) as page:
        page.tab.evaluate("window.stayed = true")
        page.tab.click("#theme-button")
        page.tab.click("label:has(#theme-landslide)")
        assert page.tab.inner_text("h1") == "土砂災害ハザードマップ"
        legend = page.tab.inner_text("#legend-list")
        assert "特別警戒区域" in legend and "浸水" not in legend
        assert "/maps/landslide.html#" in page.tab.url and "/landslide/base/" in page.tab.url
        assert page.tab.evaluate("window.stayed") and page.tab.title().startswith("土砂災害ハザードマップ")


def test_a_layer_can_be_switched_off_and_on(address: str) -> None:
    with _opened(address) as page:
        page.tab.uncheck("#on-flood")
        assert "0.5m以上3.0m未満" not in page.tab.inner_text("#legend-list")
        assert page.tab.url.endswith("/flood/base/shelter/ja")
        page.tab.check("#on-slope")
        assert "特別警戒区域" in page.tab.inner_text("#legend-list") and page.tab.url.endswith("/shelter,slope/ja")


def test_a_permalink_brings_back_place_theme_layers_background_and_language(address: str) -> None:
    link = "#15/35.104000/136.195000/landslide/photo/slope/en"
    with _opened(address, "maps/flood.html" + link) as page:
        assert page.tab.inner_text("h1") == "Landslide hazard map"
        assert page.tab.is_checked("#on-slope") and not page.tab.is_checked("#on-shelter")
        assert page.tab.is_checked("#background-photo")
        assert page.tab.url.endswith("maps/landslide.html" + link)
        page.tab.reload()
        page.ready()
        assert page.tab.url.endswith("maps/landslide.html" + link) and page.tab.inner_text("h1") == "Landslide hazard map"


@pytest.mark.parametrize("link", ["#a/b/c", "#99/999/999/x/y/z/q", "#15/35.1/136.2/__proto__/constructor/toString/valueOf", "#////////", "#15/35.1/136.2/<img src=x onerror=alert(1)>"])
def test_a_nonsense_permalink_opens_the_page_as_it_is(address: str, link: str) -> None:
    with _opened(address, "maps/flood.html" + link) as page:
        assert page.tab.inner_text("h1") == "洪水ハザードマップ"


def test_declared_texts_are_told_in_the_readers_language_and_what_has_no_name_says_that_it_is_japanese(address: str) -> None:
    with _opened(address, "maps/flood.html" + FLOODED.replace("/ja", "/ko")) as page:
        page.tab.mouse.click(800, 430)
        page.told()
        for lang in ("ko", "zh"):
            page.tab.select_option("#language", lang)
            page.tab.wait_for_function("lang => document.documentElement?.dataset.lang === lang", arg=lang)
            assert page.told()
            group, described, layer, label, column = (sample.TERMS[lang][text] for text in (
                "防災", "大雨で川があふれたときに想定される浸水の深さと避難先です。", "洪水浸水想定区域（想定最大規模）", "10.0m以上20.0m未満", "河川名"))
            said = {part: page.tab.eval_on_selector_all(part, "nodes => nodes.map((node) => [node.textContent, node.lang])")
                    for part in ("#theme-list legend", "#description span", "#legend-list .switch > span", "#legend-list .classes span", "#place dt", "#place dd", "#theme-list label span", "#title span")}
            assert [group, ""] in said["#theme-list legend"] and said["#description span"] == [[described, ""]]
            assert [layer, ""] in said["#legend-list .switch > span"] and ["土砂災害警戒区域", "ja"] in said["#legend-list .switch > span"]
            assert [label, ""] in said["#legend-list .classes span"] and ["5.0m以上10.0m未満", "ja"] in said["#legend-list .classes span"]
            assert [column, ""] in said["#place dt"] and ["みなも川", "ja"] in said["#place dd"]
            assert ["洪水ハザードマップ", "ja"] in said["#theme-list label span"] and said["#title span"] == [["洪水ハザードマップ", "ja"]]


@pytest.mark.parametrize(("lang", "title", "button"), [("en", "Flood hazard map", "Zoom in"), ("zh", "洪水ハザードマップ", "放大"), ("ko", "洪水ハザードマップ", "확대"), ("easy", "洪水ハザードマップ", "おおきく する")])
def test_every_language_can_be_chosen_and_missing_names_fall_back(address: str, lang: str, title: str, button: str) -> None:
    with _opened(address) as page:
        page.tab.select_option("#language", lang)
        page.tab.wait_for_selector(f"html[data-lang={lang}]")
        assert page.tab.inner_text("h1") == title
        assert page.tab.get_attribute("#zoom-in", "aria-label") == button
        assert page.tab.get_attribute("html", "lang") == {"en": "en", "zh": "zh-Hans", "ko": "ko", "easy": "ja"}[lang]
        assert page.tab.url.endswith("/" + lang)


def test_the_keyboard_alone_reaches_the_attributes(address: str) -> None:
    with _opened(address, "maps/flood.html" + FLOODED) as page:
        page.tab.focus(".folium-map")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector("#place")
        assert "洪水浸水想定区域" in page.told()
        assert page.tab.evaluate("document.activeElement.id") == "place-title"


def test_data_never_become_script(address: str) -> None:
    with _opened(address, "maps/flood.html#14/35.1/136.2/flood/base/shelter,flood,slope/ja", init="window.hacked = 0") as page:
        for bad in sample.HOSTILE:
            page.tab.fill("#search", bad)
            page.tab.wait_for_timeout(120)
            page.tab.keyboard.press("Enter")
            page.tab.wait_for_timeout(250)
            page.tab.mouse.click(826, 400)
            page.tab.wait_for_timeout(60)
            assert page.told().strip()
        assert page.tab.evaluate("window.hacked") == 0
        assert page.tab.locator("#place img, #place svg[onload], #search-list img").count() == 0


def test_only_the_tilesets_in_use_are_fetched(address: str) -> None:
    with _opened(address, "maps/plain.html") as page:
        assert not [u for u in page.requests if "/tiles/hazard" in u or "/tiles/photo" in u]
        background(page, "photo")
        page.tab.wait_for_load_state("networkidle")
        assert [u for u in page.requests if "/tiles/photo" in u]


def test_tiles_are_enlarged_beyond_their_last_zoom(address: str) -> None:
    with _opened(address, "maps/flood.html#19/35.1008/136.2035/flood/base/-/ja") as page:
        page.tab.mouse.click(820, 380)
        assert "20.0m" in page.told()


def test_a_phone_shows_search_and_a_short_legend_and_opens_the_sheet(address: str) -> None:
    with _opened(address, width=390, height=844, scale=2, touch=True) as page:
        assert page.tab.is_visible("#search") and page.tab.is_visible("#mini-legend")
        assert "0.5–3" in page.tab.inner_text("#mini-legend")
        assert not page.tab.is_visible("#legend-list")
        page.tab.tap("#handle")
        page.tab.wait_for_timeout(300)
        assert page.tab.is_visible("#legend-list") and page.tab.get_attribute("#handle", "aria-expanded") == "true"


def test_nothing_runs_off_the_side_at_320_pixels(address: str) -> None:
    for page_name in ("maps/flood.html", "index.html"):
        with open_page(address + page_name, 320, 256) as page:
            page.tab.wait_for_timeout(800)
            assert page.tab.evaluate("document.documentElement.scrollWidth") <= 320


def test_buttons_are_large_enough_for_a_finger(address: str) -> None:
    with _opened(address, width=390, height=844) as page:
        small = page.tab.evaluate("""() => [...document.querySelectorAll('button')].filter((b) => b.offsetParent && getComputedStyle(b).visibility === 'visible')
            .map((b) => [b.id, b.offsetWidth, b.offsetHeight]).filter(([id, w, h]) => (w < 44 || h < 44) && id !== 'handle')""")
        assert small == []


def test_print_keeps_the_middle_of_the_map_beside_its_legend(address: str) -> None:
    with _opened(address) as page:
        page.tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.tab.emulate_media(media="print")
        shown = page.tab.evaluate("""() => { const map = document.querySelector('.folium-map').getBoundingClientRect(), stage = document.querySelector('#stage').getBoundingClientRect(),
            legend = document.querySelector('#legend-list').getBoundingClientRect();
            return [Math.abs((map.left + map.right) - (stage.left + stage.right)), legend.left >= stage.right, document.querySelector('.buttons').offsetParent === null]; }""")
        assert shown[0] <= 2 and shown[1:] == [True, True]
        page.tab.emulate_media(media="screen")
        page.tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert page.tab.evaluate("document.querySelector('.folium-map').style.width") == ""


def test_a_page_works_under_the_header_of_our_own_server(release: Path) -> None:
    from gispipe.serve.app import CSP

    with serve_folder(release, {"Content-Security-Policy": CSP}) as url, _opened(url, "maps/flood.html#15/35.1/136.2/flood/photo/-/ja") as page:
        assert page.tab.locator(".leaflet-tile-loaded").count() > 4


def test_on_a_phone_the_map_goes_back_when_the_answer_is_closed_unless_the_reader_moved_it(address: str) -> None:
    where = "() => { const { lat, lng } = gispipe.viewer.map.getCenter(); return [lat.toFixed(5), lng.toFixed(5)]; }"
    with _opened(address, "maps/flood.html" + FLOODED, 390, 844, touch=True) as page:
        before = page.tab.evaluate(where)
        page.tab.mouse.click(360, 640)  # below the answer, and beside the buttons of the map
        page.tab.wait_for_selector("#place:not([hidden])")
        assert page.tab.evaluate(where) != before
        page.tab.click("#place-close")
        assert page.tab.evaluate(where) == before
        page.tab.mouse.click(360, 640)
        page.tab.wait_for_selector("#place:not([hidden])")
        page.tab.evaluate("() => gispipe.viewer.map.panBy([40, 0], { animate: false })")
        moved = page.tab.evaluate(where)
        page.tab.click("#place-close")
        assert page.tab.evaluate(where) == moved
