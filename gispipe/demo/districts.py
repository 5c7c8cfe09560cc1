"""Districts and superblocks: each face gets its own turned, warped grid of collector streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.fields import Waves, waves
from gispipe.demo.frame import Size, generator
from gispipe.demo.network import Network
from gispipe.demo.terrain import Terrain

COLLECTOR = 8.0  # width of a collector street, metres


@dataclass(frozen=True)
class Warp:
    """Carries grid coordinates (u, v) of one district to the plane: turn, move, displace smoothly."""

    centre: np.ndarray
    turn: float
    dx: Waves
    dy: Waves
    reach: float

    def __call__(self, uv: np.ndarray) -> np.ndarray:
        """Return the plane coordinates of uv, shape (n, 2)."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        x = self.centre[0] + cos * uv[:, 0] - sin * uv[:, 1]
        y = self.centre[1] + sin * uv[:, 0] + cos * uv[:, 1]
        return np.column_stack([x + self.reach * self.dx(x, y), y + self.reach * self.dy(x, y)])

    def frame(self) -> tuple[float, float, float]:
        """Return centre x, centre y and turn."""
        return float(self.centre[0]), float(self.centre[1]), self.turn

    def back(self, xy: np.ndarray) -> np.ndarray:
        """Return the approximate grid coordinates of plane points (three steps of fixed-point search)."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        plain = xy.copy()
        for _ in range(3):
            plain = xy - self.reach * np.column_stack([self.dx(*plain.T), self.dy(*plain.T)])
        x, y = (plain - self.centre).T
        return np.column_stack([cos * x + sin * y, cos * y - sin * x])


def warp_many(warps: list[Warp], owner: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Return the plane coordinates of points of many districts at once; `owner` says whose warp each point takes."""
    frames = np.array([warp.frame() for warp in warps])[owner]
    cos, sin = np.cos(frames[:, 2]), np.sin(frames[:, 2])
    x = frames[:, 0] + cos * uv[:, 0] - sin * uv[:, 1]
    y = frames[:, 1] + sin * uv[:, 0] + cos * uv[:, 1]
    one = warps[0]
    return np.column_stack([x + one.reach * one.dx(x, y), y + one.reach * one.dy(x, y)])


@dataclass
class Superblock:
    """A rectangle of the grid between collector streets; `kind` says what is built there."""

    face: int
    warp: Warp
    box: tuple[float, float, float, float]   # u0, v0, u1, v1
    centre: np.ndarray
    share: float                             # how much of it can be built on
    kind: str = "residential"
    reserve: str = ""                        # a school, park or office that takes a corner


def land_use(size: Size, terrain: Terrain, network: Network, xy: np.ndarray, seed: int) -> np.ndarray:
    """Return what is built around points: commercial, dense, residential, suburb, hillside, industrial or farm."""
    rng = generator(seed, 4)
    x, y = xy.T
    noise = waves(rng, 900.0 * (size.width / 3300.0) ** 0.5, 6)(x, y)
    w, h = size.width, size.height
    grown = (w / 3300.0) ** 0.5
    stations = shapely.get_coordinates(network.stations)
    away = np.hypot(x[:, None] - stations[:, 0], y[:, None] - stations[:, 1])
    away = away * np.where(np.arange(len(stations)) == len(stations) // 2 - 1, 0.8, 1.25)
    nearest = away.min(axis=1)
    middle = np.hypot((x / w - 0.53) / 0.40, (y / h - 0.47) / 0.44) + 0.13 * noise
    kind = np.full(len(x), "residential", object)
    kind[middle > 0.72] = "suburb"
    kind[middle > 0.97] = "farm"
    kind[(terrain.height(x, y) > 15.5) & (middle < 1.15)] = "hillside"
    kind[nearest < 340 * grown] = "dense"
    kind[nearest < 215 * grown] = "commercial"
    shore = y - terrain.coast(x)
    kind[(shore < 0.095 * h) & (x > 0.30 * w) & (x < 0.73 * w)] = "industrial"
    kind[(shore < 0.24 * h) & (x > 0.80 * w) & (x < 0.89 * w)] = "dense"
    return kind


def _cuts(rng: np.random.Generator, low: float, high: float, pitch: float) -> np.ndarray:
    count = max(1, round((high - low) / pitch))
    edges = np.linspace(low, high, count + 1)
    edges[1:-1] += rng.uniform(-0.13, 0.13, count - 1) * (high - low) / count
    return edges


def make_superblocks(size: Size, terrain: Terrain, network: Network, seed: int) -> tuple[list[Superblock], np.ndarray, np.ndarray]:
    """Return the superblocks, the collector streets (linestrings) and the face of each street."""
    rng = generator(seed, 5)
    dx, dy = waves(rng, 760.0, 5), waves(rng, 840.0, 5)
    blocks: list[Superblock] = []
    streets, owners = [], []
    for k, (face, inner) in enumerate(zip(network.faces, network.inner, strict=True)):
        if inner.is_empty:
            continue
        centre = shapely.get_coordinates(shapely.centroid(inner))[0]
        frame = shapely.get_coordinates(shapely.oriented_envelope(inner))
        sides = np.diff(frame, axis=0)[:2]
        longest = sides[int(np.argmax(np.hypot(*sides.T)))]
        turn = np.arctan2(longest[1], longest[0]) + rng.normal(0, 0.045)
        warp = Warp(centre, float(turn), dx, dy, 26.0)
        uv = warp.back(shapely.get_coordinates(shapely.segmentize(inner, 40.0)))
        (u0, v0), (u1, v1) = uv.min(axis=0) - 2, uv.max(axis=0) + 2
        pitch = (330.0, 260.0)
        us, vs = _cuts(rng, u0, u1, pitch[0]), _cuts(rng, v0, v1, pitch[1])
        for edges, along_u in ((us[1:-1], True), (vs[1:-1], False)):
            for at in edges:
                run = np.arange(v0 - 30, v1 + 31, 15.0) if along_u else np.arange(u0 - 30, u1 + 31, 15.0)
                line = np.column_stack([np.full(run.shape, at), run] if along_u else [run, np.full(run.shape, at)])
                streets.append(shapely.linestrings(warp(line)))
                owners.append(k)
        half = COLLECTOR / 2
        for i in range(len(us) - 1):
            for j in range(len(vs) - 1):
                box = (us[i] + half * (i > 0), vs[j] + half * (j > 0),
                       us[i + 1] - half * (i < len(us) - 2), vs[j + 1] - half * (j < len(vs) - 2))
                ring = warp(np.array([(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]))
                cell = shapely.polygons(ring)
                usable = shapely.area(shapely.intersection(cell, inner)) / shapely.area(cell)
                if usable > 0.01:
                    blocks.append(Superblock(k, warp, box, ring.mean(axis=0), float(usable)))
    kinds = land_use(size, terrain, network, np.array([b.centre for b in blocks]), seed)
    for block, kind in zip(blocks, kinds, strict=True):
        block.kind = str(kind)
    _reserve(size, blocks, rng)
    lines = shapely.intersection(np.array(streets), shapely.buffer(network.faces[owners], 0.4)) if streets else np.empty(0, object)
    return blocks, lines, np.array(owners, int)


def _spread(candidates: list[Superblock], count: int, start: np.ndarray) -> list[Superblock]:
    """Choose blocks far from each other, the first nearest to `start`."""
    places = np.array([b.centre for b in candidates])
    chosen = [int(np.argmin(np.hypot(*(places - start).T)))]
    far = np.hypot(*(places - places[chosen[0]]).T)
    while len(chosen) < min(count, len(candidates)):
        chosen.append(int(np.argmax(far)))
        far = np.minimum(far, np.hypot(*(places - places[chosen[-1]]).T))
    return [candidates[c] for c in chosen]


def _reserve(size: Size, blocks: list[Superblock], rng: np.random.Generator) -> None:
    """Give schools, parks and offices their corners."""
    lived = ("residential", "suburb", "hillside", "dense")

    def free(kinds: tuple[str, ...], least: float) -> list[Superblock]:
        return [b for b in blocks if not b.reserve and b.kind in kinds and b.share >= least
                and min(b.box[2] - b.box[0], b.box[3] - b.box[1]) > 150]

    middle = np.array([0.5 * size.width, 0.45 * size.height])
    for name, count, kinds in (("city_hall", 1, ("commercial", "dense")), ("primary", size.primary_schools, lived),
                               ("junior", size.junior_schools, lived), ("hospital", 1 + size.stations // 2, lived),
                               ("big_park", size.junior_schools, (*lived, "industrial"))):
        candidates = free(kinds, 0.80) or free((*lived, "farm"), 0.5)
        for block in _spread(candidates, count, middle) if candidates else []:
            block.reserve = name
    for block in free((*lived, "commercial"), 0.45):
        draw = rng.random()
        block.reserve = "park" if draw < 0.55 else "housing" if draw < 0.68 else "shrine" if draw < 0.80 else ""
