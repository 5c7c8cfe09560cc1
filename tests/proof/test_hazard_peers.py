"""The independent engines of the proof on the tiny city (left out where they are not installed)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.proof import tiny
from tests.proof.answer import settle
from tests.proof.brute import brute_truth
from tests.proof.points import random_points
from tests.proof.postgis import binaries, postgis
from tests.proof.postgis_truth import PostGISTruth
from tests.proof.verdict import judge

EVERY = tiny.subjects() | {"points": random_points(1_000, [zones for zones, _ in tiny.zones().values()], 3)}


@pytest.fixture(scope="module")
def peer() -> Iterator[PostGISTruth]:
    """A server with the subjects of the tiny city."""
    if binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    with postgis() as server:
        made = PostGISTruth(server)
        for name, geometry in EVERY.items():
            made.add_subjects(name, geometry)
        yield made


@pytest.mark.parametrize("layer", tiny.zones())
def test_postgis_and_the_plain_definition_agree(peer: PostGISTruth, layer: str) -> None:
    zones, rank = tiny.zones()[layer]
    peer.set_zones(zones, rank)
    for name, subjects in EVERY.items():
        found = peer.truth(name)
        verdict = judge(found, settle(brute_truth(subjects, zones, rank)))
        assert verdict.asked == len(subjects) and verdict.passed(), f"{name}: {verdict}"
        assert peer.check_unsplit(name, found, 20).largest < 1e-6


@pytest.mark.parametrize("layer", tiny.zones())
def test_postgis_measures_chosen_subjects_again_and_finds_the_same(peer: PostGISTruth, layer: str) -> None:
    zones, rank = tiny.zones()[layer]
    peer.set_zones(zones, rank)
    first = peer.truth("parcel")
    again = peer.again("parcel", first, np.arange(0, len(first.size), 2))
    assert again.owner.tolist() == first.owner.tolist() and again.rank.tolist() == first.rank.tolist()
    assert again.above == pytest.approx(first.above, abs=1e-6) and again.once == pytest.approx(first.once, abs=1e-6)


def test_duckdb_and_the_plain_definition_agree() -> None:
    pytest.importorskip("duckdb_extensions", reason="DuckDB spatial is not installed")
    from tests.proof.duckdb_truth import DuckDBTruth

    peer = DuckDBTruth()
    for name, subjects in EVERY.items():
        peer.add_subjects(name, subjects)
    for zones, rank in tiny.zones().values():
        peer.set_zones(zones, rank)
        for name, subjects in EVERY.items():
            verdict = judge(peer.truth(name), settle(brute_truth(subjects, zones, rank)))
            assert verdict.asked == len(subjects) and verdict.passed(), f"{name}: {verdict}"


def test_the_server_is_gone_after_the_end() -> None:
    if binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    with pytest.raises(RuntimeError, match="nonsense"), postgis() as server:
        server.run("nonsense")
    assert server.process.poll() is not None and not server.folder.exists()
