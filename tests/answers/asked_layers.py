"""Declarations of the small city that is asked about: one layer for every part of an answer about a place."""

from __future__ import annotations

from tinycity import CITY, CRS, STYLES

HEAD = '''
id = "{id}"
title = "{title}"
geometry = "{geometry}"
audience = "{audience}"
style = "{style}"
{more}
[source]
reader = "geojson"
path = "{id}.geojson"
crs = "{crs}"
attribution = "試験用"
[columns]
{columns}
'''
CLOSED = 'memo = { type = "str" }'
"""An internal column that every layer has; each of its values is a canary."""


def layer(name: str, title: str, columns: str, more: str, geometry: str = "polygon", style: str = "lots", audience: str = "public") -> str:
    return HEAD.format(id=name, title=title, geometry=geometry, style=style, more=more, audience=audience, columns=f"{columns}\n{CLOSED}", crs=CRS)


def text(*names: str) -> str:
    return "\n".join(f'{name} = {{ type = "str", label = "{name}", public = true }}' for name in names)


RANK = 'rank = { type = "int", public = true, in = [1, 2, 3, 4, 5, 6] }'
LIMITS = 'rank = { from = "words", type = "int", limits = [0, 0.5, 3, 5, 10, 20], public = true, required = true }\nwords = { type = "str", public = true }'
FLOOD = f'''
id = "flood"
title = "洪水浸水想定区域（想定最大規模）"
names = {{ en = "Flood depth" }}
geometry = "polygon"
audience = "public"
hazard = "flood"
style = "depth6"
updated = "2026-04-01"
zone = {{ says = "depth", scale = "largest", of = ["river"] }}
accept = {{ GP12 = {{ rows = 1, reason = "交差した輪郭のまま納品された" }} }}
[source]
reader = "shapefile"
path = "flood/flood.shp"
encoding = "cp932"
crs = "{CRS}"
attribution = "試験用"
[columns]
rank = {{ from = "A31a_205", type = "int", label = "浸水ランク", public = true, required = true, in = [1, 2, 3, 4, 5, 6] }}
river = {{ from = "A31a_202", type = "str", label = "河川", public = true }}
memo = {{ from = "庁内メモ", type = "str" }}
'''
SITE_CARD = 'card = { role = "site", name = ["name"], designated = { flood = "flood", landslide = "landslide", tsunami = "tsunami", earthquake = "quake" } }'

HAZARDS = {
    "flood": FLOOD,
    "plan": layer("plan", "洪水（計画規模）", RANK + '\nriver = { type = "str", public = true }', 'hazard = "flood"\nzone = { says = "depth", scale = "planned", of = ["river"] }', style="depth6"),
    "duration": layer("duration", "浸水継続時間", RANK, 'hazard = "flood"\nzone = { says = "duration", scale = "largest" }', style="hours"),
    "landslide": layer("landslide", "土砂災害警戒区域等", text("kind", "name", "number"), 'hazard = "landslide"\nzone = { says = "zone", of = ["name", "number"] }', style="slopes"),
    "tsunami": layer("tsunami", "津波浸水想定", LIMITS, 'hazard = "tsunami"\nnothing = "津波の想定なし"\nzone = { says = "depth" }', style="depth6"),
    "pond": layer("pond", "ため池浸水想定区域", text("name") + "\n" + RANK, 'hazard = "pond"\nzone = { says = "depth", of = ["name"] }', style="ponds"),
    "quake": layer("quake", "想定震度", text("felt"), 'hazard = "earthquake"\nzone = { says = "intensity" }', style="shaking"),
    "flooded": layer("flooded", "浸水実績", text("year"), 'hazard = "flood_history"\nzone = { says = "history" }'),
    "surge": layer("surge", "高潮浸水想定区域", RANK, 'hazard = "storm_surge"\nzone = { says = "depth", surveyed = "survey" }', style="depth6"),
    "none_yet": layer("none_yet", "雨水出水（作成中）", RANK, 'hazard = "inland"\npending = "下水道課が作成中"\nzone = { says = "depth" }', style="depth6"),
    "empty": layer("empty", "雨水出水（該当なし）", RANK, 'hazard = "inland"\naccept = { GP17 = { rows = 1, reason = "市内に該当区域がない" } }\nzone = { says = "depth" }', style="depth6")
             .replace('reader = "geojson"\npath = "empty.geojson"', 'reader = "shapefile"\npath = "empty/empty.shp"'),
    "secret": layer("secret", "検討中の想定", text("name"), 'hazard = "flood"\nzone = { says = "zone", of = ["name"] }', audience="internal"),
}
PLACES = {
    "survey": layer("survey", "高潮の調査範囲", text("name"), ""),
    "town": layer("town", "町丁目", text("name", "kana"), 'card = { role = "town", name = ["name"], kana = "kana" }'),
    "school": layer("school", "小学校区", text("name"), 'card = { role = "district", name = ["name"] }'),
    "council": layer("council", "自治会", text("name"), 'card = { role = "neighborhood", name = ["name"] }'),
    "parcel": layer("parcel", "地番", text("town", "lot") + '\nowner = { type = "str" }', 'key = ["town", "lot"]\ncard = { role = "parcel", town = ["town"], number = ["lot"] }'),
    "house": layer("house", "建物", text("number"), 'key = ["number"]\ncard = { role = "building" }'),
    "door": layer("door", "住居表示", text("town", "block", "number"), 'card = { role = "address", town = ["town"], number = ["block", "number"] }', "point", "spots"),
    "hall": layer("hall", "公共施設", text("name", "kana") + '\nopened = { type = "date", public = true }\nfloor = { type = "float", public = true }',
                  'card = { role = "facility", name = ["name"], kana = "kana" }', "point", "spots"),
    "park": layer("park", "公園", text("name"), 'card = { role = "facility", name = ["name"] }'),
    "site": layer("site", "指定緊急避難場所", text("name", "flood", "landslide", "tsunami", "quake"), SITE_CARD, "point", "spots"),
    "stay": layer("stay", "指定避難所", text("name"), 'card = { role = "shelter", name = ["name"] }', "point", "spots"),
    "road": layer("road", "道路中心線", text("name"), 'card = { role = "road" }', "line", "ways"),
}
LAYERS = HAZARDS | PLACES


def classes(name: str, by: str, rows: list[str]) -> str:
    return f'id = "{name}"\nby = "{by}"\n' + "".join(f"[[class]]\nfill = \"#AABBCC\"\n{row}\n" for row in rows)


DEPTHS = ((0, 0.5), (0.5, 3), (3, 5), (5, 10), (10, 20), (20,))
POND_DEPTHS = ((0, 0.5), (0.5, 1), (1, 2), (2, 3), (3, 5), (5,))


def depth_rows(depths: tuple[tuple[float, ...], ...]) -> list[str]:
    return [f'value = {k}\ndepth = {list(depth)}\nlabel = "{depth[0]}m以上{f"{depth[1]}m未満" if len(depth) > 1 else ""}"\nnames = {{ en = "rank {k}" }}' for k, depth in enumerate(depths, 1)]


SLOPES = [f'value = "{kind}"\nseverity = {bad}\nlabel = "{label}"\n{"avoid = true" if bad == 2 else ""}' for kind, bad, label in
          (("12", 2, "急傾斜地の崩壊 特別警戒区域"), ("22", 2, "土石流 特別警戒区域"), ("11", 1, "急傾斜地の崩壊 警戒区域"), ("21", 1, "土石流 警戒区域"))]
KINDS = {
    **STYLES, "depth6": classes("depth6", "rank", depth_rows(DEPTHS)), "ponds": classes("ponds", "rank", depth_rows(POND_DEPTHS)),
    "hours": classes("hours", "rank", [f'value = {k}\nlabel = "{words}"' for k, words in enumerate(("12時間未満", "1日未満", "3日未満", "1週間未満"), 1)]),
    "slopes": classes("slopes", "kind", SLOPES), "shaking": classes("shaking", "felt", ['value = "6弱"\nlabel = "震度6弱"', 'value = "6強"\nlabel = "震度6強"']),
    "ways": 'id = "ways"\n[[class]]\nstroke = "#333333"\nwidth = 2\n',
}
MAP = {"hazard": 'id = "hazard"\ntitle = "ハザードマップ"\naudience = "public"\nlayers = ["flood", "landslide"]\nbase = ["parcel"]\n'}
TOML = CITY
