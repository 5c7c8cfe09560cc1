"""Statistics that stand on a shelf: counted again when something they read has changed, and not when another column has."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely

from gispipe.audience import InternalTable
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.geometry import anchor_of_usable
from gispipe.shelf import Shelf
from gispipe.statistics.areas import Areas
from gispipe.statistics.chart import draw
from gispipe.statistics.counted import Counting
from gispipe.statistics.subjects import Subject
from gispipe.statistics.tally import tally
from gispipe.statistics.write import write_statistics
from gispipe.store import Store


@pytest.fixture
def city(ingested: Path, tmp_path: Path) -> Catalogue:
    """A copy of the counted city."""
    return load_catalogue(Path(shutil.copytree(ingested, tmp_path / "city")))


def edited(catalogue: Catalogue, column: str, rows: list[int], value: object) -> None:
    """Give some houses of the internal store another value."""
    store = Store(catalogue.output, "internal")
    entries, house = store.manifest(), store.read("house")
    values = house.frame[column].astype(object)
    values.iloc[rows] = value
    frame = house.frame.assign(**{column: pd.array(values, dtype=house.frame[column].dtype)})
    version = store.write(InternalTable("house", frame, house.geometry), catalogue.city.crs)
    assert version != entries["house"]["version"]
    store.commit(entries | {"house": entries["house"] | {"version": version, "base": entries["house"].get("base", entries["house"]["version"])}})


def written(catalogue: Catalogue, folder: Path, shelf: Path | None) -> dict[str, bytes]:
    write_statistics(catalogue, "internal", folder, charts=False, shelf=Shelf(shelf))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def moved(catalogue: Catalogue, layer: str, rows: list[int], by: float) -> None:
    """Move some shapes of the internal store, and say that the answers are those of the new table: they are not looked at."""
    store = Store(catalogue.output, "internal")
    entries, table = store.manifest(), store.read(layer)
    assert table.geometry is not None
    shapes = table.geometry.copy()
    shapes[rows] = shapely.transform(shapes[rows], lambda xy: xy + by)
    version = store.write(InternalTable(layer, table.frame, shapes), catalogue.city.crs)
    store.commit(entries | {layer: entries[layer] | {"version": version}})


def test_only_what_moved_is_measured_and_counted_again_as_without_a_shelf(city: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written(city, tmp_path / "a", tmp_path / "shelf")
    moved(city, "house", [2, 5, 9], 230.0)
    counted, measured = [], []
    monkeypatch.setattr("gispipe.statistics.counted.tally", lambda subject, *more: counted.append(subject.layer.id) or tally(subject, *more))
    monkeypatch.setattr("gispipe.statistics.subjects.anchor_of_usable", lambda shapes: measured.append(len(shapes)) or anchor_of_usable(shapes))
    after = written(city, tmp_path / "b", tmp_path / "shelf")
    assert set(counted) == {"house"} and measured == [3]
    assert after == written(city, tmp_path / "c", None) and after != before


def test_a_chart_is_drawn_again_only_when_it_shows_something_else(city: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr("gispipe.statistics.chart.draw", lambda counted, *more: drawn.append(counted.zone.layer.id) or draw(counted, *more))
    write_statistics(city, "internal", tmp_path / "a", shelf=Shelf(tmp_path / "shelf"))
    assert set(drawn) == {"flood", "surge"}
    drawn.clear()
    moved(city, "house", [2, 5, 9], 230.0)  # the bars are of addresses
    write_statistics(city, "internal", tmp_path / "b", shelf=Shelf(tmp_path / "shelf"))
    assert drawn == [] and (tmp_path / "a/flood.png").read_bytes() == (tmp_path / "b/flood.png").read_bytes()
    moved(city, "door", [0, 1, 2, 3], 5000.0)
    write_statistics(city, "internal", tmp_path / "c", shelf=Shelf(tmp_path / "shelf"))
    assert "flood" in drawn and (tmp_path / "a/flood.png").read_bytes() != (tmp_path / "c/flood.png").read_bytes()


def test_the_parts_of_a_piece_are_made_one_by_one(tmp_path: Path) -> None:
    made: list[str] = []

    def asked(keys: dict[str, str]) -> dict[str, bytes]:
        made.clear()
        shelf = Shelf(tmp_path)
        found = shelf.parts("some", keys, lambda part: made.append(part) or f"{part}\n{keys[part]}".encode())
        shelf.sweep()
        return found

    assert asked({"a": "1", "b": "22"}) == {"a": b"a\n1", "b": b"b\n22"} and made == ["a", "b"]
    assert asked({"a": "1", "b": "3"}) == {"a": b"a\n1", "b": b"b\n3"} and made == ["b"]
    assert asked({"b": "3"}) == {"b": b"b\n3"} and made == []
    assert asked({"a": "1", "b": "3"})["a"] == b"a\n1" and made == ["a"]
    assert len(list((tmp_path / "files").iterdir())) == 1
    next((tmp_path / "files").iterdir()).write_bytes(b"{}")
    assert asked({"a": "1", "b": "3"})["b"] == b"b\n3" and made == ["a", "b"]


def test_the_files_of_the_parts_of_a_piece_are_made_part_by_part(tmp_path: Path) -> None:
    made: list[str] = []

    def asked(turn: int, keys: dict[str, str]) -> dict[str, bytes]:
        made.clear()
        shelf, folder = Shelf(tmp_path / "shelf"), tmp_path / str(turn)
        shelf.each("some", keys, folder, lambda part: made.append(part) or {f"{part}/{name}": f"{name}{keys[part]}".encode() for name in "xy"})
        shelf.sweep()
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    first = {"a/x": b"x1", "a/y": b"y1", "b/x": b"x2", "b/y": b"y2"}
    assert asked(0, {"a": "1", "b": "2"}) == first and made == ["a", "b"]
    assert asked(1, {"a": "1", "b": "3"}) == first | {"b/x": b"x3", "b/y": b"y3"} and made == ["b"]
    assert (tmp_path / "0/a/x").samefile(tmp_path / "1/a/x")
    assert asked(2, {"b": "3"}).keys() == {"b/x", "b/y"} and made == []
    assert len(list((tmp_path / "shelf/files").iterdir())) == 2
    for path in (tmp_path / "shelf/files").iterdir():
        path.write_bytes(b"damaged")
    assert asked(3, {"b": "3"}) == {"b/x": b"x3", "b/y": b"y3"} and made == ["b"]
    assert asked(4, {"b": "3"}) == {"b/x": b"x3", "b/y": b"y3"} and made == []


def test_a_column_that_is_not_read_may_change(city: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written(city, tmp_path / "a", tmp_path / "shelf")
    edited(city, "number", [3, 5], "新しい番号")
    monkeypatch.setattr(Counting, "zone", lambda *asked: pytest.fail("something was counted again"))
    assert written(city, tmp_path / "b", tmp_path / "shelf") == before


def test_a_column_that_is_read_is_counted_again_as_without_a_shelf(city: Catalogue, tmp_path: Path) -> None:
    before = written(city, tmp_path / "a", tmp_path / "shelf")
    edited(city, "floors", [1, 2, 3], 9)
    after = written(city, tmp_path / "b", tmp_path / "shelf")
    assert after != before and after == written(city, tmp_path / "c", None)


def test_a_table_may_come_in_another_order(city: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written(city, tmp_path / "a", tmp_path / "shelf")
    store = Store(city.output, "internal")
    entries, house = store.manifest(), store.read("house")
    assert house.geometry is not None
    turned = InternalTable("house", house.frame.iloc[::-1].reset_index(drop=True), house.geometry[::-1])
    version = store.write(turned, city.city.crs)
    assert version != entries["house"]["version"]
    store.commit(entries | {"house": entries["house"] | {"version": version}})
    monkeypatch.setattr(Counting, "zone", lambda *asked: pytest.fail("something was counted again"))
    assert written(city, tmp_path / "b", tmp_path / "shelf") == before


def test_the_ground_of_a_parcel_does_not_depend_on_those_before_it() -> None:
    random = np.random.default_rng(4)
    classes = random.integers(0, 5, 4000)
    areas = [random.integers(1, 10**6, many) * 0.01 + 0.005 for many in classes.tolist()]  # halves of a hundredth: any error of a long sum would show
    size = np.array([int(sum(one) * 100) + 7 for one in areas])

    def ground(order: np.ndarray) -> np.ndarray:
        owner = np.repeat(np.arange(len(order)), classes[order])
        rank = np.concatenate([np.arange(many) for many in classes[order].tolist()])
        exposure = SimpleNamespace(arrays={"owner": owner, "rank": rank, "area": np.concatenate([areas[k] for k in order.tolist()])}, worst=lambda: np.where(classes[order] > 0, 0, -1))
        place = {"each": order, "city": np.zeros(len(order), np.int64)}
        subject = Subject(SimpleNamespace(card=SimpleNamespace(role="parcel")), size[order], None, place, np.zeros((len(order), 2)))  # type: ignore[arg-type]
        every = [Areas(name, name, tuple(map(str, range(count))), ()) for name, count in (("each", 4000), ("city", 1))]
        found = tally(subject, exposure, None, every, None)  # type: ignore[arg-type]
        by_parcel = found.measures["each"]["ground"]
        assert found.ranks.tolist() == [0, 1, 2, 3] and (by_parcel[:4000].sum(axis=1) == size).all() and (by_parcel.sum(axis=0) == found.measures["city"]["ground"].sum(axis=0)).all()
        return by_parcel

    assert (ground(np.arange(4000)) == ground(random.permutation(4000))).all()


def test_a_digest_of_a_table_sees_shapes_order_and_named_columns_only(city: Catalogue) -> None:
    store = Store(city.output, "internal")
    house = store.read("house")
    assert house.geometry is not None

    def digest(frame: pd.DataFrame, shapes: np.ndarray, *columns: str, ordered: bool = True) -> str:
        return store.digest("house", store.write(InternalTable("house", frame, shapes), city.city.crs), columns, ordered)

    last = np.arange(len(house.frame))[::-1]
    turned = house.frame.take(last).reset_index(drop=True)
    other = house.frame.assign(number="x")
    assert digest(house.frame, house.geometry, "floors") == digest(other, house.geometry, "floors") != digest(other, house.geometry, "floors", "number")
    assert len({digest(house.frame, house.geometry, "floors"), digest(turned, house.geometry[last], "floors"), digest(house.frame, house.geometry[last], "floors"),
                digest(house.frame, house.geometry), digest(house.frame, np.where(last == 2, None, house.geometry), "floors")}) == 5
    same = digest(house.frame, house.geometry, "floors", ordered=False)
    assert same == digest(turned, house.geometry[last], "floors", ordered=False) != digest(house.frame, house.geometry[last], "floors", ordered=False)
    assert same != digest(house.frame.iloc[1:].reset_index(drop=True), house.geometry[1:], "floors", ordered=False)


_WITHOUT_PANDAS = """
import sys
from pathlib import Path
from gispipe.arrow import spare_pandas
spare_pandas()
from gispipe.catalogue import load_catalogue
from gispipe.statistics.write import write_statistics
write_statistics(load_catalogue(Path(sys.argv[1])), "internal", Path(sys.argv[2]))
print("pandas" in sys.modules)
"""


def test_nothing_is_counted_with_pandas(ingested: Path, internal: Path, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _WITHOUT_PANDAS, str(ingested), str(tmp_path)], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "False"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {path.name: path.read_bytes() for path in internal.iterdir()}
