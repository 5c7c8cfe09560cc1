"""The pages without a map: a page of text for every town, and one that answers for any place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gispipe.address.columns import NumberColumns
from gispipe.answers.card import Answers
from gispipe.catalogue import Catalogue
from gispipe.find.tables import tables_script
from gispipe.model import Audience
from gispipe.shelf import Shelf
from gispipe.web.csp import policy
from gispipe.web.files import Out, canonical
from gispipe.web.know.chips import chips
from gispipe.web.know.say import Say
from gispipe.web.pages import FINDING, HERE, KNOWING, joined
from gispipe.web.program import program_digest
from gispipe.web.provenance import write_provenance
from gispipe.web.templating import render
from gispipe.web.towns.page import Common
from gispipe.web.towns.write import write_towns
from gispipe.web.words import LANGUAGES, table

ASK = "card.html"
SHEETS = ("base", "index", "card", "text")
MODULES = ("base/words", "base/sha256", "base/readable", "base/dom", "keep/release", *FINDING, *KNOWING, "know/kinds", "know/goals", "know/told", "know/view", "find/combobox", "text/question", "text/offer", "text/ask")
"""The scripts of the page that answers for any place, in the order they need each other."""


@dataclass(frozen=True)
class Texts:
    """Addresses from the root of the release: the list of towns (None without towns), the page that answers for any place, what stands behind the data; chips: the sheet of the classes' marks."""

    towns: str | None
    ask: str
    sources: str
    chips: bytes


def write_texts(draft: Path, catalogue: Catalogue, audience: Audience, shelf: Shelf | None = None, columns: Callable[[], NumberColumns] | None = None) -> Texts:
    """Write the pages of text of an audience into a draft, from its own kept answers alone; columns: gives the numbers of its register, where others read them too.

    Raises NotFound when the answers are missing or older than the data.
    """
    out = Out(draft)
    marks = chips(catalogue, audience)
    css = out.put_hashed("assets/", "text.css", joined("css", SHEETS, ".css") + b"\n" + marks)
    icon = out.put_hashed("assets/", "icon.svg", (HERE / "css" / "icon.svg").read_bytes()).url
    maps = catalogue.maps_for(audience)
    first = next((one.id for one in maps if one.id == catalogue.city.default_map), maps[0].id)
    common = Common(policy(), css, icon, ASK, f"maps/{first}.html", catalogue, audience)
    answers = Answers(catalogue, audience)
    towns = write_towns(out, answers, common, shelf or Shelf(None), columns)
    _write_ask(out, common, towns)
    return Texts(towns, ASK, write_provenance(out, common, catalogue, audience, answers.files.entries), marks)


def _write_ask(out: Out, common: Common, towns: str | None) -> None:
    script = out.put_hashed("assets/", "text.js", tables_script() + joined("js", MODULES, ".js"))
    words = {lang: out.put_named("assets/", f"words_{lang}.json", canonical(table(lang))) for lang in LANGUAGES}
    page = render("card.html", csp=policy(), css=common.css, icon=common.icon, script=script, words=canonical(words).decode().strip(), map=common.map, towns=towns, pages=program_digest(),
                  city=common.catalogue.city, say=Say("ja"))
    out.put(ASK, page.encode())
