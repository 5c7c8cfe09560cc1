"""Addresses of real towns, each as a small register: the written form and the one place it is, or that it is none."""

from __future__ import annotations

import pytest
from spellings import register

from gispipe.address import CityName, Found, search

TOYONAKA = CityName("大阪府", "豊中市")
TOYONAKA_TOWNS = ["中桜塚一丁目", "中桜塚二丁目", "中桜塚三丁目", "南桜塚一丁目", "北桜塚一丁目", "北桜塚二丁目", "螢池西町一丁目", "螢池東町一丁目", "赤阪一丁目", "岡上の町二丁目",
                  "岡町", "岡町北一丁目", "島江町一丁目", "豊南町東一丁目", "豊南町西一丁目", "三国一丁目", "野田町", "栗ケ丘町", "本町七丁目", "服部本町一丁目", "東豊中町三丁目",
                  "桜の町一丁目", "山ノ上町", "三和町一丁目", "二葉町一丁目", "千成町一丁目", "千里園一丁目"]
TOYONAKA_HOUSES = [("中桜塚三丁目", "1-1"), ("螢池西町一丁目", "11-3"), ("赤阪一丁目", "7-1"), ("岡上の町二丁目", "1-15"), ("島江町一丁目", "3-9"), ("豊南町東一丁目", "5-1"),
                   ("三国一丁目", "2-3"), ("野田町", "32-3"), ("栗ケ丘町", "1-1"), ("北桜塚二丁目", "8-32"), ("本町七丁目", "3-7"), ("東豊中町三丁目", "1-15"),
                   ("桜の町一丁目", "2-3"), ("山ノ上町", "4-5"), ("三和町一丁目", "2-3"), ("二葉町一丁目", "2-3"), ("千成町一丁目", "2-3"), ("千里園一丁目", "2-3")]


def place(found: Found) -> tuple[str, str, str, str]:
    """Return result, town, number and rest of an answer."""
    entry = found.hits[0].entry
    return found.result, entry.town, entry.number, found.rest


@pytest.mark.parametrize(("written", "town", "number", "rest"), [
    ("大阪府豊中市中桜塚3-1-1", "中桜塚三丁目", "1-1", ""),
    ("豊中市中桜塚三丁目１番１号", "中桜塚三丁目", "1-1", ""),
    ("中桜塚３丁目1の1", "中桜塚三丁目", "1-1", ""),
    ("大阪府豊中市蛍池西町１－１１－３", "螢池西町一丁目", "11-3", ""),
    ("大阪府豊中市赤坂１－７－１", "赤阪一丁目", "7-1", ""),
    ("大阪府豊中市岡上の町2-1-15", "岡上の町二丁目", "1-15", ""),
    ("岡上ノ町2-1-15", "岡上の町二丁目", "1-15", ""),
    ("大阪府豊中市島江町１－３－９－１０１", "島江町一丁目", "3-9", "101"),
    ("大阪府豊中市豊南町東１－５－１", "豊南町東一丁目", "5-1", ""),
    ("大阪府豊中市三国１－２－３", "三国一丁目", "2-3", ""),
    ("大阪府豊中市野田町３２－３", "野田町", "32-3", ""),
    ("大阪府豊中市栗ヶ丘町1-1", "栗ケ丘町", "1-1", ""),
    ("栗が丘町1番1号", "栗ケ丘町", "1-1", ""),
    ("大阪府豊中市北桜塚２丁目８番３２号", "北桜塚二丁目", "8-32", ""),
    ("大阪府豊中市本町七丁目3番7号", "本町七丁目", "3-7", ""),
    ("桜の町1-2-3", "桜の町一丁目", "2-3", ""),
    ("山の上町4-5", "山ノ上町", "4-5", ""),
    ("三和町一ノ二ノ三", "三和町一丁目", "2-3", ""),
    ("二葉町1-2-3-405号室", "二葉町一丁目", "2-3", "405号室"),
    ("千成町1丁目2番3号ABCマンション 5F", "千成町一丁目", "2-3", "ABCマンション 5F"),
    ("千里園一丁目二番三号", "千里園一丁目", "2-3", ""),
    ("〒561-0881 大阪府 豊中市 中桜塚 ３－１－１ (見本ビル2階)", "中桜塚三丁目", "1-1", "見本ビル2階"),
])
def test_an_address_of_toyonaka_is_the_one_house_however_it_is_written(written: str, town: str, number: str, rest: str) -> None:
    assert place(search(register(TOYONAKA, TOYONAKA_TOWNS, TOYONAKA_HOUSES), written)) == ("exact", town, number, rest)


@pytest.mark.parametrize("written", ["大阪府泉大津市東豊中町３－１－１５", "泉大津市東豊中町３－１－１５", "東京都豊中市東豊中町3-1-15", "京都府京都市中京区本町七丁目3-7", "三島郡島本町中桜塚3-1-1"])
def test_an_address_of_another_municipality_is_never_one_of_ours(written: str) -> None:
    found = search(register(TOYONAKA, TOYONAKA_TOWNS, TOYONAKA_HOUSES), written)
    assert (found.result, found.hits) == ("nothing", ()) and "another municipality" in str(found.reason)
    assert found.reason is not None and "別の市区町村" in found.reason.ja


def test_a_named_neighbour_is_known_by_its_name_even_where_a_town_begins_like_it() -> None:
    connection = register(CityName("三重県", "見本市", others=("四日市市", "市場村")), ["四日市町", "市場町", "村上町", "四日"], [("四日市町", "1-2"), ("市場町", "1-2"), ("村上町", "1-2")])
    assert [search(connection, f"{town}1-2").result for town in ("四日市町", "市場町", "村上町")] == ["exact"] * 3
    assert [search(connection, text).result for text in ("四日市市四日1-2", "市場村1-2", "四日市市村上町1-2")] == ["nothing"] * 3


@pytest.mark.parametrize("number", ["1-3", *"1－3 1−3 1‒3 1–3 1—3 1─3 1━3 1―3 1ー3 1ｰ3 1一3 一の三 １の３ １ノ３ 壱丿３ 壱ﾉ３ 壱之３ 壱番地三号 1番3号 1⏤3 1⎯3 1﹘3 1‑3 1⁃3 1﹣3".split()])  # noqa: SIM905
@pytest.mark.parametrize("before", ["東京都千代田区", "千代田区", ""])
def test_every_hyphen_and_word_between_two_numbers_says_the_same(number: str, before: str) -> None:
    connection = register(CityName("東京都", "千代田区"), ["紀尾井町", "四番町"], [("紀尾井町", "1-3")])
    assert place(search(connection, f"{before}紀尾井町{number}")) == ("exact", "紀尾井町", "1-3", "")


# city, towns, houses, lots, what is written, and what it is
REGISTERS = [
    (CityName("千葉県", "浦安市"), ["舞浜", "舞浜二丁目"], [("舞浜", "2-11")], [], "千葉県浦安市舞浜2-11", ("exact", "舞浜", "2-11", "")),
    (CityName("東京都", "中央区"), ["銀座三丁目", "銀座四丁目"], [("銀座三丁目", "4-1")], [], "東京都中央区銀座3-4−1", ("exact", "銀座三丁目", "4-1", "")),
    (CityName("愛知県", "豊田市"), ["西町三丁目"], [], [("西町三丁目", "60")], "愛知県豊田市西町3-60", ("exact", "西町三丁目", "60", "")),
    (CityName("千葉県", "旭市"), ["イ", "ロ", "ハ"], [], [("ハ", "74-2")], "千葉県旭市ハの７４-2", ("exact", "ハ", "74-2", "")),
    (CityName("東京都", "調布市"), ["国領町三丁目"], [], [("国領町三丁目", "8-15")], "東京都調布市国領町３－８－１５都営くすのきアパート２号棟１階",
     ("exact", "国領町三丁目", "8-15", "都営くすのきアパート2号棟1階")),
    (CityName("北海道", "札幌市中央区"), ["南二条西一丁目", "南二条西五丁目"], [], [("南二条西一丁目", "5")], "札幌市中央区南２条西１ー５ー２F", ("exact", "南二条西一丁目", "5", "2F")),
    (CityName("東京都", "千代田区"), ["四番町", "三番町"], [("四番町", "4-13")], [], "東京都千代田区四番町4-13", ("exact", "四番町", "4-13", "")),
    (CityName("香川県", "高松市"), ["塩江町安原下第1号", "塩江町安原下第2号"], [], [("塩江町安原下第1号", "958-4")], "香川県高松市塩江町安原下第1号958-4-1",
     ("exact", "塩江町安原下第1号", "958-4", "-1")),
    (CityName("熊本県", "熊本市北区"), ["三十六", "植木町岩野"], [], [], "熊本県熊本市北区三十六", ("town", "三十六", "", "")),
    (CityName("石川県", "加賀市"), ["大聖寺上木町", "大聖寺"], [], [("大聖寺上木町", "95")], "石川県加賀市大聖寺上木町九十五", ("exact", "大聖寺上木町", "95", "")),
    (CityName("群馬県", "渋川市"), ["渋川", "石原"], [], [("渋川", "778")], "群馬県\ufffd\ufffd川市渋川７７８番地", ("exact", "渋川", "778", "")),
    (CityName("岩手県", "見本町", county="例郡"), ["十八字", "志比49字", "大字本宮"], [], [("十八字", "3"), ("志比49字", "5-1"), ("大字本宮", "7")], "例郡見本町志比四十九字5番地1", ("exact", "志比49字", "5-1", "")),
    (CityName("岩手県", "見本町", county="例郡"), ["十八字", "大字本宮字裏"], [], [("大字本宮字裏", "7")], "見本町本宮裏七番地", ("exact", "大字本宮字裏", "7", "")),
    (CityName("和歌山県", "和歌山市"), ["十一番丁", "一番丁", "五筋目"], [("十一番丁", "12"), ("一番丁", "3-1")], [], "和歌山市11番丁12", ("exact", "十一番丁", "12", "")),
]


@pytest.mark.parametrize(("city", "towns", "houses", "lots", "written", "expected"), REGISTERS, ids=[row[4] for row in REGISTERS])
def test_a_difficult_name_is_read_as_the_town_it_is(city: CityName, towns: list[str], houses: list[tuple[str, str]], lots: list[tuple[str, str]], written: str,
                                                    expected: tuple[str, str, str, str]) -> None:
    assert place(search(register(city, towns, houses, lots), written)) == expected
