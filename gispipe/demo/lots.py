"""Lots: blocks cut by lines and rebuilt from the noded line work, so that neighbours share exactly the same edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from gispipe.demo.districts import warp_many
from gispipe.demo.frame import generator
from gispipe.demo.network import Network, polygonal
from gispipe.demo.streets import PATTERNS, Block, block_outlines
from gispipe.demo.threads import each, in_parts

MILLIMETRE = 0.001
WHOLE = {"city_hall", "primary", "junior", "hospital", "big_park", "park", "housing", "shrine"}


@dataclass(frozen=True)
class Lots:
    """Blocks and the lots they are cut into."""

    block: np.ndarray        # polygons
    block_kind: np.ndarray
    block_face: np.ndarray
    lot: np.ndarray          # polygons; inside one block they form a coverage
    lot_block: np.ndarray    # index into block


def clip_blocks(blocks: list[Block], network: Network) -> tuple[np.ndarray, np.ndarray]:
    """Return block polygons cut by their face's buildable area, and the index of the planned block of each."""
    outline = block_outlines(blocks)
    face = np.array([b.face for b in blocks])
    inner = network.inner[face]
    shapely.prepare(inner)
    inside = shapely.contains(inner, outline)
    cut = outline.copy()
    cut[~inside] = in_parts(shapely.intersection, outline[~inside], inner[~inside])
    cut = in_parts(lambda part: shapely.set_precision(part, MILLIMETRE), cut)
    parts, owner = shapely.get_parts(cut, return_index=True)
    area, around = shapely.area(parts), shapely.length(parts)
    keep = (shapely.get_type_id(parts) == 3) & (area > 70) & (2 * area / np.maximum(around, 1) > 2.6)
    return parts[keep], owner[keep]


def _cut_lines(blocks: list[Block], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw the lines that cut each planned block into lots; return them with their block's index."""
    points, sizes, owner = [], [], []
    for k, block in enumerate(blocks):
        if block.kind in WHOLE:
            continue
        pattern = PATTERNS[block.kind]
        u0, v0, u1, v1 = block.box
        a0, a1, b0, b1 = (v0, v1, u0, u1) if block.flip else (u0, u1, v0, v1)
        deep, long = b1 - b0, a1 - a0
        rows = pattern.rows if deep > 0.62 * pattern.depth else 1
        middle = b0 + deep * rng.uniform(0.45, 0.55)
        lines = []
        if rows == 2:
            run = np.linspace(a0 - 0.05, a1 + 0.05, max(2, int(long / 22) + 1))
            lines.append(np.column_stack([run, np.full(run.shape, middle)]))
        spans = [(b0 - 0.05, middle + 0.05), (middle - 0.05, b1 + 0.05)] if rows == 2 else [(b0 - 0.05, b1 + 0.05)]
        for low, high in spans:
            count = max(1, round(long / pattern.frontage * rng.uniform(0.88, 1.12)))
            weight = np.exp(rng.normal(0, 0.20, count))
            cuts = a0 + np.cumsum(weight)[:-1] / weight.sum() * long
            lean = rng.normal(0, 0.25, (len(cuts), 1))
            both = np.stack([np.column_stack([cuts, np.full(cuts.shape, low)]),
                             np.column_stack([cuts + lean[:, 0], np.full(cuts.shape, high)])], axis=1)
            lines.extend(both)
        for line in lines:
            points.append(line[:, ::-1] if block.flip else line)
            sizes.append(len(line))
            owner.append(k)
    indices = np.repeat(np.arange(len(sizes)), sizes)
    owners = np.array(owner)
    plane = warp_many([b.warp for b in blocks], owners[indices], np.concatenate(points))
    return shapely.linestrings(plane, indices=indices), owners


def _merge_slivers(lot: np.ndarray, block: np.ndarray, least: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Merge lots that are too small or too thin into the neighbour in the block with the longest common edge."""
    for _ in range(4):
        area = shapely.area(lot)
        thin = (area < least[block]) | (2 * area / shapely.length(lot) < 2.0)
        small = np.flatnonzero(thin)
        left, right = shapely.STRtree(lot).query(lot[small], predicate="intersects")
        left = small[left]
        ok = (left != right) & (block[left] == block[right])
        left, right = left[ok], right[ok]
        edge = in_parts(lambda one, other: shapely.length(shapely.intersection(one, other)), lot[left], lot[right])
        order = np.lexsort((right, -edge, left))
        left, right, edge = left[order], right[order], edge[order]
        first = np.diff(left, prepend=-1) != 0
        first &= edge > np.where(area[left] < 1.0, 1e-6, 0.5)
        left, right = left[first], right[first]
        # one step at a time: a lot that receives does not give in the same round
        giving = np.zeros(len(lot), bool)
        giving[left] = True
        ok = ~giving[right] | (left > right)
        group = np.arange(len(lot))
        group[left[ok]] = right[ok]
        for _ in range(6):
            group = group[group]
        if (group == np.arange(len(lot))).all():
            break
        heads, index = np.unique(group, return_inverse=True)
        counts = np.bincount(index)
        merged = lot[heads].copy()
        order = np.argsort(index, kind="stable")
        ends = np.cumsum(counts)
        for k in np.flatnonzero(counts > 1):
            merged[k] = shapely.coverage_union_all(lot[order[ends[k] - counts[k]:ends[k]]])
        lot, block = merged, block[heads]
        whole = shapely.get_type_id(lot) == 3
        lot[~whole] = np.array([max(shapely.get_parts(g), key=shapely.area) for g in lot[~whole]], object)
    return lot, block


def make_lots(blocks: list[Block], network: Network, seed: int) -> Lots:
    """Cut the blocks of the whole city into lots, face by face."""
    rng = generator(seed, 7)
    shape, planned = clip_blocks(blocks, network)
    kind = np.array([b.kind for b in blocks], object)[planned]
    # what the outline cuts off a school or a park is a small green
    largest = np.full(len(blocks), -1)
    by_size = np.argsort(shapely.area(shape), kind="stable")
    largest[planned[by_size]] = by_size
    spare = np.isin(kind.astype(str), list(WHOLE)) & (largest[planned] != np.arange(len(planned)))
    kind[spare] = "park"
    face = np.array([b.face for b in blocks])[planned]
    cuts, cut_owner = _cut_lines(blocks, rng)
    room_of = shapely.buffer(shape, 0.06, join_style="mitre")
    tree_order = np.argsort(cut_owner, kind="stable")
    starts = np.searchsorted(cut_owner[tree_order], np.arange(len(blocks) + 1))
    by_face = np.argsort(face, kind="stable")
    groups = np.split(by_face, np.flatnonzero(np.diff(face[by_face])) + 1)

    def divide(mine: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lines = []
        for m in mine:
            own = cuts[tree_order[starts[planned[m]]:starts[planned[m] + 1]]]
            lines.append(own)
        room = np.repeat(mine, [len(own) for own in lines])
        lines = np.concatenate(lines)
        clipped = shapely.intersection(lines, room_of[room]) if len(lines) else lines
        work = np.concatenate([shapely.boundary(shape[mine]), clipped])
        noded = shapely.union_all(work, grid_size=MILLIMETRE)
        pieces = polygonal(shapely.polygonize(shapely.get_parts(noded)))
        inside, of = shapely.STRtree(shape[mine]).query(shapely.point_on_surface(pieces), predicate="within")
        return pieces[inside], mine[of]

    lots, owner = zip(*each(divide, groups), strict=True)
    lot, block = np.concatenate(lots), np.concatenate(owner)
    least = np.where(np.isin(kind, ["farm", "industrial"]), 260.0, np.where(kind == "dense", 52.0, 85.0))
    lot, block = _merge_slivers(lot, block, least)
    order = np.lexsort((np.round(shapely.get_coordinates(shapely.centroid(lot))[:, 0], 2), block))
    lot, block = shapely.normalize(lot[order]), block[order]
    return Lots(shape, kind, face, lot, block)
