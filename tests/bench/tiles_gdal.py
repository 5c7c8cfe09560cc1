"""GDAL's PMTiles driver through its own translation of files (what ogr2ogr does), in the library that pyogrio brings."""

from __future__ import annotations

import ctypes
import json
from pathlib import Path

from tests.bench.tiles_city import LEVELS, ZOOM
from tests.bench.tiles_sql import BUFFER

VECTOR = 4  # GDAL_OF_VECTOR


def available() -> bool:
    """Return whether pyogrio's GDAL writes PMTiles and can be called."""
    try:
        import pyogrio
    except ImportError:
        return False
    return pyogrio.list_drivers(write=True).get("PMTiles") is not None and _library() is not None


def _library() -> str | None:
    """Return the path of the GDAL that pyogrio has loaded; rasterio may have loaded one of its own."""
    loaded = [line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libgdal" in line]
    return next((path for path in loaded if "pyogrio" in path), loaded[0] if loaded else None)


def options() -> list[str]:
    """Return the words for ogr2ogr: limits of tile size and features lifted, each layer with its own zooms."""
    layers = {name: {"target_name": name, "minzoom": first, "maxzoom": last} for name, (first, last) in ZOOM.items()}
    lifted = {"MINZOOM": LEVELS[0], "MAXZOOM": LEVELS[1], "MAX_SIZE": 10**9, "MAX_FEATURES": 10**8, "BUFFER": BUFFER, "CONF": json.dumps(layers)}
    return ["-f", "PMTiles", *(word for key, value in lifted.items() for word in ("-dsco", f"{key}={value}"))]


def gdal(folder: Path) -> dict[str, float]:
    """Make the archive from the FlatGeobuf files in EPSG:3857; raises RuntimeError with GDAL's words."""
    import pyogrio  # loads GDAL and tells it where its tables are

    pyogrio.list_drivers()
    library = ctypes.CDLL(_library())
    pointer = ctypes.c_void_p
    for name in ("GDALOpenEx", "GDALVectorTranslateOptionsNew", "GDALVectorTranslate"):
        getattr(library, name).restype = pointer
    library.CPLGetLastErrorMsg.restype = ctypes.c_char_p
    source = library.GDALOpenEx(str(folder / "metres").encode(), VECTOR, None, None, None)
    words = options()
    listed = (ctypes.c_char_p * (len(words) + 1))(*(word.encode() for word in words), None)
    chosen = pointer(library.GDALVectorTranslateOptionsNew(listed, None))
    made = library.GDALVectorTranslate(str(folder / "gdal.pmtiles").encode(), None, 1, (pointer * 1)(source), chosen, None)
    if not source or not made or library.GDALClose(pointer(made)):
        raise RuntimeError(library.CPLGetLastErrorMsg().decode(errors="replace"))
    return {}
