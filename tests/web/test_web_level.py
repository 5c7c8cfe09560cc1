"""The page says which level of the base map is on the screen, and says a change once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gispipe.web.pages import write_pages
from gispipe.web.site import Site
from tests.browser import open_page, serve_folder
from tests.web import sample

PARTS = {"land": (10, 13, 10000, False), "water": (14, 22, 2500, False), "building": (16, 22, 500, True)}


@pytest.fixture(scope="module")
def levelled(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The made-up town with three of its base layers as levels of one thing."""
    folder = tmp_path_factory.mktemp("levelled")
    site = sample.site(*sample.write_tiles(folder))
    style = json.loads(json.dumps(site.style))
    for name, (first, last, scale, part) in PARTS.items():
        style["layers"][name] |= {"minzoom": first, "maxzoom": last, "level": {"scale": scale, "of": "ground", "part": part}}
    write_pages(folder, Site(site.map, style, site.search))
    with serve_folder(folder) as url:
        yield url


def test_the_level_is_written_beside_the_scale_in_every_language(levelled: str) -> None:
    with open_page(levelled + "maps/flood.html#12/35.1/136.2/flood/base/-/ja") as page:
        page.ready()
        assert page.tab.inner_text("#level") == "地図情報レベル 10000"
        page.tab.evaluate("location.hash = '#16/35.1/136.2/flood/base/-/ja'")
        page.ready()
        for lang, text in (("ja", "地図情報レベル 2500（一部 500）"), ("en", "map level 2500 (in parts 500)"), ("zh", "地图信息级别 2500（部分 500）"),
                           ("ko", "지도 정보 레벨 2500(일부 500)"), ("easy", "ちずの こまかさ 2500（いちぶ 500）")):
            page.tab.select_option("#language", lang)
            page.tab.wait_for_selector(f"html[data-lang={lang}]")
            assert page.tab.inner_text("#level") == text
        page.tab.click("#background-box summary")
        page.tab.click("label:has(#background-none)")
        assert page.tab.is_hidden("#level"), "without the base map there is no level"
        assert page.console == [] and page.errors == []


def test_a_change_is_read_out_once_when_the_map_rests_and_moving_says_nothing(levelled: str) -> None:
    watch = """() => { window.said = []; new MutationObserver(() => { const text = document.getElementById('live').textContent; if (text) window.said.push(text); })
        .observe(document.getElementById('live'), { childList: true, characterData: true, subtree: true }); }"""
    with open_page(levelled + "maps/flood.html#12/35.1/136.2/flood/base/-/ja") as page:
        page.ready()
        page.tab.evaluate(watch)
        page.tab.focus(".folium-map")
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp"):
            page.tab.keyboard.press(key)
            page.tab.wait_for_timeout(250)
        page.tab.wait_for_timeout(900)
        assert page.tab.evaluate("window.said") == []
        for zoom in (13, 14, 15):
            page.tab.evaluate(f"location.hash = '#{zoom}/35.1/136.2/flood/base/-/ja'")
            page.tab.wait_for_timeout(60)
        page.tab.wait_for_timeout(1100)
        assert page.tab.evaluate("window.said") == ["地図情報レベル 2500"]


def test_a_name_with_a_direction_stands_on_its_place_turned_and_as_large_as_on_the_ground(levelled: str) -> None:
    with open_page(levelled + "maps/flood.html#16/35.1/136.2/flood/base/-/ja") as page:
        page.ready()
        made = page.paints().tab.evaluate("""() => { const style = { by: null, classes: [{ fill: '#fff', size: 1 }] }; const scratch = document.createElement('canvas').getContext('2d');
            const text = { column: 'name', size: 12, angle: 'angle', metres: 'size' }; const layer = { source_layer: 'a', geometry: 'point', style, text };
            gispipe.paintedLatitude = 35.1; const placer = new gispipe.TextPlacer(layer), index = { bboxCollides: () => false }, turned = [];
            const at = (zoom, angle, size) => placer.place({ zoom, scratch, index }, [[{ x: 0, y: 0 }]], { props: { name: '鈴音川', angle, size } })[0];
            at(16, 30, 10).draw({ rotate: (r) => turned.push(r * 180 / Math.PI), fillText() {}, strokeText() {} });
            return { turned, rising: at(16, 30, 10).bboxes.map((b) => [b.minX, b.minY]), sizes: [14, 17, 20].map((z) => placer.size(z, { props: { size: 10 } })),
                     sign: new gispipe.SymbolPlacer(layer).place({ zoom: 16 }, [[{ x: 0, y: 0 }]], { props: {} }) ?? null }; }""")
        assert made["turned"] == [pytest.approx(-30)], "degrees are counter-clockwise in the data and clockwise on a canvas"
        assert made["rising"][-1][0] > made["rising"][0][0] and made["rising"][-1][1] < made["rising"][0][1], "the boxes rise with it"
        assert made["sizes"] == [pytest.approx(9.6), pytest.approx(10 / 0.977, rel=0.01), 24] and made["sign"] is None
