"""The join benchmark compares answers before it compares times: the comparison itself, and the pieces DuckDB is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.bench.join_data import Shares, prepare, read, read_shares, same, write_shares
from tests.bench.pieces import PIECE, halved

RIGHT = Shares(np.array([1, 1, 4]), np.array([3, 2, 1]), np.array([20.0, 5.0, 0.05]))


def test_pieces_are_small_and_together_the_same_ground() -> None:
    whole = np.array([shapely.Point(0, 0).buffer(100, quad_segs=400), shapely.box(200, 0, 210, 10)])
    pieces, rank = halved(whole, np.array([2, 5]))
    assert shapely.get_num_coordinates(pieces).max() <= PIECE and len(pieces) > 2
    assert [pieces[rank == r].size and shapely.area(pieces[rank == r]).sum() for r in (2, 5)] == pytest.approx(shapely.area(whole))


def test_a_share_counts_when_it_and_all_worse_ones_are_more_than_the_sliver(tmp_path: Path) -> None:
    write_shares(tmp_path, "one", np.array([4, 1, 1, 2]), np.array([1, 2, 3, 2]), np.array([0.05, 0.08, 0.07, 3.0]))
    kept = read_shares(tmp_path, "one")
    assert list(zip(kept.owner.tolist(), kept.rank.tolist(), strict=True)) == [(1, 2), (2, 2)]


@pytest.mark.parametrize(("other", "alike"), [
    (RIGHT, True),
    (RIGHT._replace(area=np.array([20.0, 5.0 + 1e-5, 0.05])), False),
    (RIGHT._replace(rank=np.array([3, 1, 1])), False),
    (Shares(RIGHT.owner[1:], RIGHT.rank[1:], RIGHT.area[1:]), False),
], ids=["the same", "another area", "another rank", "a share missing"])
def test_only_equal_answers_are_called_equal(other: Shares, alike: bool) -> None:
    assert same(RIGHT, other)[0] is alike and same(other, RIGHT)[0] is alike


def test_the_synthetic_city_is_the_same_every_time_and_has_sound_zones(tmp_path: Path) -> None:
    counts = [prepare(folder, 400) for folder in (tmp_path,) * 2]
    first = (tmp_path / "flood.parquet").read_bytes()
    prepare(tmp_path, 400)
    zones, rank = read(tmp_path, "flood")
    assert counts[0] == counts[1] and (tmp_path / "flood.parquet").read_bytes() == first
    assert shapely.is_valid(zones).all() and rank.tolist() == sorted(set(rank.tolist()))
