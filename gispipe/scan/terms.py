"""ASCII names for the Japanese words of municipal files: standard dataset headers and the titles of usual layers."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection

COLUMNS = {
    "id": "id", "no": "no", "no.": "no", "№": "no", "番号": "no", "名称": "name", "名称_カナ": "name_kana", "名称_英語": "name_en", "名称_英字": "name_en", "名称_通称": "alias",
    "施設・場所名": "name", "施設名": "name", "施設名カナ": "name_kana", "住所": "address", "所在地": "address", "所在地_連結表記": "address", "方書": "building", "建物名等(方書)": "building",
    "電話番号": "phone", "内線番号": "extension", "fax番号": "fax", "備考": "note", "説明": "description", "標高": "elevation", "郵便番号": "postcode", "url": "url",
    "種別": "kind", "種類": "kind", "区分": "kind", "分類": "kind", "面積": "area", "面積(m2)": "area_m2", "延長": "length", "幅員": "width", "用途地域": "zone",
    "容積率": "floor_area_ratio", "容積率(%)": "floor_area_ratio", "建ぺい率": "coverage_ratio", "建ぺい率(%)": "coverage_ratio", "学校名": "school", "自治会名": "association",
    "災害種別_洪水": "flood", "災害種別_崖崩れ、土石流及び地滑り": "landslide", "災害種別_高潮": "storm_surge", "災害種別_地震": "earthquake", "災害種別_津波": "tsunami",
    "災害種別_大規模な火事": "fire", "災害種別_内水氾濫": "inland", "災害種別_火山現象": "volcano", "洪水": "flood", "崖崩れ、土石流及び地滑り": "landslide", "高潮": "storm_surge",
    "地震": "earthquake", "津波": "tsunami", "大規模な火事": "fire", "内水氾濫": "inland", "火山現象": "volcano", "共通id": "common_id",
    "指定避難所との重複": "also_shelter", "想定収容人数": "capacity", "対象となる町会・自治会": "associations", "最大浸水深": "depth", "浸水深": "depth", "地番": "lot", "町名": "town",
    "地域": "area_name", "日付": "date", "異常気象名": "event", "異常気": "event", "水害地域": "flooded_area", "水害地": "flooded_area", "設置位置": "position", "路線名": "route",
    "開始時間": "opens", "終了時間": "closes", "利用可能曜日": "days", "利用可能日時特記事項": "hours_note", "画像": "image", "会場名": "name", "公園名": "name", "店名": "name",
    "店舗名": "name", "登録施設名": "name", "農園名": "name", "地点名称": "name", "土のうステーション置き場": "name", "クーポン名": "name", "事業者名": "name",
    "指定暑熱避難施設の名称": "name", "要配慮者利用施設名称": "name", "水防倉庫名": "name", "水防倉庫名カナ": "name_kana", "小児対応設備の有無": "child_pads", "業種": "trade", "業態": "trade",
    "所管課": "department", "種目": "kind", "注記": "remark", "問合先": "contact", "標準宅地番号": "no", "価格": "price", "登録番号": "no", "井戸の形態": "well_kind",
    "自主防災会区域": "defence_area", "口径": "bore_mm", "utm": "utm", "utmポイント": "utm",
}

LAYERS = (
    ("指定緊急避難場所", "emergency_site"), ("指定津波避難ビル", "tsunami_building"), ("指定避難所", "shelter"), ("避難所", "shelter"), ("内水浸水想定区域", "inland_flood"),
    ("洪水浸水想定区域", "flood"), ("浸水履歴", "flood_history"), ("高潮", "storm_surge"), ("津波", "tsunami"), ("土砂災害", "landslide"), ("用途地域", "zoning"),
    ("都市計画図", "zoning"), ("都市計画道路", "planned_road"), ("地区計画", "district_plan"), ("準防火地域", "quasi_fire_zone"), ("高度利用地区", "intensive_use"),
    ("自治会", "neighborhood"), ("自主防災会", "defence_area"), ("行政区域", "boundary"), ("小学校区", "primary_district"), ("中学校区", "junior_district"),
    ("小学校", "primary_school"), ("中学校", "junior_high_school"), ("通学路", "school_route"), ("公園", "park"), ("トイレ", "toilet"), ("消防水利", "fire_hydrant"),
    ("消防", "fire_station"), ("警察", "police"), ("防災倉庫", "storehouse"), ("水防倉庫", "flood_storehouse"), ("ヘリポート", "helipad"), ("貯水槽", "water_tank"),
    ("井戸", "well"), ("病院", "hospital"), ("救護所", "first_aid"), ("無線", "radio"), ("図書館", "library"), ("駐車場", "parking"), ("駐輪場", "bicycle_parking"),
    ("停留所", "bus_stop"), ("バス", "bus"), ("緊急輸送路", "emergency_route"), ("林道", "forest_road"), ("農道", "farm_road"), ("道路", "road"), ("河川", "river"),
    ("埋蔵文化財", "buried_property"), ("文化財", "cultural_property"), ("区画整理", "readjustment"), ("農用地", "farmland"), ("標準宅地", "standard_lot"),
    ("地番", "parcel"), ("筆", "parcel"), ("建物", "building"), ("交通事故", "traffic_accident"), ("観光", "tourism"), ("宿泊", "hotel"), ("カメラ", "camera"),
    ("ハイキングコース", "hiking"), ("タクシー", "taxi"), ("保育", "nursery"), ("子育て", "childcare"), ("福祉", "welfare"),
)

SENSITIVE = re.compile("氏名|所有者|名義|世帯|生年月日|年齢|性別|続柄|課税|納税|評価額|水栓番号|家屋調査番号|個人|口座|マイナンバー|代表者|担当者|責任者|契約者|申請者|届出者|入居者|"
                       "居住者|要支援者|要介護|障害者手帳|owner|person|resident|birth", re.IGNORECASE)
"""Words in a column's title after which a person must decide; such columns stay closed whatever was asked."""


def column_id(title: str, label: str, taken: Collection[str], number: int) -> str:
    """Return an ASCII name for a column by its title or published label, unlike those taken."""
    known = (COLUMNS.get(form) for one in (title, label) for form in _forms(one))
    return _unlike(next(filter(None, known), None) or _ascii(label) or f"c{number:02d}", taken)


def _forms(title: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", title).strip().lower()
    return folded, folded.replace(" ", ""), re.sub(r"\s*\((カナ)\)", r"_\1", folded)


def layer_id(title: str, stem: str, taken: Collection[str]) -> str:
    """Return an ASCII name for a layer: a known word of its title, else the ASCII part of the file's name."""
    known = next((name for word, name in LAYERS if word in title), None)
    ascii_stem = re.sub(r"^(\d+_)+", "", _ascii(stem) or "")
    return _unlike(known or (ascii_stem if len(ascii_stem) > 2 else "") or "layer", taken)


def _ascii(text: str) -> str:
    words = re.findall(r"[A-Za-z][A-Za-z0-9]*|\d+", unicodedata.normalize("NFKC", text)) if text.isascii() else re.findall(r"[A-Za-z][A-Za-z0-9]{2,}", text)
    name = re.sub(r"^[\d_]+", "", "_".join(words).lower())
    return name[:40]


def _unlike(name: str, taken: Collection[str]) -> str:
    if name not in taken and name not in _RESERVED:
        return name
    return next(f"{name}_{k}" for k in itertools.count(2) if f"{name}_{k}" not in taken)


_RESERVED = {"geometry", "con", "prn", "aux", "nul"}
"""The store's own column, and names no file may have on Windows."""
