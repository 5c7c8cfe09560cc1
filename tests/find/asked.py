"""Registers as search files in a page of a browser, and what the register itself says to the same questions."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gispipe.address import CityName, Found, Register, begin_register, finish_register, search, write_columns
from gispipe.address.entries import Hit
from gispipe.find.columns import register_columns
from gispipe.find.tables import tables_script
from gispipe.find.write import Named
from gispipe.find.write import write_columns as write_files
from gispipe.web import pages
from gispipe.web.files import Out
from gispipe.words import Words

from spellings import SPELLINGS, split
from tests.browser import OpenPage, open_page, serve_folder

ASK = """async ([index, questions]) => {
    const register = new gispipe.Register(location.origin + '/', index);
    const answers = [];
    for (const text of JSON.parse(questions)) answers.push(await register.search(text));
    return JSON.stringify(answers);
}"""
HIT = ("kind", "name", "town", "number", "lon", "lat", "layer", "feature", "kana", "note", "also")


def write_page(folder: Path) -> None:
    """Write a page that has the scripts of the address reader and nothing else."""
    scripts = "\n".join((pages.HERE / "js" / f"{name}.js").read_text("utf-8") for name in ("base/sha256", *pages.FINDING))
    (folder / "find.js").write_bytes(tables_script() + scripts.encode())
    (folder / "index.html").write_text('<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>台帳</title><link rel="icon" href="data:,"><script src="find.js"></script>', "utf-8")


def files_of(connection: sqlite3.Connection, folder: Path, beside: Iterable[Named] = ()) -> str:
    """Write the search files of a register and return the address of their index."""
    address = write_files(Out(folder), register_columns(connection), list(beside), {})
    assert address is not None
    return address


@contextmanager
def opened(folder: Path) -> Iterator[OpenPage]:
    """Open the page of a folder of search files."""
    write_page(folder)
    with serve_folder(folder) as url, open_page(url + "index.html") as page:
        yield page


def answers_in(page: OpenPage, index: str, questions: list[str]) -> list[dict[str, Any]]:
    """Return what the page answers, as `plain` says it."""
    return [_page(one) for one in json.loads(page.tab.evaluate(ASK, [index, json.dumps(questions)]))]


def differences(page: OpenPage, index: str, register: Register | sqlite3.Connection, questions: list[str]) -> list[tuple[str, object, object]]:
    """Return the questions that page and register answer differently, with both answers."""
    pairs = zip(questions, answers_in(page, index, questions), strict=True)
    return [(text, own, other) for text, own in pairs if own != (other := plain(search(register, text)))]


def plain(found: Found) -> dict[str, Any]:
    """Return an answer as the page gives it: positions to 8 decimals, None for none."""
    return {"result": found.result, "hits": [_hit(hit) for hit in found.hits], "rest": found.rest, "read_as": found.read_as, "reason": _words(found.reason), "unread": found.unread}


def _hit(hit: Hit) -> dict[str, Any]:
    one = hit.entry
    return {"kind": hit.kind, "name": one.name, "town": one.town, "number": one.number, "lon": _degrees(one.lon), "lat": _degrees(one.lat), "layer": one.layer, "feature": one.feature,
            "kana": one.kana, "note": _words(hit.note), "also": list(hit.also)}


def _words(words: Words | None) -> dict[str, str] | None:
    return words.both() if words else None


def _degrees(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 8)


def _page(one: dict[str, Any]) -> dict[str, Any]:
    def said(sentence: dict[str, Any] | None) -> dict[str, str] | None:
        return sentence and {"en": sentence["en"], "ja": sentence["ja"]}

    hits = [{name: said(hit[name]) if name == "note" else _degrees(hit[name]) if name in ("lon", "lat") else hit[name] for name in HIT} for hit in one["hits"]]
    return {**{name: one[name] for name in ("result", "rest", "read_as", "unread")}, "hits": hits, "reason": said(one["reason"])}


def demo_register(sources: Path) -> sqlite3.Connection:
    """Return the register of the demo city's houses, lots, schools, public facilities and emergency sites."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    begin_register(connection, CityName("架空県", "みずほ野市"))
    houses = _rows((sources / "address/address.csv").read_text("cp932"))
    towns = sorted({row["町名"] for row in houses})
    write_columns(connection, "town", "town", towns, towns, [""] * len(towns), [136.5 + k / 1000 for k in range(len(towns))], [33.8] * len(towns), range(len(towns)), area=True)
    _numbers(connection, "address", "address", [row["住所"] for row in houses], [row["町名"] for row in houses], [f"{row['街区符号']}-{row['住居番号']}" for row in houses],
             [(row["経度"], row["緯度"]) for row in houses])
    lots = {row["prc_id"]: row for row in _zipped(sources / "abr/mt_parcel_city992011.csv.zip")}
    places = list(_zipped(sources / "abr/mt_parcel_pos_city992011.csv.zip"))
    named = [lots[row["prc_id"]] for row in places]
    oaza, numbers = [row["oaza_cho"] + row["chome"] for row in named], ["-".join(filter(None, (row["prc_num1"], row["prc_num2"], row["prc_num3"]))) for row in named]
    _numbers(connection, "lot", "abr_parcel", [t + n for t, n in zip(oaza, numbers, strict=True)], oaza, numbers, [(row["rep_lon"], row["rep_lat"]) for row in places])
    for layer, path, name, kana in (("public_facility", "public/facility.csv", "名称", "名称_カナ"), ("primary_school", "school/primary.csv", "学校名", "学校名_カナ"),
                                    ("emergency_site", "shelter/99201_2.csv", "施設・場所名", "")):
        rows = _rows((sources / path).read_text("utf-8-sig"))
        write_columns(connection, "facility", layer, [row[name] for row in rows], [""] * len(rows), [""] * len(rows), *_places([(row["経度"], row["緯度"]) for row in rows]), range(len(rows)),
                      [row.get(kana, "") for row in rows])
    finish_register(connection)
    return connection


def _numbers(connection: sqlite3.Connection, kind: str, layer: str, names: list[str], towns: list[str], numbers: list[str], places: list[tuple[str, str]]) -> None:
    write_columns(connection, kind, layer, names, towns, numbers, *_places(places), range(len(names)))


def _places(places: list[tuple[str, str]]) -> tuple[list[float], list[float]]:
    return [round(float(x), 8) for x, _ in places], [round(float(y), 8) for _, y in places]


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _zipped(path: Path) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        yield from csv.DictReader(io.TextIOWrapper(archive.open(archive.namelist()[0]), "utf-8-sig"))


LETTERS = "架空県みずほ野市町村区字大一二三十百0123456789-－ー番地号丁目のノヶケ甲乙イ●\ufffd（）・ 　abcA？!😀𠮷\ue000ΣßıİÅ"


def questions_of(register: Register, seed: int, count: int) -> list[str]:
    """Return questions as people write them, and as they mistype them: names and numbers of a register in every spelling, in part, changed, and letters at random."""
    rng = random.Random(seed)
    rows = register.connection.execute("SELECT t.name, coalesce(n.number, n.key), n.name FROM register_number n JOIN register_town t ON t.id = n.town ORDER BY n.rowid").fetchall()
    towns = register.connection.execute("SELECT name, kana FROM register_town ORDER BY id").fetchall()
    places = [name for row in register.connection.execute("SELECT name, kana FROM register_facility ORDER BY rowid") for name in row if name]
    found = []
    while len(found) < count:
        town, number, name = rng.choice(rows) if rows else (rng.choice(towns)[0] if towns else "見本町", "1-1", rng.choice(places))
        parts, stem = number.split("-"), split(town)[0]
        dice = rng.random()
        if dice < 0.3 and len(parts) == 2 and all(map(str.isdigit, parts)):
            found.append(SPELLINGS[rng.choice(list(SPELLINGS))](*split(town), int(parts[0]), int(parts[1])))
        elif dice < 0.5:
            found.append(rng.choice([f"{stem}{number}", f"{stem[rng.randrange(len(stem)):]}{number}", f"{town}{rng.randrange(200)}-{rng.randrange(400)}", f"{town}{parts[0]}", f"{town}{number}番地"]))
        elif dice < 0.6:
            written = rng.choice([one for one in (rng.choice(towns) if towns else [town]) if one])
            found.append(written[:rng.randrange(1, len(written) + 1)] + rng.choice(["", "", "地番", "9999", "99丁目1-1", "●", "0"]))
        elif dice < 0.75 and places:
            place = rng.choice(places)
            at = rng.randrange(len(place))
            found.append(rng.choice([place, place[at:at + rng.randrange(1, 9)]]))
        elif dice < 0.95:
            found.append(_mistyped(rng, rng.choice([name, f"{town}{number}", f"{register.municipality.city.city}{name}", rng.choice(places or [town])])))
        else:
            found.append("".join(rng.choice(LETTERS) for _ in range(rng.randrange(1, 16))))
    return found


def _mistyped(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text)) if text else 0
    return rng.choice([text[:at] + text[at + 1:], text[:at] + rng.choice("●\ufffd?町市字一2-ー の丁目番号甲") + text[at:], text[:at] + rng.choice("●\ufffd1三") + text[at + 1:], text[:at], text[at:]])
