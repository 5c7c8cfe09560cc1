"""The hazard card in lines for a terminal, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gispipe.answers.sentences import table
from gispipe.withheld import MARK, MEANING
from gispipe.words import language

Card = Mapping[str, Any]


def card_lines(card: Card) -> list[str]:
    """Return the card as text: place, hazards, what to do, where to go, areas, facts, caution."""
    return list(_lines(card))


def _lines(card: Card) -> Iterator[str]:
    yield card["city"] + (_t("fictitious") if card["fictitious"] else "") + (f"  {_place(card['place'])}" if card["place"] else "")
    unsure = card["result"] == "candidates" or (card["result"] == "town" and card["reason"] is not None)
    if unsure:
        yield _t(f"result_{card['result']}")
    if card["reason"]:
        yield _said(card["reason"])
    yield from (f"  ・{_place(one)}" for one in card["candidates"])
    if unsure:
        return
    yield _title("hazards")
    yield from map(_hazard, card["hazards"])
    yield f"※ {_said(card['caution'])}"
    if card["advice"]:
        yield _title("advice")
        yield from (f"  ・{_said(one)}" for one in card["advice"])
    if card["shelters"]:
        yield _title("where_to_go")
        for one in card["shelters"]:
            yield from _shelter(one)
    if card["areas"]:
        yield _title("areas")
        yield from (f"{_titled(one)}: {one['name']}" + (f"（{one['kana']}）" if one["kana"] else "") for one in card["areas"])
    facts = [layer for layer in card["layers"] if layer["hazard"] is None]
    if facts:
        yield _title("facts")
        yield from (f"{layer['title']}: {_feature(feature)}" for layer in facts for feature in layer["features"])


def _title(key: str) -> str:
    return f"── {_t(key)} ──"


def _t(key: str, **values: object) -> str:
    return table(language())[key].format(**values)


def _said(one: Mapping[str, str]) -> str:
    return one[language()]


def _label(one: Mapping[str, Any]) -> str:
    return one["label"] if language() == "ja" else one["labels"].get("en", one["label"])


def _titled(one: Mapping[str, Any]) -> str:
    return one["title"] if language() == "ja" else one["titles"].get("en", one["title"])


def _place(one: Card) -> str:
    note = f" ※{_said(one['note'])}" if one["note"] else ""
    rest = f" {one['rest']}" if one["rest"] else ""
    if one["kind"] == "point":
        return f"{one['lat']:.6f}, {one['lon']:.6f}"
    kind = _t(f"kind_{one['kind']}")
    return f"{one['name']}{rest}（{kind}）{one['lat']:.6f}, {one['lon']:.6f}{note}"


def _hazard(one: Card) -> str:
    title = _titled(one)
    if one["worst"] is None:
        head = f"{title}: {_said(one['answer'])}"
    else:
        head = f"{title}: 【{_label(one['worst'])}】" + _t("between").join(f"{named['name']} {_label(named['class'])}" for named in one["of"])
    parts = [_t("share", **{"class": _label(part["class"]), "percent": f"{100 * part['share']:.0f}"}) for part in one["classes"] if part["share"] is not None]
    shares = f"（{_t('between').join(parts)}）" if parts else ""
    return head + shares + "".join(_t("part_of", ground=_t(f"ground_{around['role']}"), **{"class": _label(around["class"])}) for around in one["around"])


def _shelter(one: Card) -> Iterator[str]:
    yield f"{_said(one['title'])}:" + (f" {_said(one['none'])}" if one["none"] else "")
    straight = {(site["layer"], site["row"]): site["distance_m"] for site in one["straight"]}
    for site in one["on_foot"]:
        metres = straight.pop((site["layer"], site["row"]), None)
        line = _t("on_foot", metres=f"{site['length_m']:.0f}", minutes=f"{site['minutes']:.0f}")
        direct = _t("also_straight", metres=f"{metres:.0f}") if metres is not None else ""
        crossing = "" if site["safe"] else _t("crosses", why=_said(site["why"]), metres=f"{site['danger_m']:.0f}")
        yield f"  ・{site['name']} {line}{direct}{crossing}{_inside(site)}"
    for site in one["straight"]:
        if (site["layer"], site["row"]) in straight:
            line = _t("straight", metres=f"{site['distance_m']:.0f}")
            yield f"  ・{site['name']} {line}{_inside(site)}"


def _inside(site: Card) -> str:
    if not site["inside"]:
        return ""
    return _t("stands_in", zones=_t("between").join(f"{_titled(zone)} {_label(zone['class'])}" for zone in site["inside"]))


def _known(feature: Card) -> Iterator[tuple[str, Any]]:
    """Yield the values that there are, and the mark of those that are not shown with what it means."""
    for name, value in feature["values"].items():
        if name in feature.get("withheld", ()):
            yield name, f"{MARK}（{MEANING}）" if language() == "ja" else f"{MARK} ({MEANING})"
        elif value is not None:
            yield name, value


def _feature(feature: Card) -> str:
    values = "、".join(f"{feature['labels'][name]} {value}" for name, value in _known(feature))
    kind = f"【{feature['class']}】" if feature["class"] else ""
    away = f"（{feature['distance_m']:.0f} m）" if feature["distance_m"] else ""
    return f"{kind}{values}{away}" or "○"
