"""Drawing in the pages: every function by mouse, finger and keyboard, with undo, and the drawing in a link."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString, Polygon

from tests.browser import open_page
from tests.web.toolbox import PAGE, WAYS, Work, on_plane, tool

SHAPE = ((-90, -60), (30, -70), (40, 20), (-80, 15))


def _draw(work: Work, kind: str, *offsets: tuple[float, float]) -> np.ndarray:
    work.press(f"#draw-{kind}")
    places = work.points(*offsets)
    if kind in ("line", "area"):
        work.press("#pen-finish")
    work.tab.wait_for_timeout(60)
    return places


def _ring(work: Work, thing: int = -1) -> np.ndarray:
    return np.array(work.things()[thing]["shapes"][0]["rings"][0])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["point", "line", "area", "text"])
def test_points_lines_areas_and_texts_are_drawn(address: str, kind: str, way: str) -> None:
    with tool(address, "draw", way) as work:
        places = _draw(work, kind, *(SHAPE if kind in ("line", "area") else SHAPE[:1]))
        (thing,) = work.things()
        shape = thing["shapes"][0]
        assert shape["type"] == ("point" if kind == "text" else kind) and thing["label"] == (kind == "text")
        assert {tuple(p) for p in shape["rings"][0]} == {tuple(p) for p in places}
        assert work.tab.locator(".sketch-item").count() == 1
        assert {"point": "点を追加", "line": "線を追加", "area": "面を追加", "text": "文字を追加"}[kind] in work.said()


@pytest.mark.parametrize("way", ["mouse", "touch"])
def test_the_last_point_again_ends_a_line_and_the_first_closes_an_area(address: str, way: str) -> None:
    with tool(address, "draw", way) as work:
        work.press("#draw-line")
        work.points(*SHAPE[:3], SHAPE[2])
        work.press("#draw-area")
        work.points(*SHAPE, SHAPE[0])
        assert [t["shapes"][0]["type"] for t in work.things()] == ["line", "area"]
        assert [len(t["shapes"][0]["rings"][0]) for t in work.things()] == [3, 4]


def test_lengths_and_areas_in_the_list_are_those_of_the_plane(address: str) -> None:
    with tool(address, "draw") as work:
        line = LineString(on_plane(_draw(work, "line", *SHAPE)))
        assert f"{line.length:,.0f}m" in work.tab.inner_text(".sketch-item")
        area = Polygon(on_plane(_draw(work, "area", *SHAPE)))
        assert f"{area.area:,.0f}㎡" in work.tab.inner_text("#tool-body")


@pytest.mark.parametrize("way", ["mouse", "touch"])
def test_a_corner_is_dragged_added_between_two_and_deleted(address: str, way: str) -> None:
    with tool(address, "draw", way) as work:
        before = _draw(work, "line", *SHAPE[:3])
        work.drag(".sketch-handle:has(.sketch-vertex) >> nth=0", 30, 10)
        moved = _ring(work)
        assert len(moved) == 3 and abs(moved[0] - before[0]).max() > 1e-5 and moved[1:].tolist() == before[1:].tolist()
        work.drag(".sketch-handle:has(.sketch-middle) >> nth=0", 0, -20)
        assert len(_ring(work)) == 4
        work.press(".sketch-handle:has(.sketch-vertex) >> nth=1")
        work.press("#sketch-remove-corner")
        assert len(_ring(work)) == 3
        work.press("#sketch-undo")
        assert len(_ring(work)) == 4


@pytest.mark.parametrize("way", ["mouse", "touch"])
def test_a_whole_thing_is_dragged_without_changing_its_form(address: str, way: str) -> None:
    with tool(address, "draw", way) as work:
        before = _draw(work, "area", *SHAPE)
        ring = _ring(work)
        work.drag(".sketch-handle:has(.sketch-mover)", -25, 12)
        shift = _ring(work) - ring
        assert len(before) == 4 and abs(shift).max() > 1e-5
        assert np.ptp(shift, axis=0).max() < 2e-8


@pytest.mark.parametrize("way", WAYS)
def test_buttons_move_a_thing_by_metres_of_the_plane(address: str, way: str) -> None:
    with tool(address, "draw", way) as work:
        _draw(work, "line", *SHAPE[:2])
        before = on_plane(_ring(work))
        work.tab.select_option("#sketch-step", "10")
        work.press("#sketch-move-right")
        work.press("#sketch-move-up")
        assert np.allclose(on_plane(_ring(work)) - before, [10, 10], atol=0.01)


def test_the_keyboard_alone_draws_names_changes_and_deletes(address: str) -> None:
    with tool(address, "draw", "keyboard") as work:
        keys = work.tab.keyboard
        work.press("#draw-area")
        work.points(*SHAPE)
        keys.press("Backspace")
        keys.press("Shift+Enter")
        assert len(_ring(work)) == 3
        work.tab.focus("#sketch-name")
        keys.type("避難の 目印")
        keys.press("Tab")
        assert work.things()[0]["name"] == "避難の 目印"
        assert work.tab.evaluate("document.activeElement.id") == "sketch-note"
        keys.type("一行目")
        keys.press("Tab")
        assert work.things()[0]["note"] == "一行目"
        assert work.tab.evaluate("document.activeElement.id") == "sketch-colour-blue"
        keys.press("ArrowRight")
        assert work.things()[0]["colour"] == "#7a2a8f" and work.tab.evaluate("document.activeElement.id") == "sketch-colour-purple"
        work.press("#sketch-remove")
        assert work.things() == [] and work.tab.evaluate("document.activeElement.id") == "draw-point"
        keys.press("Control+z")
        assert work.things()[0]["name"] == "避難の 目印" and "消しました" in work.said()
        keys.press("Control+y")
        assert work.things() == []


def test_the_list_of_coordinates_adds_changes_orders_and_removes_corners(address: str) -> None:
    with tool(address, "draw", "keyboard") as work:
        keys = work.tab.keyboard
        _draw(work, "line", *SHAPE[:2])
        first, second = _ring(work)
        work.tab.focus("#sketch-corners-summary")
        keys.press("Enter")
        work.tab.focus("#corner-new-0")
        keys.type("35.1005")
        keys.press("Tab")
        keys.type("１３６．２０１")
        keys.press("Enter")
        assert _ring(work)[2].tolist() == [136.201, 35.1005] and work.tab.evaluate("document.activeElement.id") == "corner-new-0"
        work.press("#corner-add-middle")
        assert len(_ring(work)) == 4
        work.tab.focus("#corner-0-0")
        keys.press("Control+a")
        keys.type("35.0999")
        keys.press("Tab")
        keys.press("Control+a")
        keys.type("136.1999")
        assert _ring(work)[0].tolist() == first.tolist()  # both fields first
        keys.press("Tab")
        keys.press("Tab")
        work.tab.focus("#corner-1-0")
        work.tab.wait_for_timeout(60)
        assert _ring(work)[0].tolist() == [136.1999, 35.0999]
        work.press("#corner-1-down")
        assert _ring(work)[2].tolist() == second.tolist() and _ring(work)[1].tolist() == [136.201, 35.1005]
        work.tab.focus("#corner-2-0")
        work.press("#corner-2-up")
        assert _ring(work)[1].tolist() == second.tolist()
        work.tab.focus("#corner-3-0")
        work.press("#corner-3-clear")
        assert len(_ring(work)) == 3
        work.tab.focus("#corner-0-0")
        keys.press("Control+a")
        keys.type("91")
        keys.press("Enter")
        assert "正しくありません" in work.tab.inner_text("#corner-0-problem") and work.tab.get_attribute("#corner-0-0", "aria-invalid") == "true"
        assert _ring(work)[0].tolist() == [136.1999, 35.0999]


def test_the_list_of_coordinates_also_speaks_of_the_plane(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "line", *SHAPE[:2])
        work.press("#sketch-corners-summary")
        work.tab.check("#corner-system-plane", force=True)
        east, north = on_plane(_ring(work))[0]
        assert work.tab.input_value("#corner-0-0") == f"{north:.3f}" and work.tab.input_value("#corner-0-1") == f"{east:.3f}"
        work.tab.fill("#corner-new-0", "-99,800.125")
        work.tab.fill("#corner-new-1", "18200.5")
        work.press("#corner-add")
        assert np.allclose(on_plane(_ring(work))[2], [18200.5, -99800.125], atol=1e-3)


def test_sixty_steps_are_undone_and_redone_and_clearing_too(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "point", (0, 0))
        start = _ring(work)[0]
        for _ in range(60):
            work.tab.evaluate("document.getElementById('sketch-move-up').click()")
        far = _ring(work)[0]
        work.press("#sketch-clear")
        assert work.things() == []
        work.press("#sketch-undo")
        assert _ring(work)[0].tolist() == far.tolist()
        for _ in range(60):
            work.tab.evaluate("document.getElementById('sketch-undo').click()")
        assert _ring(work)[0].tolist() == start.tolist()
        work.tab.evaluate("document.getElementById('sketch-undo').click()")
        assert work.things() == [] and work.tab.is_disabled("#sketch-undo")
        for _ in range(62):
            work.tab.evaluate("document.getElementById('sketch-redo').click()")
        assert work.things() == [] and work.tab.is_disabled("#sketch-redo")


@pytest.mark.parametrize("way", ["mouse", "touch"])
def test_a_thing_is_selected_on_the_map_and_let_go_beside_it(address: str, way: str) -> None:
    with tool(address, "draw", way) as work:
        _draw(work, "point", (-60, -20))
        x, y = work.tab.evaluate("""() => { const { map } = gispipe.viewer, box = map.getContainer().getBoundingClientRect(); const [lon, lat] = gispipe.sketch.drawing.things[0].shapes[0].rings[0][0];
            const at = map.latLngToContainerPoint([lat, lon]); return [box.left + at.x, box.top + at.y]; }""")
        tap = work.tab.touchscreen.tap if way == "touch" else work.tab.mouse.click
        work.press(".sketch-item")
        assert work.tab.locator(".sketch-form").count() == 0
        tap(x, y)
        work.tab.wait_for_timeout(150)
        assert work.tab.locator(".sketch-form").count() == 1
        tap(x + 60, y - 30)
        work.tab.wait_for_timeout(150)
        assert work.tab.locator(".sketch-form").count() == 0


def test_snapping_is_off_until_it_is_asked_for(address: str) -> None:
    with tool(address, "draw") as work:
        target = _draw(work, "point", (-40, -40))[0]
        work.tab.evaluate("gispipe.sketch.drawing.select(null)")
        _draw(work, "point", (-33, -36))
        assert len(work.things()) == 2 and _ring(work)[0].tolist() != target.tolist()
        work.press("#sketch-undo")
        work.tab.check("#sketch-snap")
        _draw(work, "point", (-33, -36))
        assert _ring(work)[0].tolist() == target.tolist()


def test_escape_gives_up_the_drawing_and_not_the_tool(address: str) -> None:
    with tool(address, "draw", "keyboard") as work:
        work.press("#draw-line")
        work.points(*SHAPE[:2])
        work.tab.keyboard.press("Escape")
        assert work.things() == [] and work.tab.is_visible("#tool") and work.tab.locator("#pen-finish").count() == 0
        work.press("#draw-line")
        work.tab.focus("#pen-cancel")
        work.tab.keyboard.press("Escape")
        assert work.tab.is_visible("#tool")
        work.tab.focus("#draw-line")
        work.tab.keyboard.press("Escape")
        assert not work.tab.is_visible("#tool")


def test_the_tools_take_turns_and_may_be_chosen_again(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "point", (-60, -60))
        for name in ("draw", "measure", "measure", "draw"):
            work.open(name)
            assert work.tab.locator(".tool-measure, .tool-sketch").count() == 1
        assert len(work.things()) == 1 and work.tab.locator(".sketch-item").count() == 1
        _draw(work, "line", *SHAPE[:2])
        assert len(work.things()) == 2


def test_drawings_stay_on_the_map_when_the_tool_is_closed_and_taps_ask_again(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "text", (-60, -60))
        work.tab.fill("#sketch-name", "集合場所")
        work.tab.keyboard.press("Enter")
        work.press("#tool-close")
        assert work.tab.inner_text(".sketch-text") == "集合場所" and work.tab.locator(".sketch-handle").count() == 0
        work.tab.mouse.click(826, 600)
        work.tab.wait_for_selector("#place:not([hidden])")


def test_a_drawing_is_shown_on_both_screens(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "text", (-60, -60))
        work.tab.evaluate("gispipe.viewer.split.toggle('side')")
        work.tab.wait_for_timeout(300)
        assert work.tab.locator(".sketch-text").count() == 2
        _draw(work, "text", (-100, 30))
        assert work.tab.locator(".sketch-text").count() == 4
        work.press("#sketch-remove")
        assert work.tab.locator(".sketch-text").count() == 2


def test_the_picture_of_the_map_shows_the_drawing_and_not_its_handles(address: str) -> None:
    from PIL import Image

    with tool(address, "draw") as work:
        _draw(work, "text", (-60, -90))
        _draw(work, "line", (-120, -40), (-20, -40))
        with work.tab.expect_download() as download:
            work.tab.evaluate("gispipe.saveImage(gispipe.viewer)")
        picture = np.asarray(Image.open(download.value.path()).convert("RGB")).astype(int)
        blue = (abs(picture - [0, 87, 184]).max(axis=2) < 12).sum(axis=1)
        assert blue.max() >= 90  # the line lies along the rows
        assert (blue > 0).sum() > 15  # and the text above it
        handle = (abs(picture - [23, 99, 198]).max(axis=2) < 3).sum()
        assert handle == 0


def test_a_language_is_changed_while_the_tool_is_open(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "point", (-60, -60))
        work.tab.select_option("#language", "en")
        work.tab.wait_for_selector("html[data-lang=en]")
        assert work.tab.inner_text("#tool-title") == "Draw" and work.tab.inner_text("#draw-area") == "Area" and "Colour" in work.tab.evaluate("document.querySelector('.sketch-colours').getAttribute('aria-label')")


def test_a_link_carries_the_drawing(address: str) -> None:
    with tool(address, "draw") as work:
        _draw(work, "area", *SHAPE)
        work.tab.fill("#sketch-name", "仮置き場 <b>")
        work.tab.keyboard.press("Enter")
        _draw(work, "text", (-60, -60))
        before, link = work.things(), work.tab.url
    with open_page(link) as page:
        page.ready()
        page.tab.wait_for_selector(".sketch-text")
        after = page.tab.evaluate("() => JSON.parse(JSON.stringify(gispipe.sketch.drawing.things))")
        assert [{k: v for k, v in t.items() if k != "id"} for t in after] == [{k: v for k, v in t.items() if k != "id"} for t in before]
        assert page.foreign() == [] and page.console == [] and page.errors == []


@pytest.mark.parametrize("bad", ["AQ", "AQEA", "x" * 3000, "AQ%00", "____", "AQH_____fw", "AQIBAQEBAQEBAQEB"])
def test_a_link_with_a_nonsense_drawing_opens_the_page_without_one(address: str, bad: str) -> None:
    with open_page(address + PAGE + "ja/d=" + bad) as page:
        page.ready()
        page.tab.wait_for_timeout(200)
        assert page.tab.evaluate("!gispipe.sketch.drawing || gispipe.sketch.drawing.things.length === 0") and page.errors == []


def test_random_bytes_never_become_a_broken_drawing(address: str) -> None:
    rng = np.random.default_rng(11)
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    texts = ["AQ" + "".join(rng.choice(letters, size=int(n))) for n in rng.integers(1, 120, 3000)]
    with tool(address, "draw") as work:
        bad = work.tab.evaluate("""(texts) => texts.filter((text) => { const things = gispipe.fromLinkText(text); return things && !things.every((thing) => thing.shapes.length
            && /^#[0-9a-f]{6}$/.test(thing.colour) && thing.shapes.every(({ type, rings }) => rings.every((ring) => ring.length >= gispipe.leastCorners(type) && ring.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90)))); })""", texts)
        assert bad == []


def test_five_thousand_things_are_listed_page_by_page_and_one_more_is_refused(address: str) -> None:
    with tool(address, "draw") as work:
        work.tab.evaluate("""() => { const things = Array.from({ length: 5000 }, (_, k) => gispipe.newThing([{ type: "point", rings: [[gispipe.position(136.19 + k * 4e-6, 35.1 + (k % 70) * 1e-4)]] }], { name: `点 ${k}` }));
            gispipe.sketch.drawing.put(things, "draw_did_open", null); }""")
        assert work.tab.locator(".sketch-item").count() == 50 and "5,000" in work.tab.inner_text(".tool-pager")
        assert work.tab.evaluate("gispipe.sketch.toText()") is None
        work.tab.evaluate("gispipe.sketch.drawing.select(gispipe.sketch.drawing.things[4321].id)")
        assert "点 4321" in work.tab.inner_text(".sketch-list .open")
        _draw(work, "point", (-60, -60))
        assert "5,000件まで" in work.tab.inner_text("#toast") and len(work.things()) == 5000


def test_buttons_of_the_tools_are_large_enough_for_a_finger(address: str) -> None:
    with tool(address, "draw", "touch") as work:
        _draw(work, "area", *SHAPE)
        work.press("#sketch-corners-summary")
        work.tab.focus("#corner-1-0")
        small = work.tab.evaluate("""() => [...document.querySelectorAll('#tool button, #tool input:not([type=radio], [type=checkbox], [type=file]), #tool select, #tool summary, #tool .chip, #tool .colour, #tool .switch, .sketch-handle:not(:has(.sketch-middle))')]
            .filter((node) => node.offsetParent).map((node) => [node.id || node.className, node.offsetWidth, node.offsetHeight]).filter(([id, w, h]) => w < 44 || h < 44)""")
        assert small == []
        assert work.tab.evaluate("document.documentElement.scrollWidth") <= 390
        assert work.tab.evaluate("document.getElementById('tool-body').scrollWidth <= document.getElementById('tool-body').clientWidth")
