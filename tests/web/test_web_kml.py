"""KML, KMZ and GeoJSON: what is opened and saved is the same again, and no file can make the page do anything."""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile

import lxml.etree
import numpy as np
import pytest

from tests.hostile.strings import MARKUP
from tests.web.toolbox import Work, tool

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
TAIL = "</Document></kml>"
POINT = "<Point><coordinates>136.2,35.1</coordinates></Point>"
SAME = """(text) => { const plain = (things) => JSON.stringify(things.map(({ id, ...thing }) => ({ ...thing, shapes: thing.shapes.map(({ type, rings }) => ({ type, rings: rings.map((ring) => ring.map(gispipe.positionTexts)) })) })));
    const read = text.trimStart().startsWith('<') ? gispipe.fromKml : gispipe.fromGeoJson, write = text.trimStart().startsWith('<') ? (things) => gispipe.toKml(things, 'x') : gispipe.toGeoJson;
    const first = read(text).things, saved = write(first), second = read(saved).things; return [plain(first), plain(second), saved === write(second)]; }"""
"""Open, save, open: the things both times with the digits of their coordinates, and whether the two savings are the same bytes."""


def _kml(inside: str) -> str:
    return HEAD + inside + TAIL


def _saved(work: Work, button: str) -> tuple[str, str]:
    work.tab.evaluate("() => addEventListener('click', (event) => { if (event.target.download) window.named = event.target.download; }, true)")
    with work.tab.expect_download() as download:
        work.press(button)
    return work.tab.evaluate("window.named"), download.value.path().read_text("utf-8")  # the browser's own proposal depends on the machine's locale


DROP = """([name, text, times]) => { const data = new DataTransfer(); data.items.add(new File([text.repeat(times)], name));
    for (const kind of ['dragenter', 'dragover', 'drop']) document.querySelector('.folium-map').dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })); }"""

GSI = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document>
<name>作図</name>
<Style id="LineStyle1"><LineStyle><color>7f0000ff</color><width>5</width></LineStyle></Style>
<Style id="PolyStyle1"><LineStyle><color>ff00ff00</color><width>3</width></LineStyle><PolyStyle><color>80ff0000</color></PolyStyle></Style>
<Style id="Icon1"><IconStyle><Icon><href>https://maps.gsi.go.jp/portal/sys/v4/symbols/080.png</href></Icon><scale>1</scale></IconStyle></Style>
<Folder><name>避難訓練</name>
<Placemark><name>集合 &amp; 点呼</name><description><![CDATA[<table><tr><td>時刻</td><td>9:00</td></tr></table>]]></description><styleUrl>#Icon1</styleUrl><Point><coordinates>136.20000000,35.10000010,12.5</coordinates></Point></Placemark>
<Placemark><name></name><styleUrl>#LineStyle1</styleUrl><LineString><coordinates>136.19812345,35.10054321 136.2,35.1
 136.20298765,35.09912345</coordinates></LineString></Placemark>
<Placemark><name>区域</name><styleUrl>#PolyStyle1</styleUrl><ExtendedData><Data name="班"><value>3</value></Data><SchemaData schemaUrl="#s"><SimpleData name="担当">総務</SimpleData></SchemaData></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>136.19,35.09 136.21,35.09 136.21,35.11 136.19,35.11 136.19,35.09</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing><coordinates>136.199,35.099 136.201,35.099 136.201,35.101 136.199,35.099</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
<Placemark><name>組</name><MultiGeometry><Point><coordinates>136.2,35.1</coordinates></Point><MultiGeometry><LineString><coordinates>136.2,35.1 136.3,35.2</coordinates></LineString></MultiGeometry></MultiGeometry></Placemark>
</Folder>
<NetworkLink><Link><href>http://example.invalid/more.kml</href></Link></NetworkLink>
</Document></kml>"""


def test_a_file_of_the_national_map_opens_with_everything_and_says_what_it_cannot_keep(address: str) -> None:
    with tool(address, "draw") as work:
        sentence = work.give(("訓練.kml", GSI.encode()))
        assert "訓練.kmlを開きました（4件）" in sentence and "NetworkLink 1" in sentence and "Icon 1" in sentence and "Folder 1" in sentence
        point, line, area, group = work.things()
        assert point["name"] == "集合 & 点呼" and point["note"].startswith("<table>") and point["shapes"][0]["rings"][0][0] == [136.2, 35.1000001, 12.5]
        assert (line["colour"], line["opacity"], line["width"]) == ("#ff0000", 127, 5) and len(line["shapes"][0]["rings"][0]) == 3
        assert (area["fill"], area["fillOpacity"], area["colour"]) == ("#0000ff", 128, "#00ff00") and [len(r) for r in area["shapes"][0]["rings"]] == [4, 3]
        assert area["data"] == [["班", "3"], ["担当", "総務"]]
        assert [s["type"] for s in group["shapes"]] == ["point", "line"]
        first, second, same = work.tab.evaluate(SAME, GSI)
        assert first == second and same
        assert '"136.20000000","35.10000010","12.5"' in first  # the digits of the file, zeros and all


def test_the_saved_kml_is_kml_with_the_same_digits(address: str) -> None:
    with tool(address, "draw") as work:
        work.give(("a.kml", GSI.encode()))
        name, text = _saved(work, "#sketch-kml")
        assert name == "作図.kml"
        tree = lxml.etree.fromstring(text.encode())
        space = {"k": "http://www.opengis.net/kml/2.2"}
        assert tree.xpath("count(//k:Placemark)", namespaces=space) == 4
        for element in ("Point", "LineString", "LinearRing"):
            before = [c.split() for c in lxml.etree.fromstring(GSI.encode()).xpath(f"//k:{element}/k:coordinates/text()", namespaces=space)]
            assert [c.split() for c in tree.xpath(f"//k:{element}/k:coordinates/text()", namespaces=space)] == before
        assert tree.xpath("//k:LineStyle/k:color/text()", namespaces=space)[0] == "7f0000ff"


def test_the_saved_geojson_follows_the_standard(address: str) -> None:
    from shapely.geometry import shape

    with tool(address, "draw") as work:
        work.give(("a.kml", GSI.encode()))
        name, text = _saved(work, "#sketch-geojson")
        assert name == "作図.geojson"
        features = json.loads(text)["features"]
        assert [f["geometry"]["type"] for f in features] == ["Point", "LineString", "Polygon", "GeometryCollection"]
        area = shape(features[2]["geometry"])
        assert area.is_valid and area.exterior.is_ccw and not area.interiors[0].is_ccw
        assert features[1]["properties"] == {"stroke": "#ff0000", "stroke-opacity": 0.498, "stroke-width": 5}
        assert features[2]["properties"]["班"] == "3"
        first, second, same = work.tab.evaluate(SAME, text)
        assert first == second and same


def test_a_drawing_by_hand_is_saved_and_opened_as_it_was(address: str) -> None:
    with tool(address, "draw") as work:
        for kind, spots in (("point", [(-60, -60)]), ("line", [(-60, -50), (0, -10), (20, 30)]), ("area", [(-80, 0), (-20, 0), (-20, 50)]), ("text", [(0, 40)])):
            work.press(f"#draw-{kind}")
            work.points(*spots)
            if kind in ("line", "area"):
                work.press("#pen-finish")
        drawn = work.things()
        for button, file in (("#sketch-kml", "a.kml"), ("#sketch-geojson", "a.geojson")):
            _, text = _saved(work, button)
            work.press("#sketch-clear")
            assert "4件" in work.give((file, text.encode()))
            assert [{k: v for k, v in t.items() if k != "id"} for t in work.things()] == [{k: v for k, v in t.items() if k != "id"} for t in drawn]


RANDOM = """([seed, count, format]) => {
    let state = seed; const next = () => { state = (state * 1664525 + 1013904223) % 4294967296; return state / 4294967296; };
    const pick = (list) => list[Math.floor(next() * list.length)], upto = (n) => Math.floor(next() * n);
    const letters = ['あ', '<', '>', '&', '"', "'", ']]>', '\\r', '\\n', '\\t', ' ', '葛\\u{e0100}', '\\u{1f3e0}', '\\u202e', 'a', '0', '&amp;', '<!--', '\\u0085', '\\u2028', '\\\\', '名'];
    const words = () => Array.from({ length: upto(9) }, () => pick(letters)).join('');
    const digits = () => pick([0, 1, 5, 6, 7, 8, 15]);
    const place = () => { const lon = Number(((next() - 0.5) * 360).toFixed(digits())), lat = Number(((next() - 0.5) * 180).toFixed(digits())); return gispipe.position(lon, lat, pick([undefined, undefined, 0, -1.5, 1e-7, 3776.24])); };
    const ring = (n) => Array.from({ length: n + upto(6) }, place);
    const shape = () => { const type = pick(['point', 'line', 'area']);
        return type === 'point' ? { type, rings: [[place()]] } : type === 'line' ? { type, rings: [ring(2)] } : { type, rings: [gispipe.turned(ring(3), true), ...Array.from({ length: upto(3) }, () => gispipe.turned(ring(3), false))] }; };
    const colour = () => '#' + upto(16777216).toString(16).padStart(6, '0');
    const thing = () => { const many = next() < 0.2 ? Array.from({ length: 2 + upto(3) }, shape) : [shape()], types = new Set(many.map(({ type }) => type)), points = types.size === 1 && types.has('point'), own = colour();
        const kind = types.size > 1 ? 'group' : [...types][0];
        return gispipe.newThing(many, { name: words(), note: words(), label: points && next() < 0.5, colour: own, opacity: upto(256), fill: kind === 'area' || kind === 'group' ? colour() : own, fillOpacity: kind === 'area' || kind === 'group' ? upto(256) : 51,
            width: pick([0.5, 1, 2, 2.7, 4, 7, 12.345]), data: Array.from({ length: upto(3) }, (_, k) => ['k' + words() + k, words()]) }); };
    const plain = (things) => JSON.stringify(things.map(({ id, ...one }) => Object.entries(one).sort()));
    const bad = [];
    for (let k = 0; k < count; k += 1) {
        const things = Array.from({ length: 1 + upto(4) }, thing);
        const again = format === 'kml' ? gispipe.fromKml(gispipe.toKml(things, words())) : gispipe.fromGeoJson(gispipe.toGeoJson(things));
        if (plain(again.things) !== plain(things) || again.lost.size) bad.push([plain(things), plain(again.things), [...again.lost]]);
    }
    return bad.slice(0, 2); }"""


@pytest.mark.parametrize("form", ["kml", "geojson"])
@pytest.mark.parametrize("seed", [1, 2026])
def test_a_thousand_random_drawings_are_the_same_after_saving_and_opening(address: str, form: str, seed: int) -> None:
    with tool(address, "draw") as work:
        assert work.tab.evaluate(RANDOM, [seed, 1000, form]) == []


PLACES = ["name", "description", "data", "id"]
HOSTILE = list(itertools.product(PLACES, MARKUP))
"""600 strings: five programs in thirty wrappings, in each of four places of a KML file."""


def _escaped(text: str) -> str:
    return re.sub(r"[&<>\"]", lambda found: f"&#{ord(found.group())};", text)


def _hostile(place: str, text: str, cdata: bool) -> str:
    inside = f"<![CDATA[{text}]]>" if cdata and "]]>" not in text else _escaped(text)
    return {"name": f"<Placemark><name>{inside}</name><Style><IconStyle><scale>0</scale></IconStyle></Style>{POINT}</Placemark>",
            "description": f"<Placemark><name>x</name><description>{inside}</description>{POINT}</Placemark>",
            "data": f'<Placemark><ExtendedData><Data name="{_escaped(text)}"><value>{inside}</value></Data></ExtendedData>{POINT}</Placemark>',
            "id": f'<Placemark id="{_escaped(text)}"><styleUrl>{inside}</styleUrl><Style><IconStyle><color>{inside}</color><Icon><href>{inside}</href></Icon></IconStyle></Style>{POINT}</Placemark>'}[place]


def test_six_hundred_hostile_strings_run_nothing_and_fetch_nothing(address: str) -> None:
    assert len(set(HOSTILE)) == 600
    with tool(address, "draw") as work:
        for start in range(0, 600, 60):
            part = HOSTILE[start:start + 60]
            work.press("#sketch-clear") if start else None
            before = len(work.page.requests)
            work.give(("h.kml", _kml("".join(_hostile(place, text, k % 2 == 0) for k, (place, text) in enumerate(part))).encode()))
            assert len(work.things()) == 60
            work.tab.evaluate("() => { for (const { id } of gispipe.sketch.drawing.things) gispipe.sketch.drawing.select(id); }")  # each shows its form
            for (place, text), thing in zip(part, work.things(), strict=True):
                assert place not in ("name", "description") or thing["name" if place == "name" else "note"] == text
            first, second, same = work.tab.evaluate(SAME, work.tab.evaluate("() => gispipe.toKml(gispipe.sketch.drawing.things, 'x')"))
            assert first == second and same
            assert work.tab.evaluate("() => document.querySelectorAll('#tool script, #tool img, #tool iframe, .leaflet-marker-pane img, #tool object, #tool embed, #tool link, #tool style').length") == 0
            assert not [u for u in work.page.requests[before:] if "tiles/" not in u and "/assets/icon-" not in u and not u.startswith("blob:")]
            assert work.tab.evaluate("window.hacked") == 0


def _bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("doc.kml", _kml("<!--" + " " * 40_000_000 + "-->"))
    return made.getvalue()


def _zip(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, text in files.items():
            out.writestr(name.replace("__", "."), text)
    return made.getvalue()


LAUGHS = '<?xml version="1.0"?><!-- a --><!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + "<kml xmlns='http://www.opengis.net/kml/2.2'><Placemark><name>&b;</name>" + POINT + "</Placemark></kml>"
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&x;</name>' + POINT + "</Placemark></kml>"
REFUSED = {
    "entities": (LAUGHS.encode(), "KMLとして読めない"), "external entity": (OUTSIDE.encode(), "KMLとして読めない"), "html": (b"<html><body>x</body></html>", "KMLとして読めない"), "cut off": (_kml("<Placemark><name>a")[:-30].encode(), "KMLとして読めない"),
    "not xml": (b"<<<<", "KMLとして読めない"), "pdf": (b"%PDF-1.7 ...", "どれでもない"), "empty": (b"", "どれでもない"), "zip without kml": (_zip(a__txt="x"), "KMLとして読めない"), "zip cut off": (_zip(doc__kml=GSI)[:200], "KMLとして読めない"),
    "zip bomb": (_bomb(), "10MBを超える"), "broken text": (b'<?xml version="1.0" encoding="UTF-8"?><kml>\xff\xfe\xfa</kml>', "文字コード"),
    "unknown encoding": (b'<?xml version="1.0" encoding="no-such-thing"?><kml></kml>', "文字コード"), "json": (b'{"a": 1}', "GeoJSONとして読めない"), "json cut off": (b'{"type":"FeatureCollection","features":[', "GeoJSONとして読めない"),
    "deep json": (b'{"type":"GeometryCollection","geometries":[' * 100_000 + b'{"type":"Point","coordinates":[136,35]}' + b"]}" * 100_000, "表示できるものがありません"),
    "beyond the globe": (_kml("<Placemark><Point><coordinates>136,91</coordinates></Point></Placemark>").encode(), "「136,91」"), "metres": (b'{"type":"Point","coordinates":[18200.5,-99800.1]}', "正しくない座標"),
    "no number": (_kml("<Placemark><Point><coordinates>NaN,35</coordinates></Point></Placemark>").encode(), "「NaN,35」"), "other system": (b'{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::6674"}},"features":[]}', "座標系"),
    "nothing inside": (_kml("").encode(), "表示できるものがありません"), "too many": (_kml(f"<Placemark>{POINT}</Placemark>" * 5001).encode(), "5,000件まで"),
    "too many corners": (_kml("<Placemark><LineString><coordinates>" + "136,35 " * 200_001 + "</coordinates></LineString></Placemark>").encode(), "200,000点まで"),
}


BROKEN = ("cut off", "not xml")


@pytest.mark.parametrize("broken", [False, True], ids=["whole", "broken XML"])
def test_files_that_do_not_fit_are_refused_in_one_sentence_and_change_nothing(address: str, broken: bool) -> None:
    with tool(address, "draw", broken_xml=broken) as work:
        work.give(("a.kml", _kml(f"<Placemark><name>前から</name>{POINT}</Placemark>").encode()))
        for name, (content, part) in REFUSED.items():
            if (name in BROKEN) == broken:
                sentence = work.give(("bad.kml", content))
                assert part in sentence and sentence.count("。") == 1, (name, sentence)
                assert [t["name"] for t in work.things()] == ["前から"], name


def test_a_file_of_more_than_ten_megabytes_is_not_even_read(address: str) -> None:
    with tool(address, "draw") as work:
        work.tab.evaluate(DROP, ["large.kml", "<kml>" + " " * 10, 1_000_000])
        work.tab.wait_for_selector("#toast:not([hidden])")
        assert work.tab.inner_text("#toast") == "large.kml: 10MBを超えるファイルは開けません。"


def test_a_kmz_and_other_encodings_open(address: str) -> None:
    shift_jis = _kml(f"<Placemark><name>避難所</name>{POINT}</Placemark>").replace("UTF-8", "Shift_JIS").encode("cp932")
    utf_16 = _kml(f"<Placemark><name>避難所</name>{POINT}</Placemark>").replace("UTF-8", "UTF-16").encode("utf-16")
    old = _kml(f"<Placemark><name>避難所</name>{POINT}</Placemark>").replace("http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.1").encode("utf-8-sig")
    with tool(address, "draw") as work:
        for content in (shift_jis, utf_16, old, _zip(images__kml="<kml/>", doc__kml=_kml(f"<Placemark><name>避難所</name>{POINT}</Placemark>"))):
            assert "1件" in work.give(("a.kml", content))
        assert [t["name"] for t in work.things()] == ["避難所"] * 4
        work.press("#sketch-undo")
        assert len(work.things()) == 3


def test_names_shared_with_objects_of_the_language_do_no_harm(address: str) -> None:
    text = json.dumps({"type": "Feature", "id": 7, "properties": {"__proto__": "a", "constructor": "b", "toString": 3, "name": "x", "title": "y", "n": 1.5, "yes": True, "none": None, "list": [1, {"a": 2}]},
                       "geometry": {"type": "MultiPoint", "coordinates": [[136, 35], [136.5, 35.5]]}})
    kml = _kml(f'<Style id="__proto__"><IconStyle><color>ff00ff00</color></IconStyle></Style><Placemark><styleUrl>#__proto__</styleUrl><ExtendedData><Data name="__proto__"><value>v</value></Data></ExtendedData>{POINT}</Placemark><Placemark><styleUrl>#constructor</styleUrl>{POINT}</Placemark>')
    with tool(address, "draw") as work:
        for one in (text, kml):
            first, second, same = work.tab.evaluate(SAME, one)
            assert first == second and same
        work.give(("a.geojson", text.encode()))
        _, saved = _saved(work, "#sketch-geojson")
        (feature,) = json.loads(saved)["features"]
        assert feature["id"] == 7 and {k: v for k, v in feature["properties"].items() if not k.startswith("marker-")} == json.loads(text)["properties"]
        assert work.tab.evaluate("({}).polluted === undefined && Object.prototype.toString.call([]) === '[object Array]'")


def test_the_labels_of_the_national_map_in_geojson_become_texts(address: str) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"_markerType": "DivIcon", "_html": "<div style='color:#f00'>注意<img src=x onerror='window.hacked=1'></div>"}, "geometry": {"type": "Point", "coordinates": [136.2, 35.1]}},
        {"type": "Feature", "properties": {"_color": "#0000ff", "_opacity": 0.5, "_weight": 3, "name": "線"}, "geometry": {"type": "LineString", "coordinates": [[136.2, 35.1], [136.21, 35.1]]}}]})
    with tool(address, "draw") as work:
        work.give(("a.geojson", text.encode()))
        label, line = work.things()
        assert label["name"] == "注意" and label["label"] is True and work.tab.inner_text(".sketch-text") == "注意"
        assert (line["colour"], line["opacity"], line["width"]) == ("#0000ff", 128, 3)


def test_a_file_is_dropped_on_the_map(address: str) -> None:
    with tool(address, "draw") as work:
        work.tab.evaluate(DROP, ["drop.kml", _kml(f"<Placemark><name>a</name>{POINT}</Placemark>"), 1])
        work.tab.wait_for_selector("#toast:not([hidden])")
        assert "drop.kmlを開きました" in work.tab.inner_text("#toast") and len(work.things()) == 1


def test_coordinates_keep_the_digits_they_were_written_in(address: str) -> None:
    rng = np.random.default_rng(3)
    places = [f"{lon:.{n}f},{lat:.{n}f}" for lon, lat, n in zip(rng.uniform(-180, 180, 2000), rng.uniform(-90, 90, 2000), rng.integers(0, 9, 2000), strict=True)]
    text = _kml(f"<Placemark><LineString><coordinates>{' '.join(places)}</coordinates></LineString></Placemark>")
    with tool(address, "draw") as work:
        saved = work.tab.evaluate("(text) => gispipe.toKml(gispipe.fromKml(text).things, 'x')", text)
        assert re.search("<coordinates>(.*?)</coordinates>", saved).group(1).split() == places  # type: ignore[union-attr]


def test_damaged_files_are_read_or_refused_and_nothing_else_happens(address: str) -> None:
    rng = np.random.default_rng(9)
    geojson = json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "id": 1, "properties": {"name": "a", "stroke": "#f00", "x": [1]}, "geometry": {"type": "MultiPolygon", "coordinates": [[[[136, 35], [137, 35], [137, 36], [136, 35]]]]}}] * 2})
    damaged = []
    for text in (GSI, geojson):
        for _ in range(400):
            at, length = int(rng.integers(0, len(text))), int(rng.integers(0, 30))
            damaged.append(text[:at] + str(rng.choice(["", "null", "{}", "[]", '""', "<", "0", "</Placemark>", "<Folder>", "1e999", "coordinates"])) + text[at + length:])
    packed = _zip(doc__kml=GSI)
    broken = [[int(b) for b in packed[:at]] + [int(rng.integers(0, 256))] + [int(b) for b in packed[at + 1:]] for at in rng.integers(0, len(packed), 150)]
    with tool(address, "draw", broken_xml=True) as work:
        outcome = work.tab.evaluate("""async ([texts, packs]) => { const count = { read: 0, refused: 0, other: [] };
            for (const content of [...texts, ...packs.map((bytes) => new Uint8Array(bytes))]) {
                try { const { things } = await gispipe.readSketch(new Blob([content])); gispipe.fromKml(gispipe.toKml(things, 'x')); gispipe.fromGeoJson(gispipe.toGeoJson(things)); gispipe.toLinkText(things); count.read += 1; }
                catch (error) { if (error instanceof gispipe.SketchError) count.refused += 1; else count.other.push(String(error.stack)); } }
            return count; }""", [damaged, broken])
        assert outcome["other"] == [] and outcome["read"] > 50 and outcome["refused"] > 200
