"""Write XLSX workbooks by hand: the few parts a spreadsheet needs, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DAY_ZERO = dt.datetime(1899, 12, 30)
_STYLES = (f'{_HEAD}<styleSheet xmlns="{_SHEET}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
           '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
           '<xf numFmtId="22" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>')


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> bytes:
    """Return a workbook with these sheets: rows of texts, numbers, dates, times and None; `merged` ranges on each."""
    parts = {
        "[Content_Types].xml": _types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(list(sheets)),
        "xl/_rels/workbook.xml.rels": _relations([*[("worksheet", f"worksheets/sheet{k}.xml") for k in range(1, len(sheets) + 1)], ("styles", "styles.xml")]),
        "xl/styles.xml": _STYLES,
    } | {f"xl/worksheets/sheet{k}.xml": _sheet(rows, merged) for k, rows in enumerate(sheets.values(), 1)}
    return zipped({name: text.encode("utf-8") for name, text in parts.items()})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of these files, every one dated the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 4, 1, 0, 0, 0))
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(info, data)
    return out.getvalue()


def _types(count: int) -> str:
    sheets = "".join(f'<Override PartName="/xl/worksheets/sheet{k}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for k in range(1, count + 1))
    return (f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{sheets}'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>')


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f'<Relationship Id="rId{k}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for k, (kind, target) in enumerate(targets, 1))
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _book(names: Sequence[str]) -> str:
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{k}" r:id="rId{k}"/>' for k, name in enumerate(names, 1))
    return f'{_HEAD}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet(rows: Sequence[Sequence[object]], merged: Sequence[str]) -> str:
    letters = [_letters(k) for k in range(1, max(map(len, rows), default=0) + 1)]
    body = "".join(f'<row r="{r}">{"".join(_cell(value, f"{letters[c]}{r}") for c, value in enumerate(row))}</row>' for r, row in enumerate(rows, 1))
    spans = f'<mergeCells count="{len(merged)}">{"".join(f"""<mergeCell ref="{span}"/>""" for span in merged)}</mergeCells>' if merged else ""
    return f'{_HEAD}<worksheet xmlns="{_SHEET}"><sheetData>{body}</sheetData>{spans}</worksheet>'


def _cell(value: object, place: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.datetime):
        return f'<c r="{place}" s="2"><v>{(value - _DAY_ZERO) / dt.timedelta(days=1):.10f}</v></c>'
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="1"><v>{(value - _DAY_ZERO.date()).days}</v></c>'
    if isinstance(value, dt.time):
        return f'<c r="{place}" s="3"><v>{(value.hour * 3600 + value.minute * 60 + value.second) / 86400:.10f}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _letters(number: int) -> str:
    """Return a column's letters, A for 1."""
    out = ""
    while number:
        number, rest = divmod(number - 1, 26)
        out = chr(65 + rest) + out
    return out
