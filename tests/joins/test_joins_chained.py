"""A ledger that joins by what an earlier ledger brought, and what the report says of it all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tinycity import CANARY, command, csv_file, declare, deliver, edit, square

from gispipe.audience import InternalTable
from gispipe.catalogue import load_catalogue
from gispipe.errors import Failure
from gispipe.intake.csv_table import read_csv
from gispipe.joins.declared import join_layer
from gispipe.joins.result import Joined
from gispipe.model import Source
from gispipe.report import write_report

HOUSE = '''[join.house]
on = ["survey"]
match = "number"
[join.house.source]
reader = "csv"
path = "internal/house.csv"
[join.house.columns]
survey = { from = "家屋調査番号", type = "str" }
structure = { from = "構造", type = "str", label = "構造" }
[join.depth]
'''
SURVEY = 'owner = { from = "所有者氏名", type = "str", label = "所有者" }\nsurvey = { from = "調査番号", type = "str", label = "家屋調査番号" }'
LEDGER = [["地番", "所有者氏名", "調査番号"], ["1-1", "甲", "K-0001"], ["1-2", "乙", "K-0001"], ["1-3", "丙", ""], ["1-4", "丁", "K-0077"]]
HOUSES = [["家屋調査番号", "構造"], ["K1", "木造"], ["Ｋ－００５", "鉄骨造"]]


def chained(folder: Path) -> Path:
    """Declare the tiny city with a house ledger that joins by the survey number of the tax ledger."""
    city = declare(folder)
    edit(city / "layers/parcel.toml", 'owner = { from = "所有者氏名", type = "str", label = "所有者" }', SURVEY)
    edit(city / "layers/parcel.toml", "[join.depth]\n", HOUSE)
    return city


def run(city: Path, ledger: list[list[str]] = LEDGER, houses: list[list[str]] = HOUSES) -> tuple[InternalTable, dict[str, Joined]]:
    catalogue = load_catalogue(city)
    lots = [row[0] for row in LEDGER[1:]]
    parcel = InternalTable("parcel", pd.DataFrame({"lot": np.array(lots, dtype=object)}), np.array([square(20 * k, 0, 9) for k in range(4)], dtype=object))
    flood = InternalTable("flood", pd.DataFrame({"rank": pd.array([1], dtype="Int64"), "river": ["川"], "memo": [None]}), np.array([square(0, 0, 30)], dtype=object))
    files = {name: csv_file(city / f"{name}.csv", rows) for name, rows in (("ledger", ledger), ("house", houses))}
    return join_layer(catalogue, catalogue.layers["parcel"], parcel, lambda _: flood,
                      lambda _, name: read_csv(files[name], Source(reader="csv", path="x"), f"internal/{name}.csv"))


def test_a_ledger_joins_by_the_column_that_an_earlier_ledger_brought(tmp_path: Path) -> None:
    table, done = run(chained(tmp_path))
    assert [None if pd.isna(v) else v for v in table.frame["structure"]] == ["木造", "木造", None, None]
    assert table.frame["survey"].tolist()[:2] == ["K-0001", "K-0001"], "the layer keeps the number as the first ledger writes it"
    counts = done["house"].counts
    assert counts == {"left": 4, "matched": 2, "unmatched": 1, "no_key": 1, "matched_by_form": 2, "right": 2, "right_used": 1, "right_unused": 1, "right_no_key": 0, "shared": 1}
    assert [(r.key, r.reason, r.named) for r in done["house"].unmatched] == [("K-0077", "only_here", "1-4"), ("", "no_key", "1-3")]


def test_two_houses_whose_numbers_become_one_stop_the_join(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        run(chained(tmp_path), houses=[*HOUSES, ["K-001", "RC造"]])
    assert caught.value.exit_status == 24
    assert "join.house › internal/house.csv: the keys survey = 'K1' (row 2), 'K-001' (row 4) are the same under match = \"number\"" in str(caught.value)


def test_one_to_one_stops_a_house_on_two_lots(tmp_path: Path) -> None:
    city = chained(tmp_path)
    edit(city / "layers/parcel.toml", 'match = "number"', 'match = "number"\none_to_one = true')
    with pytest.raises(Failure, match=re.escape("row 2 (survey = 'K1') meets 2 rows of the layer (rows 1, 2)")):
        run(city)


def test_the_report_names_reasons_and_rows_and_escapes_what_stands_in_them(tmp_path: Path) -> None:
    city = chained(tmp_path)
    _, done = run(city, [*LEDGER[:-1], ["<script>x</script>", "戊", ""]], [*HOUSES, ["<b>9</b>", "木造"]])
    page = write_report(tmp_path / "run", load_catalogue(city), [], (), {"parcel": done})
    html, document = page.read_text("utf-8"), json.loads((tmp_path / "run/findings.json").read_text("utf-8"))
    assert "<script>x" not in html and "&lt;script&gt;x" in html and "<b>9" not in html
    for text in ("片方だけにある", "キーが空", "レイヤー側の一覧（2 / 2 件）", "相手側の一覧（2 / 2 件）"):
        assert text in html
    house = next(one for one in document["joins"] if one["join"] == "house")
    assert house["spare_reasons"] == {"only_here": 2} and house["shared"] == 1
    assert house["unused_rows"][0] == {"key": "Ｋ－００５", "row": 3, "reason": "only_here", "candidate": "", "named": "",
                                       "words": {"en": "nothing like it is on the other side: new, or deleted there",
                                                 "ja": "相手側に似たものがありません。新規、または相手側で削除された可能性があります"}}


def test_a_join_by_place_has_no_rows_to_explain(tmp_path: Path) -> None:
    _, done = run(chained(tmp_path))
    assert done["depth"].reasons == {} and done["depth"].unmatched == ()


def test_what_joins_did_is_in_the_internal_report_and_in_no_public_file(tmp_path: Path) -> None:
    city = deliver(declare(tmp_path / "tiny"))
    assert command(["ingest", "--city", str(city)]) == 0
    report = json.loads(max(city.rglob("findings.json")).read_text("utf-8"))
    ledger = next(one for one in report["joins"] if one["join"] == "ledger")
    assert [row["key"] for row in ledger["unused_rows"]] == ["99-9"] and ledger["reasons"] == {"only_here": 2}
    public = [path for path in (city / "output/store/public").rglob("*") if path.is_file()]
    assert public and not any(word.encode() in path.read_bytes() for path in public for word in ("99-9", "only_here", "shared", CANARY))
