"""Internal ledgers that join to the lots: tax and water meters. Every person in them is invented."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.city import Demo
from gispipe.demo.frame import generator
from gispipe.demo.naming import FIRMS, GIVEN, SURNAMES
from gispipe.demo.tables import Table

# planted in the owner column; the gate stops a release in which one of them turns up
CANARIES = ("カナリア原甲七七七号", "CANARY-OWNER-7F3A91", "金糸雀林乙一二三番")
UNKNOWN_ROWS, MISSING_ROWS = 7, 11


def _owners(count: int, rng: np.random.Generator) -> np.ndarray:
    names = np.array([f"{s}{g}" for s in SURNAMES for g in GIVEN] + FIRMS, object)
    owners = names[rng.integers(0, len(names), count)]
    at = np.linspace(count // 9, count - count // 7, len(CANARIES)).astype(int)
    owners[at] = CANARIES
    return owners


def ledger_tables(demo: Demo) -> list[Table]:
    """Return the tax ledger and the water meters; a few rows meet no lot and a few lots have no row."""
    rng = generator(demo.seed, 40)
    lots = demo.lots
    town = demo.towns.name[demo.block_town[lots.lot_block]]
    key = np.array([f"{t}\t{n}" for t, n in zip(town, demo.lot_number, strict=True)])
    once = np.sort(np.unique(key, return_index=True)[1])
    rows = np.sort(rng.permutation(once)[MISSING_ROWS:])
    area = shapely.area(lots.lot[rows])
    built = np.isin(rows, demo.buildings.lot)
    commercial = lots.block_kind[lots.lot_block[rows]].astype(str) == "commercial"
    value = (area * np.where(commercial, 182_000, np.where(built, 61_000, 9_000)) * rng.uniform(0.85, 1.15, len(rows)) / 1000).round() * 1000
    survey = np.where(built, np.char.add("K-", np.char.zfill((rows + 1).astype(str), 6)), "").astype(object)
    town_all = np.concatenate([town[rows], np.repeat(town[rows[:1]], UNKNOWN_ROWS)])
    lot_all = np.concatenate([demo.lot_number[rows], np.array([f"9{k:03d}-1" for k in range(UNKNOWN_ROWS)], object)])
    count = len(lot_all)

    def pad(values: np.ndarray, fill: object) -> np.ndarray:
        return np.concatenate([values.astype(object), np.full(UNKNOWN_ROWS, fill, object)])

    tax = Table("internal/ledger.xlsx", "xlsx", {
        "町名": town_all, "地番": lot_all, "所有者氏名": _owners(count, rng),
        "課税区分": pad(np.where(built, "宅地", "その他").astype(object), "その他"),
        "評価額": pad(value.astype(int), 0), "家屋調査番号": pad(survey, "")})
    metered = rows[built]
    meters = Table("internal/water_meter.csv", "csv-sjis", {
        "町名": town[metered], "地番": demo.lot_number[metered],
        "水栓番号": np.array([f"W{k + 1:07d}" for k in metered], object),
        "口径": np.array([13, 20, 25])[rng.choice(3, len(metered), p=[0.3, 0.6, 0.1])]})
    return [tax, meters]
