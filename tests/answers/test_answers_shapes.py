"""Shapes found by place, against asking every shape; and the file of arrays."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest
import shapely
from gispipe.arrays import open_arrays, save_arrays
from gispipe.answers import around as module
from gispipe.answers.around import CELL, WIDE, Around, save_around
from gispipe.answers.shapes import Shapes, save_shapes
from gispipe.joins.zones import cut
from hypothesis import given, settings
from hypothesis import strategies as st

near_zero = st.integers(-400, 400)
size = st.integers(1, 300)
boxes = st.builds(lambda x, y, w, h: shapely.box(x, y, x + w, y + h), near_zero, near_zero, size, size)
stars = st.builds(lambda x, y, r: shapely.Point(x, y).buffer(r, quad_segs=40), near_zero, near_zero, st.integers(5, 200))
giants = st.builds(lambda x, k: shapely.box(x - k * CELL, -k * CELL, x + k * CELL, k * CELL), near_zero, st.integers(33, 90))
paths = st.lists(st.tuples(near_zero, near_zero), min_size=2, max_size=5, unique=True).map(shapely.LineString)
dots = st.builds(shapely.Point, near_zero, near_zero)
pairs = st.tuples(boxes, boxes).map(lambda two: shapely.MultiPolygon(two) if not two[0].intersects(two[1]) else two[0])
layers = st.one_of(*(st.lists(st.one_of(st.none(), kind), max_size=6) for kind in (st.one_of(boxes, stars, giants, pairs), paths, dots)))


def array(shapes: list[object]) -> np.ndarray:
    return np.array([*shapes, None], dtype=object)[:-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shapes")


def opened(folder: Path, shapes: list[object]) -> Shapes:
    save_shapes(folder / "one.arrays", array(shapes))
    return Shapes(folder / "one.arrays")


def around(folder: Path, reach: float, *layers: list[object]) -> Around:
    opened_layers = []
    for number, shapes in enumerate(layers):
        save_shapes(folder / f"{number}.arrays", array(shapes))
        opened_layers.append(Shapes(folder / f"{number}.arrays"))
    save_around(folder / "around.arrays", [(one, reach) for one in opened_layers])
    return Around(folder / "around.arrays", opened_layers)


@settings(max_examples=150)
@given(shapes=layers, x=st.integers(-450, 750), y=st.integers(-450, 750), reach=st.sampled_from([0.0, 10.0, 30.0]), before=layers)
def test_what_is_near_is_what_asking_every_shape_finds(folder: Path, shapes: list[object], x: int, y: int, reach: float, before: list[object]) -> None:
    _, found, nothing = around(folder, reach, before, shapes, []).at(x, y)
    away = {row: shape.distance(shapely.Point(x, y)) for row, shape in enumerate(shapes) if shape is not None}  # type: ignore[attr-defined]
    for row, metres in found:
        assert away[row] == pytest.approx(metres, abs=1e-9)
    assert {row for row, metres in away.items() if metres < reach - 1e-9 or metres == 0} <= {row for row, _ in found} <= {row for row, metres in away.items() if metres <= reach + 1e-9}
    assert list(found) == sorted(found, key=lambda one: (one[1], one[0])) and not nothing


@settings(max_examples=60)
@given(shapes=layers)
def test_all_pieces_together_are_the_shapes(folder: Path, shapes: list[object]) -> None:
    kept = opened(folder, shapes)
    pieces, row = kept.all()
    assert kept.features == len(shapes) and (np.diff(row) >= 0).all()
    for k, shape in enumerate(shapes):
        own = kept.of(k)
        assert shapely.equals_exact(own, pieces[row == k]).all()
        if shape is not None:
            assert shapely.area(own).sum() == pytest.approx(shape.area) and shapely.length(own).sum() >= shape.length - 1e-6  # type: ignore[attr-defined]


@settings(max_examples=40)
@given(x=near_zero, y=near_zero)
def test_a_corner_between_squares_on_either_side_of_zero_is_found(folder: Path, x: int, y: int) -> None:
    east, north = (x // 10) * CELL, (y // 10) * CELL
    assert around(folder, 0.0, [shapely.box(east - CELL, north - CELL, east, north)]).at(east, north) == [[(0, 0.0)]]


def test_a_line_over_very_many_squares_is_found_everywhere(folder: Path) -> None:
    long = shapely.LineString([(-CELL * WIDE, -CELL * 3), (CELL * WIDE, CELL * 3)])
    kept = around(folder, 30.0, [None, long], [shapely.Point(0, 0)])
    assert [[row for row, _ in near] for near in kept.at(0, 0)] == [[1], [0]] and [[row for row, _ in near] for near in kept.at(CELL * WIDE, CELL * 3)] == [[1], []]
    assert kept.at(0, 200) == [(), ()]


@settings(max_examples=60)
@given(x=st.floats(-200, 200), y=st.floats(-200, 200), angle=st.floats(0, 6.3))
def test_what_is_just_within_reach_is_found_and_what_is_just_beyond_is_not(folder: Path, x: float, y: float, angle: float) -> None:
    away = [shapely.Point(x + metres * np.cos(angle), y + metres * np.sin(angle)) for metres in (10 - 1e-6, 10 + 1e-6)]
    assert [row for row, _ in around(folder, 10.0, away).at(x, y)[0]] == [0]  # type: ignore[arg-type]


def test_a_layer_without_a_shape_has_nothing_anywhere(folder: Path) -> None:
    for shapes in ([], [None, None], [shapely.Polygon()]):
        kept = opened(folder, shapes)  # type: ignore[arg-type]
        assert around(folder, 30.0, shapes).at(0, 0) == [()] and len(kept.all()[0]) == 0 and kept.features == len(shapes)


def test_invalid_shapes_are_mended_and_counted(tmp_path: Path) -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    assert save_shapes(tmp_path / "bow.arrays", array([bow, shapely.box(20, 0, 30, 10), None])) == 1
    kept = Shapes(tmp_path / "bow.arrays")
    save_around(tmp_path / "around.arrays", [(kept, 0.0)])
    assert Around(tmp_path / "around.arrays", [kept]).at(1, 5) == [[(0, 0.0)]] and shapely.area(kept.of(0)).sum() == pytest.approx(50)


def test_parts_of_one_lot_that_lie_over_each_other_are_counted_once(tmp_path: Path) -> None:
    from gispipe.joins.zones import expose, prepare, ready_from

    lot = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    assert save_shapes(tmp_path / "lot.arrays", array([lot, shapely.MultiPolygon([shapely.box(20, 0, 30, 10), shapely.box(40, 0, 50, 10)])])) == 1
    kept = Shapes(tmp_path / "lot.arrays")
    found = expose(ready_from(*kept.all(), kept.features), prepare(array([shapely.box(-1, -1, 100, 5)]), np.array([1])))
    assert found.area == pytest.approx([75, 100]) and [shapely.area(kept.of(k)).sum() for k in (0, 1)] == pytest.approx([150, 200])


kinds = st.sampled_from(["int32", "int64", "int16", "uint8", "float64", "float32", "bool"])
named = st.dictionaries(st.sampled_from(["row", "面積", "x", "a b"]), st.tuples(kinds, st.lists(st.integers(0, 100), max_size=40), st.booleans()), max_size=4)


@settings(max_examples=40)
@given(given=named)
def test_arrays_come_back_as_they_were_and_the_same_bytes_each_time(folder: Path, given: dict[str, tuple[str, list[int], bool]]) -> None:
    arrays = {name: np.array(values, dtype=kind).reshape((-1, 1) if tall else -1) for name, (kind, values, tall) in given.items()}
    save_arrays(folder / "a.arrays", arrays, {"名": ["川", 1]})
    first = (folder / "a.arrays").read_bytes()
    save_arrays(folder / "a.arrays", arrays, {"名": ["川", 1]})
    found, facts = open_arrays(folder / "a.arrays")
    assert first == (folder / "a.arrays").read_bytes() and facts == {"名": ["川", 1]} and list(found) == list(arrays)
    for name, values in arrays.items():
        assert found[name].dtype == values.dtype and found[name].shape == values.shape and (found[name] == values).all()


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 something else", b"gispipe arrays 1\n", b"gispipe arrays 1\n" + (10 ** 6).to_bytes(8, "little") + b"{}", b"gispipe arrays 2\n" + bytes(90)])
def test_another_file_is_not_taken_for_arrays(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "x.arrays").write_bytes(body)
    with pytest.raises(ValueError, match=r"."):
        open_arrays(tmp_path / "x.arrays")


def test_a_file_of_arrays_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    save_arrays(tmp_path / "whole.arrays", {"a": np.arange(100), "b": np.arange(7.0)}, {"n": 1})
    whole = (tmp_path / "whole.arrays").read_bytes()
    for length in (*range(0, 200, 7), 700, 900, len(whole) - 64):
        (tmp_path / "cut.arrays").write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"."):
            open_arrays(tmp_path / "cut.arrays")


def test_a_stopped_write_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_arrays(tmp_path / "a.arrays", {"a": np.arange(3)})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        save_arrays(tmp_path / "a.arrays", {"a": np.arange(9)})
    assert open_arrays(tmp_path / "a.arrays")[0]["a"].tolist() == [0, 1, 2]


bows = st.builds(lambda x, y, w: shapely.Polygon([(x, y), (x + w, y + w), (x + w, y), (x, y + w)]), near_zero, near_zero, size)
zones = st.lists(st.one_of(st.none(), boxes, stars, giants, pairs, bows), max_size=6)


@settings(max_examples=120)
@given(then=zones, now=zones, order=st.randoms())
def test_zones_cut_at_another_time_are_taken_bit_by_bit(folder: Path, then: list[object], now: list[object], order: Random) -> None:
    now = now + then[::2]
    order.shuffle(now)
    save_shapes(folder / "then.arrays", array(then), once=False)
    mended = save_shapes(folder / "anew.arrays", array(now), once=False)
    for before in ("then.arrays", "anew.arrays", "none.arrays"):
        assert save_shapes(folder / "again.arrays", array(now), once=False, before=folder / before) == mended
        assert (folder / "again.arrays").read_bytes() == (folder / "anew.arrays").read_bytes()


def test_what_is_taken_from_another_time_is_not_cut_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    star = shapely.Point(0, 0).buffer(100, quad_segs=60)
    save_shapes(folder / "then.arrays", array([star, None]), once=False)
    (folder / "damaged.arrays").write_bytes((folder / "then.arrays").read_bytes()[:40])
    asked: list[int] = []
    monkeypatch.setattr("gispipe.joins.zones.cut", lambda geometry: asked.append(sum(one is not None for one in geometry)) or cut(geometry))
    for before in ("then.arrays", "damaged.arrays"):
        save_shapes(folder / "now.arrays", array([shapely.box(0, 0, 9, 9), star]), once=False, before=folder / before)
    assert asked == [1, 2]


@settings(max_examples=120)
@given(every=st.lists(layers, min_size=1, max_size=5), now=st.lists(layers, max_size=3), stays=st.lists(st.booleans(), min_size=5, max_size=5), at=st.integers(0, 5), turned=st.booleans())
def test_an_index_with_layers_of_another_time_is_the_one_made_of_all(folder: Path, every: list[list[object]], now: list[list[object]], stays: list[bool], at: int, turned: bool) -> None:
    def listed(name: str, some: list[tuple[int, list[object]]], *before: object) -> bytes:
        opened_layers = []
        for number, (_, shapes) in enumerate(some):
            save_shapes(folder / f"{name}{number}.arrays", array(shapes))
            opened_layers.append((Shapes(folder / f"{name}{number}.arrays"), 10.0))
        save_around(folder / name, opened_layers, *before)
        return (folder / name).read_bytes()

    then = list(enumerate(every))
    listed("then", then)
    some = [one for one in then if stays[one[0]]]
    some[at:at] = [(-1, shapes) for shapes in now]
    some = some[::-1] if turned else some
    was = [number for number, _ in some]
    assert listed("again", some, folder / "then", was) == listed("anew", some)


def test_only_layers_that_are_others_are_listed_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, shapes in enumerate([[shapely.box(0, 0, 9, 9)], [shapely.box(5, 5, 99, 99)], [shapely.Point(3, 3)]]):
        save_shapes(folder / f"layer{number}.arrays", array(shapes))
    some = [(Shapes(folder / f"layer{number}.arrays"), reach) for number, reach in enumerate([0.0005, 0.0005, 30.0])]
    save_around(folder / "index", some)
    asked: list[int] = []
    listed = module._listed
    monkeypatch.setattr(module, "_listed", lambda number, *rest: asked.append(number) or listed(number, *rest))
    save_around(folder / "one", some, folder / "index", [0, -1, 2])
    save_around(folder / "farther", [some[0], some[1], (some[2][0], 40.0)], folder / "index", [0, 1, 2])
    (folder / "damaged").write_bytes((folder / "index").read_bytes()[:90])
    save_around(folder / "all", some, folder / "damaged", [0, 1, 2])
    assert asked == [1, 0, 1, 2, 0, 1, 2] and (folder / "one").read_bytes() == (folder / "index").read_bytes() == (folder / "all").read_bytes()
