"""The search files: everything of a register is in them once and can be read back, small enough to fetch, the same bytes from the same input."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest
from asked import files_of, opened, questions_of
from spellings import CITY, register

from gispipe.address import Register, begin_register, finish_register, write_columns
from gispipe.address.tongues import OTHERS, in_five_languages
from gispipe.address.variants import VARIANTS
from gispipe.find.columns import register_columns
from gispipe.find.names import pairs_of, probes
from gispipe.find.namings import maker, namings
from gispipe.find.said import blocks_said, towns_said
from gispipe.find.tables import tables_script
from gispipe.find.write import Named, write_search
from gispipe.find.write import write_columns as write_files
from gispipe.web.files import Out

NAMES = ["霧原谷1番14号", "みずほ野市霧原谷1番14号", "霧原谷甲12", "1-14", "霧原谷１番１４号", "^#=", "霧原谷1-14-2", "霧原谷", "霧原谷2丁目1番14号", "霧原谷{0}1-14", 'a"\\1-14', "改\n行1-14", ""]


def documents(folder: Path, kind: str) -> list[dict]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((folder / "search").glob(f"{kind}*.json"))]


def read_back(folder: Path) -> list[tuple]:
    """Return every number of the files as the register has it."""
    (index,) = documents(folder, "index")
    lon, lat = index["origin"]
    return sorted((one.town_name, one.kind, index["layers"][one.layer][0], key, number, name, x + lon, y + lat, row) for document in documents(folder, "numbers") for one in blocks_said(document)
                  for key, number, name, x, y, row in zip(one.keys, one.numbers, one.names, one.lon, one.lat, one.feature, strict=True))


def in_register(connection: sqlite3.Connection) -> list[tuple]:
    return sorted(connection.execute("""SELECT t.name, n.kind, l.layer, n.key, coalesce(n.number, n.key), n.name, CAST(round(n.lon * 1e8) AS INTEGER), CAST(round(n.lat * 1e8) AS INTEGER), n.feature
                                        FROM register_number n JOIN register_town t ON t.id = n.town JOIN register_layer l ON l.id = n.layer""").fetchall())


def test_every_number_and_town_of_the_demo_city_can_be_read_back(demo: sqlite3.Connection, tmp_path: Path) -> None:
    files_of(demo, tmp_path)
    assert read_back(tmp_path) == in_register(demo)
    (index,) = documents(tmp_path, "index")
    told = [(name, kana) for name, kana, _ in towns_said(index)]
    assert told == demo.execute("SELECT name, kana FROM register_town ORDER BY stem, chome, name").fetchall()
    rows = {tuple(row[4:6]) for document in documents(tmp_path, "names") for row in document["names"]}
    assert {name for name, *_ in rows} == {name for name, in demo.execute("SELECT name FROM register_facility")}


def test_names_and_numbers_of_any_form_can_be_read_back(tmp_path: Path) -> None:
    rng = random.Random(4)
    numbers = ["1-14", "甲12", "12-乙", "無番地", "1番地14", "0012", "2-", "7|8", "a,b", "c;d", '"', "5\\6", "1-2-3-4", "", "１－１４"]
    rows = [(rng.choice(NAMES), rng.choice(["霧原谷", "霧原谷二丁目", "月夜^町#"]), rng.choice(numbers)) for _ in range(400)]
    connection = sqlite3.connect(":memory:")
    begin_register(connection, CITY)
    for kind, layer in (("address", "a"), ("lot", "b"), ("lot", "c")):
        write_columns(connection, kind, layer, *([row[k] for row in rows] for k in range(3)), [135 + rng.random() for _ in rows], [35 - rng.random() for _ in rows], rng.sample(range(9999), len(rows)))
    finish_register(connection)
    files_of(connection, tmp_path)
    assert read_back(tmp_path) == in_register(connection)


def test_a_name_is_said_by_a_pattern_wherever_town_and_number_make_it() -> None:
    keys, town = ["1-14"] * len(NAMES), "霧原谷"
    column = lambda texts: pa.array(texts, pa.large_string())  # noqa: E731
    code, patterns = namings(column(NAMES), column([town] * len(NAMES)), column(keys), column(keys))
    said = [patterns[k] if k >= 0 else None for k in code.tolist()]
    assert said[:2] == ["^#番#号", "みずほ野市霧原谷#番#号"] and said[3] == "#-#" and said[8] == "霧原谷2丁目#番#号" and said[5] is None
    for name, pattern in zip(NAMES, said, strict=True):
        assert pattern is None or maker(pattern, town)("1", "14", number="1-14") == name


def test_the_order_of_the_rows_changes_no_byte_and_one_more_row_few_files(tmp_path: Path) -> None:
    houses = [(f"霧原谷{k}丁目", f"{block}-{house}") for k in "一二三四" for block in range(1, 40) for house in range(1, 12)]
    towns = sorted({town for town, _ in houses})

    def written(name: str, rows: list[tuple[int, tuple[str, str]]]) -> dict[str, bytes]:
        connection = sqlite3.connect(":memory:")
        begin_register(connection, CITY)
        write_columns(connection, "town", "town", towns, towns, [""] * 4, [135.0] * 4, [35.0] * 4, range(4), area=True)
        write_columns(connection, "address", "a", [t + n for _, (t, n) in rows], [t for _, (t, _) in rows], [n for _, (_, n) in rows], [135 + k / 1000 for k, _ in rows], [35.0] * len(rows), [k for k, _ in rows])
        write_columns(connection, "facility", "f", ["霧原公園", "霧原館"], ["", ""], ["", ""], [135.0, 135.1], [35.0, 35.0], [0, 1])
        finish_register(connection)
        files_of(connection, tmp_path / name)
        return {path.name: path.read_bytes() for path in (tmp_path / name / "search").iterdir()}

    rows = list(enumerate(houses))
    first = written("a", rows)
    assert first == written("b", random.Random(1).sample(rows, len(rows)))
    more = written("c", [*rows, (len(rows), ("霧原谷三丁目", "5-99"))])
    assert len([name for name in more if name.startswith("numbers")]) > 3 and len(more.keys() - first.keys()) <= 3


def test_nothing_to_find_writes_nothing(tmp_path: Path) -> None:
    connection = sqlite3.connect(":memory:")
    begin_register(connection, CITY)
    finish_register(connection)
    assert write_files(Out(tmp_path), register_columns(connection), [Named("aed", [], [], [], [], [])], {}) is None and write_search(Out(tmp_path), None, [], {}) is None
    assert list(tmp_path.iterdir()) == []


def test_pairs_of_letters_are_asked_for_alike_in_page_and_program(tmp_path: Path) -> None:
    keys = ["ミズホノシヤクショ", "港", "𠮷田", "", "B&G", "港区"]
    files_of(register(CITY, ["霧原谷"], facilities=[("港", "")]), tmp_path)
    with opened(tmp_path) as page:
        there = page.tab.evaluate("(keys) => keys.map((key) => gispipe.find.pairsOf(gispipe.find.narrow(key)).map(gispipe.find.wide))", keys)
        assert [set(pairs) for pairs in there] == [pairs_of(key) for key in keys]
    assert probes("公園", 240) == probes("公園", 240) and len(set(probes("公園", 2400))) == 3


def test_sentences_stand_in_five_languages_with_the_same_blanks() -> None:
    from gispipe.address import sentences

    pages = {name for name in vars(sentences) if name.isupper()} - {"NO_REGISTER", "BUILD_REGISTER"}
    assert OTHERS.keys() == pages
    for name, told in in_five_languages().items():
        assert set(told) == {"ja", "en", "zh", "ko", "easy"} and all(told.values()), name
        blanks = {lang: sorted(part.split("}")[0] for part in text.split("{")[1:]) for lang, text in told.items()}
        assert all(set(one) == set(blanks["ja"]) for one in blanks.values()), name


def test_the_tables_of_the_page_have_every_variant() -> None:
    text = tables_script().decode().partition(".tables = ")[2].rstrip(";\n")
    told = {ord(other): group[0] for group in json.loads(text)["variants"].split(" ") for other in group[1:]}
    assert told == VARIANTS


BYTES = """async ([index, questions]) => {
    const whole = [];
    for (const text of JSON.parse(questions)) {
        const register = new gispipe.Register(location.origin + '/', index);
        const from = performance.getEntriesByType('resource').length;
        const asked = [];
        const fetched = window.fetch;
        window.fetch = async (url, how) => { const answer = await fetched(url, how); asked.push(Number(answer.headers.get('content-length'))); return answer; };
        const { result } = await register.search(text);
        window.fetch = fetched;
        whole.push([result, asked.reduce((sum, one) => sum + one, 0)]);
    }
    return whole;
}"""


def test_a_first_question_fetches_at_most_forty_kilobytes(demo: sqlite3.Connection, tmp_path: Path) -> None:
    """The index and all that the answer needs, not compressed; parts of town names with a number, which may be in many towns, are no first question."""
    index = files_of(demo, tmp_path)
    register = Register(demo)
    towns = {name for name, in demo.execute("SELECT name FROM register_town")}
    questions = [text for text in questions_of(register, 7, 600) if any(town[:3] in text for town in towns)][:300]
    with opened(tmp_path) as page:
        sizes = sorted(size for _, size in page.tab.evaluate(BYTES, [index, json.dumps(questions)]))
    assert len(sizes) > 200 and sizes[int(len(sizes) * 0.99)] <= 40_000
    assert max(path.stat().st_size for path in (tmp_path / "search").glob("numbers*")) <= 12_000


def test_a_town_of_very_many_numbers_is_cut_by_its_first_numbers(tmp_path: Path) -> None:
    lots = [("霧原谷", f"{k}-{branch}") for k in range(1, 900) for branch in range(1, 6)]
    index = files_of(register(CITY, ["霧原谷"], lots=lots), tmp_path)
    with opened(tmp_path) as page:
        answers = page.tab.evaluate(BYTES, [index, json.dumps(["霧原谷450-3", "霧原谷450番地", "霧原谷450-99", "霧原谷5000"])])
    assert [result for result, _ in answers] == ["exact", "candidates", "town", "town"] and max(size for _, size in answers) <= 40_000


@pytest.mark.parametrize("text", ["第八斜面", "だいはち", "斜面"])
def test_other_layers_are_found_by_name_reading_and_part_and_are_no_answer_of_the_register(tmp_path: Path, text: str) -> None:
    beside = [Named("slope", ["第八斜面", "第九斜面"], ["だいはちしゃめん", ""], [13_500_000_000, 13_500_000_001], [3_500_000_000] * 2, [7, 8])]
    index = files_of(register(CITY, ["霧原谷"], facilities=[("霧原公園", "きりはらこうえん")]), tmp_path, beside)
    with opened(tmp_path) as page:
        hits = page.tab.evaluate("""async ([index, text]) => {
            const register = new gispipe.Register(location.origin + '/', index);
            return [await register.beside(text), (await register.search(text)).result, await register.beside('公園')]; }""", [index, text])
    assert ("slope", "第八斜面", 7, 135.0, text == "第八斜面") in [(one["layer"], one["name"], one["feature"], one["lon"], one["exact"]) for one in hits[0]]
    assert hits[1:] == ["nothing", []]


def test_thousands_of_numbered_roads_are_found_by_number_and_by_name_from_small_files(tmp_path: Path) -> None:
    numbers = [str(20000 + 7 * k) for k in range(4000)]
    roads = Named("city_road", numbers, [f"{'藤波霧原月夜'[k % 3 * 2:][:2]}{number[1:]}号線" for k, number in enumerate(numbers)], [13_500_000_000] * 4000, [3_500_000_000] * 4000, list(range(4000)))
    index = files_of(register(CITY, ["霧原谷"]), tmp_path, [roads])
    sizes = [path.stat().st_size for path in (tmp_path / "search").glob("other*")]
    assert max(sizes) <= 12_000 and sum(sizes) < 2_500_000
    with opened(tmp_path) as page:
        found = page.tab.evaluate("""async ([index, texts]) => { const register = new gispipe.Register(location.origin + '/', index);
            return Promise.all(texts.map(async (text) => (await register.beside(text)).map(({ name, exact }) => [name, exact]))); }""",
                                  [index, [numbers[1234], f"{numbers[1234][1:]}号線", "霧原", "号線", f"月夜{numbers[2][1:]}号線", "99999", numbers[7][:4], "2"]])
    assert found[0] == [[numbers[1234], True]] and numbers[1234] in [name for name, _ in found[1]] and len(found[2]) == len(found[3]) == 20
    assert found[4] == [[numbers[2], True]] and found[5] == [] and all(name.startswith(numbers[7][:4]) for name, _ in found[6]) and found[7] == []


def test_what_begins_as_is_typed_is_suggested(demo: sqlite3.Connection, tmp_path: Path) -> None:
    index = files_of(demo, tmp_path)
    town, kana = demo.execute("SELECT name, kana FROM register_facility WHERE kana <> '' ORDER BY name").fetchone()
    house = demo.execute("SELECT t.name, n.key FROM register_number n JOIN register_town t ON t.id = n.town WHERE n.kind = 0 AND n.key GLOB '*-1[0-9]' ORDER BY n.rowid").fetchone()
    with opened(tmp_path) as page:
        def suggested(text: str) -> list[tuple[str, str]]:
            found = page.tab.evaluate("async ([index, text]) => (await (window.kept = window.kept || new gispipe.Register(location.origin + '/', index)).suggest(text))", [index, text])
            return [(one["kind"], one["number"] or one["name"]) for one in found]

        assert ("facility", town) in suggested(town[:3]) and ("facility", town) in suggested(kana[:4])
        assert ("town", house[0]) in suggested(house[0][:3])
        numbers = [number for kind, number in suggested(house[0] + house[1][:-1]) if kind == "address"]
        assert numbers and all(number.startswith(house[1][:-1]) for number in numbers)
        assert suggested("●") == suggested("") == suggested("zzz") == []
