"""Chosen elements → geometry and columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.dm.chosen import Chosen
from gispipe.intake.dm.codes import AREA, LINE, TEXT
from gispipe.intake.dm.columns import attribute_values, columns, empty
from gispipe.intake.dm.coordinates import Paths, anchors, paths
from gispipe.intake.dm.notes import note_columns
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.shapes import Shapes, areas, lines
from gispipe.intake.dm.sheet import Sheet
from gispipe.intake.dm.symbols import symbols
from gispipe.intake.dm.text import decoded

_INDEX = ("7101", "7105")


def draw(records: Records, sheet: Sheet, chosen: Chosen, file: SourceFile, crs: str | None, facts: dict[str, object], where: str) -> Delivered:
    """Return the delivered table of the chosen elements; an element that makes no geometry is kept without one and noted (GP11)."""
    own = facts[f"sheet {sheet.id}"]
    assert isinstance(own, dict)
    if not len(chosen.at):
        own |= chosen.facts
        return Delivered(empty(), np.empty(0, dtype=object), crs, chosen.at, chosen.at, (file,), records.delivered_in, (), facts)
    if chosen.kind in (AREA, LINE):
        chosen, geometry, more = _drawn(records, sheet, chosen, where)
    elif chosen.kind == TEXT:
        geometry = shapely.points(anchors(sheet, chosen.at, chosen.heads, where)) if len(chosen.at) else np.empty(0, dtype=object)
        more = note_columns(records, sheet, chosen, where)
    else:
        chosen, geometry, more = symbols(records, sheet, chosen, where)
        more["高さ"] = _heights(sheet, chosen, np.full(len(chosen.at), np.nan))
    place = chosen.at + 1
    notes = [Note("GP11", 0, int(place[k]), f"{chosen.code[k]} E{chosen.type[k]}") for k in np.flatnonzero(shapely.is_missing(geometry))]
    attributes = _attributes(records, chosen, where)
    data = columns(sheet, chosen.heads, chosen.code, place, more, attributes)
    own |= chosen.facts
    return Delivered(data, geometry, crs, place, np.zeros(len(place), dtype=np.int64), (replace(file, rows=len(place)),), records.delivered_in, tuple(notes), facts)


def _drawn(records: Records, sheet: Sheet, chosen: Chosen, where: str) -> tuple[Chosen, np.ndarray, dict[str, np.ndarray]]:
    """Return lines, or areas without open lines and with the courtyards put into them."""
    found = paths(records, sheet, chosen.at, chosen.heads, where)
    keep = np.ones(len(chosen.at), dtype=bool)
    if chosen.kind == AREA:
        promoted = (chosen.type == 2) & found.closed()
        open_lines = (chosen.type == 2) & ~promoted
        shapes = areas(found, np.where(open_lines, 0, chosen.type), chosen.figure, chosen.code)
        keep = ~open_lines & (shapes.owner < 0)
        chosen.facts |= {"closed_lines_promoted": int(promoted.sum()), "open_lines_left_out": int(open_lines.sum()),
                         "holes": shapes.holes, "courtyards_without_building": shapes.lone_holes}
    else:
        shapes = lines(found, chosen.type)
    chosen.facts["outside_sheet"] = _outside(found, sheet, keep)
    chosen_facts, chosen = chosen.facts, chosen.keep(keep)
    chosen.facts = chosen_facts
    return chosen, shapes.geometry[keep], _measures(sheet, chosen, found, shapes, keep)


def _measures(sheet: Sheet, chosen: Chosen, found: Paths, shapes: Shapes, keep: np.ndarray) -> dict[str, np.ndarray]:
    low, high, first = (np.full(len(keep), np.nan) for _ in range(3))
    there = np.isfinite(found.xyz[:, 2])
    if there.any():
        low[:], high[:] = np.inf, -np.inf
        np.minimum.at(low, found.of[there], found.xyz[there, 2])
        np.maximum.at(high, found.of[there], found.xyz[there, 2])
        low[np.isinf(low)] = high[np.isinf(high)] = np.nan
        some = found.count > 0
        first[some] = found.xyz[found.start[some], 2]
    height = _heights(sheet, chosen, first[keep])
    return {"高さ": height, "計曲線標高": _index_heights(chosen, height), "最低高さ": low[keep], "最高高さ": high[keep],
            "中心X": shapes.middle[keep, 0], "中心Y": shapes.middle[keep, 1], "半径": shapes.radius[keep]}


def _heights(sheet: Sheet, chosen: Chosen, z: np.ndarray) -> np.ndarray:
    """Return heights: on contours and spot heights the attribute value unless it is 0 and the points have heights of their own; elsewhere the first point's."""
    levelled = np.array([code[:2] in ("71", "73") for code in chosen.code], dtype=bool)
    stated = attribute_values(sheet, chosen.heads)
    return np.where(levelled & ((stated != 0) & ~np.isnan(stated) | np.isnan(z)), stated, z)


def _index_heights(chosen: Chosen, height: np.ndarray) -> np.ndarray:
    """Return the height as it is printed on index contours (7101, 7105), None on everything else."""
    index = np.isin(chosen.code.astype(str), _INDEX) & ~np.isnan(height)
    return np.array([f"{h:g}" if here else None for h, here in zip(height.tolist(), index.tolist(), strict=True)] + [None], dtype=object)[:-1]


def _outside(found: Paths, sheet: Sheet, keep: np.ndarray) -> int:
    """Count kept elements with a point more than a metre beyond the sheet's frame."""
    west, south, east, north = sheet.corners
    x, y = found.xyz[:, 0], found.xyz[:, 1]
    far = (x < west - 1) | (x > east + 1) | (y < south - 1) | (y > north + 1)
    mine = np.zeros(len(keep), dtype=bool)
    mine[found.of[far]] = True
    return int((mine & keep).sum())


def _attributes(records: Records, chosen: Chosen, where: str) -> list[str | None]:
    """Return the attribute records of each element as they stand, joined before they are decoded."""
    out: list[str | None] = [None] * len(chosen.at)
    for k in np.flatnonzero(np.isin(chosen.at, list(chosen.attributes))).tolist():
        headers = chosen.attributes[int(chosen.at[k])]
        data = b"".join(records.lines[at + 1:at + 1 + int(records.record(at)[31:35].strip() or b"0")].tobytes() for at in headers)
        out[k] = decoded(data, records.encoding, f"{where}:{headers[0] + 1}")
    return out
