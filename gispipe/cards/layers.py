"""Things of a layer as the files tell them, each with the box it is found by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from gispipe import ragged
from gispipe.answers.shapes import Shapes
from gispipe.answers.tables import Rows
from gispipe.cards.grid import Things
from gispipe.cards.index import Known
from gispipe.cards.outlines import STEPS, Outlines, steps
from gispipe.cards.reached import MICRO, reaching
from gispipe.cards.texts import Run, beside, lengths, taken, written
from gispipe.model import Layer
from gispipe.tiles.outlines import Outlines as Drawn
from gispipe.tiles.outlines import Wkb


@dataclass(frozen=True)
class Told:
    """Things of one layer: what is told of each (n runs), box (n, 4) metres from the origin, row (n,), and the outlines told behind it, None without;
    what is pointed at: kind (n,) with the texts of the kinds, or nothing."""

    head: Run
    box: np.ndarray
    row: np.ndarray
    shape: Outlines | None = None
    kind: np.ndarray | None = None
    kinds: pa.LargeStringArray | None = None

    @cached_property
    def text(self) -> pa.LargeStringArray:
        """(n,) what is told of each, its outline whole."""
        return written(self.head if self.shape is None else beside(self.head, self.shape.told()))

    @cached_property
    def things(self) -> Things:
        return Things(self.box, lengths(self.text) + 1)

    def around(self, which: np.ndarray, box: np.ndarray) -> pa.LargeStringArray:
        """Return the texts of some things, their outlines as far as places in squares (boxes in metres from the origin) need them."""
        assert self.shape is not None
        return written(beside(taken(self.head, which), self.shape.taken(which).around(np.round(box * STEPS).astype(np.int64)).told()))


Origin = tuple[float, float]


def zone_pieces(known: Known, zone: Layer, origin: Origin) -> Told:
    """Return the pieces of a hazard layer: the number of rank and name, and the outline."""
    shapes = Shapes(known.answers.files.shapes(zone.id))
    drawn, row = _drawn(shapes)
    number = known.first[zone.id] + known.distinct(zone)[1][row]
    return Told(beside(number), _moved(shapes, origin), row, Outlines.of(drawn, origin))


def pieces_of(known: Known, layer: Layer, number: int, origin: Origin) -> Told:
    """Return the pieces of a layer that is told by its number alone: of surveyed areas, of the city."""
    shapes = Shapes(known.answers.files.shapes(layer.id))
    drawn, row = _drawn(shapes)
    return Told(beside(np.full(len(row), number)), _moved(shapes, origin), row, Outlines.of(drawn, origin))


def area_pieces(known: Known, layer: Layer, first: int, origin: Origin) -> Told:
    """Return the pieces of a layer of areas: the number of the area, which is the row counted from `first`, and the outline."""
    shapes = Shapes(known.answers.files.shapes(layer.id))
    drawn, row = _drawn(shapes)
    return Told(beside(first + row), _moved(shapes, origin), first + row, Outlines.of(drawn, origin))


def area_names(rows: Rows, layer: Layer) -> list[list[Any]]:
    """Return name and reading of every row of a layer of areas, as far as the audience may see them."""
    assert layer.card is not None
    told = [rows.raw(layer, row, [name for name in (*layer.card.name, layer.card.kana) if name]) for row in range(rows.count(layer))]
    return [[layer.card.named(values), values.get(layer.card.kana or "")] for values in told]


def holder_pieces(known: Known, layer: Layer, origin: Origin) -> tuple[Told, Told]:
    """Return the pieces of those parcels or buildings that a place may have to be told of, and the others, for who asks for them by row.

    A place in a parcel whose whole ground stands the same way to every zone stands so itself: the parcel says nothing new of it, and needs no outline.
    Of each row: its ground in millionths of a square metre, kind of what reaches it wholly, how many hazard layers' ranks reach it in part, of each hazard
    layer, rank and ground, and the outline. Of buildings, which nobody asks for by row, only the worst is told, and the others are none.
    """
    shapes = Shapes(known.answers.files.shapes(layer.id))
    drawn, row = _drawn(shapes)
    size = np.bincount(row, drawn.sizes("polygon"), minlength=shapes.features)
    asked = layer in known.subjects
    reached = reaching(known.answers.files.exposures(layer.id), known.numbers, size, worst_only=not asked)
    ground = np.round(size * MICRO).astype(np.int64) if asked else np.zeros(shapes.features, np.int64)
    head = beside(np.stack([np.arange(shapes.features), ground, reached.kind, np.diff(reached.part[1]) // 3], axis=1), reached.part)
    uneven = np.flatnonzero(~reached.even[row])
    held = Told(taken(head, row[uneven]), _moved(shapes, origin)[uneven], row[uneven], Outlines.of(drawn, origin).taken(uneven), reached.kind[row[uneven]], reached.kinds)
    first = ragged.grouped(row)[:-1]
    even = reached.even[row[first]] if asked else np.zeros(len(first), bool)
    alone = row[first][even]
    return held, Told(taken(head, alone), _boxes(shapes, origin, first)[even], alone, None, reached.kind[alone], reached.kinds)


def _boxes(shapes: Shapes, origin: Origin, first: np.ndarray) -> np.ndarray:
    """Return the boxes of features, whose pieces begin at `first`, in metres from the origin."""
    return shapes.bounds(first) - np.tile(origin, 2)


def entries(known: Known, layer: Layer, origin: Origin) -> Told:
    """Return what the register asks for by row and no place is in: of points row, east and north in steps, kind of what reaches them; of others what
    `holder_pieces` tells before the outline."""
    shapes = Shapes(known.answers.files.shapes(layer.id))
    drawn, row = _drawn(shapes)
    first = ragged.grouped(row)[:-1]
    points = layer.geometry == "point"
    size = np.bincount(row, drawn.sizes("polygon"), minlength=shapes.features) if layer.geometry == "polygon" else np.zeros(shapes.features)
    reached = reaching(known.answers.files.exposures(layer.id), known.numbers, size)
    row = row[first]
    if points:
        head = beside(row, steps(drawn.xy[first], origin), reached.kind[row])
    else:
        part = taken(reached.part, row)
        head = beside(np.stack([row, np.round(size * MICRO).astype(np.int64)[row], reached.kind[row], np.diff(part[1]) // 3], axis=1), part)
    return Told(head, _boxes(shapes, origin, first), row, None, reached.kind[row], reached.kinds)


def _drawn(shapes: Shapes) -> tuple[Drawn, np.ndarray]:
    """Return the pieces of a layer, and the row of each."""
    data, at, row = shapes.packed
    return Drawn.of(Wkb(data, at)), row


def _moved(shapes: Shapes, origin: Origin) -> np.ndarray:
    return np.asarray(shapes.box) - np.tile(origin, 2)


def all_of(told: Sequence[Told]) -> Told:
    """Return the things of several layers of outlines one after the other; what is pointed at is not asked for."""
    head = [np.zeros(0, np.int64), *(one.head[0] for one in told)]
    length = [np.zeros(0, np.int64), *(np.diff(one.head[1]) for one in told)]
    box, row = [np.zeros((0, 4)), *(one.box for one in told)], [np.zeros(0, np.int64), *(one.row for one in told)]
    return Told((np.concatenate(head), ragged.offsets(np.concatenate(length))), np.concatenate(box), np.concatenate(row), Outlines.joined([one.shape for one in told if one.shape is not None]))
