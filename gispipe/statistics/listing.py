"""The list of the files of statistics: titles, sources, dates, and the rules by which was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gispipe.answers.zone_answers import CAUTION
from gispipe.catalogue import Catalogue
from gispipe.joins.zones import SLIVER
from gispipe.model import Audience, City, Layer
from gispipe.statistics.columns import MEASURES
from gispipe.statistics.counted import Counted, Counting
from gispipe.statistics.subjects import HUNDREDTHS
from gispipe.statistics.table import file_name
from gispipe.web import words as pages
from gispipe.withheld import MARK
from gispipe.words import Words

FORMAT = "gispipe-statistics-1"
RULES = {
    "worst": Words("A feature is counted once for each hazard layer, in the worst class that reaches it.", "地物は、かかる区分のうち最も重いものに1回だけ数えます。"),
    "sliver": Words(f"A zone that shares at most {SLIVER} m² with a feature does not reach it.", f"重なりが{SLIVER}㎡以下の場合は、区域にかからないものとします。"),
    "place": Words("A feature belongs to the town or district in which one point on its surface lies; those outside have rows of their own.",
                   "地物は、その内部の代表点がある町丁目・校区に属します。どこにも入らないものは別の行に示します。"),
    "rounding": Words(f"Areas are rounded feature by feature to 1/{HUNDREDTHS} m², so that the areas add up to the city exactly.",
                      "面積は地物ごとに0.01㎡に丸めてから合計するので、地域の合計は市全域と一致します。"),
}


def about(counting: Counting) -> dict[str, Any]:
    """Return what the list says of areas and of what is counted."""
    return {"areas": [{"id": areas.id, "title": areas.title, "count": len(areas.names)} | (_source(areas.layer) if areas.layer else {}) for areas in counting.areas],
            "subjects": [{"role": one.role, "id": one.layer.id, "title": one.layer.title, "count": len(one.size)} | _source(one.layer) for one in counting.subjects]}


def listing(catalogue: Catalogue, audience: Audience, counted: Mapping[str, Any], layers: Sequence[Mapping[str, Any]], measures: tuple[str, ...]) -> dict[str, Any]:
    """Return the document of index.json; `counted`: what `about` said, `layers`: what `listed` said of each."""
    city = catalogue.city
    return {
        "format": FORMAT, "audience": audience, "city": {"id": city.id, "name": city.name, "fictitious": city.fictitious, "notice": city.notice},
        "edition": city.edition, "sliver_m2": SLIVER, "rules": {name: words.both() for name, words in RULES.items()}, "caution": CAUTION.both(),
        **({"withheld": _withheld(city)} if audience == "public" and "people" in measures and city.statistics.fewest_people > 1 else {}),
        "columns": [{"header": MEASURES[name].header, **MEASURES[name].meaning.both()} for name in measures],
        "areas": counted["areas"], "subjects": counted["subjects"], "layers": list(layers),
    }


def listed(counted: Counted, chart: bool, hidden: Sequence[np.ndarray] | None = None) -> dict[str, Any]:
    """Return what the list says of one hazard layer; hidden: which numbers of inhabitants each of its tables does not show."""
    withheld = [int(mask.sum()) for mask in hidden] if hidden is not None else None
    layer = counted.zone.layer
    return {"id": layer.id, "title": layer.title, "hazard": layer.hazard, "says": layer.zone.says, "scale": layer.zone.scale,
            "classes": [one.label for one in counted.rows.listed],
            "files": [{"path": file_name(layer.id, areas.id), "areas": areas.id, "title": layer.title + ("（市全域）" if areas.layer is None else f"（{areas.title}別）")}
                      | ({"withheld": withheld[k]} if withheld is not None else {}) for k, (areas, _) in enumerate(counted.by_area)],
            "chart": f"{layer.id}.png" if chart else None} | _source(layer)


def _withheld(city: City) -> dict[str, Any]:
    """Return the mark of numbers that are not shown, what it means, and by which rule it was set."""
    fewest = city.statistics.fewest_people
    rule = Words(f"Numbers of inhabitants from 1 to {fewest - 1} are not shown, nor others by which they could be worked out. Totals leave out the towns whose inhabitants are not shown.",
                 f"{fewest}人未満（0人を除く）の人口と、それを差引きで求められる人口は表示しません。合計には、人口を表示しない町丁目を含みません。")
    return {"mark": MARK, "fewest_people": fewest, "meaning": {lang: pages.table(lang)["withheld_note"].replace("{mark}", MARK) for lang in pages.LANGUAGES}, "rule": rule.both()}


def _source(layer: Layer) -> dict[str, Any]:
    return {"attribution": layer.source.attribution, "license": layer.source.license, "updated": layer.updated}
