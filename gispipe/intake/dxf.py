"""Read DXF drawings: entities with their layer and text. Outside references are counted and never followed.

Text is decoded here, strictly, and handed to GDAL's own driver as UTF-8: left alone it takes bytes without a stated
code page for Latin ones. A drawing states no coordinate system; the layer has to.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gispipe.errors import UnreadableInput
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.dxf_pairs import check_pairs, outside
from gispipe.intake.text import decode
from gispipe.model import Source
from gispipe.words import Words

_AGAIN = Words("save it again as ASCII DXF (2007 or later writes UTF-8)", "ASCII 形式の DXF（2007 以降なら UTF-8）で保存し直してください")
_PAGES = {"ansi_932": "cp932", "dos932": "cp932", "ansi_65001": "utf-8", "utf-8": "utf-8", "utf8": "utf-8"}


def read_dxf(path: Path, source: Source, where: str) -> Delivered:
    """Read the entities of model space; `layer` of the source takes those of one layer.

    Raises UnreadableInput for binary and cut-off drawings, text of no known encoding, and a layer that is not there.
    """
    must_be(path, "dxf", where)
    data = path.read_bytes()
    text, encoding, by = _text(data, source, where)
    check_pairs(text, where)
    frame, shapes = _entities(text, where)
    facts: dict[str, object] = {"encoding_by": by, "layers": _counts(frame)}
    paper = frame.pop("PaperSpace").to_numpy() == 1 if "PaperSpace" in frame else np.zeros(len(frame), bool)
    elsewhere = outside(text)
    facts |= {name: value for name, value in (("paper_space", int(paper.sum())), ("outside_references", elsewhere)) if value}
    keep = ~paper & _of_layer(frame, source, where)
    bare = np.flatnonzero(keep & shapely.is_missing(shapes))
    place = np.flatnonzero(keep) + 1
    file = SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), len(place))
    return Delivered(frame[keep].reset_index(drop=True), shapes[keep], None, place, np.zeros(len(place), int), (file,), encoding,
                     tuple(Note("GP11", 0, int(k) + 1, "") for k in bare), facts)


def _text(data: bytes, source: Source, where: str) -> tuple[str, str, str]:
    """Return the drawing's text, its encoding and how that is known."""
    if data.startswith(b"AutoCAD Binary DXF"):
        raise UnreadableInput(where, Words("a binary DXF is not read", "バイナリ形式の DXF は読めません"), _AGAIN)
    if not re.search(rb"(^|\n)\s*0\s*\r?\n\s*EOF\s*$", data[-200:]):
        raise UnreadableInput(where, Words("cut off: there is no EOF at the end", "途中で切れています（末尾に EOF がありません）"),
                              Words("copy or request the file again", "受け取り直してください"))
    if source.encoding:
        return *decode(data, source.encoding, where), "declared"
    page = _header(data, "DWGCODEPAGE").lower()
    stated = "utf-8" if _header(data, "ACADVER") >= "AC1021" else _PAGES.get(page)
    return *decode(data, None if data.isascii() else stated, where), "drawing" if stated and not data.isascii() else "only ASCII" if data.isascii() else "proven UTF-8"


def _header(data: bytes, name: str) -> str:
    """Return the value of a header variable, empty when it is not there."""
    found = re.search(rb"\$" + name.encode() + rb"\s*\r?\n\s*\d+\s*\r?\n([^\r\n]*)", data[:200_000])
    return found[1].decode("ascii", "replace").strip() if found else ""


def _entities(text: str, where: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return attributes and shapes as the driver gives them, from a UTF-8 copy of its own."""
    import pyogrio

    with tempfile.TemporaryDirectory(prefix="gispipe-dxf-") as folder:
        copy = Path(folder, "drawing.dxf")
        copy.write_bytes(text.encode("utf-8"))
        pyogrio.set_gdal_config_options({"DXF_ENCODING": "UTF-8"})
        try:
            meta, _, wkb, values = pyogrio.raw.read(str(copy), read_geometry=True)
        except (ValueError, RuntimeError) as error:
            raise UnreadableInput(where, Words(f"the drawing cannot be read: {error}", f"図面を読めません: {error}"), _AGAIN) from None
        finally:
            pyogrio.set_gdal_config_options({"DXF_ENCODING": None})
    frame = pd.DataFrame({str(name): _objects(column) for name, column in zip(meta["fields"], values, strict=True)}, index=range(len(wkb)), dtype=object)
    shapes = shapely.force_2d(shapely.from_wkb(wkb)) if len(wkb) else np.empty(0, dtype=object)
    _finite(shapes, where)
    return frame, shapes


def _finite(shapes: np.ndarray, where: str) -> None:
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise UnreadableInput(where, Words("a coordinate is not finite", "有限でない座標があります"), _AGAIN)


def _objects(column: np.ndarray) -> np.ndarray:
    missing = pd.isna(column)
    out = np.empty(len(column), dtype=object)
    out[:] = [None if gone or (isinstance(value, str) and not value.strip()) else _plain(value) for value, gone in zip(column.tolist(), missing, strict=True)]
    return out


def _plain(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else int(value) if isinstance(value, float) and value.is_integer() else value


def _counts(frame: pd.DataFrame) -> dict[str, int]:
    return {str(name): int(count) for name, count in frame["Layer"].value_counts().sort_index().items()} if "Layer" in frame else {}


def _of_layer(frame: pd.DataFrame, source: Source, where: str) -> np.ndarray:
    if source.layer is None:
        return np.ones(len(frame), bool)
    mask = frame["Layer"].to_numpy() == source.layer
    if not mask.any():
        listing = ", ".join(_counts(frame)) or "-"
        raise UnreadableInput(where, Words(f"no layer '{source.layer}' in the drawing; there are: {listing}", f"図面にレイヤー「{source.layer}」がありません。あるレイヤー: {listing}"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    return mask

