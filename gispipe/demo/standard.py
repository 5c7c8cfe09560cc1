"""Facility tables as municipalities publish them: the columns of 自治体標準オープンデータセット."""

from __future__ import annotations

import numpy as np

from gispipe.demo.base_tables import repeat
from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY, CODE, generator
from gispipe.demo.places import scattered
from gispipe.demo.tables import Table

TOILET_HEADER = [
    "全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "名称_英語", "所在地_全国地方公共団体コード", "町字ID", "所在地_連結表記", "所在地_都道府県", "所在地_市区町村",
    "所在地_町字", "所在地_番地以下", "建物名等(方書)", "設置位置", "緯度", "経度", "高度の種別", "高度の値", "男性トイレ総数", "男性トイレ数（小便器）", "男性トイレ数（和式）", "男性トイレ数（洋式）",
    "女性トイレ総数", "女性トイレ数（和式）", "女性トイレ数（洋式）", "男女共用トイレ総数", "男女共用トイレ数（和式）", "男女共用トイレ数（洋式）", "バリアフリートイレ数", "車椅子使用者用トイレ有無",
    "乳幼児用設備設置トイレ有無", "オストメイト設置トイレ有無", "利用開始時間", "利用終了時間", "利用可能時間特記事項", "画像", "画像_ライセンス", "備考"]


def standard(header: list[str], count: int, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the columns of a standard data set, empty where nothing is given."""
    known = {"全国地方公共団体コード": repeat(CODE, count), "所在地_全国地方公共団体コード": repeat(CODE, count), "地方公共団体名": repeat(CITY, count),
             "所在地_市区町村": repeat(CITY, count), "ID": np.array([f"{k + 1:010d}" for k in range(count)], object)}
    return {name: given.get(name, known.get(name, repeat("", count))) for name in header}


def toilet_tables(demo: Demo) -> list[Table]:
    """Return the public toilets, as the workbook that the office keeps."""
    places = scattered(demo, 2 * demo.size.primary_schools, 66, "公衆トイレ", "こうしゅうといれ")
    count, rng = len(places.name), generator(demo.seed, 67)
    men, women, shared = rng.integers(1, 6, count), rng.integers(1, 6, count), rng.integers(0, 2, count)
    yes = np.array(["無", "有"], object)
    return [Table("public/toilet.xlsx", "xlsx", standard(TOILET_HEADER, count, {
        "名称": places.name, "名称_カナ": places.kana, "所在地_連結表記": places.address, "設置位置": repeat("屋外", count), "男性トイレ総数": men, "女性トイレ総数": women,
        "男女共用トイレ総数": shared, "バリアフリートイレ数": shared, "車椅子使用者用トイレ有無": yes[shared], "乳幼児用設備設置トイレ有無": yes[rng.integers(0, 2, count)],
        "オストメイト設置トイレ有無": yes[shared * rng.integers(0, 2, count)], "利用開始時間": repeat("0:00", count), "利用終了時間": repeat("23:59", count)}), places.point)]
