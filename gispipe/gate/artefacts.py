"""Open each kind of artefact and give its strings; a kind nobody knows how to open may not leave."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gispipe.errors import LeakStopped, RuleBroken, of_disk
from gispipe.gate.cards import texts_of_numbers
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.tiles.judged import Contents


def strings_of(path: Path, name: str, texts: bool = True) -> list[str]:
    """Return every string a reader of the artefact could find in it; raises LeakStopped for an unknown kind or a broken file.

    Without ``texts``, where nothing is looked for, documents and tables are only asked whether they are UTF-8 and reach their end.
    """
    suffix = path.suffix.lower()
    opener = _OPENERS.get(suffix) if texts or suffix not in _ENDS else _whole
    if opener is None:
        raise LeakStopped(name, Words(f"the gate cannot open '{path.suffix}' files", f"「{path.suffix}」形式は検査できないため公開しません"))
    try:
        return list(opener(path))
    except (RuleBroken, ValueError, OSError, csv.Error) as error:  # broken JSON, text, tiles or pictures: what cannot be read cannot be cleared
        if of_disk(error):
            raise
        raise LeakStopped(name, Words(f"the gate cannot read this file: {type(error).__name__}", f"検査のために読めないファイルです: {type(error).__name__}")) from None


def archive_contents(path: Path, name: str, memory: Path | None = None, texts: bool = True) -> Contents:
    """Return what a tile archive holds, every tile judged, the tiles' texts where they are asked for; raises LeakStopped when it cannot be. ``memory``: see `inspect_release`."""
    from gispipe.tiles.errors import TileError
    from gispipe.tiles.judged import contents

    try:
        return contents(path, memory / f"{path.name.rsplit('-', 1)[0]}.judged" if memory else None, texts)
    except (TileError, ValueError, OSError) as error:
        if of_disk(error):
            raise
        what = error.what if isinstance(error, TileError) else type(error).__name__
        raise LeakStopped(name, Words(f"the archive cannot be judged: {what}", f"タイルを検査できません: {what}")) from None


_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"')


def _json(path: Path) -> Iterable[str]:
    content = path.read_bytes()
    found = texts_of_numbers(content)
    if found is not None:
        return found
    text = content.decode("utf-8")
    document = json.loads(text)  # a whole document; its strings are found in the text, many times faster than by walking through it
    found = _STRING.findall(text)
    strings = [json.loads(f'"{one}"') if "\\" in one else one for one in found] if "\\" in text else found
    return strings + _in_whole_words(path, document) if path.parent.name == "search" else strings


def _in_whole_words(path: Path, document: object) -> list[str]:
    """Return what a search file says and writes in parts; raises ValueError for one that a page could not read either."""
    from gispipe.find.said import texts_said

    try:
        return texts_said(path.name, document)  # type: ignore[arg-type]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"no search file: {type(error).__name__}") from None


def _whole(path: Path) -> Iterable[str]:
    if not path.read_bytes().decode("utf-8").endswith(_ENDS[path.suffix.lower()]):
        raise ValueError("cut off")
    return ()


def _text(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    yield text
    yield html.unescape(text)


def _table(path: Path) -> Iterable[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(chain.from_iterable(csv.reader(file, strict=True)))


def _tiles(path: Path) -> Iterator[str]:
    yield from archive_contents(path, path.name).strings


def _tile(path: Path) -> Iterator[str]:
    """A single tile of a licensed map: layers, keys and values, read as strictly as those of an archive."""
    from gispipe.tiles.decode import decode_tile
    from gispipe.tiles.errors import TileError

    try:
        layers = decode_tile(path.read_bytes())
    except TileError as error:
        raise ValueError(error.what) from None
    for layer in layers:
        yield layer.name
        yield from layer.keys
        yield from (value for value in layer.values if isinstance(value, str))


def _picture(path: Path) -> Iterator[str]:
    from PIL import Image

    with Image.open(path) as picture:
        yield from (f"{key}={value}" for key, value in picture.info.items() if isinstance(value, (str, bytes)))
        yield from (str(value) for value in picture.getexif().values())


def _opaque_font(path: Path) -> Iterator[str]:
    yield path.read_bytes().decode("latin-1")


_OPENERS: dict[str, Callable[[Path], Iterable[str]]] = {
    ".json": _json, ".html": _text, ".js": _text, ".mjs": _text, ".css": _text, ".txt": _text, ".csv": _table, ".svg": _text, ".webmanifest": _json,
    ".pmtiles": _tiles, ".mvt": _tile, ".png": _picture, ".webp": _picture, ".jpg": _picture, ".ico": _picture, ".woff2": _opaque_font,
}
_ENDS = {".json": ("}\n", "]\n"), ".webmanifest": "}\n", ".csv": "\n"}
"""What stands at the end of our documents and tables when they are whole."""
