"""The hazards of a card by kind, the worst first: what a reader must see before anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Answer = Mapping[str, Any]
"""One entry of a card's `hazards`."""
KINDS = ("tsunami", "flood", "landslide", "storm_surge", "inland", "pond", "earthquake", "flood_history")
"""In this order where two are as bad: what leaves least time comes first."""
BAD, SOME, UNKNOWN, NONE = "bad", "some", "unknown", "none"
"""How a kind stands here: in a zone that must be left or walked around (of a tsunami every zone), in another zone, not known, in no zone. None of them is safe."""
LEVELS = (BAD, SOME, UNKNOWN, NONE)
_MAIN = ("depth", "zone", "intensity", "history")
"""What an answer must say to be the first word about its kind; how long water stays and where houses fall are told beside it."""
_NOTHING = (-2.0, False, -1)
_STATES = ("not_surveyed", "no_data", "outside", "no_record")


@dataclass(frozen=True)
class Line:
    """One line about a kind: a class of an answer, with the share of the ground; `titled`: the layer is named with it; role: whose part it is, when not the place's own."""

    answer: Answer
    of: Mapping[str, Any]
    share: float | None = None
    titled: bool = False
    role: str = ""


@dataclass
class Kind:
    """What a card says about one kind of hazard: lines, worst first, or the answers whose word for nothing stands for the kind."""

    hazard: str
    level: str
    lines: list[Line] = field(default_factory=list)
    nothing: list[Answer] = field(default_factory=list)


def kinds_of(hazards: Sequence[Answer]) -> list[Kind]:
    """Return the kinds of hazard that a card answers for, the worst first."""
    by_kind: dict[str, list[Answer]] = {}
    for one in hazards:
        by_kind.setdefault(one["hazard"], []).append(one)
    found = [_kind(hazard, answers) for hazard, answers in by_kind.items()]
    return sorted(found, key=urgency)


def urgency(kind: Kind) -> tuple[int, int]:
    """Return what kinds are ordered by: how they stand here, then which leaves least time."""
    return LEVELS.index(kind.level), KINDS.index(kind.hazard)


def _kind(hazard: str, answers: list[Answer]) -> Kind:
    main = [one for one in answers if one["says"] in _MAIN] or answers
    inside = [one for one in main if one["state"] == "inside"]
    lines = [_own(one) for one in inside] if hazard == "flood_history" else [_own(one) for one in _worst(inside)]
    lines += _around(main, max((weight(one["worst"]) for one in inside), default=None))
    lines += [_own(one, titled=True) for says in ("collapse", "duration") for one in _beside(answers, main, says)]
    for one in answers:
        if one["says"] == "collapse" and one not in main:
            lines += [Line(one, part["class"], None, True, part["role"]) for part in one["around"]]
    reached = bool(lines)
    bad = any(line.of["avoid"] or line.answer["says"] == "collapse" or hazard == "tsunami" for line in lines)
    nothing = [] if inside else _words(main)
    unknown = any(one["state"] in ("not_surveyed", "no_data") for one in nothing)
    return Kind(hazard, BAD if bad else SOME if reached else UNKNOWN if unknown else NONE, lines, nothing)


def _own(one: Answer, titled: bool = False) -> Line:
    return Line(one, one["worst"], one["classes"][0]["share"], titled)


def weight(one: Mapping[str, Any]) -> tuple[float, bool, int]:
    """Return what classes of one kind are compared by: depth of water, whether people should keep out, rank."""
    return one["depth_m"][0] if one["depth_m"] else -1.0, one["avoid"], one["rank"]


def _worst(inside: list[Answer]) -> list[Answer]:
    """Return the answer that stands for a kind: of equal classes the largest scale, then the most ground, then the first."""
    return [max(inside, key=lambda one: (weight(one["worst"]), one["scale"] == "largest", one["classes"][0]["share"] or 0.0))] if inside else []


def _beside(answers: list[Answer], main: list[Answer], says: str) -> list[Answer]:
    found = [one for one in answers if one["says"] == says and one["state"] == "inside" and one not in main]
    return found if says == "collapse" else found[:1] and [max(found, key=lambda one: one["worst"]["rank"])]


def _around(main: list[Answer], own: tuple[float, bool, int] | None) -> list[Line]:
    """Return of lot and building around the place the worst class each, where it is worse than the place's own."""
    found: dict[str, Line] = {}
    for one in main:
        for part in one["around"]:
            before = found.get(part["role"])
            if weight(part["class"]) > max(own or _NOTHING, weight(before.of) if before else _NOTHING):
                found[part["role"]] = Line(one, part["class"], None, False, part["role"])
    return [found[role] for role in ("parcel", "building") if role in found]


def _words(main: list[Answer]) -> list[Answer]:
    """Return an answer for each different word for nothing, what is not known first."""
    kept: dict[str, Answer] = {}
    for one in sorted(main, key=lambda one: _STATES.index(one["state"])):
        kept.setdefault(one["answer"]["ja"], one)
    return list(kept.values())
