"""Tell a file's real format from its bytes; an extension proves nothing.

A `.geojson` whose content is an OGR virtual format would let the reader open any other file on the machine, so
content must equal the declared format before anything is opened.
"""

from __future__ import annotations

import re
from pathlib import Path

from gispipe.errors import EmptyFile, VirtualFormat, WrongFormat, XmlEntities
from gispipe.words import Words

_MAGIC = (
    (b"\x00\x00\x27\x0a", "shapefile"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"fgb\x03", "flatgeobuf"),
    (b"II*\x00", "geotiff"), (b"MM\x00*", "geotiff"), (b"II+\x00", "geotiff"), (b"MM\x00+", "geotiff"), (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"), (b"PMTiles", "pmtiles"), (b"%PDF", "pdf"), (b"\x1f\x8b", "gzip"), (b"PAR1", "parquet"),
)


def identify(path: Path) -> str:
    """Return the format of a file's content: `shapefile`, `mojxml`, `dm`, `csv`, `zip`, `vrt`, `xml`, … or `unknown`."""
    with path.open("rb") as file:
        head = file.read(65536)
        file.seek(max(0, path.stat().st_size - 65536))
        tail = file.read()
    return identify_bytes(head, tail)


def identify_bytes(head: bytes, tail: bytes = b"") -> str:
    """Return the format by the first and last 64 KB of a file."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return "xlsx" if name == "zip" and _is_workbook(tail) else name
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
        return _identify_xml(text)
    if _is_dm(head):
        return "dm"
    if re.match(rb"(\s*999\s*\n[^\n]*\n)*\s*0\s*\r?\n\s*SECTION\s*\r?\n", head) or head.startswith(b"AutoCAD Binary DXF"):
        return "dxf"
    if text.startswith((b"{", b"[")):
        if re.search(rb'"type"\s*:\s*"Topology"', head):
            return "topojson"
        return "geojson" if re.search(rb'"type"\s*:\s*"(FeatureCollection|Feature|[A-Z][A-Za-z]*)"|"features"\s*:', head) else "json"
    return "unknown" if b"\x00" in head else "csv"


def _is_workbook(directory: bytes) -> bool:
    """Tell a workbook from other archives by the names at its end."""
    return b"[Content_Types].xml" in directory and b"xl/workbook.xml" in directory


def _is_dm(head: bytes) -> bool:
    """Tell a DM sheet or index: lines of 84 bytes, the first a sheet (M) or index (I) record."""
    lines = head.removeprefix(b"\xef\xbb\xbf")[:4096].split(b"\n")
    return lines[0][:2] in (b"M ", b"I ") and len(lines) > 1 and 60 <= len(lines[0].rstrip(b"\r")) <= 140


_ROOTS = (
    (rb"http://www\.moj\.go\.jp/MINJI/tizuxml", "mojxml"), (rb"fgd\.gsi\.go\.jp/spec/2008/FGD_GMLSchema", "fgd"),
    (rb"opengis\.net/citygml/", "citygml"), (rb"(opengis\.net/kml|earth\.google\.com/kml)/", "kml"), (rb"nlftp\.mlit\.go\.jp/ksj/schemas/", "ksj"),
)


def _identify_xml(text: bytes) -> str:
    """Tell an XML format by the namespaces of its root element; comments and instructions before it do not count."""
    head = re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", text, flags=re.DOTALL)
    if re.match(rb"\s*<!DOCTYPE", head, re.IGNORECASE):
        return "xml_dtd"
    root = re.match(rb"\s*<[^>]*>", head)
    for space, name in _ROOTS if root else ():
        if re.search(space, root.group(0)):
            return "fgd_dem" if name == "fgd" and re.search(rb"<(fgd:)?DEM\b", head) else name
    return "kml" if root and re.match(rb"\s*<kml\b", root.group(0)) else "xml"


def must_be(path: Path, expected: str, where: str) -> None:
    """Raise UnreadableInput unless the file's content is of the declared format."""
    found = identify(path)
    if found == expected:
        return
    if found == "empty":
        raise EmptyFile(where, Words("the file is empty", "ファイルが空です"), Words("ask for it again", "受け取り直してください"))
    if found == "xml_dtd":
        raise XmlEntities(where, Words("the XML carries a DTD, which may define entities; it is refused", "XML に DTD（実体定義）があるため、受け付けません"),
                              Words("ask for a plain export", "DTD のない形で受け取り直してください"))
    if found == "vrt":
        raise VirtualFormat(where, Words("the content is a virtual format that points at other files; it is refused",
                                           "中身が他のファイルを指す仮想形式（VRT）のため、受け付けません"),
                              Words("convert it to a plain file", "実体のあるファイルに変換してください"))
    if expected == "csv" and found == "unknown":
        raise _not_text(path, where)
    raise WrongFormat(where, Words(f"the content is {found}, but the layer says {expected}",
                                       f"中身は {found} ですが、レイヤーには {expected} とあります"),
                          Words("correct reader in [source] or the file", "[source] の reader かファイルを直してください"))


def _not_text(path: Path, where: str) -> WrongFormat:
    """Say where the first NUL byte of a table stands: text has none."""
    line = path.read_bytes().partition(b"\0")[0].count(b"\n") + 1
    return WrongFormat(f"{where}:{line}", Words("the line holds a NUL byte, which text tables do not have (UTF-16, or no text at all)", "この行に NUL 文字があり、文字の表ではありません（UTF-16 か、文字以外のデータです）"),
                       Words("save it again as CSV in UTF-8", "UTF-8 の CSV として保存し直してください"))
