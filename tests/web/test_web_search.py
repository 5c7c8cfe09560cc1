"""The search index as files: every entry once, addresses in shards by town."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from gispipe.build.documents import spellings
from gispipe.web.files import Out
from gispipe.web.searchfiles import SHARD_SIZE, lines_of, town_of, write_lines, write_search


def _entries(count: int) -> list[dict[str, object]]:
    towns = [f"{name}町" for name in ("あおば", "いずみ", "うみべ", "えのき", "おがわ")]
    return [{"n": f"{towns[k % 5]}{k % 9 + 1}丁目{k // 45}-{k % 45}", "l": "address", "c": [136.2, 35.1], "s": "住所", "f": k} for k in range(count)]


def test_no_entries_no_index(tmp_path: Path) -> None:
    assert write_search(Out(tmp_path), []) is None and not list(tmp_path.iterdir())


def test_few_entries_are_one_file_of_names(tmp_path: Path) -> None:
    index = json.loads((tmp_path / str(write_search(Out(tmp_path), _entries(50)))).read_text("utf-8"))
    assert index["shards"] == {}
    assert len(json.loads((tmp_path / index["names"]).read_text("utf-8"))["entries"]) == 50


def test_an_address_list_is_cut_by_town_and_nothing_is_lost(tmp_path: Path) -> None:
    entries = _entries(9000) + [{"n": "みほん小学校", "l": "school", "c": [136.2, 35.1], "s": "学校", "f": 1}]
    index = json.loads((tmp_path / str(write_search(Out(tmp_path), entries))).read_text("utf-8"))
    found = [e["f"] for url in set(index["shards"].values()) for e in json.loads((tmp_path / url).read_text("utf-8"))["entries"]]
    assert sorted(found) == list(range(9000))
    for prefix, url in index["shards"].items():
        inside = json.loads((tmp_path / url).read_text("utf-8"))["entries"]
        assert any(e["n"].startswith(prefix) for e in inside)
        assert len(inside) <= SHARD_SIZE or len({town_of(e["n"]) for e in inside}) == 1
    names = json.loads((tmp_path / index["names"]).read_text("utf-8"))["entries"]
    assert [e["n"] for e in names] == ["みほん小学校"]


def test_the_order_of_the_input_does_not_matter(tmp_path: Path) -> None:
    entries = _entries(4000)
    assert write_search(Out(tmp_path / "a"), entries) == write_search(Out(tmp_path / "b"), entries[::-1])


def test_entries_given_by_column_are_written_as_those_given_one_by_one(tmp_path: Path) -> None:
    names = ['萌黄谷一丁目104-1', 'a"b\\c', "改\n行", "空", "ア"]
    others = ["", "よみ", 'q"', "", "x y"]
    places, ids = [(136.5, 33.8), (136.123456, 33.0), (0.0, 1e-06), (-1e-06, 2.0), (1.0, 33.5)], [1, 2**51, 3, 10, 9]
    entries = [{"n": n, "l": "lot", "c": [x, y], "s": '筆"', "f": f} | ({"k": k} if k else {}) for n, k, (x, y), f in zip(names, others, places, ids, strict=True)]
    columns = [pa.array(one, pa.large_string()) for one in (names, others, [f"{x!r},{y!r}" for x, y in places])]
    assert write_lines(Out(tmp_path / "a"), [lines_of("lot", '筆"', *columns, np.array(ids))]) == write_search(Out(tmp_path / "b"), entries)


def test_other_spellings_stay_with_their_entry_whatever_is_missing() -> None:
    columns = [[None, "a", None, "c"], [None, None, "x", "y"], [None] * 4]
    for some in (columns, columns[:1], columns[2:], []):
        told = spellings([pa.array(one, pa.large_string()) for one in some], 4).to_pylist()
        assert told == [" ".join(one for one in row if one is not None) for row in (zip(*some, strict=True) if some else [()] * 4)]
