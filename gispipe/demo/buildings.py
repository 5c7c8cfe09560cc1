"""Buildings aligned to their lots, always inside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.frame import generator
from gispipe.demo.lots import Lots
from gispipe.demo.threads import in_parts

# chance of a building, share of the lot's length and depth, setback in metres
HABIT = {
    "commercial": (0.93, 0.86, 0.80, 0.5), "dense": (0.92, 0.80, 0.66, 0.6), "residential": (0.90, 0.70, 0.56, 0.9),
    "suburb": (0.84, 0.68, 0.52, 1.0), "hillside": (0.88, 0.68, 0.54, 1.2), "industrial": (0.93, 0.76, 0.66, 6.0),
    "farm": (0.018, 0.45, 0.22, 2.0), "city_hall": (1, 0.72, 0.42, 6.0), "primary": (1, 0.80, 0.15, 8.0), "junior": (1, 0.80, 0.15, 8.0),
    "hospital": (1, 0.72, 0.55, 6.0), "housing": (1, 0.78, 0.20, 5.0), "shrine": (1, 0.32, 0.24, 6.0), "big_park": (0, 0, 0, 1), "park": (0, 0, 0, 1),
}


@dataclass(frozen=True)
class Buildings:
    """Footprints and what is known of them."""

    shape: np.ndarray
    lot: np.ndarray       # index of the lot
    use: np.ndarray
    floors: np.ndarray
    solid: np.ndarray     # 堅ろう建物
    year: np.ndarray


def _frames(lot: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return centre, the two axes (the first nearest to east) and half extents of each lot's smallest rectangle."""
    box = shapely.get_coordinates(shapely.oriented_envelope(lot)).reshape(len(lot), 5, 2)
    one, two = box[:, 1] - box[:, 0], box[:, 2] - box[:, 1]
    swap = np.abs(one[:, 0]) < np.abs(one[:, 1])
    east, north = np.where(swap[:, None], two, one), np.where(swap[:, None], one, two)
    east = east * np.where(east[:, :1] < 0, -1, 1)
    north = north * np.where(north[:, 1:] < 0, -1, 1)
    le, ln = np.hypot(*east.T), np.hypot(*north.T)
    return box[:, :4].mean(axis=1), east / le[:, None], north / ln[:, None], le / 2, ln / 2


def _footprints(centre: np.ndarray, east: np.ndarray, north: np.ndarray, he: np.ndarray, hn: np.ndarray,
                rng: np.random.Generator, ell: np.ndarray) -> np.ndarray:
    """Return rectangles, or L shapes where `ell`, around the centres."""
    n = len(centre)
    a, b = rng.uniform(0.25, 0.5, n), rng.uniform(0.25, 0.45, n)   # the notch
    side_e, side_n = rng.choice([-1.0, 1.0], n), rng.choice([-1.0, 1.0], n)
    a, b = np.where(ell, a, 0.0), np.where(ell, b, 0.0)
    # unit coordinates; the notch is at (+1, +1) before mirroring
    corner = np.stack([np.stack([-np.ones(n), -np.ones(n)], 1), np.stack([np.ones(n), -np.ones(n)], 1),
                       np.stack([np.ones(n), 1 - 2 * b], 1), np.stack([1 - 2 * a, 1 - 2 * b], 1),
                       np.stack([1 - 2 * a, np.ones(n)], 1), np.stack([-np.ones(n), np.ones(n)], 1)], 1)
    corner[:, :, 0] *= (side_e * he)[:, None]
    corner[:, :, 1] *= (side_n * hn)[:, None]
    ring = centre[:, None] + corner[:, :, :1] * east[:, None] + corner[:, :, 1:] * north[:, None]
    plain = shapely.polygons(ring[:, [0, 1, 2, 5]])
    return np.where(ell, shapely.polygons(ring), plain)


def make_buildings(lots: Lots, seed: int) -> Buildings:
    """Put buildings on the lots: houses to the north with a garden south, slabs, sheds, halls."""
    rng = generator(seed, 9)
    kind = lots.block_kind[lots.lot_block].astype(str)
    chance, share_e, share_n, setback = (np.array([HABIT[k][j] for k in kind], float) for j in range(4))
    area = shapely.area(lots.lot)
    built = (rng.random(len(kind)) < chance) & (area > 45)
    index = np.flatnonzero(built)
    # long sites carry two or three buildings
    many = np.isin(kind[index], ["industrial", "housing", "primary", "junior", "hospital"])
    copies = np.where(many, np.where(kind[index] == "industrial", 2, 3), 1)
    lot = np.repeat(index, copies)
    part = np.concatenate([np.arange(c) for c in copies]) if len(copies) else np.empty(0, int)
    of = np.repeat(copies, copies)
    centre, east, north, he, hn = (value[lot] for value in _frames(lots.lot))
    jitter = rng.uniform(0.90, 1.10, (2, len(lot)))
    long_e = he >= hn
    wide = np.where(long_e, share_e[lot], share_n[lot] * 1.05)
    deep = np.where(long_e, share_n[lot], share_e[lot] * 0.94)
    be, bn = he * wide * jitter[0], hn * deep * jitter[1]
    centre = centre + north * ((hn - bn - setback[lot]).clip(0) * rng.uniform(0.1, 0.75, len(lot)))[:, None]
    spread = (part + 0.5) / of - 0.5
    along = np.where(of > 1, spread, 0.0)
    school = np.isin(kind[lot], ["primary", "junior"])
    slab = np.isin(kind[lot], ["housing"])
    # factories side by side, flats one behind another, a school's main building north and a hall beside the ground
    be = np.where((of > 1) & ~school & ~slab, be / of * 0.9, be)
    centre = centre + east * np.where(~school & ~slab, along * 2 * he * 0.86, 0.0)[:, None]
    centre = centre + north * np.where(slab, along * 1.9 * hn - 0.1 * hn, 0.0)[:, None]
    bn = np.where(slab, 5.6, bn)
    bn = np.where(school & (part == 0), 8.0, np.where(school, 0.14 * hn + 6, bn))
    be = np.where(school & (part == 0), 0.78 * he, be)
    be = np.where(school & (part == 1), 0.24 * he, np.where(school & (part == 2), 0.14 * he, be))
    centre = centre + np.where((school & (part == 0))[:, None], north * (0.12 * hn)[:, None], 0)
    centre = centre + np.where((school & (part > 0))[:, None],
                               east * (np.where(part == 1, 0.66, -0.66) * he)[:, None] - north * (0.75 * hn)[:, None], 0)
    ell = (rng.random(len(lot)) < 0.42) & (of == 1) & (np.minimum(be, bn) > 2.6)
    shape = _footprints(centre, east, north, be, bn, rng, ell)
    room = in_parts(lambda one, by: shapely.buffer(one, by, join_style="mitre"), lots.lot, -np.minimum(setback, 0.12 * np.sqrt(area)))
    shape = in_parts(lambda one, within: shapely.set_precision(shapely.intersection(one, within), 0.001), shape, room[lot])
    single = shapely.get_type_id(shape) == 3
    keep = single & (shapely.area(shape) > 22) & (shapely.area(shape) / shapely.length(shape).clip(1) > 0.9)
    shape, lot, use_kind = shape[keep], lot[keep], kind[lot[keep]]
    size = shapely.area(shape)
    tall = {"commercial": 5, "housing": 5, "hospital": 6, "city_hall": 6, "primary": 3, "junior": 4}
    floors = np.array([tall.get(k, 2) for k in use_kind]) + rng.integers(-1, 2, len(lot))
    floors = np.where(np.isin(use_kind, ["industrial", "farm", "shrine"]), 1, np.clip(floors, 1, 9))
    solid = (floors >= 3) | ((use_kind == "industrial") & (size > 900))
    uses = {"commercial": "商業", "industrial": "工場", "farm": "農業用", "primary": "学校", "junior": "学校", "hospital": "医療",
            "city_hall": "官公庁", "housing": "共同住宅", "shrine": "社寺"}
    use = np.array([uses.get(k, "住宅") for k in use_kind], object)
    use = np.where((use == "住宅") & (rng.random(len(lot)) < 0.06), "店舗併用", use)
    base = {"hillside": 1988, "suburb": 1979, "dense": 1968, "commercial": 1975}
    year = np.array([base.get(k, 1974) for k in use_kind]) + rng.integers(0, 50, len(lot))
    year = np.where(rng.random(len(lot)) < 0.14, rng.integers(2006, 2026, len(lot)), np.minimum(year, 2025))
    return Buildings(shape, lot, use.astype(object), floors.astype(int), solid, year.astype(int))
