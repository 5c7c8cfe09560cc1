"""Exact overlap of features with hazard zones: prepared once, asked for any number of features."""

from gispipe.joins.zones.exposed import SLIVER, Exposed, Subjects, expose, ready
from gispipe.joins.zones.prepared import Zones, prepare

__all__ = ["SLIVER", "Exposed", "Subjects", "Zones", "expose", "prepare", "ready"]
