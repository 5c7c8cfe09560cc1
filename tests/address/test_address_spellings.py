"""Every address of a city like the demo city in every spelling, and properties of the keys."""

from __future__ import annotations

import itertools
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spellings import CITY, SPELLINGS, register, split

from gispipe.address import lot_key, number_key, search, town_key
from gispipe.demo.naming import HEADS, TAILS, kanji

DISTRICTS = [HEADS[k % len(HEADS)][0] + tails[k % len(tails)][0] for k, tails in enumerate(itertools.islice(itertools.cycle(TAILS.values()), 40))]
TOWNS = [f"{name}{kanji(chome)}丁目" if k % 3 else name for k, name in enumerate(dict.fromkeys(DISTRICTS)) for chome in (range(1, 10) if k % 3 else (1,))]
NUMBERS = [(1, 14), (5, 36), (10, 1), (21, 10), (111, 205)]
ADDRESSES = [(TOWNS[k % len(TOWNS)], *NUMBERS[k % 5]) for k in range(400)]
ADDRESSES = list(dict.fromkeys(ADDRESSES))[:240]


@pytest.fixture(scope="module")
def city() -> sqlite3.Connection:
    return register(CITY, TOWNS, [(t, f"{b}-{n}") for t, b, n in ADDRESSES], [(t, f"{100 + n}-{b}") for t, b, n in ADDRESSES])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_address_of_the_city_is_found_in_every_spelling(city: sqlite3.Connection, spelling: str) -> None:
    assert len(ADDRESSES) >= 200
    wrong = []
    for town, block, number in ADDRESSES:
        text = SPELLINGS[spelling](*split(town), block, number)
        found = search(city, text)
        if found.result != "exact" or (found.hits[0].kind, found.hits[0].entry.town, found.hits[0].entry.number) != ("address", town, f"{block}-{number}"):
            wrong.append((text, found.result, found.read_as))
    assert wrong == []


@pytest.mark.parametrize(("spelling", "rest"), [("room number", "301号室"), ("building behind a space", "見本ハイツ203"), ("building without space", "見本ビル2F"), ("building in brackets", "見本ビル")])
def test_what_stands_behind_the_number_is_given_back(city: sqlite3.Connection, spelling: str, rest: str) -> None:
    assert {search(city, SPELLINGS[spelling](*split(town), block, number)).rest for town, block, number in ADDRESSES} == {rest}


@settings(max_examples=300)
@given(st.sampled_from(TOWNS), st.integers(0, 130), st.integers(0, 210), st.sampled_from(list(SPELLINGS)), st.sampled_from(["", "-1", "号", "番地", "F", "の", "丁目", "乙"]))
def test_an_exact_hit_has_the_town_and_the_number_that_were_written(city: sqlite3.Connection, town: str, block: int, number: int, spelling: str, behind: str) -> None:
    stem, chome = split(town)
    found = search(city, SPELLINGS[spelling](stem, chome, block, number) + behind)
    if found.result == "exact":
        entry = found.hits[0].entry
        assert town_key(entry.town) == town_key(town) and number_key(entry.number) in {f"{block}-{number}", f"{block}-{number}-1"}


@settings(max_examples=400)
@given(st.text(alphabet="霧原谷月夜新田一二三十丁目番地号のー-－0129 F室甲乙イ地番市区町村大字字ヶケが●\ufffd（）・", max_size=24))
def test_no_text_at_all_breaks_the_search_or_makes_up_a_house(city: sqlite3.Connection, text: str) -> None:
    found = search(city, text)
    assert found.result in {"exact", "candidates", "town", "nothing"} and (found.hits or found.reason)
    if found.result == "exact":
        entry = found.hits[0].entry
        digits = {d for d in number_key(entry.number).split("-") if d.isdigit()}
        assert entry.number and digits <= set(_numbers(text)), "every number of the hit is written in the question"


def _numbers(text: str) -> list[str]:
    from gispipe.address.normal import normalise, tokens

    return [token.key[1:-1] for token in tokens(normalise(text).text) if token.number]


@pytest.mark.parametrize(("written", "key"), [
    ("123-4", "123-4"), ("123番地4", "123-4"), ("１２３－４", "123-4"), ("百二十三番四", "123-4"), ("一二三の四", "123-4"), ("123番の4", "123-4"), ("0123-04", "123-4"), ("123番地の4", "123-4"),
    ("甲12", "甲12"), ("甲12番地", "甲12"), ("イ-3", "イ3"), ("イ3番", "イ3"), ("12番の乙", "12乙"), ("12-乙", "12乙"), ("952-乙2", "952乙2"), ("無番地", "無番地"), ("番外地", "番外地"),
    ("番外12", "番外地12"), ("三〇二番地", "302"), ("千二百五番地十", "1205-10"), ("１番１４号", "1-14"), ("壱〇弐", "102"), ("四十四", "44"), ("廿日", "廿日"),
])
def test_lot_numbers_have_one_key_in_every_spelling(written: str, key: str) -> None:
    assert number_key(written) == lot_key(written) == key


@pytest.mark.parametrize("names", [
    ("中桜塚三丁目", "中桜塚３丁目", "中桜塚3丁目", "中桜塚3-", "中桜塚 三 丁目"), ("栗ケ丘町", "栗ヶ丘町", "栗が丘町", "栗ガ丘町", "栗ｶﾞ丘町"), ("螢池", "蛍池"), ("曽根", "曾根"), ("龍野", "竜野"),
    ("山ノ上町", "山の上町", "山之上町"), ("長﨑", "長崎"), ("髙野", "高野"), ("渡邊", "渡辺", "渡邉"), ("大字本町", "本町", "字本町"), ("三国", "3国"), ("廣澤", "広沢"), ("四ッ谷", "四つ谷", "四ツ谷"),
])
def test_the_spellings_of_one_town_have_one_key(names: tuple[str, ...]) -> None:
    assert len({town_key(name) for name in names}) == 1


@pytest.mark.parametrize("names", [("三国", "二国"), ("本町一丁目", "本町二丁目", "本町"), ("十八字", "十八"), ("桜の町", "桜町"), ("北町", "北"), ("一番丁", "十一番丁"), ("岡町", "岡上の町")])
def test_different_towns_have_different_keys(names: tuple[str, ...]) -> None:
    assert len({town_key(name) for name in names}) == len(names)


def test_no_variant_of_a_character_stands_in_two_groups() -> None:
    from gispipe.address.variants import VARIANTS

    assert len(VARIANTS) > 300 and not {chr(k) for k in VARIANTS} & set(VARIANTS.values())
