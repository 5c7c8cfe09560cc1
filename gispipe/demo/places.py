"""Points of public life: where each school, hall, station and park is, with name and address."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.city import Demo, inside
from gispipe.demo.frame import CITY, generator
from gispipe.demo.hazards import DEPTHS, rank


@dataclass(frozen=True)
class Places:
    """Facilities of one kind."""

    name: np.ndarray
    kana: np.ndarray
    address: np.ndarray
    point: np.ndarray


def stem(town: object) -> str:
    """Return the town's name without its chome."""
    name = str(town)
    for cut in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十"):
        if name.endswith("丁目") and cut in name:
            return name[:name.index(cut)]
    return name


def address_of(demo: Demo, point: np.ndarray) -> np.ndarray:
    """Return a written address for points: town and block sign."""
    block = shapely.STRtree(demo.lots.block).nearest(point)
    town = demo.towns.name[demo.block_town[block]]
    return np.array([f"{CITY}{t}{s}番" for t, s in zip(town, demo.block_number[block], strict=True)], object)


_SIDES = [("", ""), ("東", "ひがし"), ("西", "にし"), ("南", "みなみ"), ("北", "きた"), ("中央", "ちゅうおう")]


def _named(demo: Demo, point: np.ndarray, suffix: str, kana: str) -> Places:
    town = demo.block_town[shapely.STRtree(demo.lots.block).nearest(point)]
    names: list[str] = []
    readings: list[str] = []
    seen: dict[str, int] = {}
    for t in town:
        base, reading = stem(demo.towns.name[t]), re.sub(r"[0-9]+ちょうめ$", "", str(demo.towns.kana[t]))
        seen[base] = seen.get(base, 0) + 1
        side, reads = _SIDES[seen[base] - 1] if seen[base] <= len(_SIDES) else (f"第{seen[base]}", f"だい{seen[base]}")
        names.append(f"{base}{side}{suffix}")
        readings.append(f"{reading}{reads}{kana}")
    return Places(np.array(names, object), np.array(readings, object), address_of(demo, point), point)


def reserved(demo: Demo, kind: str, suffix: str, kana: str) -> Places:
    """Return the places on the blocks kept for one use, largest blocks only."""
    blocks = demo.lots.block[demo.lots.block_kind == kind]
    return _named(demo, shapely.point_on_surface(blocks), suffix, kana)


def halls(demo: Demo) -> Places:
    """Return one community centre for each neighbourhood association with homes, on a built lot."""
    rng = generator(demo.seed, 50)
    block_town = demo.block_town[demo.lots.lot_block[demo.buildings.lot]]
    group = demo.towns.neighborhood[block_town]
    usual = np.isin(demo.buildings.use.astype(str), ["住宅", "店舗併用"])
    chosen = []
    for k in range(int(group.max()) + 1):
        mine = np.flatnonzero((group == k) & usual)
        if len(mine) > 25:
            chosen.append(mine[int(rng.integers(len(mine)))])
    return _named(demo, shapely.point_on_surface(demo.buildings.shape[chosen]), "会館", "かいかん")


def scattered(demo: Demo, count: int, subject: int, suffix: str, kana: str, kinds: tuple[str, ...] = ()) -> Places:
    """Return `count` places at buildings spread over the city."""
    rng = generator(demo.seed, subject)
    kind = demo.lots.block_kind[demo.lots.lot_block[demo.buildings.lot]].astype(str)
    allowed = np.flatnonzero(np.isin(kind, kinds) if kinds else kind != "farm")
    chosen = np.sort(rng.choice(allowed, min(count, len(allowed)), replace=False))
    return _named(demo, shapely.point_on_surface(demo.buildings.shape[chosen]), suffix, kana)


def sample(demo: Demo, values: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return the value of the water grid's cell under each point."""
    grid = demo.water.grid
    x, y = shapely.get_coordinates(point).T
    column = np.clip(((x - grid.x0) / grid.step + 0.5).astype(int), 0, grid.columns - 1)
    row = np.clip(((y - grid.y0) / grid.step + 0.5).astype(int), 0, grid.rows - 1)
    return values[row, column]


def safe(demo: Demo, point: np.ndarray, floors: np.ndarray) -> dict[str, np.ndarray]:
    """Return for each point which hazards it may be designated for; 1 or empty, as in the national files."""
    def flag(ok: np.ndarray) -> np.ndarray:
        return np.where(ok, "1", "").astype(object)

    flood = rank(np.maximum(*demo.water.flood), DEPTHS)
    dry = sample(demo, flood, point) <= np.where(floors >= 3, 2, 0)
    sea = sample(demo, rank(demo.water.surge, DEPTHS), point) <= np.where(floors >= 3, 2, 0)
    wave = sample(demo, rank(demo.water.tsunami, DEPTHS), point) == 0
    slope = inside(demo.slides.shape, point) < 0
    inland = sample(demo, rank(demo.water.inland, DEPTHS), point) <= np.where(floors >= 2, 1, 0)
    everywhere = np.ones(len(point), bool)
    return {"洪水": flag(dry), "崖崩れ、土石流及び地滑り": flag(slope), "高潮": flag(sea), "地震": flag(everywhere), "津波": flag(wave & sea),
            "大規模な火事": flag(floors >= 3), "内水氾濫": flag(inland), "火山現象": flag(~everywhere)}
