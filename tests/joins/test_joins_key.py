"""Joins by key and what a layer declares: counts in = counts out, doubled keys refused, declared rules kept."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycity import csv_file, declare, edit, square

from gispipe.audience import InternalTable
from gispipe.catalogue import load_catalogue
from gispipe.errors import Failure, JoinError
from gispipe.intake.csv_table import read_csv
from gispipe.joins.declared import join_layer
from gispipe.joins.key import join_by_key
from gispipe.joins.result import Joined
from gispipe.model import Source

keys = st.one_of(st.none(), st.sampled_from(["1-1", "1-2", "2-1", "é", "1-1\n"]))


def column(values: list[object]) -> np.ndarray:
    return np.array([*values, None], dtype=object)[:-1]


@settings(max_examples=80)
@given(st.lists(st.tuples(keys, keys), max_size=8), st.lists(st.tuples(keys, keys), max_size=6))
def test_rows_in_are_rows_out_and_every_match_is_by_equal_keys(left: list[tuple[object, object]], right: list[tuple[object, object]]) -> None:
    a = pd.DataFrame({"k": column([k for k, _ in left]), "l": column([v for _, v in left])}, dtype=object)
    b = pd.DataFrame({"k": column([k for k, _ in right]), "l": column([v for _, v in right]), "v": column([f"value {k}" for k in range(len(right))])}, dtype=object)
    whole = [pair for pair in right if None not in pair]
    if len(set(whole)) < len(whole):
        with pytest.raises(JoinError) as caught:
            join_by_key(a, b, ["k", "l"], ["v"], "ledger.csv")
        assert caught.value.exit_status == 24
        return
    joined = join_by_key(a, b, ["k", "l"], ["v"], "ledger.csv")
    expected = [next((f"value {k}" for k, pair in enumerate(right) if pair == mine and None not in pair), None) for mine in left]
    assert [None if pd.isna(v) else v for v in joined.columns["v"]] == expected
    matched = sum(e is not None for e in expected)
    used = len({pair for pair in whole if pair in set(left)})
    no_key = sum(None in pair for pair in left)
    shared = sum(left.count(pair) > 1 for pair in whole)
    assert joined.counts == {"left": len(left), "matched": matched, "unmatched": len(left) - matched - no_key, "no_key": no_key, "matched_by_form": 0, "right": len(right),
                             "right_used": used, "right_unused": len(right) - used, "right_no_key": len(right) - len(whole), "shared": shared}
    assert len(joined.unmatched) == len(left) - matched and len(joined.left_over) == len(right) - used


def test_a_doubled_key_names_the_key_and_the_rows() -> None:
    left, right = pd.DataFrame({"k": column(["a"])}), pd.DataFrame({"k": column(["b", "a", "c", "a", "c"]), "v": column([1, 2, 3, 4, 5])})
    with pytest.raises(JoinError, match=re.escape("ledger.csv: the key k = 'a' stands more than once (rows 2, 4; 2 such keys)")):
        join_by_key(left, right, ["k"], ["v"], "ledger.csv")


def test_numbers_meet_numbers_whatever_they_were_written_like() -> None:
    left = pd.DataFrame({"k": pd.array([1, 2, None], dtype="Int64")})
    right = pd.DataFrame({"k": pd.array([2, 1], dtype="Int64"), "v": column(["two", "one"])})
    assert join_by_key(left, right, ["k"], ["v"], "w").columns["v"].iloc[:2].tolist() == ["one", "two"]


class Tiny:
    """The parcel layer of the tiny city with a ledger of our own."""

    def __init__(self, folder: Path, ledger: list[list[str]], change: tuple[str, str] | None = None) -> None:
        self.city = declare(folder)
        if change:
            edit(self.city / "layers/parcel.toml", *change)
        self.ledger = csv_file(folder / "ledger.csv", ledger, "cp932")

    def join(self, ranks: tuple[int, ...] = (1, 3)) -> tuple[InternalTable, dict[str, Joined]]:
        catalogue = load_catalogue(self.city)
        parcel = InternalTable("parcel", pd.DataFrame({"lot": column(["1-1", "1-2", "1-3"])}), np.array([square(0, 0, 9), square(20, 0, 9), square(90, 0, 9)], dtype=object))
        flood = InternalTable("flood", pd.DataFrame({"rank": pd.array(ranks, dtype="Int64"), "river": column(["川"] * len(ranks)), "memo": column([None] * len(ranks))}),
                              np.array([square(0, 0, 30), square(20, 0, 30)][: len(ranks)], dtype=object))
        delivered = read_csv(self.ledger, Source(reader="csv", path="x", encoding="cp932"), "internal/ledger.csv")
        return join_layer(catalogue, catalogue.layers["parcel"], parcel, lambda _: flood, lambda _layer, _name: delivered)


HEAD = ["地番", "所有者氏名"]


def test_a_declared_ledger_and_a_declared_place_both_arrive(tmp_path: Path) -> None:
    table, done = Tiny(tmp_path, [HEAD, ["1-1", "髙田"], ["1-3", ""], ["9-9", "余り"]]).join()
    assert table.frame["owner"].tolist()[0] == "髙田" and table.frame["owner"].isna().tolist() == [False, True, True]
    assert [None if pd.isna(v) else v for v in table.frame["worst"]] == [1, 3, None] and str(table.frame["worst"].dtype) == "Int64"
    ledger = done["ledger"]
    assert ledger.counts == {"left": 3, "matched": 2, "unmatched": 1, "no_key": 0, "matched_by_form": 0, "right": 3, "right_used": 2, "right_unused": 1,
                             "right_no_key": 0, "shared": 0}
    assert [(one.key, one.row, one.reason) for one in (*ledger.unmatched, *ledger.left_over)] == [("1-2", 2, "only_here"), ("9-9", 4, "only_here")]


@pytest.mark.parametrize(("rows", "change", "status", "sentence"), [
    ([HEAD, ["1-1", "髙田"], ["1-2", "b"], ["1-1", "c"]], None, 24, "internal/ledger.csv: the key lot = '1-1' stands more than once (rows 2, 4; 1 such keys)"),
    ([HEAD, ["1-1", "髙田", "余計"]], None, 22, "internal/ledger.csv:2: GP21"),
    ([HEAD], None, 22, "GP17"),
    ([["地番", "氏名"], ["1-1", "x"]], None, 20, "layers/parcel.toml › join.ledger.columns.owner: no column '所有者氏名' in internal/ledger.csv"),
    ([HEAD, ["1-1", "x"]], ('type = "str", label = "所有者" }', 'type = "int", label = "所有者" }'), 22, "internal/ledger.csv:2: GP30"),
    ([HEAD, ["1-1", "x"]], ('label = "所有者" }', 'label = "所有者", in = ["甲", "乙"] }'), 22, "internal/ledger.csv:2: GP31"),
    ([HEAD, ["1-1", ""]], ('label = "所有者" }', 'label = "所有者", required = true }'), 22, "internal/ledger.csv:2: GP32"),
    ([HEAD, ["1-1", "x"]], ('label = "所有者" }', 'label = "所有者", pattern = "[0-9]+" }'), 22, "internal/ledger.csv:2: GP33"),
    ([HEAD, ["1-1", "x"]], ('label = "最大浸水ランク", public', 'required = true, label = "最大浸水ランク", public'), 22, "join.depth › join.depth:3: GP32"),
    ([HEAD, ["1-1", "x"]], ('label = "最大浸水ランク", public', 'in = [1, 2], label = "最大浸水ランク", public'), 22, "join.depth › join.depth:2: GP31"),
])
def test_what_a_join_may_not_bring_is_stopped_with_its_place(tmp_path: Path, rows: list[list[str]], change: tuple[str, str] | None, status: int, sentence: str) -> None:
    with pytest.raises(Failure) as caught:
        Tiny(tmp_path, rows, change).join()
    assert caught.value.exit_status == status and sentence in str(caught.value)


def test_a_layer_drawn_by_a_joined_column_needs_a_class_for_every_value_but_not_for_none(tmp_path: Path) -> None:
    tiny = Tiny(tmp_path, [HEAD, ["1-1", "x"]], ('style = "lots"', 'style = "worst"'))
    (tmp_path / "styles/worst.toml").write_text('id = "worst"\nby = "worst"\n[[class]]\nvalue = 1\nfill = "#F7F5A9"\n', "utf-8")
    assert tiny.join(ranks=(1,))[0].frame["worst"].isna().sum() == 1, "one lot has no zone, and that is no missing class"
    with pytest.raises(Failure, match=r"GP35 .*worst=3 \(worst\)"):
        tiny.join(ranks=(1, 3))
