"""What the tests of measuring and drawing share: a page with a tool open, and points set by mouse, finger and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from pyproj import Transformer

from tests.browser import OpenPage, open_page

PAGE = "maps/plain.html#17/35.1/136.2/plain/base/-/"
TO_PLANE = Transformer.from_crs("EPSG:6668", "EPSG:6674", always_xy=True)
WAYS = {"mouse": (1280, 800), "touch": (390, 844), "keyboard": (1280, 800)}


@contextmanager
def tool(address: str, name: str, way: str = "mouse", lang: str = "ja", size: tuple[int, int] | None = None,
         broken_xml: bool = False) -> Iterator[Work]:
    """Open a page and one of its tools; at the end nothing foreign was asked for and nothing was complained of.

    `broken_xml` lets pass that Chromium's own report of broken XML wants to be styled, which the page's policy forbids.
    """
    width, height = size or WAYS[way]
    with open_page(address + PAGE + lang, width, height, touch=way == "touch", init="window.hacked = 0") as page:
        page.ready()
        work = Work(page, way)
        work.open(name)
        yield work
        assert page.tab.evaluate("window.hacked") == 0
        assert page.foreign() == [] and page.errors == []
        assert [line for line in page.console if not (broken_xml and "Applying inline style" in line)] == []


class Work:
    """A page on which a tool is at work."""

    def __init__(self, page: OpenPage, way: str) -> None:
        self.page, self.tab, self.way = page, page.tab, way

    def open(self, name: str) -> None:
        """Choose a tool from the list of tools, in the way of this reader."""
        self.press("#tools-button")
        self.press(f"#tools-list [data-do={name}]")
        self.tab.wait_for_selector(f"#tool[data-tool={name}]:not([hidden])")
        self.cross = self.tab.evaluate("() => { const box = gispipe.viewer.map.getContainer().getBoundingClientRect(), { at } = gispipe.aim(); return [box.left + at.x, box.top + at.y]; }")

    def press(self, selector: str) -> None:
        """Press a button by mouse, finger, or focus and Enter."""
        if self.way == "keyboard":
            self.tab.focus(selector)
            self.tab.keyboard.press("Enter")
        elif self.way == "touch":
            self.tab.tap(selector)
        else:
            self.tab.click(selector)
        self.tab.wait_for_timeout(40)

    def point(self, x: float, y: float) -> list[float]:
        """Set a point this many pixels from where the cross was at first; return its longitude and latitude in degrees.

        By keyboard the map is moved under the cross, and Enter sets the point.
        """
        if self.way == "keyboard":
            self.tab.evaluate("([x, y]) => gispipe.viewer.map.panBy([x, y], { animate: false })", [x, y])
            self.tab.focus(".folium-map")
            place = self.tab.evaluate("() => gispipe.tapped(gispipe.aim().latlng)")
            self.tab.keyboard.press("Enter")
        else:
            spot = [round(self.cross[0] + x), round(self.cross[1] + y)]
            place = self.tab.evaluate("""([x, y]) => { const box = gispipe.viewer.map.getContainer().getBoundingClientRect();
                return gispipe.tapped(gispipe.viewer.map.containerPointToLatLng([x - box.left, y - box.top])); }""", spot)
            (self.tab.touchscreen.tap if self.way == "touch" else self.tab.mouse.click)(*spot)
        self.tab.wait_for_timeout(60)
        return place  # type: ignore[no-any-return]

    def points(self, *offsets: tuple[float, float]) -> np.ndarray:
        """Set several points, each this far from the cross of now; return them, shape (n, 2), degrees."""
        if self.way != "keyboard":
            return np.array([self.point(x, y) for x, y in offsets])
        before = (0.0, 0.0)
        out = []
        for x, y in offsets:
            out.append(self.point(x - before[0], y - before[1]))
            before = (x, y)
        return np.array(out)

    def things(self) -> list[dict[str, Any]]:
        """Return the things of the drawing, once the page has come to rest."""
        self.tab.wait_for_timeout(30)
        return self.tab.evaluate("() => JSON.parse(JSON.stringify(gispipe.sketch.drawing.things))")  # type: ignore[no-any-return]

    def said(self) -> str:
        """Return what a screen reader was told last."""
        self.tab.wait_for_timeout(90)
        return self.tab.inner_text("#live")  # type: ignore[no-any-return]

    def give(self, *files: tuple[str, bytes]) -> str:
        """Choose files to open; return the sentence that is shown."""
        self.tab.evaluate("() => { document.getElementById('toast').hidden = true; }")
        self.tab.set_input_files("#sketch-file", [{"name": name, "mimeType": "application/octet-stream", "buffer": content} for name, content in files])
        self.tab.wait_for_selector("#toast:not([hidden])")
        return self.tab.inner_text("#toast")  # type: ignore[no-any-return]

    def drag(self, selector: str, x: int, y: int) -> None:
        """Drag what a selector finds by this many pixels, by mouse or finger."""
        box = self.tab.locator(selector).bounding_box()
        start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        steps = [(start[0] + x * k / 5, start[1] + y * k / 5) for k in range(1, 6)]
        if self.way == "touch":
            session = self.tab.context.new_cdp_session(self.tab)
            for kind, spots in [("touchStart", [start]), *(("touchMove", [step]) for step in steps), ("touchEnd", [])]:
                session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in spots]})
                self.tab.wait_for_timeout(30)
        else:
            self.tab.mouse.move(*start)
            self.tab.mouse.down()
            for step in steps:
                self.tab.mouse.move(*step)
            self.tab.mouse.up()
        self.tab.wait_for_timeout(120)


def on_plane(places: np.ndarray) -> np.ndarray:
    """Return [east, north] in metres of the plane of the made-up town for [longitude, latitude] in degrees, shape (n, 2)."""
    return np.column_stack(TO_PLANE.transform(places[:, 0], places[:, 1]))
