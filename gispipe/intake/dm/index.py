"""The index file of a delivery (INDEX.idx, .dmi): zone and list of sheets."""

from __future__ import annotations

import re

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.intake.dm.columns import empty
from gispipe.intake.dm.fields import number
from gispipe.intake.dm.records import Records
from gispipe.model import Source
from gispipe.words import Words

_ID = re.compile(rb"\d{2}[A-T][A-H][0-9A-Z]{0,4}")


def index_end(records: Records, where: str) -> int:
    """Return the index of the first sheet record: 0 unless an index stands before it; the number of records when there is none."""
    first = records.lines[:, 0]
    if not len(first) or first[0] not in (73, 77):
        raise UnreadableInput(where, Words("the file begins with neither a sheet (M) nor an index (I) record", "先頭が図郭（M）でもインデックス（I）でもありません"),
                              Words("ask for the DM sheets themselves", "DM の図郭ファイルを受け取ってください"))
    sheets = np.flatnonzero((first == 77) & (records.lines[:, 1] == 32))
    return 0 if first[0] == 77 else int(sheets[0]) if len(sheets) else len(first)


def read_index(records: Records, source: Source, file: SourceFile, where: str) -> Delivered:
    """Return an index as a table without elements; zone and sheets are its facts.

    Raises UnreadableInput when the zone is none of 1…19 or fewer sheets are listed than announced.
    """
    head = records.record(0)
    zone, count = number(head, 3, 4), number(head, 38, 39)
    sheets = [match.decode("ascii") for k in range(1, len(records.lines)) for match in _ID.findall(records.record(k))]
    if zone is None or not 1 <= zone <= 19:
        raise UnreadableInput(f"{where}:1", Words("the index names no zone from 1 to 19", "インデックスの座標系番号が 1～19 ではありません"),
                              Words("check the delivery", "納品物を確認してください"))
    if count and len(records.lines) - 1 < count:
        raise UnreadableInput(f"{where}:1", Words(f"the index announces {count} sheet records; {len(records.lines) - 1} follow",
                                                  f"インデックスの図郭数は {count} ですが、続くレコードは {len(records.lines) - 1} です"),
                              Words("the index is cut off; ask for it again", "途中で切れています。受け取り直してください"))
    crs = source.crs or f"EPSG:{6668 + zone}"
    facts: dict[str, object] = {"crs_by": f"zone {zone} by the index", "crs_by_rule": True, "encoding_by": records.encoding_by,
                                f"index {where}": {"zone": zone, "sheets": sheets}}
    return Delivered(empty(), np.empty(0, dtype=object), crs, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), (file,), records.delivered_in, (), facts)
