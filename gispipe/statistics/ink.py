"""How a class is printed: its official colour and a hatch by which it is told apart in grey."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.statistics.classes import ClassRow

HATCHES = {"none": "", "dots": "...", "circles": "ooo", "lines": "////", "back": "\\\\\\\\", "cross": "xxxx", "grid": "++++", "horizontal": "-----",
           "vertical": "|||||", "waves": "**"}


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
    base, dark = (look.stroke, 0.8) if look and look.stroke else (fill, 0.5)
    return Ink(fill, "#" + "".join(f"{round(int(base[at:at + 2], 16) * dark):02x}" for at in (1, 3, 5)), HATCHES[look.hatch] if look else "")
