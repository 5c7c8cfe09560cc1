"""A build that remembers the one before: the same bytes and the same report, with only the touched tiles made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_layers import ORIGIN, layer, parcels, stairs

from gispipe.tiles import digests, memory, recalled, rising
from gispipe.tiles.encode import ArchiveReport, TileLayer, build_archive
from gispipe.tiles.levels import free_of
from gispipe.tiles.memory import parts_of
from gispipe.tiles.source import Source

SIDE = 24


def city(seed: int = 1) -> list[TileLayer]:
    """Return lots, houses as points, ways as lines and a flood, over some hundred tiles."""
    lots = parcels(SIDE, seed)
    names = {"name": np.array([f"{n // SIDE}-{n % SIDE}" for n in range(len(lots))], object), "use": np.arange(len(lots)) % 5}
    centre = shapely.centroid(lots)
    corner = shapely.get_coordinates(lots).reshape(len(lots), -1, 2)[:, 0]
    ways = shapely.linestrings(corner.reshape(SIDE, SIDE, 2))
    return [layer(lots, "polygon", (13, 17), id="lot", attributes=names), layer(centre, "point", (15, 17), id="house", attributes={"use": names["use"]}),
            layer(ways, "line", (12, 17), id="way"), layer(np.concatenate([shapely.get_parts(one) for one in stairs(60)]), "polygon", (11, 16), id="flood", keep=True,
                                                           attributes={}, ids=np.arange(1, 1 + sum(map(shapely.get_num_geometries, stairs(60))))),]


def without(one: TileLayer, rows: list[int]) -> TileLayer:
    keep = np.ones(len(one.ids), bool)
    keep[rows] = False
    return replace(one, geometry=one.geometry[keep], ids=one.ids[keep], attributes={k: v[keep] for k, v in one.attributes.items()})


def moved(one: TileLayer, rows: list[int], by: float) -> TileLayer:
    shapes = one.geometry.copy()
    shapes[rows] = shapely.transform(shapes[rows], lambda xy: xy + by)
    return replace(one, geometry=shapes)


def renamed(one: TileLayer, rows: list[int]) -> TileLayer:
    values = {k: v.copy() for k, v in one.attributes.items()}
    for column in values.values():
        column[rows] = 77 if column.dtype != object else "新しい名"
    return replace(one, attributes=values)


def added(one: TileLayer, rows: list[int]) -> TileLayer:
    """Return the layer with copies of some rows, a little aside, at their places."""
    at = np.sort(np.concatenate([np.arange(len(one.ids)), rows]).astype(int))
    again = np.append(False, at[1:] == at[:-1])
    shapes, ids = one.geometry[at], one.ids[at].copy()
    shapes[again] = shapely.transform(shapes[again], lambda xy: xy + 7)
    ids[again] = 10_000_000 + np.arange(again.sum())
    return replace(one, geometry=shapes, ids=ids, attributes={k: v[at] for k, v in one.attributes.items()})


EDITS: dict[str, Callable[[TileLayer, list[int]], TileLayer]] = {
    "without": without, "moved": lambda one, rows: moved(one, rows, 3.0), "far": lambda one, rows: moved(one, rows, 400.0), "renamed": renamed, "added": added}


def told(report: ArchiveReport) -> ArchiveReport:
    return replace(report, path=Path(), reused=0)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(sorted(EDITS)), st.lists(st.integers(0, 30), min_size=1, max_size=3, unique=True)), min_size=0, max_size=3))
def test_the_same_bytes_and_report_as_a_full_build(edits: list[tuple[int, str, list[int]]], tmp_path: Path) -> None:
    layers, kept = city(), tmp_path / "kept"
    build_archive(tmp_path / "first", layers, name="n", attribution="", memory=kept)
    for which, edit, rows in edits:
        layers[which] = EDITS[edit](layers[which], rows)
    again = build_archive(tmp_path / "again", layers, name="n", attribution="", memory=kept)
    full = build_archive(tmp_path / "full", layers, name="n", attribution="")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "full").read_bytes()
    assert told(again) == told(full)
    third = build_archive(tmp_path / "third", layers, name="n", attribution="", memory=kept)
    assert (tmp_path / "third").read_bytes() == (tmp_path / "full").read_bytes() and third.reused == third.tiles


def test_only_tiles_near_a_change_are_made_again(tmp_path: Path) -> None:
    layers, kept = city(), tmp_path / "kept"
    first = build_archive(tmp_path / "first", layers, name="n", attribution="", memory=kept)
    layers[0] = renamed(layers[0], [5])
    again = build_archive(tmp_path / "again", layers, name="n", attribution="", memory=kept)
    assert first.reused == 0 and first.tiles - 12 <= again.reused < first.tiles


def test_over_budget_tiles_are_told_of_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    xy = ORIGIN + rng.uniform(0, 500, (30_000, 2))
    names = np.array([rng.bytes(20).hex() for _ in xy], object)
    crowd = layer(shapely.points(xy), "point", (12, 13), id="crowd", attributes={"name": names}, rank=np.arange(30_000))
    far = layer(shapely.points(ORIGIN + 30_000 + np.arange(50)[:, None] * 900), "point", (12, 13), id="far")
    first = build_archive(tmp_path / "first", [crowd, far], name="n", attribution="", memory=tmp_path / "kept")
    again = build_archive(tmp_path / "again", [crowd, renamed(far, [40])], name="n", attribution="", memory=tmp_path / "kept")
    assert first.dropped == again.dropped != () and again.reused > 0


@pytest.mark.parametrize("damage", ["archive", "facts", "both gone", "archive of another time", "engine", "order", "columns"])
def test_what_cannot_be_trusted_is_not_used(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers, kept = city(), tmp_path / "kept"
    build_archive(tmp_path / "first", layers, name="n", attribution="", memory=kept)
    (archive,) = tmp_path.glob("kept-*.pmtiles")
    if damage == "archive":
        raw = bytearray(archive.read_bytes())
        raw[len(raw) // 2] ^= 1
        archive.write_bytes(raw)
    elif damage == "facts":
        (tmp_path / "kept.npz").write_bytes((tmp_path / "kept.npz").read_bytes()[:5000])
    elif damage == "both gone":
        archive.unlink()
    elif damage == "archive of another time":
        build_archive(archive, [renamed(layers[0], [3]), *layers[1:]], name="n", attribution="")
    elif damage == "engine":
        monkeypatch.setattr(memory, "engine", lambda: "another")
    elif damage == "order":
        turned = np.arange(len(layers[0].ids))[::-1]
        layers[0] = replace(layers[0], geometry=layers[0].geometry[turned], ids=layers[0].ids[turned], attributes={k: v[turned] for k, v in layers[0].attributes.items()})
    else:
        layers[0] = replace(layers[0], attributes={"use": layers[0].attributes["use"]})
    again = build_archive(tmp_path / "again", layers, name="n", attribution="", memory=kept)
    build_archive(tmp_path / "full", layers, name="n", attribution="")
    assert again.reused == 0 and (tmp_path / "again").read_bytes() == (tmp_path / "full").read_bytes()
    assert len(list(tmp_path.glob("kept-*"))) == 1


def test_a_digest_sees_every_part_of_a_feature() -> None:
    square = [[0, 0], [100, 0], [100, 100], [0, 100]]
    hole = [[20, 20], [40, 20], [40, 40], [20, 40]]
    other = [[200, 0], [300, 0], [300, 100], [200, 100]]
    shapes = [shapely.Polygon(square), shapely.Polygon(square, [hole]), shapely.MultiPolygon([(square, []), (other, [])]), shapely.MultiPolygon([(other, []), (square, [])]),
              shapely.MultiPolygon([(square, [hole]), (other, [])]), shapely.Polygon(other)]
    seen = set()
    for shape in shapes:
        for values in ({"a": "x", "b": "y"}, {"a": "y", "b": "x"}, {"a": None, "b": "x"}, {"a": "x", "b": None}):
            for rank in (1.0, 2.0):
                for number in (1, 2):
                    one = layer(shapely.transform(shape, lambda xy: xy + ORIGIN), "polygon", (10, 16), ids=np.array([number]), rank=np.array([rank]),
                                attributes={k: np.array([v], object) for k, v in values.items()})
                    (source,) = recalled_sources([one])
                    seen.add(tuple(digests.digests(source, digests.shapes_of(source, free_of(source))).tolist()))
    assert len(seen) == len(shapes) * 4 * 2 * 2


def test_a_digest_sees_a_neighbour_that_takes_a_point_and_no_rank_of_what_is_never_thinned() -> None:
    square, beside = ([[0, 0], [100, 0], [100, 50], [100, 100], [0, 100]], [[100, 0], [200, 0], [200, 100], [100, 100], [100, 50]])
    apart = [[x + 1, y] for x, y in beside]

    def seen(other: list[list[int]], keep: bool = True, rank: float = 1.0) -> int:
        shapes = shapely.transform(np.array([shapely.Polygon(ring) for ring in (square, other)]), lambda xy: xy + ORIGIN)
        (source,) = recalled_sources([layer(shapes, "polygon", (10, 16), keep=keep, rank=np.array([rank, 1.0]))])
        return int(digests.digests(source, digests.shapes_of(source, free_of(source)))[0])

    assert len({seen(beside), seen(apart), seen(beside, rank=2.0), seen(beside, keep=False), seen(beside, keep=False, rank=2.0)}) == 4


def test_what_shapes_alone_decide_is_taken_over_only_while_all_of_them_stay() -> None:
    square, beside = ([[0, 0], [100, 0], [100, 50], [100, 100], [0, 100]], [[100, 0], [200, 0], [200, 100], [100, 100], [100, 50]])

    def source_of(other: list[list[int]], name: str = "x") -> Source:
        shapes = shapely.transform(np.array([shapely.Polygon(ring) for ring in (square, other)]), lambda xy: xy + ORIGIN)
        return recalled_sources([layer(shapes, "polygon", (10, 16), attributes={"a": np.array([name, "y"], object)})])[0]

    def asked(source: Source) -> list[np.ndarray]:
        calls.append(source)
        return free_of(source)

    calls: list[Source] = []
    first, free = parts_of(source_of(beside), None, asked)
    renamed, again = parts_of(source_of(beside, "z"), first, asked)
    assert len(calls) == 1 and [one.tolist() for one in again] == [one.tolist() for one in free] and any(one.any() for one in free)
    assert renamed.digest.tolist() == parts_of(source_of(beside, "z"), None, asked)[0].digest.tolist() != first.digest.tolist()
    moved, _ = parts_of(source_of([[x + 1, y] for x, y in beside]), first, asked)
    assert len(calls) == 3 and moved.digest[0] != first.digest[0]


def test_parts_that_are_the_same_are_told_apart() -> None:
    one = shapely.box(0, 0, 50, 50)
    (source,) = recalled_sources([layer(shapely.transform(np.array([shapely.MultiPolygon([one, one])]), lambda xy: xy + ORIGIN), "polygon", (10, 16), keep=True)])
    assert len(set(digests.digests(source, digests.shapes_of(source, free_of(source))).tolist())) == 2


def floods(seed: int = 3) -> TileLayer:
    """Return three features of many parts over some tiles: stairs that touch themselves when rounded, holes, and crumbs too small to draw, many side by side."""
    rng = np.random.default_rng(seed)
    shapes = []
    for k in range(3):
        large = [shapely.transform(part, lambda xy, k=k: xy + (k * 900, 0)) for one in stairs(6) for part in shapely.get_parts(one)]
        crumbs = [shapely.box(x, y, x + 2 + k, y + 2) for x, y in ORIGIN + rng.uniform(0, 6000, (80, 2))]
        row = [shapely.box(x, y, x + 1.5, y + 1.5) for x, y in ORIGIN + np.stack([np.arange(250) * 9.0, np.full(250, 500.0 + k // 2 * 400)], 1)]
        ring = shapely.box(*ORIGIN, *ORIGIN + 900).difference(shapely.box(*ORIGIN + 300, *ORIGIN + 600))
        shapes.append(shapely.multipolygons([*large, *crumbs, *row, shapely.transform(ring, lambda xy, k=k: xy + (0, 2000 + 1000 * k))]))
    return layer(np.array(shapes), "polygon", (10, 16), id="flood", keep=True, attributes={"depth": np.array([1, 2, 1])}, ids=np.array([5, 6, 9]))


def with_parts(one: TileLayer, row: int, change: Callable[[list[shapely.Polygon]], list[shapely.Polygon]]) -> TileLayer:
    shapes = one.geometry.copy()
    shapes[row] = shapely.multipolygons(change(list(shapely.get_parts(shapes[row]))))
    return replace(one, geometry=shapes, rank=shapely.area(shapes))


def nudged(part: shapely.Polygon, by: float) -> shapely.Polygon:
    """Return the part with one corner moved."""
    xy = shapely.get_coordinates(part.exterior)[:-1]
    xy[1] += by
    return shapely.Polygon(xy, [hole.coords for hole in part.interiors])


PARTS: dict[str, Callable[[list[shapely.Polygon], int], list[shapely.Polygon]]] = {
    "a corner moves": lambda parts, at: [*parts[:at], nudged(parts[at], 3.0), *parts[at + 1:]],
    "a part goes": lambda parts, at: [*parts[:at], *parts[at + 1:]],
    "a part comes": lambda parts, at: [*parts[:at], shapely.transform(parts[at], lambda xy: xy + 350), *parts[at:]],
    "a part comes twice": lambda parts, at: [*parts[:at], parts[at], *parts[at:]],
    "parts change places": lambda parts, at: [*parts[at:], *parts[:at]],
    "a part fills up": lambda parts, at: [*parts[:at], shapely.Polygon(parts[at].exterior), *parts[at + 1:]],
    "a part grows": lambda parts, at: [*parts[:at], shapely.box(*parts[at].buffer(40).bounds), *parts[at + 1:]],
}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(sorted(PARTS)), st.one_of(st.integers(-300, 15), st.just(-1))), min_size=1, max_size=3))
def test_parts_of_large_features_are_made_again_to_the_same_bytes(edits: list[tuple[int, str, int]], tmp_path: Path) -> None:
    one, kept = floods(), tmp_path / "kept"
    build_archive(tmp_path / "first", [one], name="n", attribution="", memory=kept)
    for row, edit, at in edits:
        one = with_parts(one, row, lambda parts, edit=edit, at=at: PARTS[edit](parts, at % len(parts)))
        again = build_archive(tmp_path / "again", [one], name="n", attribution="", memory=kept)
    full = build_archive(tmp_path / "full", [one], name="n", attribution="")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "full").read_bytes()
    assert told(again) == told(full)


def test_one_corner_of_a_large_feature_makes_few_tiles_again_and_cuts_for_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gispipe.tiles import relink

    one, pieces, whole = floods(), [0], relink.relinked
    monkeypatch.setattr(relink, "relinked", lambda rings, side: pieces.append(len(np.unique(rings.group))) or whole(rings, side))
    first = build_archive(tmp_path / "first", [one], name="n", attribution="", memory=tmp_path / "kept")
    at_first = sum(pieces)
    again = build_archive(tmp_path / "again", [with_parts(one, 1, lambda parts: PARTS["a corner moves"](parts, 20))], name="n", attribution="", memory=tmp_path / "kept")
    assert again.tiles > again.reused > first.tiles * 0.6
    assert sum(pieces) - at_first < 0.4 * at_first


def test_blocks_of_another_size_give_the_same_tiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gispipe.tiles import shapes

    build_archive(tmp_path / "whole", [floods()], name="n", attribution="")
    monkeypatch.setattr(shapes, "BLOCK", 700)
    build_archive(tmp_path / "pieces", [floods()], name="n", attribution="")
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "pieces").read_bytes()


def recalled_sources(layers: list[TileLayer]) -> list[recalled.Source]:
    from gispipe.tiles.source import taken_in

    return taken_in(layers)


def test_only_new_parts_are_put_into_tiles_and_the_others_taken_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the squares, which are drawn together, nothing but the moved lot goes through cutting: its neighbours in the same tiles do not."""
    lots, kept, drawn = city()[0], tmp_path / "kept", []
    build_archive(tmp_path / "first", [lots], name="n", attribution="", memory=kept)
    whole = rising.place
    monkeypatch.setattr(rising, "place", lambda shapes, name, **more: drawn.extend(np.unique(shapes.feature).tolist()) or whole(shapes, name, **more))
    now = moved(lots, [40], 3.0)
    build_archive(tmp_path / "again", [now], name="n", attribution="", memory=kept)
    assert 40 in drawn and len(set(drawn)) < 20, sorted(set(drawn))  # the lots beside it have other neighbours now
    build_archive(tmp_path / "whole", [now], name="n", attribution="")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "whole").read_bytes()
