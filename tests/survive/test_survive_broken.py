"""Files of a release that are missing, cut off, changed or refused: one calm sentence each, and never a place that looks free of hazards."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import FileResponse, PlainTextResponse, StreamingResponse

from gispipe.web.words import table
from tests.browser import OpenPage, open_page, serve_folder

WORDS = table("ja")
FRESH = {"Cache-Control": "no-store"}
SAID = "() => [...document.querySelectorAll('#toast, #ask-said, #search-list, #place-body')].filter((one) => !one.hidden).map((one) => one.innerText).join('\\n')"
Damage = Callable[[Path], None]
Instead = Callable[[Path], Callable[[str], Any]]


def gone(path: Path) -> None:
    path.unlink()


def cut(share: float) -> Damage:
    return lambda path: path.write_bytes(path.read_bytes()[:int(path.stat().st_size * share)])  # type: ignore[return-value]


def directory_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:130])


def flipped(path: Path) -> None:
    """Turn over every byte of the tiles of an archive."""
    content = path.read_bytes()
    start = int.from_bytes(content[56:64], "little")
    path.write_bytes(content[:start] + bytes(byte ^ 0x55 for byte in content[start:]))


def sorry(path: Path) -> None:
    path.write_bytes(b"<!DOCTYPE html><title>404</title>" + b"not here " * 4000)


def other(path: Path) -> None:
    """Put a sound file of the same kind in its place."""
    beside = next((one for one in sorted(path.parent.glob(path.name.split("-")[0].rstrip("0123456789") + "*")) if one != path), None)
    path.write_bytes(beside.read_bytes() if beside else path.read_bytes() + b" ")


def answered(status: int, part: str) -> Instead:
    return lambda folder: lambda name: PlainTextResponse(str(status), status) if part in name else None


def plain(part: str) -> Instead:
    """Another content type for everything in a part of the release."""
    return lambda folder: lambda name: FileResponse(folder / name, media_type="text/plain", headers=FRESH) if part in name and (folder / name).is_file() else None


def slow(part: str) -> Instead:
    def instead(folder: Path) -> Callable[[str], Any]:
        async def late(content: bytes) -> AsyncIterator[bytes]:
            import asyncio

            await asyncio.sleep(1.5)
            yield content
        return lambda name: StreamingResponse(late((folder / name).read_bytes()), media_type="application/json") if part in name and (folder / name).is_file() else None
    return instead


@dataclass(frozen=True)
class Case:
    """What is damaged (files by pattern) or answered otherwise, what is done then, and the sentence that follows."""

    files: str = ""
    damage: Damage = gone
    instead: Instead | None = None
    does: str = "click"
    says: str | None = "failed"
    card: bool = True


MAP = {
    "archives missing": Case("tiles/*", gone), "archive's directory cut off": Case("tiles/*", directory_cut), "archive cut off in a tile": Case("tiles/flood-*", cut(0.45)),
    "tiles changed": Case("tiles/*", flipped), "archives are pages that say sorry": Case("tiles/*", sorry), "archives 403": Case(instead=answered(403, "tiles/")), "archives 500": Case(instead=answered(500, "tiles/")),
    "card index missing": Case("cards/index*", gone, says="card_failed", card=False), "card index cut off": Case("cards/index*", cut(0.5), says="card_failed", card=False),
    "card ground changed": Case("cards/ground*", other, says="card_failed", card=False), "card ground 403": Case(instead=answered(403, "cards/ground"), says="card_failed", card=False),
    "sentences of the card 500": Case(instead=answered(500, "cards/words"), says="card_failed", card=False), "roads of the card cut off": Case("cards/roads*", cut(0.5), says="card_failed", card=False),
    "search index missing": Case("search/index*", gone, does="search", says="search_failed"), "search shard cut off": Case("search/numbers*", cut(0.5), does="search", says="search_failed"),
    "search shard of another": Case("search/numbers*", other, does="search", says="search_failed"), "search 403": Case(instead=answered(403, "search/"), does="search", says="search_failed"),
    "tools missing": Case("assets/tools*", gone, does="tools", says="draw_not_loaded"), "words of another language missing": Case("assets/words_ko*", gone, does="language", says="words_failed"),
    "everything as text": Case(instead=plain(".json"), says=None), "cards slow": Case(instead=slow("cards/"), says=None),
}
START = {
    "map.json missing": Case("map.json", gone), "map.json cut off": Case("map.json", cut(0.6)), "map.json a page": Case("map.json", sorry), "style missing": Case("style-*", gone),
    "style cut off": Case("style-*", cut(0.5)), "style 403": Case(instead=answered(403, "style-")), "words missing": Case("assets/words_ja*", gone), "symbols 500": Case(instead=answered(500, "symbols")),
}
TEXT = {
    "map.json cut off": Case("map.json", cut(0.6), does="nothing", says="card_failed"), "words missing": Case("assets/words_ja*", gone, does="nothing", says="card_failed"),
    "card index missing": Case("cards/index*", gone, says="card_failed"), "card ground changed": Case("cards/ground*", other, says="card_failed"), "cards 500": Case(instead=answered(500, "cards/"), says="card_failed"),
    "search cut off": Case("search/numbers*", cut(0.4), does="search", says="card_failed"), "words of another language missing": Case("assets/words_ko*", gone, does="language", says="words_failed"),
}


def place() -> str:
    from askedcity import degrees_of

    return "/".join(f"{float(part):.6f}" for part in degrees_of(30.0, 200.0).split(","))


def damaged(folder: Path, case: Case) -> Callable[[str], Any] | None:
    for path in sorted(folder.glob(case.files)) if case.files else []:
        case.damage(path)
    return case.instead(folder) if case.instead else None


def until(page: OpenPage, sentence: str) -> None:
    page.tab.wait_for_function("([said, wanted]) => [...document.querySelectorAll('#toast, #ask-said, #search-list, #place-body')].some((one) => !one.hidden && one.innerText.includes(wanted))",
                               arg=["", sentence], timeout=15_000)


def no_free_place(page: OpenPage) -> None:
    """Where data did not come, nothing on the page says that the place is outside of zones."""
    said = page.tab.evaluate(SAID).replace(WORDS["card_failed"], "").replace(WORDS["hazard_note"], "").replace(WORDS["card_caution"], "")
    assert WORDS["nothing_here"] not in said and WORDS["card_state_outside"] not in said, said


@pytest.mark.parametrize("name", MAP)
def test_a_map_with_a_damaged_file_says_one_sentence_and_the_rest_goes_on(before: Path, name: str) -> None:
    case = MAP[name]
    instead = damaged(before, case)
    with serve_folder(before, FRESH, instead) as url, open_page(f"{url}maps/hazard.html#16/{place()}/hazard/base/-/ja") as page:
        page.ready()
        if case.does == "search":
            page.tab.fill("#search", "青葉一丁目1-2")
        elif case.does == "tools":
            page.tab.evaluate("() => gispipe.startSketch()")
        elif case.does == "language":
            page.tab.select_option("#language", "ko")
        if case.says and case.says != "card_failed":
            until(page, WORDS[case.says])
        page.tab.evaluate("([lat, lon]) => { gispipe.viewer.place.ask(L.latLng(lat, lon)); }", [float(part) for part in place().split("/")])
        page.tab.wait_for_function("() => !document.querySelector('#place-body .wait') && document.querySelector('#place-body .features')")
        answer = page.tab.inner_text("#place-body")
        if case.card:
            assert "0m以上0.5m未満" in answer, answer  # the card knows, whatever the tiles do
        else:
            assert WORDS["card_failed"] in answer
            no_free_place(page)
        if "tiles" in (case.files or "") or "archives" in name:
            assert WORDS["nothing_here"] not in answer
        if case.says is None:
            assert page.tab.is_hidden("#toast")
        assert page.errors == [] and not page.tab.query_selector("#updated")


@pytest.mark.parametrize("name", START)
def test_a_map_that_cannot_start_says_so(before: Path, name: str) -> None:
    instead = damaged(before, START[name])
    with serve_folder(before, FRESH, instead) as url, open_page(f"{url}maps/hazard.html") as page:
        until(page, WORDS["failed"])
        page.tab.wait_for_selector("#loading", state="hidden")
        no_free_place(page)
        assert page.errors == [] and page.tab.is_visible("#toast")


@pytest.mark.parametrize("name", TEXT)
def test_the_page_of_text_with_a_damaged_file_says_one_sentence(before: Path, name: str) -> None:
    case = TEXT[name]
    instead = damaged(before, case)
    with serve_folder(before, FRESH, instead) as url, open_page(f"{url}card.html") as page:
        if case.does != "nothing":
            page.tab.wait_for_selector("html[data-ready=true]")
        if case.does == "language":
            page.tab.select_option("#language", "ko")
        elif case.does != "nothing":
            page.tab.fill("#question", "青葉一丁目1-2" if case.does == "search" else place().replace("/", ","))
            page.tab.keyboard.press("Enter")
        until(page, WORDS[case.says or ""])
        assert page.tab.is_hidden("#placed") and page.errors == []
        no_free_place(page)


def test_no_word_of_the_damage_is_shown(before: Path) -> None:
    """Addresses, states and names of files are for the console."""
    for path in [*before.glob("tiles/*"), *before.glob("cards/*"), *before.glob("search/*")]:
        path.unlink()
    began = time.monotonic()
    with serve_folder(before, FRESH) as url, open_page(f"{url}maps/hazard.html#16/{place()}/hazard/base/-/ja/p={place().replace('/', ',')}") as page:
        page.ready()
        page.tab.fill("#search", "青葉")
        until(page, WORDS["search_failed"])
        said = page.tab.evaluate("() => document.body.innerText")
        for word in ("404", "undefined", "null", "NaN", "[object", ".json", "pmtiles", "Error", json.loads((before / "map.json").read_bytes())["search"]):
            assert word not in said, word
        assert len([one for one in page.requests if "map.json" in one]) <= 2 + (time.monotonic() - began) / 5
