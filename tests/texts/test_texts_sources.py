"""What stands behind the data, in words and as JSON: everything of the public layers, nothing of what stays inside."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tinycity import command

from gispipe.web.words import LANGUAGES
from tests.browser import open_page, serve_folder
from tests.conftest import MadeOnce
from tests.refresh.yearcity import year_city


@pytest.fixture(scope="session")
def told(made_once: MadeOnce, page_assets: Path) -> Path:
    """A finished city of which every layer says where it comes from."""
    def make(folder: Path) -> None:
        year_city(folder)
        for name in ("flood", "parcel", "shelter"):
            layer = folder / f"layers/{name}.toml"
            text = layer.read_text("utf-8")
            text = text.replace('attribution = "試験用"\n', "")
            head, mark, rest = text.partition("[source]\n")
            layer.write_text(f'{head}{mark}attribution = "{name}の出典 <b>"\nlicense = "CC BY 4.0"\napproval = "R 8JHs {name}"\n{rest}'.replace(
                "[join.ledger.source]\n", '[join.ledger.source]\nattribution = "課税台帳の出典"\n'), "utf-8")
        assert command(["run", "--city", str(folder), "--quiet"]) == 0

    return made_once("told_sources", make)


def document(city: Path, audience: str) -> dict:
    return json.loads((city / "output" / audience / "current/sources/sources.json").read_text("utf-8"))


def test_each_layer_says_source_licence_approval_files_and_transformation(told: Path) -> None:
    layers = {one["id"]: one for one in document(told, "public")["layers"]}
    lock = json.loads((told / "output/inputs.lock").read_text("utf-8"))["sources"]

    assert set(layers) == {"flood", "parcel", "shelter", "photo"}
    assert layers["parcel"]["sources"] == [{"attribution": "parcelの出典 <b>", "license": "CC BY 4.0", "approval": "R 8JHs parcel"}] and layers["parcel"]["owner"] == "資産税課"
    for name, one in layers.items():
        assert [(file["path"], file["sha256"]) for file in one["files"]] == [(file["path"], file["sha256"]) for file in lock[name]]
    assert [(one["from"], one["to"]) for one in layers["parcel"]["operations"]] == [("EPSG:6668", "EPSG:6674")]


def test_the_public_hears_nothing_of_a_ledger_and_the_office_everything(told: Path) -> None:
    public = "".join(path.read_text("utf-8") for path in (told / "output/public/current/sources").iterdir())

    assert "課税台帳" not in public and "ledger" not in public and "internal" not in public
    assert "課税台帳の出典" in json.dumps(document(told, "internal"), ensure_ascii=False)


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_the_page_is_there_in_every_language_and_says_it_as_text(told: Path, lang: str) -> None:
    ending = "" if lang == "ja" else f".{lang}"
    page = (told / f"output/public/current/sources/index{ending}.html").read_text("utf-8")

    assert page.count("<section") == 4 and "parcelの出典 &lt;b&gt;" in page and "R 8JHs flood" in page and f'<html lang="{LANGUAGES[lang][0]}"' in page
    assert not re.search(r"\bprov_\w+|\{\w*\}", page)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_the_page_is_for_everyone_and_found_from_every_page(told: Path, size: tuple[int, int]) -> None:
    with serve_folder(told / "output/public/current") as url:
        with open_page(f"{url}sources/index.en.html", *size) as page:
            assert page.violations() == [] and page.console == []
            assert page.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
        with open_page(f"{url}maps/hazard.html#15/34.785/135.478/hazard/base/-/ko", *size) as page:
            page.ready()
            assert page.tab.get_attribute("#sources-page", "href") == "../sources/index.ko.html"
        for start in ("index.html", "card.html"):
            with open_page(url + start, *size) as page:
                page.tab.click("a[href^='sources/index']")
                page.tab.wait_for_url("**/sources/index.html")
                assert page.tab.inner_text("h1") == "データの出典"
