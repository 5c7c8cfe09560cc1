"""Documents that look at other files, grow without end, or are not what they say."""

from __future__ import annotations

import struct

from gispipe.intake.registry import FORMATS

SECRET = "SECRET-LEDGER-41"
OGR = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
GDAL = '<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename>{}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>'
LEADS = ("", "\ufeff", "\n  ", "<?xml version='1.0'?>", "<!-- a -->", "x,y\n1,2\n")
ENDINGS = {"shapefile": "shp", "geojson": "geojson", "csv": "csv", "gpkg": "gpkg", "flatgeobuf": "fgb", "mojxml": "xml", "dm": "dm", "fgd": "xml", "ksj": "geojson", "gsi_shelter": "csv",
           "standard": "csv", "abr": "csv", "isj": "csv", "citygml": "gml", "kml": "kml", "topojson": "topojson", "dxf": "dxf", "xlsx": "xlsx"}
TABLES = [name for name, fmt in FORMATS.items() if fmt.reader]

ROOTS = {
    "mojxml": ('<地図 xmlns="http://www.moj.go.jp/MINJI/tizuxml" xmlns:zmn="http://www.moj.go.jp/MINJI/tizuzumen">', "</地図>"),
    "fgd": ('<Dataset xmlns="http://fgd.gsi.go.jp/spec/2008/FGD_GMLSchema" xmlns:gml="http://www.opengis.net/gml/3.2">', "</Dataset>"),
    "ksj": ('<ksj:Dataset xmlns:ksj="http://nlftp.mlit.go.jp/ksj/schemas/ksj-app" xmlns:gml="http://www.opengis.net/gml/3.2">', "</ksj:Dataset>"),
    "citygml": ('<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml">', "</core:CityModel>"),
    "kml": ('<kml xmlns="http://www.opengis.net/kml/2.2"><Document>', "</Document></kml>"),
}
LAUGHS = "".join(f'<!ENTITY a{k} "{f"&a{k - 1};" * 10}">' for k in range(1, 10))


def xml(reader: str, before: str, inside: str, cut: int = 0) -> bytes:
    head, tail = ROOTS[reader]
    data = f'<?xml version="1.0" encoding="UTF-8"?>{before}{head}{inside}{tail}'.encode()
    return data[:-cut] if cut else data


def entities(reader: str) -> dict[str, tuple[bytes, str]]:
    root = ROOTS[reader][0][1:].split()[0]
    return {
        "laughs": (xml(reader, f'<!DOCTYPE {root} [<!ENTITY a0 "lol">{LAUGHS}]>', "&a9;"), "XmlEntities"),
        "outside entity": (xml(reader, f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "&x;"), "XmlEntities"),
        "outside DTD": (xml(reader, f'<!DOCTYPE {root} SYSTEM "http://127.0.0.1:9/x.dtd">', ""), "XmlEntities"),
        "DTD after much": (xml(reader, f'<!--{"x" * 70_000}--><!DOCTYPE {root} [<!ENTITY a "b">]>', "&a;"), "UnreadableInput"),
        "unknown entity": (xml(reader, "", "<a>&nothing;</a>"), "UnreadableInput"),
        "a thousand deep": (xml(reader, "", "<a>" * 3_000 + "</a>" * 3_000), "UnreadableInput"),
        "cut off": (xml(reader, "", "<a>1</a>" * 50, cut=20), "UnreadableInput"),
    }


def network_kml() -> dict[str, bytes]:
    links = {"NetworkLink": "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>",
             "NetworkLink in a folder": "<Folder><Folder><NetworkLink><Url><href>file:///etc/passwd</href></Url></NetworkLink></Folder></Folder>",
             "NetworkLink beside data": '<Placemark><name>a</name><Point><coordinates>135,34</coordinates></Point></Placemark><NetworkLink><Link><href>b.kml</href></Link></NetworkLink>'}
    return {name: xml("kml", "", text) for name, text in links.items()}


def not_packed() -> dict[str, tuple[str, bytes]]:
    """Return files of binary formats that are something else, or only begin as one: name → reader and bytes."""
    sqlite = b"SQLite format 3\0" + struct.pack(">H", 4096) + bytes(50) + b"GPKG" + bytes(28)
    return {"tiles as a package": ("gpkg", b"PMTiles\x03" + bytes(200)), "empty database": ("gpkg", sqlite), "database of another kind": ("gpkg", sqlite.replace(b"GPKG", b"ABCD")),
            "package as FlatGeobuf": ("flatgeobuf", sqlite), "head of FlatGeobuf only": ("flatgeobuf", b"fgb\x03fgb\x00" + b"\xff" * 64), "tiles as FlatGeobuf": ("flatgeobuf", b"PMTiles\x03" + bytes(200)),
            "head of a shapefile only": ("shapefile", struct.pack(">i", 9994) + bytes(96)), "gzip as CSV": ("csv", b"\x1f\x8b\x08" + bytes(40)), "PDF as a drawing": ("dxf", b"%PDF-1.7\n"),
            "workbook of nothing": ("xlsx", b"PK\x03\x04" + bytes(40))}
