"""Sheets of the aerial photos: what lies under each pixel, burnt once and coloured for every year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import rasterio.features
import shapely
from rasterio import Affine

from gispipe.demo.city import Demo
from gispipe.demo.fields import blotches, mappings
from gispipe.demo.frame import generator

# ground indices before the lots, with their colours
LEVEL = [("sea", (52, 78, 92)), ("land", (146, 142, 122)), ("road", (148, 147, 145)), ("bank", (122, 138, 86)), ("river", (66, 92, 98)),
         ("rail", (128, 112, 98)), ("bridge", (168, 166, 162)), ("wood", (66, 88, 52))]
INDEX = {name: k for k, (name, _) in enumerate(LEVEL)}


@dataclass(frozen=True)
class Sheet:
    """One sheet; arrays are (rows, columns), row 0 in the north."""

    name: str
    west: float
    north: float
    ground: np.ndarray    # index into the ground colours
    roof: np.ndarray      # building + 1, or 0
    trees: np.ndarray
    relief: np.ndarray    # brightness from the slope, about 1
    grain: np.ndarray     # noise to add


@dataclass(frozen=True)
class _Paint:
    """Areas to burn in order, with the value each gives."""

    area: np.ndarray
    value: np.ndarray


def _steps(demo: Demo) -> list[_Paint]:
    net, lots = demo.network, demo.lots

    def one(name: str, areas: object) -> _Paint:
        polygons = shapely.get_parts(np.atleast_1d(np.asarray(areas, object)))
        polygons = polygons[shapely.get_type_id(polygons) == 3]
        return _Paint(polygons, np.full(len(polygons), INDEX[name]))

    bridges = shapely.intersection(shapely.buffer(net.roads, net.road_width / 2), shapely.union_all(net.banks))
    # inside the city everything that is no lot, wood, bank or railway is road
    return [one("land", net.land), one("road", net.limit), _Paint(lots.lot, len(LEVEL) + np.arange(len(lots.lot))),
            one("wood", net.forest), one("bank", net.banks), one("river", net.water),
            one("rail", shapely.buffer(net.railway, 7.0)), one("bridge", bridges)]


def _relief(demo: Demo, west: float, north: float, shape: tuple[int, int]) -> np.ndarray:
    step, pixel = 8, demo.size.photo_pixel
    x = west + pixel * step * np.arange(shape[1] // step + 2)
    y = north - pixel * step * np.arange(shape[0] // step + 2)
    dy, dx = np.gradient(demo.terrain.height(x[None], y[:, None]), pixel * step)
    shade = np.clip(1 - 0.8 * (dx + dy), 0.6, 1.35).astype(np.float32)
    return np.repeat(np.repeat(shade, step, 0), step, 1)[:shape[0], :shape[1]]


def make_sheets(demo: Demo) -> Iterator[Sheet]:
    """Burn the city sheet by sheet, west to east and north to south."""
    steps = _steps(demo)
    steps.append(_Paint(demo.buildings.shape, np.arange(1, len(demo.buildings.shape) + 1)))
    shapes = [mappings(step.area) for step in steps]
    trees = [shapely.STRtree(step.area) for step in steps]
    kind = demo.lots.block_kind[demo.lots.lot_block].astype(str)
    planted = np.concatenate([np.zeros(len(LEVEL), bool), ~np.isin(kind, ["primary", "junior", "farm"])])
    across, down = demo.size.photo_sheets
    pixel = demo.size.photo_pixel
    shape = (int(demo.size.height / pixel / down), int(demo.size.width / pixel / across))
    for k in range(across * down):
        column, row = k % across, k // across
        west, north = column * shape[1] * pixel, demo.size.height - row * shape[0] * pixel
        frame = shapely.box(west, north - shape[0] * pixel, west + shape[1] * pixel, north)
        place = Affine(pixel, 0, west, 0, -pixel, north)
        layers = []
        for out, group in ((np.zeros(shape, np.int32), range(len(steps) - 1)), (np.zeros(shape, np.int32), [len(steps) - 1])):
            for g in group:
                seen = np.sort(trees[g].query(frame))
                pairs = [(shapes[g][s], int(steps[g].value[s])) for s in seen]
                if pairs:
                    rasterio.features.rasterize(pairs, out=out, transform=place)
            layers.append(out)
        ground, roof = layers
        rng = generator(demo.seed, 80 + k)
        fine = rng.standard_normal(shape, np.float32)
        blotch, broad = blotches(rng, shape, 4), blotches(rng, shape, 34)
        wood = ground == INDEX["wood"]
        yard = planted[ground]
        relief = np.where(wood, _relief(demo, west, north, shape) * (1 + 0.24 * blotch + 0.10 * broad), 1).astype(np.float32)
        yield Sheet(f"{column + 1}{row + 1}", west, north, ground, roof, yard & (blotch > 0.62), relief, fine * 4.2 + broad * 4.0)
