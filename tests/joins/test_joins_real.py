"""Real house numbers and lots (left out where the data are not beside the checkout): every one meets itself in other spellings, and no other."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gispipe.address.entries import CityName
from gispipe.joins.forms import Comparison
from gispipe.joins.key import join_by_key

CITY = CityName("和歌山県", "和歌山市")
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
KANJI = "〇一二三四五六七八九"


def rows(path: Path, *number: str, **wanted: str) -> list[tuple[str, str]]:
    """Return (town, number) of a registry table, each once."""
    archive = zipfile.ZipFile(path)
    table = csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8"))
    return list(dict.fromkeys((row["oaza_cho"] + row["chome"] + row["koaza"], "-".join(row[name] for name in number if row[name]))
                              for row in table if all(row[name] == value for name, value in wanted.items())))


def column(texts: list[str]) -> np.ndarray:
    return np.array([*texts, None], dtype=object)[:-1]


def digits(town: str) -> str:
    """Write the chome of a town in digits."""
    return f"{town[:-3]}{KANJI.index(town[-3])}丁目" if town.endswith("丁目") and town[-3] in KANJI else town


@pytest.mark.parametrize("written", [
    lambda town, number: f"和歌山県和歌山市{town}{number.replace('-', '番', 1)}号", lambda town, number: town.replace("丁目", "-") + number,
    lambda town, number: f"{digits(town)}{number}".translate(WIDE)], ids=["in full", "with hyphens", "in full width"])
def test_real_house_numbers_meet_themselves(shared_data: Path, written: Callable[[str, str], str]) -> None:
    houses = rows(shared_data / "abr/mt_rsdtdsp_rsdt_pref30.csv.zip", "blk_num", "rsdt_num", "rsdt_num2", lg_code="302015")[::5]
    left = pd.DataFrame({"k": column([town + number for town, number in houses])})
    right = pd.DataFrame({"k": column([written(town, number) for town, number in houses]), "v": range(len(houses))})
    joined = join_by_key(left, right, ["k"], ["v"], "w", how=Comparison("address", False, CITY))
    assert joined.columns["v"].tolist() == list(range(len(houses))) and len(houses) > 6000


def test_real_lots_meet_themselves_and_those_with_letters_too(shared_data: Path) -> None:
    lots = rows(shared_data / "abr/mt_parcel_city465054.csv.zip", "prc_num1", "prc_num2", "prc_num3", ablt_date="")
    left = pd.DataFrame({"t": column([town for town, _ in lots]), "l": column([number for _, number in lots])})
    right = pd.DataFrame({"t": left["t"], "l": column([number.replace("-", "番地", 1).translate(WIDE) for _, number in lots]), "v": range(len(lots))})
    joined = join_by_key(left, right, ["t", "l"], ["v"], "w", how=Comparison("lot"))
    assert joined.columns["v"].tolist() == list(range(len(lots))) and len(lots) > 80_000
