"""Longitude and latitude as ways are written: whole millionths of a degree, about 0.1 m."""

from __future__ import annotations

from typing import Any

import numpy as np

from gispipe.crs import Projector

MILLION = 1_000_000


def in_millionths(to_lonlat: Projector, xy: np.ndarray) -> np.ndarray:
    """Return plane coordinates (p, 2) as (p, 2) whole numbers, longitude first."""
    return np.round(np.column_stack(to_lonlat(xy[:, 0], xy[:, 1])) * MILLION).astype(np.int32)


def in_degrees(millionths: np.ndarray) -> list[Any]:
    """Return (p, 2) whole numbers as pairs of degrees."""
    return (millionths / MILLION).tolist()
