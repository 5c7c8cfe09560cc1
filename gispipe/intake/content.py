"""Tell a file's real format from its bytes; an extension proves nothing.

A `.geojson` whose content is an OGR virtual format would let the reader open any other file on the machine, so
content must equal the declared format before anything is opened.
"""

from __future__ import annotations

import re
from pathlib import Path

from gispipe.errors import UnreadableInput
from gispipe.words import Words

_MAGIC = (
    (b"\x00\x00\x27\x0a", "shapefile"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"fgb\x03", "flatgeobuf"),
    (b"II*\x00", "geotiff"), (b"MM\x00*", "geotiff"), (b"II+\x00", "geotiff"), (b"MM\x00+", "geotiff"), (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"), (b"PMTiles", "pmtiles"), (b"%PDF", "pdf"), (b"\x1f\x8b", "gzip"), (b"PAR1", "parquet"),
)


def identify(path: Path) -> str:
    """Return the format of a file's content: `shapefile`, `geojson`, `gpkg`, `csv`, `vrt`, `xml`, … or `unknown`."""
    with path.open("rb") as file:
        head = file.read(65536)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(b"SQLite format 3\x00"):
        return "gpkg" if head[68:72] in (b"GPKG", b"GP10", b"GP11") else "sqlite"
    return _identify_text(head)


def _identify_text(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return "empty"
    if re.match(rb"<(OGRVRT|VRTDataset|OGRVRTDataSource)", text, re.IGNORECASE) or b"<OGRVRT" in head or b"<VRTDataset" in head:
        return "vrt"
    if text.startswith(b"<"):
        return "xml"
    if text.startswith((b"{", b"[")):
        if re.search(rb'"type"\s*:\s*"Topology"', head):
            return "topojson"
        return "geojson" if re.search(rb'"type"\s*:\s*"(FeatureCollection|Feature|[A-Z][A-Za-z]*)"|"features"\s*:', head) else "json"
    return "unknown" if b"\x00" in head else "csv"


def must_be(path: Path, expected: str, where: str) -> None:
    """Raise UnreadableInput unless the file's content is of the declared format."""
    found = identify(path)
    if found == expected:
        return
    if found == "empty":
        raise UnreadableInput(where, Words("the file is empty", "ファイルが空です"), Words("ask for it again", "受け取り直してください"))
    if found == "vrt":
        raise UnreadableInput(where, Words("the content is a virtual format that points at other files; it is refused",
                                           "中身が他のファイルを指す仮想形式（VRT）のため、受け付けません"),
                              Words("convert it to a plain file", "実体のあるファイルに変換してください"))
    raise UnreadableInput(where, Words(f"the content is {found}, but the layer says {expected}",
                                       f"中身は {found} ですが、レイヤーには {expected} とあります"),
                          Words("correct reader in [source] or the file", "[source] の reader かファイルを直してください"))
