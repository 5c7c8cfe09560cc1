"""Background maps of the net that a city may allow on its public pages: 地理院タイル of the Geospatial Information Authority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gispipe.model import Audience, City

HOST = "https://cyberjapandata.gsi.go.jp"


@dataclass(frozen=True)
class OnlineTiles:
    """One series of tiles: its names, path, zooms and the credit its terms ask for."""

    title: str
    names: Mapping[str, str]
    path: str
    zoom: tuple[int, int]
    attribution: str


GSI: Mapping[str, OnlineTiles] = {
    "gsi_std": OnlineTiles("地理院地図（標準）", {"en": "GSI map", "zh": "地理院地图（标准）", "ko": "지리원 지도(표준)", "easy": "くにの ちず"}, "/xyz/std/{z}/{x}/{y}.png", (5, 18), "地理院タイル（標準地図）"),
    "gsi_pale": OnlineTiles("地理院地図（淡色）", {"en": "GSI map (pale)", "zh": "地理院地图（浅色）", "ko": "지리원 지도(옅은 색)", "easy": "くにの ちず（うすい いろ）"}, "/xyz/pale/{z}/{x}/{y}.png", (5, 18),
                            "地理院タイル（淡色地図）"),
    "gsi_photo": OnlineTiles("地理院の写真", {"en": "GSI aerial photo", "zh": "地理院航拍照片", "ko": "지리원 항공 사진", "easy": "くにの しゃしん"}, "/xyz/seamlessphoto/{z}/{x}/{y}.jpg", (2, 18),
                             "地理院タイル（全国最新写真（シームレス））"),
}


def online_backgrounds(city: City, audience: Audience) -> dict[str, dict[str, object]]:
    """Return what the pages may offer, by id: nothing inside the office, whose net has no internet."""
    wanted = city.online if audience == "public" else ()
    return {name: {"title": GSI[name].title, "names": dict(GSI[name].names), "url": HOST + GSI[name].path, "minzoom": GSI[name].zoom[0], "maxzoom": GSI[name].zoom[1],
                   "attribution": GSI[name].attribution} for name in wanted}


def hosts(city: City, audience: Audience) -> list[str]:
    """Return the hosts whose pictures the pages may show besides their own."""
    return [HOST] if online_backgrounds(city, audience) else []
