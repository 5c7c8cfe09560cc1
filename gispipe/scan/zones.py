"""The plane rectangular coordinate system (JGD2011) that belongs to a prefecture or to a place."""

from __future__ import annotations

_ZONES = {
    1: (42,), 2: (40, 41, 43, 44, 45, 46), 3: (32, 34, 35), 4: (36, 37, 38, 39), 5: (28, 31, 33), 6: (18, 24, 25, 26, 27, 29, 30), 7: (16, 17, 21, 23),
    8: (15, 19, 20, 22), 9: (7, 8, 9, 10, 11, 12, 13, 14), 10: (2, 3, 4, 5, 6), 12: (1,), 15: (47,),
}
"""Zone → prefectures as municipality codes number them. Hokkaido has three zones, and some islands have their own: a person looks at the answer."""

_ORIGINS = {1: 129.5, 2: 131.0, 3: 132.167, 4: 133.5, 5: 134.333, 6: 136.0, 7: 137.167, 8: 138.5, 9: 139.833, 10: 140.833, 11: 140.25, 12: 142.25, 13: 144.25, 15: 127.5}


def zone_of_code(code: str | None) -> str | None:
    """Return the plane system of a municipality code's prefecture as `EPSG:n`; None without a code or for a made-up one."""
    prefecture = int(code[:2]) if code and code[:2].isdigit() else 0
    return next((f"EPSG:{6668 + zone}" for zone, members in _ZONES.items() if prefecture in members), None)


def zone_of_place(longitude: float, latitude: float) -> str:
    """Return the plane zone of the main islands or Okinawa whose origin is nearest in longitude; a guess, a prefecture decides."""
    region = (11, 12, 13) if latitude > 41.3 else (15,) if latitude < 27.1 else tuple(range(1, 11))
    zones = {zone: _ORIGINS[zone] for zone in region}
    return f"EPSG:{6668 + min(zones, key=lambda zone: abs(zones[zone] - longitude))}"


def jgd2011(crs: str) -> str | None:
    """Return the JGD2011 plane system of the same zone as a JGD2000 or JGD2011 one, None for any other system."""
    number = int(crs.removeprefix("EPSG:")) if crs.startswith("EPSG:") and crs[5:].isdigit() else 0
    if 2443 <= number <= 2461:
        return f"EPSG:{number - 2443 + 6669}"
    return crs if 6669 <= number <= 6687 else None
