"""Read the features of 基盤地図情報 (JPGIS 2014 GML): every class of the specification, each with its own columns.

Source of facts: the XSD of the download site, version 4.1 and 5.0; srsName jgd2024 has the horizontal coordinates of jgd2011.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, NotWanted
from gispipe.intake.gml import Positions, crs_of, joined, lines, points, polygons, positions
from gispipe.intake.markup import proven_tags, read_tags
from gispipe.intake.proof import Proof
from gispipe.intake.tags import Tags
from gispipe.model import Source
from gispipe.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

POINTS = ("GCP", "ElevPt", "AdmPt", "CommPt", "SBAPt")
LINES = ("Cntr", "AdmBdry", "CommBdry", "SBBdry", "WL", "Cstline", "WStrL", "LeveeEdge", "RvrMgtBdry", "BldL", "RdEdg", "RdCompt",
         "RdASL", "RdMgtBdry", "RailCL", "DGHM")
AREAS = ("AdmArea", "SBArea", "WA", "WStrA", "BldA", "RdArea", "RdSgmtA")
CLASSES = dict.fromkeys(POINTS, "pos") | dict.fromkeys(LINES, "loc") | dict.fromkeys(AREAS, "area")
_PLACES = ("pos", "loc", "area", "repPt")


def read_fgd(path: Path, source: Source, where: str) -> Delivered:
    """Read the features of one class (`source.layer`; the only one of the file when absent).

    Raises NotWanted when a file has other classes than the one asked for, UnreadableInput for broken XML and coordinates.
    """
    must_be(path, "fgd", where)
    with proven_tags(path, where) as (tags, proof):
        return _delivered(tags, proof, source, where)


def _delivered(tags: Tags, proof: Proof, source: Source, where: str) -> Delivered:
    import pyarrow as pa

    tops = np.flatnonzero(tags.depth == 2)
    found = tags.count(tops)
    name = _class({one: n for one, n in found.items() if one in CLASSES}, source.layer, where)
    rows = tops[tags.name[tops] == tags.names.index(name)]
    shapes, notes = _shapes(tags, rows, CLASSES[name], where)
    crs, srs = _crs(tags, rows, where)
    columns = _columns(tags, rows)
    return Delivered(pa.table(columns), shapes, crs, np.arange(1, len(rows) + 1), np.zeros(len(rows), int),
                     (proof.file(len(rows)),), tags.encoding, tuple(notes),
                     {"class": name, "classes": {one: n for one, n in found.items() if one in CLASSES}, "crs_by": f"srsName {srs}",
                      "encoding_by": tags.encoding_by, "levels": _levels(columns)})


def list_classes(path: Path, where: str) -> dict[str, int]:
    """Return the feature classes of a file with their features."""
    must_be(path, "fgd", where)
    tags = read_tags(path, where)
    return {one: n for one, n in tags.count(np.flatnonzero(tags.depth == 2)).items() if one in CLASSES}


def _class(there: dict[str, int], layer: str | None, where: str) -> str:
    """Return the class to read."""
    listed = "、".join(there) or "—"
    if layer is not None and layer not in CLASSES:
        raise UnreadableInput(where, Words(f"there is no feature class '{layer}' in this format; the file has {listed}",
                                           f"地物クラス「{layer}」は基盤地図情報にありません（このファイルにあるもの: {listed}）"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    if not there:
        raise UnreadableInput(where, Words("no features of a class known to us", "基盤地図情報の地物が 1 件もありません"),
                              Words("check what was delivered", "受け取った内容を確認してください"))
    if layer is not None and layer not in there:
        raise NotWanted(layer)
    if layer is None and len(there) > 1:
        raise UnreadableInput(where, Words(f"several feature classes: {listed}", f"複数の地物クラスがあります: {listed}"),
                              Words("name one as layer in [source]", "[source] の layer に 1 つ書いてください"))
    return layer or next(iter(there))


def _shapes(tags: Tags, rows: np.ndarray, wrapper: str, where: str) -> tuple[np.ndarray, list[Note]]:
    """Return a shape for each feature, None and a note where there is none to draw."""
    holders = tags.named(wrapper)
    holders = holders[tags.depth[holders] == 3]
    leaves = tags.named("pos", "posList")
    leaves = leaves[tags.leaf[leaves] & (tags.depth[leaves] > 3) & (tags.owner(holders, leaves) >= 0) & (tags.owner(rows, leaves) >= 0)]
    at = positions(tags, leaves, 2, where)
    owner = tags.owner(rows, leaves)
    wrong = np.zeros(len(rows), bool)
    if wrapper == "pos":
        shapes = points(at, owner, len(rows))
    elif wrapper == "loc":
        shapes, wrong = lines(*joined(at, owner, len(rows)))
    else:
        shapes, wrong = _areas(tags, rows, at)
    import shapely

    notes = [Note("GP11", 0, int(k) + 1, "no coordinates") for k in np.flatnonzero(shapely.is_missing(shapes) & ~wrong)]
    return shapes, notes + [Note("GP11", 0, int(k) + 1, "ring or line not closed or too short") for k in np.flatnonzero(wrong)]


def _areas(tags: Tags, rows: np.ndarray, at: Positions) -> tuple[np.ndarray, np.ndarray]:
    rings = tags.named("exterior", "interior")
    rings = rings[tags.owner(rows, rings) >= 0]
    xy, offsets = joined(at, tags.owner(rings, at.which), len(rings))
    exterior = tags.name[rings] == (tags.names.index("exterior") if "exterior" in tags.names else -1)
    return polygons(xy, offsets, exterior, tags.owner(rows, rings), len(rows))


def _crs(tags: Tags, rows: np.ndarray, where: str) -> tuple[str | None, str]:
    """Return the CRS of the features and the name it comes from."""
    shapes = tags.named("Point", "Curve", "Surface")
    shapes = shapes[(tags.depth[shapes] == 4) & (tags.owner(rows, shapes) >= 0)]
    names = tags.attribute_values(shapes, "srsName")
    return crs_of(names, where), ", ".join(sorted(names)) or "—"


def _columns(tags: Tags, rows: np.ndarray) -> dict[str, pa.Array]:
    """Return the attributes: what stands in each child, or in the one element below it (dates); repeated ones are joined by a space."""
    columns = {"gml_id": tags.attribute_column(rows, "id")}
    children = np.flatnonzero(tags.depth == 3)
    children = children[(tags.owner(rows, children) >= 0) & ~np.isin(tags.name[children], [tags.names.index(p) for p in _PLACES if p in tags.names])]
    for code in dict.fromkeys(tags.name[children].tolist()):
        holders = children[tags.name[children] == code]
        leaves = np.where(tags.leaf[holders], holders, holders + 1)
        texts = _spread(tags.column(leaves), tags.owner(rows, holders), len(rows))
        columns[tags.names[code]] = texts if tags.names[code] == "fid" else texts.dictionary_encode()
    return columns


def _spread(texts: pa.Array, owner: np.ndarray, count: int) -> pa.Array:
    import pyarrow as pa

    if len(texts) == count and (owner == np.arange(count)).all():
        return texts
    out: list[str | None] = [None] * count
    for text, row in zip(texts.to_pylist(), owner.tolist(), strict=True):
        out[row] = text if out[row] is None or text is None else f"{out[row]} {text}"
    return pa.array(out, pa.large_string())


def _levels(columns: dict[str, pa.Array]) -> dict[str, int]:
    """Return how many features come from which source scale: 2500 and 25000 may meet in one mesh, with visible steps."""
    counts = columns["orgGILvl"].value_counts().to_pylist() if "orgGILvl" in columns else []
    return dict(sorted((str(one["values"]), one["counts"]) for one in counts))
