"""The tables of the address base registry: their columns, keys, and the names they had in 2021."""

from __future__ import annotations

from dataclasses import dataclass

WIDTHS = {"machiaza_id": 7, "blk_id": 3, "rsdt_id": 3, "prc_id": 15}
"""Digits of the codes that spreadsheets shorten; `lg_code` has six with a check digit."""
WHOLE = ("chome_number", "post_code", "machiaza_id", "lg_code")
"""Columns in which `1.0` means 1."""


@dataclass(frozen=True)
class AbrTable:
    """A table of the registry: the columns that tell it from the others, and its primary key."""

    name: str
    tells: tuple[str, ...]
    key: tuple[str, ...]


TABLES = (
    AbrTable("mt_parcel_pos", ("prc_id", "rep_lon", "rep_lat"), ("lg_code", "machiaza_id", "prc_id")),
    AbrTable("mt_parcel", ("prc_id", "prc_num1"), ("lg_code", "machiaza_id", "prc_id")),
    AbrTable("mt_rsdtdsp_rsdt_pos", ("rsdt_id", "rep_lon", "rep_lat"), ("lg_code", "machiaza_id", "blk_id", "rsdt_id", "rsdt2_id")),
    AbrTable("mt_rsdtdsp_rsdt", ("rsdt_id", "rsdt_num"), ("lg_code", "machiaza_id", "blk_id", "rsdt_id", "rsdt2_id")),
    AbrTable("mt_rsdtdsp_blk_pos", ("blk_id", "rep_lon", "rep_lat"), ("lg_code", "machiaza_id", "blk_id")),
    AbrTable("mt_rsdtdsp_blk", ("blk_id", "blk_num"), ("lg_code", "machiaza_id", "blk_id")),
    AbrTable("mt_town_pos", ("machiaza_id", "rep_lon", "rep_lat"), ("lg_code", "machiaza_id", "rsdt_addr_flg")),
    AbrTable("mt_town_fullset", ("machiaza_id", "alias_oaza"), ("lg_code", "machiaza_id", "rsdt_addr_flg")),
    AbrTable("mt_town", ("machiaza_id", "oaza_cho"), ("lg_code", "machiaza_id", "rsdt_addr_flg")),
    AbrTable("mt_city", ("lg_code", "city"), ("lg_code",)),
    AbrTable("mt_pref", ("lg_code", "pref"), ("lg_code",)),
    AbrTable("mt_city_pos", ("lg_code", "rep_lon", "rep_lat"), ("lg_code",)),
)
"""In the order of looking: the first whose columns are all there. The positions of prefectures have the columns of the
cities' and are told apart by their codes."""

NAMES_2021 = {
    "全国地方公共団体コード": "lg_code", "町字id": "machiaza_id", "町字区分コード": "machiaza_type",
    "都道府県名": "pref", "都道府県名_カナ": "pref_kana", "都道府県名_英字": "pref_roma", "郡名": "county", "郡名_カナ": "county_kana",
    "郡名_英字": "county_roma", "市区町村名": "city", "市区町村名_カナ": "city_kana", "市区町村名_英字": "city_roma", "政令市区名": "ward",
    "政令市区名_カナ": "ward_kana", "政令市区名_英字": "ward_roma", "大字・町名": "oaza_cho", "大字・町名_カナ": "oaza_cho_kana",
    "大字・町名_英字": "oaza_cho_roma", "丁目名": "chome", "丁目名_カナ": "chome_kana", "丁目名_数字": "chome_number", "小字名": "koaza",
    "小字名_カナ": "koaza_kana", "小字名_英字": "koaza_roma", "住居表示フラグ": "rsdt_addr_flg", "住居表示方式コード": "rsdt_addr_mtd_code",
    "大字・町_通称フラグ": "oaza_cho_aka_flg", "小字_通称フラグ": "koaza_aka_code", "大字・町外字フラグ": "oaza_cho_gsi_uncmn",
    "小字外字フラグ": "koaza_gsi_uncmn", "状態フラグ": "status_flg", "起番フラグ": "wake_num_flg", "効力発生日": "efct_date", "廃止日": "ablt_date",
    "原典資料コード": "src_code", "郵便番号": "post_code", "備考": "remarks",
}
NAMES_BEFORE_2023 = {"town_id": "machiaza_id", "oaza_town_name": "oaza_cho", "chome_name": "chome", "koaza_name": "koaza", "pref_name": "pref",
                     "city_name": "city", "od_city_name": "ward", "county_name": "county"}


def table_of(columns: list[str]) -> AbrTable | None:
    """Return the table with these columns."""
    return next((table for table in TABLES if {"lg_code", *table.tells} <= set(columns)), None)
