"""GeoPackages for other programs, written by GDAL; what goes wrong is said as the disk says it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gispipe.finished import by_library

if TYPE_CHECKING:
    import pandas as pd


def write_layer(path: Path, layer: str, columns: pd.DataFrame | Mapping[str, Any], shapes: np.ndarray, crs: str, more: bool = False, said: Path | None = None) -> None:
    """Write one layer of a GeoPackage, into the file that is there when it is one `more`; raises OSError naming the file, `said` where it is written under another name."""
    import geopandas
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    frame = geopandas.GeoDataFrame(columns, geometry=geopandas.array.from_shapely(shapes, crs=crs))
    with by_library(said or path, DataSourceError, DataLayerError, FeatureError, GeometryError, FieldError):
        frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio", mode="a" if more else "w")
