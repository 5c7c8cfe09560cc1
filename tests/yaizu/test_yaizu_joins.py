"""Joins on a real city: nothing lost, nothing doubled, and the answers a slower way gives too."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from example import Yaizu

AREA = ("neighborhood", "primary_area", "junior_area", "inland_depth", "flooded_years")
DEPTHS = ("0.3m未満の区域", "0.3~0.5m未満の区域", "0.5~1.0m未満の区域", "1.0~3.0m未満の区域", "3.0~5.0m未満の区域", "5.0~10.0m未満の区域")
SCHOOLS = ("primary_school", "junior_high_school")


def joined(yaizu: Yaizu) -> list[str]:
    return [layer.id for layer in yaizu.catalogue.layers.values() if "area" in layer.join and not layer.pending]


def test_every_join_puts_out_as_many_rows_as_went_in(yaizu: Yaizu) -> None:
    rows = {one["id"]: one["rows"] for one in yaizu.report["layers"]}
    declared = {(layer.id, name) for layer in yaizu.catalogue.layers.values() if not layer.pending for name in layer.join}
    assert {(one["layer"], one["join"]) for one in yaizu.report["joins"]} == declared and len(declared) > 200
    for one in yaizu.report["joins"]:
        assert one["left"] == one["matched"] + one["unmatched"] == rows[one["layer"]] == len(yaizu.store.read(one["layer"]).frame)


def test_every_facility_shelter_and_school_has_its_columns(yaizu: Yaizu) -> None:
    assert {"shelter", "emergency_site", "tsunami_building", "toilet", "library", "city_hall", "nursery", "care_facility", *SCHOOLS} <= set(joined(yaizu))
    for layer in joined(yaizu):
        assert set(AREA) <= set(yaizu.store.read(layer).frame.columns), layer


@pytest.mark.parametrize("layer", ["shelter", *SCHOOLS])
def test_shelters_and_schools_lie_in_an_association_and_in_both_school_districts(yaizu: Yaizu, layer: str) -> None:
    assert yaizu.store.read(layer).frame[list(AREA[:3])].notna().all().all()


def test_a_school_lies_in_its_own_district(yaizu: Yaizu) -> None:
    for layer, column in (("primary_school", "primary_area"), ("junior_high_school", "junior_area")):
        frame = yaizu.store.read(layer).frame
        same = [area.replace("学校区", "学校") in name or name in area for name, area in zip(frame["name"], frame[column], strict=True)]
        assert np.mean(same) > 0.8, list(zip(frame["name"], frame[column], strict=True))


def test_the_inland_depth_at_every_point_is_what_a_plain_search_finds(yaizu: Yaizu) -> None:
    flood = yaizu.store.read("inland_flood")
    areas = shapely.make_valid(flood.geometry, method="structure", keep_collapsed=False)
    rank = {depth: k for k, depth in enumerate(DEPTHS)}
    parts, owner = shapely.get_parts(areas, return_index=True)
    seen: set[str | None] = set()
    for layer in joined(yaizu):
        table = yaizu.store.read(layer)
        if yaizu.catalogue.layers[layer].geometry != "point":
            continue
        worst = np.full(len(table.geometry), -1)
        for k, point in enumerate(table.geometry):
            if point is not None:
                hits = owner[shapely.intersects(parts, point)]
                worst[k] = max((rank[flood.frame["depth"].iloc[h]] for h in hits), default=-1)
        wanted = [None if w < 0 else DEPTHS[w] for w in worst]
        stored = [None if value is None or value != value else value for value in table.frame["inland_depth"]]
        assert stored == wanted, layer
        seen |= set(wanted)
    assert len(seen) >= 4


def test_the_years_flooded_are_counted_as_a_plain_search_counts_them(yaizu: Yaizu) -> None:
    years = yaizu.catalogue.layers["shelter"].join["flooded"].layers
    points = yaizu.store.read("shelter").geometry
    total = np.zeros(len(points), int)
    for year in years:
        areas = yaizu.store.read(year).geometry
        areas = shapely.make_valid(areas[~shapely.is_missing(areas)])
        total += np.array([bool(shapely.intersects(areas, point).any()) for point in points])
    assert yaizu.store.read("shelter").frame["flooded_years"].tolist() == total.tolist() and total.max() > 0
    assert len(years) == 22


def test_no_emergency_site_is_designated_for_floods_and_none_is_named_instead(yaizu: Yaizu) -> None:
    assert not (yaizu.store.read("emergency_site").frame["flood"] == "○").any()
    for layer in SCHOOLS:
        frame = yaizu.store.read(layer).frame
        assert frame["flood_site"].isna().all() and frame["flood_site_m"].isna().all()
        assert yaizu.catalogue.layers[layer].all_columns()["flood_site"].absent == "指定なし"


def test_the_nearest_shelter_open_in_storms_is_the_nearest_of_those_only(yaizu: Yaizu) -> None:
    shelter, school = yaizu.store.read("shelter"), yaizu.store.read("primary_school")
    fit = np.flatnonzero((shelter.frame["storm"] == "○").to_numpy(bool))
    assert 0 < len(fit) < len(shelter.frame)
    for k, point in enumerate(school.geometry):
        metres = shapely.distance(shelter.geometry[fit], point)
        assert school.frame["storm_shelter_m"].iloc[k] == pytest.approx(metres.min(), abs=0.06)
        assert school.frame["storm_shelter"].iloc[k] in set(shelter.frame["name"].iloc[fit[metres < metres.min() + 0.01]])
