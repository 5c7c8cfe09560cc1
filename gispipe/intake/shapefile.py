"""Read a shapefile: structure checked first, geometry by GDAL's own driver, the table by our exact reader.

A `.shp` cut in half reads as rows without geometry, without a word, in the default stack; the headers say so at once.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gispipe.errors import CutOff, PartsDisagree, UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.dbf import LANGUAGE_DRIVER, Header, read_dbf, read_header
from gispipe.intake.delivered import Delivered, Note
from gispipe.intake.digest import Fingerprint
from gispipe.intake.packed import plane_shapes
from gispipe.intake.projection import crs_of_prj
from gispipe.intake.text import codec
from gispipe.model import Source
from gispipe.words import Words

_AGAIN = Words("copy or request all parts again (.shp .shx .dbf .prj .cpg)", "構成ファイル一式（.shp .shx .dbf .prj .cpg）を受け取り直してください")


def read_shapefile(path: Path, source: Source, where: str) -> Delivered:
    """Read one shapefile with its parts; raises UnreadableInput when the parts are missing, cut off or disagree."""
    must_be(path, "shapefile", where)
    shx, dbf = _part(path, ".shx"), _part(path, ".dbf")
    if shx is None:
        raise PartsDisagree(where, Words("the index (.shx) is missing", "索引（.shx）がありません"), _AGAIN)
    count = _check_lengths(path, shx, where)
    header = read_header(dbf, f"{where} (.dbf)") if dbf else None
    if header is not None and header.count != count:
        raise PartsDisagree(where, Words(f"{count:,} shapes but {header.count:,} rows in the table",
                                           f"図形は {count:,} 件、表（.dbf）は {header.count:,} 行で一致しません"), _AGAIN)
    fingerprint = Fingerprint([part for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg") if (part := _part(path, suffix))])
    geometry = _geometry(path, shx, count, where)
    table, kept, notes, facts = _table(path, dbf, header, source, count, where)
    facts |= {"crs_by": ".prj"} if _part(path, ".prj") else {}
    place = np.flatnonzero(kept) + 1
    return Delivered(table, geometry if kept.all() else _chosen(geometry, kept), crs_of_prj(_part(path, ".prj")), place, np.zeros(len(place), int),
                     (fingerprint.of(where, len(place)),), facts.pop("encoding", None), tuple(notes), facts)


def _chosen(geometry: pa.ChunkedArray | np.ndarray, kept: np.ndarray) -> pa.ChunkedArray | np.ndarray:
    return geometry[kept] if isinstance(geometry, np.ndarray) else geometry.filter(pa.array(kept))


def _part(path: Path, suffix: str) -> Path | None:
    for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if candidate.is_file():
            return candidate
    return None


def _check_lengths(shp: Path, shx: Path, where: str) -> int:
    """Compare the lengths that .shp and .shx state (in 16-bit words, big-endian, at byte 24) with the files; return the shapes."""
    for part in (shp, shx):
        with part.open("rb") as file:
            head = file.read(100)
        size = part.stat().st_size
        stated = struct.unpack_from(">i", head, 24)[0] * 2 if len(head) == 100 else -1
        if stated != size:
            raise CutOff(f"{where} ({part.suffix})", Words(f"cut off: {stated:,} bytes stated, {size:,} there",
                                                                    f"途中で切れています（{stated:,} バイトのはずが {size:,} バイト）"), _AGAIN)
    _check_index(shp, shx, where)
    return (shx.stat().st_size - 100) // 8


def _check_index(shp: Path, shx: Path, where: str) -> None:
    """Compare every place and length (16-bit words) in the index with the record it points at."""
    index = np.fromfile(shx, dtype=">i4", offset=100).astype(np.int64)
    if len(index) < 2:
        return
    place, length = index[: len(index) // 2 * 2].reshape(-1, 2).T * 2
    content = np.memmap(shp, dtype=np.uint8, mode="r")
    inside = (place >= 100) & (length >= 0) & (place + 8 + length <= len(content))
    heads = content[np.where(inside, place + 4, 0)[:, None] + np.arange(4)]
    stated = np.ascontiguousarray(heads).view(">i4").ravel().astype(np.int64) * 2
    wrong = np.flatnonzero(~inside | (stated != length))
    if len(wrong):
        raise PartsDisagree(f"{where} row {wrong[0] + 1}", Words("the index (.shx) does not fit the shapes (.shp)", "索引（.shx）と図形（.shp）が一致しません"), _AGAIN)


def _geometry(path: Path, shx: Path, count: int, where: str) -> pa.Array | np.ndarray:
    """Read the shapes alone, as WKB: GDAL sees .shp and .shx without the table, whose text is not its to decode."""
    import pyogrio

    with tempfile.TemporaryDirectory(prefix="gispipe-shp-") as folder:
        alone = Path(folder, "shapes.shp")
        _lend(path, alone)
        _lend(shx, alone.with_suffix(".shx"))
        try:
            meta, table = pyogrio.raw.read_arrow(str(alone), columns=[], read_geometry=True)
            shapes = plane_shapes(table, meta)
        except Exception as error:
            raise UnreadableInput(where, Words(f"the shapes cannot be read: {error}", f"図形を読めません: {error}"), _AGAIN) from None
    if len(table) != count:
        raise UnreadableInput(where, Words(f"{count:,} shapes stated, {len(table):,} could be read", f"図形 {count:,} 件のうち {len(table):,} 件しか読めません"), _AGAIN)
    return shapes


def _lend(path: Path, name: Path) -> None:
    """Show a file under another name: by link where the platform allows it, else by copy."""
    try:
        name.symlink_to(path)
    except OSError:
        shutil.copyfile(path, name)


def _table(path: Path, dbf: Path | None, header: Header | None, source: Source, count: int,
           where: str) -> tuple[pa.Table | pd.DataFrame, np.ndarray, list[Note], dict[str, Any]]:
    if dbf is None or header is None:
        return pd.DataFrame(index=range(count)), np.ones(count, bool), [], {"no_table": True}
    encoding, by = (source.encoding, "declared") if source.encoding else _stated_encoding(path, header, dbf, where)
    read = read_dbf(dbf, header, encoding, where)
    notes = [Note("GP03", 0, cut.row, f"{cut.field}: {cut.rest}") for cut in read.cuts]
    facts = {"encoding": codec(encoding, where), "encoding_by": by} | ({"cp932_duplicates": read.duplicates} if read.duplicates else {})
    return read.columns, read.kept, notes, facts


def _stated_encoding(path: Path, header: Header, dbf: Path, where: str) -> tuple[str, str]:
    """Return the encoding that .cpg or the language driver states, and which of them; ASCII-only tables need none."""
    cpg = _part(path, ".cpg")
    if cpg is not None:
        return cpg.read_text("utf-8-sig", "replace").strip(" \r\n\0"), ".cpg"
    if header.driver in LANGUAGE_DRIVER:
        return LANGUAGE_DRIVER[header.driver], f"language driver 0x{header.driver:02X}"
    if dbf.read_bytes().isascii() or dbf.read_bytes()[32:].isascii():
        return "ascii", "only ASCII"
    raise UnreadableInput(where, Words("there is no .cpg and no encoding is declared", ".cpg がなく、文字コードの宣言もありません"),
                          Words('add encoding = "cp932" to [source] after looking at the text',
                                "内容を確かめて [source] に encoding = \"cp932\" を書いてください"))
