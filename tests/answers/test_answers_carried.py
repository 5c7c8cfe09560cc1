"""What is taken over from the answers of the versions before is what working it out anew gives, bit by bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gispipe.answers.carried import Stayed, Zone, changed_ground, taken_over
from gispipe.answers.exposing import Ranked, kept_before, kept_zones, save_exposure, save_ground, zones_of
from gispipe.answers.exposure import Exposure
from gispipe.answers.shapes import Shapes, save_shapes
from gispipe.joins.zones import Exposed, expose, ready_from

ARRAYS = ("owner", "rank", "area", "group_owner", "group", "group_rank", "sliver", "worst")
NAMES = ("", "星瀬川", "鈴音川")
place = st.integers(0, 60)
turned = st.tuples(place, place, st.integers(1, 25), st.integers(1, 25), st.floats(0, 1.5))
lot = st.one_of(turned, st.none(), st.tuples(place, place))
zone = st.tuples(turned, st.integers(0, 3), st.sampled_from(NAMES))


def shape(one: tuple | None) -> shapely.Geometry | None:
    """A turned rectangle, a point, or nothing; its corners are no round numbers, so that sums depend on their order."""
    if one is None:
        return None
    if len(one) == 2:
        return shapely.Point(*one)
    x, y, w, h, angle = one
    cos, sin = np.cos(angle), np.sin(angle)
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)]) / 3
    return shapely.Polygon(corners @ np.array([(cos, sin), (-sin, cos)]) + (x, y))


def shapes_of(path: Path, ones: list[tuple | None]) -> Shapes:
    save_shapes(path, np.array([*map(shape, ones), None], dtype=object)[:-1], once=False)
    return Shapes(path)


def zone_of(path: Path, zones: list[tuple]) -> Zone:
    names = sorted({name for *_, name in zones})
    rows = Ranked(np.array([rank for _, rank, _ in zones], np.int64), np.array([names.index(name) for *_, name in zones], np.int64), names)
    return Zone(shapes_of(path, [one for one, *_ in zones]), rows)


def asked(lots: Shapes, zone: Zone) -> Exposed:
    return expose(ready_from(*lots.all(), lots.features), zones_of(zone.rows, zone.shapes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("carried")


edits = st.lists(st.tuples(st.sampled_from(["out", "in", "other"]), st.integers(0, 100), lot), max_size=3)
zone_edits = st.lists(st.tuples(st.sampled_from(["out", "in", "other"]), st.integers(0, 100), zone), max_size=2)


def edited(ones: list, changes: list[tuple[str, int, object]]) -> list:
    out = list(ones)
    for what, at, one in changes:
        at %= len(out) + (what == "in") or 1
        if what == "in":
            out.insert(at, one)
        elif out:
            out[at:at + 1] = [one] if what == "other" else []
    return out


@settings(max_examples=150, deadline=None)
@given(st.lists(lot, max_size=14), st.lists(zone, max_size=7), edits, zone_edits)
def test_taken_over_and_worked_out_anew_are_the_same_bytes(folder: Path, lots: list, zones: list, lot_changes: list, zone_changes: list) -> None:
    old, then = shapes_of(folder / "lots0", lots), zone_of(folder / "zones0", zones)
    new, now = shapes_of(folder / "lots1", edited(lots, lot_changes)), zone_of(folder / "zones1", edited(zones, zone_changes))
    save_exposure(folder / "kept", asked(old, then), then.rows.names)
    changed = changed_ground(then, now)
    if changed is None:
        return
    stayed = Stayed.of(old, new)
    away = stayed.away_from(changed.boxes)
    save_ground(folder / "then", zones_of(then.rows, then.shapes))
    save_ground(folder / "ground", zones_of(now.rows, now.shapes, kept_before(folder / "then", then.rows, then.shapes, now.shapes, changed.was)))
    save_ground(folder / "anew", zones_of(now.rows, now.shapes))
    assert (folder / "ground").read_bytes() == (folder / "anew").read_bytes()
    zones = kept_zones(folder / "ground", now.rows, now.shapes).near(stayed.box[~away])
    fresh = expose(ready_from(*new.some(~away), new.features), zones)
    carried, anew = taken_over(Exposure(folder / "kept"), now.rows, np.where(away, stayed.was, -1), fresh), asked(new, now)
    for name in ARRAYS:
        assert getattr(carried, name).tobytes() == getattr(anew, name).tobytes(), name


def test_a_zone_that_another_river_covers_from_now_on_keeps_its_ground_by_river(folder: Path) -> None:
    one, other = NAMES[1:]
    below, worse, beside = ((0, 0, 24, 24, 0.0), 1, one), ((4, 4, 24, 24, 0.1), 2, one), ((40, 40, 9, 9, 0.2), 1, other)
    over = ((0, 0, 9, 9, 0.05), 3, other)
    for before, after in (([below, worse, beside], [below, worse, beside, over]), ([below, worse, beside, over], [below, worse, beside])):
        then, now = zone_of(folder / "d0", before), zone_of(folder / "d1", after)
        changed = changed_ground(then, now)
        assert changed is not None
        save_ground(folder / "d2", zones_of(then.rows, then.shapes))
        zones, anew = zones_of(now.rows, now.shapes, kept_before(folder / "d2", then.rows, then.shapes, now.shapes, changed.was)), zones_of(now.rows, now.shapes)
        assert zones.own is not None and anew.own is not None and len(anew.own.shapes) == (over in after)
        assert shapely.to_wkb(zones.own.shapes).tolist() == shapely.to_wkb(anew.own.shapes).tolist() and zones.own.value.tolist() == anew.own.value.tolist()
        assert zones.ground.alike.tolist() == anew.ground.alike.tolist()


def test_a_lot_far_from_the_change_is_not_asked_again(folder: Path) -> None:
    lots = [(0, 0, 9, 9, 0.1), (40, 40, 9, 9, 0.2), (80, 0, 9, 9, 0.3)]
    zones = [((0, 0, 9, 9, 0.4), 1, ""), ((1, 1, 9, 9, 0.4), 2, ""), ((40, 40, 9, 9, 0.5), 1, "")]
    old, then = shapes_of(folder / "a0", lots), zone_of(folder / "b0", zones)
    new, now = shapes_of(folder / "a1", [lots[0], lots[1], (81, 0, 9, 9, 0.3)]), zone_of(folder / "b1", [*zones[:1], ((1, 2, 9, 9, 0.4), 2, ""), zones[2]])
    changed = changed_ground(then, now)
    assert changed is not None and Stayed.of(old, new).away_from(changed.boxes).tolist() == [False, True, False]


def test_zones_in_another_order_are_asked_anew(folder: Path) -> None:
    zones = [((0, 0, 9, 9, 0.4), 1, ""), ((40, 40, 9, 9, 0.5), 1, "")]
    assert changed_ground(zone_of(folder / "c0", zones), zone_of(folder / "c1", zones[::-1])) is None
