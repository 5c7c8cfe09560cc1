"""One answer everywhere: what is kept, what the card says and a plain overlay agree, in both audiences, and nothing closed is in the open one."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from gispipe.answers.card import Answers, Asked
from gispipe.answers.lookup import look_up
from gispipe.catalogue import Catalogue
from tinycity import CANARY

from askedcity import FLOOD_RANKS, everything, flood_shapes

Zones = tuple[list[shapely.Geometry], list[int]]
SLIVER = 0.1


def by_rank() -> dict[str, Zones]:
    """Return polygons and ranks of the hazard layers, read from what the city delivers."""
    given = everything()
    slopes = {"21": 2, "11": 2, "22": 4, "12": 4}  # as worst of its severity; only which is worse counts
    return {
        "flood": (flood_shapes(), list(FLOOD_RANKS)), "plan": (given["plan"][0], [1, 2]), "duration": (given["duration"][0], [4]), "pond": (given["pond"][0], [3]),
        "landslide": (given["landslide"][0], [slopes[str(row["kind"])] for row in given["landslide"][1]]),
        "tsunami": (given["tsunami"][0], [1, 2, 4, 6, 2]), "quake": (given["quake"][0], [1, 2]), "surge": (given["surge"][0], [1]), "flooded": (given["flooded"][0], [1])}


def plain_worst(subjects: list[shapely.Geometry], zones: Zones) -> np.ndarray:
    """Return the worst rank that holds more than the tolerance of each feature (or touches a point), -1 for none, one polygon after the other."""
    worst = np.full(len(subjects), -1)
    for rank in sorted(set(zones[1])):
        ground = shapely.union_all([shapely.make_valid(one) for one, of in zip(*zones, strict=True) if of >= rank])
        reached = [one.intersects(ground) if one.geom_type == "Point" else one.intersection(ground).area > min(SLIVER, one.area / 2) for one in subjects]
        worst[np.array(reached)] = rank
    return worst


def in_store_order(answers: Answers, layer: str) -> list[shapely.Geometry]:
    """Return a layer's delivered shapes in the order of the stored rows, found by where they stand."""
    shapes, kept = everything()[layer][0], answers.shapes(layer)
    found: list[shapely.Geometry] = []
    for row in range(kept.features):
        spot = shapely.point_on_surface(shapely.union_all(kept.of(row)))
        found.append(min(shapes, key=lambda one: one.distance(spot)))
    return found


@pytest.mark.parametrize("subject", ["parcel", "house", "door", "hall", "park", "town", "school", "site", "stay"])
def test_kept_answers_of_every_feature_are_those_of_a_plain_overlay(public: Answers, subject: str) -> None:
    shapes = in_store_order(public, subject)
    for layer, zones in by_rank().items():
        kept = public.exposure(subject, public.catalogue.layers[layer]).worst()
        if layer == "landslide":  # which of two kinds of one severity is drawn first is the style's choice
            kept = np.where(kept > 0, 2 * ((kept + 1) // 2), kept)
        assert kept.tolist() == plain_worst(shapes, zones).tolist(), layer


def test_a_card_says_what_is_kept_for_its_feature(public: Answers) -> None:
    for subject, rows in (("parcel", range(0, 375, 11)), ("house", range(0, 250, 17)), ("door", range(0, 188, 9)), ("site", range(6))):
        layer = public.catalogue.layers[subject]
        for row in rows:
            anchor = shapely.point_on_surface(shapely.union_all(public.shapes(subject).of(row)))
            card = public.card(Asked(34.78, 135.47, anchor.x, anchor.y, layer, row))
            for one in (one for one in card["hazards"] if one["state"] != "no_data"):
                kept = public.exposure(subject, public.catalogue.layers[one["id"]]).of(row)
                assert [part["class"]["rank"] for part in one["classes"]] == [rank for rank, _ in kept.ranks]
                assert [(name["name"], name["class"]["rank"]) for name in one["of"]] == list(kept.named)


def open_part(card: dict[str, Any], layers: set[str]) -> dict[str, Any]:
    """Return what of a card concerns open layers only: not what to do, which all layers together say."""
    def without(one: dict[str, Any]) -> dict[str, Any]:
        return one | {"inside": [zone for zone in one["inside"] if zone["id"] in layers]}

    ways = [one | {"straight": [*map(without, one["straight"])], "on_foot": [*map(without, one["on_foot"])]} for one in card["shelters"]]
    facts = [{"id": one["id"], "answer": one["answer"], "features": len(one["features"])} for one in card["layers"] if one["id"] in layers]
    return card | {"audience": "", "advice": [], "hazards": [one for one in card["hazards"] if one["id"] in layers], "shelters": ways, "layers": facts,
                   "sources": [one for one in card["sources"] if one["layer"] in layers]}


QUESTIONS = ("地番:青葉一丁目1-1", "地番:青葉二丁目9-20", "青葉一丁目2番1号", "青葉二丁目6番99号", "図書館", "中央公園", "北公園", "青葉二丁目", "公園")


def test_both_audiences_get_the_same_answer_about_everything_open(public: Answers, internal: Answers) -> None:
    layers = {layer.id for layer in public.catalogue.layers_for("public")}
    for text in QUESTIONS:
        outside, inside = look_up(public, text), look_up(internal, text)
        assert open_part(outside, layers) == open_part(inside, layers)


def test_staff_are_told_of_internal_hazards_and_the_public_is_not(public: Answers, internal: Answers) -> None:
    assert {one["id"] for one in look_up(internal, QUESTIONS[0])["hazards"]} - {one["id"] for one in look_up(public, QUESTIONS[0])["hazards"]} == {"secret"}
    (told,) = [one for one in look_up(internal, QUESTIONS[0])["hazards"] if one["id"] == "secret"]
    assert told["state"] == "inside" and CANARY in told["of"][0]["name"]


def test_no_public_card_has_a_canary_or_an_internal_column(public: Answers) -> None:
    for text in QUESTIONS:
        document = json.dumps(look_up(public, text), ensure_ascii=False)
        assert CANARY not in document and "memo" not in document and "secret" not in document and "owner" not in document


def test_no_byte_of_the_public_answers_comes_from_an_internal_column_or_layer(catalogue: Catalogue) -> None:
    root = catalogue.output / "store/public"
    files = [path for path in root.rglob("*") if path.is_file()]
    assert len([path for path in files if path.parent.name == "answers"]) > 50
    for path in files:
        body, name = path.read_bytes(), path.relative_to(root).as_posix()
        assert "secret" not in name
        for word in (CANARY.encode(), CANARY.encode("cp932"), CANARY.encode("utf-16-le"), "計画カナリア".encode(), b"secret", b'"memo"', "持主".encode()):
            assert word not in body, (name, word)


def test_the_internal_store_does_have_what_is_looked_for(catalogue: Catalogue) -> None:
    """Without this the search above could be looking for the wrong thing."""
    answers = list((catalogue.output / "store/internal/answers").iterdir())
    assert any("secret" in path.name for path in answers) and any(CANARY.encode() in path.read_bytes() for path in answers)


def test_the_open_register_has_names_from_open_columns_only(catalogue: Catalogue) -> None:
    (register,) = (catalogue.output / "store/public/answers").glob("register-*.sqlite")
    with sqlite3.connect(f"file:{register}?mode=ro&immutable=1", uri=True) as connection:
        dumped = "\n".join(connection.iterdump())
    assert "中央公園" in dumped and CANARY not in dumped


def test_both_audiences_number_open_rows_alike(catalogue: Catalogue, public: Answers, internal: Answers) -> None:
    for layer in catalogue.layers_for("public"):
        if layer.id in public.files.entries:
            assert shapely.equals_exact(public.shapes(layer.id).all()[0], internal.shapes(layer.id).all()[0]).all()
    files = {path.name.split("-")[0] for path in Path(public.files.folder).iterdir()}
    assert files == {"shapes", "around", "exposure", "exposures", "zone", "register", "sites", "walking", "streets"}
