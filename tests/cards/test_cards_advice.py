"""What to do: the most urgent first, nothing that may keep anyone in danger, every sentence in five languages."""

from __future__ import annotations

from typing import Any

import pytest

from gispipe.answers.advice import advice, rules
from gispipe.answers.sentences import LANGUAGES, table


def answer(hazard: str, says: str = "depth", state: str = "inside", depth: list[float] | None = None, avoid: bool = False, around: list[Any] | None = None) -> dict[str, Any]:
    worst = {"depth_m": depth, "avoid": avoid} if state == "inside" else None
    return {"hazard": hazard, "says": says, "state": state, "worst": worst, "around": around or []}


def codes(*hazards: dict[str, Any], shelters: list[dict[str, Any]] | None = None) -> list[str]:
    return [one["code"] for one in advice(list(hazards), shelters or [])]


NO_COLLAPSE = answer("flood", "collapse", "outside")


@pytest.mark.parametrize(("hazards", "told", "not_told"), [
    ([answer("tsunami", depth=[0.3, 1.0])], ["tsunami_now"], ["upper_floor_possible", "outside_watch"]),
    ([answer("landslide", "zone", avoid=True)], ["landslide_special_leave"], ["landslide_leave", "upper_floor_possible"]),
    ([answer("landslide", "zone")], ["landslide_leave"], ["landslide_special_leave"]),
    ([answer("flood", depth=[0.5, 3.0]), NO_COLLAPSE], ["water_leave", "upper_floor_possible"], ["water_leave_deep", "collapse_leave"]),
    ([answer("flood", depth=[0.5, 3.0])], ["water_leave"], ["upper_floor_possible"]),
    ([answer("flood", depth=[0.5, 3.0]), answer("flood", "collapse", "no_data")], ["water_leave", "no_data_ask"], ["upper_floor_possible"]),
    ([answer("flood", depth=[0.5, 3.0]), NO_COLLAPSE, answer("landslide", "zone", "not_surveyed")], ["water_leave", "no_data_ask"], ["upper_floor_possible"]),
    ([answer("flood", depth=[0.5, 3.0]), answer("flood", "collapse")], ["collapse_leave", "water_leave"], ["upper_floor_possible"]),
    ([answer("flood", depth=[3.0, 5.0]), NO_COLLAPSE], ["water_leave_deep"], ["water_leave", "upper_floor_possible"]),
    ([answer("flood", depth=[20.0]), NO_COLLAPSE], ["water_leave_deep"], ["upper_floor_possible"]),
    ([answer("flood"), NO_COLLAPSE], ["water_leave_unknown"], ["water_shallow", "upper_floor_possible"]),
    ([answer("flood", depth=[0.0, 0.5]), NO_COLLAPSE], ["water_shallow", "upper_floor_possible"], ["water_leave"]),
    ([answer("inland", depth=[0.0, 0.5])], ["water_shallow", "upper_floor_possible"], []),
    ([answer("inland", depth=[0.0, 0.5]), answer("flood", depth=[0.5, 3.0])], ["water_leave"], ["water_shallow", "upper_floor_possible"]),
    ([answer("flood", depth=[0.0, 0.5], around=[{"class": {"depth_m": [3.0, 5.0], "avoid": True}}]), NO_COLLAPSE], ["water_leave_deep"], ["water_shallow", "upper_floor_possible"]),
    ([answer("flood", state="outside", around=[{"class": {"depth_m": [0.5, 3.0], "avoid": True}}])], ["water_leave"], ["outside_watch"]),
    ([answer("flood", state="outside")], ["outside_watch"], ["no_data_ask"]),
    ([answer("flood", state="no_data")], ["no_data_ask"], ["outside_watch"]),
    ([answer("flood_history", "history")], ["flooded_before"], ["water_leave_unknown"]),
    ([answer("flood_history", "history"), answer("flood", state="outside")], ["flooded_before", "outside_watch"], []),
    ([answer("earthquake", "intensity")], ["quake_prepare"], ["outside_watch"]),
    ([answer("flood", "duration")], ["water_long"], ["outside_watch"])], ids=lambda value: "" if isinstance(value, list) else str(value))
def test_advice_fits_what_reaches_a_place(hazards: list[dict[str, Any]], told: list[str], not_told: list[str]) -> None:
    found = codes(*hazards)
    assert [code for code in found if code in told] == told and not set(not_told) & set(found)
    assert found[-1] == "check_official"


def site(safe: bool = True, inside: bool = False) -> dict[str, Any]:
    return {"safe": safe, "inside": [{"id": "zone"}] if inside else []}


@pytest.mark.parametrize(("on_foot", "told"), [([site()], set()), ([site(safe=False)], {"way_dangerous"}), ([], {"way_none"}), ([site(inside=True)], {"site_in_zone"})],
                         ids=["good", "crosses", "none", "inside"])
def test_the_way_counts_for_hazards_that_reach_the_place(on_foot: list[dict[str, Any]], told: set[str]) -> None:
    shelters = [{"hazard": "flood", "on_foot": on_foot, "straight": [site()]}]
    ways = {"way_dangerous", "way_none", "site_in_zone"}
    assert set(codes(answer("flood", depth=[0.5, 3.0]), shelters=shelters)) & ways == told
    assert not set(codes(answer("flood", state="outside"), shelters=shelters)) & ways


def test_a_card_without_answers_gives_no_advice() -> None:
    assert advice([], [{"hazard": "flood", "on_foot": [], "straight": []}]) == []


def test_rules_name_codes_that_stand_before_them() -> None:
    seen: list[str] = []
    for rule in rules():
        assert set(rule.get("unless", ())) <= set(seen)
        seen.append(rule["code"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_sentence_with_the_same_places(lang: str) -> None:
    import re

    mine, japanese = table(lang), table("ja")
    assert mine.keys() == japanese.keys() and all(text.strip() for text in mine.values())
    for key, text in japanese.items():
        assert set(re.findall(r"{(\w+)}", mine[key])) == set(re.findall(r"{(\w+)}", text)), key
    assert {f"advice_{rule['code']}" for rule in rules()} == {key for key in mine if key.startswith("advice_")}


@pytest.mark.parametrize(("lang", "word"), [("ja", "安全"), ("easy", "安全"), ("easy", "あんぜん"), ("en", "safe"), ("zh", "安全"), ("ko", "안전")])
def test_no_advice_promises_safety(lang: str, word: str) -> None:
    for key, text in table(lang).items():
        if key.startswith("advice_"):
            assert word not in text.lower().replace("屋内安全確保", ""), key
