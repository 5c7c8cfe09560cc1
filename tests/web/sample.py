"""A small made-up town in a release folder, enough to look at every part of a page. Nothing in it exists."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from shapely import Point, box
from shapely.geometry import LineString

from gispipe.address import CityName, begin_register, finish_register, write_columns
from gispipe.find.columns import register_columns
from gispipe.find.write import Named
from gispipe.find.write import write_columns as write_search_files
from gispipe.tiles import archive
from gispipe.tiles.encode import TileLayer, build_archive
from gispipe.web.files import Out
from gispipe.web.site import Site

CENTER = (136.2, 35.1)
X, Y = 15_161_714.65, 4_177_421.26
"""CENTER in Web Mercator metres."""
RANKS = (("#F7F5A9", "0.5m未満", "under 0.5 m", "none"), ("#FFD8C0", "0.5m以上3.0m未満", "0.5 to 3 m", "dots"), ("#FFB7B7", "3.0m以上5.0m未満", "3 to 5 m", "lines"),
         ("#FF9191", "5.0m以上10.0m未満", "5 to 10 m", "back"), ("#F285C9", "10.0m以上20.0m未満", "10 to 20 m", "cross"), ("#DC7ADC", "20.0m以上", "20 m or more", "grid"))
DEPTHS = ([0, 0.5], [0.5, 3], [3, 5], [5, 10], [10, 20], [20])
TOWNS = ["あさひ野一丁目", "あさひ野二丁目", "みなも町"]
TERMS = {
    "ko": {"防災": "방재", "くらし": "생활", "大雨で川があふれたときに想定される浸水の深さと避難先です。": "큰비로 강이 넘쳤을 때의 침수 깊이와 대피소입니다.",
           "洪水浸水想定区域（想定最大規模）": "홍수 침수 예상 구역(최대 규모)", "10.0m以上20.0m未満": "10.0m 이상 20.0m 미만", "河川名": "하천명"},
    "zh": {"防災": "防灾", "くらし": "生活", "大雨で川があふれたときに想定される浸水の深さと避難先です。": "暴雨导致河水泛滥时的预计淹没深度和避难场所。",
           "洪水浸水想定区域（想定最大規模）": "洪水淹没预测区域（最大规模）", "10.0m以上20.0m未満": "10.0米以上不足20.0米", "河川名": "河流名称"},
}
"""What some texts of the town are called; the titles of its maps have no name in these languages."""
HOSTILE = ('<img src=x onerror="window.hacked=1">', "${window.hacked=1}", "`;window.hacked=1;`", "</script><script>window.hacked=1</script>",
           "line\u2028para\u2029end", "'\"><svg onload=window.hacked=1>", "javascript:window.hacked=1")


def _objects(values: list[Any]) -> np.ndarray:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _layer(layer: str, geometry: str, shapes: list[Any], zoom: tuple[int, int], /, **attributes: list[Any]) -> TileLayer:
    return TileLayer(layer, geometry, _objects(shapes), np.arange(1, len(shapes) + 1, dtype=np.uint64), {k: _objects(v) for k, v in attributes.items()}, zoom,
                     keep=layer == "flood")


def _river() -> LineString:
    t = np.linspace(-3200, 3200, 60)
    return LineString(np.c_[X + 500 + 420 * np.sin(t / 900), Y + t])


def _base(rng: np.random.Generator) -> list[TileLayer]:
    roads, kinds = [], []
    for k, offset in enumerate(np.arange(-2800, 2801, 175)):
        wave = np.linspace(-2900, 2900, 50)
        bend = 90 * np.sin(wave / 1100 + k / 5)
        for xs, ys in ((X + wave, Y + offset + bend), (X + offset + bend, Y + wave)):
            roads.append(LineString(np.c_[xs, ys]))
            kinds.append("major" if k % 8 == 4 else "middle" if k % 4 == 0 else "minor")
    green = [Point(X + x, Y + y).buffer(r) for x, y, r in ((-1700, 1500, 420), (1800, -900, 300), (-800, -1600, 240), (2100, 1900, 380))]
    towns = [(f"{name}{n}丁目", X + x, Y + y) for name, x, y in (("はるか台", -1900, 1300), ("みなも町", 900, 900), ("こもれび", -1200, -900), ("あさひ野", 1700, -1500))
             for n, (x, y) in enumerate([(x, y), (x + 700, y + 250), (x + 300, y - 700)], 1)]
    houses = [box(x, y, x + 13, y + 10) for x, y in zip(X + rng.uniform(-2500, 2500, 9000), Y + rng.uniform(-2500, 2500, 9000), strict=True)]
    return [_layer("land", "polygon", [box(X - 3000, Y - 3000, X + 3000, Y + 3000)], (10, 16)),
            _layer("green", "polygon", green, (11, 16)), _layer("water", "polygon", [_river().buffer(90)], (10, 16)),
            _layer("building", "polygon", houses, (15, 16)), _layer("road", "line", roads, (12, 16), kind=kinds),
            _layer("town_label", "point", [Point(x, y) for _, x, y in towns], (13, 16), name=[t for t, _, _ in towns])]


def _hazard(rng: np.random.Generator) -> tuple[list[TileLayer], list[dict[str, Any]]]:
    rings, ranks = [], []
    river = _river()
    for rank, reach in zip(range(1, 7), (950, 720, 520, 380, 260, 170), strict=True):
        rings.append(river.buffer(reach).intersection(box(X - 2900, Y - 2900, X + 2900, Y + 2900)))
        ranks.append(rank)
    bands = [rings[k].difference(rings[k + 1]) if k < 5 else rings[k] for k in range(6)]
    slopes = [Point(X - 2200 + 130 * k, Y + 1700 + 200 * np.sin(k)).buffer(80) for k in range(9)]
    points = [Point(x, y) for x, y in zip(X + rng.uniform(-2400, 2400, 70), Y + rng.uniform(-2400, 2400, 70), strict=True)]
    names = [f"{town}{what}" for town in ("はるか台", "みなも町", "こもれび", "あさひ野", "ゆうなぎ", "つばき原", "しおかぜ") for what in
             ("小学校", "第二小学校", "中学校", "コミュニティセンター", "公民館", "体育館", "中央公園", "福祉会館", "高等学校", "運動広場")]
    names[:len(HOSTILE)] = [f"{bad}" for bad in HOSTILE]
    kinds = ["広域" if k % 7 == 0 else "緊急" if k % 3 else "避難所" for k in range(70)]
    layers = [_layer("flood", "polygon", bands, (10, 16), rank=ranks, river=["みなも川"] * 6),
              _layer("slope", "polygon", slopes, (11, 16), kind=["Y", "R", "Y"] * 3, name=list(HOSTILE) + ["第八斜面", "第九斜面"]),
              _layer("shelter", "point", points, (11, 16), kind=kinds, name=names, capacity=[120 + 37 * k for k in range(70)], flood=[k % 2 == 0 for k in range(70)]),
              _layer("shelter_label", "point", points, (13, 16), kind=kinds, name=names)]
    degrees = 180 / 20_037_508.342789244
    entries = [{"n": n, "l": "shelter", "c": [round(p.x * degrees, 6), round(float(np.degrees(2 * np.arctan(np.exp(np.radians(p.y * degrees))) - np.pi / 2)), 6)],
                "s": "避難所・避難場所", "f": k + 1, **({"k": "みなもちょうしょうがっこう"} if n == "みなも町小学校" else {})} for k, (n, p) in enumerate(zip(names, points, strict=True))]
    return layers, entries


def write_register(folder: Path, entries: list[dict[str, Any]]) -> str | None:
    """Write the search files of a register of these facilities and of a small town of houses and lots."""
    connection = sqlite3.connect(":memory:")
    begin_register(connection, CityName("架空県", "みほん市"))
    lon, lat = ([one["c"][k] for one in entries] for k in (0, 1))
    write_columns(connection, "town", "town", TOWNS, TOWNS, [""] * 3, [136.2, 136.21, 136.22], [35.1] * 3, range(3), ["あさひの1ちょうめ", "あさひの2ちょうめ", "みなもちょう"], area=True)
    write_columns(connection, "facility", "shelter", [one["n"] for one in entries], [""] * len(entries), [""] * len(entries), lon, lat, [one["f"] for one in entries],
                  [one.get("k", "") for one in entries])
    for kind, layer in (("address", "address"), ("lot", "parcel")):
        numbers = [(town, f"{block}-{house}") for town in TOWNS for block in range(1, 4) for house in range(1, 8)]
        write_columns(connection, kind, layer, [f"{t}{n}" for t, n in numbers], [t for t, _ in numbers], [n for _, n in numbers], [136.2 + k / 1e4 for k in range(len(numbers))],
                      [35.1] * len(numbers), range(len(numbers)))
    finish_register(connection)
    beside = [Named("slope", ["第八斜面"], ["だいはちしゃめん"], [13_620_000_000], [3_510_000_000], [7])]
    return write_search_files(Out(folder), register_columns(connection), beside, {"shelter": {"title": "避難所・避難場所", "names": {"en": "Shelters"}}})


def _photo(path: Path) -> None:
    """Write a mottled picture archive for zooms 13 and 14."""
    tiles = []
    for z in (13, 14):
        n = 2 ** z
        cx, cy = int((CENTER[0] + 180) / 360 * n), int((1 - np.arcsinh(np.tan(np.radians(CENTER[1]))) / np.pi) / 2 * n)
        for x in range(cx - 2, cx + 3):
            for y in range(cy - 2, cy + 3):
                image = Image.effect_noise((256, 256), 40).convert("RGB")
                tint = Image.blend(image, Image.new("RGB", (256, 256), (70, 92, 62)), 0.72)
                ImageDraw.Draw(tint).line([(0, 128), (256, 120)], fill=(150, 148, 140), width=6)
                buffer = io.BytesIO()
                tint.save(buffer, "WEBP", quality=60)
                tiles.append((_tile_id(z, x, y), buffer.getvalue()))
    with archive.Writer(path, archive.WEBP, (136.1, 35.0, 136.3, 35.2), (13, 14), {"name": "photo", "format": "webp"}) as out:
        out.add(sorted(tiles))
        out.finish()


def _tile_id(z: int, x: int, y: int) -> int:
    from pmtiles.tile import zxy_to_tileid

    return int(zxy_to_tileid(z, x, y))


def _class(value: Any, label: str, en: str = "", **look: Any) -> dict[str, Any]:
    return {**({} if value is None else {"value": value}), "label": label, **({"names": {"en": en}} if en else {}), **look}


def _described(title: str, en: str, geometry: str, tileset: str, source: str, classes: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    style = {"by": more.pop("by", None), "opacity": more.pop("opacity", 1), "classes": classes, "other": None}
    return {"title": title, "names": {"en": en} if en else {}, "kind": "vector", "geometry": geometry, "tileset": tileset, "source_layer": source, "minzoom": 10, "maxzoom": 22,
            "group": "", "hazard": None, "owner": "", "updated": None, "attribution": "架空のデータ", "note": "", "popup": [], "style": style, "text": None, **more}


def _text(source: str, column: str, **more: Any) -> dict[str, Any]:
    return {"source_layer": source, "column": column, "color": "#1f3b57", "halo": "#FFFFFF", "size": 12, "weight": "normal", "minzoom": 14, "maxzoom": 22, "priority": 0,
            "angle": None, **more}


def _style(urls: dict[str, str]) -> dict[str, Any]:
    bounds = [136.17, 35.07, 136.23, 35.13]
    name = {"column": "name", "label": "名称", "names": {"en": "Name"}, "type": "str", "unit": ""}
    layers = {
        "flood": _described("洪水浸水想定区域（想定最大規模）", "Flood, largest assumed rain", "polygon", "hazard", "flood",
                            [_class(k + 1, label, en, fill=fill, hatch=hatch, depth=DEPTHS[k]) for k, (fill, label, en, hatch) in enumerate(RANKS)], by="rank", opacity=0.7, hazard="flood",
                            updated="2026-04-01", owner="危機管理課", popup=[{"column": "rank", "label": "想定浸水深", "names": {}, "type": "int", "unit": ""},
                                                                 {"column": "river", "label": "河川名", "names": {"en": "River"}, "type": "str", "unit": ""}]),
        "slope": _described("土砂災害警戒区域", "Landslide warning zone", "polygon", "hazard", "slope",
                            [_class("Y", "警戒区域", "Warning", fill="#FFE36E", stroke="#B58A00", width=1.5), _class("R", "特別警戒区域", "Special warning", fill="#F08A5A", stroke="#A63A12", width=1.5, hatch="cross")],
                            by="kind", opacity=0.75, hazard="landslide", popup=[name]),
        "shelter": _described("避難所・避難場所", "Shelters", "point", "hazard", "shelter",
                              [_class("避難所", "指定避難所", "Shelter", fill="#1a7f4b", symbol="shelter", size=22), _class("緊急", "指定緊急避難場所", "Emergency site", fill="#1f5fa8", symbol="evacuation", size=22),
                               _class("広域", "広域避難場所", "Wide-area site", fill="#0f6b6b", symbol="park", size=22)], by="kind",
                              popup=[name, {"column": "capacity", "label": "収容人数", "names": {"en": "Capacity"}, "type": "int", "unit": "人"},
                                     {"column": "flood", "label": "洪水のとき使える", "names": {}, "type": "bool", "unit": ""}], text=_text("shelter_label", "name", priority=5)),
        "land": _described("陸地", "", "polygon", "base", "land", [_class(None, "陸地", fill="#F6F4EE")]),
        "green": _described("公園・緑地", "", "polygon", "base", "green", [_class(None, "公園・緑地", fill="#D5E8C8")]),
        "water": _described("水面", "", "polygon", "base", "water", [_class(None, "水面", fill="#B9D6EA")]),
        "building": _described("建物", "", "polygon", "base", "building", [_class(None, "建物", fill="#E2DACE", stroke="#C8BCAA", width=0.6)], minzoom=15),
        "road": _described("道路", "", "line", "base", "road", [_class("minor", "細い道", stroke="#FFFFFF", width=3, casing="#D8D2C6"), _class("middle", "生活道路", stroke="#FFFFFF", width=5, casing="#CFC7B8"),
                                                          _class("major", "幹線道路", stroke="#FFE9A8", width=8, casing="#D9B65A")], by="kind", minzoom=12),
        "town": _described("町名", "", "point", "base", "town", [_class(None, "町名", fill="#777777", size=1)], text=_text("town_label", "name", size=14, weight="bold", color="#5a4b35", minzoom=13)),
        "photo": {**_described("航空写真 令和7年", "Aerial photo 2025", "polygon", "photo", "photo", []), "kind": "raster", "geometry": None, "style": None},
    }
    zooms = {"base": (10, 16), "hazard": (10, 16), "photo": (13, 14)}
    tilesets = {k: {"url": url, "type": "raster" if k == "photo" else "vector", "minzoom": zooms[k][0], "maxzoom": zooms[k][1],
                    "bounds": [136.1, 35.0, 136.3, 35.2] if k == "photo" else bounds} for k, url in urls.items()}
    base = ["town", "road", "building", "water", "green", "land"]

    def theme(title: str, en: str, group: str, description: str, ids: list[str]) -> dict[str, Any]:
        return {"title": title, "names": {"en": en}, "group": group, "description": description, "layers": [{"id": i.rstrip("-"), "visible": not i.endswith("-")} for i in ids],
                "base": base, "backgrounds": ["photo"], "center": None, "zoom": None}

    return {"tilesets": tilesets, "layers": layers, "maps": {
        "flood": theme("洪水ハザードマップ", "Flood hazard map", "防災", "大雨で川があふれたときに想定される浸水の深さと避難先です。", ["shelter", "flood", "slope-"]),
        "landslide": theme("土砂災害ハザードマップ", "Landslide hazard map", "防災", "がけ崩れや土石流のおそれがある区域です。", ["shelter", "slope"]),
        "shelters": theme("避難所マップ", "Shelter map", "防災", "", ["shelter"]), "plain": theme("まちの地図", "Town map", "くらし", "道路と町名の地図です。", ["shelter-"])}}


def write_tiles(folder: Path) -> tuple[dict[str, str], str | None]:
    """Write the archives under `folder`/tiles and the search files; return the addresses of both."""
    rng = np.random.default_rng(7)
    tiles = folder / "tiles"
    tiles.mkdir(parents=True)
    hazard, entries = _hazard(rng)
    build_archive(tiles / "base.pmtiles", _base(rng), name="base", attribution="")
    build_archive(tiles / "hazard.pmtiles", hazard, name="hazard", attribution="")
    _photo(tiles / "photo.pmtiles")
    urls = {}
    for name in ("base", "hazard", "photo"):
        digest = hashlib.sha256((tiles / f"{name}.pmtiles").read_bytes()).hexdigest()[:12]
        (tiles / f"{name}.pmtiles").rename(tiles / f"{name}-{digest}.pmtiles")
        urls[name] = f"tiles/{name}-{digest}.pmtiles"
    return urls, write_register(folder, entries)


def site(urls: dict[str, str], search: str | None, **city: Any) -> Site:
    """Return the documents of the made-up town; search: the address of its search index."""
    style = _style(urls)
    document = {"format": 2, "audience": "public",
                "city": {"id": "sample", "name": "みほん市", "names": {"en": "Mihon City", "zh": "样本市", "ko": "미혼시"}, "code": "999996", "fictitious": True,
                         "notice": "この地図の市、地名、災害の想定はすべて架空のものです。", "contact": "危機管理課", "edition": "令和8年度版", "attribution": "© みほん市（架空）", **city},
                "default_map": "flood", "bounds": [136.17, 35.07, 136.23, 35.13], "center": list(CENTER), "zoom": 14, "min_zoom": 10, "max_zoom": 19, "crs": "EPSG:6674",
                "maps": [{"id": k, "title": m["title"], "names": m["names"], "group": m["group"], "description": m["description"], "page": f"maps/{k}.html"} for k, m in style["maps"].items()]}
    return Site(map=document, style=style, search=search, terms=TERMS)
