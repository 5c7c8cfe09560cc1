"""The columns of 自治体標準オープンデータセット, the names they had in 推奨データセット, and the spellings met in cities' files."""

from __future__ import annotations

import re
import unicodedata

CANONICAL = (
    "全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "名称_英字", "名称_通称", "種別", "所在地_全国地方公共団体コード", "町字ID", "所在地_連結表記",
    "所在地_都道府県", "所在地_市区町村", "所在地_町字", "所在地_番地以下", "建物名等(方書)", "緯度", "経度", "高度の種別", "高度の値", "標高", "設置位置", "電話番号", "内線番号",
    "FAX番号", "連絡先メールアドレス", "連絡先FormURL", "連絡先備考（その他、SNSなど）", "郵便番号", "法人番号", "団体名", "市区町村コード", "利用可能曜日", "開始時間", "終了時間",
    "利用可能日時特記事項", "小児対応設備の有無", "URL", "画像", "画像_ライセンス", "画像1", "画像1_ライセンス", "画像2", "画像2_ライセンス", "外部利用不可", "備考", "口径",
    "災害種別_洪水", "災害種別_崖崩れ、土石流及び地滑り", "災害種別_高潮", "災害種別_地震", "災害種別_津波", "災害種別_大規模な火事", "災害種別_内水氾濫", "災害種別_火山現象",
    "指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "男性トイレ総数", "男性トイレ数（小便器）", "男性トイレ数（和式）", "男性トイレ数（洋式）", "女性トイレ総数",
    "女性トイレ数（和式）", "女性トイレ数（洋式）", "男女共用トイレ総数", "男女共用トイレ数（和式）", "男女共用トイレ数（洋式）", "バリアフリートイレ数", "車椅子使用者用トイレ有無",
    "乳幼児用設備設置トイレ有無", "オストメイト設置トイレ有無", "利用開始時間", "利用終了時間", "利用可能時間特記事項", "設置者", "SSID", "提供エリア", "アクセス方法", "駐車場情報",
    "許可等年月日", "収容定員", "受入年齢", "一時預かりの有無", "地域コード", "調査年月日", "地域名", "総人口", "男性", "女性", "世帯数", "実施サービス", "診療科目", "文化財分類",
    "イベント名", "POIコード", "バリアフリー情報", "料金(基本)", "料金(詳細)", "説明",
)
ALIASES = {
    "都道府県コード又は市区町村コード": "全国地方公共団体コード", "NO": "ID", "No.": "ID", "住所": "所在地_連結表記", "所在地": "所在地_連結表記", "所在地_連結標記": "所在地_連結表記",
    "方書": "建物名等(方書)", "多機能トイレ数": "バリアフリートイレ数", "名称_英語": "名称_英字", "認可等年月日": "許可等年月日", "所在地_市町村": "所在地_市区町村",
    "緯度：北緯（世界測地系10進法）": "緯度", "経度：東経（世界測地系10進法）": "経度", "北緯": "緯度", "東経": "経度", "緯度(北緯)": "緯度", "経度(東経)": "経度",
    "latitude": "緯度", "longitude": "経度", "lat": "緯度", "lon": "経度", "lng": "経度",
}
DATASETS = (
    ("指定緊急避難場所一覧", ("災害種別_洪水",)), ("公衆トイレ一覧", ("男性トイレ総数",)), ("公衆トイレ一覧", ("バリアフリートイレ数",)), ("AED設置箇所一覧", ("小児対応設備の有無",)),
    ("消防水利施設一覧", ("種別", "口径")), ("公衆無線LANアクセスポイント一覧", ("SSID",)), ("子育て施設一覧", ("一時預かりの有無",)), ("地域・年齢別人口", ("調査年月日", "総人口")),
    ("介護サービス事業所一覧", ("実施サービス",)), ("医療機関一覧", ("診療科目",)), ("文化財一覧", ("文化財分類",)), ("イベント一覧", ("イベント名",)),
    ("観光施設一覧", ("名称", "料金(基本)")), ("公共施設一覧", ("名称", "名称_通称", "バリアフリー情報")),
)
"""Data sets by columns that only they have, in the order of looking."""
MUNICIPALITY = r"^\d{5,6}$"
FITS = {"全国地方公共団体コード": MUNICIPALITY, "所在地_全国地方公共団体コード": MUNICIPALITY, "市区町村コード": MUNICIPALITY, "連絡先メールアドレス": "@",
        "郵便番号": r"^〒?\d{3}[-－‐]?\d{4}$", "URL": r"^https?://|^www\.|^$"} | {name: "^[1１0０○×◯〇]$" for name in CANONICAL if name.startswith("災害種別_")}
"""What a filled cell of a column looks like: where most do not, the cells have been shifted."""


def key(name: str) -> str:
    """Return what two spellings of a column's name have in common: width, case, dashes and blanks do not count."""
    return re.sub(r"[\s.]", "", re.sub("[-‐‑‒–—―−ー]", "ー", unicodedata.normalize("NFKC", name))).casefold()


_KNOWN = {key(name): name for name in CANONICAL} | {key(name): current for name, current in ALIASES.items()}


def current(names: list[str]) -> list[str]:
    """Return the current name of every column; what is not known, or would come twice, keeps its own.

    The name itself comes before its former ones: NO stays NO beside an ID.
    """
    renamed = list(names)
    taken = {name for name in names if name in CANONICAL}
    for exact in (True, False):
        for k, name in enumerate(names):
            found = _KNOWN.get(key(name))
            if found and found not in taken and (key(found) == key(name)) == exact:
                renamed[k] = found
                taken.add(found)
    return renamed


def dataset_of(names: list[str]) -> str | None:
    """Return the data set these columns are, None when no column tells."""
    return next((title for title, tells in DATASETS if set(tells) <= set(names)), None)
