"""Degrees become the metres that PROJ gives, in every zone of the plane rectangular system."""

from __future__ import annotations

import numpy as np
import pytest

from answering import Written
from gispipe.cards.plane import plane_of
from gispipe.crs import LONLAT, projector

ZONES = list(range(6669, 6688))
"""JGD2011 / Japan Plane Rectangular CS I to XIX."""


@pytest.mark.parametrize("zone", ZONES)
def test_metres_agree_with_proj_to_a_millionth(public: Written, zone: int) -> None:
    crs = f"EPSG:{zone}"
    plane = plane_of(crs)
    rng = np.random.default_rng(zone)
    lat, lon = plane["lat"] + rng.uniform(-4, 8, 400), plane["lon"] + rng.uniform(-2.5, 2.5, 400)
    x, y = projector(LONLAT, crs)(lon, lat)
    with public.page() as page:
        told = page.tab.evaluate("([plane, all]) => all.map(([lat, lon]) => gispipe.planeOf(plane)(lat, lon))", [plane, np.column_stack([lat, lon]).tolist()])
    assert np.abs(np.array(told) - np.column_stack([x, y])).max() < 1e-6


def test_a_system_that_is_no_transverse_mercator_is_refused() -> None:
    with pytest.raises(ValueError, match="EPSG:3857"):
        plane_of("EPSG:3857")
