"""町丁目 that tile the city, neighbourhood associations and school districts made of whole towns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.districts import land_use
from gispipe.demo.frame import CODE, Size, generator
from gispipe.demo.naming import district_names, kanji
from gispipe.demo.network import Network, merge_small, polygonal
from gispipe.demo.terrain import Terrain


LARGEST = 9  # towns (chome) under one name


@dataclass(frozen=True)
class Towns:
    """町丁目 and what is made of them."""

    shape: np.ndarray
    name: np.ndarray          # with chome in kanji
    kana: np.ndarray
    code: np.ndarray          # municipality 5, district 4, chome 3 digits; text
    face: np.ndarray
    kind: np.ndarray          # land use, or forest
    neighborhood: np.ndarray  # index
    neighborhood_name: np.ndarray


def _pieces(network: Network, collectors: np.ndarray) -> np.ndarray:
    work = np.concatenate([shapely.boundary(network.faces), shapely.get_parts(collectors)])
    noded = shapely.union_all(work, grid_size=0.001)
    pieces = polygonal(shapely.polygonize(shapely.get_parts(noded)))
    whole = shapely.union_all(network.faces)
    shapely.prepare(whole)
    pieces = pieces[shapely.contains(whole, shapely.point_on_surface(pieces))]
    return merge_small(pieces, 22_000.0)


def _woods_together(pieces: np.ndarray, network: Network) -> np.ndarray:
    """Join the wooded pieces that touch: no street divides a forest into towns."""
    wooded = shapely.area(shapely.intersection(pieces, network.forest)) / shapely.area(pieces) > 0.8
    joined = shapely.get_parts(shapely.union_all(pieces[wooded], grid_size=0.001)) if wooded.any() else pieces[:0]
    return np.concatenate([pieces[~wooded], joined])


def make_towns(size: Size, terrain: Terrain, network: Network, collectors: np.ndarray, seed: int) -> Towns:
    """Cut the faces along the collector streets into towns and name them."""
    rng = generator(seed, 8)
    shape = shapely.normalize(_woods_together(_pieces(network, collectors), network))
    point = shapely.point_on_surface(shape)
    of, face = shapely.STRtree(network.faces).query(point, predicate="intersects")
    face = face[np.unique(of, return_index=True)[1]]
    xy = shapely.get_coordinates(point)
    kind = land_use(size, terrain, network, xy, seed)
    wooded = shapely.area(shapely.intersection(shape, network.forest)) / shapely.area(shape)
    kind[wooded > 0.6] = "forest"
    # serpentine from the north-west, as town numbers usually run
    order = np.lexsort((np.round(xy[:, 0]), -np.round(xy[:, 1] / 300), face))
    shape, face, kind, xy = shape[order], face[order], kind[order], xy[order]
    # a face with many towns is several districts
    rank_in_face = np.arange(len(face)) - np.searchsorted(face, face)
    face = np.unique(face * 1000 + rank_in_face // LARGEST, return_inverse=True)[1]
    faces = np.unique(face)
    majority = []
    for k in faces:
        values, counts = np.unique(kind[face == k].astype(str), return_counts=True)
        majority.append(str(values[int(np.argmax(counts))]))
    titles = district_names(majority, rng)
    name, kana, code, neighborhood, labels = [], [], [], [], []
    for n, k in enumerate(faces):
        members = int((face == k).sum())
        title, reading = titles[n]
        halves = max(1, round(members / 3))
        for m in range(members):
            name.append(title if members == 1 else f"{title}{kanji(m + 1)}丁目")
            kana.append(reading if members == 1 else f"{reading}{m + 1}ちょうめ")
            code.append(f"{CODE[:5]}{n + 1:04d}{0 if members == 1 else m + 1:03d}")
            half = m * halves // members
            if m == 0 or half != (m - 1) * halves // members:
                labels.append(f"{title}{'' if halves == 1 else f'第{kanji(half + 1)}'}自治会")
            neighborhood.append(len(labels) - 1)
    return Towns(shape, np.array(name, object), np.array(kana, object), np.array(code, object), face, kind,
                 np.array(neighborhood), np.array(labels, object))


def dissolve(shape: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Return the union of the polygons of each group 0 … count-1; shared borders stay shared."""
    return np.array([shapely.union_all(shape[group == k], grid_size=0.001) for k in range(count)], object)


def nearest_school(shape: np.ndarray, schools: np.ndarray) -> np.ndarray:
    """Return for each town polygon the index of the nearest school point."""
    at, school = shapely.get_coordinates(shapely.point_on_surface(shape)), shapely.get_coordinates(schools)
    return np.argmin(np.hypot(at[:, None, 0] - school[:, 0], at[:, None, 1] - school[:, 1]), axis=1)
