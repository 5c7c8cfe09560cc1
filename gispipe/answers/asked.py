"""A place that is asked about, and the ground it has."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.answers.tables import Rows
from gispipe.model import Layer


@dataclass(frozen=True)
class Asked:
    """A place that was asked about: degrees and plane metres; the feature it is, when it is one.

    others: further rows that are the same place: a town or a lot whose ground came in pieces, a house with two doors.
    """

    lat: float
    lon: float
    x: float
    y: float
    layer: Layer | None = None
    row: int = -1
    others: tuple[int, ...] = ()

    @property
    def ground(self) -> tuple[int, ...]:
        """Return the rows that together are the place."""
        return (self.row, *self.others)


def namesakes(rows: Rows, layer: Layer, row: int) -> tuple[int, ...]:
    """Return the other rows of a layer that have the name of one row."""
    names, of = rows.named(layer)
    return tuple(k for k in of[names[row]] if k != row)
