"""The pages of a town: in each language its card, links to the map and to the towns beside it; and one page for all languages with the answers of its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gispipe.catalogue import Catalogue
from gispipe.model import Audience
from gispipe.web.files import Linked
from gispipe.web.know.say import Say, safe
from gispipe.web.know.view import Told, card_html
from gispipe.web.towns.frame import Frame
from gispipe.web.towns.listed import TownPage
from gispipe.web.towns.table import Key, Written
from gispipe.web.words import LANGUAGES

TONGUES = [(code, tag, name) for code, (tag, name) in LANGUAGES.items()]


@dataclass(frozen=True)
class Common:
    """What all pages of text of an audience have in common; addresses are from the root of the release."""

    csp: str
    css: Linked
    icon: str
    ask: str
    map: str
    catalogue: Catalogue
    audience: Audience

    @property
    def fictitious(self) -> bool:
        return self.catalogue.city.fictitious

    def said(self, say: Say) -> Mapping[str, Any]:
        """Return what a page's frame says in a language."""
        city = self.catalogue.city
        foot = [city.notice and say.local(city.notice), city.contact and say.t("contact", name=say.local(city.contact)), city.edition and say.local(city.edition)]
        return {"csp": self.csp, "css": self.css, "icon": self.icon, "ask": self.ask + ("" if say.lang == "ja" else f"#lang={say.lang}"), "fictitious": self.fictitious,
                "city": city.names.get(say.lang) or city.name, "list": f"index{suffix(say.lang)}", "foot": "　".join(filter(None, foot)), "sources": f"../sources/index{suffix(say.lang)}"}


NUMBERS = ".numbers.html"
"""How the page of a town's numbers ends."""


def suffix(lang: str) -> str:
    """Return how a page's name ends in a language; Japanese is the plain one."""
    return ".html" if lang == "ja" else f".{lang}.html"


class TownPages:
    """The pages of towns in a language."""

    def __init__(self, common: Common, say: Say) -> None:
        self.say = say
        self._map = common.map
        self._frame = Frame("town.html", ("title", "name", "kana", "latin", "key", "card", "map", "numbers", "near"), say=say, tongues=TONGUES, common=common.said(say))

    def html(self, page: TownPage, told: Told, count: int, names: Mapping[str, str]) -> str:
        """Return the page of a town; count: of its numbers, whose answers are on the page for all languages; names: of the towns beside it by key."""
        say = self.say
        numbers = f'<a href="{page.key}{NUMBERS}#{say.lang}">{say.t("town_numbers", n=f"{count:,}")}</a>' if count else ""
        near = "".join(f'<li><a href="{key}{suffix(say.lang)}" lang="ja">{safe(names[key])}</a></li>' for key in page.near)
        return self._frame.fill({
            "title": say.t("town_title", town=safe(page.name if say.tag == "ja" or not page.latin else f"{page.latin} {page.name}")), "name": safe(page.name), "kana": safe(page.kana), "latin": safe(page.latin), "key": page.key,
            "card": card_html(told, say), "map": f"{self._map}#16/{page.place.lat:.6f}/{page.place.lon:.6f}", "numbers": numbers,
            "near": f'<section class="near"><h2>{say.t("town_near")}</h2><ul>{near}</ul></section>' if near else ""})


class NumberPages:
    """The pages of the numbers of towns, each for all languages."""

    def __init__(self, common: Common, says: Sequence[Say]) -> None:
        self._japanese = says[0]
        self._keys = [Key(say) for say in says]
        self._frame = Frame("numbers.html", ("title", "name", "kana", "latin", "keys", "rows"), say=self._japanese, tongues=TONGUES, common=common.said(self._japanese))

    def html(self, page: TownPage, numbers: Written) -> str:
        """Return the page of a town; empty for one without numbers."""
        if not numbers.count:
            return ""
        name = safe(page.name)
        keys = "".join([key.html(numbers, page.key + suffix(key.say.lang)) for key in self._keys])
        return self._frame.fill({"title": f"{name} {self._japanese.t('town_numbers', n=f'{numbers.count:,}')}", "name": name, "kana": safe(page.kana), "latin": safe(page.latin),
                                 "keys": keys, "rows": numbers.html(self._japanese)})
