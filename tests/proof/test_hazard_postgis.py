"""PostGIS as the independent engine of the proof, on the tiny city (left out where PostgreSQL is not installed)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof import tiny
from tests.proof.answer import settle
from tests.proof.brute import brute_truth
from tests.proof.points import random_points
from tests.proof.postgis import binaries, postgis
from tests.proof.postgis_truth import PostGISTruth
from tests.proof.verdict import judge

EVERY = tiny.subjects() | {"points": random_points(2_000, [zones for zones, _ in tiny.zones().values()], 3)}


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


def test_the_server_is_gone_after_the_end() -> None:
    if binaries() is None:
        pytest.skip("PostgreSQL with PostGIS is not installed")
    with pytest.raises(RuntimeError, match="nonsense"), postgis() as server:
        server.run("nonsense")
    assert server.process.poll() is not None and not server.folder.exists()
