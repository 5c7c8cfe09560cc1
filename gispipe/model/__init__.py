"""The vocabulary: City, Layer, Column, Source, Join, Style, Map, Terms.

Typed, frozen models of what a city directory declares. The order of the fields is the order in which messages list
the allowed keys.
"""

from gispipe.model.basics import AUDIENCES, Audience, Colour, ColumnType, Declared, Geometry, Hatch, Hazard, Identifier, IsoDate, Names, SiteHazard, Value
from gispipe.model.city import City, GateRules, Statistics
from gispipe.model.layer import Accepted, Card, Column, Example, Join, Layer, Refresh, Source, Zone
from gispipe.model.map import Map, MapEntry
from gispipe.model.style import Style, StyleClass, TextStyle
from gispipe.model.terms import Terms

__all__ = [
    "Accepted",
    "AUDIENCES",
    "Audience",
    "Card",
    "City",
    "Colour",
    "Column",
    "ColumnType",
    "Declared",
    "Example",
    "GateRules",
    "Geometry",
    "Hatch",
    "Hazard",
    "Identifier",
    "IsoDate",
    "Join",
    "Layer",
    "Map",
    "MapEntry",
    "Names",
    "Refresh",
    "SiteHazard",
    "Source",
    "Statistics",
    "Style",
    "StyleClass",
    "Terms",
    "TextStyle",
    "Value",
    "Zone",
]
