"""What a reader can set of a layer: its opacity, its place in the order, and back to how it was."""

from __future__ import annotations

from tests.browser import OpenPage, open_page

START = "maps/flood.html#15/35.1008/136.2035/flood/base/-/ja"
INK = """() => { let sum = 0; for (const tile of document.querySelectorAll('canvas.leaflet-tile')) { const data = tile.getContext('2d').getImageData(100, 100, 60, 60).data;
    for (let k = 0; k < data.length; k += 4) sum += 765 - data[k] - data[k + 1] - data[k + 2]; } return sum; }"""


def _settings(page: OpenPage, layer: str) -> None:
    page.tab.click(f"#adjust-{layer}")
    page.tab.wait_for_selector(f"#opacity-{layer}")


def test_a_layer_fades_by_keys_and_the_link_keeps_it(address: str) -> None:
    with open_page(address + START) as page:
        page.ready()
        before = page.tab.evaluate(INK)
        _settings(page, "flood")
        page.tab.focus("#opacity-flood")
        page.tab.keyboard.press("Home")
        page.tab.wait_for_timeout(600)
        assert page.tab.evaluate(INK) < before * 0.8 and "/o=flood:0" in page.tab.url
        assert page.tab.evaluate("document.activeElement.id") == "opacity-flood", "the rebuilt list keeps the focus"
        page.tab.reload()
        page.ready()
        assert page.tab.evaluate("gispipe.state.screens[0].opacity") == {"flood": 0} and page.errors == []


def test_a_layer_moves_up_and_down_and_back_to_how_it_was(address: str) -> None:
    with open_page(address + START) as page:
        page.ready()
        order = "() => [...document.querySelectorAll('#legend-list [data-layer]')].map((one) => one.dataset.layer)"
        declared = page.tab.evaluate(order)
        assert page.tab.is_hidden("#as-declared")
        _settings(page, declared[1])
        assert page.tab.is_enabled(f"#layer_up-{declared[1]}")
        page.tab.click(f"#layer_up-{declared[1]}")
        assert page.tab.evaluate(order)[:2] == [declared[1], declared[0]]
        assert page.tab.is_disabled(f"#layer_up-{declared[1]}"), "it stands first"
        drawn = page.tab.evaluate("gispipe.viewer.screens[0].canvas.shown.map(({ layer }) => layer.source_layer)")
        shown = [one for one in page.tab.evaluate(order) if one in drawn]
        assert drawn[::-1][:len(shown)] == shown, "the first of the list is drawn last"
        assert f"/r={declared[1]},{declared[0]}" in page.tab.url
        page.tab.click("#as-declared")
        assert page.tab.evaluate(order) == declared and "/r=" not in page.tab.url and page.tab.is_hidden("#as-declared")
        assert page.errors == [] and page.console == []


def test_what_lies_under_a_point_is_told_in_the_order_of_the_layers_with_the_base_map_folded(address: str) -> None:
    with open_page(address + START.replace("/-/", "/shelter,flood,slope/").replace("#15", "#17")) as page:
        page.ready()
        page.tab.mouse.click(826, 400)
        page.tab.wait_for_selector("#place .feature")
        assert page.tab.locator("#place details.more").count() == 1 and not page.tab.is_visible("#place details.more .feature")
        page.tab.click("#place details.more summary")
        assert page.tab.is_visible("#place details.more section")
