"""The whole demo city as arrays: each step once, in order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.buildings import Buildings, make_buildings
from gispipe.demo.districts import make_superblocks
from gispipe.demo.frame import Size, generator
from gispipe.demo.hazards import Slides, Water, make_slides, make_water
from gispipe.demo.lots import Lots, make_lots
from gispipe.demo.network import Network, make_network
from gispipe.demo.streets import fill_superblocks, street_lines
from gispipe.demo.terrain import Terrain, make_terrain
from gispipe.demo.towns import Towns, make_towns


@dataclass(frozen=True, eq=False)
class Demo:
    """Everything the tables are made from; local frame, metres."""

    size: Size
    seed: int
    terrain: Terrain
    network: Network
    collectors: np.ndarray     # lines
    street: np.ndarray         # lines of local streets
    street_width: np.ndarray
    lots: Lots
    towns: Towns
    block_town: np.ndarray
    block_number: np.ndarray   # 街区符号
    lot_number: np.ndarray     # 地番
    buildings: Buildings
    water: Water
    slides: Slides


def inside(areas: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return for each point the first area that it lies in, or -1."""
    point, area = shapely.STRtree(areas).query(points, predicate="intersects")
    found = np.full(len(points), -1)
    # the lowest index wins; written last because later assignments overwrite
    order = np.lexsort((-area, point))
    found[point[order]] = area[order]
    return found


def _number_blocks(lots: Lots, block_town: np.ndarray) -> np.ndarray:
    """Number the blocks of each town from 1 in rows from the north-west."""
    xy = shapely.get_coordinates(shapely.point_on_surface(lots.block))
    order = np.lexsort((np.round(xy[:, 0], 1), -np.round(xy[:, 1] / 60), block_town))
    town = block_town[order]
    start = np.concatenate([[0], np.flatnonzero(np.diff(town)) + 1])
    within = np.arange(len(town)) - np.repeat(start, np.diff(np.append(start, len(town))))
    number = np.empty(len(town), int)
    number[order] = within + 1
    return number


def _number_lots(lots: Lots, block_number: np.ndarray, seed: int) -> np.ndarray:
    """Return lot numbers such as 123-4: the main number belongs to the block, branches were split off later."""
    rng = generator(seed, 12)
    first = np.searchsorted(lots.lot_block, np.arange(len(lots.block)))
    within = np.arange(len(lots.lot)) - first[lots.lot_block]
    count = np.bincount(lots.lot_block, minlength=len(lots.block))
    main = 100 + block_number[lots.lot_block]
    alone = count[lots.lot_block] == 1
    twig = rng.random(len(lots.lot)) < 0.03
    text = np.where(alone, main.astype(str), np.char.add(np.char.add(main.astype(str), "-"), (within + 1).astype(str)))
    return np.where(twig & ~alone, np.char.add(text, "-1"), text).astype(object)


def make_city(size: Size, seed: int) -> Demo:
    """Make the city of this size and seed."""
    terrain = make_terrain(size, seed)
    network = make_network(size, terrain, seed)
    superblocks, collectors, _ = make_superblocks(size, terrain, network, seed)
    blocks, streets = fill_superblocks(superblocks, seed)
    lots = make_lots(blocks, network, seed)
    street, width, _ = street_lines(streets, network)
    towns = make_towns(size, terrain, network, collectors, seed)
    block_town = inside(towns.shape, shapely.point_on_surface(lots.block))
    # a block whose middle falls on no town (a hair outside the limit) takes the nearest
    lost = np.flatnonzero(block_town < 0)
    block_town[lost] = shapely.STRtree(towns.shape).nearest(shapely.centroid(lots.block[lost]))
    number = _number_blocks(lots, block_town)
    built = shapely.intersection(collectors, shapely.buffer(shapely.union_all(network.inner), 9.0))
    collectors = shapely.get_parts(built)
    return Demo(size, seed, terrain, network, collectors[shapely.length(collectors) > 8], street, width, lots, towns,
                block_town, number, _number_lots(lots, number, seed), make_buildings(lots, seed),
                make_water(size, terrain, network, lots, seed), make_slides(size, terrain, network, seed))
