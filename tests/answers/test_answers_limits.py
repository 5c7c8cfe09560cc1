"""Where an answer ends: at the city's limit, and where nobody surveyed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.answers.surveyed import surveyed_at
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.errors import NotFound
from gispipe.model import Card, Layer, Zone

from askedcity import degrees_of


def with_layer(catalogue: Catalogue, layer: Layer) -> Catalogue:
    return replace(catalogue, layers={**catalogue.layers, layer.id: layer})


def test_a_coordinate_outside_the_limit_gets_no_answer_though_it_is_within_the_bounds(few: Path) -> None:
    catalogue = load_catalogue(few)
    limited = Answers(with_layer(catalogue, catalogue.layers["town"].model_copy(update={"card": Card(role="city")})), "public")
    outside = degrees_of(50, 3000)
    assert limited.at(*map(float, degrees_of(50, 70).split(","))).layer is None
    with pytest.raises(NotFound, match="outside"):
        look_up(limited, outside)
    assert look_up(Answers(catalogue, "public"), outside)["result"] == "place", "without a limit the bounds alone decide"


def test_a_hazard_whose_survey_has_no_data_was_surveyed_nowhere(few: Path) -> None:
    answers = Answers(load_catalogue(few), "public")
    flood = answers.catalogue.layers["flood"]
    place = answers.at(*map(float, degrees_of(50, 70).split(",")))
    assert surveyed_at(answers, flood, place.x, place.y)
    assert not surveyed_at(answers, flood.model_copy(update={"zone": Zone(surveyed="nowhere")}), place.x, place.y)
