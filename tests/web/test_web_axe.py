"""axe-core finds nothing on any page, wide or narrow, in any state a reader brings about."""

from __future__ import annotations

import pytest

from tests.browser import OpenPage, open_page

CHAINS = {
    "plain": ("maps/flood.html", ("", "search", "tools", "overview", "settings", "background", "theme")),
    "place": ("maps/flood.html", ("popup",)),
    "two": ("maps/flood.html", ("side", "swipe")),
    "photo": ("maps/plain.html#14/35.1/136.2/plain/photo/-/en", ("",)),
    "index": ("index.html", ("",)),
}
"""Pages, and states that are reached one after the other in them."""


def _reach(page: OpenPage, state: str, phone: bool) -> None:
    tab = page.tab
    if state == "theme":
        tab.click("#theme-button")
    elif state == "search":
        tab.fill("#search", "みなも")
        tab.wait_for_selector("#hit-0")
        tab.keyboard.press("ArrowDown")
    elif state in ("side", "swipe"):
        tab.click("#tools-button")
        tab.click(f"#split-{state}")
    elif state == "tools":
        tab.click("#tools-button")
    elif state == "settings":
        if phone:
            tab.click("#handle")
        tab.click("#adjust-flood")
        tab.wait_for_selector("#opacity-flood")
    elif state == "background":
        tab.click("#background-box summary")
    elif state == "overview":
        tab.click("#tools-button")
        tab.click("#overview-toggle")
    elif state == "popup":
        tab.mouse.click(200 if phone else 850, 400)
        tab.wait_for_selector("#place")
    tab.wait_for_timeout(300)


def _leave(page: OpenPage, state: str) -> None:
    """Go back to the plain page where the next state starts from there."""
    if state == "search":
        page.tab.fill("#search", "")
    elif state == "tools":
        page.tab.click("#tools-button")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("chain", CHAINS)
def test_axe_finds_nothing(address: str, chain: str, width: int, height: int) -> None:
    name, states = CHAINS[chain]
    with open_page(address + name, width, height) as page:
        if chain != "index":
            page.ready()
        for state in states:
            _reach(page, state, width < 700)
            assert page.violations() == [], state
            _leave(page, state)
