"""Write DM sheets: any level and unit, every record type, with honest counts. The same elements give the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from gispipe.demo.dm_records import Element, element_records, padded

UNITS = {1: 0.001, 10: 0.01, 999: 1.0}


@dataclass(frozen=True)
class SheetFrame:
    """A sheet to be written. corners: west, south, east, north in metres; unit: 1 mm, 10 cm, 999 m; result: 測地成果区分."""

    id: str
    level: int
    corners: tuple[float, float, float, float]
    name: str = ""
    title: str = ""
    unit: int = 10
    revisions: int = 0
    courses: int = 0
    result: int = 2
    neighbours: tuple[str, ...] = ()
    date: int = 2604

    @property
    def step(self) -> float:
        """Metres of one step of a coordinate."""
        return UNITS[self.unit]


def sheet_bytes(frame: SheetFrame, elements: Sequence[Element], end: bytes = b"\r\n", encoding: str = "cp932", mark: bool = False) -> bytes:
    """Return a whole sheet; elements stand by group of classes. `mark` adds the old end-of-file byte 0x1A.

    In UTF-8 the columns are those of cp932: every record is made in cp932 and turned over as a whole.
    """
    body: list[bytes] = []
    number = 0
    for layer, group in groupby(_ordered(elements), key=lambda one: one.code[:2]):
        members = list(group)
        body.append(group_record(layer, members, frame.date))
        for element in members:
            number += 1
            body += element_records(element, number)
    lines = [*_head(frame, len(elements), len(body)), *body]
    data = b"".join(line + end for line in lines)
    if encoding != "cp932":
        data = data.decode("cp932").encode(encoding)
    return data + (b"\x1a" if mark else b"")


def _ordered(elements: Iterable[Element]) -> list[Element]:
    """Sort by group, an attribute record staying behind its element."""
    bundles: list[list[Element]] = []
    for element in elements:
        if element.type == 8 and bundles:
            bundles[-1].append(element)
        else:
            bundles.append([element])
    return [one for bundle in sorted(bundles, key=lambda bundle: bundle[0].code[:2]) for one in bundle]


def group_record(layer: str, members: Sequence[Element], date: int) -> bytes:
    """Return the header of a group of classes with its counts by type."""
    count = Counter(member.type for member in members)
    return padded((f"H {layer:>2}00{0:2d}{0:4d}{0:4d}{1:2d}{len(members):5d}{0:5d}" + "".join(f"{count[k]:5d}" for k in range(1, 9))
                   + f"{0:1d}{date:04d}{0:4d}{0:4d}{3:2d}").encode("ascii"))


def _head(frame: SheetFrame, elements: int, records: int) -> list[bytes]:
    west, south, east, north = frame.corners
    corners = (south, west, north, east), (north, west, south, east)
    whole = ["".join(f"{int(value):7d}" for value in four) for four in corners]
    part = 1000 if frame.level < 2500 else 100
    fraction = "".join(f"{round((value - int(value)) * part):4d}" for four in corners for value in four)
    head = b"M " + field(frame.id, 8) + field(frame.name, 20) + b"%5d" % frame.level + field(frame.title, 30) + b"%2d%1d1" % (frame.revisions, frame.result)
    around = "".join(f"{one:8}" for one in frame.neighbours[:8]).encode("ascii")
    generation = [padded(b"%04d%04d1%1d" % (frame.date, frame.date, frame.courses)), padded(field("架空測量株式会社", 40) + fraction.encode("ascii")),
                  *[padded(b"C%-3d%04d10000   1   1" % (k + 1, frame.date)) for k in range(frame.courses)]]
    return [padded(head), padded(f"{whole[0]}{elements:9d}{records:7d}{frame.unit:3d}{whole[1]}".encode("ascii")), padded(around),
            *generation * (frame.revisions + 1)]


def field(text: str, width: int) -> bytes:
    """Return a text of `width` bytes in cp932, cut between characters when it is too long."""
    data = b""
    for character in text:
        piece = character.encode("cp932")
        if len(data) + len(piece) > width:
            break
        data += piece
    return data.ljust(width)


def index_bytes(zone: int, sheets: Sequence[str], end: bytes = b"\r\n") -> bytes:
    """Return an index file: zone and list of sheets."""
    head = padded(b"I %2d" % zone + b" " * 33 + b"%2d" % min(len(sheets), 99))
    return b"".join(line + end for line in (head, *[padded(sheet.encode("ascii")) for sheet in sheets]))


def write_sheets(folder: Path, zone: int, sheets: Sequence[tuple[SheetFrame, Sequence[Element]]]) -> list[Path]:
    """Write sheets and their INDEX.idx into a folder that holds nothing else of the kind; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.dm"), *folder.glob("INDEX.idx")):
        old.unlink()
    made = []
    for frame, elements in sheets:
        made.append(folder / f"{frame.id}.dm")
        made[-1].write_bytes(sheet_bytes(frame, elements))
    made.append(folder / "INDEX.idx")
    made[-1].write_bytes(index_bytes(zone, [frame.id for frame, _ in sheets]))
    return made
