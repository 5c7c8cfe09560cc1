"""The truth by PostGIS: it mends by itself, joins the zones of a rank by itself and measures by itself.

Points and lines are decided on the unsplit polygons (ST_Intersects on the parts of the mended zones). Areas are summed over
ST_Subdivide pieces of the joined zones of each rank and all worse ones; a sample of them is measured again on the unsplit polygons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.proof.answer import Truth
from tests.proof.postgis import PostGIS

PIECE = 128
"""Corners of a piece at most."""

MEND = "CASE WHEN ST_IsValid(g) THEN g ELSE ST_MakeValid(g, 'method=structure keepcollapsed=false') END"

ZONES = f"""
DROP TABLE IF EXISTS mended, part, own, above, above_piece;
CREATE UNLOGGED TABLE mended AS SELECT rank, ST_CollectionExtract({MEND}, 3) g FROM zone;
CREATE UNLOGGED TABLE part AS SELECT rank, (ST_Dump(g)).geom g FROM mended;
ALTER TABLE part ALTER g SET STORAGE EXTERNAL;
CREATE UNLOGGED TABLE own AS SELECT rank, ST_Union(g) g FROM mended GROUP BY rank;
CREATE UNLOGGED TABLE above AS SELECT low.rank, ST_Union(own.g) g FROM own JOIN (SELECT rank FROM own) low ON own.rank >= low.rank GROUP BY low.rank;
CREATE UNLOGGED TABLE above_piece AS SELECT rank, ST_Subdivide(g, {PIECE}) g FROM above;
CREATE INDEX ON part USING gist(g); CREATE INDEX ON above_piece USING gist(g);
ANALYZE part; ANALYZE above_piece;
"""

TOUCH = """SELECT near.id, part.rank FROM part CROSS JOIN LATERAL
(SELECT s.id FROM {table} s WHERE NOT s.areal AND s.g && part.g AND ST_Intersects(part.g, s.g) OFFSET 0) near GROUP BY 1, 2"""

SHARE = """SELECT s.id, p.rank, sum(CASE WHEN ST_CoveredBy(s.g, p.g) THEN ST_Area(s.g) ELSE ST_Area(ST_Intersection(s.g, p.g)) END)
FROM {table} s JOIN {zones} p ON s.g && p.g AND ST_Intersects(s.g, p.g) WHERE s.areal GROUP BY 1, 2"""

AGAIN = """WITH chosen AS MATERIALIZED (SELECT id, g FROM {table} WHERE id IN ({ids})),
cut AS MATERIALIZED (SELECT s.id, p.rank, ST_Union(ST_Intersection(s.g, p.g)) g FROM chosen s JOIN part p ON s.g && p.g AND ST_Intersects(s.g, p.g) GROUP BY 1, 2)
SELECT low.id, low.rank, ST_Area(ST_Union(cut.g)) FROM cut low JOIN cut ON cut.id = low.id AND cut.rank >= low.rank GROUP BY 1, 2"""


@dataclass(frozen=True)
class Sampled:
    """How many subjects were measured again on unsplit polygons, and the largest difference in m²."""

    asked: int
    largest: float


class PostGISTruth:
    """Subjects are loaded once and asked against one zone layer after the other."""

    def __init__(self, server: PostGIS) -> None:
        self.server = server
        self._size: dict[str, np.ndarray] = {}
        self._ranks = np.empty(0, int)

    def add_subjects(self, name: str, geometry: np.ndarray) -> None:
        """Load and mend subjects; geometry: (n,) as delivered, of any kind."""
        self.server.load(f"raw_{name}", geometry)
        only = "CASE WHEN ST_Dimension(g) = 2 AND NOT ST_IsValid(g) THEN ST_CollectionExtract(ST_MakeValid(g, 'method=structure keepcollapsed=false'), 3) ELSE g END"
        table = f"subject_{name}"
        self.server.run(f"CREATE UNLOGGED TABLE {table} AS SELECT id, {only} g, ST_Dimension(g) = 2 AS areal FROM raw_{name}; DROP TABLE raw_{name};"
                        f"CREATE INDEX ON {table} USING gist(g); ANALYZE {table}")
        self._size[name] = np.full(len(geometry), np.nan)
        owner, size = self.server.rows(f"SELECT id, ST_Area(g) FROM {table} WHERE areal", int, float)
        self._size[name][owner] = size

    def set_zones(self, geometry: np.ndarray, rank: np.ndarray) -> None:
        """Load the zones of one layer in place of the last; geometry: (m,) polygons as delivered, rank: (m,) int."""
        self.server.run("DROP TABLE IF EXISTS zone")
        self.server.load("zone", geometry, rank)
        self.server.run(ZONES)
        self._ranks = np.sort(self.server.rows("SELECT rank FROM own", int)[0])

    def truth(self, name: str) -> Truth:
        """Return every (subject, rank) that meet."""
        size, table = self._size[name], f"subject_{name}"
        ranks = self._ranks
        owner, rank = self.server.rows(TOUCH.format(table=table), int, int) if np.isnan(size).any() else [np.empty(0, int)] * 2
        if np.isnan(size).all() or not len(ranks):
            return _sorted(owner, rank, np.zeros(len(owner)), np.zeros(len(owner)), size)
        above = self._above(SHARE.format(table=table, zones="above_piece"), len(size), ranks)
        return self._truth(size, ranks, above, owner, rank)

    def again(self, name: str, truth: Truth, owners: np.ndarray) -> Truth:
        """Measure some subjects again: each is cut by the unsplit zones and what was cut is joined.

        Joining all zones of a city first lets PostGIS move borders that nearly coincide by micrometres; this does not.
        """
        areal = owners[~np.isnan(truth.size[owners])]
        if not len(areal):
            return truth
        ranks = self._ranks
        query = AGAIN.format(table=f"subject_{name}", ids=",".join(map(str, areal)))
        part = self._truth(truth.size, ranks, self._above(query, len(truth.size), ranks), areal[:0], areal[:0])
        kept = ~np.isin(truth.owner, areal)
        return _sorted(np.append(truth.owner[kept], part.owner), np.append(truth.rank[kept], part.rank), np.append(truth.above[kept], part.above),
                       np.append(truth.once[kept], part.once), truth.size)

    def _truth(self, size: np.ndarray, ranks: np.ndarray, above: np.ndarray, owner: np.ndarray, rank: np.ndarray) -> Truth:
        """Put areas and contacts (owner, rank) together; above: (n, ranks) m² at that rank or worse."""
        once = above - np.concatenate([above[:, 1:], np.zeros((len(size), 1))], axis=1)
        area_owner, column = np.nonzero(above > 0)
        nothing = np.zeros(len(owner))
        return _sorted(np.append(owner, area_owner), np.append(rank, ranks[column]), np.append(nothing, above[area_owner, column]),
                       np.append(nothing, once[area_owner, column]), size)

    def _above(self, query: str, count: int, ranks: np.ndarray) -> np.ndarray:
        """Return (count, ranks) m² of each subject inside zones of that rank or a worse one."""
        owner, rank, area = self.server.rows(query, int, int, float)
        shares = np.zeros((count, len(ranks)))
        shares[owner, np.searchsorted(ranks, rank)] = area
        return np.maximum.accumulate(shares[:, ::-1], axis=1)[:, ::-1]

    def check_unsplit(self, name: str, truth: Truth, count: int) -> Sampled:
        """Measure `count` of the partly covered subjects again on the zones as they are, unsplit and not joined."""
        partly = np.unique(truth.owner[(truth.above > 0) & (truth.above < truth.size[truth.owner] * (1 - 1e-12))])
        if not len(partly) or not count:
            return Sampled(0, 0.0)
        chosen = partly[np.unique(np.linspace(0, len(partly) - 1, min(count, len(partly))).astype(int))]
        second = self.again(name, truth, chosen)
        key, other = (one.owner * len(self._ranks) * 2 + np.searchsorted(self._ranks, one.rank) for one in (truth, second))
        _, here, there = np.intersect1d(key, other, return_indices=True)
        return Sampled(len(chosen), float(np.abs(truth.above[here] - second.above[there]).max(initial=0)))


def _sorted(owner: np.ndarray, rank: np.ndarray, above: np.ndarray, once: np.ndarray, size: np.ndarray) -> Truth:
    order = np.lexsort((rank, owner))
    return Truth(owner[order], rank[order], above[order], once[order], size)
