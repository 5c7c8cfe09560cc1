"""Open everything that the public could get hold of down to its texts, by kind, without the program's own readers of tiles."""

from __future__ import annotations

import gzip
import html
import io
import json
from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import pyarrow.parquet as pq
from PIL import Image
from pmtiles.reader import MmapSource, Reader, all_tiles

from gispipe.find.said import texts_said

KINDS = ("tiles", "single tiles", "pictures", "archive metadata", "pages", "programs", "map.json", "style and legends", "search", "cards", "sources", "statistics", "lists of statistics", "release.json", "names of files", "other JSON",
         "store", "answers kept", "export", "lookup", "said on the way", "error pages", "notice")
"""Every kind of thing; the last ones are not files of a release: see `test_leak_everywhere`."""


def pieces(root: Path) -> dict[str, str]:
    """Return everything that the files below a folder say, by kind."""
    found: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            name = path.relative_to(root).as_posix()
            found.setdefault("names of files", []).append(name)
            for kind, text in of_file(path, name):
                found.setdefault(kind, []).append(text)
    return {kind: "\n".join(texts) for kind, texts in found.items()}


def of_file(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield what a file says, by kind; an unknown kind of file is an error: nobody would look into it."""
    content = path.read_bytes()
    if path.suffix == ".pmtiles":
        yield from _archive(path)
    elif path.suffix == ".mvt":
        yield "single tiles", _vector(content)
    elif path.suffix == ".html":
        yield "pages", content.decode("utf-8") + html.unescape(content.decode("utf-8"))
    elif path.suffix in (".js", ".mjs", ".css", ".txt", ".svg", ".gitignore"):
        yield "programs", content.decode("utf-8")
    elif path.suffix in (".json", ".list", ".webmanifest"):
        yield _json_kind(name), _json(content, path)
    elif path.suffix == ".csv":
        yield "statistics", content.decode("utf-8-sig")
    elif path.suffix in (".png", ".webp", ".jpg", ".ico"):
        yield "pictures", _picture(content)
    elif path.suffix == ".parquet":
        yield "store", _parquet(path)
    elif path.suffix in (".woff2",):
        yield "programs", content.decode("latin-1")
    else:
        raise AssertionError(f"{name}: nobody would look into this kind of file")


def _json_kind(name: str) -> str:
    folders = {"search/": "search", "cards/": "cards", "sources/": "sources", "data/statistics/": "lists of statistics"}
    if name.startswith("style-"):
        return "style and legends"
    return next((kind for folder, kind in folders.items() if name.startswith(folder)), name if name in KINDS else "other JSON")


def _json(content: bytes, path: Path) -> str:
    document = json.loads(content)
    parts = texts_said(path.name, document) if path.parent.name == "search" else ()
    return "\n".join([content.decode("utf-8"), json.dumps(document, ensure_ascii=False), *parts])


def _archive(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        source = MmapSource(file)
        yield "archive metadata", json.dumps([Reader(source).metadata(), {key: str(value) for key, value in Reader(source).header().items()}], ensure_ascii=False)
        for _, tile in all_tiles(source):
            if tile[:2] == b"\x1f\x8b":
                yield "tiles", _vector(gzip.decompress(tile))
            elif tile[:4] in (b"RIFF", b"\x89PNG", b"\xff\xd8\xff\xe0"):
                yield "pictures", _picture(tile)
            else:
                yield "tiles", _vector(tile)


def _vector(tile: bytes) -> str:
    """Return a tile's names and values, numbers as they are written, and the bytes themselves as far as they are text."""
    layers = mapbox_vector_tile.decode(tile)
    told = [[name, *(part for feature in layer["features"] for pair in feature["properties"].items() for part in pair)] for name, layer in layers.items()]
    return tile.decode("utf-8", "ignore") + json.dumps(told, ensure_ascii=False)


def _picture(content: bytes) -> str:
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        return content.decode("utf-8", "ignore") + str(picture.info) + str(dict(picture.getexif()))


def _parquet(path: Path) -> str:
    table = pq.read_table(path)
    said = [json.dumps(table[name].to_pylist(), ensure_ascii=False, default=str) for name in table.column_names]
    return "\n".join([*table.column_names, *said, str(table.schema.metadata)])
