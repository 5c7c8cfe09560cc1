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
DROP TABLE IF EXISTS mended, part, own, above, above_part, above_piece;
CREATE UNLOGGED TABLE mended AS SELECT rank, ST_CollectionExtract({MEND}, 3) g FROM zone;
CREATE UNLOGGED TABLE part AS SELECT rank, (ST_Dump(g)).geom g FROM mended;
ALTER TABLE part ALTER g SET STORAGE EXTERNAL;
CREATE UNLOGGED TABLE own AS SELECT rank, ST_Union(g) g FROM mended GROUP BY rank;
CREATE UNLOGGED TABLE above AS SELECT low.rank, ST_Union(own.g) g FROM own JOIN (SELECT rank FROM own) low ON own.rank >= low.rank GROUP BY low.rank;
CREATE UNLOGGED TABLE above_part AS SELECT rank, (ST_Dump(g)).geom g FROM above;
CREATE UNLOGGED TABLE above_piece AS SELECT rank, ST_Subdivide(g, {PIECE}) g FROM above;
CREATE INDEX ON part USING gist(g); CREATE INDEX ON above_part USING gist(g); CREATE INDEX ON above_piece USING gist(g);
ANALYZE part; ANALYZE above_part; ANALYZE above_piece;
"""

TOUCH = """SELECT near.id, part.rank FROM part CROSS JOIN LATERAL
(SELECT s.id FROM {table} s WHERE NOT s.areal AND s.g && part.g AND ST_Intersects(part.g, s.g) OFFSET 0) near GROUP BY 1, 2"""

SHARE = """SELECT s.id, p.rank, sum(CASE WHEN ST_CoveredBy(s.g, p.g) THEN ST_Area(s.g) ELSE ST_Area(ST_Intersection(s.g, p.g)) END)
FROM {table} s JOIN {zones} p ON s.g && p.g AND ST_Intersects(s.g, p.g) WHERE s.areal{only} GROUP BY 1, 2"""


@dataclass(frozen=True)
class Sampled:
    """How many shares were measured again on unsplit polygons, and the largest difference in m²."""

    asked: int
    largest: float


class PostGISTruth:
    """Subjects are loaded once and asked against one zone layer after the other."""

    def __init__(self, server: PostGIS) -> None:
        self.server = server
        self._size: dict[str, np.ndarray] = {}

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

    def truth(self, name: str) -> Truth:
        """Return every (subject, rank) that meet."""
        size, table = self._size[name], f"subject_{name}"
        ranks = np.sort(self.server.rows("SELECT rank FROM own", int)[0])
        owner, rank = self.server.rows(TOUCH.format(table=table), int, int) if np.isnan(size).any() else [np.empty(0, int)] * 2
        if np.isnan(size).all() or not len(ranks):
            return _sorted(owner, rank, np.zeros(len(owner)), np.zeros(len(owner)), size)
        above = self._above(table, len(size), ranks)
        once = above - np.concatenate([above[:, 1:], np.zeros((len(size), 1))], axis=1)
        area_owner, column = np.nonzero(above > 0)
        nothing = np.zeros(len(owner))
        return _sorted(np.append(owner, area_owner), np.append(rank, ranks[column]), np.append(nothing, above[area_owner, column]),
                       np.append(nothing, once[area_owner, column]), size)

    def _above(self, table: str, count: int, ranks: np.ndarray) -> np.ndarray:
        """Return (count, ranks) m² of each subject inside zones of that rank or a worse one."""
        owner, rank, area = self.server.rows(SHARE.format(table=table, zones="above_piece", only=""), int, int, float)
        shares = np.zeros((count, len(ranks)))
        shares[owner, np.searchsorted(ranks, rank)] = area
        return shares

    def check_unsplit(self, name: str, truth: Truth, count: int) -> Sampled:
        """Measure `count` of the partly covered subjects again on the unsplit polygons of each rank."""
        limit = truth.size[truth.owner]
        partly = np.unique(truth.owner[(truth.above > 0) & (truth.above < limit * (1 - 1e-12))])
        chosen = partly[np.unique(np.linspace(0, len(partly) - 1, min(count, len(partly))).astype(int))] if len(partly) else partly
        if not len(chosen):
            return Sampled(0, 0.0)
        only = f" AND s.id IN ({','.join(map(str, chosen))})"
        owner, rank, area = self.server.rows(SHARE.format(table=f"subject_{name}", zones="above_part", only=only), int, int, float)
        split = dict(zip(zip(truth.owner.tolist(), truth.rank.tolist(), strict=True), truth.above.tolist(), strict=True))
        gap = [abs(split.get((o, r), 0.0) - a) for o, r, a in zip(owner.tolist(), rank.tolist(), area.tolist(), strict=True)]
        return Sampled(len(gap), max(gap, default=0.0))


def _sorted(owner: np.ndarray, rank: np.ndarray, above: np.ndarray, once: np.ndarray, size: np.ndarray) -> Truth:
    order = np.lexsort((rank, owner))
    return Truth(owner[order], rank[order], above[order], once[order], size)
