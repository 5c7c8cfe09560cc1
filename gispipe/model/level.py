"""Level: at which scale a layer was surveyed, and which layers show one thing at several scales."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from gispipe.model.basics import Declared, Identifier


class Level(Declared):
    """地図情報レベル of a base map layer. Layers `of` one thing take turns by zoom, the coarsest first."""

    scale: Literal[250, 500, 1000, 2500, 5000, 10000, 25000] = Field(description="denominator of the scale it was surveyed for")
    of: Identifier | None = Field(None, description="what it shows, the same word in every level of it: building, road_edge …")
    part: StrictBool = Field(False, description="covers a part of the city only; the level below stays where it does not reach")
