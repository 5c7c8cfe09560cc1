"""The truth by DuckDB spatial: every subject is cut by the whole zones it meets, nothing is split or joined before.

DuckDB mends by the linework method only, so invalid shapes are mended before they are handed over; slow where zones are large.
"""

from __future__ import annotations

import numpy as np
import shapely

from tests.proof.answer import Truth, size_of
from tests.proof.brute import mended
from tests.proof.postgis_truth import Sampled

TOUCH = "SELECT DISTINCT s.id, z.rank FROM s JOIN z ON ST_Intersects(s.g, z.g)"
CUT = "CREATE OR REPLACE TABLE cut AS SELECT s.id, z.rank, ST_Union_Agg(ST_Intersection(s.g, z.g)) AS g FROM s JOIN z ON ST_Intersects(s.g, z.g) GROUP BY ALL"
ABOVE = "SELECT low.id, low.rank, ST_Area(ST_Union_Agg(cut.g)) FROM cut low JOIN cut ON cut.id = low.id AND cut.rank >= low.rank GROUP BY ALL"


class DuckDBTruth:
    """Subjects are kept and asked against one zone layer after the other."""

    def __init__(self) -> None:
        import duckdb
        from duckdb_extensions import import_extension

        import_extension("spatial")
        self._session = duckdb.connect()
        self._session.execute("LOAD spatial; SET threads = 2; SET preserve_insertion_order = false")
        self._subjects: dict[str, np.ndarray] = {}

    def add_subjects(self, name: str, geometry: np.ndarray) -> None:
        """Keep mended subjects; geometry: (n,) as delivered."""
        self._subjects[name] = mended(geometry)

    def set_zones(self, geometry: np.ndarray, rank: np.ndarray) -> None:
        """Load the parts of the mended zones of one layer; geometry: (m,) polygons as delivered, rank: (m,) int."""
        parts, owner = shapely.get_parts(mended(geometry), return_index=True)
        self._load("z", "rank", rank[owner], parts)

    def truth(self, name: str) -> Truth:
        """Return every (subject, rank) that meet."""
        subjects = self._subjects[name]
        size = size_of(subjects)
        areal = np.flatnonzero(~np.isnan(size))
        other = np.flatnonzero(np.isnan(size) & ~shapely.is_missing(subjects))
        self._load("s", "id", other, subjects[other])
        touched = [(owner, rank, 0.0, 0.0) for owner, rank in self._session.execute(TOUCH).fetchall()]
        self._load("s", "id", areal, subjects[areal])
        self._session.execute(CUT)
        rows = sorted(self._session.execute(ABOVE).fetchall(), key=lambda row: (row[0], -row[1]))
        worse = [before[2] if before[0] == row[0] else 0.0 for before, row in zip([(-1, 0, 0.0), *rows], rows, strict=False)]
        shared = [(owner, rank, above, above - less) for (owner, rank, above), less in zip(rows, worse, strict=True) if above > 0]
        table = np.array(sorted(touched + shared), dtype=[("owner", int), ("rank", int), ("above", float), ("once", float)])
        return Truth(table["owner"], table["rank"], table["above"], table["once"], size)

    def again(self, name: str, truth: Truth, owners: np.ndarray) -> Truth:
        """Return the same truth: it was measured in the finest way at once."""
        return truth

    def check_unsplit(self, name: str, truth: Truth, count: int) -> Sampled:
        """Nothing was split: there is nothing to measure again."""
        return Sampled(0, 0.0)

    def _load(self, table: str, column: str, values: np.ndarray, geometry: np.ndarray) -> None:
        import pyarrow as pa

        rows = pa.table({column: values.astype(np.int64), "w": pa.array(list(shapely.to_wkb(geometry)), pa.binary())})
        self._session.register("rows", rows)
        self._session.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {column}, ST_GeomFromWKB(w) AS g FROM rows")
