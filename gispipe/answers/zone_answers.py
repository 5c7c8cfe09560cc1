"""What a hazard layer says about a feature or a point: its classes in words, or the right word for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gispipe.answers.exposure import Reached
from gispipe.model import Layer, Style, StyleClass
from gispipe.style_classes import ranks
from gispipe.words import Words

OUTSIDE, NOT_SURVEYED, NO_DATA = Words("outside the zones", "区域外"), Words("not surveyed", "未調査"), Words("no data", "データなし")
NO_RECORD = Words("no record", "記録なし")
CAUTION = Words("Damage can happen outside the zones too.", "区域外でも災害が起こることがあります。")
LANGUAGES = ("en", "zh", "ko", "easy")


def told_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return names by language as a card has them, always in the same order."""
    return {lang: names[lang] for lang in LANGUAGES if lang in names}


@dataclass(frozen=True)
class OwnWords(Words):
    """A sentence of a layer's own, with its names in other languages as far as they are declared."""

    names: Mapping[str, str]

    def both(self) -> dict[str, str]:
        """Return the sentence in English, Japanese and the other languages it has."""
        return super().both() | told_names(self.names)


@dataclass(frozen=True)
class ZoneLayer:
    """A hazard layer with its style: ranks to classes, and the words for them."""

    layer: Layer
    style: Style | None

    @cached_property
    def by_rank(self) -> dict[int, StyleClass]:
        return {int(rank): one for rank, one in zip(ranks(self.style), self.style.class_, strict=True)} if self.style else {}

    def class_of(self, rank: int) -> dict[str, Any]:
        """Return one class as the card says it; a value without a class of its own is the style's rest."""
        if rank not in self._said:
            self._said[rank] = self._say(rank)
        return self._said[rank]

    @cached_property
    def _said(self) -> dict[int, dict[str, Any]]:
        return {}

    def _say(self, rank: int) -> dict[str, Any]:
        one = self.by_rank.get(rank) or (self.style.other if self.style else None)
        if one is None:
            return {"rank": rank, "value": None, "label": self.layer.title, "labels": told_names(self.layer.names), "depth_m": None, "avoid": False}
        takes = one.takes()
        return {"rank": rank, "value": takes[0] if takes and len(takes) == 1 else None, "label": one.label or self.layer.title,
                "labels": told_names(one.names if one.label else self.layer.names), "depth_m": list(one.depth) if one.depth else None, "avoid": one.avoided()}

    @cached_property
    def head(self) -> dict[str, Any]:
        layer = self.layer
        return {"id": layer.id, "title": layer.title, "titles": told_names(layer.names),
                "hazard": layer.hazard, "says": layer.zone.says, "scale": layer.zone.scale, "updated": layer.updated}

    def nothing(self) -> Words:
        """Return the word for a place where the layer has no zone: its own, no record of past floods, or outside."""
        if self.layer.nothing:
            return OwnWords(self.layer.nothing_names.get("en", self.layer.nothing), self.layer.nothing, self.layer.nothing_names)
        return NO_RECORD if self.layer.hazard == "flood_history" else OUTSIDE

    def answer(self, reached: Reached | None, size: float | None, surveyed: bool, around: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the answer of this layer; reached: None where the layer has no data; size: m² of the feature, None for a point.

        surveyed: whether the place is inside the areas that were surveyed; around: what of the ground it stands in is worse off.
        """
        state, word = self._state(reached, surveyed)
        classes = [] if reached is None else [self._part(rank, area, size) for rank, area in reached.ranks]
        return self.head | {
            "state": state, "answer": word.both() if word else None, "worst": classes[0]["class"] if classes else None, "classes": classes,
            "of": [] if reached is None else [{"name": name, "class": self.class_of(rank)} for name, rank in reached.named], "note": self.layer.note, "around": around}

    def _part(self, rank: int, area: float, size: float | None) -> dict[str, Any]:
        whole = size is not None and size > 0
        return {"class": self.class_of(rank), "area_m2": round(area, 3) if whole else None, "share": round(min(area / size, 1.0), 6) if whole and size else None}

    def _state(self, reached: Reached | None, surveyed: bool) -> tuple[str, Words | None]:
        if reached is None:
            return "no_data", NO_DATA
        if reached.ranks:
            return "inside", None
        if not surveyed:
            return "not_surveyed", NOT_SURVEYED
        return ("no_record" if self.layer.hazard == "flood_history" else "outside"), self.nothing()


def combined(parts: Iterable[Reached]) -> Reached:
    """Return what reaches several features taken as one: ground added up, of each river or slope the worst."""
    given = list(parts)
    if len(given) == 1:
        return given[0]
    area: dict[int, float] = {}
    worst: dict[str, int] = {}
    for one in given:
        for rank, ground in one.ranks:
            area[rank] = area.get(rank, 0.0) + ground
        for name, rank in one.named:
            worst[name] = max(rank, worst.get(name, -1))
    return Reached(tuple(sorted(area.items(), reverse=True)), tuple(sorted(worst.items(), key=lambda one: (-one[1], one[0]))))


def together(found: Iterable[tuple[int, str]]) -> Reached:
    """Return what reaches a point from the ranks and names of the zones it is in."""
    return combined(Reached(((rank, 0.0),), ((name, rank),) if name else ()) for rank, name in found)
