"""Points and annotations that both sheets carry at their common edge."""

from __future__ import annotations

import numpy as np
import shapely

from gispipe.intake.delivered import Delivered
from gispipe.intake.dm.seam import Seams, Stitched


def single(geometry: np.ndarray, delivered: Delivered, seams: Seams) -> Stitched:
    """Keep one of two points at an edge that agree in class, text and height and lie within the tolerance."""
    done = Stitched.nothing(geometry)
    rows = np.flatnonzero(shapely.get_type_id(geometry) == 0)
    xy = shapely.get_coordinates(geometry[rows])
    at = seams.at_edge(xy, seams.sheet[rows], seams.tolerance)
    rows = rows[at]
    if not len(rows):
        return done
    one, other = shapely.STRtree(geometry[rows]).query(geometry[rows], predicate="dwithin", distance=seams.tolerance)
    keep = (one < other) & (seams.same[rows[one]] == seams.same[rows[other]]) & (seams.sheet[rows[one]] != seams.sheet[rows[other]])
    for first, second in sorted(zip(rows[one[keep]].tolist(), rows[other[keep]].tolist(), strict=True)):
        if done.into[first] < 0 and done.into[second] < 0:
            done.into[second] = first
    return done
