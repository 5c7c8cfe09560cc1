"""A city in which every text that anybody wrote is hostile: names, readings, numbers, titles, notices. Sixty squares, every layer in each."""

from __future__ import annotations

import itertools
import json
import re
import sys
from pathlib import Path

import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "answers"))

from asked_layers import CLOSED, KINDS, LAYERS, TOML  # noqa: E402
from strings import MARKUP, STRINGS, TRAPS  # noqa: E402
from tinycity import CANARY, X, Y, declare, geojson, shapefile  # noqa: E402

COLUMNS, ROWS, SIDE = 10, 6, 100
CELLS = [(i, j) for j in range(ROWS) for i in range(COLUMNS)]
DRAWN = ("site", "stay", "hall", "park", "house", "landslide", "pond", "road", "door", "parcel", "school", "council", "town")
TOWNS = 12
"""Towns are pages in five languages each."""


def centre(cell: tuple[int, int]) -> shapely.Point:
    return shapely.Point(X + SIDE * (cell[0] + 0.5), Y + SIDE * (cell[1] + 0.5))


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _titled(text: str, more: str) -> str:
    """Give a declaration a hostile title."""
    return re.sub(r'^title = .*$', lambda _: f"title = {_toml(more)}", text, count=1, flags=re.MULTILINE)


def _layers() -> dict[str, str]:
    out = {}
    for k, (name, text) in enumerate(LAYERS.items()):
        if name in ("none_yet", "empty", "survey", "secret", "flooded", "surge", "duration", "plan", "tsunami", "quake"):
            continue
        made = _titled(text, f"{name}{STRINGS[7 * k + 1]}")
        made = made.replace(CLOSED, f'memo = {{ type = "str", label = {_toml(MARKUP[k])} }}')
        if name in ("site", "stay", "hall", "park"):
            made = made.replace("\n[source]", '\nlabel = "name"\n[source]', 1)
        out[name] = made
    return out


def rows() -> dict[str, tuple[list[shapely.Geometry], list[dict[str, str]]]]:
    """Return shapes and rows by layer: each string in turn, in every column that takes text."""
    strings = itertools.cycle([*STRINGS, *TRAPS])
    take = lambda: next(strings)  # noqa: E731
    points = [centre(cell) for cell in CELLS]
    boxes = [point.buffer(30, cap_style="square") for point in points]
    lots = [point.buffer(45, cap_style="square") for point in points]
    width = SIDE * COLUMNS / TOWNS
    towns = [shapely.box(X + width * k, Y, X + width * (k + 1), Y + SIDE * ROWS) for k in range(TOWNS)]
    plain = dict.fromkeys(("flood", "landslide", "tsunami", "quake"), "1")
    names = [f"{take()}町"[-200:] for _ in range(TOWNS)]
    town_of = [names[min(TOWNS - 1, int((point.x - X) // width))] for point in points]
    return {
        "town": (towns, [{"name": name, "kana": take()} for name in names]),
        "school": (lots, [{"name": take()} for _ in lots]), "council": (lots, [{"name": take()} for _ in lots]),
        "landslide": (boxes, [{"kind": "21", "name": take(), "number": take()} for _ in boxes]),
        "pond": (boxes, [{"name": take(), "rank": "3"} for _ in boxes]),
        "parcel": (lots, [{"town": town, "lot": f"{k + 1}{take()}", "owner": take()} for k, town in enumerate(town_of)]),
        "house": (boxes, [{"number": f"{k}{take()}"} for k, _ in enumerate(boxes)]),
        "door": (points, [{"town": town, "block": str(k + 1), "number": f"{k + 1}{take()}"} for k, town in enumerate(town_of)]),
        "hall": (points, [{"name": take(), "kana": take(), "opened": "1999-04-01", "floor": "1.5"} for _ in points]), "park": (boxes, [{"name": take()} for _ in boxes]),
        "site": (points, [{"name": take(), **plain} for _ in points]), "stay": (points, [{"name": take()} for _ in points]),
        "road": ([shapely.LineString([(p.x - 40, p.y), (p.x + 40, p.y)]) for p in points], [{"name": take()} for _ in points]),
    }


def deliver(city: Path) -> Path:
    """Write declarations and sources; return the city's folder."""
    says = {key: _toml(f"{key}{MARKUP[k]}") for k, key in enumerate(("notice", "contact", "edition", "attribution"), 40)}
    toml = re.sub(r'^name = .*$', lambda _: f"name = {_toml('市' + MARKUP[1])}", TOML, count=1, flags=re.MULTILINE)
    toml = toml.replace("fictitious = true", "fictitious = true\n" + "\n".join(f"{key} = {text}" for key, text in says.items()), 1)
    maps = {name: f'id = "{name}"\ntitle = {_toml(f"{title}{MARKUP[k]}")}\ngroup = {_toml(MARKUP[k + 1])}\ndescription = {_toml(MARKUP[k + 2])}\naudience = "{audience}"\nlayers = {json.dumps([*DRAWN[:-1], "flood"])}\nbase = ["town"]\n'
            for k, (name, title, audience) in enumerate((("hazard", "地図", "public"), ("office", "庁内", "internal")))}
    kinds = {name: re.sub(r'^label = "(.*)"$', lambda found: f"label = {_toml(found[1] + MARKUP[5])}", text, flags=re.MULTILINE) for name, text in KINDS.items()}
    kinds["lots"] += '\n[text]\ncolor = "#123456"\n'
    declare(city, _layers(), kinds, maps, toml)
    rivers = [text[:39] for text in MARKUP[:5]]
    shapefile(city / "sources/flood/flood.shp", [shapely.box(X + 200 * k, Y, X + 200 * (k + 1), Y + 600) for k in range(5)],
              {"A31a_205": [str(k + 1) for k in range(5)], "A31a_202": rivers, "庁内メモ": [CANARY] * 5})
    for name, (shapes, some) in rows().items():
        geojson(city / f"sources/{name}.geojson", shapes, [{**row, "memo": f"{CANARY}{MARKUP[k % 150]}"} for k, row in enumerate(some)])
    return city
