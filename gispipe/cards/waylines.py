"""The files that ways are drawn from: of every crossing where each way goes on, and the corners of the roads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow.compute as pc

from gispipe.cards.texts import beside, same, taken, together, written
from gispipe.cards.walks import Numbered, told_apart
from gispipe.roads import Reach, Shown
from gispipe.roads.tables import EDGE, STEP


def way_files(reach: Reach, shown: Shown, numbered: Numbered) -> Iterator[bytes]:
    """Yield the content of the file of every square, in their order: {"kinds", "nodes", "edges"}.

    nodes: of each crossing its kind, and of each way on twice the edge (one more from its first crossing) and the crossing it leads to. A kind: how many
    ways on there are, and for every plan, the safe ways and those that may cross, and every rank: -1 at the end, else which way on, times the ranks, and
    the rank there. edges: of each edge the number of its corners and these in millionths of a degree, the first as it is, the others from the one
    before; the longitude twice, one more where a way visibly turns.
    """
    order = np.argsort(numbered.node)
    links = np.concatenate([table.link for ways in reach.found.values() for table in (ways.safe, ways.cross)], axis=1)[order] if reach.found else np.zeros((len(order), 0), np.int64)
    on = links >= 0
    onward = (links >> STEP).astype(np.int32)  # what a link has above STEP are 31 bits
    to = onward // reach.count
    steps = (numbered.edge[np.where(on, links & EDGE, 0) >> 1] << 1 | links & 1) << 32 | numbered.node[to]
    which, different, begin = told_apart(np.where(on, steps, -1))
    kinds = np.where(on, which * np.int32(reach.count) + (onward - to * reach.count), -1)
    told = beside(np.diff(begin), kinds)
    first, kind = same(told)
    kind_texts = written(taken(told, first))
    there = steps.reshape(-1)[different]
    nodes = together(written(beside(kind, (np.stack([there >> 32, there & (1 << 32) - 1], axis=1).reshape(-1), 2 * begin))), numbered.first)
    edges = together(_edges(reach, shown, numbered), numbered.first_edge)
    for square, (node_text, edge_text) in enumerate(zip(nodes.to_pylist(), edges.to_pylist(), strict=True)):
        used = np.unique(kind[numbered.first[square]:numbered.first[square + 1]])
        listed = ",".join(f"[{number},{text}]" for number, text in zip(used.tolist(), pc.take(kind_texts, used).to_pylist(), strict=True))
        yield f'{{"kinds":[{listed}],"nodes":[{node_text}],"edges":[{edge_text}]}}\n'.encode()


def _edges(reach: Reach, shown: Shown, numbered: Numbered):  # type: ignore[no-untyped-def]
    order = np.argsort(numbered.edge)
    at, start = shown.corner.astype(np.int64), reach.network.shapes.start.astype(np.int64)
    step = np.diff(at, axis=0, prepend=np.zeros((1, 2), np.int64))
    step[start[:-1]] = at[start[:-1]]
    step[:, 0] = 2 * step[:, 0] + shown.turns
    return written(taken(beside(np.diff(start), (step.reshape(-1), 2 * start)), order))
