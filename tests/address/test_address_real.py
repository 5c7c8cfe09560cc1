"""Registers of real cities (left out where the data are not beside the checkout): every town and house finds itself."""

from __future__ import annotations

import csv
import io
import itertools
import json
import sqlite3
import zipfile
from pathlib import Path

from spellings import register

from gispipe.address import CityName, begin_register, finish_register, number_key, search, town_key, write_columns


def rows(path: Path, **wanted: str) -> list[dict[str, str]]:
    archive = zipfile.ZipFile(path)
    table = csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8"))
    return [row for row in table if all(row[name] == value for name, value in wanted.items())]


def named(row: dict[str, str]) -> str:
    return row["oaza_cho"] + row["chome"] + row["koaza"]


def joined(row: dict[str, str], *names: str) -> str:
    return "-".join(row[name] for name in names if row[name])


def city_of(connection: sqlite3.Connection, city: CityName, kind: str, towns: list[str], numbers: list[str]) -> None:
    begin_register(connection, city)
    write_columns(connection, kind, "abr", [t + n for t, n in zip(towns, numbers, strict=True)], towns, numbers, [135.0] * len(towns), [34.0] * len(towns), range(len(towns)))
    finish_register(connection)


def test_every_town_of_toyonaka_has_its_own_key_and_is_found_by_it(shared_data: Path) -> None:
    towns = [row["town"] for row in json.loads((shared_data / "abr/geolonia_v1/豊中市.json").read_text("utf-8"))]
    assert len({town_key(town) for town in towns}) == len(towns) == 337
    connection = register(CityName("大阪府", "豊中市"), towns)
    for before in ("大阪府豊中市", "豊中市", ""):
        found = [search(connection, before + town) for town in towns]
        assert [(f.result, f.hits[0].entry.name) for f in found] == [("town", town) for town in towns]


def test_real_house_numbers_are_found_in_three_spellings_and_no_other(shared_data: Path) -> None:
    table = rows(shared_data / "abr/mt_rsdtdsp_rsdt_pref30.csv.zip", lg_code="302015")
    towns, numbers = [named(row) for row in table], [joined(row, "blk_num", "rsdt_num", "rsdt_num2") for row in table]
    connection = sqlite3.connect(":memory:")
    city_of(connection, CityName("和歌山県", "和歌山市"), "address", towns, numbers)
    for town, number in list(zip(towns, numbers, strict=True))[::97]:
        for text in (f"{town}{number}", f"和歌山県和歌山市{town}{number.replace('-', '番', 1)}号", town.replace("丁目", "-") + number):
            found = search(connection, text)
            assert (found.result, town_key(found.hits[0].entry.town), number_key(found.hits[0].entry.number)) == ("exact", town_key(town), number_key(number)), text


def test_real_lots_with_letters_keep_them(shared_data: Path) -> None:
    table = rows(shared_data / "abr/mt_parcel_city465054.csv.zip", ablt_date="")
    towns, numbers = [named(row) for row in table], [joined(row, "prc_num1", "prc_num2", "prc_num3") for row in table]
    connection = sqlite3.connect(":memory:")
    city_of(connection, CityName("鹿児島県", "屋久島町", "熊毛郡"), "lot", towns, numbers)
    special = [(t, n) for t, n in zip(towns, numbers, strict=True) if not n.replace("-", "").isdigit()]
    assert len(special) > 30
    for (town, number), between in itertools.product(special, ("-", "番地", "番の")):
        found = search(connection, f"鹿児島県熊毛郡屋久島町{town}{number.replace('-', between, 1)}")
        assert (found.result, found.hits[0].entry.town, found.hits[0].entry.number) == ("exact", town, number)


def test_towns_of_a_neighbour_are_never_ours_and_ours_are_never_a_neighbour_s(shared_data: Path) -> None:
    archive = zipfile.ZipFile(shared_data / "isj/45000-17.0b.zip")
    name = next(n for n in archive.namelist() if n.endswith(".csv"))
    towns: dict[str, list[str]] = {}
    for row in csv.DictReader(io.TextIOWrapper(archive.open(name), "cp932")):
        towns.setdefault(row["市区町村名"], []).append(row["大字町丁目名"])
    cities = sorted(towns)
    for ours, theirs in itertools.pairwise(cities[:9]):
        county, mark, city = ours.rpartition("郡")
        connection = register(CityName("宮崎県", city, county + mark), towns[ours], [(t, "12-3") for t in towns[ours]])
        assert {search(connection, f"{t}12番3号").result for t in towns[ours]} == {"exact"}
        assert {search(connection, f"{before}{theirs}{t}12番3号").result for t in towns[theirs] for before in ("", "宮崎県")} == {"nothing"}
