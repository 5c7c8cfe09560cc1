"""Measuring in the pages: right on the plane to a millimetre, by mouse, finger and keyboard."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Polygon

from tests.web.toolbox import WAYS, on_plane, tool

SHAPE = ((-90, -60), (30, -70), (40, 30), (-80, 25))


@pytest.mark.parametrize("way", WAYS)
def test_a_distance_is_that_of_the_plane_leg_by_leg(address: str, way: str) -> None:
    with tool(address, "measure", way) as work:
        places = work.points(*SHAPE)
        expected = LineString(on_plane(places)).length
        got = work.tab.evaluate("(places) => gispipe.lengthOf(places)", places.tolist())
        assert abs(got - expected) < 1e-3
        assert work.tab.inner_text("#measure-total") == f"{expected:,.0f}m"
        assert f"{expected:,.0f}m" in work.said()
        legs = [float(text) for text in work.tab.evaluate("() => [...document.querySelectorAll('#measure-legs td')].map((cell) => cell.textContent.replace('m', ''))")]
        assert np.allclose(legs, np.hypot(*np.diff(on_plane(places), axis=0).T), atol=0.5)


@pytest.mark.parametrize("way", WAYS)
def test_closing_gives_the_area_of_the_plane(address: str, way: str) -> None:
    with tool(address, "measure", way) as work:
        places = work.points(*SHAPE)
        if way == "keyboard":
            work.press("#measure-close")
        else:
            work.point(*SHAPE[0])  # the first point again
        area = Polygon(on_plane(places)).area
        assert abs(work.tab.evaluate("(places) => gispipe.areaOf([places])", places.tolist()) - area) < 1e-3
        assert work.tab.inner_text("#measure-area") == f"{area / 10000:.2f}ha ({area:,.0f}㎡)"
        assert "㎡" in work.said()


@pytest.mark.parametrize("way", WAYS)
def test_a_point_tells_its_degrees_and_its_place_on_the_plane(address: str, way: str) -> None:
    with tool(address, "measure", way) as work:
        work.tab.check("#measure-mode-place", force=True)
        lon, lat = work.point(-40, -30)
        east, north = on_plane(np.array([[lon, lat]]))[0]
        assert f"北緯 {lat:.7f}" in work.tab.inner_text("#measure_degrees-value") and f"東経 {lon:.7f}" in work.tab.inner_text("#measure_degrees-value")
        assert "35°0" in work.tab.inner_text("#measure_dms-value") and "136°1" in work.tab.inner_text("#measure_dms-value")
        assert work.tab.inner_text("#measure_plane-value") == f"X（北） {north:.3f}m　Y（東） {east:.3f}m"
        assert f"{north:.3f}" in work.said()


def test_a_place_is_copied_or_marked_for_copying(address: str) -> None:
    with tool(address, "measure") as work:
        work.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
        work.tab.check("#measure-mode-place", force=True)
        lon, lat = work.point(10, 10)
        work.press("#measure_degrees-copy")
        assert work.tab.evaluate("navigator.clipboard.readText()") == f"{lat:.7f}, {lon:.7f}"
        work.tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        work.press("#measure_plane-copy")
        work.tab.wait_for_timeout(50)
        assert work.tab.evaluate("getSelection().toString()") == work.tab.inner_text("#measure_plane-value")


def test_the_keyboard_takes_back_finishes_and_gives_up(address: str) -> None:
    with tool(address, "measure", "keyboard") as work:
        work.points(*SHAPE)
        work.tab.keyboard.press("Backspace")
        assert work.tab.locator("#measure-legs tbody tr").count() == 2
        work.tab.keyboard.press("Shift+Enter")
        assert "測り終わりました" in work.tab.inner_text("#tool-body")
        work.tab.keyboard.press("Escape")
        assert work.tab.locator("#measure-total").count() == 0
        assert work.tab.is_visible("#tool")


def test_two_quick_taps_end_a_line_and_do_not_zoom(address: str) -> None:
    with tool(address, "measure") as work:
        zoom = work.tab.evaluate("gispipe.viewer.map.getZoom()")
        work.points((-80, 0), (0, -40))
        work.tab.mouse.dblclick(*work.tab.evaluate("() => { const box = gispipe.viewer.map.getContainer().getBoundingClientRect(); return [box.left + box.width / 2 + 30, box.top + box.height / 2 + 20]; }"))
        work.tab.wait_for_timeout(500)
        assert "測り終わりました" in work.tab.inner_text("#tool-body") and work.tab.locator("#measure-legs tbody tr").count() == 2
        assert work.tab.evaluate("gispipe.viewer.map.getZoom()") == zoom


def test_a_border_that_crosses_itself_is_told(address: str) -> None:
    with tool(address, "measure") as work:
        work.points((-60, -60), (40, 60), (40, -60), (-60, 60))
        work.press("#measure-close")
        assert "交差" in work.tab.inner_text("#tool-body")


def test_taps_measure_and_do_not_open_the_panel_of_a_place_until_the_tool_is_closed(address: str) -> None:
    with tool(address, "measure") as work:
        work.points((0, 0), (40, 50))
        assert not work.tab.is_visible("#place")
        work.press("#tool-close")
        assert work.tab.evaluate("gispipe.viewer.map.doubleClickZoom.enabled()") in (True, False)
        work.tab.wait_for_timeout(500)
        assert work.tab.evaluate("gispipe.viewer.map.doubleClickZoom.enabled()") and work.tab.evaluate("gispipe.viewer.asking")
        assert work.tab.evaluate("() => document.querySelectorAll('.leaflet-overlay-pane path').length") == 0


def test_the_way_back_from_the_plane_is_exact(address: str) -> None:
    rng = np.random.default_rng(5)
    places = np.column_stack([rng.uniform(134.5, 137.5, 300), rng.uniform(33.5, 36.5, 300)])
    with tool(address, "measure") as work:
        there, back = work.tab.evaluate("""(places) => { const plane = gispipe.cityPlane(); const there = places.map(plane.forward); return [there, there.map(plane.inverse)]; }""", places.tolist())
        assert np.abs(np.array(there) - on_plane(places)).max() < 1e-3
        assert np.abs(on_plane(np.array(back)) - on_plane(places)).max() < 1e-4


@pytest.mark.parametrize(("metres", "text"), [(4.266, "4.27m"), (62.84, "62.8m"), (842.4, "842m"), (1234.5678, "1.235km"), (0, "0.00m")])
def test_lengths_are_written_as_people_write_them(address: str, metres: float, text: str) -> None:
    with tool(address, "measure") as work:
        assert work.tab.evaluate("(m) => gispipe.lengthText(m)", metres) == text


@pytest.mark.parametrize(("degrees", "text"), [(35.1, "35°06′00.00″"), (0, "0°00′00.00″"), (136.999999999, "137°00′00.00″"), (35.0999999, "35°06′00.00″")])
def test_minutes_and_seconds_never_reach_sixty(address: str, degrees: float, text: str) -> None:
    with tool(address, "measure") as work:
        assert work.tab.evaluate("(d) => gispipe.sexagesimal(d)", degrees) == text


def test_the_script_of_the_tools_comes_only_when_asked_for_and_a_failure_is_told(address: str) -> None:
    from tests.browser import open_page
    from tests.web.toolbox import PAGE

    with open_page(address + PAGE + "ja") as page:
        page.ready()
        assert not [url for url in page.requests if "/assets/tools-" in url]
        page.tab.route("**/assets/tools-*", lambda route: route.abort())
        page.tab.evaluate("gispipe.startMeasure()")
        page.tab.wait_for_selector("#toast:not([hidden])")
        assert "道具を読み込めませんでした" in page.tab.inner_text("#toast")
        page.tab.unroute("**/assets/tools-*")
        page.tab.evaluate("gispipe.startMeasure()")
        page.tab.wait_for_selector(".tool-measure")
