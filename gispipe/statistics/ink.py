"""How a class is printed: its official colour and a hatch by which it is told apart in grey."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.statistics.classes import ClassRow

HATCHES = {"none": "", "dots": "...", "circles": "ooo", "lines": "////", "back": "\\\\\\\\", "cross": "xxxx", "grid": "+++", "horizontal": "-----",
           "vertical": "|||||", "waves": "**"}

CONTRAST = 70.0
"""Steps of grey (of 255) by which a hatch must differ from its fill."""


@dataclass(frozen=True)
class Ink:
    """Fill, edge and hatch of a class in a chart."""

    fill: str
    edge: str
    hatch: str


def ink_of(row: ClassRow) -> Ink:
    """Return how a row is printed; ground outside the zones is white, unsurveyed ground grey."""
    if row.kind != "class":
        return Ink("#E4E4E4", "#8C8C8C", "|||||") if row.kind == "not_surveyed" else Ink("#FFFFFF", "#A0A0A0", "")
    look = row.look
    fill = (look.fill if look else None) or "#FFFFFF"
    return Ink(fill, edge_of(fill, look.stroke if look else None), HATCHES[look.hatch] if look else "")


def edge_of(fill: str, stroke: str | None) -> str:
    """Return the ink of edge and hatch: as on the map, or black or white where that could not be told from the fill in grey."""
    base, share = (stroke, 0.8) if stroke else (fill, 0.5)
    ink = "#" + "".join(f"{round(int(base[at:at + 2], 16) * share):02x}" for at in (1, 3, 5))
    if abs(_grey(ink) - _grey(fill)) >= CONTRAST:
        return ink
    return "#FFFFFF" if _grey(fill) < 128 else "#222222"


def _grey(colour: str) -> float:
    red, green, blue = (int(colour[at:at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue
