"""Measuring and drawing for everybody: axe-core finds nothing in any state of the tools, and no language runs off the side."""

from __future__ import annotations

import pytest

from gispipe.web.words import LANGUAGES
from tests.web.toolbox import Work, tool

SHAPE = ((-90, -60), (30, -70), (40, 20), (-80, 15))
CHAINS = {"measure": ("measure", "area", "place"), "draw": ("draw", "pen", "form", "plane"), "opened": ("opened",)}
"""States that are reached one after the other in one page."""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>組</name><Style><LineStyle><color>ff123456</color></LineStyle></Style><ExtendedData><Data name="a"><value>b</value></Data></ExtendedData>
<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>136.19,35.09 136.21,35.09 136.21,35.11 136.19,35.09</coordinates></LinearRing></outerBoundaryIs></Polygon><Point><coordinates>136.2,35.1</coordinates></Point></MultiGeometry></Placemark></Document></kml>"""


def _reach(work: Work, state: str) -> None:
    """Go on from the state before."""
    if state == "measure":
        work.points(*SHAPE)
    elif state == "area":
        work.press("#measure-close")
    elif state == "place":
        work.tab.check("#measure-mode-place", force=True)
        work.point(-20, -20)
    elif state == "pen":
        work.press("#draw-area")
        work.points(*SHAPE)
    elif state == "form":
        work.press("#pen-finish")
        work.press("#sketch-corners-summary")
        work.tab.focus("#corner-1-0")
    elif state == "plane":
        work.tab.check("#corner-system-plane", force=True)
    elif state == "opened":
        work.give(("組.kml", KML.encode()))
        work.tab.evaluate("gispipe.sketch.drawing.select(gispipe.sketch.drawing.things[0].id)")
        work.press("#sketch-data-summary")
        work.press("#sketch-corners-summary")
    work.tab.wait_for_timeout(100)


@pytest.mark.parametrize("way", ["mouse", "touch"], ids=["desktop", "phone"])
@pytest.mark.parametrize("chain", CHAINS)
def test_axe_finds_nothing_in_the_tools(address: str, chain: str, way: str) -> None:
    with tool(address, "measure" if chain == "measure" else "draw", way) as work:
        for state in CHAINS[chain]:
            _reach(work, state)
            assert work.page.violations() == [], state


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_language_runs_off_the_side_on_a_narrow_phone(address: str, lang: str) -> None:
    wide = """() => [...document.querySelectorAll('#tool-body, #tool-body *')].filter((n) => n.scrollWidth > n.clientWidth + 1 && n.clientWidth && getComputedStyle(n).textOverflow !== 'ellipsis' && getComputedStyle(n).display !== 'inline'
        && !n.closest('.hidden')).map((n) => `${n.id || n.className} ${n.textContent.slice(0, 30)}`)"""
    for chain in ("measure", "draw"):
        with tool(address, chain, "touch", lang, size=(320, 720)) as work:
            for state in CHAINS[chain]:
                _reach(work, state)
                assert work.tab.evaluate(wide) == [], state
                assert work.tab.evaluate("document.documentElement.scrollWidth") <= 320
