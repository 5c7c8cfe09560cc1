"""The pages of text in a browser: one A4, no scroll bar at 320 pixels, nothing for axe to find, and cards that scripts show are those the pages have."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.web.know.say import Say
from gispipe.web.know.view import card_html, told_of
from gispipe.web.words import LANGUAGES
from read import keys_by_name
from tests.browser import open_page

A4_WIDTH, A4_HEIGHT = 725, 1054
"""CSS pixels of the sheet inside its margins of 9 mm."""


SEVERAL = "鈴音中央"
"""A town of the demo city without its chome: candidates, and nobody picks for the reader."""


def _town(answers: Answers) -> str:
    return str(answers.rows.named(answers.catalogue.layers["town"])[0][0][0])


def _names(release: Path, lang: str) -> list[str]:
    suffix = ".html" if lang == "ja" else f".{lang}.html"
    return [f"towns/{key}{suffix}" for key in sorted(keys_by_name(release).values())]


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_the_card_of_every_town_is_one_sheet_of_paper(release: Path, address: str, lang: str) -> None:
    names, tall = _names(release, lang)[list(LANGUAGES).index(lang)::3], (0.0, "")  # a third of the towns in each language: every town in one or two
    with open_page(address + names[0], A4_WIDTH, A4_HEIGHT) as page:
        page.tab.emulate_media(media="print")
        for name in names:
            page.tab.goto(address + name)
            height = page.tab.evaluate("document.documentElement.getBoundingClientRect().height")
            assert height <= A4_HEIGHT, name
            tall = max(tall, (height, name))
    with open_page(address + tall[1], 794, 1123) as page:
        paper = page.tab.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1, tall


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_nothing_scrolls_sideways_at_four_times_the_size(release: Path, address: str, lang: str) -> None:
    names = random.Random(5).sample(_names(release, lang), 6)
    with open_page(address + names[0], 320, 640) as page:
        numbers = [f"{name.split('.')[0]}.numbers.html#{lang}" for name in names]
        for name in [*names, *numbers, f"towns/index{'' if lang == 'ja' else '.' + lang}.html"]:
            page.tab.goto(address + name)
            page.tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.tab.evaluate("document.documentElement.scrollWidth") <= 320, name


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
@pytest.mark.parametrize("state", ["town", "english", "numbers", "list", "ask", "offers", "answer", "several"])
def test_axe_finds_nothing(release: Path, address: str, answers: Answers, state: str, width: int, height: int) -> None:
    name = _names(release, "en" if state == "english" else "ja")[4]
    url = {"list": "towns/index.html", "ask": "card.html", "offers": "card.html", "answer": f"card.html#q={_town(answers)}", "several": f"card.html#q={SEVERAL}"}.get(state, name)
    with open_page(address + url, width, height) as page:
        if state == "numbers":
            page.tab.click(".tools a[href*='.numbers.html']")
            page.tab.wait_for_selector(".key:target")
        if state in ("answer", "several"):
            page.tab.wait_for_selector("#placed-card .hcard" if state == "answer" else "#ask-list li")
        if state == "offers":
            page.tab.wait_for_selector("html[data-ready=true]")
            page.tab.fill("#question", _town(answers)[:2])
            page.tab.wait_for_selector("#question-list li[role=option]")
            page.tab.keyboard.press("ArrowDown")
        assert page.violations() == [] and page.errors == [] and page.foreign() == []


def test_a_page_of_numbers_tells_what_they_mean_in_the_language_it_is_asked_for(release: Path, address: str) -> None:
    name = _names(release, "ja")[4].removesuffix(".html")
    shown = "[...document.querySelectorAll('.key')].filter((one) => one.checkVisibility()).map((one) => one.id)"
    with open_page(f"{address}{name}.html", 390, 844) as page:
        for lang in LANGUAGES:
            page.tab.goto(f"{address}{name}{'' if lang == 'ja' else '.' + lang}.html")
            page.tab.click(".tools a[href*='.numbers.html']")
            page.tab.wait_for_selector(".key:target")
            assert page.tab.evaluate(shown) == [lang]
        page.tab.goto(f"{address}{name}.numbers.html")
        assert page.tab.evaluate(shown) == list(LANGUAGES)


def test_a_card_shown_by_a_script_is_the_card_of_the_page(address: str, answers: Answers) -> None:
    chosen, numbers = random.Random(11), answers.numbers()
    documents = [look_up(answers, name) for name, in chosen.sample(list(answers.rows.named(answers.catalogue.layers["town"])[1]), 4)]
    documents += [_exact(answers, at) for at in chosen.sample(range(len(numbers.key)), 16)]
    with open_page(address + "card.html") as page:
        page.tab.wait_for_selector("html[data-ready=true]")
        for lang in LANGUAGES:
            shown = page.tab.evaluate("""async ([cards, lang]) => { await gispipe.words.load(lang); await gispipe.cardWords.load(gispipe.ask.cards.files, lang); gispipe.words.use(lang);
                return cards.map((card) => { const node = gispipe.cardView(card, { open: true }); const box = document.createElement("div"); box.append(node); return box.innerHTML; }); }""", [documents, lang])
            for document, html in zip(documents, shown, strict=True):
                ours = card_html(told_of(document, document["place"]["kind"] == "town"), Say(lang))
                assert _plain(html) == _plain(ours), (lang, document["query"])


def _exact(answers: Answers, at: int) -> dict[str, Any]:
    hit = answers.numbers().hit(at, "x")
    place = {"kind": hit.kind, "name": "x", "lat": hit.entry.lat, "lon": hit.entry.lon, "layer": hit.entry.layer, "town": "x", "number": hit.entry.number, "note": None, "rest": ""}
    return {"query": at, "place": place, **json.loads(json.dumps(answers.words(answers.of(hit))))}


def _plain(html: str) -> str:
    """Leave aside what serialisers write differently."""
    return re.sub(r' open(="")?(?=>)', "", html).replace("&nbsp;", "\xa0")


def test_the_page_for_any_place_answers_asks_back_and_says_what_went_wrong(address: str, answers: Answers) -> None:
    with open_page(address + f"card.html#q={_town(answers)}&lang=en") as page:
        page.tab.wait_for_selector("#placed-card .hcard")
        assert page.tab.inner_text("h1") == "Hazards and where to go, for any place" and page.tab.evaluate("document.activeElement.id") == "placed-name"
        page.tab.fill("#question", SEVERAL)
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector("#ask-list li:nth-child(2)")
        assert page.tab.is_hidden("#placed") and page.tab.url.endswith(f"#q={quote(SEVERAL)}&lang=en") and "chome is missing" in page.tab.inner_text("#ask-said")
        page.tab.click("#ask-list li:nth-child(2) button")
        page.tab.wait_for_selector("#placed:not([hidden])")
        assert page.errors == []
        for question, said in (("none", "check the spelling"), ("1,2,3", "lat,lon"), ("12.5,130", "outside the city")):
            page.tab.fill("#question", question)
            page.tab.click("#ask button")
            page.tab.wait_for_selector(f'#ask-said:has-text("{said}")')
            assert page.tab.is_hidden("#placed")
        page.tab.fill("#question", "３３．８，１３６．５")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector("#placed:not([hidden])")
        assert page.tab.url.endswith("#33.8/136.5&lang=en") and "#17/" in page.tab.get_attribute("#placed-map", "href")
        page.tab.select_option("#language", "ja")
        page.tab.wait_for_selector('.hc-answer h2:has-text("災害リスク")')
        assert page.errors == []


@pytest.mark.parametrize("missing", ["search", "cards"])
def test_an_answer_whose_files_do_not_come_is_never_an_answer_of_no_hazard(address: str, answers: Answers, missing: str) -> None:
    with open_page(address + "card.html") as page:
        page.tab.wait_for_selector("html[data-ready=true]")
        page.tab.route(f"**/{missing}/**", lambda route: route.abort())
        page.tab.fill("#question", _town(answers))
        page.tab.click("#ask button")
        page.tab.wait_for_selector('#ask-said:has-text("区域外という意味ではありません")')
        assert page.tab.is_hidden("#placed")


def test_the_answer_for_any_place_is_one_sheet_of_paper_with_everything_unfolded(address: str, answers: Answers) -> None:
    with open_page(address + f"card.html#q={_town(answers)}", 390, 844) as page:
        page.tab.wait_for_selector("#placed-card .hcard")
        assert page.tab.evaluate("document.querySelectorAll('.hcard details:not([open])').length") > 1
        paper = page.tab.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1
        assert page.tab.evaluate("document.querySelectorAll('.hcard details:not([open])').length") > 1, "after printing they are folded again"


def test_without_scripts_every_way_into_the_pages_of_text_is_open(release: Path) -> None:
    site = json.loads((release / "map.json").read_text("utf-8"))
    assert site["towns"] == "towns/index.html" and site["ask"] == "card.html"
    assert 'href="towns/index.html"' in (release / "index.html").read_text("utf-8")
    for path in (release / "maps").glob("*.html"):
        assert 'href="../towns/index.html"' in re.search(r"<noscript>.*?</noscript>", path.read_text("utf-8"), re.DOTALL).group()  # type: ignore[union-attr]
    assert 'href="towns/index.html"' in re.search(r"<noscript>.*?</noscript>", (release / "card.html").read_text("utf-8"), re.DOTALL).group()  # type: ignore[union-attr]


def test_places_are_offered_while_somebody_types_and_keys_choose_one(address: str, answers: Answers) -> None:
    town = _town(answers)
    with open_page(address + "card.html") as page:
        page.tab.wait_for_selector("html[data-ready=true]")
        page.tab.fill("#question", town[:2])
        page.tab.wait_for_selector("#question-list li[role=option]")
        assert page.tab.get_attribute("#question", "aria-expanded") == "true" and town in page.tab.inner_text("#question-list")
        page.tab.keyboard.press("ArrowDown")
        chosen = page.tab.inner_text("#question-list [aria-selected=true] b")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_selector("#placed-card .hcard")
        assert page.tab.is_hidden("#question-list") and page.tab.input_value("#question") == chosen and chosen in page.tab.inner_text("#placed-name")
        page.tab.fill("#question", "33.8,136.5")
        page.tab.keyboard.press("Enter")
        page.tab.wait_for_function("() => location.hash === '#33.8/136.5'")
        assert page.tab.is_hidden("#question-list") and page.errors == [] and page.console == []


HELD = """const { fetch } = window;
window.fetch = (url, ...more) => (String(url).endsWith("map.json") ? new Promise((go) => { window.letGo = go; }) : Promise.resolve()).then(() => fetch(url, ...more));"""


@pytest.mark.parametrize(("name", "field", "offers"), [("card.html", "#question", "#question-list"), ("maps/hazard.html", "#search", "#search-list")])
def test_what_was_typed_before_the_page_was_ready_is_offered_then(address: str, answers: Answers, name: str, field: str, offers: str) -> None:
    with open_page(address + name, init=HELD) as page:
        page.tab.click(field)
        page.tab.keyboard.type(_town(answers)[:2])
        assert page.tab.get_attribute("html", "data-ready") is None
        page.tab.evaluate("() => window.letGo()")
        page.tab.wait_for_selector(f"{offers} li[role=option]")
        assert _town(answers) in page.tab.inner_text(offers)
