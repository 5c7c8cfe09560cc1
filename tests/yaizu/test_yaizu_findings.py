"""The defects in Yaizu's files are found, counted and named, and nothing is repaired in silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from example import Yaizu

from gispipe.crs import transform
from gispipe.intake import Readers, read_source

TABLES = "csv"


def split(yaizu: Yaizu, code: str) -> tuple[int, int]:
    """Return how many rows break a rule in shapefiles and GeoJSON, and in CSV tables."""
    found = yaizu.found(code)
    tables = sum(count for layer, count in found.items() if yaizu.reader(layer) == TABLES)
    return sum(found.values()) - tables, tables


def test_17_invalid_shapes_are_named_by_file_row_and_reason(yaizu: Yaizu) -> None:
    assert split(yaizu, "GP12") == (17, 0)
    assert yaizu.found("GP12") == {"farmland": 2, "flooded_2017": 1, "flooded_2022": 2, "flooded_2024": 1, "inland_flood": 4, "neighborhood": 1, "urbanization": 1,
                                   "zoning_com": 1, "zoning_low1": 2, "zoning_res1": 2}
    places = [place for one in yaizu.report["findings"] if one["code"] == "GP12" for place in one["places"]]
    assert len(places) == 17 and all(place["row"] >= 1 and "[" in place["detail"] and (yaizu.data / place["file"]).is_file() for place in places)


def test_2_shapes_are_missing_and_2_table_rows_have_no_coordinates(yaizu: Yaizu) -> None:
    assert split(yaizu, "GP11") == (2, 2)
    assert yaizu.found("GP11") == {"flooded_1999": 1, "flooded_2001": 1, "beach_clean": 2}


def test_140_shapes_stand_twice(yaizu: Yaizu) -> None:
    assert split(yaizu, "GP13")[0] == 140


def test_everything_that_would_stop_a_run_is_accepted_with_its_exact_count(yaizu: Yaizu) -> None:
    assert {one["status"] for one in yaizu.report["findings"]} == {"accepted", "warning"}
    for one in yaizu.report["findings"]:
        if one["status"] == "accepted":
            assert yaizu.catalogue.layers[one["layer"]].accept[one["code"]].rows == one["count"] and one["reason"]


def test_every_finding_stands_on_the_page_a_clerk_reads(yaizu: Yaizu) -> None:
    page = (Path(yaizu.said["report"]) / "index.html").read_text("utf-8")
    assert all(code in page for code in ("GP03", "GP11", "GP12", "GP13", "GP15")) and "農用地区域" in page


def test_what_is_stored_is_what_was_delivered_even_where_it_is_invalid(yaizu: Yaizu, reader_pair: Readers) -> None:
    invalid = 0
    for layer in yaizu.catalogue.layers.values():
        if layer.pending or layer.source.reader == TABLES:
            continue
        delivered = read_source(reader_pair, yaizu.data, layer.source, layer.id)
        wanted, _ = transform(delivered.geometry, str(delivered.crs), yaizu.catalogue.city.crs, layer.id, lose="GP15" in layer.accept)
        stored = yaizu.store.read(layer.id).geometry
        assert sorted(shapely.to_wkb(stored), key=str) == sorted(shapely.to_wkb(wanted), key=str), layer.id
        invalid += int(np.count_nonzero(~shapely.is_valid(stored) & ~shapely.is_missing(stored)))
    assert invalid == 17


def test_every_row_that_was_delivered_is_in_the_store(yaizu: Yaizu) -> None:
    rows = {one["id"]: one["rows"] for one in yaizu.report["layers"] if one["rows"] is not None}
    assert len(rows) == 194 and all(len(yaizu.store.read(layer).frame) == count for layer, count in rows.items())
