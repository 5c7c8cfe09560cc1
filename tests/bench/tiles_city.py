"""The synthetic city of the tile benchmark, and the files its engines read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from tests.bench.pieces import halved

ORIGIN = np.array([15_080_000.0, 4_120_000.0])  # EPSG:3857
NAMES = {"parcel": "polygon", "building": "polygon", "flood": "polygon", "road": "line"}
ZOOM = (10, 16)


def city(parcels: int) -> dict[str, tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Return geometry (EPSG:3857) and attributes of parcels sharing borders, buildings, stair-step flood ranks and roads."""
    rng = np.random.default_rng(7)
    side = round(parcels**0.5)
    east, north = np.meshgrid(np.arange(side + 1) * 20.0, np.arange(side + 1) * 18.0)
    node = np.stack([east, north], -1) + rng.uniform(-4, 4, (side + 1, side + 1, 2)) + ORIGIN
    across = (node[:, 1:] + node[:, :-1]) / 2 + rng.uniform(-0.5, 0.5, (side + 1, side, 2))
    up = (node[1:] + node[:-1]) / 2 + rng.uniform(-0.5, 0.5, (side, side + 1, 2))
    ring = np.stack([node[:-1, :-1], across[:-1], node[:-1, 1:], up[:, 1:], node[1:, 1:], across[1:], node[1:, :-1], up[:, :-1]], 2)
    lots = shapely.polygons(ring.reshape(-1, 8, 2))
    number = np.arange(len(lots))
    built = np.flatnonzero(rng.random(len(lots)) < 0.8)
    centre = shapely.get_coordinates(shapely.centroid(lots[built]))
    houses = _turned_boxes(centre, rng.uniform(3, 5, (len(built), 2)), rng.uniform(0, np.pi / 2, len(built)))
    roads = shapely.linestrings(np.concatenate([node[::8], node[:, ::8].transpose(1, 0, 2)]))
    return {
        "parcel": (lots, {"lot": np.array([f"{n // 100 + 1}-{n % 100 + 1}" for n in number], object), "use": rng.integers(1, 9, len(lots)),
                          "town": np.array([f"みずほ{n // 2000 + 1}丁目" for n in number], object)}),
        "building": (houses, {"kind": rng.integers(1, 5, len(houses)), "floors": rng.integers(1, 9, len(houses))}),
        "flood": (_flood(side, rng), {"rank": np.arange(1, 6)}),
        "road": (roads, {"width": rng.integers(3, 12, len(roads))}),
    }


def _turned_boxes(centre: np.ndarray, half: np.ndarray, angle: np.ndarray) -> np.ndarray:
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half[:, None]
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return shapely.polygons(np.stack([corners[..., 0] * cos - corners[..., 1] * sin, corners[..., 0] * sin + corners[..., 1] * cos], -1) + centre[:, None])


def _flood(side: int, rng: np.random.Generator) -> np.ndarray:
    """Return five multipolygons of 5 m cells: hundreds of thousands of vertices, as depth grids are delivered."""
    from rasterio.features import shapes
    from rasterio.transform import from_origin

    width, height = side * 4, int(side * 3.6)
    y, x = np.mgrid[:height, :width]
    depth = sum(np.sin(x / a + b) * np.cos(y / c + b) for a, b, c in ((90, 1, 70), (33, 2, 41), (150, 0.3, 210), (12, 5, 9)))
    rank = np.digitize(depth + rng.normal(0, 0.08, depth.shape), [0.3, 0.9, 1.4, 2, 2.6]).astype(np.uint8)
    place = from_origin(ORIGIN[0], ORIGIN[1] + height * 5, 5, 5)
    found: dict[int, list[object]] = {}
    for geometry, value in shapes(rank, mask=rank > 0, transform=place):
        found.setdefault(int(value), []).append(shapely.geometry.shape(geometry))
    return np.array([shapely.multipolygons(found[value]) for value in sorted(found)])


def prepare(folder: Path, parcels: int, *, peers: bool) -> dict[str, int]:
    """Write every layer as GeoParquet and, for tippecanoe, as FlatGeobuf in degrees (the flood also in small pieces); return vertices by layer."""
    import geopandas

    count = {}
    layers = city(parcels)
    if peers:
        pieces, rank = halved(layers["flood"][0], layers["flood"][1]["rank"])
        layers["flood_pieces"] = pieces, {"rank": rank}
    for name, (geometry, values) in layers.items():
        table = geopandas.GeoDataFrame({k: v.astype(np.int32) if v.dtype == np.int64 else v for k, v in values.items()}, geometry=geometry, crs=3857)
        table.insert(0, "fid", np.arange(1, len(table) + 1, dtype=np.int32))
        table.to_parquet(folder / f"{name}.parquet")
        if peers:
            table.to_crs(4326).to_file(folder / f"{name}.fgb", driver="FlatGeobuf")
        if name in NAMES:
            count[name] = int(shapely.get_num_coordinates(geometry).sum())
    return count
