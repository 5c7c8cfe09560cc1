"""The JSON Schemas of city.toml, layers, styles, maps and terms, for editors, and of the hazard card, for whoever reads it."""

from __future__ import annotations

import json
from pathlib import Path

from gispipe.model import City, Layer, Map, Style, Terms
from gispipe.model.hazard_card import HazardCard

FOLDER = Path(__file__).resolve().parents[1] / "schemas"
_MODELS = {"city": City, "layer": Layer, "style": Style, "map": Map, "terms": Terms, "card": HazardCard}


def schemas() -> dict[str, str]:
    """Return file name → text of every schema."""
    made = {}
    for name, model in _MODELS.items():
        document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
        made[f"{name}.schema.json"] = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return made


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")
        written.append(folder / name)
    return written
