"""Blocks and local streets inside the superblocks. Rows of lots run along `a`; `b` crosses them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.districts import Superblock, Warp, warp_many
from gispipe.demo.frame import generator
from gispipe.demo.network import Network


@dataclass(frozen=True)
class Pattern:
    """Usual measures of a kind of district, metres."""

    depth: float      # of a block, two rows of lots
    length: float     # of a block
    frontage: float   # of a lot
    rows: int         # of lots in a block
    street: tuple[float, ...]


PATTERNS = {
    "commercial": Pattern(38.0, 62.0, 11.5, 2, (6.0, 8.0, 6.0, 5.0)),
    "dense": Pattern(27.0, 58.0, 8.6, 2, (3.0, 4.0, 3.6, 4.0, 2.7, 5.0)),
    "residential": Pattern(32.0, 84.0, 11.5, 2, (4.0, 4.5, 5.0, 6.0)),
    "suburb": Pattern(34.0, 100.0, 13.0, 2, (5.0, 6.0, 5.0, 4.5)),
    "hillside": Pattern(33.0, 105.0, 13.2, 2, (6.0, 6.0, 5.5)),
    "industrial": Pattern(105.0, 165.0, 74.0, 1, (9.0, 8.0)),
    "farm": Pattern(62.0, 190.0, 24.0, 1, (3.0, 3.0, 4.0, 2.5)),
}
RESERVED = {  # along u, along v
    "city_hall": (105.0, 85.0), "primary": (150.0, 112.0), "junior": (165.0, 125.0), "hospital": (95.0, 75.0),
    "big_park": (150.0, 125.0), "park": (46.0, 52.0), "housing": (110.0, 62.0), "shrine": (42.0, 60.0),
}


@dataclass
class Block:
    """A block in grid coordinates before the district's outline cuts it."""

    box: tuple[float, float, float, float]
    flip: bool         # rows run along v instead of u
    kind: str
    warp: Warp
    face: int


@dataclass
class Street:
    """A street's middle line in grid coordinates, with its width."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    warp: Warp
    face: int


def _split(rng: np.random.Generator, length: float, pitch: float, gap: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut a length into pieces of about `pitch` with gaps between: return starts and ends."""
    count = max(1, round((length + gap.mean()) / (pitch + gap.mean())))
    gaps = rng.choice(gap, count - 1)
    weight = rng.uniform(0.88, 1.12, count)
    pieces = weight / weight.sum() * (length - gaps.sum())
    starts = np.concatenate([[0.0], np.cumsum(pieces[:-1] + gaps)])
    return starts, starts + pieces


def _fill(rng: np.random.Generator, box: tuple[float, float, float, float], kind: str, parent: Superblock,
          blocks: list[Block], streets: list[Street]) -> None:
    u0, v0, u1, v1 = box
    if min(u1 - u0, v1 - v0) < 9:
        return
    pattern = PATTERNS[kind]
    flip = bool((v1 - v0) > 1.35 * (u1 - u0) or ((v1 - v0) > 0.75 * (u1 - u0) and rng.random() < 0.45))
    a0, a1, b0, b1 = (v0, v1, u0, u1) if flip else (u0, u1, v0, v1)
    gaps = np.array(pattern.street)

    def place(a: float, b: float) -> tuple[float, float]:
        return (b, a) if flip else (a, b)

    lows, highs = _split(rng, b1 - b0, pattern.depth, gaps)
    for k, (low, high) in enumerate(zip(b0 + lows, b0 + highs, strict=True)):
        if k:
            before = b0 + highs[k - 1]
            streets.append(Street(place(a0, (before + low) / 2), place(a1, (before + low) / 2), float(low - before), parent.warp, parent.face))
        starts, ends = _split(rng, a1 - a0, pattern.length, gaps)
        for m, (start, end) in enumerate(zip(a0 + starts, a0 + ends, strict=True)):
            if m:
                middle = (a0 + ends[m - 1] + start) / 2
                streets.append(Street(place(middle, low - 3), place(middle, high + 3), float(start - a0 - ends[m - 1]), parent.warp, parent.face))
            corners = (low, start, high, end) if flip else (start, low, end, high)
            blocks.append(Block(corners, flip, kind, parent.warp, parent.face))


def fill_superblocks(superblocks: list[Superblock], seed: int) -> tuple[list[Block], list[Street]]:
    """Fill every superblock with blocks and streets; a reserved corner becomes one block."""
    rng = generator(seed, 6)
    blocks: list[Block] = []
    streets: list[Street] = []
    for parent in superblocks:
        u0, v0, u1, v1 = parent.box
        if not parent.reserve:
            _fill(rng, parent.box, parent.kind, parent, blocks, streets)
            continue
        wide, tall = RESERVED[parent.reserve]
        wide, tall = min(wide, u1 - u0), min(tall, v1 - v0)
        gap = 6.0
        wide = u1 - u0 if u1 - u0 - wide < 30 else wide
        tall = v1 - v0 if v1 - v0 - tall < 30 else tall
        east, south = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
        ru0, ru1 = (u1 - wide, u1) if east else (u0, u0 + wide)
        rv0, rv1 = (v0, v0 + tall) if south else (v1 - tall, v1)
        blocks.append(Block((ru0, rv0, ru1, rv1), False, parent.reserve, parent.warp, parent.face))
        if wide < u1 - u0:
            rest = (u0, rv0, ru0 - gap, rv1) if east else (ru1 + gap, rv0, u1, rv1)
            at = ru0 - gap / 2 if east else ru1 + gap / 2
            streets.append(Street((at, rv0 - 3), (at, rv1 + 3), gap, parent.warp, parent.face))
            _fill(rng, rest, parent.kind, parent, blocks, streets)
        if tall < v1 - v0:
            rest = (u0, rv1 + gap, u1, v1) if south else (u0, v0, u1, rv0 - gap)
            at = rv1 + gap / 2 if south else rv0 - gap / 2
            streets.append(Street((u0, at), (u1, at), gap, parent.warp, parent.face))
            _fill(rng, rest, parent.kind, parent, blocks, streets)
    return blocks, streets


def block_outlines(blocks: list[Block]) -> np.ndarray:
    """Return the warped outlines with bevelled corners, an edge vertex about every 18 m; polygons."""
    rings, owner = [], []
    for k, block in enumerate(blocks):
        u0, v0, u1, v1 = block.box
        c = min(2.0, (u1 - u0) / 5, (v1 - v0) / 5) if block.kind != "farm" else 0.0
        nu, nv = max(2, int((u1 - u0) / 18) + 1), max(2, int((v1 - v0) / 18) + 1)
        us, vs = np.linspace(u0 + c, u1 - c, nu), np.linspace(v0 + c, v1 - c, nv)
        ring = np.concatenate([
            np.column_stack([us, np.full(nu, v0)]), np.column_stack([np.full(nv, u1), vs]),
            np.column_stack([us[::-1], np.full(nu, v1)]), np.column_stack([np.full(nv, u0), vs[::-1]])])
        rings.append(ring)
        owner.append(np.full(len(ring), k))
    indices = np.concatenate(owner)
    ring_points = warp_many([b.warp for b in blocks], indices, np.concatenate(rings))
    return shapely.polygons(shapely.linearrings(ring_points, indices=indices))


def street_lines(streets: list[Street], network: Network) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the streets' middle lines clipped to their faces, widths and faces."""
    points, owner = [], []
    for k, street in enumerate(streets):
        start, end = np.array(street.start), np.array(street.end)
        steps = max(2, int(np.hypot(*(end - start)) / 16) + 1)
        points.append(start + np.linspace(0, 1, steps)[:, None] * (end - start))
        owner.append(np.full(steps, k))
    indices = np.concatenate(owner)
    lines = shapely.linestrings(warp_many([s.warp for s in streets], indices, np.concatenate(points)), indices=indices)
    faces = np.array([s.face for s in streets])
    widths = np.array([s.width for s in streets])
    reach = shapely.intersection(shapely.buffer(network.inner, 9.0), network.faces)
    lines = shapely.intersection(lines, reach[faces])
    keep = shapely.length(lines) > 6
    return lines[keep], widths[keep], faces[keep]
