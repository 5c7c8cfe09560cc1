"""Tell the coordinate reference system of a sheet: the zone by its id, the datum by its survey result."""

from __future__ import annotations

import re

from gispipe.errors import CrsError
from gispipe.intake.dm.sheet import Sheet
from gispipe.model import Source
from gispipe.words import Words

_FIRST = {2: (6668, "JGD2011"), 1: (2442, "JGD2000")}


def system(sheet: Sheet, source: Source, where: str) -> tuple[str | None, str]:
    """Return `EPSG:n`, or None when nothing tells the zone, and how it is known.

    The datum is JGD2011 unless the sheet says JGD2000; a CRS declared in the layer wins over it. Raises CrsError when
    the declared CRS is of another zone than the sheet's id: coordinates would land in another part of the country.
    """
    zone = sheet.zone
    if zone is None:
        return (source.crs, "declared") if source.crs else (None, "nothing: the sheet id names no zone")
    first, datum = _FIRST.get(sheet.result, (6668, "JGD2011"))
    declared = declared_zone(source.crs)
    if declared is not None and declared != zone:
        raise CrsError(where, Words(f"the sheet {sheet.id} lies in zone {zone}, the layer says {source.crs} (zone {declared})",
                                    f"図郭 {sheet.id} は第{zone}系ですが、レイヤーには {source.crs}（第{declared}系）とあります"),
                       Words("correct crs in [source] or the file", "[source] の crs かファイルを直してください"))
    if source.crs:
        return source.crs, f"declared; zone {zone} by the sheet id agrees"
    return f"EPSG:{first + zone}", f"zone {zone} by the sheet id, {datum} by " + ("the survey result" if sheet.result in _FIRST else "default")


def declared_zone(crs: str | None) -> int | None:
    """Return the zone of a plane rectangular system by its EPSG code (Tokyo datum, JGD2000, JGD2011), None for others."""
    match = re.fullmatch(r"EPSG:(\d+)", crs or "", re.IGNORECASE)
    code = int(match[1]) if match else 0
    return next((code - first for first in (30160, 2442, 6668) if 1 <= code - first <= 19), None)
