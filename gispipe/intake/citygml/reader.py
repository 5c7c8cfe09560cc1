"""Read one CityGML file: the objects of one class, their plan shapes, their attributes and the hazards at them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.citygml.attributes import columns_of
from gispipe.intake.citygml.risks import hazard_columns
from gispipe.intake.citygml.surfaces import plan_shapes
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, NotWanted
from gispipe.intake.gml import crs_of
from gispipe.intake.markup import proven_tags, read_tags
from gispipe.intake.proof import Proof
from gispipe.intake.tags import Tags
from gispipe.model import Source
from gispipe.words import Words

EVERY = "*"


def read_citygml(path: Path, source: Source, where: str) -> Delivered:
    """Read the city objects of `source.layer` (the only class of the file when absent, `*` for all).

    Heights become columns, plan coordinates longitude and latitude. Raises NotWanted when a file has other classes
    than the one asked for, UnreadableInput for broken XML, unknown coordinate systems and several classes unasked.
    """
    must_be(path, "citygml", where)
    with proven_tags(path, where) as (tags, proof):
        return _delivered(tags, proof, source, where)


def _delivered(tags: Tags, proof: Proof, source: Source, where: str) -> Delivered:
    import pyarrow as pa
    import shapely

    objects = _objects(tags)
    classes = tags.count(objects)
    rows = _wanted(tags, objects, classes, source.layer, where)
    crs, size, srs = _system(tags, where)
    shapes, wrong, heights, drawn = plan_shapes(tags, rows, size, where)
    data = {"gml_id": tags.attribute_column(rows, "id"),
            "feature": pa.array([tags.names[code] for code in tags.name[rows].tolist()], pa.large_string()).dictionary_encode()}
    data |= columns_of(tags, rows) | hazard_columns(tags, rows) | heights
    notes = [Note("GP11", 0, int(k) + 1, "ring not closed" if wrong[k] else "no plan surface") for k in np.flatnonzero(shapely.is_missing(shapes))]
    return Delivered(pa.table(data), shapes, crs, np.arange(1, len(rows) + 1), np.zeros(len(rows), int),
                     (proof.file(len(rows)),), tags.encoding, tuple(notes),
                     {"classes": classes, "crs_by": f"srsName {srs}", "encoding_by": tags.encoding_by, "drawn_from": drawn})


def list_classes(path: Path, where: str) -> dict[str, int]:
    """Return the feature classes of a file with their objects."""
    must_be(path, "citygml", where)
    tags = read_tags(path, where)
    return tags.count(_objects(tags))


def _objects(tags: Tags) -> np.ndarray:
    members = tags.named("cityObjectMember")
    objects = np.flatnonzero(tags.depth == 3)
    return objects[tags.owner(members[tags.depth[members] == 2], objects) >= 0]


def _wanted(tags: Tags, objects: np.ndarray, classes: dict[str, int], layer: str | None, where: str) -> np.ndarray:
    listed = "、".join(classes) or "—"
    if not classes:
        raise UnreadableInput(where, Words("no city objects", "都市オブジェクトが 1 件もありません"), Words("check what was delivered", "受け取った内容を確認してください"))
    if layer is None and len(classes) > 1:
        raise UnreadableInput(where, Words(f"several feature classes: {listed}", f"複数の地物クラスがあります: {listed}"),
                              Words("name one as layer in [source], or * for all", "[source] の layer に 1 つ（すべてなら *）を書いてください"))
    if layer not in (None, EVERY) and layer not in classes:
        raise NotWanted(layer)
    return objects if layer in (None, EVERY) else objects[tags.name[objects] == tags.names.index(str(layer))]


def _system(tags: Tags, where: str) -> tuple[str | None, int, str]:
    """Return the horizontal CRS, the numbers of a vertex and the name it comes from."""
    names, sizes = _stated(tags, "srsName"), _stated(tags, "srsDimension")
    if not names:
        raise UnreadableInput(where, Words("no srsName: the coordinate system is not stated", "srsName がなく、座標系がわかりません"),
                              Words("ask which system it is", "座標系を確認してください"))
    if not sizes <= {"2", "3"} or len(sizes) > 1:
        raise UnreadableInput(where, Words(f"srsDimension {', '.join(sorted(sizes))} in one file", f"srsDimension が {', '.join(sorted(sizes))} です"),
                              Words("ask for the file again", "ファイルを受け取り直してください"))
    size = int(sizes.pop()) if sizes else 3 if any(name.endswith(("6697", "11318")) for name in names) else 2
    return crs_of(names, where), size, ", ".join(sorted(names))


def _stated(tags: Tags, name: str) -> set[str]:
    """Return every value of an attribute; shapes are millions and seldom carry it, so they are looked at only when some do."""
    found = [value for value in tags.attribute(tags.named("Envelope", "MultiSurface", "Solid"), name) if value]
    if len(found) == tags.data.count(name.encode()):
        return set(found)
    return tags.attribute_values(np.arange(len(tags.name)), name)
