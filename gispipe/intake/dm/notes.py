"""Annotations: text, direction, size on the ground."""

from __future__ import annotations

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.dm.chosen import Chosen
from gispipe.intake.dm.fields import integers
from gispipe.intake.dm.records import Records
from gispipe.intake.dm.sheet import Sheet
from gispipe.intake.dm.text import note_text
from gispipe.words import Words

_TENTH_MM = 0.0001
_TEXT = slice(20, 84)


def note_columns(records: Records, sheet: Sheet, chosen: Chosen, where: str) -> dict[str, np.ndarray]:
    """Return the columns that only annotations have; sizes on the map (0.1 mm) become metres on the ground.

    Raises UnreadableInput for a text that does not fit its encoding, naming the record.
    """
    rows, bad = chosen.heads.number("レコード数"), chosen.heads.bad("レコード数")
    if (bad | (rows < 1)).any():
        at = chosen.at[int(np.argmax(bad | (rows < 1)))]
        raise UnreadableInput(f"{where}:{at + 1}", Words("the annotation has no text record", "注記に文字列のレコードがありません"),
                              Words("ask for the sheet again", "図郭ファイルを受け取り直してください"))
    first = records.lines[chosen.at + 1]
    ground = _TENTH_MM * sheet.level
    return {"文字列": _texts(records, chosen, rows, where), "縦横": np.where(first[:, 0] == 49, "縦", "横").astype(object),
            "角度": _number(first, 2, 8) % 360.0, "字大": np.round(_number(first, 9, 13) * ground, 6), "字隔": np.round(_number(first, 14, 18) * ground, 6),
            "線号": integers(first[:, 18:20])[0]}


def _number(block: np.ndarray, left: int, right: int) -> np.ndarray:
    values, bad = integers(block[:, left - 1:right])
    return np.where(bad, np.nan, values.astype(float))


def _texts(records: Records, chosen: Chosen, rows: np.ndarray, where: str) -> np.ndarray:
    """Return the texts; a text longer than one record goes on in the same columns of the next."""
    count, kanji = chosen.heads.number("データ数"), chosen.heads.raw[:, 23] == 49
    texts, seven, other = np.full(len(rows), None, dtype=object), 0, 0
    for k, (at, length) in enumerate(zip(chosen.at.tolist(), rows.tolist(), strict=True)):
        data = records.lines[at + 1:at + 1 + length, _TEXT].tobytes()
        text, was_seven = note_text(data, int(count[k]), bool(kanji[k]), records.encoding, f"{where}:{at + 2}")
        texts[k] = text or None
        seven += was_seven
        other += len(text) != count[k]
    if seven:
        chosen.facts["texts_in_7_bit_kanji"] = seven
    if other:
        chosen.facts["texts_of_other_length"] = other
    return texts
