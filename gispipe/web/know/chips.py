"""A style sheet that gives every class of the hazard layers its mark, colour and hatch, and every kind of hazard its pictogram: pages name them by class."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gispipe.catalogue import Catalogue
from gispipe.model import Audience, StyleClass
from gispipe.statistics.ink import edge_of
from gispipe.style_classes import ranks
from gispipe.web.know.kinds import KINDS

SYMBOLS = Path(__file__).parent.parent / "symbols.json"
SIDE = 8
_HATCH: Mapping[str, str] = {
    "dots": "M2 2h.01M6 6h.01", "circles": "M3 2a1 1 0 1 1-2 0a1 1 0 1 1 2 0M7 6a1 1 0 1 1-2 0a1 1 0 1 1 2 0", "lines": "M-2 10L10-2M-2 2L2-2M6 10L10 6", "back": "M-2-2L10 10M6-2L10 2M-2 6L2 10",
    "cross": "M-2 10L10-2M-2-2L10 10", "grid": "M0 2h8M0 6h8M2 0v8M6 0v8", "horizontal": "M0 2h8M0 6h8", "vertical": "M2 0v8M6 0v8", "waves": "M0 4q2-3 4 0t4 0",
}
"""Each hatch of a style as a path in a square of SIDE."""


Class = tuple[str, int]
"""A class of a hazard layer: the layer and the rank."""


def chips(catalogue: Catalogue, audience: Audience) -> bytes:
    """Return the sheet of an audience: `.z-<layer>-<rank>` for classes, `.p-<hazard>` for pictograms."""
    marks = [f"{','.join([f'.z-{layer}-{rank}' for layer, rank in classes])}{{{rule}}}" for rule, classes in _by_mark(catalogue, audience).items()]
    return "\n".join([*marks, *(f".p-{hazard}{{background-image:{_picture(hazard)}}}" for hazard in KINDS)]).encode() + b"\n"


def first_alike(catalogue: Catalogue, audience: Audience) -> dict[Class, Class]:
    """Return for every class the first one that has the same mark."""
    return {one: classes[0] for classes in _by_mark(catalogue, audience).values() for one in classes}


def _by_mark(catalogue: Catalogue, audience: Audience) -> dict[str, list[Class]]:
    """Return by rule of the sheet the classes that are marked so."""
    rules: dict[str, list[Class]] = {}
    for layer in catalogue.layers_for(audience):
        style = catalogue.styles.get(layer.style or "") if layer.hazard else None
        if style is not None:
            for rank, one in [*zip(ranks(style).tolist(), style.class_, strict=True), *([(0, style.other)] if style.other else [])]:
                rules.setdefault(_mark(one), []).append((layer.id, rank))
    return rules


def _mark(one: StyleClass) -> str:
    fill = one.fill or "#FFFFFF"
    if one.hatch not in _HATCH:
        return f"background-color:{fill}"
    ink = edge_of(fill, one.stroke)
    width = 2 if one.hatch == "dots" else 0.9
    path = f"<path d={_q(_HATCH[one.hatch])} fill='none' stroke={_q(ink)} stroke-width={_q(width)} stroke-linecap='round'/>"
    return f"background:{fill} {_image(SIDE, path)} 0 0/{SIDE}px"


def _image(side: int, drawing: str) -> str:
    svg = f"<svg xmlns={_q('http://www.w3.org/2000/svg')} width={_q(side)} height={_q(side)} viewBox={_q(f'0 0 {side} {side}')}>{drawing}</svg>"
    return f'url("data:image/svg+xml,{quote(svg, safe=_PLAIN)}")'


_PLAIN = " '=:/.,-()"


def _q(value: object) -> str:
    return f"'{value}'"


def _picture(hazard: str) -> str:
    """Return the pictogram of a kind of hazard: the parts of its symbol in one ink on nothing."""
    parts = _drawings()[f"hazard_{hazard}"]["parts"]
    return _image(24, "".join(_part(part) for part in parts))


@cache
def _drawings() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(SYMBOLS.read_text("utf-8"))["symbols"]
    return found


def _part(part: Mapping[str, Any]) -> str:
    """Return one primitive of a drawing, as `symbols.js` draws it."""
    ink = "#FFFFFF" if part.get("cut") else "#1B2733"
    if "line" in part:
        return f"<polyline points={_q(','.join(map(str, part['line'])))} fill='none' stroke={_q(ink)} stroke-width={_q(part['w'])} stroke-linejoin='round' stroke-linecap='round'/>"
    if "poly" in part:
        return f"<polygon points={_q(','.join(map(str, part['poly'])))} fill={_q(ink)}/>"
    if "disc" in part:
        x, y, radius = part["disc"]
        return f"<circle cx={_q(x)} cy={_q(y)} r={_q(radius)} fill={_q(ink)}/>"
    x, y, width, height, *corner = part["rect"]
    return f"<rect x={_q(x)} y={_q(y)} width={_q(width)} height={_q(height)} rx={_q(corner[0] if corner else 0)} fill={_q(ink)}/>"
