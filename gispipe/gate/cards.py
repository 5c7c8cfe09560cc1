"""The files of the hazard cards: numbers read past quickly, names of layers compared with the allow-list."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from gispipe.errors import LeakStopped
from gispipe.gate.allowed import Allowed
from gispipe.words import Words

_NUMBERS = b"0123456789-,"
_KINDS, _LAYERS = rb"\[(?:\[\])*\]", rb'\[(?:\{"told":\[\]"kinds":\[(?:\[\])*\]\})*\]'
_NAMED = rb'\[(?:\[(?:"[^"\\]*"|null)*\])*\]'
_FORMS = re.compile(
    rb'\{"at":\[\]"zones":\[\]"surveyed":\[\]"limits":\[\]"areas":\[\]"named":' + _NAMED + rb'"holders":' + _LAYERS + rb'"entries":' + _LAYERS + rb"\}\n"
    rb'|\{"at":\[\]"nodes":\[\]"kinds":' + _KINDS + rb'"edges":\[\]\}\n|\{"kinds":' + _KINDS + rb'"nodes":\[\]"edges":\[\]\}\n|\{"leaves":\[\]\}\n')
"""The forms of our files of numbers, without what numbers are written with: nothing else is in them but the names of areas."""
_TEXT = re.compile(rb'"([^"\\]*)"')


def texts_of_numbers(content: bytes) -> list[str] | None:
    """Return the texts of a file of a square, of roads, of ways or of rows, keys included: many times faster than a JSON reader; None of any other document."""
    if not _FORMS.fullmatch(content.translate(None, _NUMBERS)):
        return None
    return [text.decode("utf-8") for text in set(_TEXT.findall(content))]


def inspect_cards(path: Path, name: str, allowed: Allowed) -> None:
    """Compare the layers that an index of cards names with the allow-list; raises LeakStopped."""
    if not re.fullmatch(r"cards/index-[0-9a-f]+\.json", name):
        return
    for layer in _layers(json.loads(path.read_text("utf-8"))):
        if layer not in allowed.layers:
            raise LeakStopped(name, Words(f"layer '{layer}' is not allowed", f"レイヤー「{layer}」は公開対象ではありません"))


def _layers(index: dict[str, Any]) -> set[str]:
    """Return every layer that an index names."""
    named = {one["head"]["id"] for one in index["zones"]} | {one["id"] for one in index["areas"]} | set(index["towns"]) | set(index["rows"]["files"])
    named |= {one["layer"] for part in ("holders", "subjects", "sources") for one in index[part]}
    return named | {site[1] for site in (index["shelters"] or {}).get("sites", ()) if site}
