"""Where the demo city lies and how large it is.

All generators work in a local frame: metres, x east, y north, origin at the south-west corner of the drawn area.
Writing adds ORIGIN, which gives plane rectangular zone VI. The place is open sea, so that no real house can be
mistaken for one of the demo's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CITY = "みずほ野市"
CODE = "992011"  # prefecture 99 does not exist; the last digit is the valid check digit of 99201
NOTICE = "架空の市"
ORIGIN = (44_000.0, -246_000.0)
PLANE = "EPSG:6674"


@dataclass(frozen=True)
class Size:
    """One size of the city; lengths in metres."""

    name: str
    width: float
    height: float
    roads_east_west: int
    roads_north_south: int
    stations: int
    primary_schools: int
    junior_schools: int
    peak: float          # height of the highest hill
    meander: float       # wavelength of the rivers
    photo_pixel: float   # metres a pixel of an aerial photo
    photo_sheets: tuple[int, int]
    relief: float        # metres by which plots, ditches and walls make the ground uneven
    crumb: float         # square metres; smaller flooded areas go to their neighbours


SIZES = {
    "small": Size("small", 3300.0, 2300.0, 4, 6, 2, 5, 3, 128.0, 1250.0, 1.0, (2, 1), 0.03, 250.0),
    "full": Size("full", 11600.0, 7900.0, 12, 18, 6, 30, 15, 240.0, 2600.0, 2.0, (3, 2), 0.18, 25.0),
}


def generator(seed: int, subject: int) -> np.random.Generator:
    """Return the random numbers of one subject, so that a change in one leaves the others as they were."""
    return np.random.Generator(np.random.PCG64([seed, subject]))
