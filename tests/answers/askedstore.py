"""A city of a few layers whose kept answers are looked at, and what they are asked."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.catalogue import load_catalogue
from tinycity import CANARY, command, csv_file, shapefile

from asked_layers import LAYERS
from askedcity import BOX, degrees_of, deliver, everything, flood_shapes

FEW = ("flood", "landslide", "pond", "parcel", "town", "site", "road")
LEDGER = '''
[join.ledger]
on = ["town", "lot"]
one_to_one = true
[join.ledger.source]
reader = "csv"
path = "internal/ledger.csv"
encoding = "cp932"
[join.ledger.columns]
town = { from = "町名", type = "str" }
lot = { from = "地番", type = "str" }
tax = { from = "課税", type = "str" }
'''


def few_layers(city: Path) -> Path:
    """Write a city of a few layers, whose lots join a ledger."""
    deliver(city, {name: LAYERS[name] + (LEDGER if name == "parcel" else "") for name in FEW})
    write_ledger(city)
    return city


def write_ledger(city: Path, *more: list[str]) -> None:
    rows = [[str(row["town"]), str(row["lot"]), "課税"] for row in everything()["parcel"][1]]
    csv_file(city / "sources/internal/ledger.csv", [["町名", "地番", "課税"], *rows, *more], "cp932")


def answers_of(city: Path) -> dict[str, str]:
    """Return every answer file with its hash."""
    files = (path for audience in ("internal", "public") for path in (city / "output/store" / audience / "answers").iterdir())
    return {f"{path.parent.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def times_of(city: Path) -> dict[str, int]:
    files = (path for audience in ("internal", "public") for path in (city / "output/store" / audience / "answers").iterdir())
    return {f"{path.parent.parent.name}/{path.name}": path.stat().st_mtime_ns for path in files}


def cards(city: Path) -> list[dict[str, Any]]:
    answers = Answers(load_catalogue(city), "public")
    return [look_up(answers, text) for text in (degrees_of(50, 70), degrees_of(770, 370), "地番:青葉一丁目1-1", "地番:青葉二丁目12-13", degrees_of(650, 100))]


def state(city: Path, where: tuple[float, float], layer: str) -> str:
    return next(one["state"] for one in look_up(Answers(load_catalogue(city), "public"), degrees_of(*where))["hazards"] if one["id"] == layer)


def worst(city: Path, where: str | tuple[float, float], layer: str) -> object:
    text = where if isinstance(where, str) else degrees_of(*where)
    return next(one["worst"]["value"] for one in look_up(Answers(load_catalogue(city), "public"), text)["hazards"] if one["id"] == layer)


def run(city: Path, *layers: str) -> int:
    return command(["ingest", *layers, "--city", str(city), "--quiet"])


def flood_delivery(city: Path, ranks: list[str], shapes: list[Any] | None = None) -> None:
    shapes = flood_shapes() if shapes is None else shapes
    rivers = [river for _, _, river in BOX["flood"]] + ["小川"]
    shapefile(city / "sources/flood/flood.shp", shapes, {"A31a_205": ranks, "A31a_202": rivers[:len(ranks)], "庁内メモ": [CANARY] * len(ranks)})
