"""Inhabitants by town: the columns of 地域・年齢別人口, invented numbers that agree with houses and neighbourhood associations."""

from __future__ import annotations

import numpy as np

from gispipe.demo.base_tables import repeat
from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY, CODE, generator
from gispipe.demo.tables import Table

AGES = (*(f"{age}-{age + 4}歳" for age in range(0, 85, 5)), "85歳以上")
SEXES = ("男性", "女性")
HEADER = ("全国地方公共団体コード", "地域コード", "地方公共団体名", "調査年月日", "地域名", "総人口", *SEXES,
          *(f"{age}の{sex}" for age in AGES for sex in SEXES), "世帯数", "備考")
SHARES = np.array([30, 34, 38, 42, 46, 48, 46, 50, 56, 64, 76, 78, 68, 62, 66, 72, 58, 66]) / 1000
"""About how a Japanese town ages; women live longer."""
PER_HOUSEHOLD = {"farm": 2.6, "suburb": 2.5, "hillside": 2.4, "residential": 2.3, "dense": 2.1, "commercial": 1.8, "industrial": 1.9, "forest": 2.3}


def households(demo: Demo) -> np.ndarray:
    """Return the households of each town: one a building, as the neighbourhood associations count them."""
    return np.bincount(demo.block_town[demo.lots.lot_block[demo.buildings.lot]], minlength=len(demo.towns.shape))


def population_tables(demo: Demo) -> list[Table]:
    """Return the inhabitants of each town by age and sex."""
    rng, homes, towns = generator(demo.seed, 68), households(demo), demo.towns
    size = np.array([PER_HOUSEHOLD[str(kind)] for kind in towns.kind])
    people = np.maximum(np.rint(homes * size * rng.uniform(0.92, 1.08, len(homes))).astype(int), homes)
    women = np.linspace(0.486, 0.62, len(AGES)) * SHARES
    cells = np.column_stack([SHARES - women, women]).ravel()
    ages = np.array([rng.multinomial(count, cells / cells.sum()) for count in people]).reshape(-1, len(AGES), 2)
    counted = {f"{age}の{sex}": ages[:, a, s] for a, age in enumerate(AGES) for s, sex in enumerate(SEXES)}
    count = len(homes)
    columns = {"全国地方公共団体コード": repeat(CODE, count), "地域コード": towns.code, "地方公共団体名": repeat(CITY, count), "調査年月日": repeat("2026-03-31", count),
               "地域名": towns.name, "総人口": people, "男性": ages[:, :, 0].sum(axis=1), "女性": ages[:, :, 1].sum(axis=1), **counted, "世帯数": homes, "備考": repeat("", count)}
    return [Table("population/population.csv", "csv", {name: columns[name] for name in HEADER})]
