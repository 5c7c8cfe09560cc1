"""Read KML placemarks: name, description and extended data as columns, folders as 「フォルダー」; nothing is fetched.

The coordinates of KML are WGS 84 longitude, latitude and height by its specification; the height is left out.
"""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gispipe.errors import UnreadableInput, VirtualFormat
from gispipe.intake.content import must_be
from gispipe.intake.delivered import Delivered, Note, SourceFile
from gispipe.intake.kml_shapes import shape_of
from gispipe.intake.xml import elements, local
from gispipe.model import Source
from gispipe.words import Words

if TYPE_CHECKING:
    from lxml.etree import _Element

FOLDER = "フォルダー"
WGS84 = "EPSG:4326"
_OUTSIDE = ("NetworkLink",)
_OVERLAYS = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay")


def read_kml(path: Path, source: Source, where: str) -> Delivered:
    """Read every placemark; `layer` of the source takes those of one folder only.

    Placemarks without a shape that can be read are noted (GP11), overlays are counted. Raises UnreadableInput for
    links to other documents, broken XML, and a folder that is not there.
    """
    must_be(path, "kml", where)
    folders = _Folders()
    rows: list[dict[str, str | None]] = []
    shapes: list[object] = []
    notes: list[Note] = []
    overlays = 0
    for element in elements(path, [f"{{*}}{name}" for name in ("Placemark", *_OUTSIDE, *_OVERLAYS)], where):
        if local(element) in _OUTSIDE:
            raise VirtualFormat(where, Words("a NetworkLink points at another document; it is refused", "NetworkLink（他の文書への参照）があるため、受け付けません"),
                                  Words("save the linked data into the file itself", "参照先のデータを含めて保存し直してください"))
        if local(element) in _OVERLAYS:
            overlays += 1
            continue
        place = f"{where} Placemark {len(rows) + 1}"
        rows.append(_properties(element) | {FOLDER: folders.name(element)})
        shapes.append(shape_of(element, place))
        if shapes[-1] is None:
            notes.append(Note("GP11", 0, len(rows), str(rows[-1].get("name") or "")))
    return _table(path, source, where, rows, shapes, notes, {"overlays": overlays} if overlays else {})


def _table(path: Path, source: Source, where: str, rows: list[dict[str, str | None]], shapes: list[object], notes: list[Note],
           facts: dict[str, object]) -> Delivered:
    keep = np.array([source.layer in (None, row[FOLDER]) for row in rows], dtype=bool)
    if source.layer is not None and not keep.any():
        listing = ", ".join(dict.fromkeys(str(row[FOLDER]) for row in rows)) or "-"
        raise UnreadableInput(where, Words(f"no folder '{source.layer}'; there are: {listing}", f"フォルダー「{source.layer}」がありません。あるフォルダー: {listing}"),
                              Words("correct layer in [source]", "[source] の layer を直してください"))
    names = dict.fromkeys(["name", "description", FOLDER, *(name for row in rows for name in row)])
    frame = pd.DataFrame({name: np.array([row.get(name) for row in rows] + [None], dtype=object)[:-1] for name in names}, index=range(len(rows)), dtype=object)
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    place = np.flatnonzero(keep) + 1
    data = path.read_bytes()
    file = SourceFile(where, hashlib.sha256(data).hexdigest(), len(data), len(place))
    kept = set(place.tolist())
    return Delivered(frame[keep].reset_index(drop=True), geometry[keep], WGS84, place, np.zeros(len(place), int), (file,), "utf-8",
                     tuple(note for note in notes if note.row in kept), facts | {"crs_by": "KML", "encoding_by": "XML declaration"})


class _Folders:
    """The names of the folders placemarks lie in, remembered: what has been read before a placemark is gone after it."""

    def __init__(self) -> None:
        self._names: dict[_Element, str] = {}

    def name(self, placemark: _Element) -> str | None:
        """Return the folders from the outermost in, divided by a slash; None outside of any."""
        found = [self._own(parent) for parent in placemark.iterancestors() if local(parent) == "Folder"]
        return "/".join(name for name in reversed(found) if name) or None

    def _own(self, folder: _Element) -> str:
        if folder not in self._names:
            self._names[folder] = next(((child.text or "").strip() for child in folder if local(child) == "name"), "")
        return self._names[folder]


def _properties(placemark: _Element) -> dict[str, str | None]:
    """Return name, description without its markup, and every Data and SimpleData by its name."""
    row: dict[str, str | None] = {}
    for child in placemark:
        if local(child) == "name":
            row["name"] = (child.text or "").strip() or None
        elif local(child) == "description":
            row["description"] = plain_text(child.text or "")
        elif local(child) == "ExtendedData":
            row |= _extended(child)
    return row


def _extended(element: _Element) -> dict[str, str | None]:
    row: dict[str, str | None] = {}
    for one in element.iter("{*}Data", "{*}SimpleData"):
        text = one.text if local(one) == "SimpleData" else next((value.text for value in one if local(value) == "value"), None)
        name = one.get("name") or "column"
        row[f"{name}_" if name in ("name", "description", FOLDER) else name] = (text or "").strip() or None
    return row


class _Text(HTMLParser):
    """Collect the text of markup; scripts and styles are no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.parts.append("\n" if tag in ("br", "p", "div", "tr", "li") else " ")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(markup: str) -> str | None:
    """Return a description as plain text, one line for each line a reader would see."""
    if "<" not in markup and "&" not in markup:
        return markup.strip() or None
    reader = _Text()
    reader.feed(markup)
    reader.close()
    lines = (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line) or None
