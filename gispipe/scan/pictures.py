"""Look at a TIFF's head: whether it has a position, a coordinate system and 8-bit pixels, as the pipeline will ask."""

from __future__ import annotations

from pathlib import Path

from gispipe.errors import CrsError, Failure
from gispipe.model import City, Source
from gispipe.rasters import near_city, sheet_crs
from gispipe.scan.toml import remark

_BANDS = (1, 3, 4)


def look_at_picture(path: Path, source: Source, city: City) -> tuple[Source, str | None, str | None]:
    """Return the source, a doubt, and why the picture must wait (None when it can be read).

    A placed picture that states no CRS gets the city's, as world files are written in the plane, if it then lies
    near the city.
    """
    try:
        stated = sheet_crs(path, path.name, source, "scan")
        return source, None, _waits(path, stated, city)
    except CrsError:
        guessed = source.model_copy(update={"crs": city.crs})
        why = _waits(path, city.crs, city)
        return (source, None, f"座標系が分かりません（市の平面直角座標系 {city.crs} ではないようです）") if why else (
            guessed, f"crs: 画像に座標系がありません。市の平面直角座標系 {city.crs} としました。位置を確認してください", None)
    except Failure as failure:
        return source, None, remark(failure.what.ja)


def _waits(path: Path, crs: str, city: City) -> str | None:
    """Return why a placed picture cannot be drawn: far from the city, or elevations and the like instead of colours."""
    import rasterio

    try:
        near_city(path, crs, city, path.name)
    except Failure as failure:
        return remark(failure.what.ja)
    with rasterio.open(path, driver="GTiff") as sheet:
        if set(sheet.dtypes) != {"uint8"} or sheet.count not in _BANDS:
            return f"8ビットの写真・地図画像ではありません（{sheet.count} バンド、{sheet.dtypes[0]}）"
    return None
