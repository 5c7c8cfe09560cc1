"""The ledgers of the demo city: they join as the layers declare, and show every reason why a row finds nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from gispipe.audience import InternalTable
from gispipe.catalogue import load_catalogue
from gispipe.gather import gather
from gispipe.joins.declared import join_layer
from gispipe.joins.result import Joined
from gispipe.joins.reasons import REASONS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def joins(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Joined]:
    """What the joins of lots and addresses do, by the name of the join."""
    catalogue = load_catalogue(ROOT, sources)
    read = gather(catalogue, [catalogue.layers[name] for name in ("parcel", "address")], tmp_path_factory.mktemp("drafts"))
    assert read.failures(catalogue) == []
    tables = {name: InternalTable(name, one.table, one.geometry) for name, one in read.tables.items()}
    done: dict[str, Joined] = {}
    for name, table in tables.items():
        done |= join_layer(catalogue, catalogue.layers[name], table, tables.__getitem__, lambda layer, join: read.ledgers[layer.id, join])[1]
    return done


def test_nearly_every_row_of_a_ledger_meets_its_lot_house_or_address(joins: dict[str, Joined]) -> None:
    assert set(joins) == {"ledger", "house", "water", "household"}
    for name, done in joins.items():
        assert done.counts["right_unused"] < 20 and done.counts["matched"] > 9000, name
        assert done.counts["left"] == done.counts["matched"] + done.counts["unmatched"] + done.counts["no_key"], name


def test_houses_and_addresses_meet_only_because_their_form_is_declared(joins: dict[str, Joined]) -> None:
    assert joins["household"].counts["matched_by_form"] > 4000 and joins["house"].counts["matched_by_form"] > 1000
    assert joins["ledger"].counts["matched_by_form"] == joins["water"].counts["matched_by_form"] == 0
    assert joins["house"].counts["shared"] > 0


def test_the_report_of_the_demo_shows_every_reason(joins: dict[str, Joined]) -> None:
    assert {reason for done in joins.values() for reason in (*done.reasons, *done.spare_reasons)} == set(REASONS)


def test_households_are_counts_and_name_nobody(sources: Path) -> None:
    table = list(csv.DictReader(io.StringIO((sources / "internal/household.csv").read_bytes().decode("cp932"))))
    assert list(table[0]) == ["住所", "世帯数", "人数"]
    assert all(int(row["世帯数"]) >= 1 and int(row["人数"]) >= int(row["世帯数"]) for row in table)


@pytest.mark.parametrize("layer", ["parcel", "address"])
def test_nothing_that_the_ledgers_bring_is_public(layer: str) -> None:
    declared = load_catalogue(ROOT).layers[layer]
    brought = {name for join in declared.join.values() for name in join.columns} - set(declared.columns)
    assert len(brought) > 1 and not brought & set(declared.public_columns())
