"""What every declaration shares: immutable, closed against unknown keys, and a few kinds of value."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Audience = Literal["public", "internal"]
AUDIENCES: tuple[Audience, ...] = ("internal", "public")
Geometry = Literal["point", "line", "polygon"]
ColumnType = Literal["str", "int", "float", "bool", "date"]
Hazard = Literal["flood", "inland", "storm_surge", "tsunami", "landslide", "earthquake", "pond", "flood_history"]
SiteHazard = Literal["flood", "inland", "storm_surge", "tsunami", "landslide", "earthquake", "fire", "volcano"]
"""The eight kinds of disaster an emergency evacuation site is designated for (災害対策基本法施行令)."""
Hatch = Literal["none", "dots", "lines", "back", "cross", "grid", "vertical", "horizontal", "circles", "waves"]
Value = str | int | float | bool
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", description="#RRGGBB")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="lower-case ASCII letters, digits and _")]
Translations = dict[Literal["en", "zh", "ko", "easy"], str]
Names = Annotated[Translations, Field(default_factory=dict)]


def _iso_date(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


IsoDate = Annotated[str, BeforeValidator(_iso_date), Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="YYYY-MM-DD")]


class Declared(BaseModel):
    """A declaration: immutable, and closed against keys nobody defined."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=False)


def inside(path: str) -> str:
    """Return a path relative to the source folder as it is; a ValueError for one that could lead out of it."""
    parts = path.replace("\\", "/").split("/")
    if not path or path.startswith(("/", "~", "\\")) or ".." in parts or ":" in path or path.lower().startswith("/vsi"):
        raise ValueError("path_escapes")
    return path
