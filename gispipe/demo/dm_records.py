"""Records of 84 bytes: what a DM file is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

WIDTH = 84


@dataclass(frozen=True)
class Element:
    """One element. type: 1…8 of E1…E8; points: (X north, Y east[, Z]) whole steps of the sheet's unit from its corner.

    E5 and E7 stand at `at`; E7 has `text`, `angle` (degrees from east), `size` and `gap` (0.1 mm on the map); E8 has `raw`.
    `value` is 属性数値 in steps, `dates` are 取得, 更新, 消去 as YYMM.
    """

    type: int
    code: str
    points: Sequence[Sequence[int]] = ()
    at: tuple[int, int] = (0, 0)
    text: str = ""
    angle: int = 0
    size: int = 25
    gap: int = 0
    vertical: bool = False
    value: int | None = 0
    figure: int = 0
    accuracy: int = 23
    broken: int = 0
    shifted: int = 0
    dates: tuple[int, int, int] = (2604, 0, 0)
    raw: tuple[bytes, ...] = field(default=())

    @property
    def solid(self) -> bool:
        """Whether its points have heights."""
        return bool(self.points) and len(self.points[0]) == 3


def element_records(element: Element, number: int, encoding: str = "cp932") -> list[bytes]:
    """Return an element's header and data records; `number` is its 要素識別番号."""
    body = _body(element, encoding)
    layout = {5: 0, 7: 4, 8: 5}.get(element.type, 3 if element.solid else 2)
    kanji = 0 if element.type != 7 else 2 if element.text.isascii() else 1
    count = len(element.text) if element.type == 7 else 0 if element.type == 5 else len(element.raw) if element.type == 8 else len(element.points)
    value = " " * 7 if element.value is None else f"{element.value:7d}"
    head = (f"E{element.type}{element.code:>4}{0:2d}{0:4d}{number % 10000:4d}{2:2d}{element.figure:2d}{layout:1d}{element.accuracy:2d}{kanji:1d}"
            f"{element.shifted:2d}{element.broken:1d}{count:4d}{len(body):4d}{element.at[0]:7d}{element.at[1]:7d}{value}{0:2d}{'':7}"
            + "".join(f"{date:04d}" for date in element.dates) + " " * 6 + "1")
    return [padded(head.encode("ascii")), *body]


def padded(record: bytes) -> bytes:
    """Return a record of 84 bytes; a longer one is a ValueError."""
    if len(record) > WIDTH:
        raise ValueError(f"record of {len(record)} bytes: {record!r}")
    return record.ljust(WIDTH)


def _body(element: Element, encoding: str) -> list[bytes]:
    if element.type == 8:
        return [padded(part) for part in element.raw]
    if element.type == 7:
        return _text(element, encoding)
    if element.type == 5:
        return []
    per = 4 if element.solid else 6
    return [coordinates(element.points[k:k + per]) for k in range(0, len(element.points), per)]


def coordinates(points: Iterable[Sequence[int]]) -> bytes:
    """Return one coordinate record; unused places are 0."""
    numbers = [number for point in points for number in point]
    record = b"".join(b"%7d" % number for number in (*numbers, *[0] * (12 - len(numbers))))
    return padded(record)


def _text(element: Element, encoding: str) -> list[bytes]:
    """Cut a text into pieces of 64 bytes; a character may lie across two records."""
    data = element.text.encode(encoding)
    head = f"{int(element.vertical):1d}{element.angle:7d}{element.size:5d}{element.gap:5d}{5:2d}".encode("ascii")
    return [padded(head + data[k:k + 64]) for k in range(0, max(len(data), 1), 64)]
