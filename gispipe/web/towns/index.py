"""The list of towns in a language: by the first sound of the reading, each with its worst hazards in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gispipe.web.know.kinds import BAD, SOME, Kind
from gispipe.web.know.say import Say
from gispipe.web.know.view import chip
from gispipe.web.templating import render
from gispipe.web.towns.latin import hiragana
from gispipe.web.towns.listed import TownPage
from gispipe.web.towns.page import TONGUES, suffix

ROWS = ("あいうえおゔ", "かきくけこがぎぐげご", "さしすせそざじずぜぞ", "たちつてとだぢづでど", "なにぬねの", "はひふへほばびぶべぼぱぴぷぺぽ", "まみむめも", "やゆよ", "らりるれろ", "わゐゑをん")


def index_html(towns: Sequence[tuple[TownPage, Sequence[Kind]]], said: Mapping[str, Any], say: Say) -> bytes:
    """Return the list; towns: each with the kinds of hazard of its card, in the order of their readings."""
    rows: dict[str, list[tuple[TownPage, str]]] = {}
    for page, kinds in towns:
        rows.setdefault(_row(page), []).append((page, worst_html(kinds, say)))
    ordered = sorted(rows.items(), key=lambda one: (not one[0], one[0]))
    return render("towns.html", say=say, common=said, tongues=TONGUES, rows=ordered, end=suffix(say.lang)).encode()


def _row(page: TownPage) -> str:
    first = hiragana(page.kana)[:1]
    return next((row[0] + "行" for row in ROWS if first and first in row), "")


def worst_html(kinds: Sequence[Kind], say: Say) -> str:
    """Return the first line about every kind that has one, worst first, then what is not known, then the kinds with nothing, by their words."""
    told = [f"{say.t('card_' + kind.hazard)} {chip(kind.lines[0].answer, kind.lines[0].of)}{say.label(kind.lines[0].of)}" for kind in kinds if kind.level in (BAD, SOME)]
    words: dict[str, list[str]] = {}
    for kind in kinds:
        if kind.level not in (BAD, SOME):
            words.setdefault(say.listed(map(say.nothing, kind.nothing)), []).append(say.t("card_" + kind.hazard))
    return say.listed(told + [f"{say.listed(names)} {word}" for word, names in words.items()])
