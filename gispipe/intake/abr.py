"""Read the address base registry and the national reference points of towns and blocks.

Every code is text; every position has the coordinate system its own row states. A file of positions in two systems is
delivered in two parts, the larger first, so that nothing is moved by half a metre by being put under the other's name.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.intake.abr_tables import NAMES_2021, NAMES_BEFORE_2023, WHOLE, WIDTHS, AbrTable, table_of
from gispipe.intake.codes import drop_fraction, note_doubled, restore_municipality, restore_zeros
from gispipe.intake.content import must_be
from gispipe.intake.csv_table import csv_rows
from gispipe.intake.delivered import Delivered
from gispipe.intake.points import degrees
from gispipe.intake.rows import Rows, texts
from gispipe.model import Source
from gispipe.words import Words


def read_abr(path: Path, source: Source, where: str) -> Delivered | list[Delivered]:
    """Read one table of the registry; positions in several coordinate systems come as one part for each.

    `layer` of the source takes the positions of one system only ("EPSG:4612"). Raises UnreadableInput for a table
    that is none of the registry's.
    """
    must_be(path, "csv", where)
    rows = csv_rows(path, source, where, stated="utf-8")
    _modern_names(rows)
    table = table_of(rows.table.column_names)
    if table is None:
        raise _stranger(rows, where, Words("the address base registry", "アドレス・ベース・レジストリ"))
    _mend(rows)
    rows.facts["table"] = _name(rows, table)
    note_doubled(rows, tuple(name for name in table.key if name in rows.table.column_names))
    return _positions(rows, source, where) if {"rep_lon", "rep_lat"} <= set(rows.table.column_names) else rows.delivered()


def _modern_names(rows: Rows) -> None:
    """Give the columns of older editions the names they have now."""
    columns = rows.table.column_names
    old = NAMES_2021 if "町字id" in columns else NAMES_BEFORE_2023 if "town_id" in columns else {}
    rows.facts["edition"] = "2021" if old is NAMES_2021 else "before 2023" if old else "2023 or later"
    rows.table = rows.table.rename_columns([old.get(name, name) for name in columns])


def _mend(rows: Rows) -> None:
    """Undo what spreadsheets do to codes: the fraction and the lost zeros, each counted."""
    columns = set(rows.table.column_names)
    for name in WHOLE:
        if name in columns:
            drop_fraction(rows, name)
    restore_municipality(rows, "lg_code")
    for name, width in WIDTHS.items():
        if name in columns:
            restore_zeros(rows, name, width)


def _name(rows: Rows, table: AbrTable) -> str:
    """Return a table's name; positions of prefectures are those whose codes all end in 000 and a check digit."""
    if table.name != "mt_city_pos":
        return table.name
    towns = pc.match_substring_regex(texts(rows.table["lg_code"]), r"^\d\d000\d$").fill_null(False)
    return "mt_pref_pos" if pc.all(towns).as_py() else "mt_city_pos"


def _positions(rows: Rows, source: Source, where: str) -> Delivered | list[Delivered]:
    """Return the points, one part for each coordinate system that rows state; rows without one go with the most."""
    shapes = degrees(rows, "rep_lon", "rep_lat")
    stated = texts(rows.table["rep_srid"]) if "rep_srid" in rows.table.column_names else pa.nulls(len(rows.line), pa.large_string())
    counts = {one["values"]: one["counts"] for one in pc.value_counts(stated).to_pylist() if one["values"] is not None}
    systems = sorted(counts, key=lambda name: (-counts[name], name))
    rows.facts["crs_by"], rows.facts["rep_srid"] = "rep_srid", {name: counts[name] for name in systems}
    if source.layer is not None and source.layer not in systems:
        raise UnreadableInput(where, Words(f"no position in {source.layer}; there are: {', '.join(systems)}", f"{source.layer} の位置はありません。ある座標系: {', '.join(systems)}"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    if not systems:
        return rows.delivered(shapes)
    if len(systems) == 1:
        return rows.delivered(shapes, systems[0])
    codes = np.array([name if name is not None else systems[0] for name in stated.to_pylist()], dtype=object)
    parts = [rows.delivered(shapes, name, codes == name) for name in systems if source.layer in (None, name)]
    return parts if len(parts) > 1 else parts[0]


TOWNS = ("都道府県コード", "市区町村コード", "大字町丁目コード", "大字町丁目名", "緯度", "経度")
BLOCKS = ("都道府県名", "市区町村名", "街区符号・地番", "緯度", "経度")


def read_isj(path: Path, source: Source, where: str) -> Delivered:
    """Read reference points of towns (大字・町丁目レベル) or blocks (街区レベル); cp932 unless the file proves otherwise.

    The files state no coordinate system: JGD2011 unless the layer says another.
    """
    must_be(path, "csv", where)
    rows = csv_rows(path, source, where, stated=None if _is_utf8(path) else "cp932")
    columns = set(rows.table.column_names)
    level = "大字・町丁目レベル" if set(TOWNS) <= columns else "街区レベル" if set(BLOCKS) <= columns else None
    if level is None:
        raise _stranger(rows, where, Words("reference points", "位置参照情報"))
    for name, width in (("都道府県コード", 2), ("市区町村コード", 5), ("大字町丁目コード", 12)):
        if name in columns:
            restore_zeros(rows, name, width)
    rows.facts |= {"table": level, "crs_by": "format", "crs_by_rule": "世界測地系"}
    return rows.delivered(degrees(rows, "経度", "緯度"), "EPSG:6668")


def _is_utf8(path: Path) -> bool:
    """Tell whether a table is UTF-8 by its bytes; the publisher writes cp932, converted copies are in use."""
    from gispipe.intake.text import proven

    return proven(path.read_bytes()) == "utf-8"


def _stranger(rows: Rows, where: str, what: Words) -> UnreadableInput:
    listing = ", ".join(rows.table.column_names[:12])
    return UnreadableInput(where, Words(f"not a table of {what.en}; its columns are: {listing}", f"{what.ja}の表ではありません。列: {listing}"),
                           Words("correct reader in [source], or read it as csv", "[source] の reader を直すか、csv として読んでください"))
