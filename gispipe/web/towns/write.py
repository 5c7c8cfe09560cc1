"""Write the pages of all towns and their list, five languages each, and the pages of their numbers; a town whose answers are as they were is not made again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cached_property

from gispipe.address.columns import NumberColumns
from gispipe.answers.advice import rules
from gispipe.answers.card import Answers, Ground
from gispipe.answers.sentences import table as sentences
from gispipe.shelf import Shelf, key_of
from gispipe.web.files import Out
from gispipe.web.know.kinds import kinds_of
from gispipe.web.know.say import Say
from gispipe.web.know.view import told_of
from gispipe.web.templating import FOLDER as TEMPLATES
from gispipe.web.towns.index import index_html
from gispipe.web.towns.listed import TownPage, town_pages
from gispipe.web.towns.numbers import Numbers
from gispipe.web.towns.page import NUMBERS, Common, NumberPages, TownPages, suffix
from gispipe.web.towns.table import Written
from gispipe.web.words import LANGUAGES, table

FOLDER = "towns/"
ENDINGS = (*map(suffix, LANGUAGES), NUMBERS)
"""How the names of the pages of a town end."""
PROGRAMS = ("web/towns", "web/know", "web/templating.py", "web/words.py", "answers", "address", "roads", "model", "style_classes.py", "statistics/ink.py", "arrays.py", "arrow.py", "ragged.py", "squares.py", "crs.py",
            "withheld.py", "words.py")


def write_towns(out: Out, answers: Answers, common: Common, shelf: Shelf, columns: Callable[[], NumberColumns] | None = None) -> str | None:
    """Write towns/<key>[.<language>].html, towns/<key>.numbers.html and towns/index[.<language>].html; return the address of the list, None for a city whose towns have no ground in the data.

    columns: see `write_texts`.
    """
    made = _Made(answers, common, columns, shelf)
    known = json.loads(shelf.content("town-list", made.key, made.listed))
    shelf.still("town-spots")  # what the keys were made with
    if not known["keys"]:
        return None
    shelf.each("town-pages", known["keys"], out.root, made.town)
    for lang, text in zip(LANGUAGES, known["index"], strict=True):
        out.put(f"{FOLDER}index{suffix(lang)}", text.encode())
    return f"{FOLDER}index.html"


class _Made:
    """The pages of an audience, each piece made when it is first asked for."""

    def __init__(self, answers: Answers, common: Common, columns: Callable[[], NumberColumns] | None, shelf: Shelf) -> None:
        self._answers, self._common, self._columns, self._shelf = answers, common, columns, shelf
        self._says = [Say(lang) for lang in LANGUAGES]

    @cached_property
    def key(self) -> str:
        """A digest of everything that the pages together depend on: data, declarations, words, templates, programs."""
        files, catalogue = self._answers.files, self._answers.catalogue
        layers = [layer.model_dump(mode="json") for layer in catalogue.layers_for(self._answers.audience)]
        styles = [catalogue.styles[name].model_dump(mode="json", by_alias=True) for name in sorted({str(layer["style"]) for layer in layers} & set(catalogue.styles))]
        versions = {name: str(entry["version"]) for name, entry in files.entries.items()}
        return key_of([self._base, versions, sorted(path.name for path in files.all()), catalogue.city.model_dump(mode="json"), layers, styles], *PROGRAMS, libraries=("shapely", "pyproj", "numpy", "pyarrow"))

    @cached_property
    def _base(self) -> str:
        """A digest of what a page depends on besides the answers of its own town."""
        frames = [{**self._common.said(say), "css": self._common.css.url} for say in self._says]
        templates = [(TEMPLATES / name).read_text("utf-8") for name in ("towns_head.html", "tongues.html", "town.html", "towns.html", "numbers.html")]
        words = [dict(told(lang)) for lang in LANGUAGES for told in (table, sentences)]
        return key_of([self._common.map, frames, words, rules(), self._answers.sources, templates], *PROGRAMS, libraries=("jinja2", "markupsafe"))

    def listed(self) -> bytes:
        """Return by town the key of its pages, and the list of towns in all languages, as JSON."""
        keys = {page.key: self._key_of(page) for page in self._pages}
        told = [(page, kinds_of(self._ground[page.key][0])) for page in self._pages]
        index = [index_html(told, self._common.said(say), say).decode() for say in self._says] if keys else []
        return json.dumps({"keys": keys, "index": index}, ensure_ascii=False).encode()

    def town(self, key: str) -> dict[str, bytes]:
        """Return the pages of a town in all languages, and the one of its numbers, by name."""
        page = self._by_key[key]
        numbers = Written(self._numbers.of(page.id), self._numbers.several.get(page.id, ()), self._numbers.count(page.id))
        told = told_of(self._answers.words(page.place, self._ground[key]), town=True)
        texts = [one.html(page, told, numbers.count, self._names) for one in self._frames]
        texts.append(self._number_pages.html(page, numbers))
        return {f"{FOLDER}{key}{ending}": text.encode() for ending, text in zip(ENDINGS, texts, strict=True) if text}

    def _key_of(self, page: TownPage) -> str:
        """Return a digest of what its pages depend on; what to do follows from hazards and sites by the rules."""
        near = [(key, self._names[key]) for key in page.near]
        parts = [self._ground[page.key], self._answers.shelters.sign(page.place), self._numbers.sign(page.id)]
        return key_of([self._base, page.key, page.name, page.kana, page.place.lat, page.place.lon, near, *parts])

    @cached_property
    def _pages(self) -> list[TownPage]:
        return town_pages(self._answers)

    @cached_property
    def _by_key(self) -> Mapping[str, TownPage]:
        return {page.key: page for page in self._pages}

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {page.key: page.name for page in self._pages}

    @cached_property
    def _ground(self) -> Mapping[str, Ground]:
        """What the hazard layers say of each town, and the areas that its middle is in."""
        return {page.key: self._answers.ground(page.place) for page in self._pages}

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(self._answers, self._columns() if self._columns else None, self._shelf)

    @cached_property
    def _frames(self) -> list[TownPages]:
        return [TownPages(self._common, say) for say in self._says]

    @cached_property
    def _number_pages(self) -> NumberPages:
        return NumberPages(self._common, self._says)
