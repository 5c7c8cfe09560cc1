"""Six hundred hostile strings in every text of a city, through the whole job, and then in a real browser: nothing runs, nothing is fetched, all is shown as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostilecity import CELLS, TOWNS, centre, deliver, rows
from strings import EXECUTED, STRINGS
from tests.browser import OpenPage, open_page, serve_folder
from tinycity import gispipe, lonlat

INJECTED = "script:not([src]), iframe, object, embed, base, video, audio, marquee, math, link[rel=stylesheet]:not([integrity]), [onerror], [onload], [onfocus], [ontoggle], a[href^='javascript' i], img[src='x'], body title"
SHOW = """async (places) => { const told = []; let placed = 0;
    for (const [lat, lon] of places) {
        await gispipe.viewer.place.ask(L.latLng(lat, lon), { brush: 12 });
        for (const fold of document.querySelectorAll('#place details')) fold.open = true;
        told.push(document.getElementById('place').innerText); placed += document.querySelectorAll('#place-body .feature').length;
    }
    return [told.join('\\n'), placed]; }"""
ICON = ("error: Failed to load resource: the server responded with a status of 404 (Not Found)",)
"""A report is one file without an icon; a browser asks its server for one."""
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


@pytest.fixture(scope="session")
def hostile(made_once: Callable[[str, Callable[[Path], None]], Path], page_assets: Path) -> Path:
    """The output of the hostile city after `gispipe run`."""
    def make(folder: Path) -> None:
        ended = gispipe("run", "--city", str(deliver(folder)), timeout=300)
        assert ended.returncode == 0, ended.stderr

    return made_once("hostile_pages", make) / "output"


def places() -> list[list[float]]:
    return [[float(point.y), float(point.x)] for point in lonlat([centre(cell) for cell in CELLS])]


def names(layer: str) -> list[str]:
    return [row["name"] for row in rows()[layer][1]]


@contextmanager
def watched(folder: Path, page: str, allowed: tuple[str, ...] = ()) -> Iterator[OpenPage]:
    """Open a page; at the end nothing ran, nothing foreign was asked for, and nothing was thrown or refused."""
    with serve_folder(folder) as url, open_page(url + page, init=EXECUTED) as opened:
        yield opened
        assert_calm(opened, allowed)


def assert_calm(page: OpenPage, allowed: tuple[str, ...] = ()) -> None:
    assert page.tab.evaluate("() => window.hacked") == 0 and page.foreign() == [] and page.errors == []
    assert [line for line in page.console if not line.startswith(("log:", "info:")) and line not in allowed] == []
    assert page.tab.evaluate("() => document.querySelectorAll('style').length") == page.tab.evaluate("() => Number(!document.querySelector('link[rel=stylesheet]'))")  # a report is one file
    assert page.tab.evaluate("(wrong) => [...document.querySelectorAll(wrong)].map((one) => one.outerHTML.slice(0, 200))", INJECTED) == []


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", HIDDEN.sub("", text)).strip()


def test_there_are_six_hundred_different_strings() -> None:
    assert len(set(STRINGS)) == 600


@pytest.mark.parametrize(("audience", "page"), [("public", "hazard"), ("internal", "office")])
def test_maps_draw_and_tell_every_string_as_text(hostile: Path, audience: str, page: str) -> None:
    some = places()
    with watched(hostile / audience / "current", f"maps/{page}.html") as opened:
        opened.ready()
        for lat, lon in some[::12]:
            opened.tab.evaluate("([lat, lon]) => { gispipe.viewer.map.setView([lat, lon], 19, { animate: false }); }", [lat, lon])
            opened.ready()
        opened.tab.evaluate("([lat, lon]) => { gispipe.viewer.map.setView([lat, lon], 16, { animate: false }); }", some[30])
        opened.ready()
        told, features = opened.tab.evaluate(SHOW, some)
        shown = plain(told)
        wanted = [plain(name) for layer in ("hall", "site", "park", "landslide", "pond", "stay") for name in names(layer)]
        missing = [name for name in wanted if len(name) < 300 and name not in shown]
        assert features > 400 and not missing, missing[:5]
        for lang in ("en", "ko"):
            opened.tab.select_option("#language", lang)
            opened.tab.wait_for_function("(lang) => document.documentElement.lang === lang", arg=lang)


def test_searching_lists_and_chooses_hostile_names(hostile: Path) -> None:
    with watched(hostile / "public" / "current", "maps/hazard.html") as opened:
        opened.ready()
        listed = 0
        for name in [*names("hall")[::6], *names("site")[::8], *names("pond")[::10], *names("town")[::4], *(row["lot"] for row in rows()["parcel"][1][::12])]:
            if not name.strip(" \t\u3000\ufeff\u2028\u2029"):
                continue
            opened.tab.fill("#search", name[:200])
            opened.tab.wait_for_function("() => !document.getElementById('search-list').hidden && document.querySelector('#search-list li')")
            listed += opened.tab.evaluate("() => document.querySelectorAll('#search-list [aria-selected]').length")
            opened.tab.keyboard.press("Enter")
        assert listed > 10


def test_the_page_of_text_answers_hostile_questions(hostile: Path) -> None:
    with watched(hostile / "public" / "current", "card.html") as opened:
        opened.tab.wait_for_selector("html[data-ready=true]")
        opened.tab.evaluate("async (asked) => { for (const text of asked) await gispipe.ask.typed(text); }", [*names("hall")[::3], *names("site")[::5], *STRINGS[::40]])
        for lat, lon in places()[::6]:
            opened.tab.evaluate("([lat, lon]) => gispipe.ask.at(lat, lon)", [lat, lon])
            assert opened.tab.is_visible("#placed")
            assert_calm(opened)
        for text in STRINGS[::60]:
            opened.tab.evaluate("(text) => { location.hash = `q=${encodeURIComponent(text)}&lang=en`; }", text)
            opened.tab.wait_for_function("() => document.getElementById('ask-said').textContent !== gispipe.words.t('card_wait')")


def test_every_page_of_text_and_every_report_and_chart_is_only_text(hostile: Path) -> None:
    folders = {"public/current": "index.html", "internal/current": "index.html", "reports": ""}
    towns = 0
    for folder, first in folders.items():
        root = hostile / folder
        files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.suffix in (".html", ".svg") and not path.relative_to(root).as_posix().startswith(("maps/", "assets/")))
        assert files, folder
        towns += sum(name.startswith("towns/") and "/index." not in name for name in files)
        with watched(root, first or files[0], () if first else ICON) as opened:
            for name in [one for k, one in enumerate(files) if not one.startswith("towns/") or k % 3 == 0]:  # five languages and the numbers of a town follow each other: each comes with another town
                opened.tab.goto(f"http://{opened.host}/{name}")
                if not name.endswith(".svg"):
                    assert_calm(opened, () if first else ICON)
    assert towns >= 5 * TOWNS
