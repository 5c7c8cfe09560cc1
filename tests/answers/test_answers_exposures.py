"""What all hazard layers say of a feature, kept side by side, against the answers of each layer alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gispipe.answers.card import Answers
from gispipe.answers.exposure import NOTHING, Exposure, Exposures, save_exposures
from gispipe.arrays import save_arrays
from hypothesis import given, settings
from hypothesis import strategies as st

FEATURES = 5
reached = st.dictionaries(st.tuples(st.integers(0, FEATURES - 1), st.integers(0, 6)), st.floats(0, 1e5), max_size=12)
named = st.dictionaries(st.tuples(st.integers(0, FEATURES - 1), st.sampled_from(["", "星瀬川", "鈴音川", "土石流の1"])), st.integers(0, 6), max_size=8)


def kept(path: Path, ranks: dict[tuple[int, int], float], names: dict[tuple[int, str], int]) -> Exposure:
    """Keep the answers of one hazard layer: worst rank first, names only where something reaches."""
    rows = sorted(((owner, -rank, area) for (owner, rank), area in ranks.items()))
    listed = sorted({name for _, name in names})
    owners = {owner for owner, *_ in rows}
    groups = sorted((owner, listed.index(name), rank) for (owner, name), rank in names.items() if owner in owners)
    column = lambda table, k, kind: np.array([row[k] for row in table], dtype=kind)  # noqa: E731
    save_arrays(path, {"owner": column(rows, 0, np.int32), "rank": -column(rows, 1, np.int16), "area": column(rows, 2, np.float64),
                       "group_owner": column(groups, 0, np.int32), "group": column(groups, 1, np.int32), "group_rank": column(groups, 2, np.int16),
                       "sliver": np.zeros(0, np.int32)}, {"groups": listed, "features": FEATURES})
    return Exposure(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exposures")


@settings(max_examples=80, deadline=None)
@given(layers=st.dictionaries(st.sampled_from(["flood", "pond", "tsunami", "landslide"]), st.tuples(reached, named), max_size=4))
def test_side_by_side_is_what_each_layer_says_alone(folder: Path, layers: dict[str, tuple[dict[tuple[int, int], float], dict[tuple[int, str], int]]]) -> None:
    alone = {zone: kept(folder / f"{zone}.arrays", *given) for zone, given in layers.items()}
    save_exposures(folder / "all.arrays", alone, FEATURES)
    together = Exposures(folder / "all.arrays")
    for row in range(FEATURES):
        told = together.of(row)
        assert {zone: told.get(zone, NOTHING) for zone in alone} == {zone: one.of(row) for zone, one in alone.items()} and told.keys() <= alone.keys()


def test_every_feature_of_the_city_has_the_same_answer_both_ways(public: Answers) -> None:
    for subject in public.files.subjects():
        together, alone = public.exposures(subject.id), {zone.id: public.exposure(subject.id, zone) for zone in public.files.zones()}
        for row in range(public.shapes(subject.id).features):
            told = together.of(row)
            assert all(told.get(zone, NOTHING) == one.of(row) for zone, one in alone.items()), (subject.id, row)


def test_a_process_that_stays_opens_everything_and_answers_the_same(public: Answers) -> None:
    opened = Answers(public.catalogue, "public").open()
    for text in ("青葉一丁目1-1", "中央公園"):
        assert opened.find(text) == public.find(text)
        assert opened.card(opened.of(opened.find(text).hits[0])) == public.card(public.of(public.find(text).hits[0]))
