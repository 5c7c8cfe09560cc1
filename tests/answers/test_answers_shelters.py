"""Where to go: designated sites only, straight and on foot, dry where there is a dry way, and marked where a site stands in the zone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely
from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.answers.text import card_lines
from gispipe.catalogue import load_catalogue
from tinycity import X, Y, command

from asked_layers import LAYERS
from askedcity import SITES, box, degrees_of, deliver, point

COLUMN = {"flood": 3, "landslide": 4, "tsunami": 5, "earthquake": 6}
SOUTH = (650.0, 100.0)


def of(answers: Answers, where: tuple[float, float], hazard: str) -> dict[str, Any]:
    (found,) = [one for one in look_up(answers, degrees_of(*where))["shelters"] if one["hazard"] == hazard]
    return found


def walk(answers: Answers, where: tuple[float, float], hazard: str, site: str) -> dict[str, Any]:
    (found,) = [way for way in of(answers, where, hazard)["on_foot"] if way["name"] == site]
    return found


@pytest.mark.parametrize("hazard", COLUMN)
@pytest.mark.parametrize("where", [SOUTH, (250, 400), (10, 10), (980, 590)])
def test_the_three_nearest_sites_designated_for_the_hazard_are_told(public: Answers, hazard: str, where: tuple[float, float]) -> None:
    away = {name: point(*where).distance(point(x, y)) for name, x, y, *designated in SITES if designated[COLUMN[hazard] - 3] == "1"}
    told = of(public, where, hazard)["straight"]
    assert [one["name"] for one in told] == sorted(away, key=lambda name: away[name])[:3]
    assert [one["distance_m"] for one in told] == pytest.approx(sorted(away.values())[:3], abs=0.06)


def test_a_site_that_is_not_designated_is_never_told_whatever_the_table_writes_for_no(public: Answers) -> None:
    told = {way["name"] for one in look_up(public, degrees_of(640, 111))["shelters"] for way in (*one["straight"], *one["on_foot"])}
    assert told and "指定のない広場" not in told


def test_the_dry_way_round_is_taken_and_said_to_be_safe(public: Answers) -> None:
    way = walk(public, SOUTH, "flood", "北公園")
    assert (way["safe"], way["danger_m"], way["why"]) == (True, 0, None) and way["length_m"] == pytest.approx(820, abs=0.5) and way["minutes"] == pytest.approx(13.7, abs=0.1)
    line = shapely.LineString(_plane(way["line"]))
    assert line.intersection(box(600, 180, 900, 220)).length == 0 and line.length == pytest.approx(way["length_m"], abs=2)


def _plane(line: list[list[float]]) -> list[tuple[float, float]]:
    from gispipe.crs import LONLAT, transform_points

    x, y = transform_points(*map(list, zip(*line, strict=True)), LONLAT, "EPSG:6674")  # type: ignore[arg-type]
    return list(zip(x, y, strict=True))


def test_the_short_way_is_taken_for_a_hazard_that_does_not_reach_it(public: Answers) -> None:
    way = walk(public, SOUTH, "earthquake", "北公園")
    assert way["safe"] and way["length_m"] == pytest.approx(200, abs=0.5)


def test_where_no_way_leads_around_the_zone_it_is_said_with_the_metres_inside(public: Answers) -> None:
    way = walk(public, (250, 400), "flood", "丘の広場")
    assert not way["safe"] and way["danger_m"] == pytest.approx(30, abs=0.5) and way["why"]["ja"] == "危険な区域を避けて歩ける経路がありません"
    assert any("危険な区域" in line or "no way on foot around" in line for line in card_lines(look_up(public, degrees_of(250, 400))))


def test_safe_ways_come_before_ways_through_the_zone(public: Answers) -> None:
    for where in (SOUTH, (250, 400), (960, 200), (60, 200)):
        for one in look_up(public, degrees_of(*where))["shelters"]:
            safe = [way["safe"] for way in one["on_foot"]]
            assert safe == sorted(safe, reverse=True)
            assert len(one["on_foot"]) <= 3


def test_a_site_in_the_zone_of_the_hazard_is_marked_and_others_are_not(public: Answers) -> None:
    told = {one["name"]: one["inside"] for one in of(public, (100, 200), "flood")["straight"]}
    assert {(zone["id"], zone["class"]["value"]) for zone in told["大川公園"]} == {("flood", 3), ("plan", 1)}, "how long water stays is no zone of its own"
    assert told["丘の広場"] == [] and told["北公園"] == []
    assert {one["name"]: one["inside"] for one in of(public, (100, 200), "earthquake")["straight"]} == {"大川公園": [], "北公園": []}


def test_a_dam_breach_is_answered_with_the_sites_for_floods(public: Answers) -> None:
    assert [one["name"] for one in of(public, SOUTH, "pond")["straight"]] == [one["name"] for one in of(public, SOUTH, "flood")["straight"]]


@pytest.mark.parametrize("hazard", ["storm_surge", "inland"])
def test_a_hazard_for_which_no_site_is_designated_says_so(public: Answers, hazard: str) -> None:
    told = of(public, SOUTH, hazard)
    assert told["straight"] == [] and told["on_foot"] == [] and told["none"]["ja"] == "この災害に指定された避難場所がありません"


def test_shelters_to_stay_in_are_told_apart_from_sites_to_flee_to(public: Answers) -> None:
    assert {one["name"] for one in of(public, SOUTH, "stay")["straight"]} == {"あおば小学校体育館", "みどり公民館"}
    assert "みどり公民館" not in {one["name"] for one in of(public, SOUTH, "flood")["straight"]}


def test_without_a_road_layer_the_straight_distance_stays_and_the_card_says_why_there_is_no_way(tmp_path: Path) -> None:
    city = deliver(tmp_path / "city", {name: LAYERS[name] for name in ("flood", "landslide", "parcel", "site")})
    assert command(["ingest", "--city", str(city), "--quiet"]) == 0
    told = of(Answers(load_catalogue(city), "public"), SOUTH, "flood")
    assert len(told["straight"]) == 3 and told["on_foot"] == [] and told["none"]["ja"] == "道路のレイヤーがないため、徒歩の経路は分かりません"


def test_every_site_is_where_it_was_delivered(public: Answers) -> None:
    from gispipe.crs import LONLAT, transform_points

    told = {one["name"]: (one["lon"], one["lat"]) for where in (SOUTH, (10, 10)) for hazard in COLUMN for one in of(public, where, hazard)["straight"]}
    for name, x, y, *_ in SITES[:5]:
        assert told[name] == pytest.approx(tuple(float(v[0]) for v in transform_points([X + x], [Y + y], "EPSG:6674", LONLAT)), abs=2e-7)  # type: ignore[arg-type, list-item]
