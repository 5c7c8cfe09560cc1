"""Which layer declarations would read a thing: those whose path it lies under, and those whose columns it has."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.inspect.recognise import Thing
from gispipe.model import Column, Source


def declared_by(catalogue: Catalogue, thing: Thing, path: Path) -> tuple[str, ...]:
    """Return the layer files (with the join where it is a ledger) that read this thing, exact paths first."""
    root = catalogue.sources.resolve()
    here = path.resolve().relative_to(root).as_posix() if path.resolve().is_relative_to(root) else None
    by_path, by_columns = [], []
    for place, source, columns in _sources(catalogue):
        if source.reader != thing.source.reader and not _kin(source, thing):
            continue
        if here is not None and (here == source.path or fnmatch.fnmatchcase(here, source.path)) and _same_part(source, thing):
            by_path.append(place)
        elif here is None and _same_part(source, thing) and _has_columns(thing, columns):
            by_columns.append(place)
    return tuple(by_path or by_columns)


def _sources(catalogue: Catalogue) -> Iterator[tuple[str, Source, dict[str, Column]]]:
    for layer in catalogue.layers.values():
        file = catalogue.files[f"layer:{layer.id}"]
        yield file, layer.source, layer.columns
        for name, join in layer.join.items():
            if join.source is not None:
                yield f"{file} › join.{name}", join.source, join.columns


def _kin(source: Source, thing: Thing) -> bool:
    """Tell plain readers that also read an official data set as it stands."""
    return source.reader in ("csv", "geojson", "shapefile", "xlsx") and thing.source.reader in ("abr", "isj", "gsi_shelter", "standard", "ksj")


def _same_part(source: Source, thing: Thing) -> bool:
    """Tell whether a declaration takes this thing of a file of several; a DM layer may name classes with or without their kind."""
    if source.layer is None or thing.source.layer is None:
        return source.layer is None or thing.source.layer is None
    wanted = {one.strip() for one in source.layer.split("|")}
    kind, _, name = thing.source.layer.rpartition(":")
    drawn = {one for one in wanted if ":" not in one or one.startswith(f"{kind}:")}
    return thing.source.layer in wanted or name in {one.rpartition(":")[2] for one in drawn}


def _has_columns(thing: Thing, columns: dict[str, Column]) -> bool:
    wanted = {column.from_ or name for name, column in columns.items()}
    return thing.delivered is not None and bool(wanted) and wanted <= set(thing.delivered.names)
