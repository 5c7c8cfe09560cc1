"""Internal ledgers that join to lots, houses and addresses. Every person and house in them is invented."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.demo.base_tables import addresses
from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY, generator
from gispipe.demo.misspelt import SPELLINGS, misspelt_lots
from gispipe.demo.naming import FIRMS, GIVEN, SURNAMES
from gispipe.demo.tables import Table

# planted in the owner column; the gate stops a release in which one of them turns up
CANARIES = ("カナリア原甲七七七号", "CANARY-OWNER-7F3A91", "金糸雀林乙一二三番")
UNKNOWN_ROWS, MISSING_ROWS, SHARED_HOUSES, GONE_HOUSES = 7, 11, 3, 4
PREFECTURE = "架空県"
STRUCTURES = np.array(["木造", "鉄骨造", "鉄筋コンクリート造"], object)


def _owners(count: int, rng: np.random.Generator) -> np.ndarray:
    names = np.array([f"{s}{g}" for s in SURNAMES for g in GIVEN] + FIRMS, object)
    owners = names[rng.integers(0, len(names), count)]
    at = np.linspace(count // 9, count - count // 7, len(CANARIES)).astype(int)
    owners[at] = CANARIES
    return owners


def ledger_tables(demo: Demo) -> list[Table]:
    """Return tax ledger, water meters, houses and households.

    A few rows meet nothing, on both sides: one of each kind that a clerk's ledger has.
    """
    return [*_lot_ledgers(demo), _houses(demo), _households(demo)]


def _lot_ledgers(demo: Demo) -> list[Table]:
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
    survey = np.where(built, _survey(rows), "").astype(object)
    garden = np.flatnonzero(~built[1:] & built[:-1])[:SHARED_HOUSES]
    survey[garden + 1] = survey[garden]  # a house and its garden on two lots
    town_all = np.concatenate([town[rows], np.repeat(town[rows[:1]], UNKNOWN_ROWS)])
    lot_all = np.concatenate([demo.lot_number[rows], np.array([f"9{k:03d}-1" for k in range(UNKNOWN_ROWS)], object)])
    count = len(lot_all)

    def pad(values: np.ndarray, fill: object) -> np.ndarray:
        return np.concatenate([values.astype(object), np.full(UNKNOWN_ROWS, fill, object)])

    owners = _owners(count, rng)
    town_all, lot_all = misspelt_lots(town_all, lot_all)
    tax = Table("internal/ledger.xlsx", "xlsx", {
        "町名": town_all, "地番": lot_all, "所有者氏名": owners,
        "課税区分": pad(np.where(built, "宅地", "その他").astype(object), "その他"),
        "評価額": pad(value.astype(int), 0), "家屋調査番号": pad(survey, "")})
    metered = rows[built]
    meters = Table("internal/water_meter.csv", "csv-sjis", {
        "町名": town[metered], "地番": demo.lot_number[metered],
        "水栓番号": np.array([f"W{k + 1:07d}" for k in metered], object),
        "口径": np.array([13, 20, 25])[rng.choice(3, len(metered), p=[0.3, 0.6, 0.1])]})
    return [tax, meters]


def _survey(lots: np.ndarray) -> np.ndarray:
    return np.char.add("K-", np.char.zfill((lots + 1).astype(str), 6))


def _houses(demo: Demo) -> Table:
    """Return the main house of every built lot, its number as one office writes it and as another does."""
    b, rng = demo.buildings, generator(demo.seed, 41)
    lot, first = np.unique(b.lot, return_index=True)
    number = _survey(lot).astype(object)
    written = rng.random(len(number))
    number = np.where(written < 0.08, np.array([n.replace("-", "") for n in number], object), number)
    number = np.where(written > 0.95, np.array([f"Ｋ－{n[-6:].lstrip('0')}" for n in number], object), number)
    floor = np.maximum(np.round(shapely.area(b.shape[first]) * b.floors[first] * 0.95, 2), 9.9)
    structure = np.where(b.solid[first], 2, np.where(rng.random(len(first)) < 0.85, 0, 1))
    number[5], number[len(number) // 2] = "K-9" + str(number[5])[-5:], ""
    gone = np.array([f"K-{900_000 + 37 * k}" for k in range(GONE_HOUSES)], object)
    again = np.arange(len(number) - GONE_HOUSES, len(number))
    take = np.concatenate([np.arange(len(number)), again])
    return Table("internal/house.csv", "csv-sjis", {
        "家屋調査番号": np.concatenate([number, gone]), "構造": STRUCTURES[structure[take]], "建築年": b.year[first][take], "床面積": floor[take]})


def _households(demo: Demo) -> Table:
    """Return households and inhabitants of every address, written as people write an address; no names."""
    rng = generator(demo.seed, 42)
    columns = addresses(demo)[1]
    chosen = rng.choice(len(SPELLINGS), len(columns["住所"]), p=[one.share for one in SPELLINGS])
    pairs = zip(columns["町名"].tolist(), columns["街区符号"].tolist(), columns["住居番号"].tolist(), chosen.tolist(), strict=True)
    written = np.array([SPELLINGS[k].write(f"{PREFECTURE}{CITY}", town, block, number) for town, block, number, k in pairs], object)
    homes = 1 + rng.poisson(0.25, len(written))
    written[3] = f"{columns['住所'][3]} 汐路荘201号室"
    written[7] = columns["町名"][7]
    slip = int(np.flatnonzero(columns["住居番号"] >= 10)[11])
    written[slip] = f"{columns['町名'][slip]}{columns['街区符号'][slip]}番9{columns['住居番号'][slip]}号"
    written[13] = f"旧字天神前{columns['街区符号'][13]}番{columns['住居番号'][13]}号"
    written[17] = ""
    written[19] = f"{columns['町名'][19]}988番77号"
    return Table("internal/household.csv", "csv-sjis", {"住所": written, "世帯数": homes, "人数": homes + rng.poisson(1.3 * homes)})
