"""What is in the files of a release: the same bytes every time, nothing foreign, nothing inline."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path

import lxml.html
import pytest

from gispipe.errors import Failure
from gispipe.shelf import Shelf
from gispipe.symbols import SYMBOLS
from gispipe.web import foliumpage, pages
from gispipe.web.foliumpage import OfflineHeader, render_map
from gispipe.web.foliumparts import folium_parts
from gispipe.web.pages import MODULES, write_pages
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
    assert parts.scripts == ("leaflet.js", "pmtiles.js", "protomaps-leaflet.js", "viewer.js")
    assert parts.styles == ("leaflet.css", "viewer.css")
    assert 'id="map_n0"' in parts.body and parts == render_map((136.2, 35.1), 14, (10, 19))


def test_every_script_of_the_folder_is_in_the_viewer_and_none_uses_html_strings() -> None:
    folder = pages.HERE / "js"
    assert {p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.js")} == set(MODULES)
    for path in folder.rglob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path
        assert len(text.splitlines()) <= 200, path
        assert '"use strict";' in text, path


def test_every_language_has_the_same_sentences() -> None:
    tables = {}
    for path in (pages.HERE / "js" / "words").glob("*.js"):
        text = path.read_text("utf-8")
        tables[path.stem] = {key: json.loads(value) for key, value in re.findall(r'^  (\w+): (".*"),$', text, re.MULTILINE)}
    assert set(tables) == {"ja", "en", "zh", "ko", "easy"}
    for lang, table in tables.items():
        assert table.keys() == tables["ja"].keys(), lang
        for key, sentence in table.items():
            assert sentence and set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", tables["ja"][key])), (lang, key)


def test_every_sentence_the_scripts_ask_for_exists() -> None:
    known = set(re.findall(r"^  (\w+): ", (pages.HERE / "js" / "words" / "ja.js").read_text("utf-8"), re.MULTILINE))
    asked = set(re.findall(r'data-t(?:-label|-title)?="(\w+)"', (pages.HERE / "templates" / "map.html").read_text("utf-8")))
    for path in (pages.HERE / "js").glob("*.js"):
        asked |= set(re.findall(r'\bt\("(\w+)"', path.read_text("utf-8")))
    assert asked <= known, asked - known


def test_every_symbol_a_style_may_name_has_a_drawing() -> None:
    drawings = json.loads((pages.HERE / "symbols.json").read_text("utf-8"))["symbols"]
    assert set(drawings) == SYMBOLS
    for name, drawing in drawings.items():
        for part in drawing["parts"]:
            assert len({"disc", "rect", "arc", "poly", "line"} & set(part)) == 1, name
