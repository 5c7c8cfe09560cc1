"""The city's plane as the pages work it out: the numbers of its transverse Mercator projection."""

from __future__ import annotations


def plane_of(crs: str) -> dict[str, float]:
    """Return the ellipsoid (metres, inverse flattening) and the projection (degrees, metres) of a plane rectangular system.

    Raises ValueError for a system that is no transverse Mercator projection.
    """
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    operation, ellipsoid = system.coordinate_operation, system.ellipsoid
    if operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
        raise ValueError(crs)
    told = {one.name: one.value for one in operation.params}
    return {"a": ellipsoid.semi_major_metre, "f": ellipsoid.inverse_flattening,
            "lat": told["Latitude of natural origin"], "lon": told["Longitude of natural origin"], "scale": told["Scale factor at natural origin"],
            "east": told["False easting"], "north": told["False northing"]}
