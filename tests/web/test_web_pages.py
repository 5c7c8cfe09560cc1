"""What is in the files of a release: the same bytes every time, nothing foreign, nothing inline."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import get_args

import lxml.html
import pytest

from gispipe.errors import Failure
from gispipe.shelf import Shelf
from gispipe.symbols import SYMBOLS
from gispipe.answers.card import HOLDERS
from gispipe.model.basics import Hazard, SiteHazard
from gispipe.roads import WHY
from gispipe.web import foliumpage, pages, texts, words
from gispipe.web.foliumpage import OfflineHeader, render_map
from gispipe.web.foliumparts import folium_parts
from gispipe.web.know.paper import LIMITS
from gispipe.web.know.say import STATES, WHY_KEYS
from gispipe.web.pages import EARLY, MODULES, PAINTING, TOOLS, write_pages
from gispipe.web.words import LANGUAGES, table
from tests.web import sample

URLS = {"base": "tiles/base-0.pmtiles", "hazard": "tiles/hazard-0.pmtiles", "photo": "tiles/photo-0.pmtiles"}
ENTRY = {"n": "みほん小学校", "l": "shelter", "c": [136.2, 35.1], "s": "避難所", "f": 1}


def _bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def written(release: Path, tmp_path: Path) -> Path:
    write_pages(tmp_path, sample.site(URLS, [ENTRY]))
    return tmp_path


def test_two_builds_are_the_same_bytes(written: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    again = tmp_path_factory.mktemp("again")
    write_pages(again, sample.site(URLS, [ENTRY]))
    assert _bytes(again) == _bytes(written)


def test_folium_is_asked_once_for_a_map_and_its_pages_stay_the_same(written: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again, kept = (tmp_path_factory.mktemp(name) for name in ("first", "again", "kept"))
    write_pages(first, sample.site(URLS, [ENTRY]), Shelf(kept))
    monkeypatch.setattr(foliumpage, "render_map", None)  # whoever asks now is refused
    write_pages(again, sample.site(URLS, [ENTRY]), Shelf(kept))
    assert _bytes(again) == _bytes(first) == _bytes(written)
    with pytest.raises(TypeError):
        folium_parts((136.0, 35.0), 11.5, (9, 19), Shelf(kept))  # a map of another place


def test_every_written_file_is_reported(release: Path, tmp_path: Path) -> None:
    reported = write_pages(tmp_path, sample.site(URLS, [ENTRY]))
    assert sorted(reported) == sorted(p for p in tmp_path.rglob("*") if p.is_file())


def test_no_page_names_a_foreign_address(written: Path) -> None:
    for name, content in _bytes(written).items():
        if name.endswith((".html", ".css", ".json")):
            text = re.sub(rb"/\*.*?\*/", b"", content, flags=re.DOTALL)  # Leaflet's comments cite bug reports
            assert not re.search(rb"(?:https?:)?//[a-z0-9]", text.replace(b"http://www.w3.org/2000/svg", b"")), name


def test_pages_have_no_inline_script_style_or_handler(written: Path) -> None:
    for page in written.rglob("*.html"):
        tree = lxml.html.fromstring(page.read_bytes())
        assert not [s for s in tree.iter("script") if s.get("src") is None]
        assert not list(tree.iter("style"))
        for node in tree.iter():
            assert not [a for a in node.attrib if a == "style" or a.startswith("on")], node


def test_every_page_forbids_everything_but_its_own_host(written: Path) -> None:
    for page in written.rglob("*.html"):
        tree = lxml.html.fromstring(page.read_bytes())
        (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy and "*" not in policy


def test_every_linked_script_and_style_carries_its_hash(written: Path) -> None:
    for page in written.rglob("*.html"):
        tree = lxml.html.fromstring(page.read_bytes())
        links = [(n.get("src") or n.get("href"), n.get("integrity")) for n in tree.xpath("//script | //link[@rel='stylesheet']")]
        assert links
        for url, integrity in links:
            content = (page.parent / url).resolve().read_bytes()
            assert integrity == "sha384-" + b64encode(hashlib.sha384(content).digest()).decode()


def test_files_named_by_digest_hold_what_their_name_says(written: Path) -> None:
    for name, content in _bytes(written).items():
        found = re.search(r"-([0-9a-f]{12})\.", name)
        if found:
            assert hashlib.sha256(content).hexdigest().startswith(found.group(1)), name


def test_pages_say_language_title_and_let_people_zoom(written: Path) -> None:
    for page in written.rglob("*.html"):
        tree = lxml.html.fromstring(page.read_bytes())
        assert tree.get("lang") == "ja" and "みほん市" in tree.findtext(".//title")
        (viewport,) = tree.xpath("//meta[@name='viewport']/@content")
        assert "user-scalable" not in viewport and "maximum-scale" not in viewport


def test_fictitious_city_and_notice_are_on_every_page(written: Path) -> None:
    for page in written.rglob("*.html"):
        text = page.read_text("utf-8")
        assert "架空の市" in text and "すべて架空のものです" in text


def test_a_real_city_is_not_called_fictitious(release: Path, tmp_path: Path) -> None:
    write_pages(tmp_path, sample.site(URLS, [ENTRY], fictitious=False))
    assert all("架空の市" not in p.read_text("utf-8") for p in tmp_path.rglob("*.html"))


def test_the_list_of_maps_links_each_page(written: Path) -> None:
    tree = lxml.html.fromstring((written / "index.html").read_bytes())
    assert tree.xpath("//a[@class='card']/@href") == [f"maps/{m}.html" for m in ("flood", "landslide", "shelters", "plain")]
    assert not list(tree.iter("script"))


def test_hostile_titles_stay_text(release: Path, tmp_path: Path) -> None:
    for bad in sample.HOSTILE:
        site = sample.site(URLS, [ENTRY], name=bad, notice=bad, contact=bad, edition=bad)
        write_pages(tmp_path, site)
        for page in tmp_path.rglob("*.html"):
            tree = lxml.html.fromstring(page.read_bytes())
            assert not list(tree.iter("img")) and not tree.xpath("//svg[@onload]")
            assert all(s.get("src") for s in tree.iter("script"))


def test_an_unknown_link_stops_the_page() -> None:
    from branca.element import JavascriptLink

    with pytest.raises(Failure, match="not one of our assets|登録したアセットではありません"):
        OfflineHeader().add_child(JavascriptLink("https://cdn.example/x.js"), name="something_new")


def test_folium_asks_for_nothing_we_do_not_have() -> None:
    parts = render_map((136.2, 35.1), 14, (10, 19))
    assert parts.scripts == ("leaflet.js", "viewer.js")
    assert parts.styles == ("leaflet.css", "viewer.css")
    assert 'id="map_n0"' in parts.body and parts == render_map((136.2, 35.1), 14, (10, 19))


def test_every_script_of_the_folder_is_in_the_viewer_and_none_uses_html_strings() -> None:
    folder = pages.HERE / "js"
    assert {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.js")} == {*EARLY, *MODULES, *PAINTING, *TOOLS, *texts.MODULES}
    for path in folder.rglob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path
        assert len(text.splitlines()) <= 200, path
        assert '"use strict";' in text, path


def test_no_name_of_the_scripts_is_given_twice() -> None:
    names = [name for one in dict.fromkeys([*EARLY, *MODULES, *PAINTING, *texts.MODULES]) for name in re.findall(r"^  gp\.(\w+) = ", (pages.HERE / "js" / f"{one}.js").read_text("utf-8"), re.MULTILINE)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_every_language_has_the_same_sentences() -> None:
    assert {path.stem for path in words.FOLDER.glob("*.json")} == set(LANGUAGES) == {"ja", "en", "zh", "ko", "easy"}
    for lang in LANGUAGES:
        assert table(lang).keys() == table("ja").keys(), lang
        for key, sentence in table(lang).items():
            assert sentence and set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", table("ja")[key])), (lang, key)


def test_the_scripts_know_the_same_languages() -> None:
    script = (pages.HERE / "js" / "base" / "words.js").read_text("utf-8")
    assert dict(LANGUAGES) == {lang: (tag, name) for lang, tag, name in re.findall(r'(\w+): \["([\w-]+)", "([^"]+)"\]', script)}


def test_every_sentence_the_scripts_ask_for_exists() -> None:
    asked = set(re.findall(r'data-t(?:-label|-title)?="(\w+)"', (pages.HERE / "templates" / "map.html").read_text("utf-8")))
    for path in (pages.HERE / "js").rglob("*.js"):
        asked |= set(re.findall(r'\bt\("(\w+)"', path.read_text("utf-8")))
    assert asked <= table("ja").keys(), asked - table("ja").keys()


def test_every_sentence_is_asked_for_somewhere() -> None:
    found = [path for folder in ("js", "templates", "know", "towns") for path in (pages.HERE / folder).rglob("*.*")] + list(pages.HERE.glob("*.py"))
    programs = "".join(path.read_text("utf-8") for path in found if path.suffix in (".js", ".html", ".py"))
    by_name = {f"card_{name}" for name in (*get_args(Hazard), *get_args(SiteHazard), "stay", *WHY)} | {f"card_state_{state}" for state in STATES}  # keys that are put together
    by_name |= {f"card_around_{role}" for role in HOLDERS} | {f"card_kind_{kind}" for kind in ("point", "address", "lot", "facility", "town", "block")}
    assert by_name <= set(table("ja"))
    assert [key for key in table("ja") if key not in by_name and not re.search(rf'["\'.]{key}\b', programs)] == []


def test_cards_in_scripts_and_on_pages_use_the_same_keys_and_figures() -> None:
    told, view = ((pages.HERE / "js" / "know" / f"{name}.js").read_text("utf-8") for name in ("told", "view"))
    assert {why: key for why, key in re.findall(r'"([^"]+)": "(card_\w+)"', told)} == WHY_KEYS
    assert dict(re.findall(r'(\w+): "([^"]+)"', told[told.index("const STATES"):].split("\n")[0])) == STATES
    assert {lang: tuple(map(int, three.split(", "))) for lang, three in re.findall(r"(\w+): \[([\d, ]+)\]", view)} == LIMITS


def test_every_symbol_a_style_may_name_has_a_drawing() -> None:
    drawings = json.loads((pages.HERE / "symbols.json").read_text("utf-8"))["symbols"]
    assert set(drawings) == SYMBOLS
    for name, drawing in drawings.items():
        for part in drawing["parts"]:
            assert len({"disc", "rect", "arc", "poly", "line"} & set(part)) == 1, name
