"""Read KSJ GML: points, curves and surfaces stand beside the features, which refer to them by xlink:href.

A reference goes from a feature to a shape and from the ring of a surface to a curve, never further: no chain, no cycle.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered, Note, NotWanted
from gispipe.intake.gml import Positions, crs_of, joined, lines, points, polygons, positions
from gispipe.intake.markup import proven_tags, read_tags
from gispipe.intake.proof import Proof
from gispipe.intake.tags import Tags
from gispipe.model import Source
from gispipe.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

_SHAPES = ("Point", "Curve", "Surface")
_ASIDE = (*_SHAPES, "description", "name", "boundedBy", "OrientableCurve", "MultiSurface", "CompositeCurve")


def read_gml(path: Path, source: Source, where: str) -> Delivered:
    """Read the features of `source.layer` (the only class of the file when absent); raises UnreadableInput and NotWanted."""
    with proven_tags(path, where) as (tags, proof):
        return _delivered(tags, proof, source, where)


def _delivered(tags: Tags, proof: Proof, source: Source, where: str) -> Delivered:
    tops = _features(tags)
    classes = tags.count(tops)
    rows = tops[tags.name[tops] == tags.names.index(_class(classes, source.layer, where))]
    srs = {name for name in tags.attribute(tags.named("EnvelopeWithTimePeriod", "Envelope"), "srsName") if name}
    shapes, notes = _shapes(tags, rows, where)
    return Delivered(_columns(tags, rows), shapes, crs_of(srs, where), np.arange(1, len(rows) + 1), np.zeros(len(rows), int),
                     (proof.file(len(rows)),), tags.encoding, tuple(notes),
                     {"classes": classes, "crs_by": f"srsName {', '.join(sorted(srs)) or '—'}", "encoding_by": tags.encoding_by})


def list_gml_classes(path: Path, where: str) -> dict[str, int]:
    """Return the feature classes of a file with their features."""
    tags = read_tags(path, where)
    return tags.count(_features(tags))


def _features(tags: Tags) -> np.ndarray:
    tops = np.flatnonzero(tags.depth == 2)
    return tops[~np.isin(tags.name[tops], [tags.names.index(name) for name in _ASIDE if name in tags.names])]


def _class(classes: dict[str, int], layer: str | None, where: str) -> str:
    listed = "、".join(classes) or "—"
    if not classes:
        raise UnreadableInput(where, Words("no features", "地物が 1 件もありません"), Words("check what was delivered", "受け取った内容を確認してください"))
    if layer is None and len(classes) > 1:
        raise UnreadableInput(where, Words(f"several feature classes: {listed}", f"複数の地物クラスがあります: {listed}"),
                              Words("name one as layer in [source]", "[source] の layer に 1 つ書いてください"))
    if layer is not None and layer not in classes:
        raise NotWanted(layer)
    return layer or next(iter(classes))


def _columns(tags: Tags, rows: np.ndarray) -> pa.Table:
    """Return every text element of the features as a column by its local name; the first of several counts."""
    import pyarrow as pa

    leaves = np.flatnonzero(tags.leaf & (tags.depth > 2) & (tags.inner < tags.outer))
    owner = tags.owner(rows, leaves)
    leaves, owner = leaves[owner >= 0], owner[owner >= 0]
    columns = {"gml_id": tags.attribute_column(rows, "id")}
    for code in dict.fromkeys(tags.name[leaves].tolist()):
        mine = np.flatnonzero(tags.name[leaves] == code)
        row, first = np.unique(owner[mine], return_index=True)
        texts = tags.column(leaves[mine[first]])
        place = np.full(len(rows), -1)
        place[row] = np.arange(len(row))
        columns[tags.names[code]] = texts.take(pa.array(place, mask=place < 0))
    return pa.table(columns)


def _shapes(tags: Tags, rows: np.ndarray, where: str) -> tuple[np.ndarray, list[Note]]:
    """Return the shape each feature refers to, None and a note where there is none."""
    import shapely

    shapes, ids = _shapes_by_id(tags, where)
    references = np.flatnonzero((tags.depth == 3) & tags.leaf)
    references = references[tags.owner(rows, references) >= 0]
    targets = tags.attribute(references, "href")
    out = np.full(len(rows), None, object)
    missing: dict[int, str] = {}
    for row, target in zip(tags.owner(rows, references).tolist(), targets, strict=True):
        if target is not None and out[row] is None:
            found = ids.get(target.removeprefix("#"))
            out[row] = None if found is None else shapes[found]
            missing[row] = "ring or line not closed or too short" if found is not None else f"{target} is not in the file"
    return out, [Note("GP11", 0, int(k) + 1, missing.get(int(k), "no reference to a shape")) for k in np.flatnonzero(shapely.is_missing(out))]


def _shapes_by_id(tags: Tags, where: str) -> tuple[np.ndarray, dict[str, int]]:
    """Return every shape of the file and its place by gml:id; raises UnreadableInput when an id comes twice."""
    holders = [top[tags.depth[top] == 2] for top in (tags.named(name) for name in _SHAPES)]
    leaves = tags.named("pos", "posList")
    at = positions(tags, leaves[tags.leaf[leaves] & (tags.depth[leaves] > 2)], 2, where)
    curve_ids = _index(tags, holders[1], where)
    made = [points(at, tags.owner(holders[0], at.which), len(holders[0])),
            lines(*joined(at, tags.owner(holders[1], at.which), len(holders[1])))[0],
            _surfaces(tags, holders[1], holders[2], curve_ids, at)]
    every = np.concatenate(holders)
    return np.concatenate(made), _index(tags, every, where)


def _index(tags: Tags, which: np.ndarray, where: str) -> dict[str, int]:
    ids = tags.attribute(which, "id")
    index = {name: k for k, name in enumerate(ids) if name is not None}
    if len(index) != len(ids) - ids.count(None):
        twice = next(name for name, n in Counter(ids).items() if n > 1 and name)
        raise UnreadableInput(where, Words(f"gml:id '{twice}' comes twice", f"gml:id「{twice}」が重複しています"), Words("ask for the file again", "受け取り直してください"))
    return index


def _surfaces(tags: Tags, curves: np.ndarray, surfaces: np.ndarray, curve_ids: dict[str, int], at: Positions) -> np.ndarray:
    """Return the surfaces: rings of curves by reference, or of vertices in place."""
    rings = tags.named("exterior", "interior")
    rings = rings[tags.owner(surfaces, rings) >= 0]
    members = tags.named("curveMember")
    members = members[tags.owner(rings, members) >= 0]
    curve = np.array([curve_ids.get((target or "").removeprefix("#"), -1) for target in tags.attribute(members, "href")], int)
    of_curve = tags.owner(curves, at.which)
    first = np.searchsorted(np.where(of_curve < 0, -1, of_curve)[of_curve >= 0], np.arange(len(curves) + 1))
    pieces = np.flatnonzero(of_curve >= 0)
    count = np.where(curve >= 0, np.diff(first)[curve], 0) if len(curves) else np.zeros(len(curve), int)
    begin = first[:-1][np.maximum(curve, 0)] if len(curves) else np.zeros(len(curve), int)
    referred = pieces[np.repeat(begin - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())] if count.sum() else np.empty(0, int)
    inline = np.flatnonzero(tags.owner(rings, at.which) >= 0)
    piece = np.concatenate([referred, inline]).astype(int)
    owner = np.concatenate([np.repeat(tags.owner(rings, members), count), tags.owner(rings, at.which[inline])]).astype(int)
    order = np.argsort(owner, kind="stable")
    xy, offsets = joined(_pieces(at, piece[order]), owner[order], len(rings))
    exterior = tags.name[rings] == (tags.names.index("exterior") if "exterior" in tags.names else -1)
    return polygons(xy, offsets, exterior, tags.owner(surfaces, rings), len(surfaces))[0]


def _pieces(at: Positions, piece: np.ndarray) -> Positions:
    """Return the vertices of pieces, one after the other, a piece as often as it is asked for."""
    length = np.diff(at.start)[piece]
    start = np.concatenate([[0], np.cumsum(length)])
    take = np.repeat(at.start[:-1][piece] - start[:-1], length) + np.arange(start[-1])
    return Positions(at.xy[take], None, start, at.which[piece])
