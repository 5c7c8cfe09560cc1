"""Read 自治体標準オープンデータセット and its predecessor 推奨データセット, CSV or XLSX, under the current column names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.intake.codes import drop_damaged, restore_municipality
from gispipe.intake.content import identify, must_be
from gispipe.intake.csv_table import csv_rows
from gispipe.intake.delivered import Delivered
from gispipe.intake.points import degrees, numbers, points
from gispipe.intake.rows import Rows, texts
from gispipe.intake.standard_columns import FITS, current, dataset_of
from gispipe.intake.workbook import workbook_rows
from gispipe.model import Source
from gispipe.words import Words

_CODES = ("ID", "全国地方公共団体コード", "所在地_全国地方公共団体コード", "市区町村コード", "町字ID", "法人番号")
_MUNICIPALITIES = ("全国地方公共団体コード", "所在地_全国地方公共団体コード", "市区町村コード")


def read_standard(path: Path, source: Source, where: str) -> Delivered:
    """Read one data set; `layer` of the source names it where a mix-up must stop the run.

    Columns get their current names, unknown ones keep their own. Points come of 緯度 and 経度 (or `x` and `y`); rows
    without a usable pair have none and say why (GP11). Raises UnreadableInput for another data set than asked for.
    """
    rows = _rows(path, source, where)
    _rename(rows)
    _empty_columns(rows)
    _mend(rows)
    _check_kind(rows, source, where)
    _note_shifted(rows)
    rows.facts |= {"crs_by": "format", "crs_by_rule": "世界測地系"}
    if source.x or source.y:
        return rows.delivered(points(rows, source.x, source.y), "EPSG:6668")
    if not {"緯度", "経度"} <= set(rows.table.column_names):
        return rows.delivered()
    _take_second(rows)
    return rows.delivered(degrees(rows, "経度", "緯度"), "EPSG:6668")


def _rows(path: Path, source: Source, where: str) -> Rows:
    if identify(path) == "xlsx":
        return workbook_rows(path, source.model_copy(update={"layer": None}) if _is_dataset(source.layer) else source, where)
    must_be(path, "csv", where)
    return csv_rows(path, source, where, tolerant=True)


def _is_dataset(name: str | None) -> bool:
    from gispipe.intake.standard_columns import DATASETS

    return name in {title for title, _ in DATASETS}


def _rename(rows: Rows) -> None:
    """Give every column its current name, and the municipality's name in one where it came in two."""
    names = rows.table.column_names
    renamed = current(names)
    changed = {old: new for old, new in zip(names, renamed, strict=True) if old != new}
    if changed:
        rows.facts["renamed"] = changed
    rows.table = rows.table.rename_columns(renamed)
    if "地方公共団体名" not in renamed and "市区町村名" in renamed:
        parts = [texts(rows.table[name]).fill_null("") for name in ("都道府県名", "市区町村名") if name in renamed]
        joined = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, pa.scalar("", pa.large_string()))
        rows.table = rows.table.append_column("地方公共団体名", pa.chunked_array([pc.if_else(pc.equal(joined, ""), None, joined)]))


def _empty_columns(rows: Rows) -> None:
    """Leave out columns without a name that hold nothing, and count them."""
    bare = [name for name in rows.table.column_names if name.startswith("column_") and rows.table[name].null_count == len(rows.line)]
    if bare:
        rows.table = rows.table.drop_columns(bare)
        rows.facts["empty_columns"] = len(bare)


def _mend(rows: Rows) -> None:
    """Make codes a spreadsheet has destroyed missing, put lost zeros back, take the hyphen out of town codes."""
    columns = set(rows.table.column_names)
    for name in _CODES:
        if name in columns:
            drop_damaged(rows, name)
    for name in _MUNICIPALITIES:
        if name in columns:
            restore_municipality(rows, name)
    if "町字ID" in columns:
        towns = texts(rows.table["町字ID"])
        hit = pc.match_substring_regex(towns, r"^\d{4}-\d{3}$").fill_null(False)
        if pc.any(hit).as_py():
            rows.facts["town_codes_with_hyphen"] = pc.sum(hit).as_py()
            rows.replace("町字ID", pa.chunked_array([pc.if_else(hit, pc.replace_substring(towns, "-", ""), towns)]))


def _check_kind(rows: Rows, source: Source, where: str) -> None:
    found = dataset_of(rows.table.column_names)
    rows.facts["dataset"] = found
    if _is_dataset(source.layer) and found != source.layer:
        raise UnreadableInput(where, Words(f"the columns are those of {found or 'no known data set'}, but the layer asks for {source.layer}",
                                           f"列は「{found or '不明なデータセット'}」のものですが、レイヤーは「{source.layer}」を求めています"),
                              Words("put the right file there or correct layer in [source]", "正しいファイルを置くか、[source] の layer を直してください"))


def _note_shifted(rows: Rows) -> None:
    """Note columns most of whose filled cells cannot stand there (GP23), once each at the first such row."""
    if rows.facts["dataset"] is None:
        return
    for name in rows.table.column_names:
        if name not in FITS:
            continue
        column = texts(rows.table[name])
        filled = len(column) - column.null_count
        misfit = pc.invert(pc.match_substring_regex(column, FITS[name])).fill_null(False)
        count = pc.sum(misfit).as_py() or 0
        if 2 * count > filled:
            first = misfit.index(True).as_py()
            rows.note("GP23", [first], [f"{name}: {count:,} / {filled:,}, {column[first].as_py()!r}"])


def _take_second(rows: Rows) -> None:
    """Where 緯度 and 経度 come twice, take the second pair in rows that lack the first; count both that and disagreement."""
    if not {"緯度_", "経度_"} <= set(rows.table.column_names):
        return
    pairs = [np.column_stack([numbers(rows, f"緯度{mark}"), numbers(rows, f"経度{mark}")]) for mark in ("", "_")]
    there = [np.isfinite(pair).all(axis=1) for pair in pairs]
    lacking = ~there[0] & there[1]
    rows.facts["coordinates_twice"] = {"taken_from_second": int(lacking.sum()), "different": int((there[0] & there[1] & (np.abs(pairs[0] - pairs[1]).max(axis=1) > 1e-6)).sum())}
    for name in ("緯度", "経度"):
        rows.replace(name, pa.chunked_array([pc.if_else(pa.array(lacking), texts(rows.table[f"{name}_"]), texts(rows.table[name]))]))
