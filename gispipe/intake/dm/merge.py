"""Put the sheets of one source together: one seamless layer, and a list of what does not meet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered, Note
from gispipe.intake.dm.seam import Seams, Stitched
from gispipe.intake.dm.seam_areas import dissolve
from gispipe.intake.dm.seam_lines import join
from gispipe.intake.dm.seam_points import single
from gispipe.model import Source
from gispipe.words import Words

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_KEPT = ("図郭識別番号", "レコード番号")
_NOTE = "GP36"


def merge_sheets(delivered: Delivered, source: Source) -> Delivered:
    """Return the stacked sheets as one layer.

    Lines are joined and areas dissolved across the edge of two sheets that are both there when class, height and the
    way of drawing agree; points and annotations on an edge that both sheets carry stand once. An element that ends at
    such an edge with nothing behind it is noted (GP36). A merged row names its sheets and records, joined by `;`.
    Raises UnreadableInput when one sheet comes in two files.
    """
    sheets = {key[6:]: value for key, value in delivered.facts.items() if key.startswith("sheet ") and isinstance(value, dict)}
    geometry = delivered.geometry
    if geometry is None or not sheets or _KEPT[1] not in delivered.names:
        return delivered
    _once(delivered)
    seams = Seams.of(sheets, delivered)
    kinds = shapely.get_type_id(geometry)
    done = Stitched.nothing(geometry)
    if len(sheets) > 1 and len(geometry):
        stitch = join if (kinds == 1).any() else dissolve if (kinds == 3).any() else single
        done = stitch(geometry, delivered, seams)
    facts = delivered.facts | {"merged": _said(done, seams, len(sheets))}
    notes = (*delivered.notes, *_notes(done, delivered))
    return replace(_taken(delivered, done), notes=notes, facts=facts)


def _once(delivered: Delivered) -> None:
    codes, ids = delivered.distinct(_KEPT[0])
    first: dict[str, int] = {}
    for code, file in np.unique(np.column_stack([codes, delivered.file]), axis=0).tolist():
        sheet = ids[code]
        if first.setdefault(sheet, file) != file:
            one, other = delivered.files[first[sheet]].path, delivered.files[file].path
            raise UnreadableInput(other, Words(f"the sheet {sheet} is also in {one}", f"図郭 {sheet} が {one} にもあります"),
                                  Words("keep the newer of the two", "新しい方だけを残してください"))


def _said(done: Stitched, seams: Seams, sheets: int) -> dict[str, object]:
    edges = Counter(f"{one} | {other}" for _, one, other, _ in done.loose)
    return {"sheets": sheets, "tolerance_m": seams.tolerance, "rows_before": len(done.geometry), "rows_merged_away": int((done.into >= 0).sum()),
            "loose_ends": len(done.loose), "loose_at": dict(sorted(edges.items())[:200]), "left_alone": done.left_alone}


def _notes(done: Stitched, delivered: Delivered) -> list[Note]:
    return [Note(_NOTE, int(delivered.file[row]), int(delivered.place[row]), f"{one} | {other}: {detail}") for row, one, other, detail in done.loose]


def _taken(delivered: Delivered, done: Stitched) -> Delivered:
    """Return the rows that stay, their provenance completed by the rows that went into them."""
    keep = np.flatnonzero(done.into < 0)
    if len(keep) == len(done.into):
        return delivered
    merged: dict[int, list[int]] = {}
    for row in np.flatnonzero(done.into >= 0).tolist():
        merged.setdefault(int(done.into[row]), [int(done.into[row])]).append(row)
    texts = {name: _provenance(delivered.values(name), merged)[keep] for name in _KEPT}
    return replace(delivered, data=_rows(delivered.data, keep, texts), shapes=done.geometry[keep], place=delivered.place[keep], file=delivered.file[keep],
                   crs_of=None if delivered.crs_of is None else delivered.crs_of[keep])


def _provenance(values: np.ndarray, merged: dict[int, list[int]]) -> np.ndarray:
    out = values.copy()
    for into, rows in merged.items():
        out[into] = ";".join(dict.fromkeys(str(values[row]) for row in sorted(rows)))
    return out


def _rows(data: pd.DataFrame | pa.Table, keep: np.ndarray, texts: dict[str, np.ndarray]) -> pd.DataFrame | pa.Table:
    import pandas as pd
    import pyarrow as pa

    if isinstance(data, pd.DataFrame):
        return data.iloc[keep].reset_index(drop=True).assign(**texts)
    table = data.take(pa.array(keep))
    for name, values in texts.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.large_string()))
    return table
