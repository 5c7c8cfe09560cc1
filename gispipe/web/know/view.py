"""A hazard card as HTML: the answer first, then what to do, where to go, and the details; the same words in the same order as `js/know/view.js`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gispipe.web.know.going import Goal, Way, goals_of, reasons_of
from gispipe.web.know.kinds import BAD, SOME, Kind, Line, kinds_of
from gispipe.web.know.paper import paper_class, width
from gispipe.web.know.say import WHY_KEYS, Say, whole

Card = Mapping[str, Any]
FIRST = ' class="first"'


@dataclass(frozen=True)
class Told:
    """What of a card is the same in all languages: kinds of hazard, places to go to with the reasons for none, sources. town: whether the card is of a town."""

    card: Card
    town: bool
    kinds: Sequence[Kind]
    goals: Sequence[Goal]
    reasons: Sequence[tuple[str, list[str]]]
    sources: Sequence[tuple[str, str, Sequence[str]]]


def told_of(card: Card, town: bool) -> Told:
    """Prepare the words of a card, which needs `hazards`, `shelters`, `areas` and `sources` of the document of `look_up`."""
    kinds = kinds_of(card["hazards"])
    pressing = [kind.hazard for kind in kinds if kind.level in (BAD, SOME)]
    return Told(card, town, kinds, goals_of(card["shelters"], pressing), reasons_of(card["shelters"]), sources_of(card["sources"]))


def card_html(told: Told, say: Say) -> str:
    """Return the card's article."""
    near, farther = _go(told, say)
    parts = [_answer(told.kinds, say), _do(told.card, say), near, farther, _details(told.card, say), _areas(told, say), _sources(told, say)]
    content = "".join(parts)
    return f'<article class="{paper_class(say.lang, width(content), width(farther))}">{content}</article>'


def _answer(kinds: Sequence[Kind], say: Say) -> str:
    rows = "".join(f'<li class="{kind.level}"><i class="hc-pict p-{kind.hazard}"></i><div><h3>{say.t("card_" + kind.hazard)}</h3>{"".join(_lines(kind, say))}</div></li>' for kind in kinds)
    return f'<section class="hc-answer"><h2>{say.t("card_hazards")}</h2><ul>{rows}</ul><p class="hc-caution">{say.t("card_caution")}</p></section>'


def _lines(kind: Kind, say: Say) -> Iterator[str]:
    if kind.nothing:
        yield f"<p>{say.listed(map(say.nothing, kind.nothing))}</p>"
    for number, line in enumerate(kind.lines):
        yield f"<p{'' if number or kind.nothing else FIRST}>{_line(line, say)}</p>"


def _line(line: Line, say: Say) -> str:
    told = f"{chip(line.answer, line.of)}<b>{say.label(line.of)}</b>"
    if line.titled:
        told = f"{say.title(line.answer)}{say.t('card_colon')}{told}"
    if line.role:
        return say.t(f"card_around_{line.role}", **{"class": told})
    return told if line.share is None else f"{told} <small>{say.share(line.share)}</small>"


def chip(answer: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    """Return the mark of a class: its colour and its hatch, from the sheet that `chips` writes."""
    return f'<i class="hc-chip z-{answer["id"]}-{one["rank"]}"></i>'


def _do(card: Card, say: Say) -> str:
    """Say what to do, most urgent first; a card without advice says where to hear it."""
    items = "".join(f"<li>{say.advice(one)}</li>" for one in card.get("advice", ()))
    told = f"<ul>{items}</ul>" if items else f"<p>{say.t('card_official')}</p>"
    return f'<section class="hc-do"><h2>{say.t("card_do")}</h2>{told}</section>'


def _go(told: Told, say: Say) -> tuple[str, str]:
    """Return the nearest places to go to, and the farther ones."""
    if not told.card["shelters"]:
        return "", ""
    near, others = ["".join(_goal(goal, say) for goal in told.goals if (goal.rank > 0) is far) for far in (False, True)]
    whys = "".join(f'<p class="hc-none">{say.hazards(hazards)}{say.t("card_colon")}{say.t(WHY_KEYS[why])}</p>' for why, hazards in told.reasons)
    start = f'<p class="hc-start">{say.t("card_go_from_town")}</p>' if told.town else ""
    more = f'<details class="hc-go hc-more" open><summary>{say.t("card_more_sites")}</summary><ul>{others}</ul></details>' if others else ""
    return f'<section class="hc-go"><h2>{say.t("card_go")}</h2>{start}<ul>{near}</ul>{whys}</section>', more


def _goal(goal: Goal, say: Say) -> str:
    told, metres = f'<h3>{say.local(goal.ways[0].site["name"])}</h3>', None
    for way in goal.ways:
        if way.metres != metres:
            told += f"<p>{_length(way, say)}</p>"
            metres = way.metres
        told += f'<p class="hc-for">{say.t("card_for", names=say.hazards(way.hazards))}</p>'
        told += "".join(f'<p class="hc-warn"><b>{say.t("card_warning")}</b> {one}</p>' for one in _warnings(way, say))
    return f"<li>{told}</li>"


def _length(way: Way, say: Say) -> str:
    if not way.walked:
        return f'<b class="min">{say.t("card_straight", n=whole(way.metres))}</b>'
    return f'<b class="min">{say.t("card_walk", n=whole(way.site["minutes"]))}</b> <small>{say.t("card_metres", n=whole(way.metres))}</small>'


def _warnings(way: Way, say: Say) -> Iterator[str]:
    site = way.site
    if way.walked and not site["safe"]:
        crossing = say.t("card_crossing", n=whole(site["danger_m"]))
        yield f'{say.t(WHY_KEYS[site["why"]["en"]])}{say.t("card_colon")}{crossing}' if site["why"] else crossing
    if site["inside"]:
        zones = (f'{say.title(zone)}{say.t("card_colon")}{chip(zone, zone["class"])}{say.label(zone["class"])}' for zone in site["inside"])
        yield say.t("card_stands_in", zones=say.listed(zones))


def _details(card: Card, say: Say) -> str:
    inside = [one for one in card["hazards"] if one["state"] == "inside" or one["around"]]
    words: dict[str, list[str]] = {}
    for one in card["hazards"]:
        if one not in inside:
            words.setdefault(say.nothing(one), []).append(say.title(one))
    rows = "".join(f'<div><dt>{say.title(one)}</dt><dd>{"".join(_detail(one, say))}</dd></div>' for one in inside)
    rows += "".join(f"<div><dt>{word}</dt><dd><p>{say.listed(titles)}</p></dd></div>" for word, titles in words.items())
    notes: dict[str, list[str]] = {}
    for one in inside:
        if one["note"]:
            notes.setdefault(one["note"], []).append(say.title(one))
    rows += "".join(f'<div><dt>{say.listed(titles)}</dt><dd><p class="hc-note">{say.local(note)}</p></dd></div>' for note, titles in notes.items())
    return f'<details class="hc-details" open><summary>{say.t("card_details")}</summary><dl>{rows}</dl></details>'


def _detail(one: Mapping[str, Any], say: Say) -> Iterator[str]:
    """Return what one hazard layer says: classes with their shares, rivers or slopes, what stands around."""
    if one["state"] == "inside":
        names = f" ({say.local(one['of'][0]['name'])})" if len(one["of"]) == 1 else ""
        yield f'<p>{say.listed(_part(one, part, say) for part in one["classes"])}{names}</p>'
    else:
        yield f"<p>{say.nothing(one)}</p>"
    if len(one["of"]) > 1:
        named = (say.local(named["name"]) + " " + say.label(named["class"]) for named in one["of"])
        yield f"<p>{say.listed(named)}</p>"
    for part in one["around"]:
        yield f"<p>{say.t('card_around_' + part['role'], **{'class': say.label(part['class'])})}</p>"


def _part(one: Mapping[str, Any], part: Mapping[str, Any], say: Say) -> str:
    told = f'{chip(one, part["class"])}{say.label(part["class"])}'
    return told if part["share"] is None else f'{told} <small>{say.share(part["share"])}</small>'


def _areas(told: Told, say: Say) -> str:
    areas = [one for one in told.card["areas"] if not told.town or one["role"] != "town"]
    if not areas:
        return ""
    rows = "".join(f'<div><dt>{say.title(one)}</dt><dd>{say.local(one["name"])}</dd></div>' for one in areas)
    return f'<section class="hc-areas"><h2>{say.t("card_areas")}</h2><dl>{rows}</dl></section>'


def sources_of(sources: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, Sequence[str]]]:
    """Return who made the data, of when they are, and the titles of the layers; what most layers have in common is last and without titles."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in sources:
        titles = found.setdefault((one["attribution"], one["updated"] or ""), [])
        if one["title"] not in titles:
            titles.append(one["title"])
    most = max(found, key=lambda key: len(found[key]), default=None)
    return [(*key, titles) for key, titles in found.items() if key != most] + ([(*most, [])] if most else [])


def _sources(told: Told, say: Say) -> str:
    rows = ""
    for attribution, date, titles in told.sources:
        which = say.local("、".join(titles)) if titles else say.t("card_source_rest") if len(told.sources) > 1 else ""
        rows += f'<li>{which + say.t("card_colon") if which else ""}{say.local(attribution)}{say.t("card_comma") + say.t("updated", date=date) if date else ""}</li>'
    return f'<details class="hc-sources" open><summary>{say.t("card_sources")}</summary><ul>{rows}</ul></details>'
