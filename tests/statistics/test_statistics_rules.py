"""The rules of counting by themselves: largest remainders, guarded cells, the gate, the words for what is missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tinycity import command

from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped, NotFound
from gispipe.gate import inspect_release
from gispipe.joins.place import join_within
from gispipe.model import Card, Layer, Source
from gispipe.statistics.areas import areas_of
from gispipe.statistics.people import by_area, by_town, spread
from gispipe.statistics.table import csv_bytes, guarded
from gispipe.statistics.write import write_statistics

weights = st.integers(1, 6).flatmap(lambda k: st.lists(st.tuples(st.integers(0, 90_000), st.lists(st.integers(0, 40_000), min_size=k, max_size=k)), min_size=1, max_size=8))


@given(weights)
def test_shares_are_whole_keep_the_total_and_miss_the_exact_share_by_less_than_one(rows: list[tuple[int, list[int]]]) -> None:
    total, weight = np.array([people for people, _ in rows]), np.array([one for _, one in rows])
    shares = spread(total, weight)
    whole = weight.sum(axis=1)
    assert (shares.sum(axis=1) == np.where(whole > 0, total, 0)).all()
    assert (np.abs(shares - total[:, None] * weight / np.maximum(whole, 1)[:, None])[whole > 0] < 1).all()
    assert (shares[weight == 0] == 0).all()


@given(st.integers(0, 2**32 - 1))
def test_another_kind_of_area_has_as_many_people_in_every_class_as_the_towns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells = rng.integers(0, 4, (5, 3, 4)) * (rng.random((5, 3, 4)) < 0.5)
    cells[:, -1] = 0
    towns = by_town(rng.integers(-1, 400, 4), cells.sum(axis=2))
    assert (by_area(towns, cells).sum(axis=0) == towns.sum(axis=0)).all()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(start: str) -> None:
    assert guarded(f"{start}町") == f"'{start}町"
    assert csv_bytes([[f"{start}町", "1"]]).decode("utf-8-sig").lstrip('"').startswith(f"'{start}町")


def test_an_ordinary_cell_stays_as_it_is_and_the_file_begins_with_a_byte_order_mark() -> None:
    assert csv_bytes([["一丁目-2", "3.50"]]) == b"\xef\xbb\xbf" + "一丁目-2,3.50\r\n".encode()


def test_the_gate_passes_the_public_tables(counted: Catalogue, public: Path, tmp_path: Path) -> None:
    assert inspect_release(draft(public, tmp_path), counted, "public").counts["files"] == len(list(public.iterdir()))


@pytest.mark.parametrize(("name", "old", "new"), [
    ("flood_town.csv", "建物の図上面積（㎡）", "延べ床面積の概算（㎡）"), ("index.json", "建物の図上面積（㎡）", "所有者"), ("index.json", '"id": "parcel"', '"id": "ledger"')])
def test_the_gate_stops_a_table_with_a_column_or_layer_that_is_not_open(counted: Catalogue, public: Path, tmp_path: Path, name: str, old: str, new: str) -> None:
    path = draft(public, tmp_path) / "data/statistics" / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(LeakStopped, match="not public|not among"):
        inspect_release(tmp_path / "draft", counted, "public")


@pytest.mark.parametrize("name", ["data/statistics/ledger_town.csv", "data/statistics/ledger.png", "data/statistics/notes.txt", "data/owners.csv"])
def test_the_gate_stops_files_that_belong_to_no_layer_of_the_release(counted: Catalogue, public: Path, internal: Path, tmp_path: Path, name: str) -> None:
    path = draft(public, tmp_path) / name
    path.write_bytes((internal / "flood.png").read_bytes() if name.endswith("png") else "地域\r\n".encode())
    with pytest.raises(LeakStopped, match="not among|cannot open a table"):
        inspect_release(tmp_path / "draft", counted, "public")


def test_a_store_without_data_or_with_old_answers_is_said_in_one_sentence(ingested: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    city = Path(shutil.copytree(ingested, tmp_path / "city"))
    shutil.rmtree(city / "output/store/public/answers")
    assert command(["statistics", "--city", str(city), "--json"]) == NotFound.exit_status
    told = capsys.readouterr()
    assert "gispipe ingest" in told.err and len(told.err.splitlines()) == 1
    assert json.loads(told.out)["error"]["code"] == "not_found"


def test_a_city_without_parts_in_the_answers_has_no_statistics_and_says_so(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gispipe.catalogue import load_catalogue

    assert write_statistics(load_catalogue(city), "public", tmp_path / "none").files == []
    assert not (tmp_path / "none").exists()
    assert command(["statistics", "--city", str(city)]) == 0
    assert "nothing to count" in capsys.readouterr().out


def draft(public: Path, tmp_path: Path) -> Path:
    """Return a draft that holds only the statistics."""
    import shutil

    shutil.copytree(public, tmp_path / "draft/data/statistics")
    return tmp_path / "draft"


@given(st.integers(0, 2**32 - 1))
def test_a_place_is_the_one_that_a_join_by_place_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 6, (5, 2))
    shape = shapely.box(*corner.T, *(corner + rng.integers(1, 5, (5, 2))).T)
    layer = Layer(id="town", title="町", geometry="polygon", source=Source(reader="geojson", path="x"), card=Card(role="town", name=("name",)))
    areas = areas_of(layer, pa.table({"name": list("cbbae")}), shape)
    points = shapely.points(rng.integers(0, 11, (60, 2)))
    joined = join_within(points, shape, pd.DataFrame({"name": list("cbbae")}), {"name": "name"}).columns["name"].fillna("（町の外）")
    assert [areas.rows()[k] for k in areas.place(shapely.STRtree(points))] == joined.tolist()
