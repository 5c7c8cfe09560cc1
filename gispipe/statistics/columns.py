"""The columns of a table of statistics, and which of them an audience may see."""

from __future__ import annotations

from dataclasses import dataclass

from gispipe.catalogue import Catalogue
from gispipe.model import Audience, Layer
from gispipe.words import Words

AREA, CODE, CLASS = "地域", "地域コード", "区分"


@dataclass(frozen=True)
class Measure:
    """One counted column: its header, how many decimals stand for its whole numbers, what it means."""

    header: str
    decimals: int
    meaning: Words


MEASURES = {
    "parcel": Measure("筆数（筆）", 0, Words("parcels, each by its worst class", "筆の数。筆ごとに最も重い区分で数える")),
    "ground": Measure("筆の面積（㎡）", 2, Words("ground of the parcels in each class; the part outside the zones is in the row for nothing",
                                          "筆のうち各区分に入る部分の面積。区域に入らない部分は区域外等の行に入れる")),
    "building": Measure("建物数（棟）", 0, Words("buildings, each by its worst class", "建物の数。棟ごとに最も重い区分で数える")),
    "footprint": Measure("建物の図上面積（㎡）", 2, Words("whole footprint of the buildings, by their worst class", "建物の図上面積。棟ごとに最も重い区分に全体を入れる")),
    "floor": Measure("延べ床面積の概算（㎡）", 2, Words("footprint × storeys of the buildings whose storeys are known", "図上面積×階数。階数の分かる建物だけの合計")),
    "floors_unknown": Measure("階数不明の建物数（棟）", 0, Words("buildings without storeys: not in the floor area", "階数が分からず、延べ床面積に入っていない建物の数")),
    "address": Measure("住居表示数（件）", 0, Words("addresses", "住居表示の数")),
    "facility": Measure("施設数（件）", 0, Words("facilities", "施設の数")),
    "site": Measure("指定緊急避難場所数（件）", 0, Words("designated emergency sites", "指定緊急避難場所の数")),
    "shelter": Measure("指定避難所数（件）", 0, Words("designated shelters", "指定避難所の数")),
    "people": Measure("人口の推計（人）", 0, Words(
        "estimate: the inhabitants of each town spread over the classes in proportion to its addresses, in whole persons; not a count of the people at any house",
        "推計値。町丁目ごとの人口を、その町丁目の住居表示数に比例して区分に按分し、整数にしたもの（合計は町丁目の人口と一致）。建物ごとの居住者数ではない")),
}


def measures_for(catalogue: Catalogue, audience: Audience) -> tuple[str, ...]:
    """Return the measures that an audience's layers and columns allow, in order."""
    layers = [layer for layer in catalogue.layers_for(audience) if layer.card is not None and layer.kind == "vector"]
    roles: set[str] = {layer.card.role for layer in layers if layer.card is not None}
    allowed: set[str] = {name for name in MEASURES if name in roles}
    allowed |= {"ground"} if "parcel" in roles else set()
    allowed |= {"footprint"} if "building" in roles else set()
    if any(_sees(layer, layer.card.floors, audience) for layer in layers if layer.card is not None and layer.card.role == "building"):
        allowed |= {"floor", "floors_unknown"}
    if any(_sees(layer, layer.card.population, audience) for layer in layers if layer.card is not None and layer.card.role == "town"):
        allowed |= {"people"}
    return tuple(name for name in MEASURES if name in allowed)


def _sees(layer: Layer, column: str | None, audience: Audience) -> bool:
    return column is not None and (audience == "internal" or column in layer.public_columns())


def header(measures: tuple[str, ...]) -> tuple[str, ...]:
    """Return the header of a table with these measures."""
    return (AREA, CODE, CLASS, *(MEASURES[name].header for name in measures))
