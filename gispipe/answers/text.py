"""The hazard card in lines for a terminal, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gispipe.words import Words, language

Card = Mapping[str, Any]
_KINDS = {"address": Words("address", "住居表示"), "lot": Words("lot number", "地番"), "facility": Words("facility", "施設"), "town": Words("town", "町丁目"),
          "block": Words("block", "街区"), "point": Words("point", "地点")}
_GROUND = {"parcel": Words("lot", "敷地"), "building": Words("building", "建物")}
_RESULTS = {"candidates": Words("Several places fit; none is chosen for you. Ask again with one of these:", "該当する場所が複数あります。次のどれかを選んで入力し直してください。"),
            "town": Words("Only the town is known, so no hazards are told:", "町までしか分からないため、災害の情報は表示しません。")}


def card_lines(card: Card) -> list[str]:
    """Return the card as text: place, hazards, where to go, areas, facts, caution."""
    return list(_lines(card))


def _lines(card: Card) -> Iterator[str]:
    yield card["city"] + str(Words(" (fictitious city)", "（架空の市）") if card["fictitious"] else "") + (f"  {_place(card['place'])}" if card["place"] else "")
    unsure = card["result"] == "candidates" or (card["result"] == "town" and card["reason"] is not None)
    if unsure:
        yield str(_RESULTS[card["result"]])
    if card["reason"]:
        yield _said(card["reason"])
    yield from (f"  ・{_place(one)}" for one in card["candidates"])
    if unsure:
        return
    yield _title(Words("Hazards", "災害リスク"))
    yield from map(_hazard, card["hazards"])
    yield f"※ {_said(card['caution'])}"
    if card["shelters"]:
        yield _title(Words("Where to go", "避難先"))
        for one in card["shelters"]:
            yield from _shelter(one)
    if card["areas"]:
        yield _title(Words("Areas", "区域"))
        yield from (f"{one['title']}: {one['name']}" + (f"（{one['kana']}）" if one["kana"] else "") for one in card["areas"])
    facts = [layer for layer in card["layers"] if layer["hazard"] is None]
    if facts:
        yield _title(Words("Facts", "基本情報"))
        yield from (f"{layer['title']}: {_feature(feature)}" for layer in facts for feature in layer["features"])


def _title(words: Words) -> str:
    return f"── {words} ──"


def _said(one: Mapping[str, str]) -> str:
    return one[language()]


def _label(one: Mapping[str, Any]) -> str:
    return one["label"] if language() == "ja" else one["labels"].get("en", one["label"])


def _place(one: Card) -> str:
    note = f" ※{_said(one['note'])}" if one["note"] else ""
    rest = f" {one['rest']}" if one["rest"] else ""
    if one["kind"] == "point":
        return f"{one['lat']:.6f}, {one['lon']:.6f}"
    return f"{one['name']}{rest}（{_KINDS[one['kind']]}）{one['lat']:.6f}, {one['lon']:.6f}{note}"


def _hazard(one: Card) -> str:
    title = one["title"] if language() == "ja" else one["titles"].get("en", one["title"])
    if one["worst"] is None:
        head = f"{title}: {_said(one['answer'])}"
    else:
        head = f"{title}: 【{_label(one['worst'])}】" + "、".join(f"{named['name']} {_label(named['class'])}" for named in one["of"])
    parts = [f"{_label(part['class'])} {100 * part['share']:.0f}%" for part in one["classes"] if part["share"] is not None]
    shares = f"（{'、'.join(parts)}）" if parts else ""
    return head + shares + "".join(str(Words(f" / part of the {_GROUND[around['role']].en}: {_label(around['class'])}", f" ／{_GROUND[around['role']].ja}の一部は {_label(around['class'])}")) for around in one["around"])


def _shelter(one: Card) -> Iterator[str]:
    yield f"{_said(one['title'])}:" + (f" {_said(one['none'])}" if one["none"] else "")
    straight = {(site["layer"], site["row"]): site["distance_m"] for site in one["straight"]}
    for site in one["on_foot"]:
        metres = straight.pop((site["layer"], site["row"]), None)
        line = str(Words(f"on foot {site['length_m']:.0f} m, {site['minutes']:.0f} min", f"徒歩 {site['length_m']:.0f} m・約{site['minutes']:.0f}分"))
        direct = str(Words(f" (straight {metres:.0f} m)", f"（直線 {metres:.0f} m）")) if metres is not None else ""
        crossing = "" if site["safe"] else str(Words(f" ! {site['why']['en']}: {site['danger_m']:.0f} m inside", f" 【注意】{site['why']['ja']}（危険な区域を {site['danger_m']:.0f} m 通ります）"))
        yield f"  ・{site['name']} {line}{direct}{crossing}{_inside(site)}"
    for site in one["straight"]:
        if (site["layer"], site["row"]) in straight:
            metres = f"{site['distance_m']:.0f} m"
            yield f"  ・{site['name']} {Words(f'straight {metres}', f'直線 {metres}')}{_inside(site)}"


def _inside(site: Card) -> str:
    if not site["inside"]:
        return ""
    return str(Words(" ! stands in: ", " 【注意】この避難先は区域内にあります: ")) + "、".join(f"{zone['title']} {_label(zone['class'])}" for zone in site["inside"])


def _feature(feature: Card) -> str:
    values = "、".join(f"{feature['labels'][name]} {value}" for name, value in feature["values"].items() if value is not None)
    kind = f"【{feature['class']}】" if feature["class"] else ""
    away = f"（{feature['distance_m']:.0f} m）" if feature["distance_m"] else ""
    return f"{kind}{values}{away}" or "○"
