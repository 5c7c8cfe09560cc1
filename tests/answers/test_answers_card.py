"""The card of a place: the right word for nothing, the worst class, its ground and its names, and never less than the truth."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import gispipe
import pytest
import shapely
from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.model.hazard_card import HazardCard

from askedcity import box, degrees_of, flood_shapes, lots, point

Card = dict[str, Any]


def zone(answers: Answers, text: str, layer: str) -> Card:
    (found,) = [one for one in look_up(answers, text)["hazards"] if one["id"] == layer]
    return found


def values(one: Card) -> list[object]:
    return [part["class"]["value"] for part in one["classes"]]


@pytest.mark.parametrize(("layer", "where", "state", "word"), [
    ("flood", (620, 420), "outside", "区域外"), ("landslide", (30, 30), "outside", "区域外"), ("empty", (30, 30), "outside", "区域外"),
    ("none_yet", (30, 30), "no_data", "データなし"), ("surge", (900, 100), "not_surveyed", "未調査"), ("surge", (100, 100), "outside", "区域外"),
    ("flooded", (900, 500), "no_record", "記録なし"), ("tsunami", (700, 100), "outside", "津波の想定なし")])
def test_each_kind_of_nothing_has_its_own_word(public: Answers, layer: str, where: tuple[float, float], state: str, word: str) -> None:
    said = zone(public, degrees_of(*where), layer)
    assert (said["state"], said["answer"]["ja"], said["worst"], said["classes"]) == (state, word, None, [])


def test_the_facts_use_the_same_words_for_nothing_as_the_hazards(public: Answers) -> None:
    for where in ((900, 100), (100, 100), (30, 30), (900, 500)):
        card = look_up(public, degrees_of(*where))
        words = {one["id"]: one["answer"] for one in card["hazards"]}
        assert {one["id"]: one["answer"] for one in card["layers"] if one["hazard"]} == words


def test_no_card_is_without_the_caution(public: Answers) -> None:
    for text in (degrees_of(620, 420), "図書館", "青葉二丁目", "青葉二丁目99番99号"):
        assert look_up(public, text)["caution"]["ja"] == "区域外でも災害が起こることがあります。"


@cache
def ground(lot: int, rivers: tuple[str, ...] = ("大川", "小川")) -> dict[int, float]:
    """Return by rank the m² of a lot at that rank and no worse one, worked out with shapely from the polygons as delivered."""
    from askedcity import FLOOD_RANKS, RIVERS

    shapes = [shapely.make_valid(one) for one in flood_shapes()]
    left, found = lots()[0][lot], {}
    for rank in sorted(set(FLOOD_RANKS), reverse=True):
        reached = shapely.union_all([one for one, of, river in zip(shapes, FLOOD_RANKS, RIVERS, strict=True) if of == rank and river in rivers])
        found[rank] = left.intersection(reached).area
        left = left.difference(reached)
    return {rank: area for rank, area in found.items() if area > 1e-6}


@pytest.mark.parametrize("lot", range(0, 375, 7))
def test_worst_class_and_ground_of_a_lot_are_those_of_a_plain_overlay(public: Answers, lot: int) -> None:
    row, truth = lots()[1][lot], ground(lot)
    said = zone(public, f"地番:{row['town']}{row['lot']}", "flood")
    assert values(said) == list(truth)
    assert [part["area_m2"] for part in said["classes"]] == pytest.approx(list(truth.values()), abs=1e-3)
    assert [part["share"] for part in said["classes"]] == pytest.approx([area / 36 ** 2 for area in truth.values()], abs=1e-6)
    of = {river: max(alone) for river in ("大川", "小川") if (alone := ground(lot, (river,)))}
    assert {one["name"]: one["class"]["value"] for one in said["of"]} == of


def test_of_two_rivers_at_one_place_the_worse_counts_and_both_are_named(public: Answers) -> None:
    said = zone(public, degrees_of(250, 200), "flood")
    assert values(said) == [2, 1] and said["worst"]["depth_m"] == [0.5, 3]
    assert [(one["name"], one["class"]["value"]) for one in said["of"]] == [("小川", 2), ("大川", 1)]


def test_the_deeper_zone_of_one_river_wins_over_the_shallower_beneath(public: Answers) -> None:
    said = zone(public, degrees_of(50, 70), "flood")
    assert said["worst"]["value"] == 3 and [(one["name"], one["class"]["value"]) for one in said["of"]] == [("大川", 3)]


def test_a_hole_is_outside_and_its_edge_is_not(public: Answers) -> None:
    from gispipe.answers.card import Asked

    assert zone(public, degrees_of(120, 120), "flood")["state"] == "outside"
    edge = point(100, 120)
    (said,) = [one for one in public.card(Asked(34.78, 135.47, edge.x, edge.y))["hazards"] if one["id"] == "flood"]
    assert said["worst"]["value"] == 1


def test_both_wings_of_a_polygon_that_crosses_itself_are_zone(public: Answers) -> None:
    for where in ((530, 60), (590, 60)):
        assert zone(public, degrees_of(*where), "flood")["worst"]["value"] == 4
    assert zone(public, degrees_of(560, 90), "flood")["state"] == "outside"


def test_a_point_on_the_border_of_two_classes_belongs_to_the_worse(public: Answers) -> None:
    from gispipe.answers.card import Asked

    for east, north, worst in ((90, 50, 3), (50, 90, 3), (200, 150, 2), (500, 200, 2), (300, 50, 1)):
        edge = point(east, north)
        (said,) = [one for one in public.card(Asked(34.78, 135.47, edge.x, edge.y))["hazards"] if one["id"] == "flood"]
        assert said["worst"]["value"] == worst, (east, north)


def test_an_address_on_the_edge_of_a_zone_is_in_it_however_it_is_asked(public: Answers, internal: Answers) -> None:
    for answers in (public, internal):
        assert zone(answers, "青葉二丁目6番99号", "flood")["worst"]["value"] == 2


def test_a_house_with_two_doors_is_told_the_worse_of_them(public: Answers) -> None:
    said = zone(public, "青葉二丁目6番88号", "flood")
    assert said["worst"]["value"] == 2 and said["classes"][0]["share"] is None


def test_what_stands_around_the_place_and_is_worse_is_said(public: Answers) -> None:
    said = zone(public, degrees_of(92, 70), "flood")  # beside the deep zone, on a lot that reaches into it
    assert said["worst"]["value"] == 1
    assert [(one["role"], one["class"]["value"]) for one in said["around"]] == [("parcel", 3)]
    assert zone(public, degrees_of(50, 50), "flood")["around"] == []


def test_a_facility_with_grounds_is_told_the_worst_of_its_grounds(public: Answers) -> None:
    said = zone(public, "中央公園", "flood")
    grounds, shapes = box(480, 80, 560, 140), [shapely.make_valid(one) for one in flood_shapes()]
    deep, shallow = grounds.intersection(shapes[-1]).area, grounds.intersection(shapes[2]).difference(shapes[-1]).area
    assert values(said) == [4, 2] and [part["area_m2"] for part in said["classes"]] == pytest.approx([deep, shallow], abs=1e-3)
    assert {one["name"] for one in said["of"]} == {"小川"}


def test_a_town_that_is_asked_is_told_the_worst_of_its_whole_ground(public: Answers) -> None:
    for town, worst in (("青葉一丁目", 3), ("青葉二丁目", 4)):
        said = zone(public, town, "flood")
        assert said["worst"]["value"] == worst and sum(part["share"] for part in said["classes"]) < 1
    assert zone(public, "青葉二丁目", "landslide")["worst"]["value"] == "22" and zone(public, "青葉一丁目", "landslide")["state"] == "outside"


def test_a_town_that_was_surveyed_in_part_is_not_said_to_be_outside(public: Answers) -> None:
    assert zone(public, degrees_of(700, 300), "surge")["state"] == "outside", "its middle was surveyed"
    assert zone(public, "青葉二丁目", "surge")["state"] == "not_surveyed"


def test_a_special_warning_zone_counts_over_the_warning_zone_it_lies_in(public: Answers) -> None:
    said = zone(public, degrees_of(770, 370), "landslide")
    assert said["worst"]["value"] == "22" and said["worst"]["avoid"] and values(said) == ["22", "21"]
    assert [(one["name"], one["class"]["value"]) for one in said["of"]] == [("土石流A", "22")]


def test_every_slope_is_named_and_one_without_a_name_by_its_number(public: Answers) -> None:
    said = zone(public, degrees_of(840, 430), "landslide")
    assert {(one["name"], one["class"]["value"]) for one in said["of"]} == {("土石流A", "21"), ("K-3", "11")}
    assert said["worst"]["value"] == "11", "of equal severity the first written is the worse"


@pytest.mark.parametrize(("where", "rank", "words"), [
    ((150, 520), 1, "0.3m未満"), ((150, 550), 2, "0.5m以上 ～ 3.0m未満"), ((50, 570), 4, "5m以上10m未満"), ((150, 590), 6, "２０ｍ以上"), ((15, 595), 4, "5m以上10m未満")])
def test_a_tsunami_depth_in_words_is_the_rank_of_the_river_maps_and_the_words_stay(public: Answers, where: tuple[float, float], rank: int, words: str) -> None:
    card = look_up(public, degrees_of(*where))
    (said,) = [one for one in card["hazards"] if one["id"] == "tsunami"]
    assert said["worst"]["value"] == rank
    (told,) = [one for one in card["layers"] if one["id"] == "tsunami"]
    assert words in {feature["values"]["words"] for feature in told["features"]}


def test_the_same_rank_means_another_depth_for_a_pond_than_for_a_river(public: Answers) -> None:
    said = zone(public, degrees_of(470, 350), "pond")
    assert (said["worst"]["value"], said["worst"]["depth_m"], said["of"][0]["name"]) == (3, [1, 2], "鏡池")
    assert zone(public, degrees_of(50, 50), "flood")["worst"]["depth_m"] == [3, 5]


def test_plan_duration_and_shaking_say_what_they_are(public: Answers) -> None:
    card = {one["id"]: one for one in look_up(public, degrees_of(145, 60))["hazards"]}
    assert (card["plan"]["scale"], card["flood"]["scale"]) == ("planned", "largest") and values(card["plan"]) == [2, 1]
    assert card["duration"]["says"] == "duration" and card["duration"]["worst"]["label"] == "1週間未満" and card["duration"]["worst"]["depth_m"] is None
    assert card["quake"]["says"] == "intensity" and zone(public, degrees_of(500, 300), "quake")["worst"]["value"] in ("6弱", "6強")


def test_areas_come_with_their_names_and_on_a_border_with_both(public: Answers) -> None:
    from gispipe.answers.card import Asked

    card = look_up(public, degrees_of(450, 100))
    assert [(one["role"], one["name"], one["kana"]) for one in card["areas"]] == [
        ("town", "青葉二丁目", "あおばにちょうめ"), ("district", "あおば小学校区", None), ("neighborhood", "南自治会", None)]
    border = point(400, 100)
    assert [one["name"] for one in public.card(Asked(34.78, 135.47, border.x, border.y))["areas"] if one["role"] == "town"] == ["青葉一丁目", "青葉二丁目"]


def many() -> list[str]:
    rows = lots()[1]
    doors = [f"青葉{'一' if i < 10 else '二'}丁目{j + 1}番{i + 1}号" for j in range(15) for i in range(25) if (i + j) % 2]
    places = [degrees_of(17.3 * k % 990, 41.9 * k % 590) for k in range(80)]
    return [*(f"地番:{row['town']}{row['lot']}" for row in rows[::5]), *doors[::4], *places, "図書館", "小さな市役所", "中央公園", "北公園", "青葉一丁目", "青葉二丁目99番99号", "公園"]


@pytest.fixture(scope="module")
def cards(public: Answers) -> list[Card]:
    return [look_up(public, text) for text in many()]


def test_two_hundred_cards_have_the_published_form(cards: list[Card]) -> None:
    assert len(cards) >= 200 and {card["result"] for card in cards} >= {"exact", "place", "town"}
    for card in cards:
        HazardCard.model_validate(json.loads(json.dumps(card, allow_nan=False)), strict=True)


def test_cards_of_every_kind_agree_with_the_published_schema_file(cards: list[Card]) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="the package jsonschema is not installed; the model's own check has run")
    checker = jsonschema.Draft202012Validator(json.loads((Path(gispipe.__file__).parent / "schemas/card.schema.json").read_text("utf-8")))
    for card in (*cards[::12], *cards[-8:]):
        assert not list(checker.iter_errors(json.loads(json.dumps(card))))


def test_the_published_schema_file_is_that_of_the_model() -> None:
    stored = json.loads((Path(gispipe.__file__).parent / "schemas/card.schema.json").read_text("utf-8"))
    assert stored["$defs"] == HazardCard.model_json_schema()["$defs"] and stored["properties"] == HazardCard.model_json_schema()["properties"]
