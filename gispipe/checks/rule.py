"""What a rule is, what it looks at and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from gispipe.geometry import finite
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.model import City, Column, Layer, Source, Style
from gispipe.words import Words


@dataclass(frozen=True)
class Subject:
    """A layer's table on its way in.

    delivered: as read, geometry in its own CRS; geometry: (n,) in the city's plane CRS, or None for tables;
    table: (n, columns) declared columns in declared types; misfits: per column the mask of values that do not fit.
    """

    city: City
    layer: Layer
    style: Style | None
    delivered: Delivered
    geometry: np.ndarray | None
    table: pd.DataFrame
    misfits: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def raw(self) -> pd.DataFrame:
        return self.delivered.frame

    @cached_property
    def finite(self) -> np.ndarray:
        """The mask of rows whose coordinates, as delivered, are all finite numbers; several rules ask."""
        return finite(self.delivered.geometry) if self.delivered.geometry is not None else np.ones(len(self.delivered), dtype=bool)


@dataclass(frozen=True)
class Found:
    """Rows (0-based, into the table; -1 for the table as a whole) that break a rule, with a detail for each.

    notes: the reader's notes behind the rows, for rows that never came into the table.
    """

    rows: np.ndarray
    details: Sequence[str]
    notes: Sequence[Note] = ()


NOTHING = Found(np.empty(0, dtype=int), ())


@dataclass(frozen=True)
class Rule:
    """One rule: its number (never reused), its sentence, what to do, how to find it, and a table that breaks it.

    An `error` stops the run unless the layer file accepts it in writing; a `warning` is only reported.
    """

    code: str
    level: Literal["error", "warning"]
    sentence: Words
    todo: Words
    find: Callable[[Subject], Found]
    counterexample: Callable[[], Subject]
    exit_status: int = 22
    """Exit status when it stops a run."""
    acceptable: bool = True
    """Whether a layer file can accept it: not where nothing after it would make sense."""


def found(mask: np.ndarray, detail: Callable[[int], str] | None = None) -> Found:
    """Return the rows of a mask, each with `detail(row)`."""
    rows = np.flatnonzero(mask)
    return Found(rows, [detail(int(row)) if detail else "" for row in rows])


def noted(subject: Subject, code: str) -> Found:
    """Return what the reader already noticed under `code`, as rows of the table where they exist (else -1)."""
    notes = [note for note in subject.delivered.notes if note.code == code]
    where = {(int(f), int(p)): k for k, (f, p) in enumerate(zip(subject.delivered.file, subject.delivered.place, strict=True))} if notes else {}
    return Found(np.array([where.get((note.file, note.row), -1) for note in notes], dtype=int), [note.detail for note in notes], notes)


UNPLACED = "任意座標"
"""Column by which a reader says that a row's drawing has no known place on earth."""


def unplaced(subject: Subject) -> np.ndarray:
    """Return the mask of rows whose drawing lies in a local system of coordinates: they have no shape, and rightly."""
    if UNPLACED not in subject.delivered.names:
        return np.zeros(len(subject.delivered), dtype=bool)
    return subject.delivered.values(UNPLACED) == True  # noqa: E712 — elementwise


DEMO_CITY = City(id="test", name="試験市", code="999997", crs="EPSG:6674", bounds=(135.3, 34.6, 135.7, 35.0))


def subject(columns: dict[str, Column] | None = None, rows: dict[str, list[object]] | None = None, geometry: list[object] | None = None,
            crs: str | None = "EPSG:6674", kind: str = "polygon", notes: Sequence[Note] = (), style: Style | None = None, key: tuple[str, ...] = (), coverage: bool = False) -> Subject:
    """Build a small subject for a counterexample: raw `rows`, geometry in the plane CRS of a test city."""
    from gispipe.columns import cast

    columns, rows = columns or {}, rows or {}
    count = len(geometry) if geometry is not None else len(next(iter(rows.values()), []))
    shapes = None if geometry is None else np.array(geometry + [None], dtype=object)[:-1]
    frame = pd.DataFrame({name: np.array(values + [None], dtype=object)[:-1] for name, values in rows.items()}, index=range(count), dtype=object)
    typed = {name: cast(frame[column.from_ or name].to_numpy(), column) for name, column in columns.items()}
    layer = Layer(id="example", title="例", geometry=kind if shapes is not None else None, kind="vector" if shapes is not None else "table",
                  source=Source(reader="geojson", path="example.geojson"), columns=columns, key=key, style=style.id if style else None, coverage=coverage)
    delivered = Delivered(frame, shapes, crs, np.arange(1, count + 1), np.zeros(count, int), (SourceFile("example.geojson", "", 0, count),), notes=tuple(notes))
    table = pd.DataFrame({name: values for name, (values, _) in typed.items()}, index=range(count))
    return Subject(DEMO_CITY, layer, style, delivered, shapes, table, {name: bad for name, (_, bad) in typed.items()})
