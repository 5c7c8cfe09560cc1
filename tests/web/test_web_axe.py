"""axe-core finds nothing serious on any page, wide or narrow, in any state a reader brings about."""

from __future__ import annotations

import pytest

from gispipe.web import assets
from tests.browser import OpenPage, open_page

STATES = [("maps/flood.html", ""), ("maps/flood.html", "popup"), ("maps/flood.html", "theme"), ("maps/flood.html", "search"), ("maps/flood.html", "sheet"),
          *(("maps/flood.html", state) for state in ("side", "swipe", "tools", "settings", "background", "overview")),
          ("maps/plain.html#14/35.1/136.2/plain/photo/-/en", ""), ("index.html", "")]


def _reach(page: OpenPage, state: str, phone: bool) -> None:
    if state == "popup":
        page.tab.mouse.click(200 if phone else 850, 400)
        page.tab.wait_for_selector("#place")
    elif state == "theme":
        page.tab.click("#theme-button")
    elif state == "search":
        page.tab.fill("#search", "みなも")
        page.tab.wait_for_selector("#hit-0")
        page.tab.keyboard.press("ArrowDown")
    elif state == "sheet" and phone:
        page.tab.click("#handle")
    elif state in ("side", "swipe"):
        page.tab.click("#tools-button")
        page.tab.click(f"#split-{state}")
    elif state == "tools":
        page.tab.click("#tools-button")
    elif state == "settings":
        if phone:
            page.tab.click("#handle")
        page.tab.click("#adjust-flood")
        page.tab.wait_for_selector("#opacity-flood")
    elif state == "background":
        if phone:
            page.tab.click("#handle")
        page.tab.click("#background-box summary")
    elif state == "overview":
        page.tab.click("#tools-button")
        page.tab.click("#overview-toggle")
    page.tab.wait_for_timeout(300)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize(("name", "state"), STATES)
def test_axe_finds_nothing_serious(address: str, name: str, state: str, width: int, height: int) -> None:
    axe = (assets.locate(tests=True) / "axe.min.js").read_text("utf-8")
    with open_page(address + name, width, height) as page:
        if name != "index.html":
            page.ready()
        _reach(page, state, width < 700)
        found = _run(page, axe)
        assert [v for v in found if v[0] in ("serious", "critical")] == []


def _run(page: OpenPage, axe: str) -> list[list[object]]:
    page.tab.evaluate(axe)  # through the debugger, which the page's own policy does not bind
    return page.tab.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations.map((v) => [v.impact, v.id, v.nodes.map((n) => n.target.join(' '))])")
