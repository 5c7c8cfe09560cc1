"""Sentences, class labels and titles of a card in the reader's language, as HTML: what the city says in Japanese only is marked as Japanese."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

from gispipe import answers
from gispipe.answers.shelters import NO_ROADS, NO_SITE
from gispipe.answers.zone_answers import NO_DATA, NO_RECORD, NOT_SURVEYED, OUTSIDE
from gispipe.roads import WHY
from gispipe.web.words import LANGUAGES, table

WHY_KEYS = {words.en: f"card_{name}" for name, words in WHY.items()} | {NO_SITE.en: "card_no_site", NO_ROADS.en: "card_no_roads"}
"""The key of the pages' sentence for every reason that a card gives, by its English sentence."""
STATES = {"outside": OUTSIDE.ja, "not_surveyed": NOT_SURVEYED.ja, "no_data": NO_DATA.ja, "no_record": NO_RECORD.ja}
"""The words for nothing; where a layer has another word of its own, it is told as it stands."""


@lru_cache(maxsize=8192)
def safe(text: str) -> str:
    """Return a text as it stands between tags; the same few thousand texts are asked for again and again."""
    return escape(text, quote=False)


@cache
def _advice(lang: str) -> Mapping[str, str]:
    """Return the sentences of cards in a language, where there are any."""
    path = Path(answers.__file__).parent / "words" / f"{lang}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


class Say:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.tag = LANGUAGES[lang][0]
        self._table = {key: safe(text) for key, text in table(lang).items()}
        self._comma = self._table["card_comma"]

    def t(self, key: str, **values: object) -> str:
        """Return a sentence of ours, its {places} filled with HTML."""
        return self._table[key].format_map(values) if values else self._table[key]

    def local(self, text: str) -> str:
        """Return what the city says in Japanese."""
        return safe(text) if self.tag == "ja" else f'<span lang="ja">{safe(text)}</span>'

    def named(self, names: Mapping[str, str], japanese: str) -> str:
        """Return a name in the language, else the Japanese one."""
        own = names.get(self.lang)
        return safe(own) if own else self.local(japanese)

    def label(self, one: Mapping[str, Any]) -> str:
        """Return the label of a class."""
        return self.named(one["labels"], one["label"])

    def title(self, answer: Mapping[str, Any]) -> str:
        """Return the title of a layer."""
        return self.named(answer["titles"], answer["title"])

    def nothing(self, answer: Mapping[str, Any]) -> str:
        """Return the word for nothing of a hazard layer."""
        own = answer["answer"]["ja"]
        return self.t(f"card_state_{answer['state']}") if own == STATES[answer["state"]] else self.named(answer["answer"] if answer["answer"]["en"] != own else {}, own)

    def listed(self, texts: Iterable[str]) -> str:
        return self._comma.join(texts)

    def hazards(self, names: Iterable[str]) -> str:
        return self._comma.join([self._table["card_" + name] for name in names])

    def advice(self, one: Mapping[str, str]) -> str:
        """Return a sentence of what to do: by its code, else as the card has it."""
        own = _advice(self.lang).get(f"advice_{one['code']}")
        return safe(own) if own else self.local(one["ja"]) if self.tag == "ja" else safe(one["en"])

    def share(self, share: float) -> str:
        percent = int(share * 100 + 1e-9)
        return self.t("card_share", n=percent) if percent else self.t("card_share_little")


def whole(number: float) -> str:
    """Return a number without decimals, thousands apart."""
    return f"{number:,.0f}"
