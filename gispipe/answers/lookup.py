"""Answer a question in words: the whole document that `gispipe lookup --json` prints and every page and paper shares."""

from __future__ import annotations

from typing import Any

from gispipe.address import Found, Hit
from gispipe.answers.card import SCHEMA, Answers, Asked
from gispipe.answers.query import COORDINATE, parse_place, refusal
from gispipe.errors import NotFound
from gispipe.words import Words

NO_GROUND = Words("the ground of this town is not in the data: ask for an address, a lot number or lat,lon", "この町の区域のデータがありません。住所・地番または「緯度,経度」で入力してください")


class Unanswerable(ValueError):
    """A text that is no question; `why` says so in one sentence."""

    def __init__(self, why: Words) -> None:
        super().__init__(str(why))
        self.why = why


def look_up(answers: Answers, text: str) -> dict[str, Any]:
    """Return the document for an address, a lot number, a name or `lat,lon`.

    Raises Unanswerable for a text that is no question, NotFound for a place outside the city and for words that the
    register does not know.
    """
    why = refusal(text)
    if why:
        raise Unanswerable(why)
    try:
        place = parse_place(text)
    except ValueError:
        raise Unanswerable(COORDINATE) from None
    if place is not None:
        asked = answers.at(*place)
        return _head(answers, text, None) | {"result": "place", "place": _point(asked), "candidates": []} | answers.card(asked)
    found = answers.find(text)
    if found.result == "nothing":
        raise NotFound(text, found.reason or Words("nothing in the register is called this", "該当する住所・地番・施設がありません"),
                       Words("write the town and the number, a facility's name, or lat,lon", "町名と番号、施設名、または「緯度,経度」で入力してください"))
    return _answered(answers, text, found)


def _answered(answers: Answers, text: str, found: Found) -> dict[str, Any]:
    """Give the card only where one place was meant; a town is not a house, and of several nobody may pick for the reader."""
    head = _head(answers, text, found)
    if found.result == "candidates":
        return head | {"result": "candidates", "place": None, "candidates": [_entry(hit) for hit in found.hits]} | answers.blank()
    first, others = found.hits[0], [_entry(hit) for hit in found.hits[1:]]
    town = found.result == "town" and found.reason is None  # the town itself was asked, not a house that is not there
    if town and answers.catalogue.layers[first.entry.layer].geometry != "polygon":
        head, town = head | {"reason": NO_GROUND.both()}, False
    card = answers.card(answers.of(first, town)) if found.result == "exact" or town else answers.blank(answers.of(first))
    return head | {"result": found.result, "place": _entry(first) | {"rest": found.rest}, "candidates": others} | card


def _head(answers: Answers, text: str, found: Found | None) -> dict[str, Any]:
    city = answers.catalogue.city
    reason = found.reason if found else None
    return {"schema": SCHEMA, "query": {"text": text, "read_as": found.read_as if found else ""}, "audience": answers.audience, "city": city.name,
            "fictitious": city.fictitious, "reason": reason.both() if reason else None}


def _point(asked: Asked) -> dict[str, Any]:
    return {"kind": "point", "name": f"{asked.lat:.6f}, {asked.lon:.6f}", "lat": asked.lat, "lon": asked.lon, "layer": None, "town": "", "number": "", "note": None, "rest": ""}


def _entry(hit: Hit) -> dict[str, Any]:
    one = hit.entry
    return {"kind": hit.kind, "name": one.name, "lat": round(one.lat, 8), "lon": round(one.lon, 8), "layer": one.layer, "town": one.town, "number": one.number,
            "note": hit.note.both() if hit.note else None, "rest": ""}
