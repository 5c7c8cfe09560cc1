"""Tell the coordinate reference system that a file itself states, as an EPSG code where there is one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


def crs_of_prj(prj: Path | None) -> str | None:
    """Return `EPSG:n` (or WKT when no code fits) for a .prj file, None when it is absent or empty."""
    if prj is None:
        return None
    text = prj.read_text("utf-8", "replace").strip("\ufeff \r\n\0")
    return crs_name(text) if text else None


@lru_cache(maxsize=64)
def crs_name(definition: str) -> str | None:
    """Return `EPSG:n` for any definition pyproj understands, the definition itself when no code fits, None if unreadable.

    The Esri spellings of the Japanese systems carry no code; they are recognised by comparing definitions, never names.
    A search through all systems is slow, and the files of a city state the same few definitions.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(definition)
    except CRSError:
        return None
    code = crs.to_epsg(min_confidence=70)
    return f"EPSG:{code}" if code is not None else definition
