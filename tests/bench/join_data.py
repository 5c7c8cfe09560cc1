"""The files every engine reads, and the shares every engine writes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely

from gispipe.geometry import usable
from tests.bench.tiles_city import ORIGIN, city

CORNER = np.array([-48_000.0, -135_000.0])
"""South-west corner of the synthetic city in a plane rectangular system, metres."""
SLIVER, NEGLIGIBLE = 0.1, 1e-7
AREA_M2 = 1e-6


class Shares(NamedTuple):
    """One row per (parcel, rank) beyond the sliver tolerance, sorted; area in m²."""

    owner: np.ndarray
    rank: np.ndarray
    area: np.ndarray


def prepare(folder: Path, parcels: int) -> dict[str, int]:
    """Write parcels and flood zones as GeoParquet; return their corners. The zones are mended here, so that all engines read the same."""
    import geopandas

    made = city(parcels)
    count = {}
    for name in ("parcel", "flood"):
        geometry, _ = made[name]
        shapes, _ = usable(shapely.transform(geometry, lambda xy: np.round(xy - ORIGIN + CORNER, 4)))
        rank = np.arange(1, len(shapes) + 1) if name == "flood" else np.zeros(len(shapes), int)
        geopandas.GeoDataFrame({"rank": rank}, geometry=shapes, crs=6674).to_parquet(folder / f"{name}.parquet")
        count[name] = int(shapely.get_num_coordinates(shapes).sum())
    return count


def read(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return geometry (n,) and rank (n,) of a file, decoded as the store decodes its own."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / f"{name}.parquet")
    return shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False)), table["rank"].to_numpy()


def write_shares(folder: Path, engine: str, owner: np.ndarray, rank: np.ndarray, area: np.ndarray) -> None:
    """Keep the shares of an engine beyond the sliver tolerance, by parcel and from the worst rank down."""
    order = np.lexsort((-rank, owner))
    owner, rank, area = owner[order], rank[order], area[order]
    kept = (_at_that_rank_or_worse(owner, area) > SLIVER) & (area > NEGLIGIBLE)
    np.savez(folder / f"{engine}.npz", owner=owner[kept], rank=rank[kept], area=area[kept])


def _at_that_rank_or_worse(owner: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Sum areas from the worst rank down within each parcel."""
    if not len(owner):
        return area
    total = np.cumsum(area)
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    return total - np.repeat(total[first] - area[first], np.diff(np.append(first, len(owner))))


def read_shares(folder: Path, engine: str) -> Shares:
    """Return an engine's answer."""
    with np.load(folder / f"{engine}.npz") as kept:
        return Shares(kept["owner"], kept["rank"], kept["area"])


def same(ours: Shares, peer: Shares) -> tuple[bool, str]:
    """Compare two answers: the same parcels and ranks, areas within AREA_M2; a share at a tolerance itself may be in one only."""
    key, other = ours.owner * 64 + ours.rank, peer.owner * 64 + peer.rank
    common, here, there = np.intersect1d(key, other, return_indices=True)
    lone = np.append(ours.area[~np.isin(key, common)], peer.area[~np.isin(other, common)])
    decided = int(np.count_nonzero((np.abs(lone - SLIVER) > AREA_M2) & (lone > AREA_M2)))
    gap = float(np.abs(ours.area[here] - peer.area[there]).max(initial=0))
    return decided == 0 and gap <= AREA_M2, f"{len(common):,} shares in common, {decided} in one only, largest area difference {gap:.1e} m²"


if __name__ == "__main__":
    print(prepare(Path(sys.argv[1]), int(sys.argv[2])))
