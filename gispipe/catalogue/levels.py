"""Check that the levels of one thing take turns: at every zoom one of them is drawn, and never two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from gispipe.model import Layer
from gispipe.words import Words


def level_disagreements(layers: Mapping[str, Layer]) -> Iterator[tuple[Layer, Words]]:
    """Yield the layer and what is wrong with its level beside the others of the same thing."""
    things: dict[str, list[Layer]] = defaultdict(list)
    for layer in layers.values():
        if layer.level is not None and layer.level.of is not None:
            things[layer.level.of].append(layer)
    for thing, found in things.items():
        found.sort(key=lambda layer: (-_scale(layer), layer.id))
        yield from _doubled(thing, found)
        whole = [layer for layer in found if not _part(layer)]
        yield from _turns(thing, whole)
        yield from _parts(thing, [layer for layer in found if _part(layer)], whole)


def _scale(layer: Layer) -> int:
    return layer.level.scale if layer.level else 0


def _part(layer: Layer) -> bool:
    return layer.level is not None and layer.level.part


def _doubled(thing: str, found: list[Layer]) -> Iterator[tuple[Layer, Words]]:
    for one, other in pairwise(found):
        if _scale(one) == _scale(other):
            yield other, Words(f"'{one.id}' is level {_scale(other)} of '{thing}' too", f"「{thing}」のレベル {_scale(other)} は「{one.id}」にもあります")


def _turns(thing: str, whole: list[Layer]) -> Iterator[tuple[Layer, Words]]:
    """Compare each level with the next finer one: its zooms must begin right after the other's end."""
    for coarse, fine in pairwise(whole):
        if _scale(coarse) == _scale(fine):
            continue
        last, first = coarse.zoom[1], fine.zoom[0]
        if first <= last:
            yield fine, Words(f"'{thing}' would be drawn twice from zoom {first} on: '{coarse.id}' (level {_scale(coarse)}) goes to {last}; let this one begin at {last + 1}",
                              f"「{thing}」がズーム {first} から二重に描かれます。「{coarse.id}」（レベル {_scale(coarse)}）は {last} までです。{last + 1} から始めてください")
        elif first > last + 1:
            zooms = str(last + 1) if first == last + 2 else f"{last + 1}–{first - 1}"
            yield fine, Words(f"'{thing}' is drawn at no level at zoom {zooms}: '{coarse.id}' (level {_scale(coarse)}) ends at {last}, this one begins at {first}",
                              f"「{thing}」がズーム {zooms} で描かれません。「{coarse.id}」（レベル {_scale(coarse)}）は {last} まで、このレイヤーは {first} からです")


def _parts(thing: str, parts: list[Layer], whole: list[Layer]) -> Iterator[tuple[Layer, Words]]:
    for one in parts:
        below = [layer for layer in whole if _scale(layer) > _scale(one) and layer.zoom[0] <= one.zoom[0] and layer.zoom[1] >= one.zoom[1]]
        if not below:
            yield one, Words(f"covers a part of the city only, and no coarser level of '{thing}' is drawn at zoom {one.zoom[0]}–{one.zoom[1]} where it does not reach",
                             f"市の一部だけのため、それ以外の場所のズーム {one.zoom[0]}–{one.zoom[1]} に「{thing}」の粗いレベルが必要です")


def is_followed(layer: Layer, layers: Mapping[str, Layer]) -> bool:
    """Return whether a finer level of the same thing, for the whole city, takes over from a layer."""
    if layer.level is None or layer.level.of is None:
        return False
    return any(other.level is not None and other.level.of == layer.level.of and other.level.scale < layer.level.scale and not other.level.part for other in layers.values())
