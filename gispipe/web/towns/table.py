"""The answers of a town's numbers as HTML, on one page for all languages: figures stand for hazards and letters for places to go to, and every language tells what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from gispipe.web.know.kinds import BAD, KINDS, LEVELS, SOME, Kind
from gispipe.web.know.say import Say, safe, whole
from gispipe.web.know.view import chip
from gispipe.web.towns.numbers import Goal, Group, Same
from gispipe.web.towns.runs import ADDRESS, LOT, written

NAMES = {ADDRESS: "town_addresses", LOT: "town_lots"}
SEVERAL = "＊"
"""Stands for the numbers that are more than one place."""


class Written:
    """The groups of a town: what all numbers have in common, figures for the other kinds of hazard, letters for the places to go to."""

    def __init__(self, groups: Sequence[Group], several: Sequence[tuple[int, str]], count: int) -> None:
        self.groups, self.count = groups, count
        self.several = {kind: [text for one, text in several if one == kind] for kind in (ADDRESS, LOT)}
        every = set.intersection(*({id(kind) for kind in group.kinds} for group in groups)) if len(groups) > 1 else set()  # equal kinds are one object
        self.common = [kind for kind in groups[0].kinds if id(kind) in every] if groups else []
        own = {id(kind): kind for group in groups for kind in group.kinds if id(kind) not in every}
        self.kinds = sorted(own.values(), key=lambda kind: (KINDS.index(kind.hazard), LEVELS.index(kind.level)))
        self.goals = list(dict.fromkeys(goal for group in groups for same in group.same for goal in same.goals))

    def html(self, japanese: Say) -> str:
        """Return the list of the numbers, which needs no language but the two words for what kind of number it is."""
        figure = {id(kind): _figure(kind, number) for number, kind in enumerate(self.kinds, 1)}
        letter = {goal: _letter(number) for number, goal in enumerate(self.goals)}
        rows = []
        for group in self.groups:
            figures = " ".join([figure[id(kind)] for kind in group.kinds if id(kind) in figure])
            answers = "".join([f"<dt>{_named(same.keys, japanese)}</dt>{_ways(same, letter)}" for same in group.same])
            rows.append(f"<li>{f'<p>{figures}</p>' if figures else ''}<dl>{answers}</dl></li>")
        if any(self.several.values()):
            rows.append(f"<li><p>{SEVERAL}</p><dl><dt>{_named(self.several, japanese)}</dt></dl></li>")
        return "".join(rows)


class Key:
    """What figures and letters mean in a language."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self._kinds: dict[int, tuple[Kind, str]] = {}
        self._goals: dict[Goal, str] = {}

    def html(self, town: Written, back: str) -> str:
        """Return the section of a town; back: address of its page in this language."""
        say = self.say
        rows = [(str(number), self._kind(kind)) for number, kind in enumerate(town.kinds, 1)] + [(_letter(number), self._goal(goal)) for number, goal in enumerate(town.goals)]
        rows += [(SEVERAL, say.t("town_several"))] if any(town.several.values()) else []
        told = "".join([f"<dt>{mark}</dt><dd>{text}</dd>" for mark, text in rows])
        common = f"<p>{say.t('town_all_numbers', words=_hazards(town.common, say))}</p>" if town.common else ""
        kinds = "" if say.lang == "ja" else "<p>" + say.listed(f"{say.local(_JAPANESE.t(name))}{say.t('card_colon')}{say.t(name)}" for name in NAMES.values()) + "</p>"
        return (f'<section class="key" id="{say.lang}" lang="{say.tag}"><h2><a href="{back}">{say.t("town_numbers", n=f"{town.count:,}")}</a></h2>'
                f'<p>{say.t("town_numbers_lead")}</p>{kinds}{common}<dl>{told}</dl><p class="hc-caution">{say.t("card_caution")}</p></section>')

    def _kind(self, kind: Kind) -> str:
        held = self._kinds.get(id(kind))
        if held is None:
            held = self._kinds[id(kind)] = kind, f"{self.say.t('card_' + kind.hazard)} {_lines(kind, self.say)}"  # the kind is held too, so that no other one gets its id
        return held[1]

    def _goal(self, goal: Goal) -> str:
        """Return a place to go to with the hazards it is for, and what is wrong with it."""
        if goal not in self._goals:
            say = self.say
            wrong = [say.t(key) for key, there in (("town_crosses", goal.crosses), ("town_stands_in", goal.inside)) if there]
            warning = f" <b>{say.t('card_warning')}{say.t('card_colon')}{say.listed(wrong)}</b>" if wrong else ""
            self._goals[goal] = f"{say.local(goal.name)} ({say.hazards(goal.hazards)}){warning}"
        return self._goals[goal]


_JAPANESE = Say("ja")


def _figure(kind: Kind, number: int) -> str:
    """Return a kind's figure, with the mark of its class where it threatens."""
    return f"{chip(kind.lines[0].answer, kind.lines[0].of)}{number}" if kind.level in (BAD, SOME) else str(number)


def _letter(number: int) -> str:
    """Return A for 0, Z for 25, then AA, AB, …"""
    tens, ones = divmod(number, 26)
    return (_letter(tens - 1) if tens else "") + ascii_uppercase[ones]


def _named(keys: Mapping[int, Sequence[str]], say: Say) -> str:
    return " ".join([f"<i>{say.t(NAMES[kind])}</i> {safe(written(keys[kind]))}" for kind in (ADDRESS, LOT) if keys.get(kind)])


def _ways(same: Same, letter: Mapping[Goal, str]) -> str:
    """Return the letters of the places to go to, each with the minutes on foot, or the metres where only the straight distance is known."""
    return "<dd>→ " + ", ".join([f"{letter[goal]} {_away(*away)} {'min' if goal.walked else 'm'}" for goal, away in zip(same.goals, same.away, strict=True)]) + "</dd>" if same.goals else ""


def _away(least: float, most: float) -> str:
    first, last = whole(least), whole(most)
    return first if first == last else f"{first}–{last}"


def _hazards(kinds: Sequence[Kind], say: Say) -> str:
    """Return the kinds of hazard in one line: those that threaten, then the words for nothing with theirs."""
    told = [f"{say.t('card_' + kind.hazard)} {_lines(kind, say)}" for kind in kinds if kind.level in (BAD, SOME)]
    words: dict[str, list[str]] = {}
    for kind in kinds:
        if kind.level not in (BAD, SOME):
            words.setdefault(say.listed(map(say.nothing, kind.nothing)), []).append(say.t("card_" + kind.hazard))
    return say.listed([*told, *(f"{say.listed(names)} {word}" for word, names in words.items())])


def _lines(kind: Kind, say: Say) -> str:
    parts = [say.nothing(one) for one in kind.nothing]
    for line in kind.lines:
        label = f"<b>{say.title(line.answer) if line.titled else say.label(line.of)}</b>"
        parts.append(f"{say.t('town_of_ground')} {label}" if line.role else label)
    return " / ".join(parts)
