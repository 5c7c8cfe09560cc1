"""Judge a picture by its head: whether it has a coordinate system, lies near the city and has 8-bit pixels, as the pipeline will ask."""

from __future__ import annotations

from collections.abc import Sequence

from gispipe.errors import Failure
from gispipe.model import City, Source
from gispipe.rasters import DRAWN, box_near_city
from gispipe.scan.toml import remark


def judge_picture(sheets: Sequence[dict], source: Source, city: City) -> tuple[Source, str | None, str | None]:
    """Return the source, a doubt, and why the picture must wait (None when it can be read).

    A placed picture that states no CRS gets the city's, as world files are written in the plane, if it then lies
    near the city.
    """
    stated = next((sheet["crs"] for sheet in sheets if sheet["crs"]), None)
    if stated is not None:
        return source, None, _waits(sheets, stated, city)
    guessed = source.model_copy(update={"crs": city.crs})
    if _waits(sheets, city.crs, city):
        return source, None, f"座標系が分かりません（市の平面直角座標系 {city.crs} ではないようです）"
    return guessed, f"crs: 画像に座標系がありません。市の平面直角座標系 {city.crs} としました。位置を確認してください", None


def _waits(sheets: Sequence[dict], crs: str, city: City) -> str | None:
    """Return why a placed picture cannot be drawn: far from the city, or elevations and the like instead of colours."""
    for sheet in sheets:
        try:
            box_near_city(sheet["box"], crs, city, sheet["name"])
        except Failure as failure:
            return remark(failure.what.ja)
        if not heights(sheets) and (sheet["pixels"] != "uint8" or sheet["bands"] not in DRAWN):
            return f"8ビットの写真・地図画像ではありません（{sheet['bands']} バンド、{sheet['pixels']}）"
    return None


def heights(sheets: Sequence[dict]) -> bool:
    """Return whether every sheet is one band of numbers beyond 8 bits: an elevation grid, to be drawn as shaded relief."""
    return bool(sheets) and all(sheet["bands"] == 1 and sheet["pixels"] != "uint8" for sheet in sheets)
