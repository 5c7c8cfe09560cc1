"""What a reader hands over: columns as they stand in the files, geometry as drawn, and what the reader noticed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class SourceFile:
    """One file of a source: path relative to the source folder, SHA-256 and bytes over all its parts, rows read."""

    path: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True)
class Note:
    """Something a reader noticed in a row: rule code, file index, row as a person counts (1-based), and the detail."""

    code: str
    file: int
    row: int
    detail: str


@dataclass(frozen=True)
class Delivered:
    """A table as delivered.

    frame: (n, columns) values as text or as the format's own types; geometry: (n,) shapely objects in `crs` with x
    east or longitude first, None where the file has none; place: (n,) 1-based row in its file; file: (n,) index
    into `files`. `crs` is what the file itself says, None when it says nothing.
    """

    frame: pd.DataFrame
    geometry: np.ndarray | None
    crs: str | None
    place: np.ndarray
    file: np.ndarray
    files: tuple[SourceFile, ...]
    encoding: str | None = None
    notes: tuple[Note, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.place)


def stack(parts: list[Delivered]) -> Delivered:
    """Put the tables of several files of one source under each other; the caller has checked that their CRS agree."""
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0] + [len(part.files) for part in parts[:-1]])
    notes = [Note(n.code, n.file + int(k), n.row, n.detail) for part, k in zip(parts, offsets, strict=True) for n in part.notes]
    has_geometry = all(part.geometry is not None for part in parts)
    return Delivered(
        frame=pd.concat([part.frame for part in parts], ignore_index=True),
        geometry=np.concatenate([part.geometry for part in parts if part.geometry is not None]) if has_geometry else None,
        crs=parts[0].crs,
        place=np.concatenate([part.place for part in parts]),
        file=np.concatenate([part.file + int(k) for part, k in zip(parts, offsets, strict=True)]),
        files=tuple(f for part in parts for f in part.files),
        encoding=parts[0].encoding,
        notes=tuple(notes),
        facts={key: value for part in parts for key, value in part.facts.items()} | {"absent": _absent(parts)},
    )


def _absent(parts: list[Delivered]) -> dict[str, str]:
    """Return column → the first file that lacks it, for columns only some of the files have."""
    every = dict.fromkeys(name for part in parts for name in part.frame.columns)
    return {name: part.files[0].path for name in every for part in reversed(parts) if name not in part.frame.columns}
