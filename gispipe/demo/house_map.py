"""The bought house map: every house with the name on its door. Who made it owns it, and every name in it is invented."""

from __future__ import annotations

import numpy as np

from gispipe.demo.city import Demo
from gispipe.demo.frame import generator
from gispipe.demo.naming import FIRMS, SURNAMES
from gispipe.demo.tables import Table

EMPTY = 0.06
"""Share of houses without a name on the door."""


def house_map_tables(demo: Demo) -> list[Table]:
    """Return the outlines of houses with the names on their doors."""
    rng, houses = generator(demo.seed, 74), demo.buildings
    names = np.array(SURNAMES, object)[rng.integers(0, len(SURNAMES), len(houses.shape))]
    work = np.array(FIRMS, object)[rng.integers(0, len(FIRMS), len(houses.shape))]
    kind = demo.lots.block_kind[demo.lots.lot_block[houses.lot]].astype(str)
    names = np.where(np.isin(kind, ["commercial", "industrial"]), work, names)
    names = np.where(rng.random(len(names)) < EMPTY, "", names)
    number = np.array([f"H{k + 1:07d}" for k in range(len(names))], object)
    return [Table("internal/house_map.shp", "shp", {"整理番号": number, "表札": names, "階数": houses.floors}, houses.shape, "Polygon")]
