"""Where a folder's data lie: plane CRS, area, and the municipality's own code and name as its tables state them."""

from __future__ import annotations

import collections
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gispipe.catalogue.agree import check_digit
from gispipe.crs import LONLAT, transform
from gispipe.errors import Failure, UnreadableInput
from gispipe.model import City
from gispipe.scan.toml import writable
from gispipe.scan.look import Look, Seen
from gispipe.scan.zones import jgd2011, zone_of_code, zone_of_place
from gispipe.words import Words

JAPAN = (122.5, 24.0, 153.9, 45.6)
_CODE = re.compile("地方公共団体コード|市区町村コード")
_NAME = ("市区町村名", "地方公共団体名")


@dataclass(frozen=True)
class Found:
    """The city as found; `located`: whether any data said where it lies; `doubts` by key of city.toml."""

    city: City
    located: bool
    doubts: dict[str, str]


def find_city(look: Look, folder: Path, target: Path, name: str | None, code: str | None) -> Found:
    """Find name, code, plane CRS and area; what is given is taken, what is undecided is said in `doubts`."""
    box = _area(look)
    codes, names = _stated(look)
    doubts = _undecided("code", codes, code) | _undecided("name", names, name)
    code = code or (codes[0] if codes else "999997")
    crs, guessed = _plane(look, code, box)
    doubts |= {"crs": guessed} if guessed else {}
    doubts |= {} if box else {"bounds": "位置の分かるデータがないため、日本全体としました"}
    city = City(id="city", name=name or (names[0] if names else folder.resolve().name), code=code, crs=crs, bounds=box or JAPAN, sources=_relative(folder, target))
    return Found(city, box is not None, doubts)


def _undecided(key: str, found: list[str], given: str | None) -> dict[str, str]:
    if given:
        return {}
    if not found:
        return {key: "データの中に見つかりませんでした。書き直してください"}
    return {key: f"データには {'、'.join(found[:5])}{' ほか' if len(found) > 5 else ''} がありました"} if len(found) > 1 else {}


def _plane(look: Look, code: str, box: tuple[float, float, float, float] | None) -> tuple[str, str]:
    """Return the plane CRS most files use, else that of the prefecture or the place, and a doubt about a guess."""
    systems = collections.Counter(seen.delivered.crs for seen in look.seen if seen.delivered is not None and seen.delivered.crs)
    used = next((plane for crs, _ in systems.most_common() if (plane := jgd2011(crs))), None)
    if used:
        return used, ""
    of_code = zone_of_code(code)
    if of_code:
        return of_code, "市町村コードの都道府県から選びました"
    if box is None:
        return "EPSG:6677", "仮の値（第IX系）です"
    return zone_of_place((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), "データの経度に近い系を選びました"


def _area(look: Look) -> tuple[float, float, float, float] | None:
    """Return the box around the features in degrees, leaving out the outermost half per cent, with a margin; None without any in Japan."""
    parts = [bounds for seen in look.seen if (bounds := _bounds(seen)) is not None]
    every = np.concatenate(parts) if parts else np.empty((0, 4))
    every = every[np.isfinite(every).all(axis=1)]
    every = every[(every[:, 0] >= 122) & (every[:, 1] >= 20) & (every[:, 2] <= 154) & (every[:, 3] <= 46)]
    if not len(every):
        return None
    west, south = np.quantile(every[:, :2], 0.005, axis=0) - 0.02
    east, north = np.quantile(every[:, 2:], 0.995, axis=0) + 0.02
    return (max(round(float(west), 3), 122.0), max(round(float(south), 3), 20.0), min(round(float(east), 3), 154.0), min(round(float(north), 3), 46.0))


def _bounds(seen: Seen) -> np.ndarray | None:
    """Return the (n, 4) boxes of a table's shapes in degrees."""
    if seen.delivered is None or seen.delivered.geometry is None or not seen.delivered.crs:
        return None
    try:
        degrees, _ = transform(seen.delivered.geometry, seen.delivered.crs, LONLAT, seen.name, accept=20.0, lose=True)
    except Failure:
        return None
    return shapely.bounds(degrees)


def _stated(look: Look) -> tuple[list[str], list[str]]:
    """Return the municipality codes and names in the tables' own columns, most frequent first."""
    codes: collections.Counter[str] = collections.Counter()
    names: collections.Counter[str] = collections.Counter()
    for seen in look.seen:
        if seen.delivered is None:
            continue
        for column in map(str, seen.delivered.frame.columns):
            if _CODE.search(column):
                codes.update(code for v in seen.delivered.frame[column].dropna() if (code := _six_digits(str(v))))
            if column in _NAME:
                names.update(str(v) for v in seen.delivered.frame[column].dropna())
    return [code for code, _ in codes.most_common()], [name for name, _ in names.most_common()]


def _six_digits(value: str) -> str | None:
    """Return a code with its right check digit; five digits get theirs, anything else is no code."""
    if re.fullmatch(r"[0-9]{5}", value) and 1 <= int(value[:2]) <= 47:
        return value + check_digit(value)
    return value if re.fullmatch(r"[0-9]{6}", value) and value[5] == check_digit(value[:5]) else None


def _relative(folder: Path, target: Path) -> str:
    try:
        path = Path(os.path.relpath(folder.resolve(), target.resolve())).as_posix()
    except ValueError:  # another drive
        path = folder.resolve().as_posix()
    if not writable(path):
        raise UnreadableInput(str(folder).encode("utf-8", "replace").decode(), Words("the folder's name is not UTF-8", "フォルダー名が UTF-8 ではありません"), Words("rename it", "名前を変えてください"))
    return path
