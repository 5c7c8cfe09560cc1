"""Geometries as flat arrays: what is read from WKB is what shapely reads, whatever the kinds, and nothing odd is guessed at."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_layers import parcels

from gispipe.tiles import outlines
from gispipe.tiles.encode import ArchiveReport, TileLayer
from gispipe.tiles.outlines import Outlines, Wkb

HOLED = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)], [(5, 5), (7, 5), (7, 8)]])
KINDS = {
    "points": ["POINT (1 2)", "POINT (3.25 -4)"],
    "multipoints": ["MULTIPOINT ((1 2), (3 4))", "POINT (5 6)"],
    "lines": ["LINESTRING (0 0, 1 1, 2 0)", "MULTILINESTRING ((0 0, 5 5), (7 7, 8 8, 9 7))"],
    "areas": [HOLED.wkt, "POLYGON ((0 0, 3 0, 3 3, 0 0))", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 9 5, 9 9, 5 5), (7 6, 8 6, 8 7, 7 6)))"],
    "empty": ["POLYGON EMPTY", "MULTIPOLYGON EMPTY", "POLYGON ((0 0, 3 0, 3 3, 0 0))"],
    "empty points": ["POINT EMPTY", "POINT (1 2)"],
}


def shapes(texts: list[str]) -> np.ndarray:
    return shapely.from_wkt(np.array(texts, object))


def packed(geometry: np.ndarray, **how: int) -> Wkb:
    texts = [text or b"" for text in shapely.to_wkb(geometry, **how).tolist()]
    return Wkb(np.frombuffer(b"".join(texts), np.uint8), np.cumsum([0, *map(len, texts)]))


def runs(lines: Outlines) -> list[tuple[int, list[list[tuple[float, ...]]]]]:
    """Say an outline's geometries as (kind, runs), which holds however parts without coordinates are counted."""
    owner = lines.feature[lines.part]
    every = [list(map(tuple, lines.xy[a:b].tolist())) for a, b in zip(lines.start[:-1], lines.start[1:], strict=True)]
    return [(int(kind), [run for run, of in zip(every, owner.tolist(), strict=True) if of == k]) for k, kind in enumerate(lines.kinds.tolist())]


@pytest.mark.parametrize("few", [0, 128], ids=["together", "one by one"])
@pytest.mark.parametrize("kind", KINDS)
def test_wkb_is_read_as_shapely_reads_it(kind: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_FEW", few)
    geometry = shapes(KINDS[kind])
    read = Outlines.of(packed(geometry))
    assert runs(read) == runs(Outlines.of(geometry))
    holes = (read.part[1:] == read.part[:-1]).sum()
    assert holes == shapely.get_num_interior_rings(shapely.get_parts(geometry)).sum()


def test_a_row_without_a_geometry_has_no_kind() -> None:
    geometry = np.array([shapely.Point(1, 2), None, shapely.Point(3, 4)], object)
    for lines in (Outlines.of(geometry), Outlines.of(packed(geometry))):
        assert lines.kinds.tolist() == [0, -1, 0]
        assert lines.feature.tolist() == [0, 2]


@pytest.mark.parametrize("how", [{"byte_order": 0}, {"output_dimension": 3}], ids=["big-endian", "with heights"])
def test_what_is_not_read_here_goes_through_shapely(how: dict[str, int]) -> None:
    geometry = shapely.force_3d(shapes(KINDS["areas"]), 7.0)
    assert runs(Outlines.of(packed(geometry, **how))) == runs(Outlines.of(shapely.force_2d(geometry)))


def test_two_byte_orders_inside_one_geometry_are_read() -> None:
    """The format allows each part its own byte order."""
    whole = shapely.to_wkb(shapely.MultiPoint([(1, 2)]))
    mixed = whole[:9] + b"\x00" + struct.pack(">Idd", 1, 3.0, 4.0)
    assert runs(Outlines.of(Wkb(np.frombuffer(mixed, np.uint8), np.array([0, len(mixed)])))) == [(4, [[(3.0, 4.0)]])]


@pytest.mark.parametrize("few", [0, 128], ids=["together", "one by one"])
@pytest.mark.parametrize("wrong", ["cut off", "a count of four milliards", "no kind", "empty"])
def test_damaged_bytes_are_an_error_and_no_shape(wrong: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "_FEW", few)
    good = shapely.to_wkb(HOLED)
    bad = {"cut off": good[:-3], "a count of four milliards": good[:5] + b"\xff\xff\xff\xff" + good[9:], "no kind": good[:1] + b"\x63\x00\x00\x00" + good[5:], "empty": good[:4]}[wrong]
    data = np.frombuffer(good + bad, np.uint8)
    with pytest.raises(shapely.errors.ShapelyError):
        Outlines.of(Wkb(data, np.array([0, len(good), len(data)])))


def test_bytes_behind_a_geometry_are_not_read_as_part_of_it() -> None:
    good = shapely.to_wkb(HOLED)
    data = np.frombuffer(good + bytes(16) + good, np.uint8)
    assert runs(Outlines.of(Wkb(data, np.array([0, len(good) + 16, len(data)])))) == runs(Outlines.of(np.array([HOLED, HOLED])))


def comb(holes: int, north: float = 0) -> shapely.Polygon:
    edge = [(0, north), (holes + 1, north), (holes + 1, north + 9), (0, north + 9)]
    return shapely.Polygon(edge, [[(k + 0.2, north + 1), (k + 0.8, north + 1), (k + 0.5, north + 2)] for k in range(holes)])


def test_many_geometries_of_many_rings_keep_their_order() -> None:
    """More geometries than are read one by one, some of them with more rings than are gone through together."""
    every = [shapely.MultiPolygon([comb(k % 7), comb(300 * (k % 50 == 0), north=20)]) if k % 3 else comb(k % 11) for k in range(400)]
    geometry = np.array(every, object)
    read, plain = Outlines.of(packed(geometry)), Outlines.of(geometry)
    for name in ("kinds", "xy", "start", "part", "feature"):
        np.testing.assert_array_equal(getattr(read, name), getattr(plain, name), err_msg=name)


def test_some_of_the_geometries_are_what_they_are_alone() -> None:
    geometry = shapes(KINDS["areas"] * 5)
    for some in (slice(0, 4), slice(3, 9), slice(7, 7), slice(10, None)):
        alone = runs(Outlines.of(geometry[some]))
        assert runs(Outlines.of(geometry)[some]) == alone
        assert runs(Outlines.of(packed(geometry)[some])) == alone


@pytest.mark.parametrize("kind", ["lines", "areas", "empty"])
def test_sizes_counts_and_box_are_those_of_shapely(kind: str) -> None:
    geometry = shapes(KINDS[kind] * 3)
    lines = Outlines.of(packed(geometry))
    measure = shapely.length if kind == "lines" else shapely.area
    np.testing.assert_allclose(lines.sizes("line" if kind == "lines" else "polygon"), measure(geometry), rtol=1e-12)
    assert lines.vertices().tolist() == shapely.get_num_coordinates(geometry).tolist()
    assert (packed(geometry).vertices() >= lines.vertices()).all()
    assert lines.box().tolist() == shapely.total_bounds(geometry).tolist()


def test_nothing_has_no_box_and_no_size() -> None:
    none = Outlines.of(np.zeros(0, object))
    assert np.isnan(none.box()).all()
    assert none.sizes("polygon").shape == (0,)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(3, 9), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_sizes_do_not_depend_on_the_others(corners: list[int], chance) -> None:  # noqa: ANN001
    """An area far away with a large number of corners changes no bit of another's size."""
    rings = [shapely.Polygon([(chance.uniform(0, 1e6), chance.uniform(0, 1e6)) for _ in range(n)]) for n in corners]
    geometry = np.array(rings, object)
    together = Outlines.of(geometry).sizes("polygon")
    assert together.tolist() == [float(Outlines.of(geometry[k:k + 1]).sizes("polygon")[0]) for k in range(len(geometry))]


def test_points_are_made_of_coordinates_and_nothing_of_none() -> None:
    geometry = shapes(["POINT (1 2)", "POINT EMPTY", "POINT (3 4)"])
    assert runs(Outlines.of_points(np.array([[1.0, 2], [np.nan, np.nan], [3, 4]]))) == runs(Outlines.of(geometry))


def test_an_archive_is_the_same_from_objects_wkb_and_outlines(build: Callable[..., ArchiveReport], tmp_path: Path) -> None:
    lots = parcels(12)
    ids, values = np.arange(len(lots)), {"lot": np.array([f"{k}番" for k in range(len(lots))], object)}
    for name, geometry in (("objects", lots), ("wkb", packed(lots)), ("outlines", Outlines.of(lots))):
        build(TileLayer("parcel", "polygon", geometry, ids, values, (12, 16)), file=f"{name}.pmtiles")
    assert len({(tmp_path / f"{name}.pmtiles").read_bytes() for name in ("objects", "wkb", "outlines")}) == 1
