"""What to do, from what a card says: rules written down once, which the pages' script reads too and in the same way.

The rules are data (`rules.json`), most urgent first. A rule gives its code when all its conditions hold and none of the codes under `unless` was given:
`inside`: the place, or the lot or building it is in, reaches a zone that fits; `outside`: it reaches none that fits; `known`, `unknown`: some answer has
such a state, or none has; `walk`: of the hazards the place is inside of, some nearest way `crosses` zones to avoid, there is `none` on foot, or a nearest
site stands inside (`site_inside`). A zone fits by its hazard and what it says (all when not told; records of past floods only where they are named), when
a class is one to avoid (`avoid`), reaches deeper than some metres (`deeper_m`), or has no depth (`depth_unknown`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from gispipe.answers.sentences import table

Rule = Mapping[str, Any]
PAST = "flood_history"
"""A record of what was, not a zone of what may be."""


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules, most urgent first."""
    found: list[Rule] = json.loads((Path(__file__).parent / "rules.json").read_text("utf-8"))["rules"]
    return tuple(found)


@cache
def said(code: str) -> dict[str, str]:
    """Return a code with its sentence in both languages of the command line."""
    return {"code": code, **{lang: table(lang)[f"advice_{code}"] for lang in ("en", "ja")}}


def advice(hazards: list[dict[str, Any]], shelters: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return what to do where a card has these answers and sites, most urgent first; nothing where it answers nothing."""
    codes: list[str] = []
    for rule in rules() if hazards else ():
        if not set(rule.get("unless", ())) & set(codes) and _holds(rule, hazards, shelters):
            codes.append(rule["code"])
    return [said(code) for code in codes]


def _holds(rule: Rule, hazards: list[dict[str, Any]], shelters: list[dict[str, Any]]) -> bool:
    return (("inside" not in rule or any(_inside(one, rule["inside"]) for one in hazards))
            and ("outside" not in rule or not any(_inside(one, rule["outside"]) for one in hazards))
            and ("known" not in rule or any(_has_state(one, rule["known"]) for one in hazards))
            and ("unknown" not in rule or not any(_has_state(one, rule["unknown"]) for one in hazards))
            and ("walk" not in rule or any(_walk(one, rule["walk"]) for one in _needed(hazards, shelters))))


def _fits(one: Mapping[str, Any], which: Rule) -> bool:
    if one["hazard"] == PAST and PAST not in which.get("hazards", ()):
        return False
    return one["hazard"] in which.get("hazards", (one["hazard"],)) and one["says"] in which.get("says", (one["says"],))


def _inside(one: Mapping[str, Any], which: Rule) -> bool:
    return _fits(one, which) and any(_class_fits(each, which) for each in _classes(one))


def _classes(one: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the worst class of a place and of the lots and buildings it is in."""
    yield from (one["worst"],) if one["worst"] else ()
    yield from (around["class"] for around in one["around"])


def _class_fits(one: Mapping[str, Any], which: Rule) -> bool:
    depth = one["depth_m"]
    if "deeper_m" in which:
        return depth is not None and (depth[1] if len(depth) > 1 else inf) > which["deeper_m"]
    return (not which.get("avoid") or one["avoid"]) and (not which.get("depth_unknown") or depth is None)


def _has_state(one: Mapping[str, Any], which: Rule) -> bool:
    return _fits(one, which) and one["state"] in which["states"]


def _needed(hazards: list[dict[str, Any]], shelters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the shelters for the hazards that a place is inside of."""
    reached = {one["hazard"] for one in hazards if _inside(one, {})}
    return [one for one in shelters if one["hazard"] in reached]


def _walk(one: Mapping[str, Any], what: str) -> bool:
    nearest = one["on_foot"] or one["straight"]
    if what == "none":
        return not one["on_foot"]
    if what == "crosses":
        return bool(one["on_foot"]) and not one["on_foot"][0]["safe"]
    return bool(nearest) and bool(nearest[0]["inside"])
