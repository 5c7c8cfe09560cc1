"""The page answers every question as the register itself does: result, hits in their order, rest, reading and reason."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path

import pytest
from asked import differences, files_of, opened, questions_of
from spellings import CITY, SPELLINGS, register, split

from gispipe.address import CityName, Entry, Register, write_register
from gispipe.demo.naming import kanji

HERE = Path(__file__).parents[1] / "address"
STEMS = ["霧原谷", "月夜新田", "千草本郷", "夕凪園", "四ッ谷", "三十六"]
TOWNS = [f"{stem}{kanji(chome)}丁目" if k % 2 else stem for k, stem in enumerate(STEMS) for chome in (range(1, 8) if k % 2 else (1,))]
HOUSES = [(town, f"{block}-{house}") for k, town in enumerate(TOWNS) for block, house in ((1, 14), (5, 36), (10 + k, 1), (111, 205))]
LOTS = [(town, f"{100 + k}-{branch}") for k, town in enumerate(TOWNS) for branch in (1, 2, 10)] + [("霧原谷", one) for one in ("甲12", "イ-3", "12-乙", "無番地", "7", "1-14", "123番地4")]


def _texts_in_tests() -> list[str]:
    """Return every text that stands in the tests of addresses: each is a question, meant as one or not."""
    found = []
    for path in sorted(HERE.glob("*.py")):
        found += [node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 300]
    return list(dict.fromkeys(found))


@pytest.fixture(scope="module")
def town() -> sqlite3.Connection:
    return register(CITY, TOWNS, HOUSES, LOTS, [("みずほ野市役所", "みずほのしやくしょ"), ("霧原谷公園", "きりはらだにこうえん"), ("第一保育所", "だいいちほいくしょ"), ("第一 保育所", ""),
                                               ("月夜ヶ丘・児童館", "ツキヨガオカジドウカン"), ("港", "みなと"), ("𠮷田記念館", "よしだきねんかん"), ("Ｂ＆Ｇ海洋センター", "")])


def test_every_spelling_of_an_address_is_read_alike(town: sqlite3.Connection, tmp_path: Path) -> None:
    questions = [write(*split(name), *map(int, number.split("-"))) for write in SPELLINGS.values() for name, number in HOUSES]
    index = files_of(town, tmp_path)
    with opened(tmp_path) as page:
        assert len(questions) > 1500 and differences(page, index, Register(town), questions) == []


def test_every_text_of_the_address_tests_is_answered_alike(town: sqlite3.Connection, tmp_path: Path) -> None:
    questions = [*_texts_in_tests(), *TOWNS, *(t + n for t, n in LOTS), "あ" * 201, "霧原谷" * 100, "霧原谷\x00一丁目", "霧原\ud800谷", "港", "よしだきねんかん", "𠮷田", "吉田記念館",
                 "\ue000霧原谷", "霧原谷1-14 \U00020bb7\ue001ビル", "\U00031350", "\ufdd0", "𝟙霧原谷", "B&G海洋センター", "ｂ＆ｇ", "ı", "ẞ"]
    index = files_of(town, tmp_path)
    with opened(tmp_path) as page:
        assert len(questions) > 600 and differences(page, index, Register(town), questions) == []


@pytest.mark.parametrize("seed", [1, 2])
def test_questions_about_the_demo_city_are_answered_alike(demo: sqlite3.Connection, tmp_path: Path, seed: int) -> None:
    opened_register = Register(demo)
    questions = questions_of(opened_register, seed, 2500)
    index = files_of(demo, tmp_path)
    with opened(tmp_path) as page:
        assert differences(page, index, opened_register, questions) == []


REGISTERS = [
    (CityName("千葉県", "浦安市"), ["舞浜", "舞浜二丁目"], [("舞浜", "2-11")], []), (CityName("千葉県", "旭市"), ["イ", "ロ", "ハ"], [], [("ハ", "74-2")]),
    (CityName("北海道", "札幌市中央区"), ["南二条西一丁目", "南二条西五丁目"], [], [("南二条西一丁目", "5")]), (CityName("熊本県", "熊本市北区"), ["三十六", "植木町岩野"], [], []),
    (CityName("群馬県", "渋川市"), ["渋川", "石原"], [], [("渋川", "778")]), (CityName("岩手県", "見本町", county="例郡"), ["十八字", "志比49字", "大字本宮字裏"], [], [("十八字", "3"), ("志比49字", "5-1")]),
    (CityName("三重県", "見本市", others=("四日市市", "市場村")), ["四日市町", "市場町", "村上町", "四日"], [("四日市町", "1-2"), ("市場町", "1-2")], []),
    (CityName("架空県", "見本市"), ["赤坂", "赤阪"], [("赤坂", "1-1"), ("赤阪", "1-2")], []), (CityName("架空県", "見本市"), [], [], [("霧原谷", "5-1"), ("霧原谷一丁目", "5-1")]),
    (CityName("架空県", "𠮷野市"), ["𠮷田町", "吉川一丁目", "𡈽手"], [("𠮷田町", "1-2"), ("𡈽手", "3")], [("吉川一丁目", "𠮷1")]),
]


@pytest.mark.parametrize("which", range(len(REGISTERS)))
def test_registers_of_difficult_names_are_answered_alike(tmp_path: Path, which: int) -> None:
    city, towns, houses, lots = REGISTERS[which]
    connection = register(city, towns, houses, lots)
    own = [f"{before}{town}{number}" for before in ("", city.city, city.prefecture + city.county + city.city) for town, number in [*houses, *lots, *((town, "") for town in towns)]]
    questions = [*own, *_texts_in_tests(), *(text.replace(text[at], "●", 1) for text in own for at in range(min(3, len(text))))]
    index = files_of(connection, tmp_path)
    with opened(tmp_path) as page:
        assert differences(page, index, Register(connection), questions) == []


def test_the_same_house_of_several_sources_and_the_same_facility_of_several_layers_are_joined_alike(tmp_path: Path) -> None:
    entries = [Entry("address", "月夜野1番1号", "月夜野", "1-1", 136.5, 33.8, "address", 0), Entry("address", "月夜野1-1", "大字月夜野", "1番1号", 136.5, 33.8003, "abr_rsdt", 9),
               Entry("address", "月夜野1-2", "月夜野", "1-2", 136.5, 33.8, "address", 1), Entry("address", "月夜野1-2", "月夜野", "1-2", 136.5, 33.801, "abr_rsdt", 2),
               Entry("address", "月夜野1-2", "月夜野", "1-2", 136.5, 33.8001, "address", 3), Entry("lot", "月夜野1-3", "月夜野", "1-3", 136.5, 33.8, "parcel", 1),
               *(Entry("facility", "中央公園", "", "", 136.5 + k / 5000, 33.8, layer, k) for k in range(6) for layer in ("park", "shelter")),
               *(Entry("lot", f"月夜野{k}", "月夜野", str(k), 136.5, 33.8, "parcel", 10 + k) for k in range(2, 400))]
    connection = sqlite3.connect(":memory:")
    write_register(connection, entries, CITY)
    questions = ["月夜野1-1", "月夜野1-2", "月夜野1番3号", "月夜野1番地", "中央公園", "中央", "ちゅうおうこうえん", *(f"月夜野{k}番9号" for k in range(0, 450, 7)), "月夜野5000-1"]
    index = files_of(connection, tmp_path)
    with opened(tmp_path) as page:
        assert differences(page, index, Register(connection), questions) == []
