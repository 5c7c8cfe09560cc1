"""Rules: each has a counterexample that it alone notices, and none speaks about clean data."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycity import X, Y, square

from gispipe.checks import RULES, Rule
from gispipe.checks.findings import check, failure_of, stale_acceptances
from gispipe.checks.rule import Subject, subject
from gispipe.intake.delivered import Note
from gispipe.model import Accepted, Column, Style

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


@each_rule
def test_a_counterexample_is_noticed_by_its_own_rule_alone(rule: Rule) -> None:
    assert [finding.code for finding in check(rule.counterexample())] == [rule.code]


@each_rule
def test_without_its_rule_a_counterexample_goes_unnoticed(rule: Rule) -> None:
    assert check(rule.counterexample(), [other for other in RULES if other is not rule]) == []


@each_rule
def test_a_rule_says_what_and_what_to_do_in_both_languages(rule: Rule) -> None:
    for words in (rule.sentence, rule.todo):
        assert words.en.isascii() or "…" in words.en
        assert re.search(r"[ぁ-んァ-ン一-龥]", words.ja)
    assert not rule.sentence.en.endswith(".") and not rule.sentence.ja.endswith("。"), "sentences are joined to places"


def test_codes_are_unique_ascending_and_well_formed() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes)) and all(re.fullmatch(r"GP\d{2}", code) for code in codes)


def clean() -> Subject:
    style = Style.model_validate({"id": "depth", "by": "rank", "class": [{"value": 1, "fill": "#F7F5A9"}, {"min": 2, "max": 9, "fill": "#FFD8C0"}]})
    columns = {"rank": Column(type="int", required=True, in_=(1, 2, 3)), "lot": Column(pattern=r"\d+-\d+"), "day": Column(type="date")}
    rows = {"rank": ["1", "２", "3"], "lot": ["1-1", None, "12-3"], "day": ["2026-04-01", "2026年4月2日", None]}
    return subject(columns, rows, [square(0, 0, 10), square(10, 0, 10), square(0, 10, 10)], style=style, key=("rank",))


def test_a_clean_table_has_no_finding() -> None:
    assert check(clean()) == []


def test_a_wrong_value_is_named_with_its_file_and_row() -> None:
    broken = subject({"rank": Column(type="int", in_=(1, 2))}, {"rank": ["1", "7", "2", "8"]})
    (finding,) = check(broken)
    assert (finding.code, finding.count, [(p.file, p.row, p.detail) for p in finding.places]) == ("GP31", 2, [("example.geojson", 2, "rank='7'"), ("example.geojson", 4, "rank='8'")])
    failure = failure_of(finding, "layers/x.toml")
    assert failure.exit_status == 22 and str(failure).startswith("layers/x.toml › example.geojson:2: GP31 ")


@pytest.mark.parametrize("code", ["GP01", "GP02"])
def test_a_doubtful_crs_ends_with_the_crs_status(code: str) -> None:
    rule = next(rule for rule in RULES if rule.code == code)
    assert failure_of(check(rule.counterexample())[0], "layers/x.toml").exit_status == 23


def accepting(broken: Subject, code: str, rows: int) -> Subject:
    return replace(broken, layer=broken.layer.model_copy(update={"accept": {code: Accepted(rows=rows, reason="納品元に照会済み")}}))


def test_an_acceptance_covers_as_many_rows_as_it_says_and_no_more() -> None:
    x, y = X, Y
    bow = shapely.Polygon([(x, y), (x + 9, y + 9), (x + 9, y), (x, y + 9)])
    broken = subject(geometry=[shapely.transform(bow, lambda xy, k=k: xy + 20 * k) for k in range(3)])
    assert [(f.status, f.count) for f in check(broken)] == [("stopped", 3)]
    assert [f.status for f in check(accepting(broken, "GP12", 3))] == ["accepted"]
    assert [f.status for f in check(accepting(broken, "GP12", 2))] == ["stopped"]
    assert [f.status for f in check(accepting(broken, "GP11", 9))] == ["stopped"]


@pytest.mark.parametrize("code", ["GP01", "GP14"])
def test_what_makes_everything_after_it_meaningless_cannot_be_accepted(code: str) -> None:
    rule = next(rule for rule in RULES if rule.code == code)
    assert [f.status for f in check(accepting(rule.counterexample(), code, 999))] == ["stopped"]


def test_an_acceptance_nobody_needs_any_more_is_named() -> None:
    one = accepting(clean(), "GP12", 4)
    assert stale_acceptances(one.layer, check(one)) == ["GP12"]


def test_warnings_do_not_stop_a_run() -> None:
    for code in ("GP13", "GP22"):
        rule = next(rule for rule in RULES if rule.code == code)
        assert [f.status for f in check(rule.counterexample())] == ["warning"]


def test_invalid_shapes_are_told_from_absent_ones() -> None:
    empty = shapely.Polygon()
    bow = shapely.Polygon([(X, Y), (X + 9, Y + 9), (X + 9, Y), (X, Y + 9)])
    found = {f.code: [p.row for p in f.places] for f in check(subject(geometry=[bow, None, empty, square(0, 0, 5)]))}
    assert found == {"GP11": [2, 3], "GP12": [1]}


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_every_kind_of_non_number_is_a_finding_of_its_own(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        line = shapely.LineString([(X, Y), (X + 5, bad)])
    found = [f.code for f in check(subject(geometry=[line], kind="line"))]
    assert found == ["GP14"]


def test_a_few_shapes_outside_are_rows_but_most_of_them_are_a_wrong_crs() -> None:
    inside, outside = shapely.Point(X, Y), shapely.Point(X + 900_000, Y)
    assert [(f.code, f.count) for f in check(subject(geometry=[inside] * 1 + [shapely.Point(X + 1, Y), outside], kind="point"))] == [("GP15", 1)]
    codes = [f.code for f in check(subject(geometry=[inside, outside, shapely.Point(X + 900_001, Y)], kind="point"))]
    assert codes == ["GP02"]


def test_a_longitude_in_the_latitude_column_is_a_wrong_crs() -> None:
    swapped = subject(geometry=[shapely.Point(34.78, 135.47), shapely.Point(34.79, 135.48)], kind="point", crs="EPSG:6668")
    (finding,) = check(swapped)
    assert finding.code == "GP02" and "2 / 2" in finding.places[0].detail


def test_two_blank_rows_are_two_findings_with_their_lines() -> None:
    one = subject({"name": Column()}, {"name": ["a"]}, notes=[Note("GP22", 0, 3, ""), Note("GP22", 0, 7, "")])
    (finding,) = check(one)
    assert finding.count == 2 and {p.row for p in finding.places} == {3, 7}


def test_a_class_by_range_takes_its_lower_end_and_not_its_upper() -> None:
    style = Style.model_validate({"id": "s", "by": "depth", "class": [{"min": 0, "max": 0.5, "fill": "#F7F5A9"}, {"min": 0.5, "max": 3, "fill": "#FFD8C0"}]})
    values = subject({"depth": Column(type="float")}, {"depth": ["0", "0.5", "2.999", "3"]}, style=style)
    (finding,) = check(values)
    assert finding.code == "GP35" and [p.row for p in finding.places] == [4]


def test_a_missing_value_needs_a_class_too_unless_there_is_a_catch_all() -> None:
    classes = {"id": "s", "by": "rank", "class": [{"value": 1, "fill": "#F7F5A9"}]}
    columns, rows = {"rank": Column(type="int")}, {"rank": ["1", None]}
    assert [f.code for f in check(subject(columns, rows, style=Style.model_validate(classes)))] == ["GP35"]
    assert check(subject(columns, rows, style=Style.model_validate({**classes, "other": {"fill": "#EEEEEE"}}))) == []


@settings(max_examples=60)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_duplicates_are_all_but_the_first_of_equal_shapes(places: list[int]) -> None:
    found = check(subject(geometry=[shapely.Point(X + p, Y) for p in places], kind="point"))
    expected = [k + 1 for k, p in enumerate(places) if p in places[:k]]
    assert [p.row for f in found for p in f.places] == expected
    assert all(f.code == "GP13" for f in found)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=10))
def test_a_key_of_two_columns_is_unique_only_together(keys: list[tuple[int, int]]) -> None:
    columns = {"a": Column(type="int"), "b": Column(type="int")}
    found = check(subject(columns, {"a": [str(a) for a, _ in keys], "b": [str(b) for _, b in keys]}, key=("a", "b")) if keys else clean())
    assert sum(f.count for f in found) == len(keys) - len(set(keys))


def test_finding_places_are_listed_up_to_a_limit_but_counted_exactly() -> None:
    many = subject({"n": Column(type="int")}, {"n": ["x"] * 2500})
    (finding,) = check(many)
    assert finding.count == 2500 and len(finding.places) == 2000
    assert np.all(np.diff([p.row for p in finding.places]) == 1)  # type: ignore[type-var]
