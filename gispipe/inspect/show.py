"""Print descriptions for a person: aligned by display width, wide characters counted as two."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from gispipe.inspect.describe import ColumnFacts, Description, ShapeFacts
from gispipe.words import Words

_MOST_COLUMNS = 60


def lines_of(one: Description) -> list[str]:
    """Return the lines for one thing."""
    head = f"{one.file}   {one.title}"
    for key in ("member", "layer"):
        if key in one.source:
            head += f'   {key} = "{one.source[key]}"'
    body: list[tuple[Words, str]] = []
    if one.failure is not None:
        body.append((Words("not readable", "読めません"), str(one.failure)))
    else:
        body += _facts(one)
    width = max((_wide(str(label)) for label, _ in body), default=0)
    lines = [head, *(f"  {_pad(str(label), width)}  {text}" for label, text in body if text)]
    return lines + _columns(one.columns)


def _facts(one: Description) -> list[tuple[Words, str]]:
    rows = [(Words("rows", "件数"), f"{one.rows:,}")] if one.rows is not None else []
    rows += [(Words("CRS", "座標系"), _how(one.crs or (str(Words("not stated", "記載なし")) if one.shapes else ""), one.crs_by)),
             (Words("encoding", "文字コード"), _how(one.encoding or "", one.encoding_by))]
    rows += _shapes(one.shapes) if one.shapes else []
    rows += [(Words("noticed", "気づき"), f"{note.code} ×{note.count:,}  {note.sentence}  [{_short(note.first)}]") for note in one.notes]
    rows += [(Words("doubt", "推定"), str(doubt)) for doubt in one.doubts]
    rows += [(Words("told", "内容"), f"{key}: {_short(value)}") for key, value in one.facts.items()]
    source = ", ".join(f'{key} = "{value}"' for key, value in one.source.items() if key != "path")
    rows += [(Words("read by", "宣言"), ", ".join(one.layers) or str(Words("no layer yet; in [source]: ", "まだありません。[source] の書き方: ")) + source)]
    return rows


def _how(value: str, how: str) -> str:
    return f"{value}  ({how})" if value and how else value


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 160 else text[:157] + "…"


def _shapes(shapes: ShapeFacts) -> list[tuple[Words, str]]:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in shapes.kinds.items()) or "0"
    defects = [(Words("missing", "図形なし"), shapes.missing), (Words("invalid", "不正"), shapes.invalid), (Words("duplicate", "重複"), shapes.duplicate),
               (Words("not finite", "座標が数値でない"), shapes.not_finite)]
    told = ", ".join(f"{label} {count:,}" for label, count in defects if count) or str(Words("no defect", "欠陥なし"))
    box = f"{shapes.box[0]:.5f}, {shapes.box[1]:.5f} – {shapes.box[2]:.5f}, {shapes.box[3]:.5f}" if shapes.box else ""
    return [(Words("shapes", "図形"), f"{kinds}  ({told})"), (Words("extent", "範囲"), box)]


def _columns(columns: Sequence[ColumnFacts]) -> list[str]:
    if not columns:
        return []
    shown = columns[:_MOST_COLUMNS]
    width = min(max(_wide(one.name) for one in shown), 30)
    lines = [f"    {_pad(one.name, width)}  {one.kind:<8} {one.filled:>9,}  {one.distinct:>9,}  {_sample(one)}" for one in shown]
    head = f"    {_pad(str(Words('column', '列')), width)}  {_pad(str(Words('kind', '型')), 8)} {_left(str(Words('filled', '記入')), 9)}  {_left(str(Words('distinct', '異なり')), 9)}  {Words('samples', '例')}"
    more = [f"    … {len(columns) - len(shown)} {Words('more columns (--json shows all)', '列を省略（--json ですべて表示）')}"] if len(columns) > len(shown) else []
    return [head, *lines, *more]


def _sample(one: ColumnFacts) -> str:
    return ", ".join("".join(c if c.isprintable() else "·" for c in text) for text in one.samples)[:70]


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _pad(text: str, width: int) -> str:
    return text + " " * max(0, width - _wide(text))


def _left(text: str, width: int) -> str:
    return " " * max(0, width - _wide(text)) + text
