"""A sheet's own frame as one area: which sheets there are, how old, by whom named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.intake.dm.sheet import Sheet

SHEETS = "図郭"


def frame(sheet: Sheet, file: SourceFile, crs: str | None, facts: dict[str, object], encoding: str) -> Delivered:
    """Return one row for the sheet with its rectangle."""
    import pyarrow as pa

    text, whole = pa.large_string(), pa.int64()
    data = pa.table({
        "図郭識別番号": pa.array([sheet.id], text), "図郭名称": pa.array([sheet.name or None], text), "タイトル": pa.array([sheet.title or None], text),
        "地図情報レベル": pa.array([sheet.level], whole), "作成年月": pa.array([sheet.surveyed or None], text), "要素数": pa.array([sheet.elements], whole)})
    return Delivered(data, np.array([shapely.box(*sheet.corners)], dtype=object), crs, np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int64),
                     (replace(file, rows=1),), encoding, (), facts)
