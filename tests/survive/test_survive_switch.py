"""A release switched under an open page: the reader is told and reloads; two releases are never put together into one answer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gispipe.web.words import LANGUAGES, table
from tests.browser import OpenPage, open_page, serve_folder

VIEW = "#16/{lat:.6f}/{lon:.6f}/hazard/base/-/{lang}"
ANSWER = "document.getElementById('place-body').innerText"
FRESH = {"Cache-Control": "no-store"}
"""What lies in the browser's own store needs no server: the small archives of this city would lie there whole."""
BAR = "document.getElementById('updated')?.innerText ?? ''"


def place(east: float = 30.0, north: float = 200.0) -> tuple[float, float]:
    """Return the degrees of a place in the waters of 大川 that change."""
    from askedcity import degrees_of

    lat, lon = degrees_of(east, north).split(",")
    return float(lat), float(lon)


@contextmanager
def opened(folder: Path, lang: str = "ja", init: str | None = None) -> Iterator[OpenPage]:
    """Open the map of `folder`/current at the place."""
    lat, lon = place()
    with serve_folder(folder / "current", FRESH) as url, open_page(url + "maps/hazard.html" + VIEW.format(lat=lat, lon=lon, lang=lang), init=init) as page:
        page.ready()
        yield page
        assert page.errors == []


@pytest.fixture
def site(updated: Path, tmp_path: Path) -> Path:
    """A folder in which `current` is the first release; both lie beside it."""
    for name in ("before", "after"):
        shutil.copytree(updated / name, tmp_path / name)
    (tmp_path / "current").symlink_to("before")
    return tmp_path


def switch(site: Path, name: str = "after") -> None:
    (site / "new").symlink_to(name)
    (site / "new").replace(site / "current")


def click(page: OpenPage) -> str:
    """Ask about the place and return the answer."""
    page.tab.evaluate("([lat, lon]) => { gispipe.viewer.place.ask(L.latLng(lat, lon)); }", list(place()))
    page.tab.wait_for_function("() => !document.querySelector('#place-body .wait') && document.querySelector('#place-body .features')")
    return str(page.tab.evaluate(ANSWER))


def test_the_two_releases_answer_differently(updated: Path) -> None:
    first, second = (json.loads((updated / name / "map.json").read_bytes()) for name in ("before", "after"))
    assert first["cards"] != second["cards"] and first["style"] != second["style"] and first["pages"] == second["pages"]


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_the_reader_is_told_in_one_sentence_and_the_button_shows_the_new_map_at_the_same_place(site: Path, lang: str) -> None:
    words = table(lang)
    with opened(site, lang) as page:
        switch(site)
        answer = click(page)
        page.tab.wait_for_selector("#updated")
        assert page.tab.inner_text("#updated p") == words["release_updated"] and page.tab.inner_text("#updated button") == words["release_reload"]
        assert page.violations() == []
        assert words["card_failed"] in answer
        hash_before = page.tab.evaluate("location.hash")
        page.tab.click("#updated button")
        page.tab.wait_for_function("() => !document.getElementById('updated') && document.documentElement?.dataset.ready")
        page.ready()
        assert page.tab.evaluate("location.hash") == hash_before
        page.tab.wait_for_selector("#place-body .hcard")
        assert page.tab.evaluate("gispipe.viewer.style.tilesets.flood.url") == json.loads(next((site / "after").glob("style-*.json")).read_bytes())["tilesets"]["flood"]["url"]


def test_tiles_of_the_old_release_that_are_gone_are_told_by_the_update_and_not_as_a_failure(site: Path) -> None:
    with opened(site) as page:
        switch(site)
        page.tab.evaluate("gispipe.viewer.map.setZoom(18, { animate: false })")
        page.tab.wait_for_selector("#updated")
        page.tab.wait_for_timeout(300)
        assert page.tab.is_hidden("#toast")
        page.tab.select_option("#language", "en")
        page.tab.wait_for_function(f"() => ({BAR}).includes('updated')")


@pytest.mark.parametrize("asked", ["search", "words", "tools", "nothing"])
def test_whatever_does_not_come_any_more_leads_to_the_same_sentence(site: Path, asked: str) -> None:
    with opened(site) as page:
        switch(site)
        if asked in ("words", "tools"):  # the programs of both releases are the same
            for path in (site / "after/assets").glob(f"{asked}*"):
                path.unlink()
        if asked == "search":
            for path in (site / "after/search").glob("*"):
                path.unlink()
            page.tab.fill("#search", "青葉一丁目")
        elif asked == "words":
            page.tab.select_option("#language", "ko")
        elif asked == "tools":
            page.tab.evaluate("gispipe.startMeasure()")
        if asked == "nothing":
            page.tab.wait_for_timeout(500)
            assert not page.tab.query_selector("#updated")
        else:
            page.tab.wait_for_selector("#updated")


def test_a_page_goes_on_where_the_old_files_stay(updated: Path, tmp_path: Path) -> None:
    both = tmp_path / "current"
    shutil.copytree(updated / "before", both)
    with opened(tmp_path) as page:
        shutil.copytree(updated / "after", both, dirs_exist_ok=True)
        answer = click(page)
        assert table("ja")["card_failed"] not in answer and "0m以上0.5m未満" in answer
        page.tab.evaluate("gispipe.viewer.map.setZoom(18, { animate: false })")
        page.ready()
        assert not page.tab.query_selector("#updated") and page.tab.is_hidden("#toast")


def test_files_that_are_gone_without_an_update_are_said_as_before(site: Path) -> None:
    with opened(site) as page:
        shutil.rmtree(site / "before/cards")
        for path in (site / "before/tiles").glob("*"):
            path.unlink()
        answer = click(page)
        page.tab.evaluate("gispipe.viewer.map.setZoom(18, { animate: false })")
        page.tab.wait_for_function("() => !document.getElementById('toast').hidden")
        assert table("ja")["card_failed"] in answer and page.tab.inner_text("#toast") == table("ja")["failed"] and not page.tab.query_selector("#updated")


@pytest.mark.parametrize("update", [True, False], ids=["updated", "only replaced"])
def test_an_archive_replaced_under_its_name_is_never_drawn(site: Path, update: bool) -> None:
    with opened(site, init="delete window.Worker") as page:  # the page paints itself: what it drew can be asked
        old, new = (next((site / name / "tiles").glob("flood-*")) for name in ("before", "after"))
        if update:
            shutil.copy(site / "after/map.json", site / "before/map.json")
        shutil.copy(new, old)
        drawn = len(page.requests)
        page.tab.evaluate("gispipe.viewer.map.setZoom(18, { animate: false })")
        page.tab.wait_for_selector("#updated" if update else "#toast:not([hidden])")
        page.ready()
        assert any(old.name in url for url in page.requests[drawn:])
        ranks = page.tab.evaluate("""[...gispipe.painter.here.get(gispipe.viewer.screens[0].canvas.board).views.get('flood').kept.values()].flatMap((data) =>
            (data.layer('flood', 256) ?? []).map((feature) => feature.props.rank))""")
        assert 5 not in ranks and 1 in ranks


def test_the_same_archive_with_another_tag_is_drawn_on(site: Path) -> None:
    with opened(site) as page:
        for path in (site / "before/tiles").glob("*"):
            path.touch()  # this server makes its tags of the time of change
        page.tab.evaluate("gispipe.viewer.map.setZoom(18, { animate: false })")
        page.ready()
        assert page.tab.is_hidden("#toast") and not page.tab.query_selector("#updated")


def test_a_map_that_the_new_release_no_longer_has_gives_way_to_its_first_one(site: Path) -> None:
    with opened(site) as page:
        switch(site)
        document = json.loads((site / "after/map.json").read_bytes())
        document["maps"][0] |= {"id": "other", "page": "maps/other.html"}
        (site / "after/map.json").write_text(json.dumps({**document, "default_map": "other"}), "utf-8")
        (site / "after/maps/hazard.html").rename(site / "after/maps/other.html")
        click(page)
        page.tab.wait_for_selector("#updated")
        with page.tab.expect_navigation():
            page.tab.click("#updated button")
        assert page.tab.url.split("#")[0].endswith("/maps/other.html") and "/maps/other.html#16/" in page.tab.url


def test_a_page_kept_from_an_older_release_says_so_at_its_start(site: Path) -> None:
    page_file = site / "before/maps/hazard.html"
    page_file.write_text(page_file.read_text("utf-8").replace('data-pages="', 'data-pages="0'), "utf-8")
    with opened(site) as page:
        assert page.tab.inner_text("#updated p") == table("ja")["release_updated"]


def test_the_page_of_text_says_the_same_and_answers_anew(site: Path) -> None:
    lat, lon = place()
    with serve_folder(site / "current", FRESH) as url, open_page(url + "card.html") as page:
        page.tab.wait_for_selector("html[data-ready=true]")
        switch(site)
        page.tab.fill("#question", f"{lat:.6f},{lon:.6f}")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector("#updated")
        assert page.tab.inner_text("#ask-said") == table("ja")["card_failed"] and page.tab.is_hidden("#placed")
        page.tab.click("#updated button")
        page.tab.wait_for_selector("#placed-card .hcard")
        assert "10m以上20m未満" in page.tab.inner_text("#placed-card") and page.errors == []


@pytest.mark.parametrize("answer", ["<html>sorry</html>", "{", "[]", "{}"], ids=["page", "cut off", "list", "nothing in it"])
def test_what_is_no_document_of_a_release_is_no_update(site: Path, answer: str) -> None:
    with opened(site) as page:
        shutil.rmtree(site / "before/cards")
        (site / "before/map.json").write_text(answer, "utf-8")
        assert table("ja")["card_failed"] in click(page)
        page.tab.wait_for_timeout(300)
        assert not page.tab.query_selector("#updated")
