"""Shapes that were made ready before are not made ready again, and nothing else is taken for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_layers import parcels, stairs
from tinycity import X, Y, declare

from gispipe.build import drawn
from gispipe.build.drawn import Drawn
from gispipe.build.features import remembered_ids, stable_ids
from gispipe.catalogue import load_catalogue
from gispipe.model import Layer

CRS = "EPSG:6674"
HERE = np.array([X, Y])


@pytest.fixture(scope="module")
def lots(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    """A layer of areas that are named and searched."""
    return load_catalogue(declare(tmp_path_factory.mktemp("city"))).layers["parcel"].model_copy(update={"label": "lot", "search": ("lot",)})


def city() -> np.ndarray:
    """Return lots, bent areas with holes and several parts, and what is no area: a line, an empty shape, a bow tie, nothing."""
    shapes = np.concatenate([parcels(6), stairs(20)])
    here = shapely.transform(shapes, lambda xy: (xy - shapely.get_coordinates(shapes).min(axis=0)) + HERE)
    bow = shapely.Polygon(np.array([(0, 0), (40, 40), (40, 0), (0, 40)]) + HERE)
    return np.array([*here, shapely.LineString([HERE, HERE + 9]), shapely.Polygon(), bow, None], dtype=object)


def made(layer: Layer, shapes: np.ndarray, memory: Path | None, named: np.ndarray | None = None, crs: str = CRS) -> tuple[list[object], Drawn]:
    """Return all that is said of shapes, in a form that can be compared."""
    one = Drawn(layer, pa.array(shapely.to_wkb(shapes), pa.binary()), crs, memory)
    points, room = one.labels(np.ones(len(one.rows), bool) if named is None else named[one.rows])
    told = [one.rows.tolist(), one.web.to_pylist(), points.tolist(), room.tolist(), one.places.to_pylist()]
    one.keep()
    return told, one


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 42), min_size=1, max_size=60), st.lists(st.integers(0, 42), max_size=60), st.integers(0, 2**42), st.integers(0, 2**42))
def test_what_was_known_changes_nothing(lots: Layer, tmp_path_factory: pytest.TempPathFactory, before: list[int], now: list[int], named: int, moved: int) -> None:
    memory, every = tmp_path_factory.mktemp("kept") / "lots.shapes", city()
    names = [np.array([bits >> k & 1 for k in rows], bool) for bits, rows in ((named, before), (named >> 1, now))]
    made(lots, every[before], memory, names[0])
    shapes = every[now]
    shift = np.array([moved >> k & 1 for k in now], bool) & ~shapely.is_missing(shapes)
    shapes[shift] = shapely.transform(shapes[shift], lambda xy: xy + 0.25)
    assert made(lots, shapes, memory, names[1])[0] == made(lots, shapes, None, names[1])[0]
    assert made(lots, shapes, memory)[0] == made(lots, shapes, None)[0]


def test_only_new_shapes_are_worked_out(lots: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every, memory, asked = city(), tmp_path / "lots.shapes", []
    for name in ("usable", "transform", "label_points", "places_of"):
        monkeypatch.setattr(drawn, name, lambda shapes, *rest, do=getattr(drawn, name), name=name: asked.append((name, len(shapes))) or do(shapes, *rest))
    made(lots, every, memory)
    assert ("label_points", 40) in asked and ("places_of", 43) in asked
    asked.clear()
    held = memory.read_bytes()
    made(lots, every[::-1], memory)
    assert sorted(set(asked)) == [("label_points", 1), ("places_of", 4), ("transform", 1), ("usable", 1), ("usable", 4)], "what is broken or not drawn is never taken for known"
    every[3] = shapely.transform(every[3], lambda xy: xy + 1)
    asked.clear()
    made(lots, every, memory)
    assert ("usable", 5) in asked and ("label_points", 2) in asked and memory.read_bytes() != held
    asked.clear()
    made(lots, every, memory)
    assert ("usable", 4) in asked


def test_what_cannot_be_trusted_is_not_used(lots: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every, memory = city(), tmp_path / "lots.shapes"
    made(lots, every, memory)
    held = memory.read_bytes()
    known = lambda layer=lots, crs=CRS: len(Drawn(layer, pa.array(shapely.to_wkb(every), pa.binary()), crs, memory)._before.own)
    assert known() == 39
    for other in ({"id": "other"}, {"geometry": "line"}, {"label": None}, {"search": ()}):
        assert known(lots.model_copy(update=other)) == 0
    assert known(crs="EPSG:6675") == 0
    for damage in (held[:len(held) // 2], b"", held.replace(b"label", b"lable"), *(bytes([*held[:k], held[k] ^ 1, *held[k + 1:]]) for k in range(400, len(held) - 2000, len(held) // 50))):
        memory.write_bytes(damage)
        assert known() in (0, 39)
        assert made(lots, every, memory)[0] == made(lots, every, None)[0]
    made(lots, every, memory)
    with monkeypatch.context() as other:
        other.setattr(drawn.shapely, "geos_version_string", "0.0.0")
        assert known() == 0
    with monkeypatch.context() as other:
        other.setattr(drawn, "key_of", lambda *inputs, **more: "other programs")
        assert known() == 0
    with np.load(memory) as columns:
        np.savez(tmp_path / "short.npz", **{**columns, "label": columns["label"][:-1]})
    (tmp_path / "short.npz").replace(memory)
    assert known() == 0


def test_shapes_that_went_are_forgotten_and_few_small_ones_are_not_kept(lots: Layer, tmp_path: Path) -> None:
    every, memory = city(), tmp_path / "lots.shapes"
    made(lots, every, memory)
    made(lots, every[:10], memory)
    assert made(lots, every[:10], memory)[1]._before.own.to_pylist() == made(lots, every[:10], memory)[1].own.to_pylist()
    plain = lots.model_copy(update={"label": None})
    Drawn(plain, pa.array(shapely.to_wkb(every), pa.binary()), CRS, tmp_path / "plain.shapes").keep()
    assert not (tmp_path / "plain.shapes").exists()


def test_few_new_shapes_are_sooner_worked_out_again_than_all_is_written(lots: Layer, tmp_path: Path) -> None:
    memory, x = tmp_path / "lots.shapes", HERE[0] + 10.0 * np.arange(100)
    every = shapely.box(x, HERE[1], x + 8, HERE[1] + 8)
    made(lots, every, memory)
    held = memory.read_bytes()
    for new, written in ((2, False), (4, True)):
        every[:new] = shapely.transform(every[:new], lambda xy: xy + 0.25)
        assert made(lots, every, memory)[0] == made(lots, every, None)[0]
        assert (memory.read_bytes() != held) == written


def test_ids_of_keys_known_before_are_those_found_anew(lots: Layer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gispipe.build.features._FEW", 3)
    layer, memory = lots.model_copy(update={"key": ("town", "lot")}), tmp_path / "lots.ids"
    frame = pd.DataFrame({"town": [f"{k % 7}町" for k in range(50)], "lot": [str(k) for k in range(50)]})
    whole = pa.Table.from_pandas(frame)
    tables = [frame, frame, frame.assign(lot=[f"9{k}" if k % 9 == 0 else str(k) for k in range(50)]), frame.iloc[20:].reset_index(drop=True), frame.iloc[::-1].reset_index(drop=True),
              frame.assign(lot="1"), frame.assign(lot=range(50)), frame.assign(lot=[None, *frame["lot"][1:]]), frame.iloc[:2]]
    for table in map(pa.Table.from_pandas, tables):
        assert remembered_ids(layer, table, None, memory).tolist() == stable_ids(layer, table, None).tolist()
    for content in (b"", b"PK", memory.read_bytes()[:-30]):
        memory.write_bytes(content)
        assert remembered_ids(layer, whole, None, memory).tolist() == stable_ids(layer, whole, None).tolist()
    with monkeypatch.context() as slow:
        slow.setattr("gispipe.build.features._hashed", lambda *_: pytest.fail("known keys are found again"))
        assert len(set(remembered_ids(layer, whole, None, memory).tolist())) == 50
