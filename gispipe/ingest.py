"""One layer from its source to a checked table in the city's plane CRS."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from gispipe.catalogue import Catalogue
from gispipe.catalogue.mistakes import Mistake, near
from gispipe.checks.findings import Finding, check
from gispipe.checks.rule import Subject
from gispipe.columns import cast_distinct
from gispipe.crs import Operation, is_known, transform
from gispipe.errors import CrsError, DeclarationError
from gispipe.intake import Delivered, Readers, SourceFile, read_source
from gispipe.model import Column, Layer
from gispipe.words import Words


@dataclass(frozen=True)
class Ingested:
    """A layer as the store will hold it.

    table: declared columns only; geometry: (n,) in the city's CRS or None; operations: the transformations that were used;
    told: what the readers noticed about the files (how encoding and CRS are known, what was left out, with counts).
    """

    layer: Layer
    table: pd.DataFrame
    geometry: np.ndarray | None
    operations: tuple[Operation, ...]
    findings: tuple[Finding, ...]
    files: tuple[SourceFile, ...]
    encoding: str | None
    rows: int
    told: dict[str, object] = field(default_factory=dict)


def ingest_layer(group: Readers, catalogue: Catalogue, layer: Layer) -> Ingested:
    """Read, transform, type and check one layer.

    Raises what the readers raise, CrsError, and DeclarationError for a column the source does not have. Broken rules
    are returned as findings, not raised.
    """
    file = catalogue.files[f"layer:{layer.id}"]
    delivered = read_source(group, catalogue.sources, layer.source, file)
    if layer.kind == "vector" and delivered.shapes is None:
        raise DeclarationError([Mistake(file, "source", Words("the source has no coordinates; name its columns with x and y",
                                                              "入力に座標がありません。x と y で座標の列を指定してください"))])
    if layer.kind == "table":
        delivered = replace(delivered, shapes=None)
    every_file_has(delivered, layer.columns, f"{file} › columns")
    table, misfits = typed(delivered, layer.columns, f"{file} › columns", _names(delivered))
    geometry, operations = _to_city(delivered, catalogue, layer, file)
    style = catalogue.styles.get(layer.style) if layer.style else None
    subject = Subject(catalogue.city, layer, style, delivered, geometry, table, misfits)
    return Ingested(layer, table, geometry, operations, tuple(check(subject)), delivered.inputs, delivered.encoding, len(delivered),
                    {key: value for key, value in delivered.facts.items() if key not in _FOR_US and value})


_FOR_US = ("absent", "placed")
"""Facts that serve the pipeline and mean nothing to a person."""


def every_file_has(delivered: Delivered, columns: dict[str, Column], place: str) -> None:
    """Raise DeclarationError when one of several files of a source lacks a declared column; it would read as blank."""
    absent = dict(delivered.facts.get("absent", {}))  # type: ignore[call-overload]
    lacking = [(name, column.from_ or name) for name, column in columns.items() if (column.from_ or name) in absent]
    if lacking:
        file, _, path = place.partition(" › ")
        raise DeclarationError([Mistake(file, f"{path}.{name}", Words(f"no column '{wanted}' in {absent[wanted]}, though other files have it",
                                                                      f"{absent[wanted]} に列「{wanted}」がありません（他のファイルにはあります）")) for name, wanted in lacking])


def typed(delivered: Delivered, columns: dict[str, Column], place: str, source: str) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the declared columns in their types and the misfits of each; raises DeclarationError for a missing column."""
    nothing = not len(delivered) and not delivered.names  # a format without a header line has no names when it has no rows: GP17 says it
    missing = [(name, column.from_ or name) for name, column in columns.items() if (column.from_ or name) not in set(delivered.names) and not nothing]
    if missing:
        file, _, path = place.partition(" › ")
        raise DeclarationError([Mistake(file, f"{path}.{name}", _no_column(wanted, source, delivered.names)) for name, wanted in missing])
    values = {name: (np.empty(0, int), np.empty(0, object)) if nothing else delivered.distinct(column.from_ or name) for name, column in columns.items()}
    results = {name: cast_distinct(*values[name], column) for name, column in columns.items()}
    return (pd.DataFrame({name: values for name, (values, _) in results.items()}, index=range(len(delivered))),
            {name: misfit for name, (_, misfit) in results.items()})


def _no_column(wanted: str, source: str, names: list[str]) -> Words:
    guess, listing = near(wanted, names), ", ".join(names) or "-"
    return Words(f"no column '{wanted}' in {source}; " + (f"did you mean '{guess}'? " if guess else "") + f"there are: {listing}",
                 f"{source} に列「{wanted}」がありません" + (f"（「{guess}」の誤りではありませんか）" if guess else "") + f"。ある列: {listing}")


def _names(delivered: Delivered) -> str:
    names = [one.path for one in delivered.files]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _to_city(delivered: Delivered, catalogue: Catalogue, layer: Layer, file: str) -> tuple[np.ndarray | None, tuple[Operation, ...]]:
    """Transform to the city's CRS, each row from its own where a file names one for every row."""
    if delivered.geometry is None or delivered.crs is None:
        return delivered.geometry, ()
    place = f"{file} › {_names(delivered)}"
    if delivered.crs_of is None:
        moved, operation = _transformed(delivered.geometry, delivered.crs, catalogue, layer, file, place)
        return moved, (operation,)
    whole, operations = np.full(len(delivered), None, dtype=object), []
    for system in sorted({name for name in delivered.crs_of if name is not None}):
        rows = np.flatnonzero(delivered.crs_of == system)
        whole[rows], operation = _transformed(delivered.geometry[rows], system, catalogue, layer, file, place)
        operations.append(operation)
    return whole, tuple(operations)


def _transformed(geometry: np.ndarray, system: str, catalogue: Catalogue, layer: Layer, file: str, place: str) -> tuple[np.ndarray, Operation]:
    if not is_known(system):
        raise CrsError(f"{file} › source.crs", Words(f"unknown coordinate system '{system}'", f"座標系「{system}」が分かりません"),
                       Words("write an EPSG code such as EPSG:6674", "EPSG:6674 のような EPSG コードで書いてください"))
    return transform(geometry, system, catalogue.city.crs, place, layer.accept_accuracy, lose=True, grid=catalogue.datum_grid)
