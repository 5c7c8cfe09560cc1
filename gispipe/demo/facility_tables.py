"""Tables of schools, shelters and other facilities."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.base_tables import repeat
from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY, CODE, generator
from gispipe.demo.places import Places, address_of, halls, reserved, safe, scattered
from gispipe.demo.standard import standard
from gispipe.demo.tables import Table
from gispipe.demo.towns import dissolve, nearest_school


def _schools(demo: Demo, primary: Places, junior: Places) -> list[Table]:
    first = nearest_school(demo.towns.shape, primary.point)
    # a junior-high district is made of whole primary districts
    of = nearest_school(dissolve(demo.towns.shape, first, len(primary.point)), junior.point)
    used = np.unique(of)
    tables = []
    for stem, places in (("primary", primary), ("junior", junior)):
        tables.append(Table(f"school/{stem}.csv", "csv" if stem == "primary" else "csv-sjis", {
            "学校名": places.name, "学校名_カナ": places.kana, "所在地": places.address}, places.point))
    areas = dissolve(demo.towns.shape, first, len(primary.point))
    tables.append(Table("school/primary_district.shp", "shp", {"学校名": primary.name}, areas))
    larger = dissolve(demo.towns.shape, of[first], len(junior.point))
    tables.append(Table("school/junior_district.shp", "shp", {"学校名": junior.name[used]}, larger[used]))
    return tables


def _identity(kind: str, count: int) -> np.ndarray:
    return np.array([f"E{CODE[:5]}{k + 1:05d}{kind}1" for k in range(count)], object)


def _shelters(demo: Demo, primary: Places, junior: Places) -> list[Table]:
    hall, parks = halls(demo), reserved(demo, "big_park", "公園", "こうえん")
    small = demo.lots.block[(demo.lots.block_kind == "park") & (shapely.area(demo.lots.block) > 1800)]
    groups = [(primary, 3), (junior, 4), (hall, 2), (parks, 1)]
    if len(small):
        green = reserved(demo, "park", "公園", "こうえん")
        large = shapely.area(demo.lots.block[demo.lots.block_kind == "park"]) > 1800
        groups.append((Places(green.name[large], green.kana[large], green.address[large], green.point[large]), 1))

    def join(part: str, chosen: list[tuple[Places, int]]) -> np.ndarray:
        return np.concatenate([getattr(p, part) for p, _ in chosen])

    floors = np.concatenate([np.full(len(p.point), f) for p, f in groups])
    point, name = join("point", groups), join("name", groups)
    both = np.array(["1" if f > 1 else "" for f in floors], object)
    site = Table("shelter/99201_2.csv", "csv", {
        "NO": np.arange(1, len(name) + 1), "共通ID": _identity("20", len(name)), "施設・場所名": name, "住所": join("address", groups),
        **safe(demo, point, floors), "指定避難所との住所同一": both, "緯度": repeat("", len(name)), "経度": repeat("", len(name)), "備考": repeat("", len(name))}, point, "Point")
    indoor = groups[:3]
    name, point = join("name", indoor), join("point", indoor)
    rng = generator(demo.seed, 51)
    people = np.concatenate([np.full(len(p.point), {3: 420, 4: 560, 2: 60}[f]) for p, f in indoor]) + 10 * rng.integers(-5, 15, len(name))
    shelter = Table("shelter/99201_1.csv", "csv", {
        "NO": np.arange(1, len(name) + 1), "共通ID": _identity("11", len(name)), "施設・場所名": name, "住所": join("address", indoor),
        "指定緊急避難場所との住所同一": repeat("1", len(name)), "その他市町村長が必要と認める事項": repeat("", len(name)),
        "受入対象者": repeat("", len(name)), "緯度": repeat("", len(name)), "経度": repeat("", len(name)),
        "備考": repeat("", len(name)), "想定収容人数": people}, point)
    return [site, shelter]


RAILWAY = "夕凪電鉄本線"
AED_HEADER = ["全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "名称_英字", "所在地_全国地方公共団体コード", "町字ID", "所在地_連結表記", "所在地_都道府県", "所在地_市区町村",
              "所在地_町字", "所在地_番地以下", "建物名等(方書)", "緯度", "経度", "高度の種別", "高度の値", "設置位置", "電話番号", "内線番号", "連絡先メールアドレス", "連絡先FormURL",
              "連絡先備考（その他、SNSなど）", "郵便番号", "法人番号", "団体名", "利用可能曜日", "開始時間", "終了時間", "利用可能日時特記事項", "小児対応設備の有無", "URL", "画像1",
              "画像1_ライセンス", "画像2", "画像2_ライセンス", "外部利用不可", "備考"]
WATER_HEADER = ["全国地方公共団体コード", "ID", "地方公共団体名", "種別", "所在地_全国地方公共団体コード", "町字ID", "所在地_連結表記", "所在地_都道府県", "所在地_市区町村", "所在地_町字",
                "所在地_番地以下", "建物名等(方書)", "緯度", "経度", "口径", "備考"]


def _disaster(demo: Demo, primary: Places) -> list[Table]:
    rng = generator(demo.seed, 52)
    grown = len(primary.point)
    aed = scattered(demo, 7 * grown, 53, "事業所", "じぎょうしょ", ("commercial", "industrial", "dense", "hospital", "city_hall"))
    both = Places(*(np.concatenate([getattr(primary, f), getattr(aed, f)]) for f in ("name", "kana", "address", "point")))
    n = len(both.name)
    kit = Table("disaster/aed.csv", "csv", standard(AED_HEADER, n, {
        "名称": both.name, "名称_カナ": both.kana, "所在地_連結表記": both.address, "設置位置": np.array(["正面玄関", "1階受付", "職員室前"], object)[rng.integers(0, 3, n)],
        "開始時間": repeat("09:00", n), "終了時間": repeat("17:00", n), "小児対応設備の有無": np.array(["有", "無"], object)[rng.integers(0, 2, n)]}), both.point)
    street = shapely.line_interpolate_point(demo.street, 0.5, normalized=True)
    chosen = np.sort(rng.choice(len(street), len(street) // 6, replace=False))
    m = len(chosen)
    kind = np.array(["消火栓", "防火水槽"], object)[(rng.random(m) < 0.2).astype(int)]
    hydrant = Table("disaster/fire_water.csv", "csv", standard(WATER_HEADER, m, {
        "種別": kind, "所在地_連結表記": address_of(demo, street[chosen]), "口径": np.where(kind == "消火栓", "150", "").astype(object)}), street[chosen])
    store = scattered(demo, 3 * grown, 54, "防災倉庫", "ぼうさいそうこ", ("dense", "residential", "suburb", "hillside"))
    siren = scattered(demo, 3 * grown, 55, "防災行政無線", "ぼうさいぎょうせいむせん", ("dense", "residential", "suburb", "industrial", "hillside"))
    tap = Places(np.array([f"{x}応急給水拠点" for x in primary.name], object), primary.kana, primary.address,
                 shapely.transform(primary.point, lambda xy: xy + (18.0, -12.0)))
    goods = Places(np.array([f"{x}備蓄倉庫" for x in primary.name], object), primary.kana, primary.address,
                   shapely.transform(primary.point, lambda xy: xy + (-16.0, 9.0)))
    kinds = [("防災倉庫", store), ("備蓄倉庫", goods), ("サイレン", siren), ("応急給水拠点", tap)]
    label = np.concatenate([repeat(k, len(p.point)) for k, p in kinds])
    joined = {f: np.concatenate([getattr(p, f) for _, p in kinds]) for f in ("name", "address", "point")}
    facility = Table("disaster/facility.csv", "csv-sjis", {
        "番号": np.array([f"D{k + 1:04d}" for k in range(len(label))], object), "種別": label,
        "名称": joined["name"], "所在地": joined["address"]}, joined["point"])
    return [kit, hydrant, facility]


def _public(demo: Demo, primary: Places) -> list[Table]:
    grown = len(primary.point)
    kinds = [("市役所", reserved(demo, "city_hall", "市役所", "しやくしょ")), ("病院", reserved(demo, "hospital", "病院", "びょういん")),
             ("消防署", scattered(demo, max(2, grown // 4), 60, "消防署", "しょうぼうしょ")), ("警察", scattered(demo, max(2, grown // 3), 61, "交番", "こうばん")),
             ("図書館", scattered(demo, max(1, grown // 4), 62, "図書館", "としょかん")), ("保育所", scattered(demo, grown + 2, 63, "保育所", "ほいくしょ")),
             ("児童館", scattered(demo, max(2, grown // 2), 64, "児童館", "じどうかん")), ("公衆トイレ", scattered(demo, grown, 65, "公衆トイレ", "こうしゅうといれ"))]
    kinds[0][1].name[:] = CITY + "役所"
    label = np.concatenate([repeat(k, len(p.point)) for k, p in kinds])
    joined = {f: np.concatenate([getattr(p, f) for _, p in kinds]) for f in ("name", "kana", "address", "point")}
    public = Table("public/facility.csv", "csv", {
        "ID": np.array([f"P{k + 1:04d}" for k in range(len(label))], object), "種別": label,
        "名称": joined["name"], "名称_カナ": joined["kana"], "所在地_連結表記": joined["address"]}, joined["point"])
    blocks = demo.lots.block[demo.lots.block_kind == "housing"]
    flats = reserved(demo, "housing", "市営住宅", "しえいじゅうたく")
    rng = generator(demo.seed, 66)
    housing = Table("public/housing.shp", "shp", {
        "団地名": flats.name, "所在地": flats.address, "戸数": 24 + 8 * rng.integers(0, 12, len(blocks))}, flats.point, "Point")
    near = shapely.get_coordinates(demo.network.stations)
    spots = np.concatenate([near + (62.0, 34.0), near + (-55.0, -40.0)])
    park = shapely.points(spots)
    names = _station_names(demo)
    bicycle = Table("road/bicycle_park.csv", "csv-sjis", {
        "名称": np.array([f"{n}駅{side}自転車駐車場" for side in ("北口", "南口") for n in names], object),
        "収容台数": 180 + 40 * rng.integers(0, 9, len(park)), "料金": np.array(["無料", "1日100円"], object)[rng.integers(0, 2, len(park))]}, park)
    return [public, housing, bicycle]


def _station_names(demo: Demo) -> np.ndarray:
    names = ["みずほ野", "汐路口", "星瀬橋", "鈴音川", "霧原", "風待"]
    return np.array(names[:len(demo.network.stations)], object)


def _stations(demo: Demo) -> Table:
    names = _station_names(demo)
    return Table("base/station.geojson", "geojson", {"駅名": names, "路線名": repeat(RAILWAY, len(names))}, demo.network.stations, "Point")


def names_on_the_map(demo: Demo) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return places, texts, kinds (山, 河川, 海, 鉄道) and directions (degrees from east, -45 to 45) of the names that the base map carries."""
    net, size = demo.network, demo.size
    tops = [(f"{n}山", h) for n, h in zip(("朝霞見", "小桂", "茜", "雲待", "麓"), demo.terrain.hills, strict=True)]
    hill = [(n, (float(h[0]), float(min(h[1], size.height * 0.93)))) for n, h in tops if h[4] > 60]
    hill = [(n, place) for n, place in hill if shapely.contains_xy(net.limit, *place)]
    river = [(r.name, (float(r.axis(np.array([y]))[0]), y)) for r in demo.terrain.rivers for y in (0.3 * size.height, 0.62 * size.height)]
    sea = [("夕凪湾", (0.24 * size.width, 0.03 * size.height)), ("夕凪湾", (0.82 * size.width, 0.02 * size.height))]
    line = [(RAILWAY, tuple(shapely.get_coordinates(shapely.line_interpolate_point(net.railway, 0.3, normalized=True))[0]))]
    everything = [("山", *h) for h in hill] + [("河川", *r) for r in river] + [("海", *s) for s in sea] + [("鉄道", *one) for one in line]
    along = np.array([_direction(net.railway, p) if k == "鉄道" else _bend(demo, n, p) if k == "河川" else 0 for k, n, p in everything], int)
    return shapely.points([p for _, _, p in everything]), np.array([n for _, n, _ in everything], object), np.array([k for k, _, _ in everything], object), along


def _bend(demo: Demo, name: str, place: tuple[float, float]) -> int:
    """Return the direction of a river where its name stands; rivers run from north to south, so it is turned as far as a line of writing goes."""
    axis = next(river.axis for river in demo.terrain.rivers if river.name == name)
    return _writing(float(np.diff(axis(place[1] + np.array([-40.0, 40.0])))[0]), 80.0)


def _direction(line: shapely.LineString, place: tuple[float, float]) -> int:
    at = shapely.line_locate_point(line, shapely.Point(place))
    before, after = shapely.get_coordinates(shapely.line_interpolate_point(line, [at - 30, at + 30]))
    return _writing(*(after - before))


def _writing(east: float, north: float) -> int:
    """Return whole degrees from east at which a horizontal line of writing follows a direction: -45 to 45 (作業規程の準則, 注記)."""
    angle = (np.degrees(np.arctan2(north, east)) + 90) % 180 - 90
    return int(np.clip(np.rint(angle), -45, 45))


def facility_tables(demo: Demo) -> list[Table]:
    """Return schools and their districts, shelters, and all other facilities."""
    primary, junior = reserved(demo, "primary", "小学校", "しょうがっこう"), reserved(demo, "junior", "中学校", "ちゅうがっこう")
    return [*_schools(demo, primary, junior), *_shelters(demo, primary, junior), *_disaster(demo, primary), *_public(demo, primary), _stations(demo)]
