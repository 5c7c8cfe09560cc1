"""Read a dBASE table exactly: every byte is decoded strictly or reported with its row.

Layout: dBASE III table header (record count at 4, header length at 8, record length at 10, language driver at 29)
and 32-byte field descriptors. Text longer than 255 bytes uses the decimals byte as its high length byte.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import CutOff, UnreadableInput
from gispipe.intake.text import codec, duplicates, proven, refuse_other
from gispipe.words import Words

LANGUAGE_DRIVER = {0x13: "cp932", 0x7B: "cp932"}
TEXT_KINDS = "CNFDLM"
"""Kinds whose cells are written as text; the binary ones of other dBASE dialects would decode into nonsense."""


@dataclass(frozen=True)
class Field:
    name: bytes
    kind: str
    width: int
    offset: int


@dataclass(frozen=True)
class Header:
    """Fields, record count and sizes of a table; `driver` is the language driver byte."""

    fields: tuple[Field, ...]
    count: int
    header_size: int
    record_size: int
    driver: int


@dataclass(frozen=True)
class Cut:
    """A text cut in the middle of a character: row (1-based, deleted rows counted), field name, bytes that were left over."""

    row: int
    field: str
    rest: str


def read_header(path: Path, where: str) -> Header:
    """Read the header; raises UnreadableInput when sizes contradict the file."""
    with path.open("rb") as file:
        data = file.read(65536)
    if len(data) < 33:
        raise CutOff(where, Words("the table is cut off", "表（.dbf）が途中で切れています"), _AGAIN)
    count, header_size, record_size = struct.unpack_from("<IHH", data, 4)
    fields, offset = [], 1
    for start in range(32, min(header_size, len(data)) - 1, 32):
        if data[start] == 0x0D:
            break
        kind = chr(data[start + 11])
        if kind not in TEXT_KINDS:
            raise UnreadableInput(where, Words(f"the table has a field of binary kind '{kind}', which shapefiles do not have",
                                               f"表（.dbf）にシェープファイルにはない形式（{kind}）の項目があります"),
                                  Words("export it again as a plain shapefile", "通常のシェープファイルとして出力し直してください"))
        width = data[start + 16] + (data[start + 17] << 8 if kind == "C" else 0)
        fields.append(Field(data[start:start + 11].split(b"\0")[0], kind, width, offset))
        offset += width
    expected = header_size + count * record_size
    if offset != record_size or path.stat().st_size < expected:
        raise CutOff(where, Words(
            f"the table says {count:,} rows of {record_size} bytes, but the file has {path.stat().st_size:,} bytes",
            f"表（.dbf）は {record_size} バイト×{count:,} 行のはずですが、ファイルは {path.stat().st_size:,} バイトです"), _AGAIN)
    return Header(tuple(fields), count, header_size, record_size, data[29])


_AGAIN = Words("copy or request the file again", "コピーし直すか、受け取り直してください")


@dataclass(frozen=True)
class Read:
    """A table as read: text columns (dictionaries of texts), the mask of rows not marked deleted, texts cut in mid-character,
    and how many characters of its distinct cells stood under a code that cp932 has twice (NEC and IBM) and are one now."""

    columns: pa.Table
    kept: np.ndarray
    cuts: list[Cut]
    duplicates: int


def read_dbf(path: Path, header: Header, encoding: str, where: str) -> Read:
    """Read a table with the header already checked.

    Empty cells become null; dates become YYYY-MM-DD. Raises UnreadableInput for bytes that do not fit `encoding`.
    """
    name = codec(encoding, where)
    raw = np.memmap(path, dtype=np.uint8, mode="r", offset=header.header_size, shape=header.count * header.record_size) if header.count else np.zeros(0, np.uint8)
    records = raw.reshape(header.count, header.record_size)
    kept = records[:, 0] != 0x2A if header.count else np.zeros(0, bool)
    body = records if kept.all() else records[kept]
    _refuse_other(body, name, where)
    columns: dict[str, pa.Array] = {}
    cuts: list[Cut] = []
    twice = 0
    for field in header.fields:
        title = _field_name(field, name, where)
        while title in columns:
            title += "_"
        cells = np.ascontiguousarray(body[:, field.offset:field.offset + field.width])
        columns[title], doubled = _decode_cells(cells, field, name, where, title, cuts, kept)
        twice += doubled
    return Read(pa.table(columns) if columns else pa.table({}), kept, cuts, twice)


def _refuse_other(body: np.ndarray, name: str, where: str) -> None:
    """Raise UnreadableInput when a table declared cp932 proves to be UTF-8; digits and blanks prove nothing and cost nothing."""
    if name in ("cp932", "euc_jp") and (body >= 0x80).any():
        data = body.tobytes()
        refuse_other(data, name, proven(data), where)


def _field_name(field: Field, name: str, where: str) -> str:
    """Decode a field name; one cut in mid-character (names are ten bytes) keeps what is whole."""
    shortest = len(field.name) - 3 if len(field.name) >= 9 else len(field.name)
    for end in range(len(field.name), shortest - 1, -1):
        try:
            return field.name[:end].decode(name)
        except UnicodeDecodeError:
            continue
    raise UnreadableInput(where, Words(f"the field name {field.name.hex(' ').upper()} does not fit the encoding {name}",
                                       f"文字コード {name} では読めない項目名 {field.name.hex(' ').upper()} があります"),
                          Words("correct encoding in [source]", "[source] の encoding を直してください"))


def _decode_cells(cells: np.ndarray, field: Field, name: str, where: str, title: str, cuts: list[Cut], kept: np.ndarray) -> tuple[pa.Array, int]:
    """Decode each distinct cell once; return also the characters among them that stood under doubled codes."""
    count = len(cells)
    if not field.width or not count:
        return pa.nulls(count, pa.dictionary(pa.int32(), pa.large_string())), 0
    coded = pa.Array.from_buffers(pa.binary(field.width), count, [None, pa.py_buffer(cells)]).dictionary_encode()
    values = coded.dictionary.to_pylist()
    texts, twice = _decode_together(values, field, name)
    if texts is None:
        inverse = coded.indices.to_numpy()
        texts = _decode_each(values, field, name, where, title, cuts, inverse, np.flatnonzero(kept) + 1)
    blank = pa.array([text is None for text in texts])
    indices = pc.if_else(pc.take(blank, coded.indices), pa.scalar(None, pa.int32()), coded.indices)
    return pa.DictionaryArray.from_arrays(indices, pa.array(["" if text is None else text for text in texts], type=pa.large_string())), twice


def _decode_together(values: list[bytes], field: Field, name: str) -> tuple[list[str | None] | None, int]:
    """Decode cells in one go, set apart by line ends; None where one of them holds a line end or does not fit the encoding."""
    whole = b"\n".join(value.rstrip(b" \0") for value in values)
    try:
        text = whole.decode(name)
    except UnicodeDecodeError:
        return None, 0
    texts = text.split("\n")
    if len(texts) != len(values):
        return None, 0
    return [_meaning(one.replace("\0", ""), field.kind) for one in texts], duplicates(whole, text) if name == "cp932" else 0


def _decode_each(values: list[bytes], field: Field, name: str, where: str, title: str, cuts: list[Cut], inverse: np.ndarray, place: np.ndarray) -> list[str | None]:
    cut: dict[int, str] = {}
    texts = [_decode_cell(value, field, name, where, title, k, cut, inverse, place) for k, value in enumerate(values)]
    cuts += [Cut(int(row), title, rest) for k, rest in cut.items() for row in place[inverse == k]]
    return texts


def _decode_cell(value: bytes, field: Field, name: str, where: str, title: str, k: int, cut: dict[int, str], inverse: np.ndarray,
                 place: np.ndarray) -> str | None:
    text = value.rstrip(b" \0")
    try:
        return _meaning(text.decode(name).replace("\0", ""), field.kind)
    except UnicodeDecodeError as error:
        if field.kind == "C" and len(text) >= field.width - 1 and error.start >= len(text) - 3:
            cut[k] = text[error.start:].hex(" ").upper()
            return _meaning(text[:error.start].decode(name), field.kind)
        row = int(place[inverse == k][0])
        raise UnreadableInput(f"{where} row {row} {title}", Words(
            f"bytes {text[error.start:error.end].hex(' ').upper()} do not fit the encoding {name}",
            f"文字コード {name} では読めないバイト {text[error.start:error.end].hex(' ').upper()} があります"),
            Words("correct encoding in [source]", "[source] の encoding を直してください")) from None


def _meaning(text: str, kind: str) -> str | None:
    text = text.strip()
    if not text or (kind in "NF" and set(text) == {"*"}):
        return None
    if kind == "D" and len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if kind == "L":
        return {"T": "true", "Y": "true", "F": "false", "N": "false"}.get(text.upper())
    return text
